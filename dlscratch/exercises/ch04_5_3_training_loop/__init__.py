"""The check of the training loop, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, expect, fail, given, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
训练循环：取一个 mini-batch，求梯度，走一步，如此反复（4.5.2 节和 4.5.3 节）。

一个 epoch 就是一个 mini-batch 接一个 mini-batch 地走遍所有样本；
每个 mini-batch 逆着自己的梯度走一步，而每个 epoch 都有自己的随机顺序：

    对每个 epoch：
        对每个 mini-batch：    W <- W - lr * dW    对每个参数 W，dW 由这个 mini-batch 得到

请编写（batches 已经写好，每次调用都会重新排列）：

    train(net, x, t, epochs, batch_size, lr, rng)

net.params 是数组的字典，这些数组要就地修改：写 W -= step，而不是 W = W - step。
net.gradient(x, t) 返回键相同的字典，net.loss(x, t) 返回一个数。train 返回一个列表，
每一步一个数，即走完这一步之后该 mini-batch 的损失。

>>> class Slope:  # y = a x, learns a
...     def __init__(self):
...         self.params = {"a": np.zeros(1)}
...     def loss(self, x, t):
...         return np.mean((self.params["a"] * x - t) ** 2)
...     def gradient(self, x, t):
...         return {"a": np.array([np.mean(2 * (self.params["a"] * x - t) * x)])}
>>> net, x = Slope(), np.array([1.0, 2.0, 3.0, 4.0])
>>> losses = train(net, x, 5 * x, 20, batch_size=2, lr=0.05, rng=np.random.default_rng(0))
>>> len(losses), net.params["a"].round(4)
(40, array([5.]))
"""

HINTS = [
    Text(
        "Two loops: the outer one counts the epochs, the inner one goes through batches(...), which"
        " is called anew in each epoch.",
        "两层循环：外层数 epoch，内层遍历 batches(...)，而且每个 epoch 都要重新调用它。",
    ),
    Text(
        "In the inner loop: ask net for the gradient of the mini-batch, change each parameter by"
        " -= lr * its gradient, then append the loss of the same mini-batch.",
        "内层循环里：向 net 要这个 mini-batch 的梯度，用 -= lr * 梯度 修改每个参数，"
        "再把同一个 mini-batch 的损失加进列表。",
    ),
    Text(
        "grads = net.gradient(x_batch, t_batch); for key in net.params: net.params[key] -= lr *"
        " grads[key]; losses.append(net.loss(x_batch, t_batch))",
        "grads = net.gradient(x_batch, t_batch); for key in net.params: net.params[key] -= lr *"
        " grads[key]; losses.append(net.loss(x_batch, t_batch))",
    ),
]

SAYS = {
    "whole_set": Text(
        "net.gradient was given all examples. A step uses those of its mini-batch only.",
        "net.gradient 得到了全部样本。每一步只应使用自己的 mini-batch。",
    ),
    "not_together": Text(
        "net.gradient was given examples and targets that do not belong together.",
        "net.gradient 得到的样本与目标不对应。",
    ),
    "one_epoch": Text(
        "There was one epoch only: is `return` indented into the loop?",
        "只走了一个 epoch：`return` 是不是缩进到循环里了？",
    ),
    "one_batch": Text(
        "The training ended after one step: is `return` indented into the loop?",
        "走了一步就结束了：`return` 是不是缩进到循环里了？",
    ),
    "last_batch": Text(
        "Each epoch made one step only. There is one for each mini-batch: is it indented into the"
        " inner loop?",
        "每个 epoch 只走了一步。每个 mini-batch 都要走一步：这几行是不是没有缩进到内层循环里？",
    ),
    "steps": Text(
        "net.gradient was called {steps} times, expected {expected}: once for each mini-batch of"
        " each epoch.",
        "net.gradient 被调用了 {steps} 次，应为 {expected} 次："
        "每个 epoch 的每个 mini-batch 各一次。",
    ),
    "same_order": Text(
        "Both epochs have the same order: call batches anew in each epoch.",
        "两个 epoch 的顺序相同：请在每个 epoch 重新调用 batches。",
    ),
    "new_array": Text(
        "net.params holds a new array. Change the one that is there: net.params[key] -= ...",
        "net.params 里放进了新数组。请修改原有的数组：net.params[key] -= ...",
    ),
    "uphill": Text("The step goes uphill: subtract it.", "这一步在往上走：应当减去。"),
    "no_rate": Text("The learning rate lr is not used.", "没有用到学习率 lr。"),
    "unmoved": Text("This parameter does not change.", "这个参数没有改变。"),
    "divided": Text(
        "The gradient is divided by the number of rows. net.gradient does that already.",
        "梯度又除以了行数。net.gradient 已经除过。",
    ),
    "loss_before": Text(
        "That is the loss of the mini-batch before the step. Call net.loss after it.",
        "这是走这一步之前的损失。请在走完之后再调用 net.loss。",
    ),
    "loss_whole": Text(
        "That is the loss of all examples. Take that of the mini-batch.",
        "这是全部样本的损失。应取该 mini-batch 的损失。",
    ),
    "losses": Text(
        "train must return a list with one loss for each step, {expected} in all.",
        "train 必须返回一个列表，每一步一个损失，共 {expected} 个。",
    ),
}

N, SIZE, EPOCHS, RATE, STEPS = 7, 3, 2, 0.01, 6
X = given([[i, i % 3] for i in range(N)])
T = given([10.0 * i for i in range(N)])


class Net:
    """A linear regression that remembers each call of gradient."""

    def __init__(self):
        self.params = {"W": np.array([1.0, -2.0]), "b": np.array([0.5])}
        self.arrays = dict(self.params)
        self.calls = []  # (rows, parameters, gradients)

    def now(self):
        return {key: array.copy() for key, array in self.arrays.items()}

    def loss(self, x, t, params=None):
        params = params or self.params
        return np.mean((x @ params["W"] + params["b"] - t) ** 2)

    def gradient(self, x, t):
        if np.shape(x) == X.shape:
            fail("whole_set")
        if np.shape(x)[1:] != (2,) or not np.array_equal(10 * x[:, 0], t):
            fail("not_together")
        error = 2 * (x @ self.params["W"] + self.params["b"] - t) / len(x)
        grads = {"W": given(x.T @ error), "b": given([np.sum(error)])}
        self.calls.append((x[:, 0].astype(int).tolist(), self.now(), grads))
        return grads


def check_walk(rows):
    """The batches of all epochs, as lists of rows."""
    if len(rows) != STEPS:
        key = {1: "one_batch", EPOCHS: "last_batch", STEPS // EPOCHS: "one_epoch"}
        fail(key.get(len(rows), "steps"), steps=len(rows), expected=STEPS)
    half = STEPS // EPOCHS
    if rows[:half] == rows[half:]:
        fail("same_order")


def check_steps(net):
    """What each step did to the parameters."""
    for key, array in net.params.items():
        if array is not net.arrays[key]:
            fail("new_array")
    after = [params for _, params, _ in net.calls[1:]] + [net.now()]
    for step, ((rows, before, grads), now) in enumerate(
        zip(net.calls, after, strict=True), start=1
    ):
        for key, w in before.items():
            g = grads[key]
            expect(
                now[key],
                w - RATE * g,
                f'net.params["{key}"]  # after step {step}, its gradient {shown(g)}, lr={RATE}',
                uphill=w + RATE * g,
                no_rate=w - g,
                unmoved=w,
                divided=w - RATE * g / len(rows),
            )
    return after


def check(their):
    net = Net()
    losses = their.train(net, X, T, EPOCHS, SIZE, RATE, np.random.default_rng(0))
    check_walk([rows for rows, *_ in net.calls])
    after = check_steps(net)
    if losses is None:
        fail("none", call="train(..)")
    array = as_numbers(losses)
    if array is None or array.shape != (STEPS,):
        fail("losses", call="train(..)", got=shown(losses), right="[..]", expected=STEPS)
    each = [net.loss(X[rows], T[rows], now) for (rows, *_), now in zip(net.calls, after)]
    before = [net.loss(X[rows], T[rows], params) for rows, params, _ in net.calls]
    whole = [net.loss(X, T, now) for now in after]
    expect(array, each, "train(..)", loss_before=before, loss_whole=whole)


GRADS = "grads = net.gradient(x_batch, t_batch)"
STEP = "net.params[key] -= lr * grads[key]"
LOSS = "losses.append(net.loss(x_batch, t_batch))"
BATCHES = "in batches(x, t, batch_size, rng):"
ATTEMPTS = [
    ("whole_set", {GRADS: "grads = net.gradient(x, t)"}),
    ("not_together", {GRADS: "grads = net.gradient(x_batch, t[: len(x_batch)])"}),
    ("one_epoch", {"    return losses": "        return losses"}),
    ("one_batch", {"    return losses": "            return losses"}),
    ("last_batch", {BATCHES: "in batches(x, t, batch_size, rng)[-1:]:"}),
    ("steps", {"range(epochs)": "range(epochs + 1)"}),
    (
        "same_order",
        {
            "    for _": "    pairs = batches(x, t, batch_size, rng)\n    for _",
            BATCHES: "in pairs:",
        },
    ),
    ("new_array", {STEP: "net.params[key] = net.params[key] - lr * grads[key]"}),
    ("uphill", {"] -= ": "] += "}),
    ("no_rate", {"lr * ": ""}),
    ("unmoved", {"for key in net.params": 'for key in ["W"]'}),
    ("divided", {STEP: f"{STEP} / len(x_batch)"}),
    (
        "loss_before",
        {GRADS: f"{LOSS}\n            {GRADS}", f"            {LOSS}\n    return": "    return"},
    ),
    ("loss_whole", {LOSS: "losses.append(net.loss(x, t))"}),
    ("losses", {f"            {LOSS}": f"        {LOSS}"}),
]

OTHER_WAYS = [
    {"for key in net.params": "for key, dW in grads.items()", STEP: "net.params[key] -= lr * dW"},
    {
        "for _ in range(epochs):": "while len(losses) < epochs * -(-len(x) // batch_size):",
        "return losses": "return np.array(losses)",
    },
]
