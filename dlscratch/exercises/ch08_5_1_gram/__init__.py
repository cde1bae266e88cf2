"""The check of the Gram matrix and of the style loss, their texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, expect_gradients, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
格拉姆矩阵：用数来表示画的风格，以及它的梯度（8.5.1 节）。

卷积把一幅画变成 C 张特征图：这里是条纹，那里是圆点。风格就是哪些特征一起出现，
而不管出现在哪里。所以把每两张特征图逐像素相乘，再对所有像素求平均：

    F = 把 x 排成行，一张特征图一行               (C, H, W) -> (C, H W)
    G = F . F^T / (H W)                           (C, C)

风格损失把 G 与 A 比较，A 是风格取自的那幅画的格拉姆矩阵。它的梯度改变的是像素，而不是权重：

    L = sum (G - A)^2
    dG = 2 (G - A)
    dF = (dG + dG^T) . F / (H W)                  F 在 G 中出现了两次
    dx = 形状与 x 相同的 dF

请编写：

    gram_matrix(x)   x：特征图 (C, H, W)；返回 G，(C, C)

    StyleLoss        forward(x, A)     A：(C, C)；返回损失，一个数
                     backward(dout=1)  dout：对损失的梯度，一个数；返回 dx，
                                       形状和 dtype 与 x 相同

x 和 A 不得改写。

>>> x = np.array([[[1.0, 3.0]], [[2.0, 0.0]]])  # two maps of 1 x 2 pixels
>>> gram_matrix(x)
array([[5., 1.],
       [1., 2.]])
>>> loss = StyleLoss()
>>> print(loss.forward(x, np.array([[5.0, 1.0], [1.0, 1.0]])))
1.0
>>> loss.backward()
array([[[0., 0.]],
       [[4., 0.]]])
"""

HINTS = [
    Text(
        "x.reshape(C, H * W) makes a row of each map. F @ F.T multiplies every two rows and adds up"
        " over the pixels.",
        "x.reshape(C, H * W) 把每张特征图排成一行，F @ F.T 让每两行相乘并对像素求和。",
    ),
    Text(
        "forward keeps what backward needs: self.x = x, and self.difference = gram_matrix(x) - A."
        " The loss is np.sum of its square.",
        "forward 保存 backward 所需的：self.x = x，以及 self.difference = gram_matrix(x) - A。"
        "损失是它的平方的 np.sum。",
    ),
    Text(
        "F @ F.T / (H * W); backward: dG = dout * 2 * self.difference; dF = (dG + dG.T) @ F /"
        " (H * W); dF.reshape(self.x.shape)",
        "F @ F.T / (H * W)；backward：dG = dout * 2 * self.difference; dF = (dG + dG.T) @ F /"
        " (H * W); dF.reshape(self.x.shape)",
    ),
]

SAYS = {
    "not_averaged": Text(
        "The products are added up over the pixels. Take the mean, divide by H * W: pictures of two"
        " sizes are to be compared.",
        "这里的乘积只对像素求了和。请求平均，除以 H * W：要比较的画大小可能不同。",
    ),
    "by_maps": Text(
        "That is divided by the number of maps, too. Divide by the number of pixels, H * W, only.",
        "这里还除以了特征图的张数。只除以像素数 H * W。",
    ),
    "pixels": Text(
        "That compares every two pixels. Compare every two maps: F @ F.T, (C, C).",
        "这里比较的是每两个像素。应比较每两张特征图：F @ F.T，(C, C)。",
    ),
    "mixed": Text(
        "A row of F mixes the maps. reshape(C, H * W) keeps each map in a row of its own.",
        "F 的一行混合了几张特征图。reshape(C, H * W) 让每张特征图各占一行。",
    ),
    "covariance": Text(
        "The mean of each map is subtracted first. That is the covariance; leave the mean in.",
        "这里先减去了每张特征图的均值，得到的是协方差。请不要减均值。",
    ),
    "diagonal": Text(
        "That is each map with itself, the diagonal. Style is which maps occur together: F @ F.T.",
        "这只是每张特征图与自己相乘，即对角线。风格是哪些特征图一起出现：F @ F.T。",
    ),
    "no_square": Text(
        "The differences are not squared, so some cancel others.",
        "差没有平方，所以会相互抵消。",
    ),
    "mean_loss": Text(
        "The squares are averaged here. Add them up.",
        "这里对平方求了平均。应当求和。",
    ),
    "once": Text(
        "dx is half of what it should be: F occurs twice in F . F^T, and both count: dG + dG^T. Or"
        " is the 2 of the square missing?",
        "dx 只有应有的一半：F 在 F . F^T 中出现了两次，两次都要算：dG + dG^T。"
        "或者是漏了平方求导得到的 2？",
    ),
    "not_divided": Text(
        "dx is H * W times too large: G is divided by it, and so is its gradient.",
        "dx 大了 H * W 倍：G 除以了它，梯度也要除以它。",
    ),
    "flat": Text(
        "That is dF, a row for each map. Give it the shape of x: (C, H, W).",
        "这是 dF，每张特征图一行。请变成 x 的形状：(C, H, W)。",
    ),
    "no_dout": Text(
        "dout is not used: multiply by it (the chain rule).",
        "没有用到 dout：请乘以它（链式法则）。",
    ),
}
MAPS = given([[[1, 3, 0], [2, 0, 1]], [[2, 0, 1], [1, 1, 4]]])
STYLE = given([[2, 1], [1, 3]])


def check_gram(their, x):
    C, H, W = x.shape
    F = x.reshape(C, -1)
    G = F @ F.T / (H * W)
    mixed = x.reshape(-1, C).T
    centred = F - F.mean(axis=1, keepdims=True)
    expect(
        their.gram_matrix(x),
        G,
        f"gram_matrix(np.array({x.tolist()}))" if x.size < 20 else f"gram_matrix(x)  # x {x.shape}",
        not_averaged=F @ F.T,
        by_maps=G / C,
        pixels=F.T @ F / (H * W),
        mixed=mixed @ mixed.T / (H * W),
        covariance=centred @ centred.T / (H * W),
        diagonal=np.diag(G),
    )


def check(their):
    check_gram(their, MAPS)
    check_gram(their, draw(3, 4, 5))
    difference = MAPS.reshape(2, -1) @ MAPS.reshape(2, -1).T / 6 - STYLE
    right = np.sum(difference**2)
    layer = their.StyleLoss()
    x = f"np.array({MAPS.tolist()})"
    expect(
        layer.forward(MAPS, STYLE),
        right,
        f"StyleLoss().forward({x},\n          np.array({STYLE.tolist()}))",
        no_square=np.sum(difference),
        mean_loss=right / 4,
    )
    dF = 4 * difference @ MAPS.reshape(2, -1) / 6
    dx = dF.reshape(MAPS.shape)
    wrong = {"once": dx / 2, "not_divided": 6 * dx, "flat": dF}
    expect(layer.backward(), dx, "backward()  # after the forward above", **wrong)
    expect(layer.backward(3), 3 * dx, "backward(dout=3)", no_dout=dx)
    expect_gradients(layer, draw(3, 4, 5), their.gram_matrix(draw(3, 2, 2, seed=1)))
    expect_float32(their.gram_matrix, MAPS, call="gram_matrix(x)")
    layer.forward(given(MAPS, np.float32), given(STYLE, np.float32))
    expect_float32(layer.backward, call="backward()")


GRAM = "F @ F.T / (H * W)"
FLAT = "F = x.reshape(C, H * W)"
SUM = "np.sum(self.difference**2)"
BACK = "(dG + dG.T) @ F / (H * W)"
ATTEMPTS = [
    ("not_averaged", {GRAM: "F @ F.T"}),
    ("by_maps", {GRAM: "F @ F.T / x.size"}),
    ("pixels", {GRAM: "F.T @ F / (H * W)"}),
    ("mixed", {FLAT: "F = x.reshape(H * W, C).T"}),
    ("covariance", {FLAT: f"{FLAT} - x.mean(axis=(1, 2))[:, None]"}),
    ("diagonal", {GRAM: "np.mean(F * F, axis=1)"}),
    ("no_square", {SUM: "np.sum(self.difference)"}),
    ("mean_loss", {SUM: "np.mean(self.difference**2)"}),
    ("once", {BACK: "dG @ F / (H * W)"}),
    ("once", {"dout * 2 *": "dout *"}),
    ("not_divided", {BACK: "(dG + dG.T) @ F"}),
    ("flat", {"dF.reshape(C, H, W)": "dF"}),
    ("no_dout", {"dout * 2": "2"}),
    (
        "writes",
        {"self.difference = gram_matrix(x) - A": "A -= gram_matrix(x); self.difference = A"},
    ),
    ("dtype", {"dout * 2": "dout * np.full(1, 2.0)"}),
]

OTHER_WAYS = [
    {FLAT: "", GRAM: "np.einsum('ihw,jhw->ij', x, x) / (H * W)", "dG + dG.T": "2 * dG"},
    {
        GRAM: "np.array([[np.mean(a * b) for b in F] for a in F], x.dtype)",
        BACK: "4 * dout * self.difference @ F / F.shape[1]",
    },
]
