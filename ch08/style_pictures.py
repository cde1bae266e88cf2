"""Section 8.5.1: three styles drawn by a few lines of NumPy, and the pictures of style_transfer.py.

A style is a texture: how wide and dark its strokes are and how they meet, not where they are. Here
are three: handwriting, made of MNIST's training digits; waves that bend around hills and hollows; a
mosaic, in which each pixel belongs to the nearest of many points (a Voronoi diagram). The network
sees grey pictures, so brightness and colour of a picture are taken apart, and joined at the end.

    python ch08/style_pictures.py

Last line with the default seed: figure: out/ch08/style_pictures.png
"""

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.initializers import generator
from dlscratch.storage.files import DataError

SIDE = 160  # pixels of a style that is drawn here


def handwriting(rng):
    """Rows of digits, dark on white: (160, 160) of float32, 0 is black and 1 white."""
    rng = generator(rng)
    (digits, _), _ = load_mnist(flatten=False)
    ink = np.zeros((SIDE + 40, SIDE + 40), np.float32)
    for row in range(0, SIDE + 18, 18):
        for col in range(0, SIDE + 15, 15):
            digit = digits[rng.integers(len(digits)), 0, 4:24, 4:24]  # without its empty border
            top = row + rng.integers(3)  # nobody writes quite straight
            place = ink[top : top + 20, col : col + 20]
            np.maximum(place, digit, out=place)
    return 1 - ink[10 : 10 + SIDE, 10 : 10 + SIDE]


def waves(rng):
    """Stripes that bend around seven hills and hollows: (160, 160) as above."""
    rng = generator(rng)
    v, u = np.mgrid[:SIDE, :SIDE]
    height = (v + 0.3 * u) / 9  # in waves: a stripe every 9 pixels
    for y, x in rng.uniform(0, SIDE, (7, 2)):
        height += rng.choice([-3, 3]) * np.exp(-((v - y) ** 2 + (u - x) ** 2) / (2 * 22**2))
    return (0.5 + 0.5 * np.sin(2 * np.pi * height)).astype(np.float32)


def mosaic(rng):
    """Stones of many greys with dark joints: (160, 160) as above."""
    rng = generator(rng)
    v, u = np.mgrid[:SIDE, :SIDE]
    grid = np.mgrid[-10 : SIDE + 10 : 10, -10 : SIDE + 10 : 10].reshape(2, -1).T  # -> (points, 2)
    points = grid + rng.uniform(-4, 4, grid.shape)
    distances = np.hypot(v[..., None] - points[:, 0], u[..., None] - points[:, 1])
    nearest = distances.argsort(axis=-1)[..., :2]  # (160, 160, points) -> (160, 160, 2)
    near, far = np.moveaxis(np.take_along_axis(distances, nearest, axis=-1), -1, 0)
    first, second = np.moveaxis(nearest, -1, 0)
    apart = np.linalg.norm(points[first] - points[second], axis=-1)
    to_joint = (far**2 - near**2) / (2 * apart)  # the joint is halfway between the two points
    greys = rng.uniform(0.45, 1, len(points))
    return (greys[first] * np.clip(to_joint - 0.4, 0, 1)).astype(np.float32)


READY = {"handwriting": handwriting, "waves": waves, "mosaic": mosaic}


def load_picture(path, size):
    """A picture of Pillow's in YCbCr, brightness apart from colour; its longer side is `size`.

    DataError if the file is no picture.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB").convert("YCbCr")
    except UnidentifiedImageError:
        raise DataError(f"{path} is no picture that Pillow can read: try a PNG or JPEG") from None
    scale = size / max(upright.size)
    width, height = (max(16, round(scale * side)) for side in upright.size)
    return upright.resize((width, height), Image.Resampling.LANCZOS)


def brightness(picture):
    """Its grey values: (H, W) of float32, 0 is black and 1 white."""
    return np.asarray(picture.getchannel("Y"), np.float32) / 255


def as_ink(grey):
    """A grey picture (H, W), white is 1, as the network knows pictures: (1, 1, H, W), ink is 1."""
    return (1 - grey)[None, None]


def with_brightness(picture, grey):
    """The colours of the picture, the brightness of `grey`, (H, W): RGB, (H, W, 3) of uint8."""
    from PIL import Image

    Y = Image.fromarray(np.round(255 * np.clip(grey, 0, 1)).astype(np.uint8))
    return np.asarray(Image.merge("YCbCr", (Y, *picture.split()[1:])).convert("RGB"))


def draw(content, styles, films, curves):
    """Above, the content and the styles; below, the distances to the styles, and the results."""
    fig, axes = figures.new(2, 1 + len(styles), size=(2.6 * (1 + len(styles)), 5.2), grid=False)
    figures.image(axes[0, 0], content.convert("RGB"), "content")
    for ax, below, name in zip(axes[0, 1:], axes[1, 1:], styles):
        figures.image(ax, styles[name], f"style: {name}", low=0, high=1)
        figures.image(below, films[name][-1], "result")
        steps, distances, _ = zip(*curves[name])
        axes[1, 0].plot(steps, distances, label=name)
    axes[1, 0].set_title("Distance to the style", fontsize=9)
    axes[1, 0].set(xlabel="step", yscale="log")
    axes[1, 0].legend(frameon=False, fontsize=8)
    return fig


def main(args):
    pictures = [draw(args.seed) for draw in READY.values()]
    fig = figures.images(pictures, titles=list(READY), cols=3, cell=2.2, low=0, high=1)
    args.save(fig, "style_pictures.png")


if __name__ == "__main__":
    run(main, __doc__)
