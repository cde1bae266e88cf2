"""The computational graph: values go forwards, gradients come back (chapter 5).

Write an expression with `Node` where its numbers stood, and every operation leaves a node that
knows its inputs. `backward` goes through the nodes in reverse: each takes the gradient of its
output, multiplies it by its own derivative (the chain rule) and sends it to its inputs. A value
that was used twice receives two gradients, and adds them. `dlscratch.graph.drawing` draws it all.

    apple, count, tax = Node(100, "apple"), Node(2, "count"), Node(1.1, "tax")
    price = apple * count * tax
    price.backward()                    # apple.grad is now 2.2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlscratch.functions import sigmoid

# symbol: forward, and what backward sends to each input; z = the output, d = dL/dz
RULES: dict[str, tuple[Callable, Callable]] = {
    "+": (lambda *x: sum(x), lambda d, z, *x: (d,) * len(x)),  # dz/dx = 1 for each x
    "−": (lambda x, y: x - y, lambda d, z, x, y: (d, -d)),  # dz/dx = 1, dz/dy = -1
    "×": (lambda x, y: x * y, lambda d, z, x, y: (d * y, d * x)),  # dz/dx = y, dz/dy = x
    "/": (lambda x: 1 / x, lambda d, z, x: (-d * z * z,)),  # dz/dx = -1 / x^2 = -z^2
    "exp": (np.exp, lambda d, z, x: (d * z,)),  # dz/dx = exp(x) = z
    "log": (np.log, lambda d, z, x: (d / x,)),  # dz/dx = 1 / x
    "ReLU": (lambda x: np.maximum(x, 0), lambda d, z, x: (d * (x > 0),)),  # 1 where x > 0, else 0
    "sin": (np.sin, lambda d, z, x: (d * np.cos(x),)),  # dz/dx = cos(x)
    "cos": (np.cos, lambda d, z, x: (-d * np.sin(x),)),  # dz/dx = -sin(x)
    "sqrt": (np.sqrt, lambda d, z, x: (d / (2 * z),)),  # dz/dx = 1 / (2 sqrt(x)) = 1 / 2z
    "tanh": (np.tanh, lambda d, z, x: (d * (1 - z * z),)),  # dz/dx = 1 - z^2
    "sigmoid": (lambda x: sigmoid(np.asarray(x)), lambda d, z, x: (d * z * (1 - z),)),  # z (1 - z)
    "max": (np.maximum, lambda d, z, x, y: (d * (x >= y), d * (x < y))),  # 1 for the larger one
    "dot": (lambda X, W: _dot(X, W), lambda d, z, X, W: _dot_gradients(d, X, W)),
    "sum": (np.sum, lambda d, z, x: (d * np.ones_like(x),)),
}


class Node:
    """A value in a computation, made by an operation from its inputs, or given: a leaf.

    value: a number or an array. name: shown at the leaves and at the end. constant=True: nobody
    asks for its gradient; so are the plain numbers in an expression.
    above, below: words for the drawing to show in place of the value and its gradient.

    >>> x, y = Node(3.0, "x"), Node(4.0, "y")
    >>> z = (x + y) ** 2
    >>> z.backward()
    >>> z.value, x.grad, y.grad
    (49.0, 14.0, 14.0)
    """

    __array_ufunc__ = None  # array * node is the node's business, not NumPy's

    def __init__(self, value: Any, name: str = "", constant: bool = False):
        self.value = value
        self.name = name
        self.constant = constant
        self.symbol = ""  # of the operation; a leaf has none
        self.inputs: tuple[Node, ...] = ()
        self.vjp: Callable | None = None  # dL/dvalue -> the gradient for each input
        self.input_grads: tuple = ()  # those gradients, after backward
        self.grad: Any = None  # dL/dvalue, after backward
        self.above: str | None = None
        self.below: str | None = None

    def backward(self, dout: Any = 1.0) -> None:
        """Set `grad` of this node to dout, and of every node before it by the chain rule."""
        nodes = self.topological_order()
        for node in nodes:
            node.grad = _plain(np.zeros(np.shape(node.value))[()])
        self.grad = self.grad + dout
        for node in reversed(nodes):
            if node.vjp is not None:
                input_grads = node.vjp(node.grad)
                input_grads = input_grads if isinstance(input_grads, tuple) else (input_grads,)
                node.input_grads = tuple(map(unbroadcast, input_grads, node.inputs))
                for source, gradient in zip(node.inputs, node.input_grads):
                    source.grad = source.grad + gradient

    def topological_order(self) -> list[Node]:
        """Every node that this one was made from and itself, each after its inputs."""
        found: dict[Node, None] = {}  # a set that keeps its order
        path = [(self, iter(self.inputs))]  # no recursion: a loop makes thousands of nodes
        while path:
            node, sources = path[-1]
            source = next((source for source in sources if source not in found), None)
            if source is None:
                found[node] = None
                path.pop()
            else:
                path.append((source, iter(source.inputs)))
        return list(found)

    def __add__(self, other):
        return operate("+", self, other)

    def __mul__(self, other):
        return operate("×", self, other)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return operate("−", self, other)

    def __rsub__(self, other):
        return operate("−", other, self)

    def __truediv__(self, other):
        return self * (1 / other)

    def __rtruediv__(self, other):
        return operate("/", self) if other == 1 else other * operate("/", self)

    def __pow__(self, n):
        z = self.value**n
        if isinstance(z, complex):
            raise ValueError(f"{self.value} ** {n} is no real number: only x >= 0 has such a power")
        return _made(z, f"**{n}", (self,), lambda d: d * n * self.value ** (n - 1))

    def __matmul__(self, other):
        return operate("dot", self, other)

    def __radd__(self, other):
        return operate("+", other, self)

    def __rmul__(self, other):
        return operate("×", other, self)

    def __rmatmul__(self, other):
        return operate("dot", other, self)

    def __repr__(self) -> str:
        return f"Node({self.value!r}, {self.name or self.symbol!r})"


def operate(symbol: str, *inputs: Any) -> Node:
    """The node of one of the `RULES`; plain numbers and arrays among the inputs are constants.

    >>> operate("log", 1.0).value
    0.0
    """
    if symbol not in RULES:
        raise ValueError(f"no operation {symbol!r}: expected one of {', '.join(RULES)}")
    forward, backward = RULES[symbol]
    nodes = _nodes(inputs)
    values = [node.value for node in nodes]
    try:
        z = _plain(forward(*values))
    except (FloatingPointError, ZeroDivisionError) as error:  # under np.errstate(all="raise")
        given = ", ".join(map(text_of, values))
        what = f"1 / {given}" if symbol == "/" else f"{symbol} of {given}"
        raise type(error)(f"{what} has no finite value") from None
    return _made(z, symbol, nodes, lambda d: backward(d, z, *values))


def apply(symbol: str, layer: Any, *inputs: Any) -> Node:
    """The node of a layer: layer.forward(*inputs) now, layer.backward(dout) when gradients come.

    The layer returns one gradient, or a tuple of them, one for each input. It remembers only its
    last forward pass, so that each node needs a layer of its own.
    """
    nodes = _nodes(inputs)
    return _made(layer.forward(*(node.value for node in nodes)), symbol, nodes, layer.backward)


def exp(x: Any) -> Node:
    """e to the x."""
    return operate("exp", x)


def log(x: Any) -> Node:
    """The natural logarithm."""
    return operate("log", x)


def relu(x: Any) -> Node:
    """max(0, x)."""
    return operate("ReLU", x)


def text_of(value: Any) -> str:
    """A number to four digits or more; of an array its shape.

    >>> text_of(220.00000000000003), text_of(60000.0), text_of(np.ones((2, 3)))
    ('220', '60000', '(2, 3)')
    """
    if np.ndim(value):
        return str(np.shape(value))
    value = float(value)
    size = abs(value)
    if size < 1e7 and (size >= 9999.5 or abs(value - round(value)) < 1e-9 * max(1, size)):
        text = f"{round(value)}"
    else:
        text = f"{value:.4g}" if 1e-3 <= size < 9999.5 else f"{value:.2e}"
    return text.replace("-", "\N{MINUS SIGN}")


def _nodes(inputs: Sequence[Any]) -> tuple[Node, ...]:
    return tuple(x if isinstance(x, Node) else Node(x, constant=True) for x in inputs)


def _made(value, symbol, inputs, vjp) -> Node:
    node = Node(_plain(value))
    node.symbol, node.inputs, node.vjp = symbol, inputs, vjp
    return node


def _plain(value):
    """Numbers as Python's own, which the prompt shows without np.float64(..) around them."""
    return value.item() if isinstance(value, np.generic) else value


def unbroadcast(gradient, node):
    """A value that broadcasting repeated gets the sum of the gradients of its copies."""
    shape = np.shape(node.value)
    while np.ndim(gradient) > len(shape):
        gradient = np.sum(gradient, axis=0)  # (N, 3) -> (3,)
    for axis, n in enumerate(shape):
        if n == 1:
            gradient = np.sum(gradient, axis=axis, keepdims=True)  # (N, 3) -> (1, 3)
    return gradient


def _dot(X, W):
    """X . W of vectors and matrices; ValueError for others, and for shapes that do not fit."""
    shapes = f"shapes {np.shape(X)} and {np.shape(W)}"
    if not {np.ndim(X), np.ndim(W)} <= {1, 2}:
        raise ValueError(f"{shapes}: @ expects vectors or matrices; of numbers, write x * y")
    if np.shape(X)[-1] != np.shape(W)[0]:
        raise ValueError(f"{shapes}: @ expects as many columns on the left as rows on the right")
    return np.dot(X, W)


def _dot_gradients(d, X, W):
    """d . W^T and X^T . d; a vector X is a row, a vector W a column."""
    rows, columns = np.atleast_2d(X), np.reshape(W, (len(W), -1))
    d = np.reshape(d, (len(rows), columns.shape[1]))  # (m,), (N,) or a number -> (N, m)
    return (d @ columns.T).reshape(np.shape(X)), (rows.T @ d).reshape(np.shape(W))
