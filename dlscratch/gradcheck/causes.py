"""The mistakes in a backward pass that the checker knows, each in the words that it says.

`dlscratch.gradcheck.diagnosis` recognises them by the numbers that they leave behind,
`dlscratch.gradcheck.experiments` by running a pass again with one thing changed.
docs/gradcheck.md shows the smallest layer for each of them.
"""

CAUSES = {
    # forward
    "unseeded": "forward draws random numbers that differ from run to run: draw them from "
    "self.rng, a generator made once, np.random.default_rng(seed).",
    "writes": "{which} writes into its input: make a new one, such as {name} * mask.",
    "stale": "a mask of the wrong pass, backward uses what an earlier forward left behind: save it "
    "again in each forward.",
    # what backward returns and sets
    "transposed shape": "a missing transpose.",
    "left-over axis": "an axis of length 1 is left over: leave keepdims=True out.",
    "missing sum": "a missing sum over the batch: .sum(axis=0).",
    "missing sums": "a missing sum over all axes but that of {key}.",
    "wrong axis": "a sum over the wrong axis, one number for each row of the batch is left: the "
    "batch is axis 0.",
    "padding": "the padding is not cut off again: dx[:, :, pad:-pad, pad:-pad].",
    "reshape": "a missing reshape: .reshape({key}.shape).",
    "single sum": "a sum over everything: sum over all axes but that of {key}.",
    # what it uses
    "no dout": "dout is forgotten: d{key} is the same whatever dout is.",
    "added": "d{key} is not 0 where dout is 0: all that it is made of must be multiplied by dout.",
    "not linear": "d{key} is not proportional to dout: a mask must come from forward, x > 0, not "
    "from dout.",
    "random backward": "backward draws random numbers, or changes what forward kept: called again, "
    "it gives another d{key}.",
    "adds up": "d{key} adds up from pass to pass: write = where += stands.",
    "no targets": "the targets are forgotten: d{key} is the same whatever t is.",
    "x for y": "backward takes x where it needs y, the output: save y in forward.",
    "y for x": "backward takes y, the output, where it needs x: save x in forward.",
    "needs transpose": "a missing transpose, backward needs {name}.T.",
    "needs turn": "a filter that is not turned by 180 degrees: backward needs "
    "{name}[:, :, ::-1, ::-1].",
    # numbers
    "never computed": "the gradient of {key} is never computed, it is all 0.",
    "flat": "forward is flat, it is a step: its slope is 0, and so is the right d{key}.",
    "transposed": "a missing transpose, d{key} is the transpose of the gradient.",
    "swapped axes": "axes {i} and {j} of d{key} are swapped.",
    "turned": "d{key} is turned by 180 degrees: its last two axes run backwards.",
    "sign": "the wrong sign.",
    "N": "a factor of {text} (N = {n} rows): divide by N just once.",
    "factor": "a factor, the gradient is {factor:.4g} times what it should be.",
    "equal": "d{key} is summed over everything, all its entries are equal: sum over all axes but "
    "its own.",
    "passed on": "dx is dout itself: multiply it by the derivative of forward, or by its mask.",
    "no mask": "a mask that is missing or wrong: d{key} is not 0 where the output does not "
    "depend on {key}.",
    "inverted": "a mask that is the wrong way round: d{key} is 0 just where it should not be.",
    "missing factor": "a missing factor {name}.",
    "extra factor": "a factor {name} too much.",
    "x for x-hat": "d{key} adds up dout * x, but forward multiplies {key} by something else: by x "
    "with mean 0 and variance 1.",
    "lost": "of what several places send to an entry of d{key} only one counts: add it up, += "
    "where = stands.",
    "constants": "mean and variance are taken for constants: both depend on every x, too.",
    "mean": "the mean is taken for a constant: it depends on every x, too.",
    "variance": "the variance is taken for a constant: it depends on every x, too.",
}


def likely(cause: str, **facts: object) -> str:
    """What is said of a cause.

    >>> likely("no dout", key="x")
    'Likely cause: dout is forgotten: dx is the same whatever dout is.'
    """
    return "Likely cause: " + CAUSES[cause].format(**facts)
