"""The check of the forward pass, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, draw, expect, given, same
from dlscratch.exercises.texts import Text

LESSON_ZH = """
三层网络：信号依次通过各层（3.4 节）。

每一层接收前一层的信号 z，乘以权重，加上偏置，再经过激活函数。隐藏层用 sigmoid；
最后一层用恒等函数，因此输出可以是任意实数：

    a1 = x . W1 + b1,  z1 = sigmoid(a1)
    a2 = z1 . W2 + b2,  z2 = sigmoid(a2)
    a3 = z2 . W3 + b3,  y = a3

请编写（sigmoid 和 init_network 已经写好）：

    forward(network, x)   network：字典，含数组 W1, b1, W2, b2, W3, b3；x：一个输入 (n,)，
                          或由多行组成的批 (N, n)；返回 y

矩阵乘法写作 A @ B 或 np.dot(A, B)。数值来自参数 network：并不总是 init_network 的那一组。

>>> forward(init_network(), np.array([1.0, 0.5]))
array([0.31682708, 0.69627909])
"""

HINTS = [
    Text(
        "Three times the same: a matrix product, plus the biases, and the sigmoid; only the last"
        " layer has no sigmoid.",
        "同样的步骤做三次：矩阵乘法，加偏置，再取 sigmoid；只有最后一层没有 sigmoid。",
    ),
    Text(
        'The first layer is sigmoid(x @ network["W1"] + network["b1"]). Its result is the input of'
        " the second layer.",
        '第一层是 sigmoid(x @ network["W1"] + network["b1"])。它的结果就是第二层的输入。',
    ),
    Text(
        'z1 = sigmoid(x @ network["W1"] + network["b1"]); z2 = sigmoid(z1 @ network["W2"] +'
        ' network["b2"]); y = z2 @ network["W3"] + network["b3"]',
        'z1 = sigmoid(x @ network["W1"] + network["b1"]); z2 = sigmoid(z1 @ network["W2"] +'
        ' network["b2"]); y = z2 @ network["W3"] + network["b3"]',
    ),
]

SAYS = {
    "output_sigmoid": Text(
        "The last layer has a sigmoid, too. Its activation is the identity: return a3 as it is.",
        "最后一层也用了 sigmoid。它的激活函数是恒等函数：请直接返回 a3。",
    ),
    "output_softmax": Text(
        "The outputs went through softmax. That is for classes; here a3 is returned as it is.",
        "输出经过了 softmax。那是用于分类的；这里请直接返回 a3。",
    ),
    "linear": Text(
        "No layer has a sigmoid. Without it the three layers are worth no more than one.",
        "没有一层用了 sigmoid。没有它，三层并不比一层强。",
    ),
    "one_linear": Text(
        "One of the two hidden layers has no sigmoid: is a used somewhere instead of z?",
        "两个隐藏层中有一个没有用 sigmoid：是不是某处用了 a 而不是 z？",
    ),
    "no_bias": Text("The biases are not added.", "没有加上偏置。"),
    "one_bias": Text(
        "The bias of one layer is not added.",
        "有一层没有加上偏置。",
    ),
    "hidden": Text(
        "That is z2, the signal of the second layer. One layer is still to come.",
        "这是 z2，即第二层的信号。后面还有一层。",
    ),
    "other_network": Text(
        "These are the numbers of init_network(), but another network was given: use the argument.",
        "这里用的是 init_network() 的数值，而给出的是另一个网络：请使用参数。",
    ),
    "no_product": Text(
        "Line {line}: the shapes do not fit. The signal comes first, x @ W, and each layer has its"
        " own W.",
        "第 {line} 行：形状对不上。信号在前，x @ W，而且每层用自己的 W。",
    ),
    "broadcast": Text(
        "Line {line}: the shapes do not fit. Is * used for the product of matrices, which is @? Or"
        " a bias of another layer?",
        "第 {line} 行：形状对不上。是不是用 * 代替了矩阵乘法 @？或者用了别的层的偏置？",
    ),
}

ERRORS = {"matmul|not aligned": "no_product", "could not be broadcast": "broadcast"}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def plain(x):
    return x


def signals(network, x, h1=sigmoid, h2=sigmoid, biases=(1, 1, 1)):
    """z2 and y; biases: which of them count."""
    W1, b1, W2, b2, W3, b3 = (network[key] for key in ("W1", "b1", "W2", "b2", "W3", "b3"))
    z1 = h1(x @ W1 + biases[0] * b1)
    z2 = h2(z1 @ W2 + biases[1] * b2)
    return z2, z2 @ W3 + biases[2] * b3


def drawn(*sizes, seed):
    """A network with these numbers of neurons."""
    pairs = list(enumerate(zip(sizes, sizes[1:]), start=1))
    weights = {f"W{i}": draw(*shape, seed=seed + i) for i, shape in pairs}
    return weights | {f"b{i}": draw(n, seed=seed + 10 + i) for i, (_, n) in pairs}


def expect_signal(their, network, x, call, **mistakes):
    z2, y = signals(network, x)
    got = their.forward(network, x)
    e = np.exp(y)

    def seen(*wrong):  # the one of these that was returned
        array = as_numbers(got)
        return next((w for w in wrong if array is not None and same(array, w)), None)

    expect(
        got,
        y,
        call,
        output_sigmoid=sigmoid(y),
        output_softmax=e / e.sum(axis=-1, keepdims=True),
        linear=signals(network, x, plain, plain)[1],
        one_linear=seen(signals(network, x, h1=plain)[1], signals(network, x, h2=plain)[1]),
        no_bias=signals(network, x, biases=(0, 0, 0))[1],
        one_bias=seen(*(signals(network, x, biases=b)[1] for b in 1 - np.eye(3))),
        hidden=z2,
        **mistakes,
    )


def check(their):
    books = {key: given(array) for key, array in their.init_network().items()}
    x = given([1.0, 0.5])
    expect_signal(their, books, x, "forward(init_network(), np.array([1.0, 0.5]))")
    other = drawn(2, 3, 2, 2, seed=0)
    call = "forward(network, np.array([1.0, 0.5]))  # with other weights"
    expect_signal(their, other, x, call, other_network=signals(books, x)[1])
    call = "forward(network, x)  # a batch: x (6, 4)"
    expect_signal(their, drawn(4, 5, 3, 2, seed=2), draw(6, 4), call)


LAST = 'z2 @ network["W3"] + network["b3"]'
ATTEMPTS = [
    ("output_sigmoid", {LAST: f"sigmoid({LAST})"}),
    ("linear", {"z1 = sigmoid": "z1 = ", "z2 = sigmoid": "z2 = "}),
    ("one_linear", {"z2 = sigmoid": "z2 = "}),
    ("one_bias", {' + network["b3"]': ""}),
    ("no_bias", {' + network["b1"]': "", ' + network["b2"]': "", ' + network["b3"]': ""}),
    ("hidden", {f"return {LAST}": "return z2"}),
    ("other_network", {"    z1 =": "    network = init_network()\n    z1 ="}),
    ("no_product", {'x @ network["W1"]': 'network["W1"] @ x'}),
    ("broadcast", {'x @ network["W1"]': 'x * network["W1"]'}),
    ("broadcast", {'network["b2"])': 'network["b1"])'}),
    (
        "output_softmax",
        {f"return {LAST}": f"e = np.exp({LAST})\n    return e / e.sum(axis=-1, keepdims=True)"},
    ),
]

OTHER_WAYS = [
    {
        'x @ network["W1"]': 'np.dot(x, network["W1"])',
        f"return {LAST}": f"y = {LAST}\n    return y",
    },
    {
        'x @ network["W1"]': '(network["W1"].T @ x.T).T',
        "    z1 =": '    W1, W2, W3 = network["W1"], network["W2"], network["W3"]\n    z1 =',
        'z1 @ network["W2"]': "z1 @ W2",
    },
]
