"""The check of step and sigmoid, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
阶跃函数与 sigmoid 函数：作用于整个数组的两种激活函数（3.2 节）。

感知机从 0 突变到 1；神经网络的神经元则平滑地变化，所以权重稍有改变，输出也只改变一点：

    step(x) = 1 if x > 0, else 0             sigmoid(x) = 1 / (1 + exp(-x))

请编写，x 是任意形状的数组，不用循环，也不用 `if`：

    step_function(x)   整数 0 和 1，形状与 x 相同
    sigmoid(x)         0 与 1 之间的数；输入 float32，输出也是 float32

>>> step_function(np.array([-1.0, 1.0, 2.0]))
array([0, 1, 1])
>>> sigmoid(np.array([-1.0, 1.0, 2.0]))
array([0.26894142, 0.73105858, 0.88079708])
"""

HINTS = [
    Text(
        "A comparison of an array is an array again: x > 0 holds True and False, element by"
        " element. Arithmetic works so, too: 1 / x, 1 + x.",
        "数组的比较结果还是数组：x > 0 逐元素给出 True 和 False。算术运算也是如此：1 / x、1 + x。",
    ),
    Text(
        "astype(int) turns True into 1. np.exp takes a whole array. Mind the brackets: the sum is"
        " what 1 is divided by.",
        "astype(int) 把 True 变成 1。np.exp 接受整个数组。注意括号：1 要除以整个和。",
    ),
    Text(
        "step: (x > 0).astype(int); sigmoid: 1 / (1 + np.exp(...)), with the sign of x turned.",
        "阶跃函数：(x > 0).astype(int)；sigmoid：1 / (1 + np.exp(...))，其中 x 要变号。",
    ),
]

SAYS = {
    "at_zero": Text(
        "At x = 0 the step is still 0: only x > 0 gives 1.",
        "在 x = 0 处阶跃函数仍为 0：只有 x > 0 才是 1。",
    ),
    "not_integers": Text(
        "The step function returns integers, but this is an array of {dtype}: use astype(int).",
        "阶跃函数应返回整数，而这是 {dtype} 数组：请用 astype(int)。",
    ),
    "reversed": Text(
        "The step is the wrong way round: 1 where x > 0.",
        "阶跃函数反了：x > 0 时才是 1。",
    ),
    "exp_sign": Text(
        "Almost: the exponent is -x, not x. As it is, the curve falls instead of rising.",
        "差一点：指数是 -x，不是 x。现在的曲线是下降的，而不是上升的。",
    ),
    "brackets": Text(
        "Brackets are missing: 1 / 1 + exp(-x) divides first and adds afterwards.",
        "缺少括号：1 / 1 + exp(-x) 会先除后加。",
    ),
    "minus": Text(
        "1 + exp(-x) stands below the line, not 1 - exp(-x).",
        "分母是 1 + exp(-x)，不是 1 - exp(-x)。",
    ),
    "no_fraction": Text(
        "That is 1 + exp(-x). The sigmoid is 1 divided by it.",
        "这是 1 + exp(-x)。sigmoid 是 1 除以它。",
    ),
}


def check(their):
    x = given([[-1.0, 0.0], [1.0, 2.0], [-0.5, 0.3]])
    y = their.step_function(x)
    right = (x > 0).astype(int)
    expect(y, right, f"step_function(np.array({x.tolist()}))", at_zero=x >= 0, reversed=x <= 0)
    if np.asarray(y).dtype.kind not in "iu":
        fail("not_integers", dtype=np.asarray(y).dtype)
    for x in given([-1.0, 1.0, 2.0]), draw(2, 3):
        e = np.exp(-x)
        expect(
            their.sigmoid(x),
            1 / (1 + e),
            f"sigmoid(np.array({x.round(3).tolist()}))",
            exp_sign=1 / (1 + np.exp(x)),
            brackets=1 / 1 + e,
            minus=1 / (1 - e),
            no_fraction=1 + e,
        )
    expect_float32(their.sigmoid, x, call="sigmoid(x)")


ATTEMPTS = [
    ("at_zero", {"x > 0": "x >= 0"}),
    ("not_integers", {"(x > 0).astype(int)": "x > 0"}),
    ("truth", {"return (x > 0).astype(int)": "return 1 if x > 0 else 0"}),
    ("exp_sign", {"np.exp(-x)": "np.exp(x)"}),
    ("brackets", {"1 / (1 + np.exp(-x))": "1 / 1 + np.exp(-x)"}),
    (
        "math",
        {"np.exp(-x)": "math.exp(-x)", "import numpy as np": "import math\nimport numpy as np"},
    ),
    ("dtype", {"1 / (1 + np.exp(-x))": "np.array(1 / (1 + np.exp(-x)), dtype=np.float64)"}),
]

OTHER_WAYS = [
    {"(x > 0).astype(int)": "np.where(x > 0, 1, 0)"},
    {"(x > 0).astype(int)": "np.array(x > 0, dtype=int)"},
    {"1 / (1 + np.exp(-x))": "np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))"},
]
