"""The check of one-hot labels and the squared error, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
one-hot 标签与平方误差：输出离目标有多远？（4.2.1 节）。

标签（例如 2）虽然是数字，表示的却是类别，类别 2 并不是类别 1 的两倍。写成 one-hot 行，
每个类别占一个位置，标签处为 1，其余为 0；这样就能与网络的输出 y 逐个比较：

    E = 1/2 sum_k (y_k - t_k)^2

书中称它为均方误差（mean squared error），但它是平方和的一半，而不是平均值：
有了这一半，梯度就是 y - t。

请编写：

    one_hot(labels, classes)   labels：整数 (N,)，从 0 到 classes - 1；返回由 0 和 1 组成的数组
                               (N, classes)，整数或浮点数均可
    mean_squared_error(y, t)   y 和 t：数组 (classes,)；返回 E，一个数

>>> one_hot(np.array([2, 0]), 4).tolist()
[[0, 0, 1, 0], [1, 0, 0, 0]]
>>> round(float(mean_squared_error(np.array([0.2, 0.3, 0.6]), np.array([0, 0, 1]))), 6)
0.145
"""

HINTS = [
    Text(
        "Start from zeros of shape (N, classes). One element of each row becomes 1: the one at the"
        " label of that row.",
        "先取形状为 (N, classes) 的全零数组。每一行有一个元素变为 1：该行标签所指的那一个。",
    ),
    Text(
        "T[np.arange(N), labels] = 1 sets one element a row. The error: subtract, square, add up"
        " with np.sum, and halve.",
        "T[np.arange(N), labels] = 1 在每行设置一个元素。误差：相减，平方，"
        "用 np.sum 求和，再取一半。",
    ),
    Text(
        "T = np.zeros((len(labels), classes)); T[np.arange(len(labels)), labels] = 1; return T. And"
        " 0.5 * np.sum((y - t) ** 2).",
        "T = np.zeros((len(labels), classes)); T[np.arange(len(labels)), labels] = 1; return T。"
        "以及 0.5 * np.sum((y - t) ** 2)。",
    ),
]

SAYS = {
    "columns": Text(
        "Whole columns became 1: T[:, labels] means every row. Give a row number for each"
        " label, T[rows, labels].",
        "整列都变成了 1：T[:, labels] 表示每一行。请为每个标签给出行号，T[rows, labels]。",
    ),
    "rows": Text(
        "Whole rows became 1: T[labels] is a row. Give a row number for each label,"
        " T[rows, labels].",
        "整行都变成了 1：T[labels] 是一整行。请为每个标签给出行号，T[rows, labels]。",
    ),
    "transposed": Text(
        "Each label has a column of its own here. It should be a row: (N, classes).",
        "这里每个标签占一列。应为一行：(N, classes)。",
    ),
    "from_one": Text(
        "Each 1 is one place too far to the left: labels count from 0.",
        "每个 1 都偏左了一格：标签从 0 开始数。",
    ),
    "from_above": Text(
        "Each 1 is one place too far to the right: labels count from 0.",
        "每个 1 都偏右了一格：标签从 0 开始数。",
    ),
    "too_few": Text(
        "There are only as many columns as the largest label needs. There are to be `classes`"
        " of them, even if a class does not occur.",
        "列数只够容纳最大的标签。即使某个类别没有出现，列数也应为 `classes`。",
    ),
    "no_column": Text(
        "Line {line}: there is no such row or column: {error}. The array has N rows and `classes`"
        " columns, both counted from 0.",
        "第 {line} 行：没有这一行或这一列：{error}。数组有 N 行、`classes` 列，都从 0 开始数。",
    ),
    "bool": Text(
        "True and False are to be 1 and 0: .astype(int) turns them.",
        "True 和 False 应为 1 和 0：用 .astype(int) 转换。",
    ),
    "mean": Text(
        "That is the mean of the squares. In spite of its name it is half their sum.",
        "这是平方的平均值。虽然名字这样叫，它其实是平方和的一半。",
    ),
    "no_half": Text("That is twice the error: half of the sum.", "这是误差的两倍：应取和的一半。"),
    "no_square": Text(
        "The differences are added up without being squared: they cancel out.",
        "差没有平方就相加了：它们会互相抵消。",
    ),
    "absolute": Text(
        "The differences lost their sign, but they are not squared.",
        "差只是去掉了符号，没有平方。",
    ),
    "sum_first": Text(
        "The sum comes first here, then the square. Square each difference, then add up.",
        "这里先求和再平方。应先把每个差平方，再求和。",
    ),
    "root": Text("The square root is not part of it.", "这里不需要开平方根。"),
    "each": Text(
        "That is one number for each class. E is their sum, one number.",
        "这是每个类别一个数。E 是它们的和，一个数。",
    ),
}

ERRORS = {"out of bounds": "no_column"}
OUTPUTS = [  # the outputs of section 4.2.1: sure of class 2, sure of class 7
    [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0],
    [0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0],
]


def expect_one_hot(their, labels, classes, dtype):
    right = np.eye(classes)[labels]
    columns = np.zeros(right.shape)
    columns[:, labels] = 1
    rows = np.zeros(right.shape)
    rows[[label for label in labels if label < len(rows)]] = 1
    call = f"one_hot(np.array({labels}), {classes})"
    got = their.one_hot(given(labels, dtype), classes)
    expect(
        got,
        right,
        call,
        columns=columns,
        rows=rows,
        transposed=right.T,
        from_one=np.roll(right, -1, axis=1),
        from_above=np.roll(right, 1, axis=1),
        too_few=np.eye(max(labels) + 1)[labels],
    )
    if np.asarray(got).dtype.kind == "b":
        fail("bool")


def check(their):
    expect_one_hot(their, [2, 0], 4, int)
    expect_one_hot(their, [1, 0, 2, 1, 1], 5, np.uint8)
    t = given(np.eye(10)[2], int)
    for y in given([[0.2, 0.3, 0.6]]), given(OUTPUTS):
        for row in y:
            target = t if len(row) == 10 else given([0, 0, 1], int)
            d = row - target
            expect(
                their.mean_squared_error(row, target),
                np.sum(d**2) / 2,
                f"mean_squared_error(np.array({row.tolist()}), np.array({target.tolist()}))",
                mean=np.mean(d**2),
                no_half=np.sum(d**2),
                no_square=np.sum(d) / 2,
                absolute=np.sum(abs(d)) / 2,
                sum_first=np.sum(d) ** 2 / 2,
                root=np.sqrt(np.sum(d**2)),
                each=d**2 / 2,
            )


ERROR = "0.5 * np.sum((y - t) ** 2)"
ONE_HOT = "return np.eye(classes, dtype=int)[labels]"
ZEROS = "T = np.zeros((len(labels), classes))\n    T"
ATTEMPTS = [
    ("columns", {ONE_HOT: f"{ZEROS}[:, labels] = 1\n    return T"}),
    (
        "rows",
        {ONE_HOT: "T = np.zeros((4, classes))\n    T[labels] = 1\n    return T[: len(labels)]"},
    ),
    ("no_column", {ONE_HOT: f"{ZEROS}[labels] = 1\n    return T"}),
    ("transposed", {"[labels]": "[labels].T"}),
    ("from_one", {"[labels]": "[labels - 1]"}),
    ("too_few", {"np.eye(classes": "np.eye(np.max(labels) + 1"}),
    ("bool", {"dtype=int": "dtype=bool"}),
    ("mean", {ERROR: "np.mean((y - t) ** 2)"}),
    ("no_half", {"0.5 * ": ""}),
    ("no_square", {" ** 2": ""}),
    ("sum_first", {ERROR: "0.5 * np.sum(y - t) ** 2"}),
    ("each", {ERROR: "0.5 * (y - t) ** 2"}),
]

OTHER_WAYS = [
    {
        ONE_HOT: f"{ZEROS}[np.arange(len(labels)), labels] = 1\n    return T",
        ERROR: "np.sum(np.square(t - y)) / 2",
    },
    {
        ONE_HOT: "return (labels[:, None] == np.arange(classes)).astype(float)",
        ERROR: "sum((a - b) ** 2 for a, b in zip(y, t)) / 2",
    },
]
