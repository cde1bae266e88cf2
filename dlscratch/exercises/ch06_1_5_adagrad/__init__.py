"""The check of AdaGrad, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.ch06_1_4_sgd_momentum import GRADS, START, walk
from dlscratch.exercises.ch06_1_4_sgd_momentum import SAYS as FIRST
from dlscratch.exercises.checking import fail, given, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
AdaGrad：每个权重有自己的学习率，并且越来越小（6.1.5 节）。

h 把一个权重经历过的所有梯度的平方累加起来。坡陡的方向 h 大，步子变短；平缓的方向步子仍然长。
这些都是逐元素进行的；每个参数有各自的 h，开始时为 0。

    h <- h + g * g,    W <- W - lr * g / (sqrt(h) + 1e-7)

梯度一直为 0 的地方会出现 0 / 0，微小的 1e-7 就是为了避免它。

请编写（__init__ 已经写好）：

    AdaGrad   update(params, grads)

params 和 grads 是键相同的字典，键如 "W1"，值是数组。params 的数组要就地修改，W -= step；
grads 的数组不得改写。update 不返回任何东西。

>>> params, grads = {"W": np.array([1.0, 2.0])}, {"W": np.array([10.0, -0.1])}
>>> optimizer = AdaGrad(lr=0.1)
>>> optimizer.update(params, grads)  # both steps are as long as lr, however steep it is
>>> params["W"].round(4)
array([0.9, 2.1])
>>> optimizer.update(params, grads)  # now h is 2 g * g: shorter by sqrt(2)
>>> params["W"].round(4)
array([0.8293, 2.1707])
"""

HINTS = [
    Text(
        "As in Momentum, the optimizer remembers an array for each key. Before the first update"
        " self.h is None: then make a dict of zeros.",
        "与 Momentum 一样，优化器要为每个键记住一个数组。第一次 update 之前 self.h 是 None："
        "此时建立一个全零数组的字典。",
    ),
    Text(
        "First h grows by the square of the gradient, then the step divides by np.sqrt of the new"
        " h, so that the very first step is lr long.",
        "先给 h 加上梯度的平方，再用新 h 的 np.sqrt 去除，这样第一步的长度恰好是 lr。",
    ),
    Text(
        "self.h[key] += grads[key] * grads[key]; params[key] -= self.lr * grads[key] /"
        " (np.sqrt(self.h[key]) + 1e-7)",
        "self.h[key] += grads[key] * grads[key]; params[key] -= self.lr * grads[key] /"
        " (np.sqrt(self.h[key]) + 1e-7)",
    ),
]

SAYS = {
    **{key: FIRST[key] for key in ("uphill", "no_rate", "new_array", "unmoved", "returned")},
    "step": FIRST["step"],
    "float32": FIRST["float32"],
    "no_memory": Text(
        "The second step is as long as the first: h forgets the earlier gradients. It adds up,"
        " self.h[key] += ..., and is set to zeros only once.",
        "第二步和第一步一样长：h 忘掉了以前的梯度。h 应当累加，self.h[key] += ...，只清零一次。",
    ),
    "no_root": Text(
        "The step divides by h, not by its square root.", "除以了 h，而不是它的平方根。"
    ),
    "no_square": Text(
        "h adds up the gradients themselves: it should be their squares.",
        "h 累加的是梯度本身：应为梯度的平方。",
    ),
    "h_late": Text(
        "The step divides by the h before this gradient, 0 in the first step. Let h grow first.",
        "除以的是加上这次梯度之前的 h，在第一步它是 0。请先让 h 增大。",
    ),
    "no_division": Text(
        "The step is that of SGD: divide it by the square root of h.",
        "这是 SGD 的一步：还要除以 h 的平方根。",
    ),
    "one_h": Text(
        "All elements share one h, a single number. It is an array: each weight has its own.",
        "所有元素共用了一个 h，即单个数。它应是数组：每个权重各有一个。",
    ),
    "shared": Text(
        "All parameters share one h. Each key needs its own: self.h[key].",
        "所有参数共用了一个 h。每个键应有自己的：self.h[key]。",
    ),
    "zero": Text(
        "A weight whose gradient is 0 became nan: 0 / 0. Add 1e-7 to the square root of h.",
        "梯度为 0 的权重变成了 nan：出现了 0 / 0。请给 h 的平方根加上 1e-7。",
    ),
}

ERRORS = {"could not be broadcast": "shared"}


def check(their):
    start = {key: np.array(value) for key, value in START.items()}
    g = [{key: np.array(value) for key, value in grads.items()} for grads in GRADS]

    total, shared = np.zeros(2), {}
    for key in START:  # one h that goes from parameter to parameter
        total = total + g[0][key] ** 2
        shared[key] = total

    def moves(i, key):
        now = g[i][key]
        squares = np.sum([grads[key] ** 2 for grads in g[: i + 1]], axis=0)
        before = 0 if i == 0 else g[0][key] / np.sqrt(g[0][key] ** 2)  # the first step by lr
        root = np.sqrt(squares) + 1e-7
        scales = {
            "right": root,
            "uphill": -root,
            "no_rate": 0.1 * root,
            "no_division": np.ones(2),
            "no_root": squares,
            "no_square": np.sqrt(abs(now)),
            "one_h": np.sqrt(np.sum(squares)),
            "shared": np.sqrt(shared[key]),
        }
        if i == 1:
            scales = {"right": root, "no_memory": abs(now) + (now == 0)}
        moved = {name: start[key] - 0.1 * (before + now / scale) for name, scale in scales.items()}
        if i == 0:
            moved["h_late"] = start[key] - 0.1 * now / 1e-7
            moved["unmoved"] = start[key]
        return moved.pop("right"), moved

    walk("AdaGrad", their.AdaGrad(lr=0.1), moves)
    params = {"W": np.array([1.0, 2.0])}
    their.AdaGrad(lr=0.1).update(params, {"W": given([0.0, 4.0])})
    if not np.isfinite(params["W"]).all():
        fail("zero", call='params["W"]  # grads: [0, 4]', got=shown(params["W"]), right=[1, 1.9])


H = "self.h[key] += grads[key] * grads[key]"
ZEROS = "{key: np.zeros_like(W) for key, W in params.items()}"
STEP = "params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)"
ATTEMPTS = [
    ("no_memory", {H: "self.h[key] = grads[key] * grads[key]"}),
    ("no_memory", {"if self.h is None": "if True"}),
    ("no_root", {"np.sqrt(self.h[key])": "self.h[key]"}),
    ("no_square", {H: "self.h[key] += grads[key]"}),
    ("no_square", {H: "self.h[key] += np.abs(grads[key])"}),
    ("h_late", {f"            {H}\n": "", STEP: f"{STEP}\n            {H}"}),
    ("no_division", {" / (np.sqrt(self.h[key]) + 1e-7)": ""}),
    ("one_h", {ZEROS: "dict.fromkeys(params, 0.0)", H: "self.h[key] += np.sum(grads[key] ** 2)"}),
    ("shared", {ZEROS: "np.zeros(2)", "self.h[key]": "self.h"}),
    ("zero", {" + 1e-7": ""}),
    ("uphill", {"params[key] -=": "params[key] +="}),
    ("no_rate", {"self.lr * ": ""}),
    ("unmoved", {"params[key] -=": "step ="}),
    ("new_array", {STEP: STEP.replace("-= ", "= params[key] - ")}),
    ("returned", {STEP: f"{STEP}\n        return params"}),
    ("step", {"+ 1e-7": "+ 1"}),
]

OTHER_WAYS = [
    {" * grads[key]\n": " ** 2\n", "np.sqrt(self.h[key]) + 1e-7": "np.sqrt(self.h[key] + 1e-14)"},
    {
        "if self.h is None": "if not self.h",
        "key in params:\n": "key, W in params.items():\n            g = grads[key]\n",
        STEP: "W -= g * (self.lr / (np.sqrt(self.h[key]) + 1e-7))",
        H: "self.h[key] += g**2",
    },
]
