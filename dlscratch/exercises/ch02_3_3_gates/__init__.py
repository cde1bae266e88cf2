"""The check of the gates, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, expect, fail, given, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
逻辑门：同一个感知机实现与门、与非门和或门，只是数值不同（2.3.3 节）。

感知机把每个输入乘以各自的权重，加上偏置，总和为正时就“激活”：

    y = 1 if w1 x1 + w2 x2 + b > 0, else 0

请编写：

    perceptron(x, w, b)   x、w 是形状为 (2,) 的数组，b 是一个数；返回整数 0 或 1
    AND(x1, x2)           只有两个输入都为 1 时才为 1
    NAND(x1, x2)          只有两个输入都为 1 时才为 0
    OR(x1, x2)            至少有一个输入为 1 时为 1

每个门都用你选定的权重和偏置调用 perceptron，不用 `if`，也不用 `and`。

>>> perceptron(np.array([0, 1]), np.array([0.5, 0.5]), -0.7)
0
>>> AND(1, 1), NAND(1, 1), OR(0, 1)
(1, 0, 1)
"""

FAST = True

HINTS = [
    Text(
        "w * x multiplies element by element; np.sum adds up. Compare the sum with 0 last.",
        "w * x 逐元素相乘，np.sum 求和。最后再把总和与 0 比较。",
    ),
    Text(
        "AND: one input alone must stay below 0, both together must exceed it. NAND is AND with"
        " weights and bias negated. OR needs a bias that one input can beat.",
        "AND：只有一个输入时总和不能超过 0，两个都有时才超过。NAND 是把 AND 的权重和偏置都取负。"
        "OR 的偏置要小到一个输入就能超过。",
    ),
    Text(
        "int(np.sum(w * x) + b > 0). AND: w = 0.5, 0.5 and b = -0.7; NAND: all negated; OR: b ="
        " -0.2.",
        "int(np.sum(w * x) + b > 0)。AND：w = 0.5, 0.5，b = -0.7；NAND：全部取负；OR：b = -0.2。",
    ),
]

SAYS = {
    "no_threshold": Text(
        "That is the sum itself. The perceptron returns 1 if the sum is above 0, else 0.",
        "这是总和本身。总和大于 0 时感知机返回 1，否则返回 0。",
    ),
    "bool": Text(
        "True and False are to be the integers 1 and 0: int(...) turns them.",
        "True 和 False 应为整数 1 和 0：用 int(...) 转换。",
    ),
    "bias_sign": Text(
        "The bias is added, not subtracted: b = -0.7 makes it harder to fire.",
        "偏置是加上去的，不是减去的：b = -0.7 使神经元更难激活。",
    ),
    "at_zero": Text(
        "The sum is exactly 0 here, and only a sum above 0 fires.",
        "这里总和恰好为 0，而只有大于 0 才激活。",
    ),
    "no_bias": Text("The bias b is not used.", "没有用到偏置 b。"),
    "no_perceptron": Text(
        "{gate} does not call perceptron: the gate is to be found by weights and a bias, not by"
        " logic.",
        "{gate} 没有调用 perceptron：要靠权重和偏置来实现这个门，而不是靠逻辑运算。",
    ),
    "never": Text(
        "{gate} is 0 for every input: the bias is too low for any sum to get above 0.",
        "{gate} 对所有输入都是 0：偏置太低，总和怎么也到不了 0 以上。",
    ),
    "always": Text(
        "{gate} is 1 for every input: the bias alone is enough to fire.",
        "{gate} 对所有输入都是 1：只靠偏置就激活了。",
    ),
    "other_gate": Text(
        "{gate} has the truth table of {other}: change the weights or the bias.",
        "{gate} 的真值表与 {other} 相同：请改变权重或偏置。",
    ),
    "table": Text(
        "{gate}(x1, x2) for (0, 0), (1, 0), (0, 1), (1, 1) is not yet that of the gate.",
        "{gate}(x1, x2) 在 (0, 0)、(1, 0)、(0, 1)、(1, 1) 处的值还不对。",
    ),
}

TABLES = {"AND": [0, 0, 0, 1], "NAND": [1, 1, 1, 0], "OR": [0, 1, 1, 1]}


def check(their):
    perceptron = their.perceptron
    half = given([0.5, 0.5])
    cases = [([1, 1], -0.7, 1), ([0, 0], -0.2, 0), ([0, 1], -0.7, 0), ([1, 1], -1.0, 0)]
    for x, b, right in cases:
        call = f"perceptron(np.array({x}), np.array([0.5, 0.5]), {b})"
        total = np.sum(half * x)
        got = perceptron(given(x), half, b)
        if isinstance(got, bool | np.bool_):
            fail("bool", call=call, got=got, right=right)
        mistakes: dict[str, float] = {"no_threshold": total + b}
        if total == 0:
            mistakes["bias_sign"] = 1
        else:
            mistakes["at_zero" if total + b == 0 else "no_bias"] = 1 - right
        expect(got, right, call, **mistakes)
    for gate, table in TABLES.items():
        calls = their.spy("perceptron")
        got = [getattr(their, gate)(x1, x2) for x1, x2 in [(0, 0), (1, 0), (0, 1), (1, 1)]]
        if None in got:
            fail("none", call=f"{gate}(0, 0)")
        if not calls:
            fail("no_perceptron", gate=gate)
        if as_numbers(got) is None or list(got) != table:
            fields = {"gate": gate, "call": f"{gate}: 00, 10, 01, 11"}
            fields |= {"got": shown(got), "right": shown(table)}
            for other in TABLES:
                if got == TABLES[other]:
                    fail("other_gate", other=other, **fields)
            fail({(0,): "never", (1,): "always"}.get(tuple(set(got)), "table"), **fields)


ATTEMPTS = [
    ("no_threshold", {"int(np.sum(w * x) + b > 0)": "np.sum(w * x) + b"}),
    ("bias_sign", {"+ b > 0": "- b > 0"}),
    ("no_bias", {" + b > 0": " > 0"}),
    ("at_zero", {"b > 0": "b >= 0"}),
    ("bool", {"int(np.sum(w * x) + b > 0)": "np.sum(w * x) + b > 0"}),
    ("never", {"-0.5]), 0.7": "-0.5]), -0.7"}),
    ("other_gate", {"-0.2": "-0.7"}),
    ("no_perceptron", {"perceptron(np.array([x1, x2]), np.array([0.5, 0.5]), -0.7)": "x1 and x2"}),
]

OTHER_WAYS = [
    {"int(np.sum(w * x) + b > 0)": "1 if x[0] * w[0] + x[1] * w[1] + b > 0 else 0"},
    {"0.5]), -0.7": "1.0]), -1.0", "-0.2": "-0.4"},
]
