"""Figures 3-24 and 3-25: the handwritten digits of MNIST (section 3.6.1).

60,000 images to train with and 10,000 to test with, 28 x 28 pixels from 0 (black) to 255 (white),
each with its label. Flattened, an image is a row of 784 numbers; to look at it, reshape it to
28 x 28.

    python ch03/mnist_show.py
    python ch03/mnist_show.py --index 7

Last line with the default seed: training image 0 shows a 5
"""

from dataset.mnist import load_mnist
from dlscratch import figures
from dlscratch.book.experiment import number, run


def options(parser):
    parser.add_argument(
        "--index",
        type=number(int, at_least=0, at_most=59_999),
        default=0,
        help="which training image to show, 0 to 59999 (default: 0)",
    )


def main(args):
    (x_train, t_train), (x_test, t_test) = load_mnist(flatten=True, normalize=False)
    for array in x_train, t_train, x_test, t_test:
        print(array.shape)

    image, label = x_train[args.index], t_train[args.index]
    image = image.reshape(28, 28)  # (784,) -> (28, 28)
    fig, ax = figures.new(size=(4.0, 4.2), grid=False)
    ax.imshow(image, cmap="gray", vmin=0, vmax=255)
    ax.set(title=f"Training image {args.index}, label {label}")
    args.save(fig, "fig_3-25_digit.png")

    first = x_test[:20].reshape(20, 28, 28)  # (20, 784) -> (20, 28, 28)
    strip = figures.images(first, t_test[:20], title="The first test images and their labels")
    args.save(strip, "fig_3-24_digits.png")
    print(f"training image {args.index} shows a {label}")


if __name__ == "__main__":
    run(main, __doc__, options)
