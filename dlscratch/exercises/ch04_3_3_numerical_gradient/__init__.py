"""The check of the numerical gradient, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
数值梯度：测量每个方向上的斜率（4.3.3 节和 4.4 节）。

把 x 的一个元素稍微增大、再稍微减小，其余元素保持不动，看 f 怎样变化。
中心差分比只向一侧移动准确得多：

    df/dx_i = (f(x with x_i + h) - f(x with x_i - h)) / (2 h),    h = 1e-4

请编写：

    numerical_gradient(f, x)   f 接受一个数组，返回一个数；x 是浮点数或整数数组 (n,)；
                               返回梯度，浮点数组 (n,)

x 属于调用者：请改动它的一个浮点副本，并在轮到下一个元素之前把当前元素恢复原值。

>>> def f(x):
...     return np.sum(x**2)
>>> numerical_gradient(f, np.array([3.0, 4.0])).round(6)
array([6., 8.])
"""

FAST = True

HINTS = [
    Text(
        "A loop over i: remember x[i], set it to x[i] + h and call f, set it to x[i] - h and call"
        " f, put the remembered value back.",
        "对 i 循环：记住 x[i]，设为 x[i] + h 并调用 f，设为 x[i] - h 并调用 f，再放回记住的值。",
    ),
    Text(
        "x = np.array(x, dtype=float) makes a copy of floats. The gradient is an array of zeros at"
        " first, and its element i is the difference divided by 2 h.",
        "x = np.array(x, dtype=float) 得到浮点副本。梯度先是全零数组，第 i 个元素等于差除以 2 h。",
    ),
    Text(
        "value = x[i]; x[i] = value + h; above = f(x); x[i] = value - h; below = f(x); grad[i] ="
        " (above - below) / (2 * h); x[i] = value",
        "value = x[i]; x[i] = value + h; above = f(x); x[i] = value - h; below = f(x); grad[i] ="
        " (above - below) / (2 * h); x[i] = value",
    ),
]

SAYS = {
    "in_place": Text(
        "Line {line} writes into the caller's x. Begin with a copy: np.array(x, dtype=float).",
        "第 {line} 行改写了调用者的 x。请先复制：np.array(x, dtype=float)。",
    ),
    "no_half": Text(
        "That is twice the slope: the two points are 2 h apart, not h.",
        "这是斜率的两倍：两点之间的距离是 2 h，不是 h。",
    ),
    "one_sided": Text(
        "That is a step to one side, (f(x + h) - f(x)) / h, and its error shows. Use f(x + h) and"
        " f(x - h).",
        "这是单侧差分 (f(x + h) - f(x)) / h，误差看得出来。请用 f(x + h) 和 f(x - h)。",
    ),
    "sign": Text(
        "The sign is wrong: f(x + h) comes first, f(x - h) is subtracted.",
        "符号反了：f(x + h) 在前，减去 f(x - h)。",
    ),
    "all_at_once": Text(
        "All elements of x are moved at once. Move x[i] alone, once for each i.",
        "x 的所有元素同时移动了。请只移动 x[i]，每个 i 一次。",
    ),
    "not_restored": Text(
        "The second slope is a little off: x[0] was still moved when x[1] had its turn. Put the"
        " value back.",
        "第二个斜率略有偏差：轮到 x[1] 时 x[0] 还没有恢复。请把原值放回去。",
    ),
    "integers": Text(
        "x held integers, and 3 + 0.0001 is cut off to 3 in such an array. Make it floats first:"
        " np.array(x, dtype=float).",
        "x 是整数数组，3 + 0.0001 在其中会被截断为 3。请先转成浮点数：np.array(x, dtype=float)。",
    ),
    "tiny_step": Text(
        "h is so small that x + h is x again after rounding: use h = 1e-4.",
        "h 太小，舍入后 x + h 又等于 x：请用 h = 1e-4。",
    ),
}

ERRORS = {"read-only": "in_place"}


def squares(x):
    return np.sum(x**2)


def product(x):
    return x[0] ** 2 * x[1]


def check(their):
    gradient = their.numerical_gradient
    h = 1e-4
    call = "numerical_gradient(lambda x: np.sum(x**2), np.array([3.0, 4.0]))"
    expect(
        gradient(squares, given([3.0, 4.0])),
        [6, 8],
        call,
        no_half=[12, 16],
        one_sided=[6 + h, 8 + h],
        sign=[-6, -8],
        all_at_once=[14, 14],
        tiny_step=[0, 0],
    )
    call = "numerical_gradient(lambda x: x[0]**2 * x[1], np.array([3.0, 4.0]))"
    got = gradient(product, given([3.0, 4.0]))
    moved = got if np.shape(got) == (2,) and 1e-5 < abs(got[1] - 9) < 1e-2 else None
    expect(got, [24, 9], call, all_at_once=[33, 33], not_restored=moved)
    whole = given([3, 4], int)
    got = gradient(squares, whole)
    call = "numerical_gradient(lambda x: np.sum(x**2), np.array([3, 4]))"
    cut = got if not np.allclose(got, [6, 8]) else None
    expect(got, [6, 8], call, integers=cut)
    if np.asarray(got).dtype.kind != "f":
        fail("integers")
    five = given(np.arange(5.0))
    expect(gradient(squares, five), 2 * five, "numerical_gradient(f, np.arange(5.0))")


COPY = "np.array(x, dtype=float)"
ATTEMPTS = [
    ("one_sided", {"value - h": "value", "/ (2 * h)": "/ h"}),
    ("no_half", {"/ (2 * h)": "/ h"}),
    ("not_restored", {"        x[i] = value\n": ""}),
    ("in_place", {f"    x = {COPY}\n": ""}),
    ("integers", {COPY: "x.copy()"}),
    (
        "all_at_once",
        {
            "x[i] = value + h\n        above = f(x)": "above = f(x + h)",
            "x[i] = value - h\n        below = f(x)": "below = f(x - h)",
        },
    ),
    ("tiny_step", {"h = 1e-4": "h = 1e-50"}),
]

OTHER_WAYS = [
    {"range(x.size)": "np.ndindex(x.shape)"},
    {
        f"x = {COPY}": "x = np.asarray(x, dtype=float)",
        "value = x[i]": "e = np.zeros(x.shape)\n        e[i] = h",
        "x[i] = value + h\n        above = f(x)": "above = f(x + e)",
        "x[i] = value - h\n        below = f(x)": "below = f(x - e)",
        "        x[i] = value\n": "",
    },
]
