"""The check of weight decay, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
权值衰减：权重大要付出代价（6.4.2 节）。

把少量训练样本死记硬背下来的网络，权重往往很大。权值衰减把权重的大小加进损失；
lam 就是书中的 lambda，决定它占多大分量。它的梯度在每一步都把每个权重往 0 拉近一点。
偏置不受影响。

    loss <- loss + 1/2 * lam * （所有权重的平方和）
    dW <- dW + lam * W                 因为 d(1/2 lam W^2)/dW = lam W

请编写：

    decayed_loss(loss, params, lam)      返回新的损失，一个数
    decayed_gradient(grads, params, lam) 返回一个新字典，含新的梯度；偏置的梯度保持原样

params 是含数组 W1, b1, W2, b2, .. 的字典：以 "W" 开头的键是权重。grads 的键与之相同。
字典和其中的数组都不得改写。

>>> params = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([5.0, 5.0]), "W2": np.array([[3.0]])}
>>> float(decayed_loss(0.5, params, 0.1))  # 1 + 4 + 9 = 14, and 0.05 of that
1.2
>>> grads = {"W1": np.array([[1.0, 1.0]]), "b1": np.array([0.1, 0.2]), "W2": np.array([[0.0]])}
>>> decayed_gradient(grads, params, 0.1)["W1"]
array([[1.1, 0.8]])
"""

HINTS = [
    Text(
        'A loop over params.items(); key.startswith("W") tells weights from biases.',
        '对 params.items() 循环；用 key.startswith("W") 区分权重和偏置。',
    ),
    Text(
        "Each W adds 0.5 * lam * np.sum(W**2) to the loss. dict(grads) is a new dict with the same"
        " arrays; put a new array into it for each W.",
        "每个 W 使损失增加 0.5 * lam * np.sum(W**2)。dict(grads) 是含有相同数组的新字典；"
        "为每个 W 放进一个新数组。",
    ),
    Text(
        "loss = loss + 0.5 * lam * np.sum(W**2), and decayed[key] = grads[key] + lam * W",
        "loss = loss + 0.5 * lam * np.sum(W**2)，以及 decayed[key] = grads[key] + lam * W",
    ),
]

SAYS = {
    "penalty_only": Text(
        "That is the penalty alone: add it to loss.",
        "这只是惩罚项：还要加到 loss 上。",
    ),
    "loss_only": Text("The loss has not changed.", "损失没有变化。"),
    "no_half": Text(
        "The penalty is twice as large as it should be: 1/2 * lam.",
        "惩罚项大了一倍：应为 1/2 * lam。",
    ),
    "with_biases": Text(
        "The biases count as well. Only the weights do, the keys that start with W.",
        "偏置也算了进去。只应算权重，即以 W 开头的键。",
    ),
    "one_layer": Text(
        "Only one of the arrays of weights counts: is `return` indented into the loop?",
        "只算了一个权重数组：`return` 是不是缩进到循环里了？",
    ),
    "absolute": Text(
        "The absolute values are added up (L1). Here it is the squares.",
        "加的是绝对值（L1）。这里应为平方。",
    ),
    "no_square": Text(
        "The weights are added up without being squared.",
        "权重没有平方就相加了。",
    ),
    "sum_first": Text(
        "The weights are added up first, then squared. Square each one first.",
        "这里先求和再平方。应先把每个权重平方。",
    ),
    "root": Text(
        "The square root of the sum is taken. Leave it out.",
        "这里对和开了平方根。请去掉它。",
    ),
    "mean": Text(
        "The squares are averaged: take their sum, so that a large layer counts more.",
        "平方取了平均：应求和，这样大的层分量更重。",
    ),
    "subtracted": Text(
        "The penalty is subtracted, which would reward large weights.",
        "减去了惩罚项，这反而会鼓励大的权重。",
    ),
    "no_lam": Text("lam is not used.", "没有用到 lam。"),
    "dict_changed": Text(
        "The caller's grads has changed. Begin with a new dict: dict(grads).",
        "调用者的 grads 被改动了。请先建立新字典：dict(grads)。",
    ),
    "keys": Text(
        "The new dict must have all keys of grads, those of the biases too. Missing: {keys}.",
        "新字典应含有 grads 的所有键，包括偏置的键。缺少：{keys}。",
    ),
    "no_decay": Text("The gradient has not changed.", "梯度没有变化。"),
    "decay_only": Text(
        "That is lam * W alone: add it to the gradient.",
        "这只是 lam * W：还要加到梯度上。",
    ),
    "half": Text(
        "The 1/2 is gone in the derivative: d(1/2 lam W^2)/dW = lam W.",
        "求导之后 1/2 就没有了：d(1/2 lam W^2)/dW = lam W。",
    ),
    "twice": Text(
        "That is the derivative of lam W^2. With the 1/2 it is lam W.",
        "这是 lam W^2 的导数。有 1/2 时应为 lam W。",
    ),
    "square": Text(
        "lam * W^2 is added. Its derivative is to be added: lam * W.",
        "加上了 lam * W^2。应加上它的导数：lam * W。",
    ),
    "away": Text(
        "lam * W is subtracted from the gradient, and the step subtracts once more: the weights"
        " grow. Add it.",
        "从梯度中减去了 lam * W，而走一步时又减一次：权重会变大。应当加上。",
    ),
}

PARAMS = {"W1": given([[1.0, -2.0]]), "b1": given([5.0, 5.0]), "W2": given([[3.0]])}
GRADS = {"W1": given([[1.0, 1.0]]), "b1": given([0.1, 0.2]), "W2": given([[0.0]])}


def check_loss(their, params, loss, lam, where):
    weights = [W for key, W in params.items() if key[0] == "W"]

    def penalty(measure, arrays=weights):
        return 0.5 * lam * sum(measure(W) for W in arrays)

    def squares(W):
        return np.sum(W**2)

    right = penalty(squares)
    penalties = {
        "loss_only": 0,
        "no_half": 2 * right,
        "with_biases": penalty(squares, params.values()),
        "subtracted": -right,
        "no_lam": right / lam,
        "one_layer": penalty(squares, weights[:1]),
        "absolute": penalty(lambda W: np.sum(abs(W))),
        "no_square": penalty(np.sum),
        "sum_first": penalty(lambda W: np.sum(W) ** 2),
        "root": penalty(lambda W: np.sqrt(np.sum(W**2))),
        "mean": penalty(lambda W: np.mean(W**2)),
    }
    mistakes = {key: loss + wrong for key, wrong in penalties.items()}
    got = their.decayed_loss(loss, dict(params), lam)
    expect(
        got,
        loss + right,
        f"decayed_loss({loss}, params, {lam})  # {where}",
        **mistakes,
        penalty_only=right,
    )


def check_gradient(their, params, grads, lam, where):
    given_grads = dict(grads)
    got = their.decayed_gradient(given_grads, dict(params), lam)
    if any(given_grads[key] is not grads[key] for key in grads):
        fail("dict_changed")
    call = f"decayed_gradient(grads, params, {lam})"
    if got is None:
        fail("none", call=call)
    if not isinstance(got, dict):
        fail("kind", kind=type(got).__name__)
    missing = [key for key in grads if key not in got]
    if missing:
        fail("keys", keys=", ".join(missing))
    for key, g in grads.items():
        W = params[key]
        place = f'{call}["{key}"]  # {where}'
        if key[0] == "b":
            expect(got[key], g, place, with_biases=g + lam * W)
            continue
        terms = {
            "no_decay": 0 * W,
            "half": lam / 2 * W,
            "twice": 2 * lam * W,
            "square": lam * W**2,
            "away": -lam * W,
            "no_lam": W,
        }
        mistakes = {name: g + term for name, term in terms.items()}
        mistakes["decay_only"] = lam * W
        expect(got[key], g + lam * W, place, **mistakes)


def check(their):
    params, grads = PARAMS, GRADS
    where = "W1 = [[1, -2]], b1 = [5, 5], W2 = [[3]]"
    check_loss(their, params, 0.5, 0.1, where)
    check_gradient(their, params, grads, 0.1, where)
    shapes = {"W1": (4, 3), "b1": (3,), "W2": (3, 5), "b2": (5,), "W3": (5, 2), "b3": (2,)}
    params = {key: draw(*shape, seed=i) for i, (key, shape) in enumerate(shapes.items())}
    grads = {key: draw(*shape, seed=i) for i, (key, shape) in enumerate(shapes.items(), start=9)}
    check_loss(their, params, 2.3, 0.01, "a network of three layers")
    check_gradient(their, params, grads, 0.01, "a network of three layers")


LOSS = "loss = loss + 0.5 * lam * np.sum(W**2)"
GRADIENT = "decayed[key] = grads[key] + lam * W"
ATTEMPTS = [
    ("penalty_only", {"lam):\n    for": "lam):\n    loss = 0.0\n    for"}),
    ("loss_only", {LOSS: "penalty = 0.5 * lam * np.sum(W**2)"}),
    ("no_half", {"0.5 * ": ""}),
    ("with_biases", {f'if key.startswith("W"):\n            {LOSS}': LOSS}),
    ("one_layer", {"    return loss": "            return loss"}),
    ("absolute", {"W**2": "abs(W)"}),
    ("no_square", {"W**2": "W"}),
    ("sum_first", {"np.sum(W**2)": "np.sum(W) ** 2"}),
    ("root", {"np.sum(W**2)": "np.linalg.norm(W)"}),
    ("mean", {"np.sum(W**2)": "np.mean(W**2)"}),
    ("subtracted", {"loss + 0.5": "loss - 0.5"}),
    ("no_lam", {"0.5 * lam": "0.5"}),
    ("dict_changed", {"dict(grads)": "grads"}),
    ("keys", {"dict(grads)": "{}"}),
    ("writes", {GRADIENT: "decayed[key] += lam * W"}),
    ("no_decay", {GRADIENT: "pass"}),
    ("decay_only", {"grads[key] + lam * W": "lam * W"}),
    ("half", {"grads[key] + lam * W": "grads[key] + 0.5 * lam * W"}),
    ("twice", {"grads[key] + lam * W": "grads[key] + 2 * lam * W"}),
    ("square", {"grads[key] + lam * W": "grads[key] + lam * W**2"}),
    ("away", {"grads[key] + lam": "grads[key] - lam"}),
    ("with_biases", {f'if key.startswith("W"):\n            {GRADIENT}': GRADIENT}),
]

OTHER_WAYS = [
    {
        LOSS: "loss += lam / 2 * np.sum(np.square(W))",
        "decayed = dict(grads)": "decayed = grads.copy()",
    },
    {
        'if key.startswith("W"):\n            decayed': 'if key[0] == "W":\n            decayed',
        LOSS: "loss = loss + lam * np.linalg.norm(W) ** 2 / 2",
    },
]
