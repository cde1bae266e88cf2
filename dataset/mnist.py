"""MNIST, the "hello world" of deep learning: 70,000 handwritten digits, 28 x 28, labelled 0 to 9.

A network is trained on 60,000 of them and judged by the other 10,000, which it has never seen.
`dataset.examples` reads the files in this folder, and checks them.
"""

from pathlib import Path

from dataset.examples import Examples, load_examples

FOLDER = Path(__file__).parent
CHECKSUMS = {  # SHA-256 of the unpacked files
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False
) -> tuple[Examples, Examples]:
    """Load MNIST as `(x_train, t_train), (x_test, t_test)` (section 3.6.1).

    normalize      pixels as float32 from 0.0 to 1.0, else as uint8 from 0 to 255
    flatten        images as (N, 784), else as (N, 1, 28, 28)
    one_hot_label  labels as float32 (N, 10), a 1.0 at the digit, else as uint8 (N,), the digit

    N is 60,000 for training and 10,000 for testing. The arrays are the caller's own. Raises
    DataError if a file of MNIST is missing or not what it should be.

    >>> (x_train, t_train), (x_test, t_test) = load_mnist(flatten=True, normalize=False)
    >>> x_train.shape, t_train.shape, x_test.shape, t_test.shape
    ((60000, 784), (60000,), (10000, 784), (10000,))
    >>> t_train[:10]
    array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], dtype=uint8)
    """
    return load_examples("MNIST", FOLDER, CHECKSUMS, normalize, flatten, one_hot_label)
