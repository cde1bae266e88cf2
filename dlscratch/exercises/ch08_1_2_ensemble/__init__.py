"""The check of the ensemble, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
集成：多个网络一起回答，取它们概率的平均（8.1.2 节）。

从不同的初始权重训练出来的网络，认错的图像也不同。所以取若干个网络，对它们给出的各类别的概率
求平均；平均值最大的类别就是答案。一个有把握的网络，比两个拿不准的更有分量：

              猫     狗
    网络      0.51   0.49
    网络      0.51   0.49
    网络      0.10   0.90                投票会说是猫，2 比 1
    平均      0.373  0.627               平均说是狗

每个网络的得分先经过 softmax，然后才求平均：得分没有共同的尺度，概率才有。

请编写（softmax 已经写好，另有一个网络供你试用）：

    mean_probabilities(networks, x)   networks：列表；每个网络都有 predict(x)，返回得分
                                      (N, classes)；返回 (N, classes)，dtype 与得分相同
    classify(networks, x)             返回 x 每一行的类别，整数 (N,)

x 不得改写。

>>> sure, in_doubt = Network(np.eye(2) * 5), Network(np.array([[-0.2, 0.2], [0.2, -0.2]]))
>>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
>>> mean_probabilities([sure, in_doubt, in_doubt], x).round(3)
array([[0.599, 0.401],
       [0.401, 0.599]])
>>> classify([sure, in_doubt, in_doubt], x)  # a vote would say 1 and 0
array([0, 1])
"""

HINTS = [
    Text(
        "For each network: its scores, then softmax. That makes a list of arrays (N, classes), and"
        " their mean is taken element by element.",
        "对每个网络：先求得分，再做 softmax。得到一列 (N, classes) 的数组，再逐元素求平均。",
    ),
    Text(
        "np.mean of such a list takes it for an array (networks, N, classes): axis=0 is that of the"
        " networks. classify: np.argmax of the mean, along the classes.",
        "np.mean 把这样的列表当作 (networks, N, classes) 的数组：axis=0 是网络那一维。"
        "classify：对平均值沿类别取 np.argmax。",
    ),
    Text(
        "np.mean([softmax(network.predict(x)) for network in networks], axis=0), and"
        " np.argmax(mean_probabilities(networks, x), axis=1)",
        "np.mean([softmax(network.predict(x)) for network in networks], axis=0)，以及"
        " np.argmax(mean_probabilities(networks, x), axis=1)",
    ),
]

SAYS = {
    "no_softmax": Text(
        "That is the mean of the scores. Each network's scores go through softmax first.",
        "这是得分的平均。每个网络的得分要先经过 softmax。",
    ),
    "scores_first": Text(
        "The mean is taken of the scores, and softmax comes after it. First softmax, for each"
        " network, then the mean.",
        "这里先对得分求平均，再做 softmax。应先对每个网络做 softmax，再求平均。",
    ),
    "softmax_twice": Text(
        "The mean goes through softmax once more. It is a probability already.",
        "平均值又经过了一次 softmax。它已经是概率了。",
    ),
    "summed": Text(
        "The probabilities of a row add up to the number of networks: divide by len(networks).",
        "每一行的概率之和等于网络的个数：请除以 len(networks)。",
    ),
    "by_rows": Text(
        "The sum is divided by the number of rows. Divide by that of the networks.",
        "和除以了行数。应除以网络的个数。",
    ),
    "product": Text(
        "The probabilities are multiplied. Take their mean.",
        "这里把概率相乘了。应当求平均。",
    ),
    "first_network": Text(
        "That is the first network alone: is `return` indented into the loop?",
        "这只是第一个网络的答案：`return` 是不是缩进到循环里了？",
    ),
    "last_network": Text(
        "That is the last network alone: add up in the loop, instead of keeping the newest.",
        "这只是最后一个网络的答案：循环里应当累加，而不是只留下最新的。",
    ),
    "wrong_axis": Text(
        "The mean runs along another axis, not over the networks: axis=0.",
        "平均沿错了轴，应当对各网络求平均：axis=0。",
    ),
    "one_number": Text(
        "That is one number for all. The mean runs over the networks only: axis=0.",
        "这是所有数的平均，只有一个。应只对各网络求平均：axis=0。",
    ),
    "vote": Text(
        "That is a vote: each network says a class, and most of them win. A network that is sure"
        " should count for more: the class where the mean is largest.",
        "这是投票：每个网络说一个类别，多数获胜。有把握的网络应更有分量：请取平均值最大的类别。",
    ),
    "surest": Text(
        "The network that is most sure decides alone. All of them count: take the class where the"
        " mean is largest.",
        "这里由最有把握的网络单独决定。所有网络都应起作用：请取平均值最大的类别。",
    ),
    "classes_of_scores": Text(
        "The class is where the mean of the scores is largest. It is where the mean of the"
        " probabilities is.",
        "这里取了得分平均值最大的类别。应取概率平均值最大的类别。",
    ),
    "not_class": Text(
        "That is the largest probability. The class is its place: np.argmax.",
        "这是最大的概率。类别是它的位置：np.argmax。",
    ),
    "rows_for_classes": Text(
        "np.argmax runs over the rows, axis 0. Each row has its own class: axis=1.",
        "np.argmax 是对行进行的，即轴 0。每一行各有自己的类别：axis=1。",
    ),
    "one_class": Text(
        "That is one number for all rows: np.argmax needs axis=1.",
        "所有行只得到一个数：np.argmax 需要 axis=1。",
    ),
}

# Probabilities of class 0 for four rows, by three networks. A vote errs about the first row, the
# mean of scores about the second, the surest network about the second and the third.
FIRST = np.array([[0.51, 0.9, 0.9, 0.2], [0.51, 0.9, 0.9, 0.3], [0.1, 1e-6, 0.05, 0.4]])
SCORES = np.log([FIRST, 1 - FIRST]).transpose(1, 2, 0)  # (networks, N, classes)


class Network:
    def __init__(self, W):
        self.W = W

    def predict(self, x):
        return x @ self.W


def softmax(a):
    e = np.exp(a)
    return e / e.sum(axis=-1, keepdims=True)


def check_mean(their, scores):
    count, N, classes = scores.shape
    p = softmax(scores)
    right = p.mean(axis=0)
    expect(
        their.mean_probabilities([Network(W) for W in scores], given(np.eye(N))),
        right,
        f"mean_probabilities(networks, x)  # {count} networks, N = {N}, {classes} classes",
        no_softmax=scores.mean(axis=0),
        scores_first=softmax(scores.mean(axis=0)),
        softmax_twice=softmax(right),
        summed=p.sum(axis=0),
        by_rows=p.sum(axis=0) / N,
        product=p.prod(axis=0),
        first_network=p[0],
        last_network=p[-1],
        wrong_axis=p.mean(axis=1),
        one_number=p.mean(),
    )


def check_classes(their, scores):
    count, N, classes = scores.shape
    p = softmax(scores)
    mean = p.mean(axis=0)
    votes = (p.argmax(axis=2)[..., None] == np.arange(classes)).sum(axis=0)
    expect(
        their.classify([Network(W) for W in scores], given(np.eye(N))),
        mean.argmax(axis=1),
        f"classify(networks, x)  # {count} networks, their mean: {mean.round(3).tolist()}",
        dtype=np.intp,
        vote=votes.argmax(axis=1),
        classes_of_scores=scores.mean(axis=0).argmax(axis=1),
        surest=p.max(axis=0).argmax(axis=1),
        not_class=mean.max(axis=1),
        rows_for_classes=mean.argmax(axis=0),
        one_class=mean.argmax(),
    )


def check(their):
    check_mean(their, SCORES)
    check_mean(their, draw(5, 3, 4))
    check_classes(their, SCORES)
    check_classes(their, draw(5, 3, 4))
    networks = [Network(given(W, np.float32)) for W in SCORES]
    call = "mean_probabilities(networks, x)"
    expect_float32(lambda x: their.mean_probabilities(networks, x), np.eye(4), call=call)


EACH = "[softmax(network.predict(x)) for network in networks]"
MEAN = f"np.mean({EACH}, axis=0)"
OF_SCORES = "np.mean([network.predict(x) for network in networks], axis=0)"
LOOP = "for network in networks:\n        p = softmax(network.predict(x))\n    "
CLASS = "np.argmax(mean_probabilities(networks, x), axis=1)"
VOTES = "np.argmax([network.predict(x) for network in networks], axis=2)"
ATTEMPTS = [
    ("no_softmax", {MEAN: OF_SCORES}),
    ("scores_first", {MEAN: f"softmax({OF_SCORES})"}),
    ("softmax_twice", {MEAN: f"softmax({MEAN})"}),
    ("summed", {MEAN: f"sum({EACH})"}),
    ("by_rows", {MEAN: f"sum({EACH}) / len(x)"}),
    ("product", {MEAN: MEAN.replace("mean", "prod")}),
    ("first_network", {f"return {MEAN}": f"{LOOP}    return p"}),
    ("last_network", {f"return {MEAN}": f"{LOOP}return p"}),
    ("wrong_axis", {f"{EACH}, axis=0": f"{EACH}, axis=1"}),
    ("one_number", {f"{EACH}, axis=0": EACH}),
    ("writes", {f"return {MEAN}": f"x /= 1\n    return {MEAN}"}),
    ("dtype", {MEAN: f"sum({EACH}, np.zeros((len(x), 1))) / len(networks)"}),
    ("vote", {CLASS: f"np.array([np.bincount(votes).argmax() for votes in {VOTES}.T])"}),
    ("classes_of_scores", {CLASS: f"np.argmax({OF_SCORES}, axis=1)"}),
    ("surest", {CLASS: f"np.argmax(np.max({EACH}, axis=0), axis=1)"}),
    ("not_class", {"np.argmax(mean": "np.max(mean"}),
    ("rows_for_classes", {CLASS: CLASS.replace("axis=1", "axis=0")}),
    ("one_class", {CLASS: CLASS.replace(", axis=1", "")}),
]

OTHER_WAYS = [
    {  # a loop
        f"return {MEAN}": (
            "p = 0\n    for network in networks:\n        p = p + softmax(network.predict(x))\n"
            "    return p / len(networks)"
        ),
        CLASS: "mean_probabilities(networks, x).argmax(axis=1)",
    },
    {MEAN: f"sum({EACH}) / len(networks)", CLASS: f"np.argmax(sum({EACH}), axis=-1)"},
]
