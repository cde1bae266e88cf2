"""The methods of the book's convolutional networks (sections 7.5 and 8.1): read `Network`.

`ConvNet` is a `dlscratch.Network` that also works with the book's listings: `layers["Conv1"]` as
well as `layers[0]`, weights as pickles, `predict(x, train_flg=..)`, and a numerical gradient.
ch07/simple_convnet.py and ch08/deep_convnet.py derive from it.
"""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlscratch.common.layers import SoftmaxWithLoss
from dlscratch.common.multi_layer_net import measured_gradient, numbered
from dlscratch.common.util import load_params, save_params
from dlscratch.layers import Layer
from dlscratch.network import Network


class NamedLayers(tuple):
    """Layers in a row, by position, or by the book's names: the kind and a number.

    `keys`, `values` and `items` are those of a dictionary.

    >>> from dlscratch import Flatten, Pooling, ReLU
    >>> layers = NamedLayers([ReLU(), Pooling(2, 2), Flatten(), ReLU()])
    >>> list(layers.keys())
    ['Relu1', 'Pool1', 'Flatten1', 'Relu2']
    >>> layers["Relu2"] is layers[3]
    True
    """

    kinds = {"Convolution": "Conv", "Pooling": "Pool", "ReLU": "Relu"}  # other names are the book's

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        by_name = self._by_name()
        if key not in by_name:
            raise KeyError(f"no layer {key!r} here; there are {', '.join(by_name)}")
        return by_name[key]

    def keys(self):
        return self._by_name().keys()

    def values(self):
        return self._by_name().values()

    def items(self):
        return self._by_name().items()

    def _by_name(self) -> dict[str, Layer]:
        names = [type(layer).__name__ for layer in self]
        return dict(zip(numbered(self.kinds.get(name, name) for name in names), self))


class ConvNet(Network):
    """A `Network` that also has the methods of the book's SimpleConvNet and DeepConvNet.

    layers: in a row, the loss is the book's SoftmaxWithLoss. x: (N, C, H, W). t: classes (N,), or
    probabilities (N, classes).

    >>> from dlscratch import Affine, Convolution, Flatten
    >>> net = ConvNet([Convolution.init(1, 2, 3), Flatten(), Affine.init(8, 3)])
    >>> net.layers["Affine1"].W is net.params["W2"]
    True
    """

    def __init__(self, layers: Iterable[Layer]):
        super().__init__(layers, SoftmaxWithLoss())
        self.layers = NamedLayers(self.layers)

    def predict(self, x, batch_size: int = 100, train_flg: bool = False) -> np.ndarray:
        """The scores (N, classes), before the softmax; train_flg=True: in training mode."""
        return self.forward(x, training=True) if train_flg else super().predict(x, batch_size)

    def numerical_gradient(self, x, t) -> dict[str, np.ndarray]:
        """The gradient by finite differences in float64, for small networks: two passes per number.

        Only without Dropout, since each pass would drop different units.
        """
        return measured_gradient(self, x, t)

    def load_params(self, file_name: str | os.PathLike[str] = "params.pkl") -> None:
        """Read a weight pickle of the book; DataError, and no change, if it does not fit."""
        load_params(self, file_name)

    def save_params(self, file_name: str | os.PathLike[str] = "params.pkl") -> None:
        """Write the weights like the book, as a pickled dictionary of arrays."""
        save_params(self, file_name)
