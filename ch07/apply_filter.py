"""Figure 7-25: two learned filters at work on a picture (section 7.6.1).

The filters were learned from digits, but edges look the same in a landscape: one filter responds
where dark and bright meet side by side, the other where they meet one above the other. Which filter
does what is measured: every filter is applied to a vertical and a horizontal edge, and the two
whose responses differ most are shown. White is the strongest response, black the weakest: a filter
tells the two sides of an edge apart, so the right side of a white picket is as black as the left is
white.

    python ch07/apply_filter.py
    python ch07/apply_filter.py --picture holiday.jpg

Last line with the default seed:
    filter 8 | book: horizontal edges are white | here: 94% of its whitest pixels lie on
    horizontal edges | holds
"""

from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ch07.visualize_filter import learned_net
from dataset.landscape import PICTURE
from dlscratch import Convolution, figures
from dlscratch.book.experiment import Claim, run
from dlscratch.storage.files import DataError

KINDS = "vertical", "horizontal"


def options(parser):
    parser.add_argument(
        "--picture",
        type=Path,
        default=PICTURE,
        metavar="FILE",
        help="a picture to apply the filters to (default: the landscape of the data set)",
    )


def load_grey(path):
    """A picture as an array (H, W), 0 is black and 1 white."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            grey = np.asarray(picture.convert("L"), dtype=np.float32) / 255
    except UnidentifiedImageError:
        raise DataError(f"{path} is no picture that Pillow can read: try a PNG or JPEG") from None
    if min(grey.shape) < 6:
        raise DataError(f"{path} is {grey.shape} pixels: a filter of 5 x 5 needs more")
    return grey


def edges():
    """Windows of 5 x 5 with a vertical edge at every place, (8, 5, 5), and the same turned."""
    dark_then_bright = [np.tile(np.arange(5) >= k, (5, 1)) for k in range(1, 5)]
    vertical = np.array(dark_then_bright + [~w for w in dark_then_bright], dtype=np.float32)
    return vertical, vertical.transpose(0, 2, 1)


def responses(W, windows):
    """The strongest response of each filter to any of the windows: (F,)."""
    return np.tensordot(windows, W, axes=([1, 2], [1, 2])).max(axis=0)  # of (windows, F)


def choose(W):
    """The filter that prefers vertical to horizontal edges most, and the one that does least."""
    vertical, horizontal = (responses(W, windows) for windows in edges())
    preference = (vertical - horizontal) / np.linalg.norm(W, axis=(1, 2))
    return int(preference.argmax()), int(preference.argmin())


def share_at_vertical(response, grey):
    """Of the whitest 2 % of a response (H-4, W-4): the share on vertical, not horizontal edges.

    An edge under a window: how far its left and right differ, or its upper and lower part.
    """
    windows = sliding_window_view(grey, (5, 5))  # (H-4, W-4, 5, 5)
    across = windows[..., 3:].mean(axis=(2, 3)) - windows[..., :2].mean(axis=(2, 3))
    down = windows[..., 3:, :].mean(axis=(2, 3)) - windows[..., :2, :].mean(axis=(2, 3))
    whitest = response >= np.quantile(response, 0.98)
    return float((np.abs(across) > np.abs(down))[whitest].mean())


def draw(grey, W, maps, chosen):
    """The picture; beside it each filter and its response."""
    fig, axes = figures.new(2, 3, size=(8.4, 6.4), grid=False, width_ratios=(1, 0.3, 0.9))
    grid = axes[0, 0].get_gridspec()
    axes[0, 0].remove()
    axes[1, 0].remove()
    figures.image(fig.add_subplot(grid[:, 0]), grey, "the picture", low=0, high=1)
    for row, i in enumerate(chosen):
        figures.image(axes[row, 1], W[i], f"filter {i + 1}")
        figures.image(axes[row, 2], maps[row], f"its response: {KINDS[row]} edges")
    return fig


def main(args):
    grey = load_grey(args.picture)
    W = learned_net().params["W1"]  # (30, 1, 5, 5)
    chosen = list(choose(W[:, 0]))
    layer = Convolution(W[chosen], np.zeros(2, np.float32))  # without the bias: the filters alone
    maps = layer.forward(grey[None, None])[0]  # (2, H-4, W-4)
    args.save(draw(grey, W[:, 0], maps, chosen), "fig_7-25_filters_applied.png")

    claims = []
    for kind, i, response in zip(KINDS, chosen, maps):
        share = share_at_vertical(response, grey)
        share = share if kind == "vertical" else 1 - share
        ours = f"{share:.0%} of its whitest pixels lie on {kind} edges"
        claims.append(Claim(f"filter {i + 1}", f"{kind} edges are white", ours, share > 0.7))
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
