"""Section 8.4.2: a network without an Affine layer classifies every pixel (FCN).

With pooling the deep layers see whole digits, but there is a score for only every eighth pixel. To
bring the scores back to full size, Long, Shelhamer and Darrell (2015) enlarge them by
deconvolution, a convolution run backwards: each score adds its multiple of a filter to the output.
With a tent for a filter this is bilinear interpolation, as the figure shows; training then goes on
from there. Scores of earlier layers, added on the way up, restore what the deep layers have lost:
where exactly an edge is.

    python ch08/fcn.py

Last line with the default seed:
    deconvolution beside bilinear interpolation, 4 times | book: the same | here: within 1e-06 |
    holds
"""

from itertools import pairwise

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import (
    Add,
    BatchNorm,
    Convolution,
    Network,
    Pooling,
    ReLU,
    Sequential,
    TransposedConvolution,
    bilinear_filters,
    figures,
)
from dlscratch.book.experiment import Claim, run
from dlscratch.initializers import generator
from dlscratch.vision import resize

CLASSES = 11  # ten digits and the background
BLOCKS = ((16,), (32, 32), (64, 64), (64, 64))  # maps of each convolution, a pooling between blocks


def convolutions(channels, rng, relu=True):
    """3 x 3 convolutions from channels[0] maps to channels[1], and so on."""
    layers = []
    for n_in, n_out in pairwise(channels):
        conv = Convolution.init(n_in, n_out, 3, pad=1, rng=rng)
        layers += [conv, BatchNorm.init(n_out), *([ReLU()] if relu else [])]
    return layers


def deconvolution(channels, factor):
    """Enlarges images `factor` times: at first bilinearly, later as training finds best."""
    W = bilinear_filters(channels, 2 * factor - factor % 2)
    return TransposedConvolution(W, np.zeros(channels, W.dtype), stride=factor, pad=factor // 2)


def fcn(loss, rng=None, blocks=BLOCKS):
    """From images (N, 1, H, W) to the scores of each pixel, (N, 11, H, W)."""
    rng = generator(rng)
    return Network([*convolutions((1, *blocks[0]), rng), scores(blocks, rng)], loss)


def scores(blocks, rng):
    """The scores of the maps that blocks[0] makes, plus those of all deeper blocks, enlarged."""
    maps = blocks[0][-1]
    if len(blocks) == 1:
        return Convolution.init(maps, CLASSES, 1, rng=rng)
    own = Convolution.init(maps, CLASSES, 1, std=0.02, rng=rng)  # small: the deep ones lead
    deeper = Sequential(
        Pooling(2, 2),
        *convolutions((maps, *blocks[1]), rng),
        scores(blocks[1:], rng),
        deconvolution(CLASSES, 2),
    )
    return Add(own, deeper)


# ---- what a deconvolution does


def enlarge(picture, factor):
    """A picture (H, W) enlarged by deconvolution, (factor H, factor W)."""
    x = np.pad(picture, 1, mode="edge")[None, None]  # at the edge, too, a window has neighbours
    y = deconvolution(1, factor).forward(x.astype(np.float32))[0, 0]
    return y[factor:-factor, factor:-factor]


def draw(picture, factor):
    """A column of the picture, enlarged tent by tent; the filter, the picture, its enlargement."""
    fig, axes = figures.new(1, 4, size=(12.0, 3.3), width_ratios=(1.8, 1, 1, 1))
    column = max(picture.T, key=lambda pixels: np.abs(np.diff(pixels)).sum())
    for at, pixel in enumerate(column):
        label = "a pixel times the filter" if at == 0 else None
        tent = [0, pixel, 0]
        axes[0].plot([at - 1, at, at + 1], tent, "-", color=figures.SKY, label=label, linewidth=1.2)
    fine = enlarge(column[:, None], factor)[:, 0]  # (H, 1) -> (factor H, factor) -> (factor H,)
    at = (np.arange(len(fine)) + 0.5) / factor - 0.5
    axes[0].plot(at, fine, ".", color=figures.VERMILION, markersize=5, label="their sum")
    axes[0].plot(column, "o", color=figures.BLUE, markersize=6, label="pixels")
    axes[0].set(title="A column of pixels, enlarged", xlabel="row", ylim=(0, 1.25))
    axes[0].legend(frameon=False, fontsize=8, loc="upper center", ncols=3)
    (filters,) = bilinear_filters(1, 2 * factor)[0]
    figures.image(axes[1], filters, f"Filter, moved {factor} pixels each time", low=0)
    figures.image(axes[2], picture, "Picture, {} x {}".format(*picture.shape), low=0, high=1)
    large = enlarge(picture, factor)
    figures.image(axes[3], large, "Deconvolution, {} x {}".format(*large.shape), low=0, high=1)
    return fig


def main(args):
    (x, _), _ = load_mnist(flatten=False)
    digit = x[np.random.default_rng(args.seed).integers(len(x)), 0]
    picture = resize(digit, 14, 14)
    args.save(draw(picture, 4), "fcn_deconvolution.png")
    claims = []
    for factor in (2, 3, 4):
        bilinear = resize(picture, *(factor * side for side in picture.shape))
        difference = np.abs(enlarge(picture, factor) - bilinear).max()
        what = f"deconvolution beside bilinear interpolation, {factor} times"
        equal = bool(difference < 1e-6)
        claims.append(
            Claim(what, "the same", "within 1e-06" if equal else f"{difference:.1e} apart", equal)
        )
    return claims


if __name__ == "__main__":
    run(main, __doc__, options=None)
