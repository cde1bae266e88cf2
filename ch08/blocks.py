"""Sections 8.2 and 8.1.3: VGG, inception and residual blocks in nets that cost the same.

On ImageNet GoogLeNet was a little better than VGG, and ResNet much better than both; but the three
differ in depth, width and training. Here only the block differs: one recipe (depth_training.py),
the same clothes of 14 x 14 pixels, equal multiply-adds within 1 %. And VGG's first idea alone: two
convolutions of 3 x 3 see a window of 5 x 5, with 18 weights instead of 25 and a ReLU more. One of
5 x 5 stands in their place, as wide as they are, and as costly.

Test errors in %, mean and standard deviation of three seeds, after 1,200 steps; the test images
were read once. Milliseconds of a batch of 64 on one core:

                                        million    thousand
                        test errors  multiply-adds  parameters   ms
    VGG                 12.11, 0.26           3.42        42.6   25
    inception           12.09, 0.55           3.43        45.7   70
    residual            12.54, 0.26           3.42        42.6   26
    5 x 5, as wide      12.16, 0.30           4.42        52.0   22
    5 x 5, as costly    12.50, 0.16           3.44        38.9   24

No difference is larger than two of its standard errors. Two windows of 3 x 3 do as well as one of
5 x 5 with a fifth fewer weights. Where shortcuts do help, in deeper nets, depth.py shows. Inception
takes three times as long for as many products: it has many thin layers, each with a BatchNorm, and
which of them costs the time was not measured. The learning rate of 0.05 was chosen in depth.py, by
nets of VGG's and ResNet's blocks; for the other two nothing was searched.

    python ch08/blocks.py

Last line with the default seed:
    residual errs less than VGG | book: 3.5 of 7.3 %, top 5 on ImageNet (quoted) | here: -0.43
    points, standard error 0.30 | differs, because it is less than two standard errors
"""

import time
from functools import partial

import numpy as np

from ch08.block_nets import KINDS, block_net, cost
from ch08.depth_training import BATCH, learn, load_images
from dlscratch import figures
from dlscratch.book.experiment import Claim, run
from dlscratch.book.runner import over_seeds, runner_options
from dlscratch.workers import one_blas_thread

STEPS, SEEDS = 1200, 3
LEARNING_RATE = 0.05


def options(parser):
    runner_options(parser)


def trained(kind, steps, seed, quick):
    """Train one net; its share of errors over the steps, and in the end on either set of images."""
    rng = np.random.default_rng(seed)
    net = block_net(kind, rng)
    return learn(net, *load_images(False, quick), steps, LEARNING_RATE, rng)


def milliseconds(kind, x, t):
    """How long forward and backward of a batch take on one core: the best of five."""
    net = block_net(kind, np.random.default_rng(0))
    seconds = []
    with one_blas_thread():
        for _ in range(5):
            start = time.perf_counter()
            net.loss_and_gradient(x, t)
            seconds.append(time.perf_counter() - start)
    return 1000 * min(seconds)


def percent(results):
    """The errors on the test images in %, one for each seed."""
    return np.array([100 * result["test"] for result in results])


def print_table(found, times):
    print("                  test errors, %   million    thousand    a batch")
    print("                  mean, deviation  mult.-adds parameters  (this machine)")
    for kind, results in found.items():
        errors, (adds, parameters) = percent(results), cost(kind)
        print(
            f"{kind:>16}  {errors.mean():6.2f}, {errors.std(ddof=1):.2f}  {adds / 1e6:10.2f}"
            f"{parameters / 1e3:11.1f}  {times[kind]:7.1f} ms"
        )


def draw(found, times):
    """The errors, a point a training; what each net costs, in three ways."""
    fig, axes = figures.new(1, 4, size=(11.0, 3.4), width_ratios=(1.8, 1, 1, 1))
    rows, names = range(len(found)), list(found)
    for row, results in zip(rows, found.values()):
        axes[0].plot(percent(results), [row] * len(results), "o", color=figures.BLUE, alpha=0.6)
        axes[0].plot(percent(results).mean(), row, "|", color=figures.VERMILION, ms=22, mew=2)
    axes[0].set_yticks(rows, names)
    axes[0].set(title="Test errors, %; bars are means")
    columns = {
        "Million multiply-adds": [cost(kind)[0] / 1e6 for kind in names],
        "Thousand parameters": [cost(kind)[1] / 1e3 for kind in names],
        "Milliseconds a batch": [times[kind] for kind in names],
    }
    for ax, (title, values) in zip(axes[1:], columns.items()):
        bars = ax.barh(rows, values, 0.6, color=figures.SKY)
        ax.bar_label(bars, fmt="%.1f", padding=2)
        ax.set(title=title, xlim=(0, 1.3 * max(values)))
        ax.set_yticks([])
        ax.grid(False)
    for ax in axes:
        ax.set_ylim(len(names) - 0.5, -0.5)
    return fig


def claim(found, better, worse, book):
    """Whether one net errs less than another: the differences of the seeds and their error."""
    gains = percent(found[worse]) - percent(found[better])
    mean, error = gains.mean(), gains.std(ddof=1) / np.sqrt(len(gains))
    ours = f"{mean:+.2f} points, standard error {error:.2f}"
    why = "" if mean > 2 * error else "it is less than two standard errors"
    return Claim(f"{better} errs less than {worse}", book, ours, not why, why)


def main(args):
    steps, seeds = (2, 2) if args.quick else (STEPS, SEEDS)
    found = over_seeds(
        args,
        "blocks",
        partial(trained, quick=args.quick),
        {kind: (kind, steps) for kind in KINDS},
        seeds,
        say=lambda result: "error, training {train:.2%}, test {test:.2%}".format(**result),
    )
    (x, t), _ = load_images(False, args.quick)
    times = {kind: milliseconds(kind, x[:BATCH], t[:BATCH]) for kind in KINDS}
    print_table(found, times)
    args.save(draw(found, times), "blocks.png")
    return [
        claim(found, "VGG", "5 x 5, as wide", "fewer weights, more expressive (no number)"),
        claim(found, "VGG", "5 x 5, as costly", "fewer weights, more expressive (no number)"),
        claim(found, "inception", "VGG", "6.7 of 7.3 %, top 5 on ImageNet (quoted)"),
        claim(found, "residual", "VGG", "3.5 of 7.3 %, top 5 on ImageNet (quoted)"),
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
