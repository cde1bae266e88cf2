"""The check of the cross entropy for one-hot targets, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, draw, expect, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
用于 one-hot 目标的交叉熵误差：单独一行，或整个批（4.2.2 节和 4.2.4 节）。

t 在正确类别处为 1，其余为 0，所以一行的各个乘积 t_k log y_k 中只有一个不为 0。
批的误差是各行的平均值，而单独一行就是只有一行的批：
无论有多少个类别，两种写法的误差都相同。微小的 1e-7 用来避免 log(0) = -inf。

    单独一行：  E = -sum_k t_k log(y_k + 1e-7)
    一个批：    E = -1/N sum_n sum_k t_nk log(y_nk + 1e-7)

请编写：

    cross_entropy_error(y, t)   y：概率，t：one-hot 目标；单独一行时形状都是 (classes,)，
                                批的形状都是 (N, classes)；返回一个数

>>> y, t = np.array([0.1, 0.3, 0.6]), np.array([0, 0, 1])
>>> round(float(cross_entropy_error(y, t)), 6)
0.510825
>>> round(float(cross_entropy_error(np.array([y, y]), np.array([t, t]))), 6)
0.510825
"""

HINTS = [
    Text(
        "The sum over everything is the same formula for a row and for a batch. What differs is the"
        " number of rows N: for a single row it is one.",
        "对所有元素求和，单独一行与批的公式相同。不同的是行数 N：单独一行时 N 等于一。",
    ),
    Text(
        "If y.ndim == 1, reshape y and t to (1, y.size): a batch of one row. Then N = y.shape[0].",
        "如果 y.ndim == 1，就把 y 和 t 的形状改为 (1, y.size)：只有一行的批。然后 N = y.shape[0]。",
    ),
    Text(
        "if y.ndim == 1: y, t = y.reshape(1, y.size), t.reshape(1, t.size); then return -np.sum(t *"
        " np.log(y + 1e-7)) / y.shape[0]",
        "if y.ndim == 1: y, t = y.reshape(1, y.size), t.reshape(1, t.size)；然后 return -np.sum(t *"
        " np.log(y + 1e-7)) / y.shape[0]",
    ),
]

SAYS = {
    "sign": Text(
        "The logarithm of a probability is negative, and an error is not: a minus sign is missing.",
        "概率的对数是负的，而误差不是：缺少一个负号。",
    ),
    "classes": Text(
        "Of a single row, len(y) and y.shape[0] are the number of classes, not that of rows, which"
        " is one.",
        "单独一行时，len(y) 和 y.shape[0] 是类别数，而不是行数；行数是一。",
    ),
    "sum": Text(
        "That is the sum over the rows of the batch. Divide it by their number N.",
        "这是批中各行之和。请除以行数 N。",
    ),
    "size": Text(
        "Divided by the number of all elements, as np.mean does. N is the number of rows only.",
        "除以了元素总数，np.mean 就是这样。N 只是行数。",
    ),
    "no_t": Text(
        "All classes are added up. Multiply by t before the sum, so that the right one remains.",
        "这里把所有类别都加了起来。求和之前请乘以 t，只留下正确的类别。",
    ),
    "log_of_product": Text(
        "t is inside the logarithm. Multiply the logarithm by t, not y.",
        "t 放到了对数里面。应该用 t 乘以对数，而不是乘以 y。",
    ),
    "swapped": Text(
        "y and t have changed places: the logarithm is that of y.",
        "y 和 t 弄反了：取对数的应是 y。",
    ),
    "log_zero": Text(
        "A probability is 0 there, and 0 times log(0) is nan: add 1e-7 to y inside the logarithm.",
        "那里有概率为 0，而 0 乘以 log(0) 得到 nan：请在对数里给 y 加上 1e-7。",
    ),
    "log10": Text(
        "That is the logarithm to base 10. The natural one is np.log.",
        "这是以 10 为底的对数。自然对数是 np.log。",
    ),
    "each": Text(
        "That is one error for each row. The function returns one number, their mean.",
        "这是每一行的误差。函数应返回一个数，即它们的平均值。",
    ),
    "axis": Text(
        "Line {line}: a single row (classes,) has no axis 1. Reshape it to (1, classes) first.",
        "第 {line} 行：单独一行 (classes,) 没有轴 1。请先把形状改为 (1, classes)。",
    ),
    "as_labels": Text(
        "Line {line}: t holds one-hot rows, not labels. Multiply by t, and add up.",
        "第 {line} 行：t 是 one-hot 行，不是标签。请乘以 t，再求和。",
    ),
}

ERRORS = {"axis 1 is out of bounds|tuple index out of range": "axis", "IndexError": "as_labels"}
TEN = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]


def expect_error(their, y, t, where):
    rows = y.size // y.shape[-1]
    log = np.log(y + 1e-7)
    right = -np.sum(t * log) / rows
    got = their.cross_entropy_error(y, t)
    number = as_numbers(got)
    infinite = None if number is None or np.isfinite(number).all() else got
    mistakes = {
        "log_zero": infinite,
        "sign": -right,
        "classes": right / len(y) if y.ndim == 1 else None,
        "sum": right * rows,
        "size": right * rows / y.size,
        "no_t": -np.sum(log) / rows,
        "log_of_product": -np.sum(np.log(t * y + 1e-7)) / rows,
        "swapped": -np.sum(y * np.log(t + 1e-7)) / rows,
        "log10": right / np.log(10),
        "each": -np.sum(t * log, axis=1) if y.ndim == 2 else None,
    }
    expect(got, right, f"cross_entropy_error(y, t)  # {where}", **mistakes)


def check(their):
    y, t = given([[0.1, 0.3, 0.6], [0.2, 0.7, 0.1]]), given([[0, 0, 1], [0, 1, 0]], int)
    expect_error(their, y, t, "y = [[0.1, 0.3, 0.6], [0.2, 0.7, 0.1]], t = [[0, 0, 1], [0, 1, 0]]")
    y, t = given([0.1, 0.3, 0.6]), given([0, 0, 1], int)
    expect_error(their, y, t, "y = [0.1, 0.3, 0.6], t = [0, 0, 1]")
    ten, t = given(TEN), given(np.eye(10)[2])
    expect_error(their, ten, t, f"y = {TEN}, t = one-hot 2")
    e = np.exp(draw(5, 4))
    y, t = given(e / e.sum(axis=1, keepdims=True)), given(np.eye(4)[[1, 3, 0, 1, 2]])
    expect_error(their, y, t, "a batch of 5 rows, 4 classes")


SUM = "-np.sum(t * np.log(y + 1e-7))"
RESHAPE = "    y = y.reshape(-1, y.shape[-1])\n"
ATTEMPTS = [
    ("sign", {"return -": "return "}),
    ("classes", {RESHAPE: ""}),
    ("sum", {" / len(y)": ""}),
    ("size", {f"{SUM} / len(y)": "-np.mean(t * np.log(y + 1e-7))"}),
    ("no_t", {"t * ": ""}),
    ("log_of_product", {"t * np.log(y + 1e-7)": "np.log(t * y + 1e-7)"}),
    ("swapped", {"t * np.log(y + 1e-7)": "y * np.log(t + 1e-7)"}),
    ("log_zero", {" + 1e-7": ""}),
    ("log10", {"np.log": "np.log10"}),
    ("each", {f"{SUM} / len(y)": "-np.sum(t * np.log(y + 1e-7), axis=1)"}),
    ("axis", {RESHAPE: "", f"{SUM} / len(y)": "-np.mean(np.sum(t * np.log(y + 1e-7), axis=1))"}),
    ("as_labels", {f"{SUM} / len(y)": "-np.mean(np.log(y[np.arange(len(y)), t] + 1e-7))"}),
]

OTHER_WAYS = [
    {RESHAPE: "    if y.ndim == 1:\n        y, t = y.reshape(1, y.size), t.reshape(1, t.size)\n"},
    {f"{RESHAPE}    return {SUM} / len(y)": f"    return {SUM} / (y.size // y.shape[-1])"},
    {RESHAPE: "", f"{SUM} / len(y)": "-np.mean(np.sum(t * np.log(y + 1e-7), axis=-1))"},
]
