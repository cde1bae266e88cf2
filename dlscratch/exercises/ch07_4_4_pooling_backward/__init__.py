"""The check of max pooling's backward pass, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, expect_gradients, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
最大池化，反向：梯度只传给最大的数（7.4.4 节）。

窗口中只有最大的数到达了输出，所以它得到全部梯度，其余的得到 0：就像 ReLU 的开关。
forward 保存了最大值的位置 self.arg_max，每个窗口一个从 0 到 pool_h * pool_w - 1 的数。
各窗口按 (N, OH, OW, C) 的顺序排列：

    dout   (N, C, OH, OW)                       ->  (N * OH * OW * C,)，按窗口的顺序
    dmax   (N * OH * OW * C, pool_h * pool_w)   第 i 行第 arg_max[i] 列是 dout[i]，其余为 0
    dcol   (N * OH * OW, C * pool_h * pool_w)   同样的数，每个位置一行
    dx     (N, C, H, W)                         由 col2im 得到，窗口重叠处会相加

请编写（其余已经写好；forward 还保存了 self.x_shape）：

    Pooling   backward(dout)   返回 dx，dtype 与 dout 相同；dout 不得改写

>>> pooling = Pooling(2, 2, stride=2)
>>> out = pooling.forward(np.array([[[[1.0, 2.0, 0.0, 5.0], [4.0, 3.0, 0.0, 0.0]]]]))
>>> pooling.backward(np.array([[[[10.0, 20.0]]]]))
array([[[[ 0.,  0.,  0., 20.],
         [10.,  0.,  0.,  0.]]]])
"""

HINTS = [
    Text(
        "Bring dout into the order of the windows: transpose(0, 2, 3, 1), then reshape(-1).",
        "把 dout 变成窗口的顺序：transpose(0, 2, 3, 1)，再 reshape(-1)。",
    ),
    Text(
        "To set one number in each row of dmax, give two lists of indices: the rows np.arange(n)"
        " and the columns self.arg_max.",
        "要在 dmax 的每一行里设置一个数，就给出两组下标：行 np.arange(n) 和列 self.arg_max。",
    ),
    Text(
        "dmax[np.arange(dout.size), self.arg_max] = dout; dcol = dmax.reshape(-1, C * self.pool_h *"
        " self.pool_w); col2im(dcol, self.x_shape, self.pool_h, self.pool_w, self.stride)",
        "dmax[np.arange(dout.size), self.arg_max] = dout; dcol = dmax.reshape(-1, C * self.pool_h *"
        " self.pool_w); col2im(dcol, self.x_shape, self.pool_h, self.pool_w, self.stride)",
    ),
]

SAYS = {
    "everywhere": Text(
        "Every number of a window gets the gradient. Only the largest does.",
        "窗口里的每个数都得到了梯度。只有最大的数才应得到。",
    ),
    "shared": Text(
        "The gradient is divided among the numbers of a window: that is average pooling.",
        "梯度平分给了窗口里的各个数：这是平均池化。",
    ),
    "no_dout": Text(
        "The largest number gets 1. It should get dout (the chain rule).",
        "最大的数得到了 1。它应得到 dout（链式法则）。",
    ),
    "first_place": Text(
        "The gradient always goes to the same place of a window. self.arg_max says where it"
        " belongs.",
        "梯度总是传给窗口里的同一个位置。应传到哪里，由 self.arg_max 决定。",
    ),
    "whole_lines": Text(
        "One list of indices picks whole rows or columns of dmax. Two pick one number in each row:"
        " dmax[np.arange(n), self.arg_max].",
        "只用一组下标，选中的是 dmax 的整行或整列。用两组才能在每一行选中一个数："
        "dmax[np.arange(n), self.arg_max]。",
    ),
    "ties": Text(
        "Two numbers of this window are equally large, and both get the gradient. One does, the"
        " first: self.arg_max.",
        "这个窗口里有两个同样大的数，两个都得到了梯度。应只有第一个得到：self.arg_max。",
    ),
    "dout_mixed": Text(
        "The gradients go to the wrong windows: dout is (N, C, OH, OW), the windows lie in the"
        " order (N, OH, OW, C). transpose before reshape.",
        "梯度传到了错误的窗口：dout 是 (N, C, OH, OW)，而窗口按 (N, OH, OW, C) 的顺序排列。"
        "请在 reshape 之前 transpose。",
    ),
    "overwritten": Text(
        "Windows overlap here, and a pixel keeps the gradient of one window only. It gets the sum.",
        "这里的窗口相互重叠，而像素只留下了一个窗口的梯度。应当相加。",
    ),
    "dmax": Text(
        "That is dmax, a row for each window: col2im makes images of it.",
        "这是 dmax，每个窗口一行：要用 col2im 还原成图像。",
    ),
    "shapes": Text(
        "Line {line}: the shapes do not fit. dout there is one long row, a number for each window,"
        " as self.arg_max is.",
        "第 {line} 行：形状对不上。这里的 dout 应是长长的一行，每个窗口一个数，与 self.arg_max"
        " 一样。",
    ),
    "no_stride": Text(
        "Line {line}: the numbers do not fill that shape. col2im needs pool_h, pool_w and"
        " self.stride, just as im2col does.",
        "第 {line} 行：数的个数与这个形状不符。col2im 与 im2col 一样，需要 pool_h、pool_w"
        " 和 self.stride。",
    ),
}

ERRORS = {
    r"indexing result of shape \(\d+,\s?\d+\)": "whole_lines",
    "broadcast|shape mismatch": "shapes",
    "cannot reshape": "no_stride",
}


def backward(x, dout, pool_h, pool_w, stride, share):
    """dx: share(window) says which part of its gradient each number of a window gets."""
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        place = np.s_[n, c, top : top + pool_h, left : left + pool_w]
        dx[place] += dout[n, c, i, j] * share(x[place].ravel()).reshape(pool_h, pool_w)
    return dx


def largest(window):
    return np.arange(window.size) == window.argmax()


def check_one(their, x, dout, *options):
    pool_h, pool_w, stride = options
    layer = their.Pooling(*options)
    layer.forward(x)
    N, C, OH, OW = dout.shape
    dmax = np.zeros((dout.size, pool_h * pool_w))
    dmax[np.arange(dout.size), layer.arg_max] = dout.transpose(0, 2, 3, 1).reshape(-1)
    any_of_these = np.isin(np.arange(dmax.shape[1]), layer.arg_max)
    right = backward(x, dout, pool_h, pool_w, stride, largest)
    wrong = {
        "everywhere": lambda window: np.ones(window.size),
        "shared": lambda window: np.full(window.size, 1 / window.size),
        "ties": lambda window: window == window.max(),
        "first_place": lambda window: np.arange(window.size) == 0,
        "whole_lines": lambda window: any_of_these,
    }
    mistakes = {
        key: backward(x, dout, pool_h, pool_w, stride, share) for key, share in wrong.items()
    }
    mixed = dout.reshape(N, OH, OW, C).transpose(0, 3, 1, 2)
    text = ("dout", f"x {x.shape}")
    if x.size < 20:
        text = (f"np.array({dout.astype(int).tolist()})", f"x = {x.astype(int).tolist()}")
    got = layer.backward(dout)
    if np.shape(got) == x.shape and stride < max(pool_h, pool_w):
        off = ~np.isclose(got, right)  # the gradient of one window instead of a sum?
        one = np.isin(np.asarray(got)[off], dout).all()
        mistakes["overwritten"] = got if one else None
    expect(
        got,
        right,
        f"backward({text[0]})  # {text[1]}, Pooling({pool_h}, {pool_w}, stride={stride})",
        no_dout=backward(x, np.ones_like(dout), pool_h, pool_w, stride, largest),
        dout_mixed=backward(x, mixed, pool_h, pool_w, stride, largest),
        dmax=dmax,
        **mistakes,
    )


def check(their):
    x = given([[[[1, 2, 0, 5, 8, 6], [4, 3, 0, 0, 7, 5]]]])
    check_one(their, x, given([[[[10, 20, 30]]]]), 2, 2, 2)
    check_one(their, given([[[[3, 3], [1, 3]]]]), given([[[[10]]]]), 2, 2, 2)
    x = draw(2, 3, 5, 6)
    check_one(their, x, draw(2, 3, 2, 3, seed=1), 2, 2, 2)
    check_one(their, x, draw(2, 3, 3, 5, seed=2), 3, 2, 1)
    expect_gradients(their.Pooling(3, 2, stride=2), x)
    layer = their.Pooling(2, 2, stride=2)
    layer.forward(x)
    expect_float32(layer.backward, draw(2, 3, 2, 3), call="backward(dout)")


SET = "dmax[np.arange(dout.size), self.arg_max] = dout"
ROW = "dout.transpose(0, 2, 3, 1).reshape(-1)"
BY_WINDOW = (  # without dmax
    "N, C, OH, OW = dout.shape\n"
    "        arg_max = self.arg_max.reshape(N, OH, OW, C)\n"
    "        dx = np.zeros(self.x_shape, dout.dtype)\n"
    "        for n, c, i, j in np.ndindex(dout.shape):\n"
    "            y, x = divmod(arg_max[n, i, j, c], self.pool_w)\n"
    "            dx[n, c, i * self.stride + y, j * self.stride + x] += dout[n, c, i, j]\n"
    "        return dx\n        "
)
START = "dout = dout.transpose"
ATTEMPTS = [
    ("everywhere", {SET: "dmax[:] = dout[:, None]"}),
    ("shared", {SET: "dmax[:] = dout[:, None] / dmax.shape[1]"}),
    ("no_dout", {SET: "dmax[np.arange(dout.size), self.arg_max] = 1"}),
    ("first_place", {SET: "dmax[:, 0] = dout"}),
    ("whole_lines", {SET: "dmax[:, self.arg_max] = dout[:, None]"}),
    ("whole_lines", {SET: "dmax[self.arg_max] = dout"}),
    ("dout_mixed", {ROW: "dout.reshape(-1)"}),
    ("dmax", {"        dcol = ": "        return dmax\n        dcol = "}),
    ("shapes", {ROW: "dout.transpose(0, 2, 3, 1)"}),
    (
        "no_stride",
        {"x_shape, self.pool_h, self.pool_w, self.stride)": "x_shape, self.pool_h, self.pool_w)"},
    ),
    ("overwritten", {START: BY_WINDOW.replace("+=", "=") + START}),
    (
        "ties",
        {
            "        self.arg_max =": "        self.col = col\n        self.arg_max =",
            SET: "dmax = dout[:, None] * (self.col == np.max(self.col, axis=1)[:, None])",
        },
    ),
    ("dtype", {", dout.dtype)": ")"}),
]

OTHER_WAYS = [
    {
        SET: "is_max = self.arg_max[:, None] == np.arange(dmax.shape[1])",
        "dcol = dmax": "dcol = (dout[:, None] * is_max)",
    },
    {ROW: "np.moveaxis(dout, 1, 3).flatten()"},
    {START: BY_WINDOW + START},
]
