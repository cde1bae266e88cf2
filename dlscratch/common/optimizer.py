"""The book's optimizers (section 6.1): read `dlscratch.optimizers`.

`update(params, grads)` takes plain dictionaries of arrays, or of numbers as in section 6.1.7.
"""

import numpy as np

from dlscratch.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "np",  # the book's optimizer_compare_mnist.py has its np from `import *` here
]
