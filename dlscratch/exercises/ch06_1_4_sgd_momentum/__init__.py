"""The check of SGD and Momentum, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import fail, given, same
from dlscratch.exercises.texts import Text

LESSON_ZH = """
SGD 与 Momentum：怎样使用梯度（6.1.2 节和 6.1.4 节）。

SGD 逆着梯度 g 走一步。Momentum 像一个滚动的小球：它有速度 v，每个梯度只稍微改变速度，
而摩擦使它减慢。每个参数有各自的速度，开始时为 0。

    SGD:        W <- W - lr * g
    Momentum:   v <- momentum * v - lr * g,   W <- W + v

请编写（两个 __init__ 都已经写好）：

    SGD        update(params, grads)
    Momentum   update(params, grads)

params 和 grads 是键相同的字典，键如 "W1"，值是数组。params 的数组要就地修改，
因为网络的各层用的就是这些数组；所以写 W -= step，而不是 W = W - step。
grads 的数组不得改写。update 不返回任何东西。

>>> params, grads = {"W": np.array([1.0, 2.0])}, {"W": np.array([10.0, 20.0])}
>>> SGD(lr=0.1).update(params, grads)
>>> params["W"]
array([0., 0.])
>>> optimizer = Momentum(lr=0.1, momentum=0.9)
>>> optimizer.update(params, grads)
>>> optimizer.update(params, grads)  # the second step is longer: 0.9 * 1 + 1
>>> params["W"]
array([-2.9, -5.8])
"""

FAST = True

HINTS = [
    Text(
        "A loop over the keys: params[key] and grads[key] belong together. The arrays change in"
        " place by params[key] -= ...",
        "对键循环：params[key] 与 grads[key] 是一对。用 params[key] -= ... 就地修改数组。",
    ),
    Text(
        "self.v is None before the first update: then make it a dict with an array of zeros for"
        " each key, np.zeros_like(params[key]).",
        "第一次 update 之前 self.v 是 None：此时把它设为字典，每个键对应一个全零数组"
        " np.zeros_like(params[key])。",
    ),
    Text(
        "self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]; params[key] +="
        " self.v[key]",
        "self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]; params[key] +="
        " self.v[key]",
    ),
]

SAYS = {
    "uphill": Text(
        "{name} moves uphill: the step goes against the gradient.",
        "{name} 在往上走：应逆着梯度走一步。",
    ),
    "no_rate": Text(
        "{name} does not use the learning rate: multiply the gradient by self.lr.",
        "{name} 没有用到学习率：请用 self.lr 乘以梯度。",
    ),
    "new_array": Text(
        "{name} puts a new array into params, but the layers still use the old one, which did not"
        " move. Change it in place: params[key] -= ...",
        "{name} 把新数组放进了 params，而各层仍在用没变的旧数组。请就地修改：params[key] -= ...",
    ),
    "unmoved": Text("{name} does not change the parameters.", "{name} 没有改变参数。"),
    "no_memory": Text(
        "Each step of Momentum is as long as the first: v starts from 0 again. Keep it in self.v"
        " between two updates.",
        "Momentum 的每一步都和第一步一样长：v 又从 0 开始了。请在两次 update 之间把它保存在 self.v"
        " 中。",
    ),
    "no_friction": Text(
        "v is not multiplied by momentum: without friction the ball never slows down.",
        "v 没有乘以 momentum：没有摩擦，小球永远不会减速。",
    ),
    "averaged": Text(
        "The gradient is weighted with 1 - momentum. Here it counts with lr alone.",
        "梯度乘了 1 - momentum。这里只应乘以 lr。",
    ),
    "shared": Text(
        "All parameters share one velocity. Each key needs its own: self.v[key].",
        "所有参数共用了一个速度。每个键应有自己的速度：self.v[key]。",
    ),
    "returned": Text(
        "{name}.update returns something: it only changes the arrays of params.",
        "{name}.update 返回了东西：它只应修改 params 的数组。",
    ),
    "step": Text(
        "Step {step} of {name} does not lead to where it should.",
        "{name} 的第 {step} 步没有走到应到的位置。",
    ),
    "float32": Text(
        "{name} turns a parameter of float32 into {dtype}.",
        "{name} 把 float32 的参数变成了 {dtype}。",
    ),
}

ERRORS = {"could not be broadcast": "shared"}
START = {"W1": [1.0, 2.0], "b1": [3.0, 5.0], "W2": [-1.0, 4.0]}
GRADS = [  # of two steps
    {"W1": [10.0, 20.0], "b1": [-10.0, 5.0], "W2": [2.0, 1.0]},
    {"W1": [5.0, -10.0], "b1": [4.0, 0.0], "W2": [-3.0, 8.0]},
]


def walk(name, optimizer, moves):
    """Two steps; moves(i, key): where the array must be after step i, and what mistakes lead to."""
    arrays = {key: np.array(value) for key, value in START.items()}
    params = dict(arrays)
    for i, grads in enumerate(GRADS):
        if optimizer.update(params, {key: given(g) for key, g in grads.items()}) is not None:
            fail("returned", name=name)
        for key, array in arrays.items():
            right, mistakes = moves(i, key)
            where = {"name": name, "step": i + 1}
            if params[key] is not array and same(np.asarray(params[key]), right):
                fail("new_array", **where)
            for mistake, value in mistakes.items():
                if not same(array, right) and same(array, value):
                    fail(mistake, **where)
            if not same(array, right):
                call = f'params["{key}"]  # {name}(lr=0.1), after step {i + 1}'
                fail("step", call=call, got=array.tolist(), right=right.tolist(), **where)
    single = {"W": np.zeros(2, np.float32)}
    optimizer = type(optimizer)(lr=0.1)
    optimizer.update(single, {"W": given([1.0, 2.0], np.float32)})
    if single["W"].dtype != np.float32:
        fail("float32", name=name, dtype=single["W"].dtype)


def check(their):
    start = {key: np.array(value) for key, value in START.items()}
    g = [{key: np.array(value) for key, value in grads.items()} for grads in GRADS]

    def sgd(i, key):
        total = sum(grads[key] for grads in g[: i + 1])
        mistakes = {"uphill": total, "no_rate": -10 * total, "unmoved": 0 * total}
        moved = {name: start[key] + 0.1 * step for name, step in mistakes.items()}
        return start[key] - 0.1 * total, moved

    walk("SGD", their.SGD(lr=0.1), sgd)

    v, shared = np.zeros(2), {}
    for key in START:  # one velocity that goes from parameter to parameter
        v = shared[key] = 0.9 * v - 0.1 * g[0][key]

    def momentum(i, key):
        g0, g1 = -0.1 * g[0][key], -0.1 * g[1][key]
        right = g0 if i == 0 else g0 + (0.9 * g0 + g1)
        mistakes = {"uphill": -right, "unmoved": 0 * g0}
        if i == 0:
            mistakes |= {"no_rate": 10 * g0, "averaged": 0.1 * g0, "shared": shared[key]}
        else:
            mistakes |= {"no_memory": g0 + g1, "no_friction": g0 + g0 + g1}
        return start[key] + right, {name: start[key] + step for name, step in mistakes.items()}

    walk("Momentum", their.Momentum(lr=0.1, momentum=0.9), momentum)


V = "self.v[key]"
ATTEMPTS = [
    ("uphill", {"params[key] -= ": "params[key] += "}),
    (
        "new_array",
        {"params[key] -= self.lr * grads[key]": "params[key] = params[key] - self.lr * grads[key]"},
    ),
    ("no_memory", {"if self.v is None:": "if True:"}),
    ("no_friction", {f"self.momentum * {V}": V}),
    (
        "shared",
        {
            "self.v = {key: np.zeros_like(W) for key, W in params.items()}": "self.v = 0.0",
            f"{V} = self.momentum * {V} -": "self.v = self.momentum * self.v -",
            f"params[key] += {V}": "params[key] += self.v",
        },
    ),
    ("averaged", {"- self.lr * grads": "- (1 - self.momentum) * self.lr * grads"}),
    ("no_rate", {"-= self.lr * grads": "-= grads"}),
]

OTHER_WAYS = [
    {"key in params:\n            params[key] -=": "key, W in params.items():\n            W -="},
    {  # the velocity without the learning rate
        f"self.momentum * {V} - self.lr * grads[key]": f"self.momentum * {V} + grads[key]",
        f"params[key] += {V}": f"params[key] -= self.lr * {V}",
    },
]
