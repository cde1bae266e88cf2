"""Section 8.3.4: the deep network in 16-bit floating point.

A network tolerates a little rounding: with 16 bits instead of 64 it classifies the digits alike,
and weights and images take a quarter of the memory. Here every array from the image to the scores
has 16 bits, which is checked after each layer. It is faster only on hardware that computes in 16
bits: on an ordinary processor NumPy converts every number, and is far slower. (That is why the
whole run takes minutes.)

    python ch08/half_float_network.py

Last line with the default seed:
    accuracy with 64 and with 16 bits | book: no loss | here: 0.9940 and 0.9940; 0 of 10,000
    readings differ | holds
"""

import time

import numpy as np

from ch08.misclassified_mnist import learned_net
from dataset.mnist import load_mnist
from dlscratch import figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.inspection.trace import trace
from dlscratch.workers import one_blas_thread

DTYPES = np.float64, np.float32, np.float16


def options(parser):
    parser.add_argument(
        "--images",
        type=number(int, at_least=1, at_most=10000),
        default=10000,
        help="how many test images to read (default: all 10000; 100 with --quick)",
    )


def scores(net, x):
    """The scores of one batch, the dtype of every layer's output checked."""
    steps = trace(net, x)
    for step in steps:
        assert step.y.dtype == net.dtype, f"{step.layer} returns {step.y.dtype}, not {net.dtype}"
    return steps[-1].y


def read(net, x):
    """The digit read in each image, and the seconds that it took."""
    from tqdm import tqdm

    start = time.perf_counter()
    parts = [
        scores(net, x[i : i + 100]).argmax(axis=1)
        for i in tqdm(range(0, len(x), 100), str(net.dtype), leave=False, disable=None)
    ]
    return np.concatenate(parts), time.perf_counter() - start


def draw(accuracies, sizes, seconds):
    """Three panels of bars, a bar for each dtype."""
    names = [f"{dtype.__name__[5:]} bits" for dtype in DTYPES]
    fig, axes = figures.new(1, 3, size=(9.0, 3.2))
    panels = [
        ("Accuracy", accuracies, "%.4f"),
        ("Weights in kilobytes", [size / 1000 for size in sizes], "%.0f"),
        ("Seconds for 1000 images", seconds, "%.3g"),
    ]
    for ax, (title, values, form) in zip(axes, panels):
        bars = ax.bar(names, values, 0.6, color=(figures.SKY, figures.BLUE, figures.VERMILION))
        ax.bar_label(bars, fmt=form, padding=2)
        ax.set(title=title, ylim=(0, 1.12 * max(values)))
    axes[2].set(yscale="log", ylim=(min(seconds) / 3, 3 * max(seconds)))  # else two bars vanish
    return fig


def main(args):
    count = min(args.images, 100) if args.quick else args.images
    _, (x, t) = load_mnist(flatten=False)
    x, t = x[:count], t[:count]
    readings, accuracies, sizes, seconds = [], [], [], []
    for dtype in DTYPES:
        net = learned_net().astype(dtype)
        with one_blas_thread():
            digits, time_taken = read(net, x.astype(dtype))
        readings.append(digits)
        accuracies.append(float((digits == t).mean()))
        sizes.append(net.params.flat.nbytes)
        seconds.append(time_taken * 1000 / count)
        print(
            f"{dtype.__name__}: accuracy {accuracies[-1]:.4f}, weights {sizes[-1]:,} bytes, "
            f"{seconds[-1]:.3g} seconds for 1000 images"
        )
    args.save(draw(accuracies, sizes, seconds), "half_float.png")

    slower = seconds[2] / seconds[1]
    changed = int((readings[0] != readings[2]).sum())
    wide, half = accuracies[0], accuracies[2]
    return [
        Claim(
            "speed with 16 bits",
            "about 2 times that of 32 bits, on a GPU made for it",
            f"1/{slower:.0f} of it",
            slower < 1,
            "NumPy turns every number of 16 bits into one of 32 and back, with no BLAS",
        ),
        Claim(
            "memory for the weights, 16 beside 64 bits",
            "1/4",
            f"{sizes[2]:,} / {sizes[0]:,}",
            4 * sizes[2] == sizes[0],
        ),
        Claim(
            "accuracy with 64 and with 16 bits",
            "no loss",
            f"{wide:.4f} and {half:.4f}; {changed} of {count:,} readings differ",
            half >= wide - 0.0005,
        ),
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
