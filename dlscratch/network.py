"""A network is a list of layers and a loss (sections 4.5 and 5.7): all that nets share, once.

Forward: each layer's output is the next one's input. Backward: the same list in reverse, each
layer passing on the gradient that it was given. The network names its parameters by counting,
W1 b1 W2 b2 .., so that no network ever types a list of names.
"""

import copy
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlscratch import functions
from dlscratch.inspection.summary import Summary, summarize
from dlscratch.layers import Layer, Pooling, ReLU, SoftmaxWithLoss
from dlscratch.parameters import Parameters
from dlscratch.storage.files import DataError, atomic_write, npz_fault


class Network:
    """Layers in a row, with `last_layer` as the loss.

    layers: `Layer` objects, each once. last_layer: `SoftmaxWithLoss()` if not given.
    weight_decay: lambda of the penalty lambda/2 * sum(W^2), for every parameter W (section 6.4.2).
    x: a batch (N, ...), taken in the network's dtype. t: labels (N,) or probabilities (N, classes).

    >>> from dlscratch import Affine, ReLU
    >>> rng = np.random.default_rng(0)
    >>> net = Network([Affine.init(4, 3, rng=rng), ReLU(), Affine.init(3, 2, rng=rng)])
    >>> net.predict(np.ones((5, 4))).shape
    (5, 2)
    >>> net.gradient(np.ones((5, 4)), np.zeros(5, dtype=int))["W1"].shape
    (4, 3)
    """

    def __init__(self, layers: Iterable[Layer], last_layer=None, weight_decay: float = 0.0):
        self.layers = list(layers)
        self.last_layer = SoftmaxWithLoss() if last_layer is None else last_layer
        self.weight_decay = weight_decay
        self._params: Parameters | None = None
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("a layer object can stand in a network only once: make a second one")

    # ---- passes

    def predict(self, x, batch_size: int = 100) -> np.ndarray:
        """The scores (N, classes), before the softmax; worked out `batch_size` rows at a time.

        For many images at once, `dlscratch.workers.Workers` does the same on all cores.
        """
        x = self._batch(x)
        parts = [self._scores(x[i : i + batch_size]) for i in range(0, len(x), batch_size)]
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def loss(self, x, t, training: bool = False, batch_size: int = 100) -> float:
        """The mean loss over the batch, the weight decay's penalty included.

        training=True is the loss that `gradient` differentiates: Dropout drops, BatchNorm uses the
        batch's statistics, and the batch stays in one piece.
        """
        x, t = self._batch(x), np.asarray(t)
        if training:
            loss = self.last_layer.forward(self._scores(x, training=True), t)
        else:
            scores = self.predict(x, batch_size)
            loss = self.last_layer.forward(scores, t)
        return loss + self._penalty()

    def accuracy(self, x, t, batch_size: int = 100) -> float:
        """The share of rows whose highest score is the right class, 0 .. 1."""
        expect_rows(t, len(x))
        return functions.accuracy(self.predict(x, batch_size), t)

    def gradient(self, x, t) -> Parameters:
        """dL/dW and so on by backpropagation, named as `params`; a new set at each call."""
        return self.loss_and_gradient(x, t)[1]

    def loss_and_gradient(
        self, x, t, grads: Parameters | None = None, share: float = 1.0
    ) -> tuple[float, Parameters]:
        """Both from one forward and one backward pass, in training mode.

        grads: gradients of an earlier step, to be overwritten; without them, a new set is made.
        share: both are multiplied by it; a part of a batch counts for its share of the rows.
        """
        params = self.params
        if grads is None or not params.aligned(grads):
            grads = Parameters(params.shapes(), params.flat.dtype)
        x = self._batch(x, params.flat.dtype)
        loss = self.last_layer.forward(self._scores(x, training=True), t)
        self._backward(self.last_layer.backward(share), grads)
        for name in self._decayed():
            grads[name] += share * self.weight_decay * params[name]  # d(lambda/2 W^2)/dW = lambda W
        return share * (loss + self._penalty()), grads

    def _batch(self, x, dtype=None):
        x = np.asarray(x)
        if x.size == 0:
            raise ValueError(f"expected a batch of one row or more, got shape {x.shape}")
        return x.astype(dtype or self.dtype, copy=False)

    def _scores(self, x, training=False):
        for layer in in_quick_order(self.layers):
            x = layer.forward(x, training)
        return x

    def _backward(self, dout, grads):
        """Fill grads. A layer that can works its gradients out right there, others are copied."""
        slots = self._named_arrays("param_names")
        for name, (layer, attribute) in slots.items():
            layer.rooms = {**(layer.rooms or {}), attribute: grads[name]}
        try:
            self._backpropagate(dout)
        finally:
            for layer in self.layers:
                layer.rooms = None
        for name, (layer, attribute) in slots.items():
            gradient = getattr(layer, "d" + attribute)
            if gradient is not grads[name]:
                grads[name] = gradient

    def _backpropagate(self, dout):
        layers = in_quick_order(self.layers)
        trainable = [i for i, layer in enumerate(layers) if layer.param_names]
        if not trainable:
            return
        first = trainable[0]  # nothing before it learns: its dx is never needed
        for layer in reversed(layers[first + 1 :]):
            dout = layer.backward(dout)
        layers[first].weight_gradients(dout)

    def _penalty(self):
        squares = 0.0
        for name in self._decayed():
            W = self.params[name]
            W = W.astype(np.result_type(W, np.float32), copy=False)  # the sum outgrows float16
            squares += float(np.vdot(W, W))
        return 0.5 * self.weight_decay * squares

    def _decayed(self):
        slots = self._named_arrays("param_names") if self.weight_decay else {}
        return [name for name, (_, attribute) in slots.items() if attribute == "W"]

    # ---- arrays

    @property
    def params(self) -> Parameters:
        """Every learned array by name, the very arrays that the layers use."""
        slots = self._named_arrays("param_names")
        known = self._params
        if (
            known is None
            or list(known) != list(slots)
            or any(getattr(*slot) is not known[name] for name, slot in slots.items())
        ):
            known = self._params = self._bind_to_vector(slots)
        return known

    @property
    def buffers(self) -> dict[str, np.ndarray]:
        """The arrays that are saved but not learned: BatchNorm's running averages."""
        return {name: getattr(*slot) for name, slot in self._named_arrays("buffer_names").items()}

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the parameters, and so of every number that the network works out."""
        return self.params.flat.dtype

    def _named_arrays(self, kind):
        """Name -> (layer, attribute), the names counted: W1 b1 gamma1 beta1 W2 b2 .."""
        count: Counter[str] = Counter()
        slots = {}
        for layer in self.layers:
            for attribute in getattr(layer, kind):
                count[attribute] += 1
                slots[f"{attribute}{count[attribute]}"] = (layer, attribute)
        return slots

    def _bind_to_vector(self, slots):
        """Move the layers' arrays into one flat vector; each layer keeps a window on it."""
        arrays = {name: getattr(*slot) for name, slot in slots.items()}
        if len({id(array) for array in arrays.values()}) < len(arrays):
            raise ValueError(f"two of {', '.join(arrays)} are one array: give each its own copy")
        params = Parameters.copy_of(arrays)
        known = self._params
        if known is not None and known.aligned(params) and known.flat.dtype == params.flat.dtype:
            known.flat[:] = params.flat  # whoever holds the vector sees the new numbers
            params = known
        for name, (layer, attribute) in slots.items():
            setattr(layer, attribute, params[name])
        return params

    def __getstate__(self):
        return {**self.__dict__, "_params": None}  # a copy makes a flat vector of its own

    # ---- copies and files

    def astype(self, dtype) -> "Network":
        """A copy whose parameters and buffers have another dtype, np.float64 to check gradients."""
        twin = copy.deepcopy(self)
        for kind in ("param_names", "buffer_names"):
            for layer, attribute in twin._named_arrays(kind).values():
                setattr(layer, attribute, getattr(layer, attribute).astype(dtype))
        return twin

    def save(self, path) -> None:
        """Write parameters and buffers to a .npz file, all of it or nothing."""
        with atomic_write(path) as file:
            write_arrays(file, {**self.params, **self.buffers})

    def load(self, path) -> None:
        """Read what `save` wrote; DataError, and nothing changed, if the file does not fit."""
        copy_into({**self.params, **self.buffers}, read_arrays(path), path)

    # ---- words

    def summary(self, input_shape: tuple[int, ...] | None = None) -> Summary:
        """The table of the layers: output shapes, parameters, multiply-adds, memory.

        input_shape: of one example, (784,) or (1, 28, 28), if the layers leave it open.
        """
        return summarize(self, input_shape)

    def _repr_html_(self) -> str | None:
        try:
            return self.summary()._repr_html_()
        except ValueError:  # the input shape is not known: the notebook shows the text below
            return None

    def __repr__(self) -> str:
        lines = [*self.layers, self.last_layer]
        return f"{type(self).__name__}(\n" + "".join(f"    {line!r}\n" for line in lines) + ")"


def in_quick_order(layers):
    """The layers, each ReLU that stands before a max pooling behind it: the same numbers sooner.

    The largest of the positive parts is the positive part of the largest; 0 has no gradient on
    either way. Behind the pooling, ReLU has a quarter of the numbers left to look at.
    """
    order: list[Layer] = []
    for layer in layers:
        after_relu = type(layer) is Pooling and order and type(order[-1]) is ReLU
        order.insert(len(order) - 1 if after_relu else len(order), layer)
    return order


def expect_rows(t, n):
    """t, if it has n rows."""
    if len(t) != n:
        raise ValueError(f"expected a label for each example, got {len(t)} for {n} examples")
    return t


def write_arrays(file, arrays: dict[str, Any]) -> None:
    """Write arrays by name as .npz; nothing in it is pickled."""
    np.savez(file, **arrays)


def read_arrays(path) -> dict[str, np.ndarray]:
    """All arrays of a .npz file; DataError for anything else. Nothing in it is executed."""
    try:
        with open(path, "rb") as source, np.load(source, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        others = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
        if others:
            raise ValueError(f"{', '.join(others)} is no array")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except Exception as error:  # damage makes zipfile and NumPy raise almost anything
        fault = npz_fault(path, error)
        raise DataError(f"{path}: not a readable .npz file: {fault}; save it again") from error
    return arrays


def copy_into(wanted, found, path) -> None:
    """Copy `found` into the arrays `wanted`, strictly: the same names, the same shapes."""
    missing = [name for name in wanted if name not in found]
    unexpected = [name for name in found if name not in wanted]
    common = [name for name in wanted if name in found]
    faults = [
        f"{name} is {found[name].shape}, expected {wanted[name].shape}"
        for name in common
        if found[name].shape != wanted[name].shape
    ]
    faults += [
        f"{name} holds {found[name].dtype}, expected numbers"
        for name in common
        if found[name].dtype.kind not in "fiu"
    ]
    if missing:
        faults.append("missing: " + ", ".join(missing))
    if unexpected:
        faults.append("unexpected: " + ", ".join(unexpected))
    if faults:
        raise DataError(f"{path} does not fit this network: {'; '.join(faults)}")
    for name, array in wanted.items():
        array[...] = found[name]
