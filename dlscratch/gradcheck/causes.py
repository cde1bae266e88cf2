"""The mistakes in a backward pass that the checker knows, with the message for each.

`dlscratch.gradcheck.diagnosis` recognises them by the numbers in the wrong gradient,
`dlscratch.gradcheck.experiments` by running a pass again with one thing changed.
docs/gradcheck.md shows a minimal layer for each of them.
"""

CAUSES = {
    # forward
    "unseeded": "forward draws different random numbers in each run: draw them from self.rng, a "
    "generator made once, np.random.default_rng(seed).",
    "writes": "{which} writes into its input: make a new array, such as {name} * mask.",
    "stale": "an old mask, backward uses what an earlier forward saved: save it again in each "
    "forward.",
    # what backward returns and sets
    "transposed shape": "a missing transpose.",
    "left-over axis": "an axis of length 1 is left over: leave out keepdims=True.",
    "missing sum": "a missing sum over the batch: .sum(axis=0).",
    "missing sums": "a missing sum over all axes except that of {key}.",
    "wrong axis": "a sum over the wrong axis, which leaves one number per row of the batch: the "
    "batch is axis 0.",
    "padding": "the padding is not removed: dx[:, :, pad:-pad, pad:-pad].",
    "reshape": "a missing reshape: .reshape({key}.shape).",
    "single sum": "a sum over all axes: sum over all axes except that of {key}.",
    # what it uses
    "no dout": "dout is not used: d{key} is the same for any dout.",
    "added": "d{key} is not 0 where dout is 0: every term of it must be multiplied by dout.",
    "not linear": "d{key} is not proportional to dout: take a mask from forward, x > 0, not from "
    "dout.",
    "random backward": "backward draws random numbers, or changes what forward saved: called "
    "again, it gives a different d{key}.",
    "adds up": "d{key} accumulates from pass to pass: use = instead of +=.",
    "no targets": "the targets are not used: d{key} is the same for any t.",
    "x for y": "backward uses x where it needs y, the output: save y in forward.",
    "y for x": "backward uses y, the output, where it needs x: save x in forward.",
    "needs transpose": "a missing transpose, backward needs {name}.T.",
    "needs rotation": "a filter that is not rotated by 180 degrees: backward needs "
    "{name}[:, :, ::-1, ::-1].",
    # numbers
    "never computed": "the gradient of {key} is never computed, it is all 0.",
    "flat": "forward is a step function: its slope is 0, and so is the correct d{key}.",
    "transposed": "a missing transpose, d{key} is the transpose of the gradient.",
    "swapped axes": "axes {i} and {j} of d{key} are swapped.",
    "rotated": "d{key} is rotated by 180 degrees: its last two axes are reversed.",
    "sign": "the wrong sign.",
    "N": "a factor of {text} (N = {n} rows): divide by N just once.",
    "factor": "a factor, the gradient is {factor:.4g} times what it should be.",
    "equal": "d{key} is summed over all axes, its entries are all equal: sum over all axes except "
    "its own.",
    "passed on": "dx is just dout: multiply it by the derivative of forward, or by its mask.",
    "no mask": "a missing or wrong mask: d{key} is not 0 where the output does not depend on "
    "{key}.",
    "inverted": "an inverted mask: d{key} is 0 exactly where it should not be.",
    "missing factor": "a missing factor {name}.",
    "extra factor": "an extra factor {name}.",
    "x for x-hat": "d{key} is the sum of dout * x, but forward multiplies {key} by the normalised "
    "x, with mean 0 and variance 1.",
    "lost": "several positions contribute to an entry of d{key}, but only one is counted: use += "
    "instead of =.",
    "constants": "mean and variance are treated as constants, but both depend on every x.",
    "mean": "the mean is treated as a constant, but it depends on every x.",
    "variance": "the variance is treated as a constant, but it depends on every x.",
}


def likely(cause: str, **facts: object) -> str:
    """The message for a cause.

    >>> likely("no dout", key="x")
    'Likely cause: dout is not used: dx is the same for any dout.'
    """
    return "Likely cause: " + CAUSES[cause].format(**facts)
