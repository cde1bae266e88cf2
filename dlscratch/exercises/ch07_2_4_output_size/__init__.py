"""The check of the output size of a convolution, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, fail, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
卷积的输出大小：能放下多少个窗口（7.2.3 节和 7.2.4 节）。

大小为 FH 的滤波器从大小为 H 的输入的一端开始，每次移动 S 个像素（步幅），直到放不下为止。
两边各填充 P 个像素，输入就增大 2 P：

    OH = (H + 2 P - FH) / S + 1          （式 7.1，宽度也一样）

除不尽时向下取整：末尾剩下的像素不在任何窗口里。
滤波器大于填充后的输入时，哪里都放不下：请抛出 ValueError。

请编写：

    output_size(size, filter_size, stride=1, pad=0)   都是整数；返回 int
    same_pad(filter_size)   滤波器大小为奇数、步幅为 1 时，使大小保持不变的填充

>>> output_size(4, 3, pad=1), output_size(7, 3, stride=2), output_size(28, 5, stride=3, pad=2)
(4, 3, 10)
>>> output_size(8, 3, stride=2)  # the last pixel is left over
3
>>> same_pad(3), same_pad(5)
(1, 2)
"""

HINTS = [
    Text(
        "// divides and rounds down, so it returns an int for ints. It comes before + and -: use"
        " brackets.",
        "// 做除法并向下取整，整数相除得到 int。它的优先级高于 + 和 -：请加括号。",
    ),
    Text(
        "Look first whether filter_size > size + 2 * pad, and raise ValueError there. same_pad: set"
        " OH = H and S = 1 in the formula, and solve it for P.",
        "先看 filter_size > size + 2 * pad 是否成立，成立就抛出 ValueError。"
        "same_pad：在公式中令 OH = H、S = 1，解出 P。",
    ),
    Text(
        "(size + 2 * pad - filter_size) // stride + 1, and (filter_size - 1) // 2",
        "(size + 2 * pad - filter_size) // stride + 1，以及 (filter_size - 1) // 2",
    ),
]

SAYS = {
    "not_int": Text(
        "{call} returned {got}, of type {kind}. A size must be an int: divide by //.",
        "{call} 返回了 {got}，类型是 {kind}。大小必须是 int：请用 // 做除法。",
    ),
    "no_one": Text(
        "The first window is not counted: there is + 1 at the end.",
        "没有算上第一个窗口：最后要 + 1。",
    ),
    "pad_once": Text(
        "The padding is on both sides: 2 * pad.",
        "两边都有填充：2 * pad。",
    ),
    "no_pad": Text("The padding is not used.", "没有用到填充。"),
    "no_stride": Text("The stride is not used.", "没有用到步幅。"),
    "one_inside": Text(
        "The 1 is added before the division. It counts the first window: add it afterwards.",
        "1 在除法之前就加上了。它表示第一个窗口：请在除法之后再加。",
    ),
    "no_brackets": Text(
        "// comes before -: put brackets around size + 2 * pad - filter_size.",
        "// 的优先级高于 -：请给 size + 2 * pad - filter_size 加上括号。",
    ),
    "rounded_up": Text(
        "That is rounded up, or to the nearest. Round down: a window that does not fit is none.",
        "这里向上取整或四舍五入了。应向下取整：放不下的窗口不算。",
    ),
    "even_only": Text(
        "This input does not divide evenly, and it is no error: round down.",
        "这个输入除不尽，但这不是错误：请向下取整。",
    ),
    "fits_nowhere": Text(
        "{call} returned {got}, but a filter of {filter_size} does not fit an input of {size}:"
        " raise ValueError.",
        "{call} 返回了 {got}，可是大小为 {filter_size} 的滤波器放不进大小为 {size} 的输入："
        "请抛出 ValueError。",
    ),
    "fits": Text(
        "{call} raised ValueError, but the filter fits: it must not be larger than size + 2 * pad.",
        "{call} 抛出了 ValueError，可是滤波器放得下：它只要不大于 size + 2 * pad 就行。",
    ),
    "whole_filter": Text(
        "same_pad adds up to more than the filter covers: it loses filter_size - 1 pixels, half of"
        " them on each side.",
        "same_pad 填充得太多：滤波器会使大小减少 filter_size - 1，每边补上一半。",
    ),
}


def check_size(their, size, f, stride=1, pad=0):
    options = f", stride={stride}" * (stride > 1) + f", pad={pad}" * (pad > 0)
    call = f"output_size({size}, {f}{options})"
    rest = size + 2 * pad - f
    even = rest % stride == 0
    try:
        got = their.output_size(size, f, stride=stride, pad=pad)
    except ValueError as error:
        trace = error.__traceback__
        if trace is None or trace.tb_next is None:  # raised by the call itself
            raise
        fail("fits" if even else "even_only", call=call, got="ValueError", right=rest // stride + 1)
    expect(
        got,
        rest // stride + 1,
        call,
        rounded_up=None if even else -(-rest // stride) + 1,
        pad_once=(rest - pad) // stride + 1,
        no_pad=(rest - 2 * pad) // stride + 1,
        no_stride=rest + 1,
        one_inside=(rest + 1) // stride,
        no_one=rest // stride,
        no_brackets=size + 2 * pad - f // stride + 1,
    )
    expect_int(got, call)


def expect_int(got, call):
    if isinstance(got, bool) or not isinstance(got, int | np.integer):
        fail("not_int", call=call, got=shown(got), kind=type(got).__name__)


def check(their):
    check_size(their, 7, 3)
    check_size(their, 7, 3, stride=2)
    check_size(their, 4, 3, pad=1)
    check_size(their, 28, 5, stride=3, pad=2)
    check_size(their, 31, 5, stride=3, pad=2)
    check_size(their, 8, 3, stride=2)
    check_size(their, 10, 5, stride=3)
    check_size(their, 10, 3, stride=4)
    check_size(their, 5, 5)
    check_size(their, 3, 5, pad=1)
    check_size(their, 224, 7, stride=2, pad=3)
    for size, f, stride, pad in (3, 5, 1, 0), (4, 5, 2, 0), (2, 5, 1, 1):
        call = f"output_size({size}, {f}, stride={stride}, pad={pad})"
        try:
            got = their.output_size(size, f, stride=stride, pad=pad)
        except ValueError:
            continue
        fail("fits_nowhere", call=call, got=shown(got), filter_size=f, size=size + 2 * pad)
    for f in 3, 5, 1, 7:
        call = f"same_pad({f})"
        got = their.same_pad(f)
        expect(got, f // 2, call, whole_filter=f - 1)
        expect_int(got, call)


RESULT = "(padded - filter_size) // stride + 1"
RAISES = "if filter_size > padded:"
ATTEMPTS = [
    ("not_int", {"//": "/"}),
    ("not_int", {"(filter_size - 1) // 2": "(filter_size - 1) / 2"}),
    ("no_one", {"stride + 1": "stride"}),
    ("pad_once", {"2 * pad": "pad"}),
    ("no_pad", {"2 * pad": "0"}),
    ("no_stride", {" // stride": ""}),
    ("one_inside", {RESULT: "(padded - filter_size + 1) // stride"}),
    ("no_brackets", {RESULT: "padded - filter_size // stride + 1"}),
    ("rounded_up", {RESULT: "-((filter_size - padded) // stride) + 1"}),
    ("rounded_up", {RESULT: "round((padded - filter_size) / stride + 1)"}),
    ("even_only", {RAISES: "if filter_size > padded or (padded - filter_size) % stride:"}),
    ("fits_nowhere", {RAISES: "if False:"}),
    ("fits", {RAISES: "if filter_size > size:"}),
    ("fits", {RAISES: "if filter_size >= padded:"}),
    ("whole_filter", {"(filter_size - 1) // 2": "filter_size - 1"}),
]

OTHER_WAYS = [
    {RESULT: "int((padded - filter_size) / stride + 1)", "(filter_size - 1) //": "filter_size //"},
    {RESULT: "len(range(0, padded - filter_size + 1, stride))"},
]
