"""Section 8.2.4: deeper nets learn worse, unless shortcuts lead around their layers.

python ch08/depth.py
python ch08/depth.py --validate --lr 0.1
"""

from functools import partial

import numpy as np

from ch08.depth_pictures import draw, percent
from ch08.depth_training import BLOCKS, gradient_norms, load_images, trained
from dlscratch.book.experiment import Claim, number, run
from dlscratch.book.runner import over_seeds, runner_options

DEPTHS = 8, 20, 32, 56
ENDS = 20, 56  # what the claims compare; the longer budget is for these alone
BUDGETS = 800, 2400  # steps
SEEDS = 3
CHOOSING = ("plain", 8), ("ResNet", 20)  # the learning rate was chosen by these
PAPER = {  # the test errors of 18 and of 34 layers on ImageNet
    "plain": "worse: 27.94 to 28.54 % (quoted)",
    "ResNet": "not worse: 27.88 to 25.03 % (quoted)",
}


def options(parser):
    add = parser.add_argument
    add("--lr", type=number(float, above=0), default=0.05, help="learning rate (default: 0.05)")
    held_back = "train plain-8 and ResNet-20, measure on 10,000 training images held back"
    add("--validate", action="store_true", help=held_back)
    runner_options(parser)


def print_table(table):
    print("    net, steps   training error      test error  in %: mean, standard deviation")
    for (kind, depth, steps), results in table.items():
        cells = ["{:5.2f}, {:5.2f}".format(*percent(results, part)) for part in ("train", "test")]
        print(f"{f'{kind}-{depth}':>9}, {steps:<5}  {cells[0]:>14}  {cells[1]:>14}")


def print_norms(norms):
    """The norms at the first convolution, at the last of each third, of which two end a stage."""
    print("norm of dL/dW before the first step: first convolution, a third, two thirds, last")
    for (kind, depth), values in norms.items():
        third = (depth - 2) // 3
        picked = [values[i] for i in (0, third, 2 * third, 3 * third)]
        print(f"{f'{kind}-{depth}':>9}" + "".join(f"{value:10.2f}" for value in picked))


def claim_of_depth(table, kind, steps):
    """Whether the plain net is worse with 56 layers than with 20, and ResNet is not."""
    few, many = (table[kind, depth, steps] for depth in ENDS)
    rises = [100 * (b["test"] - a["test"]) for a, b in zip(few, many)]
    mean, error = np.mean(rises), np.std(rises, ddof=1) / np.sqrt(len(rises))
    worse = mean > 2 * error
    ours = ", ".join(
        f"{name} {percent(few, part)[0]:.2f} to {percent(many, part)[0]:.2f} %"
        for part, name in (("train", "training"), ("test", "test"))
    )
    holds = worse == (kind == "plain")
    why = "" if holds else f"the rise is {mean:.1f} points, its standard error {error:.1f}"
    what = "{0}-{1} to {0}-{2}, {3:,} steps".format(kind, *ENDS, steps)
    return Claim(what, PAPER[kind], ours, holds, why)


def claim_of_gradients(norms):
    """Whether the first convolution of a deep plain net gets a gradient like that of a flat one."""
    low, high = DEPTHS[0], DEPTHS[-1]
    flat, deep, residual = (
        norms[net][0] for net in (("plain", low), ("plain", high), ("ResNet", high))
    )
    ours = f"norm {deep:,.2f}, in plain-{low} {flat:.2f}, in ResNet-{high} {residual:.2f}"
    holds = flat / 10 < deep < 10 * flat
    why = "" if holds else "BatchNorm makes it grow on its way back, layer by layer"
    what = f"first gradient of plain-{high}, before the first step"
    return Claim(what, "healthy norm (no number)", ours, holds, why)


def main(args):
    short, long = (2, 4) if args.quick else BUDGETS
    nets = [(kind, depth, short) for depth in DEPTHS for kind in BLOCKS]
    nets += [(kind, depth, long) for depth in ENDS for kind in BLOCKS]
    if args.validate:
        nets = [(*net, short) for net in CHOOSING]
    names = {net: "{}-{}, {:,} steps".format(*net) for net in nets}
    seeds = 1 if args.validate else 2 if args.quick else SEEDS
    found = over_seeds(
        args,
        "depth",
        partial(trained, lr=args.lr, validate=args.validate, quick=args.quick),
        {name: net for net, name in names.items()},
        seeds,
        say=lambda result: "error, training {train:.2%}, test {test:.2%}".format(**result),
    )
    table = {net: found[name] for net, name in names.items()}
    if args.validate:
        return []
    print_table(table)
    (x, t), _ = load_images(False, args.quick)
    numbers = range(args.seed, args.seed + seeds)
    norms = {
        (kind, depth): np.mean([gradient_norms(kind, depth, n, x, t) for n in numbers], axis=0)
        for depth in DEPTHS
        for kind in BLOCKS
    }
    print_norms(norms)
    args.save(draw(table, norms), "depth.png")
    claims = [claim_of_depth(table, kind, steps) for steps in (short, long) for kind in BLOCKS]
    return [claim_of_gradients(norms), *claims]


if __name__ == "__main__":
    run(main, __doc__, options)
