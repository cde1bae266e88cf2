"""The check of the convolution with loops, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
把卷积运算写出来：滤波器在图像上滑动（7.2.2 节至 7.2.6 节）。

在每个位置上，滤波器与它下面的窗口逐元素相乘，再把所有通道的所有乘积加起来，
就得到输出的一个数。FN 个滤波器各生成一张特征图，各有一个偏置。滤波器不翻转。

    out[n, i, j] = sum over c, y, x of  W[n, c, y, x] * input[c, i * stride + y, j * stride + x]
                   + b[n]

请编写（output_size 已经写好）：

    convolution(x, W, b, stride=1, pad=0)
                   x (C, H, W)，一张图像；W (FN, C, FH, FW)，滤波器；b (FN,)
                   返回特征图，(FN, OH, OW)

先在每个通道四周各填充 pad 行、pad 列的零：np.pad 要求每个轴给出一对数。
参数都不得改写；输入 float32，输出也是 float32。用循环就行；7.4 节会让它变快。

>>> x = np.array([[1.0, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]])[np.newaxis]
>>> W = np.array([[2.0, 0, 1], [0, 1, 2], [1, 0, 2]])[np.newaxis, np.newaxis]
>>> convolution(x, W, np.array([3.0]))
array([[[18., 19.],
        [ 9., 18.]]])
>>> convolution(x, W, np.array([0.0]), pad=1)
array([[[ 7., 12., 10.,  2.],
        [ 4., 15., 16., 10.],
        [10.,  6., 15.,  6.],
        [ 8., 10.,  4.,  3.]]])
"""

FAST = True

HINTS = [
    Text(
        "Make the padded image and an empty output first, then loop over n, i and j. Each step"
        " computes one number.",
        "先生成填充后的图像和空的输出，再对 n、i、j 循环。每一步算出一个数。",
    ),
    Text(
        "The window of out[n, i, j] begins at row i * stride and column j * stride, and has FH rows"
        " and FW columns, in all channels.",
        "out[n, i, j] 的窗口从第 i * stride 行、第 j * stride 列开始，有 FH 行、FW 列，"
        "包含所有通道。",
    ),
    Text(
        "padded = np.pad(x, [(0, 0), (pad, pad), (pad, pad)]); window = padded[:, top : top + FH,"
        " left : left + FW]; np.sum(window * W[n]) + b[n]",
        "padded = np.pad(x, [(0, 0), (pad, pad), (pad, pad)]); window = padded[:, top : top + FH,"
        " left : left + FW]; np.sum(window * W[n]) + b[n]",
    ),
]

SAYS = {
    "no_bias": Text("b is not added.", "没有加上 b。"),
    "bias_each": Text(
        "b is added to each product. It belongs to the sum, once.",
        "b 加到了每个乘积上。它应在求和之后只加一次。",
    ),
    "flipped": Text(
        "The filter is flipped, as in mathematics. Here it lies on the window as it is.",
        "滤波器翻转了，那是数学上的卷积。这里应原样放在窗口上。",
    ),
    "transposed": Text(
        "Rows and columns of the filter are exchanged.",
        "滤波器的行与列弄反了。",
    ),
    "one_channel": Text(
        "That is the first channel only. The sum goes over all channels.",
        "这里只用了第一个通道。应对所有通道求和。",
    ),
    "one_filter": Text(
        "Every map is that of the first filter: use W[n].",
        "每张特征图用的都是第一个滤波器：应为 W[n]。",
    ),
    "no_pad": Text(
        "The size is that of the padded image, but the windows are those of x without padding.",
        "大小是按填充后的图像算的，窗口却取自没有填充的 x。",
    ),
    "pad_all": Text(
        "Line {line}: the channels are padded as well: np.pad(x, pad) pads every axis. Give it a"
        " pair for each: (0, 0) for the channels.",
        "第 {line} 行：通道也填充了：np.pad(x, pad) 会填充每个轴。请为每个轴给出一对数，"
        "通道为 (0, 0)。",
    ),
    "no_stride": Text(
        "The windows are next to each other. With a stride, the window of (i, j) begins at"
        " (i * stride, j * stride).",
        "窗口是一个挨一个取的。有步幅时，(i, j) 的窗口从 (i * stride, j * stride) 开始。",
    ),
    "exchanged": Text(
        "Height and width are exchanged: i counts rows, j counts columns.",
        "高和宽弄反了：i 数行，j 数列。",
    ),
    "outside": Text(
        "Line {line}: a window reaches out of the image. Is its place i * stride, j * stride, its"
        " size FH, FW, the image the padded one?",
        "第 {line} 行：窗口超出了图像。位置是不是 i * stride、j * stride，大小是不是 FH、FW，"
        "图像是不是填充后的？",
    ),
}

ERRORS = {
    r"\(3,\d,\d\) \((5|7),": "pad_all",
    r"\((5|7),\d,\d\) \(3,": "pad_all",
    "could not be broadcast|out of bounds": "outside",
}


def convolve(x, W, b, stride=1, pad=0):
    x = np.pad(x, [(0, 0), (pad, pad), (pad, pad)])
    windows = np.lib.stride_tricks.sliding_window_view(x, W.shape[2:], axis=(1, 2))
    windows = windows[:, ::stride, ::stride]  # (C, OH, OW, FH, FW)
    return np.einsum("cijyx,ncyx->nij", windows, W) + b[:, None, None]


def check_one(their, x, W, b, call, stride=1, pad=0):
    right = convolve(x, W, b, stride, pad)
    _, OH, OW = right.shape
    b0 = 0 * b
    near = np.pad(x, [(0, 0), (0, pad * 2), (0, pad * 2)])  # the windows begin at x's own corner
    mistakes = {
        "no_bias": convolve(x, W, b0, stride, pad),
        "bias_each": convolve(x, W, b * W[0].size, stride, pad),
        "flipped": convolve(x, W[:, :, ::-1, ::-1], b, stride, pad),
        "one_channel": convolve(x[:1], W[:, :1], b, stride, pad),
        "one_filter": convolve(x, W[[0] * len(W)], b, stride, pad),
        "no_pad": convolve(near, W, b, stride),
        "no_stride": convolve(x, W, b, 1, pad)[:, :OH, :OW],
        "exchanged": right.transpose(0, 2, 1),
    }
    if W.shape[2] == W.shape[3]:
        mistakes["transposed"] = convolve(x, W.transpose(0, 1, 3, 2), b, stride, pad)
    expect(their.convolution(x, W, b, stride=stride, pad=pad), right, call, **mistakes)


def check(their):
    rows = [[1, 2, 3, 0, 1], [0, 1, 2, 3, 5], [3, 0, 4, 2, 3], [2, 7, 0, 1, 2], [1, 2, 3, 6, 1]]
    filter_rows = [[2, 0, 1], [0, 1, 2], [1, 1, 0]]
    call = f"convolution(x, W, b)  # x = [{rows}],\n      W = [[{filter_rows}]], b = [3]"
    check_one(their, given([rows]), given([[filter_rows]]), given([3]), call)
    x, W, b = draw(3, 4, 4), draw(2, 3, 3, 3, seed=1), draw(2, seed=2)
    where = "x (3, {}, {}), W (2, 3, {}, {})"
    call = f"convolution(x, W, b)  # {where.format(4, 4, 3, 3)}"
    check_one(their, x, W, b, call)
    call = f"convolution(x, W, b, pad=1)  # {where.format(4, 4, 3, 3)}"
    check_one(their, x, W, b, call, pad=1)
    x = draw(3, 7, 5, seed=3)
    call = f"convolution(x, W, b, stride=2)  # {where.format(7, 5, 3, 3)}"
    check_one(their, x, W, b, call, stride=2)
    x, W = draw(3, 6, 7, seed=4), draw(2, 3, 3, 2, seed=5)
    call = f"convolution(x, W, b, stride=2, pad=1)  # {where.format(6, 7, 3, 2)}"
    check_one(their, x, W, b, call, stride=2, pad=1)
    expect_float32(their.convolution, x, W, b, call="convolution(x, W, b)")


SUM = "np.sum(window * W[n]) + b[n]"
PAD = "[(0, 0), (pad, pad), (pad, pad)]"
PLACE = "top, left = i * stride, j * stride"
ATTEMPTS = [
    ("no_bias", {" + b[n]": ""}),
    ("bias_each", {SUM: "np.sum(window * W[n] + b[n])"}),
    ("flipped", {SUM: "np.sum(window * W[n, :, ::-1, ::-1]) + b[n]"}),
    ("transposed", {SUM: "np.sum(window * W[n].transpose(0, 2, 1)) + b[n]"}),
    ("one_channel", {SUM: "np.sum(window[0] * W[n, 0]) + b[n]"}),
    ("one_filter", {"* W[n])": "* W[0])"}),
    ("no_pad", {PAD: "[(0, 0), (0, 2 * pad), (0, 2 * pad)]"}),
    ("pad_all", {PAD: "pad"}),
    ("no_stride", {PLACE: "top, left = i, j"}),
    ("exchanged", {"out[n, i, j] =": "out[n, j, i] =", "(FN, OH, OW)": "(FN, OW, OH)"}),
    ("outside", {"= np.pad(x": "= x  # np.pad(x"}),
    ("outside", {PLACE: "top, left = i * FH, j * FW"}),
    ("outside", {"for i in range(OH)": "for i in range(OH + 1)"}),
    ("dtype", {", x.dtype)": ")"}),
    ("writes", {"window * W[n])": "np.multiply(window, W[n], out=W[n]))"}),
]

OTHER_WAYS = [
    {  # every number by itself
        f"out[n, i, j] = {SUM}": (
            "out[n, i, j] = b[n]\n"
            "                for c, y, k in np.ndindex(C, FH, FW):\n"
            "                    out[n, i, j] += padded[c, top + y, left + k] * W[n, c, y, k]"
        ),
    },
    {SUM: "np.tensordot(window, W[n], 3) + b[n]"},
    {  # one pixel of the filter at a time, all windows at once
        "    for n in range(FN):": (
            "    out[:] = b[:, None, None]\n"
            "    for y, k in np.ndindex(FH, FW):\n"
            "        part = padded[:, y : y + OH * stride : stride, k : k + OW * stride : stride]\n"
            "        out += np.tensordot(W[:, :, y, k], part, 1)\n"
            "    return out\n"
            "    for n in range(FN):"
        ),
    },
]
