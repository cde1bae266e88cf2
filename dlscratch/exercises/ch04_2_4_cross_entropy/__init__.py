"""The check of the cross entropy, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, expect, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
用于标签的交叉熵误差：正确的类别让网络感到多意外？（4.2.4 节）。

一行概率 y 中，只有标签 t 处的那一个起作用：误差为 -log y[t]。网络对正确类别很有把握时为 0，
没有把握时就很大。对一个批则取平均。log(0) 会得到 -inf，所以给 y 加上微小的 1e-7：

    E = -1/N sum_n log(y[n, t_n] + 1e-7)

请编写：

    cross_entropy_error(y, t)   y：概率 (N, classes)；t：标签，整数 (N,)；
                                返回一个数，即 N 行的平均值

>>> y = np.array([[0.1, 0.3, 0.6], [0.2, 0.7, 0.1]])
>>> t = np.array([2, 1])  # the probabilities at the labels are 0.6 and 0.7
>>> round(float(cross_entropy_error(y, t)), 6)
0.43375
"""

HINTS = [
    Text(
        "Take from each row the one probability at its label, then the logarithm, then the mean,"
        " and turn the sign.",
        "从每一行取出标签处的那个概率，再取对数，再求平均，最后变号。",
    ),
    Text(
        "An array is indexed by two arrays of equal length: y[[0, 1], [2, 1]] is y[0, 2] and"
        " y[1, 1]. The rows are np.arange(N).",
        "数组可以用两个等长的数组作下标：y[[0, 1], [2, 1]] 就是 y[0, 2] 和 y[1, 1]。行号是"
        " np.arange(N)。",
    ),
    Text(
        "y[np.arange(len(t)), t] are the probabilities; -np.mean(np.log(... + 1e-7)).",
        "概率是 y[np.arange(len(t)), t]；然后 -np.mean(np.log(... + 1e-7))。",
    ),
]

SAYS = {
    "sign": Text(
        "The logarithm of a probability is negative, and an error is not: a minus sign is missing.",
        "概率的对数是负的，而误差不是：缺少一个负号。",
    ),
    "sum": Text(
        "That is the sum over the rows. Divide by their number N, so that large batches do not"
        " count more.",
        "这是各行之和。请除以行数 N，使大的批不会得到更大的误差。",
    ),
    "all_pairs": Text(
        "y[:, t] takes all labels from every row, N x N numbers. Each row has its own label only:"
        " give a row number for each label.",
        "y[:, t] 从每一行取出所有标签，共 N x N 个数。每行只有自己的标签：请为每个标签给出行号。",
    ),
    "all_classes": Text(
        "All probabilities are used. Only the one at the label counts.",
        "这里用到了所有概率。只有标签处的那一个起作用。",
    ),
    "one_hot": Text(
        "Line {line}: t holds labels, not rows of 0 and 1. Use them as an index: y[rows, t].",
        "第 {line} 行：t 是标签，不是由 0 和 1 组成的行。请把它当作下标：y[rows, t]。",
    ),
    "log_zero": Text(
        "The probability is 0 there and its logarithm -inf: add 1e-7 before the logarithm.",
        "那里的概率为 0，对数为 -inf：取对数之前请加上 1e-7。",
    ),
    "log10": Text(
        "That is the logarithm to base 10. The natural one is np.log.",
        "这是以 10 为底的对数。自然对数是 np.log。",
    ),
    "no_log": Text(
        "That is the mean probability without the logarithm.",
        "这是概率的平均值，没有取对数。",
    ),
    "each": Text(
        "That is one error for each row. The function returns one number, their mean.",
        "这是每一行的误差。函数应返回一个数，即它们的平均值。",
    ),
    "divided_twice": Text(
        "The sum is divided by N and by the number of classes. Divide by N alone.",
        "总和除以了 N，又除以了类别数。只应除以 N。",
    ),
}

ERRORS = {"could not be broadcast": "one_hot"}


def check(their):
    y = given([[0.1, 0.3, 0.6], [0.2, 0.7, 0.1]])
    t = given([2, 1], int)
    ten = given([[0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]] * 3)
    batches = [
        (y, t, "y = [[0.1, 0.3, 0.6], [0.2, 0.7, 0.1]], t = [2, 1]"),
        (ten, given([2, 0, 5], int), "y: three equal rows of 10 probabilities, t = [2, 0, 5]"),
        (ten[:1], given([3], int), "y: one row of 10 probabilities with y[0, 3] = 0, t = [3]"),
    ]
    for y, t, where in batches:
        p = y[np.arange(len(t)), t]
        log = np.log(p + 1e-7)
        got = their.cross_entropy_error(y, t)
        number = as_numbers(got)
        infinite = None if number is None or np.isfinite(number).all() else got
        expect(
            got,
            -np.mean(log),
            f"cross_entropy_error(y, t)  # {where}",
            sign=np.mean(log),
            log_zero=infinite,
            sum=-np.sum(log),
            all_pairs=-np.mean(np.log(y[:, t] + 1e-7)),
            all_classes=-np.sum(np.log(y + 1e-7)) / len(t),
            log10=-np.mean(np.log10(p + 1e-7)),
            no_log=-np.mean(p),
            each=-log,
            divided_twice=-np.sum(log) / y.size,
        )


ATTEMPTS = [
    ("sign", {"return -": "return "}),
    ("sum", {"np.mean": "np.sum"}),
    ("all_pairs", {"y[rows, t]": "y[:, t]"}),
    ("log_zero", {" + 1e-7": ""}),
    ("one_hot", {"y[rows, t]": "y * t"}),
    ("log10", {"np.log": "np.log10"}),
    ("each", {"np.mean(np.log(y[rows, t] + 1e-7))": "np.log(y[rows, t] + 1e-7)"}),
]

OTHER_WAYS = [
    {"np.mean(np.log(y[rows, t] + 1e-7))": "np.sum(np.log(y[rows, t] + 1e-7)) / len(y)"},
    {"np.mean(np.log(y[rows, t] + 1e-7))": "sum(np.log(y[i, t[i]] + 1e-7) for i in rows) / len(t)"},
]
