"""The data of the book: MNIST, 70,000 handwritten digits (section 3.6), carried with the code.

`dataset.mnist.load_mnist` answers as the book says; no network is needed. It reads the four files
in this folder (`dataset.idx` knows their format) and keeps the arrays in the user's cache folder
(`dataset.cache`). Sources, checksums and licence of the files: README.md beside this file.
"""
