"""The data, shipped with the code: MNIST, the digits of the book (section 3.6), and Fashion-MNIST.

`dataset.mnist.load_mnist` has the book's interface, `dataset.fashion_mnist.load_fashion_mnist` the
same one; neither downloads anything. `dataset.examples` is what they share: it reads four files,
whose format `dataset.idx` explains, and keeps the arrays in the user's cache folder
(`dataset.cache`). Authors, checksums and licences of the files: README.md in this folder.
"""
