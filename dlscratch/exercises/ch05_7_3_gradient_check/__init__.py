"""The check of the gradient check and of Tanh, their texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import (
    as_numbers,
    draw,
    expect,
    expect_float32,
    expect_gradients,
    fail,
    given,
    shown,
)
from dlscratch.exercises.texts import Text

LESSON_ZH = """
梯度确认：反向传播对不对？测一测（5.7.3 节）。

反向传播快，但容易写错；数值微分慢，但不容易写错。两者一致时，快的那个就可以信任。
层返回的是数组。用 dout 乘以它再求和，就成了一个数 L，而 L 对 x 的梯度正是 backward 应返回的：

    L(x) = sum(dout * forward(x))            dL/dx = backward(dout)

书中取所有差的平均值；取最大的差，就不会漏掉单独一个错误的数。

请编写（numerical_gradient 已经写好；它用与 x 相似的数组调用 f，其中有一个元素略微移动）：

    gradient_check(layer, x, dout)   返回最大的 |backward - measured|，一个数；x 和 dout
                                     是任意形状的数组，dout 的形状与 forward(x) 相同
    Tanh   forward(x)                返回 y = tanh(x)，即 np.tanh，形状和 dtype 与 x 相同
           backward(dout)            返回 dx = dout (1 - y^2)

测量时会多次调用 forward，而 backward 总是对应最后一次 forward：那一次必须是 x 的。

>>> x, dout = np.array([[0.5, -1.0], [2.0, 0.1]]), np.array([[1.0, -2.0], [0.5, 3.0]])
>>> bool(gradient_check(Tanh(), x, dout) < 1e-7)
True
>>> class Halved(Tanh):
...     def backward(self, dout):
...         return super().backward(dout) / 2
>>> round(float(gradient_check(Halved(), x, dout)), 4)
1.4851
"""

HINTS = [
    Text(
        "Define a function of x within gradient_check that returns L, and give it to"
        " numerical_gradient.",
        "在 gradient_check 里定义一个以 x 为参数、返回 L 的函数，把它交给 numerical_gradient。",
    ),
    Text(
        "After measuring, call layer.forward(x) once more, then layer.backward(dout). The largest"
        " difference: np.max(np.abs(...)).",
        "测量之后再调用一次 layer.forward(x)，然后调用 layer.backward(dout)。最大的差："
        "np.max(np.abs(...))。",
    ),
    Text(
        "measured = numerical_gradient(lambda x: np.sum(dout * layer.forward(x)), x);"
        " layer.forward(x); np.max(np.abs(layer.backward(dout) - measured)). Tanh: self.y ="
        " np.tanh(x); dout * (1 - self.y**2)",
        "measured = numerical_gradient(lambda x: np.sum(dout * layer.forward(x)), x);"
        " layer.forward(x); np.max(np.abs(layer.backward(dout) - measured))。Tanh：self.y ="
        " np.tanh(x); dout * (1 - self.y**2)",
    ),
]

SAYS = {
    "bool": Text(
        "gradient_check returns the number itself, not whether it is small.",
        "gradient_check 应返回这个数本身，而不是它是否很小。",
    ),
    "each": Text(
        "These are the differences of all elements. Return the largest of them: np.max.",
        "这是每个元素的差。请返回其中最大的：np.max。",
    ),
    "ignored": Text(
        "The measured gradient is 0: the function does not use its argument. numerical_gradient"
        " moves a copy of x and gives it to the function.",
        "测得的梯度是 0：函数没有用到自己的参数。numerical_gradient 移动的是 x 的副本，"
        "并把它传给函数。",
    ),
    "no_dout": Text(
        "Measured and derived gradients are of two different L: dout must be in both, in the sum"
        " and in backward(dout).",
        "测得的梯度和推导的梯度对应不同的 L：两处都要用 dout，即求和与 backward(dout)。",
    ),
    "stale": Text(
        "A right layer differs a little: backward uses what the last forward of the measurement"
        " has stored. Call layer.forward(x) right before it.",
        "正确的层也有微小的差：backward 用了测量时最后一次 forward 保存的值。"
        "请在它之前调用 layer.forward(x)。",
    ),
    "no_forward": Text(
        "backward is called before any forward.",
        "还没有调用 forward，就调用了 backward。",
    ),
    "not_zero": Text(
        "For a layer that is right the difference must be nearly 0.",
        "对于正确的层，差应当几乎为 0。",
    ),
    "no_abs": Text(
        "A gradient that is wrong by 0.5 was not found: without np.abs, a difference below 0 never"
        " is the largest.",
        "有一处梯度错了 0.5，却没有查出来：不取 np.abs，小于 0 的差永远不会是最大的。",
    ),
    "mean": Text(
        "That is the mean of the differences: take the largest.",
        "这是差的平均值：请取最大值。",
    ),
    "not_one_number": Text(
        "Line {line}: f must return one number. Multiply forward(x) by dout, then np.sum.",
        "第 {line} 行：f 必须返回一个数。请用 dout 乘以 forward(x)，再 np.sum。",
    ),
    "no_square": Text(
        "The slope is 1 - y^2: y is not squared.",
        "斜率是 1 - y^2：这里 y 没有平方。",
    ),
    "of_x": Text(
        "The slope is 1 - y^2, made of the output y, not of x.",
        "斜率是 1 - y^2，用的是输出 y，而不是 x。",
    ),
    "chain": Text(
        "dout is not used: the chain rule multiplies the slope by it.",
        "没有用到 dout：链式法则要用它乘以斜率。",
    ),
}

ERRORS = {"array element with a sequence|broadcast": "not_one_number"}


class Cube:
    """y = x^3; `wrong` is added to its gradient."""

    def __init__(self, wrong=0.0):
        self.x, self.wrong = None, wrong

    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dout):
        if self.x is None:
            fail("no_forward")
        return dout * 3 * self.x**2 + self.wrong


class Product:
    """y = x . W, whose shape is not that of x."""

    def __init__(self, wrong=0.0):
        self.W, self.wrong = draw(3, 4, seed=5), wrong

    def forward(self, x):
        return x @ self.W

    def backward(self, dout):
        return dout @ self.W.T + self.wrong


def check_right(their):
    """A layer that is right."""
    x, dout = given([[0.5, -1.0, 2.0], [1.5, 0.2, -0.8]]), given([[1, -2, 0.5], [3, 1.5, -1]])
    call = "gradient_check(layer, x, dout)"
    got = their.gradient_check(Cube(), x, dout)
    if isinstance(got, bool | np.bool_):
        fail("bool", call=call, got=got, right=0)
    number = as_numbers(got)
    if number is None or number.ndim:
        expect(got, 0.0, call, each=got)
    slope = 3 * x**2
    facts = {"call": call, "got": shown(got), "right": 0}
    if got < 0 or not np.isfinite(got):
        fail("not_zero", **facts)
    if got > 1e-6:
        wrong = {"ignored": abs(dout * slope).max(), "no_dout": abs(dout * slope - slope).max()}
        seen = [key for key, value in wrong.items() if np.isclose(got, value, rtol=1e-3)]
        fail([*seen, "stale" if got < 0.01 else "not_zero"][0], **facts)


def check_wrong(their):
    """Layers whose gradient is wrong in two places, by 0.5 and by 0.3."""
    x = draw(2, 3, seed=6)
    for layer, shape in (Cube, (2, 3)), (Product, (2, 4)):
        for sign in 1, -1:
            wrong = np.zeros((2, 3))
            wrong[1, 0], wrong[0, 2] = sign * 0.5, sign * 0.3
            got = their.gradient_check(layer(given(wrong)), x, draw(*shape, seed=7))
            expect(
                got,
                0.5,
                f"gradient_check(layer, x, dout)  # dx is wrong by {sign * 0.5} and {sign * 0.3}",
                rtol=1e-4,
                no_abs=got if abs(got) < 1e-6 else None,
                mean=0.8 / 6,
            )


def check(their):
    check_right(their)
    check_wrong(their)
    x, dout = given([[0.5, -1.0], [2.0, 0.1]]), given([[1.0, -2.0], [0.5, 3.0]])
    tanh, y = their.Tanh(), np.tanh(x)
    expect(tanh.forward(x), y, f"Tanh().forward(np.array({x.tolist()}))")
    expect(
        tanh.backward(dout),
        dout * (1 - y**2),
        f"backward(np.array({dout.tolist()}))  # x = {x.tolist()}",
        no_square=dout * (1 - y),
        of_x=dout * (1 - x**2),
        chain=1 - y**2,
    )
    expect_gradients(their.Tanh(), draw(4, 3))
    expect_float32(tanh.forward, x, call="forward(x)")
    expect_float32(tanh.backward, dout, call="backward(dout)")


RESULT = "np.max(np.abs(layer.backward(dout) - measured))"
ATTEMPTS = [
    ("bool", {f"return {RESULT}": f"return {RESULT} < 1e-6"}),
    ("each", {RESULT: "np.abs(layer.backward(dout) - measured)"}),
    ("ignored", {"def loss(x)": "def loss(_)"}),
    ("no_dout", {"np.sum(dout * layer.forward(x))": "np.sum(layer.forward(x))"}),
    ("no_dout", {"layer.backward(dout)": "layer.backward(1)"}),
    ("stale", {"    layer.forward(x)\n": ""}),
    ("no_forward", {"    measured =": "    dx = layer.backward(dout)\n    measured ="}),
    ("not_zero", {"- measured": "+ measured"}),
    ("no_abs", {RESULT: "np.max(layer.backward(dout) - measured)"}),
    ("no_abs", {RESULT: "np.max(measured - layer.backward(dout))"}),
    ("mean", {"np.max": "np.mean"}),
    ("not_one_number", {"np.sum(dout * layer.forward(x))": "dout * layer.forward(x)"}),
    ("no_square", {"self.y**2": "self.y"}),
    ("of_x", {"self.y = np.tanh(x)": "self.x, self.y = x, np.tanh(x)", "self.y**2": "self.x**2"}),
    ("chain", {"dout * (1 - self.y**2)": "1 - self.y**2"}),
]

OTHER_WAYS = [
    {
        "    layer.forward(x)\n": "",
        "    def loss": "    layer.forward(x)\n    dx = layer.backward(dout)\n\n    def loss",
        "layer.backward(dout) - measured": "dx - measured",
    },
    {
        RESULT: "abs(layer.backward(dout) - measured).max()",
        "dout * (1 - self.y**2)": "dout / np.cosh(self.x) ** 2",
        "self.y = np.tanh(x)\n        return self.y": "self.x = x\n        return np.tanh(x)",
    },
]
