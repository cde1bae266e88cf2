"""The check of the residual block, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, expect_gradients, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
残差块：把输入加到输出上（8.2.4 节）。

    y = relu(F(x) + x)                     F：首尾相接的几个层

x 通过两条路径到达这个和：一条穿过各层，一条是绕过它们的捷径。所以各层只需学习
要给 x 加上什么。梯度沿这两条路径返回，在路径会合的地方，梯度相加：

    dsum = dout where F(x) + x > 0, else 0
    dx = dF + dsum                         dF：dsum 从最后一层开始，反向穿过各层的结果

捷径的斜率是 1。所以即使各层几乎不让梯度通过，梯度也能到达，
上百层的网络才得以训练。

请编写（__init__ 已经写好，另有两个层供你试用）：

    ResidualBlock   forward(x)      x：任意形状的数组；self.layers 中每一层都有 forward(x)，
                                    F(x) 的形状与 x 相同；返回 y
                    backward(dout)  dout：对 y 的梯度；每一层都有 backward(dout)，
                                    返回对该层输入的梯度；返回 dx

x、dout 和各层返回的数组都不得改写；输入 float32，输出也是 float32。

>>> block = ResidualBlock([Affine(np.array([[0.0, 1.0], [-2.0, 0.0]]), np.zeros(2)), Relu()])
>>> block.forward(np.array([[1.0, -3.0], [-1.0, 2.0]]))
array([[7., 0.],
       [0., 2.]])
>>> block.backward(np.array([[10.0, 20.0], [30.0, 40.0]]))
array([[ 10., -20.],
       [  0.,  40.]])
"""

HINTS = [
    Text(
        "forward: a loop over self.layers, where each layer gets what the one before it returned."
        " Keep x under its own name, the sum still needs it.",
        "forward：遍历 self.layers，每一层得到的是前一层返回的东西。"
        "x 要用自己的名字留着，求和时还要用它。",
    ),
    Text(
        "backward: first stop dout where the sum was not positive. What passes goes two ways: into"
        " the layers, from reversed(self.layers), and straight to dx.",
        "backward：先在和不为正的地方截断 dout。通过的部分分两路：一路按 reversed(self.layers)"
        " 穿过各层，一路直接到 dx。",
    ),
    Text(
        "forward: y = np.maximum(out + x, 0); self.passes = y > 0. backward: dsum = dout *"
        " self.passes; dF = dsum; for layer in reversed(self.layers): dF = layer.backward(dF);"
        " return dF + dsum",
        "forward：y = np.maximum(out + x, 0); self.passes = y > 0。backward：dsum = dout *"
        " self.passes; dF = dsum; for layer in reversed(self.layers): dF = layer.backward(dF);"
        " return dF + dsum",
    ),
]

SAYS = {
    "no_shortcut": Text(
        "The shortcut is missing: add x before relu.",
        "缺少捷径：请在 relu 之前加上 x。",
    ),
    "no_relu": Text("The sum does not pass through relu.", "求和之后没有经过 relu。"),
    "relu_first": Text(
        "relu comes before the sum here. Add x first: y = relu(F(x) + x).",
        "这里先做了 relu 再求和。应先加上 x：y = relu(F(x) + x)。",
    ),
    "x_lost": Text(
        "F(x) is added to itself, the loop has overwritten x: call what the layers return out.",
        "F(x) 加到了它自己身上：循环覆盖了 x。请保留 x，把各层的输出叫作 out。",
    ),
    "not_chained": Text(
        "Every layer gets x, and the last one alone counts. Give each layer what the one before it"
        " returned.",
        "每一层得到的都是 x，只有最后一层起了作用。应把前一层返回的东西交给下一层。",
    ),
    "each_layer": Text(
        "Every layer has a shortcut of its own. There is one, around all of them.",
        "每一层都有了自己的捷径。捷径只有一条，绕过所有的层。",
    ),
    "writes_output": Text(
        "What a layer returned is written to, by += for instance. The layer may need it in its"
        " backward: make a new array.",
        "改写了某一层返回的数组，例如用了 +=。该层的 backward 可能还要用它：请生成新的数组。",
    ),
    "layers_alone": Text(
        "The gradient comes back through the layers alone. It also takes the shortcut: add dsum.",
        "梯度只穿过各层返回。它还要走捷径：请加上 dsum。",
    ),
    "shortcut_alone": Text(
        "The gradient comes back by the shortcut alone. It also goes back through the layers.",
        "梯度只沿捷径返回。它还要反向穿过各层。",
    ),
    "no_mask": Text(
        "relu is forgotten: stop dout where F(x) + x was not positive.",
        "忘了 relu：请在 F(x) + x 不为正的地方截断 dout。",
    ),
    "shortcut_open": Text(
        "relu comes after the sum, so it stops the gradient on the shortcut as well.",
        "relu 在求和之后，所以捷径上的梯度也要截断。",
    ),
    "layers_open": Text(
        "relu comes after the sum, so it stops the gradient before it enters the layers as well.",
        "relu 在求和之后，所以进入各层之前的梯度也要截断。",
    ),
    "mask_of_F": Text(
        "The gradient is stopped where F(x) was not positive. What counts is the sum, F(x) + x.",
        "这里在 F(x) 不为正处截断了梯度。应看两者之和 F(x) + x。",
    ),
    "mask_of_x": Text(
        "The gradient is stopped where x was not positive. What counts is the sum, F(x) + x.",
        "这里在 x 不为正处截断了梯度。应看两者之和 F(x) + x。",
    ),
    "sum_lost": Text(
        "The loop has overwritten dsum, so the shortcut is lost: give it a name of its own.",
        "循环覆盖了 dsum，捷径上的梯度丢失了：请让它有自己的名字。",
    ),
    "not_reversed": Text(
        "The gradient goes through the layers in their own order. It comes from the end, so it"
        " meets the last layer first: reversed(self.layers).",
        "梯度是按正向的顺序穿过各层的。它来自末端，先到达最后一层：reversed(self.layers)。",
    ),
}


W1, W2, X = [[-1, 1], [0, 1]], [[1, -2], [1, 0]], [[2, -1], [1, 2], [-3, 2]]
FORWARD = f"""layers = [Affine(np.array({W1}), 0), Affine(np.array({W2}), 0)]
    block = ResidualBlock(layers)
    block.forward(np.array({X}))"""


class Affine:
    """Without a bias."""

    def __init__(self, W):
        self.W = W

    def forward(self, x):
        return x @ self.W

    def backward(self, dout):
        return dout @ self.W.T


class Sigmoid:
    """It keeps what it returns."""

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y) * self.y


def relu(x):
    return np.maximum(x, 0)


def check(their):
    x, dout = given(X), given([[40, 10], [10, 30], [20, 20]])
    f, g = Affine(given(W1)), Affine(given(W2))
    F = g.forward(f.forward(x))
    block = their.ResidualBlock([f, g])
    hidden = x + f.forward(x)
    expect(
        block.forward(x),
        relu(F + x),
        FORWARD,
        no_shortcut=relu(F),
        no_relu=F + x,
        relu_first=relu(F) + x,
        x_lost=relu(2 * F),
        not_chained=relu(g.forward(x) + x),
        each_layer=relu(hidden + g.forward(hidden)),
    )

    def back(dout):
        return f.backward(g.backward(dout))

    dsum, of_F, of_x = dout * (F + x > 0), dout * (F > 0), dout * (x > 0)
    expect(
        block.backward(dout),
        back(dsum) + dsum,
        FORWARD + "\n    block.backward(np.array([[40, 10], [10, 30], [20, 20]]))",
        layers_alone=back(dsum),
        shortcut_alone=dsum,
        no_mask=back(dout) + dout,
        shortcut_open=back(dsum) + dout,
        layers_open=back(dout) + dsum,
        mask_of_F=back(of_F) + of_F,
        mask_of_x=back(of_x) + of_x,
        sum_lost=2 * back(dsum),
        not_reversed=g.backward(f.backward(dsum)) + dsum,
    )
    sigmoid = Sigmoid()
    block = their.ResidualBlock([sigmoid])
    images = draw(2, 3, 4, 4)
    y = 1 / (1 + np.exp(-images))
    expect(block.forward(images), relu(y + images), "forward(x)  # x (2, 3, 4, 4), Sigmoid")
    if not np.array_equal(sigmoid.y, y):
        fail("writes_output")
    layers = [Affine(draw(4, 6, seed=1)), Sigmoid(), Affine(draw(6, 4, seed=2))]
    expect_gradients(their.ResidualBlock(layers), draw(5, 4))
    expect_float32(block.forward, images, call="forward(x)")
    expect_float32(block.backward, images, call="backward(dout)")


OUT, BACK = "out = layer.forward(out)", "reversed(self.layers)"
SUM, RETURNED = "np.maximum(out + x, 0)", "return dF + dsum"
ATTEMPTS = [
    ("no_shortcut", {SUM: "np.maximum(out, 0)"}),
    ("no_relu", {SUM: "out + x"}),
    ("relu_first", {SUM: "np.maximum(out, 0) + x"}),
    ("x_lost", {"        out = x\n": "", OUT: "x = layer.forward(x)", "out + x": "x + x"}),
    ("not_chained", {OUT: "out = layer.forward(x)"}),
    ("each_layer", {OUT: "out = out + layer.forward(out)", "out + x": "out"}),
    ("writes_output", {"        y =": "        out += x\n        y =", "out + x": "out"}),
    ("layers_alone", {RETURNED: "return dF"}),
    ("shortcut_alone", {RETURNED: "return dsum"}),
    ("no_mask", {"dout * self.passes\n        dF": "dout\n        dF"}),
    ("shortcut_open", {RETURNED: "return dF + dout"}),
    ("layers_open", {"dF = dsum": "dF = dout"}),
    ("mask_of_F", {"y > 0": "out > 0"}),
    ("mask_of_x", {"y > 0": "x > 0"}),
    ("sum_lost", {"dF": "dsum"}),
    ("not_reversed", {BACK: "self.layers"}),
    ("writes", {"dsum = dout * self.passes\n        dF": "dout *= self.passes\n        dsum = dF"}),
    ("gradient_stale", {"y > 0": 'getattr(self, "passes", False) | (y > 0)'}),
    ("dtype", {SUM: "np.maximum(out + x, np.zeros(x.shape))"}),
]

OTHER_WAYS = [
    {  # a sum, then a layer of its own
        f"y = {SUM}\n        self.passes = y > 0\n        return y": (
            "self.relu = Relu()\n        return self.relu.forward(x + out)"
        ),
        "dsum = dout * self.passes": "dsum = self.relu.backward(dout)",
    },
    {
        BACK: "self.layers[::-1]",
        "dout * self.passes\n        dF": "np.where(self.passes, dout, 0)\n        dF",
    },
]
