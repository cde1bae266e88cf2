"""The check of softmax, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
不溢出的 softmax：把得分变成概率（3.5.1 节和 3.5.2 节）。

exp 使每个得分为正，再除以总和，它们的和就是 1。但 exp(1000) 是 inf，而 inf / inf 是 nan。
一行中的所有得分减去同一个常数，结果不变，因为它会被约掉（式 3.11）：
减去该行的最大得分，指数就不会超过 0。

    y_k = exp(a_k - max(a)) / sum_i exp(a_i - max(a))

请编写：

    softmax(a)   a 是一行得分 (classes,)，或由多行组成的批 (N, classes)；每一行各自变成概率。
                 输入 float32，输出也是 float32；不得改写 a。

>>> softmax(np.array([0.3, 2.9, 4.0]))
array([0.01821127, 0.24519181, 0.73659691])
>>> softmax(np.array([[1010.0, 1000.0, 990.0], [0.0, 0.0, 0.0]])).round(4)
array([[1.    , 0.    , 0.    ],
       [0.3333, 0.3333, 0.3333]])
"""

FAST = True

HINTS = [
    Text(
        "Three steps: subtract the maximum, take exp, divide by the sum. Maximum and sum are those"
        " of each row.",
        "分三步：减去最大值，取 exp，除以总和。最大值和总和都是每一行自己的。",
    ),
    Text(
        "np.max(a, axis=-1) has one number for each row. To subtract it from the row it must keep"
        " its place as an axis: keepdims=True.",
        "np.max(a, axis=-1) 为每行给出一个数。要从该行减去它，必须保留这个轴：keepdims=True。",
    ),
    Text(
        "e = np.exp(a - np.max(a, axis=-1, keepdims=True)); then divide e by its own sum, with the"
        " same axis and keepdims.",
        "e = np.exp(a - np.max(a, axis=-1, keepdims=True))；再用 e 除以它自己的和，axis 与 keepdims"
        " 相同。",
    ),
]

SAYS = {
    "overflow": Text(
        "exp overflows for scores as large as 1000: subtract the largest score of the row first.",
        "得分大到 1000 时 exp 会溢出：请先减去该行的最大得分。",
    ),
    "whole_max": Text(
        "One row has far smaller scores than the other, and all its exp are 0: subtract the"
        " maximum of each row, not of the whole array.",
        "其中一行的得分远小于另一行，它的 exp 全成了 0：应减去每一行的最大值，而不是整个数组的。",
    ),
    "whole_sum": Text(
        "The whole array adds up to 1, but each row must. Sum along the last axis.",
        "现在是整个数组的和为 1，而不是每一行。请沿最后一个轴求和。",
    ),
    "columns": Text(
        "Each column adds up to 1 instead of each row: the last axis is axis -1, not 0.",
        "现在是每一列的和为 1，而不是每一行：最后一个轴是 -1，不是 0。",
    ),
    "no_division": Text(
        "These are the exp of the scores, they do not add up to 1 yet: divide by their sum.",
        "这是得分的 exp，它们的和还不是 1：请除以它们的总和。",
    ),
    "scores": Text(
        "The scores themselves are divided by their sum, without exp.",
        "这里是得分本身除以总和，没有取 exp。",
    ),
    "axis": Text(
        "Line {line}: a single row (classes,) has no axis 1. axis=-1, the last one, fits both.",
        "第 {line} 行：单独一行 (classes,) 没有轴 1。axis=-1 表示最后一个轴，两种情况都适用。",
    ),
    "keepdims": Text(
        "Line {line}: one number for each row does not fit the row. keepdims=True keeps it as a"
        " column (N, 1).",
        "第 {line} 行：每行一个数，与该行对不上。keepdims=True 会把它保留成一列 (N, 1)。",
    ),
}

ERRORS = {"could not be broadcast": "keepdims", "axis 1 is out of bounds": "axis"}


def softmax(a, axis=-1):
    e = np.exp(a - np.max(a, axis, keepdims=True))
    return e / np.sum(e, axis, keepdims=True)


def check(their):
    for a in given([0.3, 2.9, 4.0]), draw(2, 3), draw(3, 3):
        e = np.exp(a - a.max(axis=-1, keepdims=True))
        y = their.softmax(a)
        whole = y if np.shape(y) == a.shape and abs(np.sum(y) - 1) < 1e-9 else None
        expect(
            y,
            softmax(a),
            f"softmax(np.array({a.round(3).tolist()}))",
            whole_sum=whole,
            columns=softmax(a, 0),
            no_division=e,
            scores=a / a.sum(axis=-1, keepdims=True),
        )
    a = given([1010.0, 1000.0, 990.0])
    y = their.softmax(a)
    overflow = y if not np.isfinite(y).all() else None
    expect(y, softmax(a), "softmax(np.array([1010.0, 1000.0, 990.0]))", overflow=overflow)
    a = given([[1010.0, 1000.0, 990.0], [1.0, 2.0, 3.0]])
    y = their.softmax(a)
    whole_max = y if not np.isfinite(y).all() else None
    expect(y, softmax(a), f"softmax(np.array({a.tolist()}))", whole_max=whole_max)
    expect_float32(their.softmax, a, call="softmax(a)")


ATTEMPTS = [
    ("overflow", {"a - np.max(a, axis=-1, keepdims=True)": "a"}),
    ("whole_max", {"np.max(a, axis=-1, keepdims=True)": "np.max(a)"}),
    ("whole_sum", {"np.sum(e, axis=-1, keepdims=True)": "np.sum(e)"}),
    ("columns", {"np.max(a, axis=-1": "np.max(a, axis=0", "np.sum(e, axis=-1": "np.sum(e, axis=0"}),
    ("keepdims", {"np.sum(e, axis=-1, keepdims=True)": "np.sum(e, axis=-1)"}),
    ("no_division", {" / np.sum(e, axis=-1, keepdims=True)": ""}),
    (
        "writes",
        {"    e =": "    a -= np.max(a, axis=-1, keepdims=True)\n    e ="},
    ),
]

OTHER_WAYS = [
    {"np.max(a, axis=-1, keepdims=True)": "a.max(-1)[..., None]"},
    {
        "    e =": "    if a.ndim == 2:\n        return np.stack([*map(softmax, a)])\n    e =",
        ", axis=-1, keepdims=True": "",
    },
]
