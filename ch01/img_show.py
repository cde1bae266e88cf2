"""Figure 1-5: a colour picture is an array, (height, width, 3) (section 1.6.3).

`imread` gives the array, `imshow` draws it with its pixels counted along the axes, y downwards.
The book shows a photograph; ours is drawn by dataset/landscape.py and free for everyone.

    python ch01/img_show.py
    python ch01/img_show.py --image my_holiday.jpg

Last line with the default seed: figure: out/ch01/fig_1-5_picture.png
"""

from pathlib import Path

import numpy as np

from dataset.landscape import PICTURE
from dlscratch import figures
from dlscratch.book.experiment import run


def options(parser):
    parser.add_argument(
        "--image", type=Path, default=PICTURE, help="a picture of yours instead of the landscape"
    )


def main(args):
    from PIL import Image

    pixels = np.asarray(Image.open(args.image).convert("RGB"))  # (H, W, 3), 0 to 255
    print(f"shape {pixels.shape}, dtype {pixels.dtype}")

    fig, ax = figures.new(size=(4.4, 4.4), grid=False)
    ax.imshow(pixels)
    args.save(fig, "fig_1-5_picture.png")


if __name__ == "__main__":
    run(main, __doc__, options)
