"""The check of XOR and the half adder, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, expect, fail, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
异或门：两层能做到单个感知机做不到的事，还能做加法（2.5 节和 2.6 节）。

感知机画一条直线，在直线的一侧输出 1。没有哪条直线能把 (1, 0) 和 (0, 1) 分在一侧，
而把 (0, 0) 和 (1, 1) 分在另一侧。第二层看到的不是输入，而是 s1 和 s2，
即第一层的两个门对输入处理后的结果；对它们来说，一条直线就够了：

    x1, x2  ->  s1 = 一个门，s2 = 另一个门  ->  y = 以 s1 和 s2 为输入的第三个门

两个二进制数字相加也要用到异或：1 + 1 = 10，本位是 0，进位是 1。

请编写（perceptron 和三个门都已经写好）：

    XOR(x1, x2)          两个输入中恰有一个为 1 时为 1，否则为 0；只用门来组成：不用 `if`，
                         不用 `!=`，也不用 `^`
    half_adder(x1, x2)   返回两个整数，先是进位，后是本位

>>> [XOR(0, 0), XOR(1, 0), XOR(0, 1), XOR(1, 1)]
[0, 1, 1, 0]
>>> half_adder(1, 1)
(1, 0)
"""

HINTS = [
    Text(
        "XOR is OR, except where both inputs are 1. Which of the gates is 0 only there?",
        "异或门与或门只在两个输入都为 1 时不同。哪一个门只在那里输出 0？",
    ),
    Text(
        "Make a table of the four inputs with NAND and OR beside them: XOR is 1 where both columns"
        " are 1. Of the half adder, the carry alone is the table of a gate that is there.",
        "把四种输入列成表，旁边写上与非门和或门的输出：两列都是 1 的地方，异或门为 1。"
        "半加器的进位，就是已有的某个门的真值表。",
    ),
    Text(
        "s1 = NAND(x1, x2); s2 = OR(x1, x2); y = AND(s1, s2). half_adder: AND(x1, x2), XOR(x1, x2)",
        "s1 = NAND(x1, x2); s2 = OR(x1, x2); y = AND(s1, s2)。half_adder：AND(x1, x2), XOR(x1, x2)",
    ),
]

SAYS = {
    "no_gates": Text(
        "XOR uses none of the gates: call NAND, OR and AND, not Python's own logic.",
        "XOR 没有用到任何门：请调用 NAND、OR 和 AND，而不是 Python 自带的逻辑运算。",
    ),
    "one_line": Text(
        "XOR asks one perceptron only, and one straight line cannot separate these points. Give the"
        " outputs of two gates to a third.",
        "XOR 只用了一个感知机，而一条直线分不开这些点。请把两个门的输出交给第三个门。",
    ),
    "reversed": Text(
        "0 and 1 are exchanged: XOR is 1 where the inputs differ. Look at the last gate.",
        "0 和 1 弄反了：两个输入不同时异或门才是 1。请看最后一个门。",
    ),
    "always": Text(
        "XOR is 1 for every input: for any input, NAND or OR is 1. Both must be.",
        "XOR 对所有输入都是 1：对任何输入，与非门和或门中总有一个为 1。应要求两者同时成立。",
    ),
    "never": Text(
        "XOR is 0 for every input: no input makes both gates of the first layer 1.",
        "XOR 对所有输入都是 0：没有哪个输入能使第一层的两个门都为 1。",
    ),
    "other_gate": Text(
        "That is still the truth table of a single gate: choose another gate for one of the three.",
        "这仍是单个门的真值表：三个门中有一个要换掉。",
    ),
    "two_values": Text(
        "half_adder must return two integers, the carry and the sum digit.",
        "half_adder 必须返回两个整数，即进位和本位。",
    ),
    "swapped": Text(
        "The sum digit comes first here. The carry comes first, as in the binary number 10.",
        "这里把本位放在了前面。进位应在前，就像二进制数 10 的写法。",
    ),
    "carry_or": Text(
        "There is a carry as soon as one of the digits is 1. It takes both.",
        "这里只要有一个数字为 1 就进位了。应当两个都是才进位。",
    ),
    "sum_or": Text(
        "The sum digit is 1 for 1 + 1 as well. There it is 0, because the sum is 10.",
        "1 + 1 的本位也成了 1。那里应为 0，因为和是 10。",
    ),
    "table": Text(
        "For (0, 0), (1, 0), (0, 1), (1, 1) the integers 0 or 1 are expected.",
        "对 (0, 0)、(1, 0)、(0, 1)、(1, 1) 应返回整数 0 或 1。",
    ),
}

INPUTS = [(0, 0), (1, 0), (0, 1), (1, 1)]
OF_XOR, OF_AND, OF_OR, OF_NAND = [0, 1, 1, 0], [0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0]


def column(values, right, call, **mistakes):
    """The outputs for all four inputs at once."""
    array = as_numbers(values)
    if array is None or array.shape != (4,):
        fail("table", call=call, got=shown(values), right=shown(right))
    expect(array, right, call, **mistakes)


def check(their):
    calls = their.spy("perceptron")
    got = [their.XOR(*x) for x in INPUTS]
    if any(value is None for value in got):
        fail("none", call="XOR(0, 0)")
    if not calls:
        fail("no_gates")
    single = next((gate for gate in (OF_AND, OF_OR, OF_NAND) if np.array_equal(got, gate)), None)
    column(
        got,
        OF_XOR,
        "XOR: 00, 10, 01, 11",
        one_line=got if len(calls) <= 4 else None,
        reversed=[1, 0, 0, 1],
        always=[1, 1, 1, 1],
        never=[0, 0, 0, 0],
        other_gate=single,
    )
    pairs = [their.half_adder(*x) for x in INPUTS]
    if any(pair is None for pair in pairs):
        fail("none", call="half_adder(0, 0)")
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        fail("two_values", call="half_adder(1, 1)", got=shown(pairs[-1]), right="(1, 0)")
    carry, digit = (list(values) for values in zip(*pairs, strict=True))
    column(carry, OF_AND, "half_adder: 00, 10, 01, 11, carry", swapped=OF_XOR, carry_or=OF_OR)
    column(digit, OF_XOR, "half_adder: 00, 10, 01, 11, sum digit", sum_or=OF_OR)


RETURN = "return AND(s1, s2)"
HALF = "return AND(x1, x2), XOR(x1, x2)"
ATTEMPTS = [
    (
        "no_gates",
        {RETURN: "return int(x1 != x2)", "    s1 = NAND(x1, x2)\n    s2 = OR(x1, x2)\n": ""},
    ),
    (
        "one_line",
        {
            RETURN: "return perceptron(np.array([x1, x2]), np.array([1.0, -1.0]), -0.5)",
            "    s1 = NAND(x1, x2)\n    s2 = OR(x1, x2)\n": "",
        },
    ),
    ("reversed", {RETURN: "return NAND(s1, s2)"}),
    ("always", {RETURN: "return OR(s1, s2)"}),
    ("other_gate", {"s1 = NAND": "s1 = AND"}),
    ("never", {"s1 = NAND": "s1 = AND", "s2 = OR": "s2 = NAND"}),
    ("swapped", {HALF: "return XOR(x1, x2), AND(x1, x2)"}),
    ("two_values", {HALF: "return XOR(x1, x2)"}),
    ("carry_or", {HALF: "return OR(x1, x2), XOR(x1, x2)"}),
    ("sum_or", {HALF: "return AND(x1, x2), OR(x1, x2)"}),
]

OTHER_WAYS = [
    {  # NAND alone, as in section 2.6
        "s1 = NAND(x1, x2)": "s = NAND(x1, x2)",
        "s2 = OR(x1, x2)": "s1, s2 = NAND(x1, s), NAND(x2, s)",
        RETURN: "return NAND(s1, s2)",
    },
    {"s1 = NAND(x1, x2)": "s1 = 1 - AND(x1, x2)", HALF: "return [AND(x1, x2), XOR(x1, x2)]"},
    {RETURN: "return perceptron(np.array([s1, s2]), np.array([1.0, 1.0]), -1.5)"},
]
