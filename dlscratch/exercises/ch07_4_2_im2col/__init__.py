"""The check of im2col, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
im2col：图像的每个窗口变成矩阵的一行（7.4.2 节）。

这样一来，卷积就成了一次矩阵乘法，而 NumPy 做矩阵乘法很快。N 张图像各有 C 个通道；
各行先是图像 0 的窗口，从左到右、从上到下，然后是图像 1 的窗口。
一行里逐个通道地排列窗口，每个通道再逐行排列：

    (N, C, H, W)  ->  (N * OH * OW, C * filter_h * filter_w)

窗口相互重叠，大多数像素会出现在好几行里：所以矩阵比图像大。

请编写（output_size 已经写好）：

    im2col(input_data, filter_h, filter_w, stride=1, pad=0)
                   input_data (N, C, H, W)；返回矩阵，dtype 与 input_data 相同

先在每个通道四周各填充 pad 行、pad 列的零。对所有窗口循环是对的；
对窗口内 filter_h * filter_w 个位置循环则更快，因为每次能复制所有窗口的同一个像素。
input_data 不得改写。

>>> x = np.arange(8.0).reshape(1, 1, 2, 4)
>>> im2col(x, 2, 2)
array([[0., 1., 4., 5.],
       [1., 2., 5., 6.],
       [2., 3., 6., 7.]])
>>> im2col(np.zeros((10, 3, 7, 7)), 5, 5).shape
(90, 75)
"""

HINTS = [
    Text(
        "Slow and right: for each image, each i and each j, append the flattened window"
        " padded[n, :, i * stride : ..., j * stride : ...] to a list.",
        "慢但正确的做法：对每张图像、每个 i 和 j，把窗口"
        " padded[n, :, i * stride : ..., j * stride : ...] 展平后加进列表。",
    ),
    Text(
        "Fast: col of shape (N, C, filter_h, filter_w, OH, OW). The pixels at place (y, x) of all"
        " windows are a slice with a step: y : y + stride * OH : stride, and so on.",
        "快的做法：col 的形状为 (N, C, filter_h, filter_w, OH, OW)。所有窗口在位置 (y, x) 上的像素"
        "是一个带步长的切片：y : y + stride * OH : stride，另一个轴类似。",
    ),
    Text(
        "col[:, :, y, x] = img[:, :, y : y + stride * OH : stride, x : x + stride * OW : stride];"
        " at the end col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)",
        "col[:, :, y, x] = img[:, :, y : y + stride * OH : stride, x : x + stride * OW : stride]；"
        "最后 col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)",
    ),
]

SAYS = {
    "columns": Text(
        "The windows are the columns. They should be the rows: (N * OH * OW, C * FH * FW).",
        "窗口成了列。它们应当是行：(N * OH * OW, C * FH * FW)。",
    ),
    "six_axes": Text(
        "That is not a matrix yet: transpose, then reshape to (N * OH * OW, -1).",
        "这还不是矩阵：请先 transpose，再 reshape 成 (N * OH * OW, -1)。",
    ),
    "no_transpose": Text(
        "The shape is right, but the pixels are mixed up: reshape alone does not move an axis."
        " transpose to (N, OH, OW, C, FH, FW) first.",
        "形状对，但像素混在一起了：reshape 不会移动轴。请先 transpose 成 (N, OH, OW, C, FH, FW)。",
    ),
    "channels_last": Text(
        "The channels come last within a row. They come first: all of channel 0, then channel 1.",
        "一行中通道排在了最后。通道应在最前：先是通道 0 的全部，再是通道 1。",
    ),
    "places_first": Text(
        "The rows go through the images first. All windows of image 0 come first, then those of"
        " image 1.",
        "各行先遍历了图像。应先是图像 0 的所有窗口，再是图像 1 的。",
    ),
    "down_first": Text(
        "The windows go from top to bottom first. They go from left to right, line by line.",
        "窗口先从上到下了。应从左到右，一行一行地排列。",
    ),
    "window_turned": Text(
        "Each window is written column by column. It should be row by row.",
        "每个窗口是逐列写出的。应当逐行。",
    ),
    "sizes_exchanged": Text(
        "filter_h and filter_w are exchanged: filter_h is the number of rows.",
        "filter_h 与 filter_w 弄反了：filter_h 是行数。",
    ),
    "no_pad": Text("The padding is not used.", "没有用到填充。"),
    "no_stride": Text("The stride is not used.", "没有用到步幅。"),
    "next_to": Text(
        "With a stride the windows are those next to each other, the first ones of stride 1.",
        "有步幅时仍取了一个挨一个的窗口，即步幅为 1 时的前几个。",
    ),
    "unfilled": Text(
        "Some of the numbers of the matrix are never set: the loops must go over all windows, or"
        " over all places in a window.",
        "矩阵里有些数没有赋值：循环必须遍历所有窗口，或者窗口内的所有位置。",
    ),
    "slices": Text(
        "Line {line}: the shapes do not fit. With a stride, a slice ends at y + stride * OH and has"
        " the step stride.",
        "第 {line} 行：形状对不上。有步幅时，切片到 y + stride * OH 为止，步长为 stride。",
    ),
    "reshape": Text(
        "Line {line}: the numbers do not fill that shape. The rows are N * OH * OW.",
        "第 {line} 行：数的个数与这个形状不符。行数应为 N * OH * OW。",
    ),
}

ERRORS = {"could not (be )?broadcast": "slices", "cannot reshape": "reshape"}


def windows(x, FH, FW, stride=1, pad=0):
    """All windows: (N, OH, OW, C, FH, FW)."""
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    view = np.lib.stride_tricks.sliding_window_view(x, (FH, FW), axis=(2, 3))
    return view[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)


def check_one(their, shape, FH, FW, **options):
    x = given(np.arange(float(np.prod(shape))).reshape(shape))  # easy to follow
    text = "".join(f", {key}={value}" for key, value in options.items())
    call = f"im2col(x, {FH}, {FW}{text})  # x = np.arange({x.size}.0).reshape{shape}"
    six = windows(x, FH, FW, **options)
    N, OH, OW, C, _, _ = six.shape
    right = six.reshape(N * OH * OW, -1)
    pixels_first = six.transpose(0, 3, 4, 5, 1, 2)  # as the fast loop fills it
    next_to = windows(x, FH, FW, pad=options.get("pad", 0))
    mistakes = {
        "columns": right.T,
        "six_axes": None,
        "no_transpose": pixels_first.reshape(right.shape),
        "channels_last": six.transpose(0, 1, 2, 4, 5, 3).reshape(right.shape),
        "places_first": six.transpose(1, 2, 0, 3, 4, 5).reshape(right.shape),
        "down_first": six.transpose(0, 2, 1, 3, 4, 5).reshape(right.shape),
        "window_turned": six.transpose(0, 1, 2, 3, 5, 4).reshape(right.shape),
        "no_pad": windows(x, FH, FW, options.get("stride", 1)).reshape(-1, right.shape[1]),
        "no_stride": next_to.reshape(-1, right.shape[1]),
        "next_to": next_to[:, :OH, :OW].reshape(right.shape),
    }
    if FH != FW:
        mistakes["sizes_exchanged"] = windows(x, FW, FH, **options).reshape(-1, right.shape[1])
    got = their.im2col(x, FH, FW, **options)
    if np.ndim(got) > 2:
        mistakes["six_axes"] = got
    elif np.shape(got) == right.shape and np.sum(~np.isclose(got, right)) > 0:
        lost = ~np.isclose(got, right)
        mistakes["unfilled"] = got if np.isin(np.asarray(got)[lost], [0]).all() else None
    expect(got, right, call, **mistakes)


def check(their):
    check_one(their, (1, 1, 3, 4), 2, 2)
    check_one(their, (2, 3, 4, 4), 2, 2)
    check_one(their, (2, 3, 4, 4), 3, 2)
    check_one(their, (2, 3, 4, 4), 3, 3, pad=1)
    check_one(their, (2, 3, 5, 7), 3, 3, stride=2)
    check_one(their, (2, 2, 6, 5), 3, 2, stride=2, pad=1)
    images = np.ones((2, 3, 4, 4))
    expect_float32(lambda x: their.im2col(x, 3, 2), images, call="im2col(x, 3, 2)")


MOVED = "col.transpose(0, 4, 5, 1, 2, 3)"
SLICES = "y : y + stride * OH : stride, x : x + stride * OW : stride"
ATTEMPTS = [
    ("columns", {".reshape(N * OH * OW, -1)": ".reshape(N * OH * OW, -1).T"}),
    ("six_axes", {".reshape(N * OH * OW, -1)": ""}),
    ("no_transpose", {MOVED: "col"}),
    ("channels_last", {MOVED: "col.transpose(0, 4, 5, 2, 3, 1)"}),
    ("places_first", {MOVED: "col.transpose(4, 5, 0, 1, 2, 3)"}),
    ("down_first", {MOVED: "col.transpose(0, 5, 4, 1, 2, 3)"}),
    ("window_turned", {MOVED: "col.transpose(0, 4, 5, 1, 3, 2)"}),
    (
        "sizes_exchanged",
        {"    N, C, H, W =": "    filter_h, filter_w = filter_w, filter_h\n    N, C, H, W ="},
    ),
    ("no_pad", {"    N, C, H, W =": "    pad = 0\n    N, C, H, W ="}),
    ("no_stride", {"    N, C, H, W =": "    stride = 1\n    N, C, H, W ="}),
    ("next_to", {SLICES: "y : y + OH, x : x + OW"}),
    ("unfilled", {"np.empty": "np.zeros", "in range(filter_h)": "in range(filter_h - 1)"}),
    ("slices", {SLICES: "y : y + OH : stride, x : x + OW : stride"}),
    ("reshape", {"reshape(N * OH * OW, -1)": "reshape(N * OH + OW, -1)"}),
    ("dtype", {", img.dtype)": ")"}),
]

LOOP = "    for y in range(filter_h):"
OTHER_WAYS = [
    {  # window by window
        LOOP: (
            "    rows = []\n"
            "    for n, i, j in np.ndindex(N, OH, OW):\n"
            "        top, left = i * stride, j * stride\n"
            "        rows.append(img[n, :, top : top + filter_h, left : left + filter_w].ravel())\n"
            f"    return np.array(rows)\n{LOOP}"
        ),
    },
    {
        "np.empty(": "np.zeros(",
        "col.transpose(0, 4, 5, 1, 2, 3)": "np.einsum('ncyxij->nijcyx', col)",
    },
    {
        LOOP: (
            "    size = filter_h, filter_w\n"
            "    view = np.lib.stride_tricks.sliding_window_view(img, size, (2, 3))\n"
            "    view = view[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)\n"
            f"    return view.reshape(N * OH * OW, -1)\n{LOOP}"
        ),
    },
]
