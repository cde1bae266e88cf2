"""A network is a list of layers and a loss (sections 4.5 and 5.7).

Forward: each layer's output is the next one's input. Backward: the same layers in reverse, each
passing on the gradient. The network numbers its parameters, W1 b1 W2 b2 .., also those of layers
inside layers, so that no network has to list names; all of them are views of one vector.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlscratch.arguments import expect_number, expect_rows, expect_unmasked, expect_whole
from dlscratch.devices import move
from dlscratch.inspection.summary import Summary, summarize
from dlscratch.layers import Layer, Loss, Sequential, SoftmaxWithLoss
from dlscratch.layers.base import expect_children, named_arrays
from dlscratch.layers.composite import expect_list, show
from dlscratch.layers.fast_order import fast_order
from dlscratch.layers.losses import expect_loss
from dlscratch.parameters import Parameters
from dlscratch.storage.files import atomic_write
from dlscratch.storage.npz import load_arrays, write_arrays


class Network(Sequential):
    """Layers in a row, with `last_layer` as the loss.

    layers: `Layer` objects, each only once. last_layer: by default `SoftmaxWithLoss()`.
    weight_decay: lambda of the penalty lambda/2 * sum(W^2), for every weight W (section 6.4.2).
    x: a batch (N, ..), converted to the network's dtype. t: labels (N,) or rows of probabilities.

    params: every learned array by name, the same arrays that the layers use; grads: the gradients
    of the last backward pass, by the same names. Both are created with the network: to change a
    weight, write into it; for other layers, build another network. TypeError or ValueError, with a
    hint, for layers that cannot form a network.

    >>> from dlscratch import Affine, ReLU
    >>> net = Network([Affine.init(4, 3, rng=0), ReLU(), Affine.init(3, 2, rng=1)])
    >>> net.predict(np.ones((5, 4))).shape
    (5, 2)
    >>> net.gradient(np.ones((5, 4)), np.zeros(5, dtype=int))["W1"].shape
    (4, 3)
    """

    params: Parameters
    grads: Parameters

    def __init__(
        self,
        layers: Iterable[Layer],
        last_layer: Loss | None = None,
        weight_decay: float = 0.0,
    ):
        layers = expect_list(layers)
        expect_no_loss(layers)
        super().__init__(*layers)
        self.last_layer = SoftmaxWithLoss() if last_layer is None else expect_loss(last_layer)
        self.weight_decay = expect_number("weight_decay", weight_decay, at_least=0)
        self._passes = Sequential(*fast_order(self.layers))
        self._bind_to_vector()

    # ---- passes

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The scores of a batch, before the loss; training as for a layer."""
        return self._passes.forward(self.as_batch(x), training)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """dL/dx from the gradient of the scores, after `forward`; sets `grads`, without decay."""
        dx = self._passes.backward(dout)
        self._collect_gradients()
        return dx

    def weight_gradients(self, dout: np.ndarray) -> None:
        """As `backward`, without the dx of the first layers, which training never needs."""
        self._passes.weight_gradients(dout)
        self._collect_gradients()

    def predict(self, x: np.ndarray, batch_size: int = 100) -> np.ndarray:
        """The scores (N, classes), before the softmax; computed `batch_size` rows at a time.

        For many images, `dlscratch.workers.Workers` does the same on all cores.
        """
        x = self.as_batch(x)
        expect_whole("batch_size", batch_size, at_least=1)
        try:
            parts = [self.forward(x[i : i + batch_size]) for i in range(0, len(x), batch_size)]
        except ValueError:
            if x.ndim == 2:
                self.forward(x)  # raises the same error, but with the shape of the whole x
            raise
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def loss(
        self, x: np.ndarray, t: np.ndarray, training: bool = False, batch_size: int = 100
    ) -> float:
        """The mean loss over the batch, including the penalty of weight decay.

        training=True gives the loss that `gradient` differentiates: with Dropout, with the batch's
        statistics in BatchNorm, and with the whole batch at once.
        """
        scores = self.forward(x, training=True) if training else self.predict(x, batch_size)
        return self.last_layer.forward(scores, expect_unmasked("t", t)) + self._penalty()

    def accuracy(self, x: np.ndarray, t: np.ndarray, batch_size: int = 100) -> float:
        """The fraction of rows whose highest score is the true class, 0 .. 1."""
        x = self.as_batch(x)
        expect_rows(t, len(x))
        return self.last_layer.accuracy(self.predict(x, batch_size), expect_unmasked("t", t))

    def gradient(self, x: np.ndarray, t: np.ndarray) -> Parameters:
        """dL/dW and so on by backpropagation, by the names of `params`; a new set at each call."""
        return copy.deepcopy(self.loss_and_gradient(x, t)[1])

    def loss_and_gradient(
        self, x: np.ndarray, t: np.ndarray, scale: float = 1.0
    ) -> tuple[float, Parameters]:
        """Both from one forward and one backward pass, in training mode.

        The gradients are `grads`, which the next pass overwrites. scale: a factor for both, for
        instance the fraction of the rows if x is a part of a batch.
        """
        t = expect_unmasked("t", t)
        loss = self.last_layer.forward(self.forward(x, training=True), t)
        self.weight_gradients(self.last_layer.backward(scale))
        for name in self._decayed():  # d(lambda/2 W^2)/dW = lambda W
            self.grads[name] += scale * self.weight_decay * self.params[name]
        return scale * (loss + self._penalty()), self.grads

    def as_batch(self, x: ArrayLike) -> np.ndarray:
        """x in the network's dtype; ValueError unless it is a batch of one row or more."""
        x = expect_unmasked("x", x, self.params.flat)
        if x.size == 0:
            raise ValueError(f"expected a batch of one row or more, got shape {x.shape}")
        if x.ndim < 2:
            raise ValueError(self._no_batch(x.shape))
        integers = self.takes_integers and x.dtype.kind in "iu"
        return x if integers else x.astype(self.dtype, copy=False)

    def _no_batch(self, shape: tuple[int, ...]) -> str:
        """What is wrong with an input of this shape; x[None] where that would be a batch."""
        takes = self.layers[0].input_shape(1) if self.layers and not self.takes_integers else None
        if shape and takes in (None, shape):
            return f"expected a batch (N, ...), got one example of shape {shape}: use x[None]"
        rest = str(takes[0]) if takes and len(takes) == 1 else "..."
        return f"expected a batch (N, {rest}), got an array of shape {shape}"

    def _penalty(self) -> float:
        squares = 0.0
        for name in self._decayed():
            W = self.params[name]
            W = W.astype(np.result_type(W, np.float32), copy=False)  # the sum overflows float16
            squares += float(np.vdot(W, W))
        return 0.5 * self.weight_decay * squares

    def _decayed(self) -> list[str]:
        named = self._trainable.items() if self.weight_decay else ()
        return [name for name, (layer, array) in named if array in layer.decayed_names]

    # ---- arrays

    @property
    def buffers(self) -> dict[str, np.ndarray]:
        """The arrays that are saved but not trained: BatchNorm's running averages."""
        named = named_arrays(self.layers, "buffer_names")
        return {name: getattr(layer, attribute) for name, (layer, attribute) in named.items()}

    def positive_buffers(self) -> list[str]:
        """The names of the buffers that must not be negative: BatchNorm's running variances."""
        named = named_arrays(self.layers, "buffer_names").items()
        return [name for name, (layer, array) in named if array in layer.positive_names]

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the parameters, and so of every number that the network computes."""
        return self.params.flat.dtype

    def _bind_to_vector(self, params: Parameters | None = None) -> None:
        """Make every parameter of the layers a view of one vector: a new one, or that of params."""
        expect_each_once(list(self.walk()))
        self._trainable = named_arrays(self.layers, "param_names")
        if params is None:
            arrays = {name: getattr(*owner) for name, owner in self._trainable.items()}
            if len({id(array) for array in arrays.values()}) < len(arrays):
                names = ", ".join(arrays)
                raise ValueError(f"two of {names} are the same array: give each its own copy")
            params = Parameters.copy_of(arrays)
        for name, (layer, attribute) in self._trainable.items():
            setattr(layer, attribute, params[name])
        self.params = params
        self.grads = Parameters(params.shapes(), params.flat.dtype, params.flat)

    def _collect_gradients(self) -> None:
        """Copy dW, .. of every layer into `grads`, and make it a view of that."""
        self._expect_bound()
        for name, (layer, attribute) in self._trainable.items():
            self.grads[name] = getattr(layer, "d" + attribute)
            setattr(layer, "d" + attribute, self.grads[name])

    def _expect_bound(self) -> None:
        for name, (layer, attribute) in self._trainable.items():
            if getattr(layer, attribute) is not self.params[name]:
                raise ValueError(
                    f"{name} is no longer the {attribute} of its layer {layer!r}: write into it, "
                    f"layer.{attribute}[...] = ..; to build a second network from the layers of "
                    "the first, copy.deepcopy them"
                )

    def __getstate__(self) -> dict[str, Any]:
        rebuilt = ("params", "grads", "_trainable")  # a copy has its own vector
        return {key: value for key, value in vars(self).items() if key not in rebuilt}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._bind_to_vector()

    def __copy__(self) -> Network:
        return copy.deepcopy(self)  # a network owns its layers: two networks never share one

    # ---- copies and files

    def replica(self) -> Network:
        """A second network with the same parameter arrays, but its own caches and gradients."""
        twin = copy.deepcopy(self)
        twin._bind_to_vector(self.params)
        return twin

    def astype(self, dtype: DTypeLike) -> Network:
        """A copy with another dtype of parameters and buffers, such as np.float64."""
        twin = copy.deepcopy(self)
        for kind in ("param_names", "buffer_names"):
            for layer, attribute in named_arrays(twin.layers, kind).values():
                setattr(layer, attribute, getattr(layer, attribute).astype(dtype))
        twin._bind_to_vector()
        return twin

    def to(self, device: str) -> Network:
        """A copy on the "gpu", or back on the "cpu"; batches follow it: see `dlscratch.devices`."""
        twin = copy.deepcopy(self)
        for owner in (*twin.walk(), twin.last_layer):
            move(owner, device)
        twin._bind_to_vector()
        return twin

    def save(self, path: str | PathLike[str]) -> None:
        """Write parameters and buffers to a .npz file; on failure, an old file stays unchanged."""
        self._expect_bound()
        with atomic_write(path) as file:
            write_arrays(file, {**self.params, **self.buffers})

    def load(self, path: str | PathLike[str]) -> None:
        """Read a file of `save`; if it does not fit, DataError, and nothing is changed."""
        self._expect_bound()
        load_arrays(path, {**self.params, **self.buffers}, self.positive_buffers())

    # ---- descriptions

    def summary(self, input_shape: tuple[int, ...] | None = None) -> Summary:
        """The table of the layers: output shapes, parameters, multiply-adds, memory.

        input_shape: of one example, such as (784,) or (1, 28, 28), if the layers do not define it.
        """
        return summarize(self, input_shape)

    def _repr_html_(self) -> str | None:
        try:
            return self.summary()._repr_html_()
        except ValueError:  # the input shape is unknown: the notebook shows repr(self)
            return None

    def __repr__(self) -> str:
        return show(self, *self.layers, self.last_layer)


def expect_no_loss(layers: tuple[Layer, ...]) -> None:
    """TypeError for a loss among the layers, or a network inside a network."""
    for layer in layers:
        if isinstance(layer, Loss):
            raise TypeError(f"{layer!r} is a loss, not a layer: write Network(layers, {layer!r})")
        if isinstance(layer, Network):
            raise TypeError("a network cannot be a layer: use Sequential(*net.layers)")


def expect_each_once(layers: list[Layer]) -> None:
    """ValueError for a layer object used twice, or one whose partner is not in the network."""
    here = {id(layer) for layer in layers}
    for layer in layers[1:]:  # the first is the network itself
        expect_children(layer)
    if len(here) < len(layers):
        raise ValueError("a layer object can be in a network only once: make a second one")
    for layer in layers:
        for partner in layer.partners():
            if id(partner) not in here:
                raise ValueError(f"{layer!r} uses {partner!r}, which is not in this network")
