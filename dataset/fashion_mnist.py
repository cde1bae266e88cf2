"""Fashion-MNIST: 70,000 pictures of clothes, shoes and bags, 28 x 28, in the ten CLASSES.

It replaces MNIST where digits are too easy (Xiao, Rasul and Vollgraf, 2017): same sizes, same file
format, but a shirt looks much like a coat, and networks that read digits equally well differ here.
`dataset.examples` reads the files in the folder `fashion`, and checks them.
"""

from pathlib import Path

from dataset.examples import Examples, load_examples

CLASSES = (  # by label, 0 to 9
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
FOLDER = Path(__file__).parent / "fashion"
CHECKSUMS = {  # SHA-256 of the unpacked files
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def load_fashion_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False
) -> tuple[Examples, Examples]:
    """Load Fashion-MNIST as `(x_train, t_train), (x_test, t_test)`.

    normalize      pixels as float32 from 0.0 to 1.0, else as uint8 from 0 to 255
    flatten        images as (N, 784), else as (N, 1, 28, 28)
    one_hot_label  labels as float32 (N, 10), a 1.0 at the class, else as uint8 (N,), see CLASSES

    N is 60,000 for training and 10,000 for testing. The arrays are the caller's own. Raises
    DataError if a file of Fashion-MNIST is missing or not what it should be.

    >>> (x_train, t_train), (x_test, t_test) = load_fashion_mnist(flatten=False)
    >>> x_train.shape, t_train.shape, x_test.shape, t_test.shape
    ((60000, 1, 28, 28), (60000,), (10000, 1, 28, 28), (10000,))
    >>> [CLASSES[label] for label in t_test[:4]]
    ['Ankle boot', 'Pullover', 'Trouser', 'Trouser']
    """
    return load_examples("Fashion-MNIST", FOLDER, CHECKSUMS, normalize, flatten, one_hot_label)
