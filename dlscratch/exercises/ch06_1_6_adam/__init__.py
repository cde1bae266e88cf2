"""The check of Adam, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.ch06_1_4_sgd_momentum import GRADS, START, walk
from dlscratch.exercises.ch06_1_4_sgd_momentum import SAYS as FIRST
from dlscratch.exercises.checking import fail, given, same, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
Adam：把 Momentum 和 AdaGrad 合在一起（6.1.6 节）。

m 是梯度的移动平均，即有记忆的方向。v 是梯度平方的移动平均：反映最近有多陡。
两者都从 0 开始，因此起初偏小；除以 1 - beta^t 可以弥补这一点，其中 t = 1, 2, 3, ..
是更新的次数。这样每一步的长度大约就是 lr。

    m <- beta1 * m + (1 - beta1) * g            m' = m / (1 - beta1^t)
    v <- beta2 * v + (1 - beta2) * g * g        v' = v / (1 - beta2^t)

    W <- W - lr * m' / (sqrt(v') + 1e-7)

请编写（__init__ 已经写好）：

    Adam   update(params, grads)

params 和 grads 是键相同的字典，键如 "W1"，值是数组；每个键有各自的 m 和 v。
params 的数组要就地修改，W -= step；grads 的数组不得改写。update 不返回任何东西。

>>> params = {"W": np.array([1.0, 2.0])}
>>> optimizer = Adam(lr=0.1)
>>> optimizer.update(params, {"W": np.array([10.0, -0.5])})
>>> params["W"].round(4)
array([0.9, 2.1])
>>> optimizer.update(params, {"W": np.array([-10.0, -0.5])})  # m of the first is nearly 0 now
>>> params["W"].round(4)
array([0.9053, 2.2   ])
"""

HINTS = [
    Text(
        "Before the first update self.m and self.v become dicts of zeros. In each update self.t"
        " grows by one, before the loop over the keys.",
        "第一次 update 之前，把 self.m 和 self.v 设为全零数组的字典。每次 update 中，self.t"
        " 在对键循环之前加一。",
    ),
    Text(
        "Keep m and v as they are, and put m' and v' into variables of their own: they serve this"
        " step only. 1 - self.beta1**self.t is a plain number.",
        "m 和 v 保持原样，m' 和 v' 放进单独的变量：它们只用于这一步。1 - self.beta1**self.t"
        " 是一个普通的数。",
    ),
    Text(
        "self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g, the same for v with g * g;"
        " m = self.m[key] / (1 - self.beta1**self.t), v likewise; params[key] -= self.lr * m /"
        " (np.sqrt(v) + 1e-7)",
        "self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g，v 也一样，换成 g * g；"
        "m = self.m[key] / (1 - self.beta1**self.t)，v 类似；params[key] -= self.lr * m /"
        " (np.sqrt(v) + 1e-7)",
    ),
]

SAYS = {
    **{key: FIRST[key] for key in ("uphill", "no_rate", "new_array", "unmoved", "returned")},
    "step": FIRST["step"],
    "float32": FIRST["float32"],
    "no_correction": Text(
        "m and v are used as they are: divide m by 1 - beta1^t and v by 1 - beta2^t first.",
        "直接使用了 m 和 v：应先用 1 - beta1^t 去除 m，用 1 - beta2^t 去除 v。",
    ),
    "only_m": Text(
        "v is used as it is: divide it by 1 - beta2^t.",
        "直接使用了 v：应除以 1 - beta2^t。",
    ),
    "only_v": Text(
        "m is used as it is: divide it by 1 - beta1^t.",
        "直接使用了 m：应除以 1 - beta1^t。",
    ),
    "t_zero": Text(
        "t is 0 in the first update, and 1 - beta^0 is 0: count before the division, self.t += 1.",
        "第一次更新时 t 是 0，而 1 - beta^0 等于 0：请先计数再相除，self.t += 1。",
    ),
    "t_stuck": Text(
        "t is still 1 in the second update: self.t must grow by 1 in each.",
        "第二次更新时 t 仍是 1：每次更新 self.t 都要加 1。",
    ),
    "t_per_key": Text(
        "t counts the parameters: it grows within the loop over the keys. It counts the updates,"
        " so it grows before that loop.",
        "t 数的是参数：它在对键的循环里增加了。它应数更新的次数，所以要在循环之前增加。",
    ),
    "share_m": Text(
        "m takes all of the new gradient: multiply it by 1 - beta1.",
        "m 把新的梯度全部加了进来：应乘以 1 - beta1。",
    ),
    "share_v": Text(
        "v takes all of the new square: multiply it by 1 - beta2.",
        "v 把新的平方全部加了进来：应乘以 1 - beta2。",
    ),
    "share_both": Text(
        "m and v take all that is new: multiply it by 1 - beta1 and by 1 - beta2.",
        "m 和 v 把新的值全部加了进来：应分别乘以 1 - beta1 和 1 - beta2。",
    ),
    "no_square": Text(
        "v averages the gradients themselves: it should be their squares.",
        "v 平均的是梯度本身：应为梯度的平方。",
    ),
    "no_root": Text(
        "The step divides by v', not by its square root.", "除以了 v'，而不是它的平方根。"
    ),
    "swapped": Text(
        "beta1 and beta2 have changed places: m forgets by beta1 = 0.9, v by beta2 = 0.999.",
        "beta1 和 beta2 弄反了：m 用 beta1 = 0.9，v 用 beta2 = 0.999。",
    ),
    "no_memory": Text(
        "The second step knows nothing of the first: m and v are set to zeros again.",
        "第二步忘掉了第一步：m 和 v 又被清零了。",
    ),
    "kept": Text(
        "The corrected m' and v' are kept in self.m and self.v, and corrected again in the next"
        " update. Put them into variables of their own.",
        "校正后的 m' 和 v' 存进了 self.m 和 self.v，下一次更新又校正了一遍。请放进单独的变量。",
    ),
    "shared": Text(
        "All parameters share one m or v. Each key needs its own: self.m[key], self.v[key].",
        "所有参数共用了一个 m 或 v。每个键应有自己的：self.m[key]、self.v[key]。",
    ),
    "zero": Text(
        "A weight whose gradient is 0 became nan: 0 / 0. Add 1e-7 to the square root of v'.",
        "梯度为 0 的权重变成了 nan：出现了 0 / 0。请给 v' 的平方根加上 1e-7。",
    ),
}

ERRORS = {"could not be broadcast": "shared", "ZeroDivisionError": "t_zero"}


def adam(gradients, beta1=0.9, beta2=0.999, t=(1, 2), correct="mv", share="mv", **wrong):
    """All steps together, as if lr were 1; correct, share: which of m and v have it."""
    kept = np.zeros(2), np.zeros(2)
    moved = np.zeros(2)
    for g, k in zip(gradients, t):
        m, v = (0, 0) if wrong.get("forget") else kept
        m = beta1 * m + (1 - beta1 if "m" in share else 1) * g
        v = beta2 * v + (1 - beta2 if "v" in share else 1) * g * g
        kept = m, v
        m = m / (1 - beta1**k) if "m" in correct else m
        v = v / (1 - beta2**k) if "v" in correct else v
        kept = (m, v) if wrong.get("keep") else kept
        moved = moved + m / (np.sqrt(v) + 1e-7)
    return moved


def check(their):
    start = {key: np.array(value) for key, value in START.items()}
    g = [{key: np.array(value) for key, value in grads.items()} for grads in GRADS]

    def moves(i, key):
        gradients = [grads[key] for grads in g[: i + 1]]
        right = adam(gradients)
        steps = {"uphill": -right, "unmoved": 0 * right}
        if i == 0:
            steps |= {
                "t_zero": right * np.nan,
                "no_root": 1 / gradients[0],
                "no_square": np.sqrt(abs(gradients[0])) * right,
            }
            names = {"no_correction": "", "only_m": "m", "only_v": "v"}
            steps |= {name: adam(gradients, correct=those) for name, those in names.items()}
            names = {"share_both": "", "share_v": "m", "share_m": "v"}
            steps |= {name: adam(gradients, share=those) for name, those in names.items()}
            before = [g[0][other] for other in [*START][: [*START].index(key)]]
            steps["t_per_key"] = adam(gradients, t=[1 + len(before)])
            every, ones = [*before, *gradients], [1] * len(START)
            steps["shared"] = adam(every, t=ones) - adam(before, t=ones)
        else:
            steps |= {
                "t_stuck": adam(gradients, t=(1, 1)),
                "swapped": adam(gradients, 0.999, 0.9),
                "no_memory": adam(gradients, forget=True),
                "kept": adam(gradients, keep=True),
            }
        return start[key] - 0.1 * right, {name: start[key] - 0.1 * d for name, d in steps.items()}

    params = {"W": np.array([3.0, 2.0])}  # lr=0.1 would look like a forgotten 1 - beta1
    their.Adam(lr=0.2).update(params, {"W": given([10.0, -0.5])})
    if same(params["W"], np.array([2.0, 3.0]), rtol=1e-6):
        fail("no_rate", name="Adam")
    walk("Adam", their.Adam(lr=0.1), moves)
    params = {"W": np.array([1.0, 2.0])}
    their.Adam(lr=0.1).update(params, {"W": given([0.0, 4.0])})
    if not np.isfinite(params["W"]).all():
        fail("zero", call='params["W"]  # grads: [0, 4]', got=shown(params["W"]), right=[1, 1.9])


M = "self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g"
CORRECTED = "m = self.m[key] / (1 - self.beta1**self.t)"
ZEROS = "{key: np.zeros_like(W) for key, W in params.items()}"
T = "        self.t += 1\n"
ATTEMPTS = [
    ("no_correction", {" / (1 - self.beta1**self.t)": "", " / (1 - self.beta2**self.t)": ""}),
    ("only_m", {" / (1 - self.beta2**self.t)": ""}),
    ("only_v", {" / (1 - self.beta1**self.t)": ""}),
    ("t_zero", {T: "", "(np.sqrt(v) + 1e-7)": f"(np.sqrt(v) + 1e-7)\n{T}"}),
    (
        "t_zero",
        {T: "        step = self.lr * (1 - self.beta2**self.t) / (1 - self.beta1**self.t)\n"},
    ),
    ("t_stuck", {T: "        self.t = 1\n"}),
    ("t_per_key", {T: "", "            g = ": "            self.t += 1\n            g = "}),
    ("share_m", {"(1 - self.beta1) * g": "g"}),
    ("share_v", {"(1 - self.beta2) * g * g": "g * g"}),
    ("share_both", {"(1 - self.beta1) * g": "g", "(1 - self.beta2) * g": "g"}),
    ("no_square", {" * g * g": " * g"}),
    ("no_root", {"np.sqrt(v)": "v"}),
    ("swapped", {"lr, beta1, beta2\n": "lr, beta2, beta1\n"}),
    ("no_memory", {"if self.m is None": "if True"}),
    (
        "kept",
        {
            "    m = self.m[": "    m = self.m[key] = self.m[",
            "    v = self.v[": "    v = self.v[key] = self.v[",
        },
    ),
    ("shared", {ZEROS: "0.0", "self.m[key]": "self.m", "self.v[key]": "self.v"}),
    ("zero", {" + 1e-7": ""}),
    ("new_array", {"params[key] -= ": "params[key] = params[key] - "}),
    ("no_rate", {"self.lr * m": "m"}),
    ("uphill", {"params[key] -=": "params[key] +="}),
    ("unmoved", {"params[key] -=": "W ="}),
    ("returned", {"+ 1e-7)": "+ 1e-7)\n        return params"}),
]

OTHER_WAYS = [
    {  # as the book's code writes it: both corrections in the rate
        "+ 1e-7)": "+ 1e-8)",
        CORRECTED: "lr = self.lr * np.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)",
        "v = self.v[key] / (1 - self.beta2**self.t)": "m, v = self.m[key], self.v[key]",
        "self.lr * m": "lr * m",
    },
    {M: "self.m[key] += (1 - self.beta1) * (g - self.m[key])", "1e-7": "1e-8"},
]
