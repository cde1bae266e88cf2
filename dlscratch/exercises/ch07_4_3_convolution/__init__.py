"""The check of the convolution layer's forward pass, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
用一次矩阵乘法实现卷积，正向（7.4.3 节）。

im2col 把每个窗口变成一行。把滤波器写成一列，就能与这样的一行相乘，
于是一次乘法就得到所有窗口与全部 FN 个滤波器的和：

    col    (N * OH * OW, C * FH * FW)     窗口，由 im2col 得到
    col_W  (C * FH * FW, FN)              滤波器，每个一列
    out    (N * OH * OW, FN)              col . col_W + b

out 的一行是同一位置的 FN 个数。按数在内存中的顺序还原成图像，形状是 (N, OH, OW, FN)。
特征图的轴应在像素之前，即 (N, FN, OH, OW)：这要用 transpose，不能用 reshape，
因为 reshape 只是把同一串数切成别的段。

请编写（__init__、im2col 和 output_size 已经写好）：

    Convolution   forward(x)   x (N, C, H, W)，W (FN, C, FH, FW)，b (FN,)；返回特征图，
                               (N, FN, OH, OW)

>>> x = np.array([[1.0, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]]).reshape(1, 1, 4, 4)
>>> W = np.array([[2.0, 0, 1], [0, 1, 2], [1, 0, 2]]).reshape(1, 1, 3, 3)
>>> Convolution(W, np.array([3.0])).forward(x)
array([[[[18., 19.],
         [ 9., 18.]]]])
>>> layer = Convolution(np.zeros((20, 3, 5, 5)), np.zeros(20), stride=2, pad=1)
>>> layer.forward(np.zeros((10, 3, 7, 9))).shape
(10, 20, 3, 4)
"""

HINTS = [
    Text(
        "Get OH and OW from output_size, and col from im2col, both with self.stride and self.pad.",
        "用 output_size 求 OH 和 OW，用 im2col 求 col，两者都要传入 self.stride 和 self.pad。",
    ),
    Text(
        "A filter as a row is W.reshape(FN, -1); .T makes it a column. W.reshape(-1, FN) has the"
        " right shape and the wrong order.",
        "W.reshape(FN, -1) 把每个滤波器写成一行，.T 再把它变成一列。W.reshape(-1, FN)"
        " 形状对，顺序却不对。",
    ),
    Text(
        "out = col @ self.W.reshape(FN, -1).T + self.b; out.reshape(N, OH, OW, FN).transpose(0, 3,"
        " 1, 2)",
        "out = col @ self.W.reshape(FN, -1).T + self.b; out.reshape(N, OH, OW, FN).transpose(0, 3,"
        " 1, 2)",
    ),
]

SAYS = {
    "no_bias": Text("b is not added.", "没有加上 b。"),
    "flat": Text(
        "That is out, (N * OH * OW, FN), before it is made images again.",
        "这是还原成图像之前的 out，(N * OH * OW, FN)。",
    ),
    "no_transpose": Text(
        "The shape is right, but the maps are mixed up: the numbers lie in the order (N, OH, OW,"
        " FN). Reshape to that, then transpose.",
        "形状对，但各特征图混在一起了：数是按 (N, OH, OW, FN) 的顺序排列的。"
        "请先 reshape 成它，再 transpose。",
    ),
    "channels_last": Text(
        "The maps come last, (N, OH, OW, FN). transpose puts them behind N.",
        "特征图排在了最后，(N, OH, OW, FN)。请用 transpose 把它移到 N 之后。",
    ),
    "exchanged": Text(
        "The axes of height and width are exchanged: transpose(0, 3, 1, 2) keeps their order.",
        "高和宽的轴弄反了：transpose(0, 3, 1, 2) 会保持它们的顺序。",
    ),
    "W_reshaped": Text(
        "The filters are mixed up: W.reshape(-1, FN) cuts them to pieces. Make each a row first,"
        " reshape(FN, -1), then .T.",
        "滤波器混在一起了：W.reshape(-1, FN) 把它们切碎了。请先 reshape(FN, -1)"
        " 使每个成为一行，再 .T。",
    ),
    "no_product": Text(
        "Line {line}: the shapes do not fit. col has C * FH * FW columns, so the filters need as"
        " many rows: reshape(FN, -1).T.",
        "第 {line} 行：形状对不上。col 有 C * FH * FW 列，滤波器就要有同样多的行："
        "reshape(FN, -1).T。",
    ),
    "bias_shape": Text(
        "Line {line}: b (FN,) fits the last axis only. Add it before transpose, while FN is last.",
        "第 {line} 行：b (FN,) 只能与最后一个轴对应。请在 transpose 之前，FN 还在最后时加上它。",
    ),
    "reshape": Text(
        "Line {line}: the numbers do not fill that shape. OH and OW depend on the stride and the"
        " padding: output_size.",
        "第 {line} 行：数的个数与这个形状不符。OH 和 OW 取决于步幅和填充：请用 output_size。",
    ),
    "no_options": Text(
        "The stride or the padding is not used: self.stride, self.pad.",
        "没有用到步幅或填充：self.stride、self.pad。",
    ),
}

ERRORS = {
    "matmul|not aligned": "no_product",
    "could not be broadcast": "bias_shape",
    "cannot reshape": "reshape",
}


def convolve(x, W, b, stride=1, pad=0):
    """The maps, (N, OH, OW, FN)."""
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    windows = np.lib.stride_tricks.sliding_window_view(x, W.shape[2:], axis=(2, 3))
    return np.einsum("ncijyx,fcyx->nijf", windows[:, :, ::stride, ::stride], W) + b


def check_one(their, x, W, b, call, stride=1, pad=0):
    out = convolve(x, W, b, stride, pad)  # (N, OH, OW, FN)
    right = out.transpose(0, 3, 1, 2)
    FN = len(W)
    cut = W.reshape(-1, FN).T.reshape(W.shape)
    expect(
        their.Convolution(W, b, stride=stride, pad=pad).forward(x),
        right,
        call,
        no_bias=(out - b).transpose(0, 3, 1, 2),
        flat=out.reshape(-1, FN),
        no_transpose=out.reshape(right.shape),
        channels_last=out,
        exchanged=out.transpose(0, 3, 2, 1),
        W_reshaped=convolve(x, cut, b, stride, pad).transpose(0, 3, 1, 2),
        no_options=convolve(x, W, b).transpose(0, 3, 1, 2),
    )


def check(their):
    x = given([[[[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]]]])
    W = given([[[[2, 0, 1], [0, 1, 2], [1, 0, 2]]]])
    check_one(their, x, W, given([3]), "Convolution(W, b).forward(x)  # as in the example")
    x, b = draw(2, 3, 6, 5), draw(4, seed=2)
    W = draw(4, 3, 3, 3, seed=1)
    call = "Convolution(W, b).forward(x)  # x (2, 3, 6, 5), W (4, 3, 3, 3)"
    check_one(their, x, W, b, call)
    call = "Convolution(W, b, stride=2, pad=1).forward(x)  # x (2, 3, 6, 5), W (4, 3, 3, 3)"
    check_one(their, x, W, b, call, stride=2, pad=1)
    W = draw(4, 3, 3, 2, seed=3)
    call = "Convolution(W, b, stride=2).forward(x)  # x (2, 3, 6, 5), W (4, 3, 3, 2)"
    check_one(their, x, W, b, call, stride=2)
    single = their.Convolution(given(W, np.float32), given(b, np.float32))
    expect_float32(single.forward, x, call="forward(x)")


MAPS = "out.reshape(N, OH, OW, FN).transpose(0, 3, 1, 2)"
COLUMNS = "self.W.reshape(FN, -1).T"
COL = "im2col(x, FH, FW, self.stride, self.pad)"
ATTEMPTS = [
    ("no_bias", {" + self.b": ""}),
    ("flat", {MAPS: "out"}),
    ("no_transpose", {MAPS: "out.reshape(N, FN, OH, OW)"}),
    ("channels_last", {".transpose(0, 3, 1, 2)": ""}),
    ("exchanged", {"(0, 3, 1, 2)": "(0, 3, 2, 1)"}),
    ("exchanged", {MAPS: "out.reshape(N, OH, OW, FN).T.transpose(3, 0, 1, 2)"}),
    ("W_reshaped", {COLUMNS: "self.W.reshape(-1, FN)"}),
    ("no_product", {COLUMNS: "self.W.reshape(FN, -1)"}),
    ("bias_shape", {" + self.b": "", MAPS: f"{MAPS} + self.b"}),
    ("reshape", {"output_size(H, FH, self.stride, self.pad)": "H - FH + 1"}),
    ("reshape", {COL: "im2col(x, FH, FW)"}),
    ("no_options", {"self.stride, self.pad)": "1, 0)"}),
    ("raised", {"N, C, H, W = x.shape": "C, H, W = x.shape"}),
]

OTHER_WAYS = [
    {COLUMNS: "self.W.reshape(FN, C * FH * FW).T", "col @ col_W": "np.dot(col, col_W)"},
    {MAPS: "np.moveaxis(out.reshape(N, OH, OW, FN), 3, 1)"},
    {
        "out = col @ col_W + self.b": "out = self.W.reshape(FN, -1) @ col.T + self.b[:, None]",
        MAPS: "out.reshape(FN, N, OH, OW).swapaxes(0, 1)",
    },
]
