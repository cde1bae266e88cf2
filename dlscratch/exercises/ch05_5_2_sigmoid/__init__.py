"""The check of the Sigmoid layer, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, expect_gradients, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
作为层的 Sigmoid：斜率就在输出之中（5.5.2 节）。

    y = 1 / (1 + exp(-x))            dy/dx = y (1 - y)

该函数的计算图有四个节点，它们的导数相乘得到 y^2 exp(-x)。
由于 exp(-x) = (1 - y) / y，它就等于 y (1 - y)：backward 只需要输出 y。

请编写：

    Sigmoid   forward(x)      x：任意形状的数组；返回 y，形状和 dtype 与 x 相同
              backward(dout)  dout：对 y 的梯度，形状与 y 相同；返回 dx = dout y (1 - y)

>>> layer = Sigmoid()
>>> layer.forward(np.array([0.0, 2.0]))
array([0.5       , 0.88079708])
>>> layer.backward(np.array([4.0, 1.0]))
array([1.        , 0.10499359])
"""

HINTS = [
    Text(
        "forward keeps its output y in self and returns it.",
        "forward 把输出 y 存进 self，并返回它。",
    ),
    Text(
        "backward multiplies three things, element by element: dout, y and 1 - y.",
        "backward 逐元素地把三样东西相乘：dout、y 和 1 - y。",
    ),
    Text(
        "forward: self.y = 1 / (1 + np.exp(-x)). backward: dout * self.y * (1 - self.y).",
        "forward：self.y = 1 / (1 + np.exp(-x))。backward：dout * self.y * (1 - self.y)。",
    ),
]

SAYS = {
    "exp_sign": Text(
        "The exponent is -x, not x: the sigmoid rises with x.",
        "指数是 -x，不是 x：sigmoid 随 x 上升。",
    ),
    "brackets": Text(
        "Brackets are missing: the whole sum 1 + exp(-x) is what 1 is divided by.",
        "缺少括号：1 要除以整个和 1 + exp(-x)。",
    ),
    "of_x": Text(
        "That is x (1 - x). The slope is y (1 - y), y being what forward returned: keep the output,"
        " not the input.",
        "这是 x (1 - x)。斜率是 y (1 - y)，其中 y 是 forward 返回的值：应保存输出，而不是输入。",
    ),
    "no_dout": Text(
        "That is dy/dx alone: multiply it by dout (the chain rule).",
        "这只是 dy/dx：还要乘以 dout（链式法则）。",
    ),
    "half": Text(
        "A factor is missing: the slope is y times 1 - y.",
        "缺少一个因子：斜率是 y 乘以 1 - y。",
    ),
    "of_dout": Text(
        "That is dout (1 - dout): y, which forward returned, belongs there.",
        "这是 dout (1 - dout)：那里应该用 forward 返回的 y。",
    ),
    "precedence": Text(
        "That is dout * y * 1 - y: without brackets the subtraction comes last.",
        "这是 dout * y * 1 - y：没有括号时减法最后才做。",
    ),
}


def check(their):
    x, dout = given([0.0, 2.0, -1.0]), given([4.0, 1.0, -2.0])
    layer = their.Sigmoid()
    e = np.exp(-x)
    y = 1 / (1 + e)
    expect(
        layer.forward(x),
        y,
        "Sigmoid().forward(np.array([0.0, 2.0, -1.0]))",
        exp_sign=1 / (1 + 1 / e),
        brackets=1 / 1 + e,
    )
    expect(
        layer.backward(dout),
        dout * y * (1 - y),
        "backward(np.array([4.0, 1.0, -2.0]))  # x = [0.0, 2.0, -1.0]",
        of_x=dout * x * (1 - x),
        no_dout=y * (1 - y),
        half=dout * (1 - y),
        of_dout=dout * (1 - dout),
        precedence=dout * y - y,
    )
    expect_gradients(their.Sigmoid(), draw(4, 3))
    expect_float32(layer.forward, draw(2, 3), call="forward(x)")
    expect_float32(layer.backward, draw(2, 3), call="backward(dout)")


SLOPE = "dout * self.y * (1 - self.y)"
ATTEMPTS = [
    (
        "of_x",
        {
            "self.y = 1 / (1 + np.exp(-x))": "self.y = x",
            "return self.y\n": "return 1 / (1 + np.exp(-x))\n",
        },
    ),
    ("no_dout", {SLOPE: "self.y * (1 - self.y)"}),
    ("half", {SLOPE: "dout * (1 - self.y)"}),
    ("precedence", {SLOPE: "dout * self.y * 1 - self.y"}),
    ("exp_sign", {"np.exp(-x)": "np.exp(x)"}),
    (
        "gradient_stale",
        {
            "self.y = 1 /": "y = 1 /",
            "return self.y\n": "self.y = getattr(self, 'y', y)\n        return y\n",
        },
    ),
]

OTHER_WAYS = [
    {SLOPE: "dout * (1.0 - self.y) * self.y"},
    {
        "self.y = 1 /": "self.x = x\n        self.y = 1 /",
        SLOPE: "dout * self.y**2 * np.exp(-self.x)",
    },
]
