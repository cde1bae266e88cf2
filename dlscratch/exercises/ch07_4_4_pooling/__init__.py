"""The check of max pooling's forward pass, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
最大池化，正向：每个窗口只留下最大的数（7.3 节和 7.4.4 节）。

每个通道单独池化，所以通道数不变。图像稍微移动，输出往往不变。它没有权重。用 im2col 分四步：

    col   (N * OH * OW, C * pool_h * pool_w)    每个位置一行，含 C 个通道的窗口
    ->    (N * OH * OW * C, pool_h * pool_w)    每个窗口一行
    ->    (N * OH * OW * C,)                    每一行的最大值
    out   (N, C, OH, OW)

数是按 (N, OH, OW, C) 的顺序排列的，与卷积层相同。

请编写（__init__、im2col 和 output_size 已经写好）：

    Pooling   forward(x)   x (N, C, H, W)；返回 out，dtype 与 x 相同

>>> x = np.array([[1.0, 2, 1, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 4, 0, 1]]).reshape(1, 1, 4, 4)
>>> Pooling(2, 2, stride=2).forward(x)
array([[[[2., 3.],
         [4., 2.]]]])
>>> Pooling(2, 3).forward(np.zeros((10, 5, 6, 6))).shape
(10, 5, 5, 4)
"""

HINTS = [
    Text(
        "im2col puts the windows of all channels into one row. A reshape to pool_h * pool_w columns"
        " cuts this row into one for each channel.",
        "im2col 把所有通道的窗口放在同一行。reshape 成 pool_h * pool_w 列，"
        "就把这一行按通道切成了几行。",
    ),
    Text(
        "np.max(col, axis=1) has one number for each window. They lie in the order (N, OH, OW, C):"
        " reshape to that, then transpose.",
        "np.max(col, axis=1) 为每个窗口给出一个数。它们按 (N, OH, OW, C) 的顺序排列："
        "先 reshape 成它，再 transpose。",
    ),
    Text(
        "col = im2col(x, self.pool_h, self.pool_w, self.stride).reshape(-1, self.pool_h *"
        " self.pool_w); np.max(col, axis=1).reshape(N, OH, OW, C).transpose(0, 3, 1, 2)",
        "col = im2col(x, self.pool_h, self.pool_w, self.stride).reshape(-1, self.pool_h *"
        " self.pool_w); np.max(col, axis=1).reshape(N, OH, OW, C).transpose(0, 3, 1, 2)",
    ),
]

SAYS = {
    "mean": Text(
        "That is the mean of each window. Max pooling takes the largest number.",
        "这是每个窗口的平均值。最大池化应取最大的数。",
    ),
    "index": Text(
        "That is where the largest number is (np.argmax), not the number itself.",
        "这是最大值的位置（np.argmax），而不是最大值本身。",
    ),
    "smallest": Text("That is the smallest number.", "这是最小的数。"),
    "across_channels": Text(
        "That is the maximum over all channels. Each channel is pooled by itself: reshape col to"
        " (-1, pool_h * pool_w) first.",
        "这是所有通道中的最大值。每个通道应单独池化：请先把 col reshape 成 (-1, pool_h * pool_w)。",
    ),
    "wrong_axis": Text(
        "That is the maximum of each column. A window is a row: axis=1.",
        "这是每一列的最大值。窗口是一行：axis=1。",
    ),
    "one_number": Text(
        "That is the largest number of all. Each window has its own: axis=1.",
        "这是全部数中的最大值。每个窗口应有自己的：axis=1。",
    ),
    "flat": Text(
        "These are the maxima, (N * OH * OW * C,), before they are made images again.",
        "这是还原成图像之前的最大值，(N * OH * OW * C,)。",
    ),
    "no_transpose": Text(
        "The shape is right, but the channels are mixed up: the numbers lie in the order (N, OH,"
        " OW, C). Reshape to that, then transpose.",
        "形状对，但各通道混在一起了：数是按 (N, OH, OW, C) 的顺序排列的。"
        "请先 reshape 成它，再 transpose。",
    ),
    "channels_last": Text(
        "The channels come last, (N, OH, OW, C). transpose puts them behind N.",
        "通道排在了最后，(N, OH, OW, C)。请用 transpose 把它移到 N 之后。",
    ),
    "sizes_exchanged": Text(
        "pool_h and pool_w are exchanged: pool_h is the number of rows.",
        "pool_h 与 pool_w 弄反了：pool_h 是行数。",
    ),
    "no_stride": Text(
        "The stride is not used: the windows are one pixel apart.",
        "没有用到步幅：窗口之间只隔一个像素。",
    ),
    "side_by_side": Text(
        "The windows lie side by side here. They are self.stride pixels apart.",
        "这里的窗口是并排的。它们之间应相隔 self.stride 个像素。",
    ),
    "reshape": Text(
        "Line {line}: the numbers do not fill that shape. Each of the N * OH * OW * C windows has"
        " one number left.",
        "第 {line} 行：数的个数与这个形状不符。N * OH * OW * C 个窗口各留下一个数。",
    ),
}

ERRORS = {"cannot reshape": "reshape"}


def windows(x, pool_h, pool_w, stride_h, stride_w=None):
    """(N, C, OH, OW, pool_h * pool_w)"""
    view = np.lib.stride_tricks.sliding_window_view(x, (pool_h, pool_w), axis=(2, 3))
    view = view[:, :, ::stride_h, :: stride_w or stride_h]
    return view.reshape(*view.shape[:4], -1)


def fitted(wrong, got):
    """These numbers in the shape of got: images are made of any that are as many."""
    return wrong.reshape(np.shape(got)) if wrong.size == np.size(got) else wrong


def check_one(their, x, pool_h, pool_w, stride, call):
    five = windows(x, pool_h, pool_w, stride)
    right = five.max(axis=-1)
    N, C, OH, OW, _ = five.shape
    last = right.transpose(0, 2, 3, 1)
    rows = five.transpose(0, 2, 3, 1, 4).reshape(-1, pool_h * pool_w)
    got = their.Pooling(pool_h, pool_w, stride=stride).forward(x)
    expect(
        got,
        right,
        call,
        mean=five.mean(axis=-1),
        index=five.argmax(axis=-1),
        smallest=five.min(axis=-1),
        across_channels=fitted(last.max(axis=3), got) if C > 1 else None,
        wrong_axis=fitted(rows.max(axis=0), got),
        one_number=x.max(),
        flat=last.reshape(-1),
        no_transpose=last.reshape(right.shape),
        channels_last=last,
        sizes_exchanged=windows(x, pool_w, pool_h, stride).max(axis=-1),
        no_stride=windows(x, pool_h, pool_w, 1).max(axis=-1),
        side_by_side=windows(x, pool_h, pool_w, pool_h, pool_w).max(axis=-1),
    )


def check(their):
    x = given([[[[1, 2, 1, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 4, 0, 1]]]])
    call = "Pooling(2, 2, stride=2).forward(np.array({}))"
    check_one(their, x, 2, 2, 2, call.format(x.astype(int).tolist()))
    x = given([[[[-1, -2], [-4, -3]], [[-5, -8], [-7, -6]]]])
    check_one(their, x, 2, 2, 2, call.format(x.astype(int).tolist()))
    x = draw(2, 3, 6, 5)
    check_one(their, x, 2, 2, 2, "Pooling(2, 2, stride=2).forward(x)  # x (2, 3, 6, 5)")
    check_one(their, x, 2, 2, 1, "Pooling(2, 2, stride=1).forward(x)  # x (2, 3, 6, 5)")
    check_one(their, x, 3, 2, 1, "Pooling(3, 2, stride=1).forward(x)  # x (2, 3, 6, 5)")
    check_one(their, x, 3, 2, 3, "Pooling(3, 2, stride=3).forward(x)  # x (2, 3, 6, 5)")
    expect_float32(their.Pooling(2, 2, stride=2).forward, x, call="forward(x)")


IMAGES = "out.reshape(N, OH, OW, C).transpose(0, 3, 1, 2)"
ROWS = "        col = col.reshape(-1, self.pool_h * self.pool_w)\n"
COL = "im2col(x, self.pool_h, self.pool_w, self.stride)"
ATTEMPTS = [
    ("mean", {"np.max(": "np.mean("}),
    ("index", {"np.max(": "np.argmax("}),
    ("smallest", {"np.max(": "np.min("}),
    ("across_channels", {ROWS: "", IMAGES: "out.reshape(N, 1, OH, OW)"}),
    ("reshape", {ROWS: ""}),
    ("wrong_axis", {"axis=1": "axis=0", IMAGES: "out"}),
    ("wrong_axis", {"axis=1": "axis=0"}),
    ("one_number", {", axis=1": "", IMAGES: "out"}),
    ("flat", {IMAGES: "out"}),
    ("no_transpose", {IMAGES: "out.reshape(N, C, OH, OW)"}),
    ("channels_last", {".transpose(0, 3, 1, 2)": ""}),
    ("sizes_exchanged", {"pool_h, pool_w\n": "pool_w, pool_h\n"}),
    ("no_stride", {"self.stride = stride": "self.stride = 1"}),
    ("reshape", {COL: "im2col(x, self.pool_h, self.pool_w)"}),
    ("side_by_side", {"self.stride = stride": "self.stride = self.pool_h"}),
    ("dtype", {"np.max(col, axis=1)": "np.max(col, axis=1) + np.zeros(len(col))"}),
]

OTHER_WAYS = [
    {"np.max(col, axis=1)": "col.max(axis=-1)", ROWS: ROWS.replace("-1,", "N * OH * OW * C,")},
    {  # the maximum over the places in a window, all windows at once
        "        OH = output_size(H, self.pool_h": (
            "        view = np.lib.stride_tricks.sliding_window_view\n"
            "        view = view(x, (self.pool_h, self.pool_w), axis=(2, 3))\n"
            "        return view[:, :, :: self.stride, :: self.stride].max(axis=(4, 5))\n"
            "        OH = output_size(H, self.pool_h"
        ),
    },
    {  # window by window
        "        col = im2col(": (
            "        out = np.empty((N, C, OH, OW), x.dtype)\n"
            "        for i, j in np.ndindex(OH, OW):\n"
            "            top, left = i * self.stride, j * self.stride\n"
            "            window = x[:, :, top : top + self.pool_h, left : left + self.pool_w]\n"
            "            out[:, :, i, j] = window.max(axis=(2, 3))\n"
            "        return out\n"
            "        col = im2col("
        ),
    },
]
