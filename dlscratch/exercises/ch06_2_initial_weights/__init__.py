"""The check of the initial weights, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, expect, fail, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
权重的初始值：大小取决于输入的个数（6.2 节）。

相等的权重得到的梯度也相等，永远不会分开，所以要随机初始化。如果权重太大或太小，
深层网络的信号就会一层层地饱和或消失。神经元把 n 个输入加起来，n 越大和就越大；
取标准差为

    Xavier，用于 sigmoid 和 tanh：   1 / sqrt(n)
    He，用于 ReLU：                  sqrt(2 / n)     （ReLU 会把一半的信号变为 0）

各层信号的大小就差不多。

请编写：

    xavier(n_in, n_out, rng)                返回形状为 (n_in, n_out) 的权重，均值为 0 的高斯分布，
    he(n_in, n_out, rng)                    标准差如上，n 即 n_in
    init_network(sizes, activation, rng)    sizes：从输入到输出各层的神经元数；
                                            activation："relu" 或 "sigmoid"；返回字典，
                                            含 W1, b1, W2, b2, ..；偏置为 0

rng 是随机数生成器：rng.standard_normal((2, 3)) 的标准差为 1。

>>> rng = np.random.default_rng(0)
>>> round(float(np.std(xavier(100, 400, rng))), 2), round(float(np.std(he(100, 400, rng))), 2)
(0.1, 0.14)
>>> network = init_network([784, 50, 10], "relu", rng)
>>> {key: array.shape for key, array in network.items()}
{'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}
"""

HINTS = [
    Text(
        "Random numbers of standard deviation 1, multiplied by s, have standard deviation s.",
        "标准差为 1 的随机数乘以 s，标准差就成了 s。",
    ),
    Text(
        "Xavier: rng.standard_normal((n_in, n_out)) divided by np.sqrt(n_in). For He the factor is"
        " np.sqrt(2 / n_in).",
        "Xavier：rng.standard_normal((n_in, n_out)) 除以 np.sqrt(n_in)。He 的系数是"
        " np.sqrt(2 / n_in)。",
    ),
    Text(
        'for i in range(1, len(sizes)): network[f"W{i}"] = he(sizes[i - 1], sizes[i], rng), or'
        ' xavier(...) for "sigmoid"; network[f"b{i}"] = np.zeros(sizes[i])',
        'for i in range(1, len(sizes)): network[f"W{i}"] = he(sizes[i - 1], sizes[i], rng)，'
        '"sigmoid" 时用 xavier(...)；network[f"b{i}"] = np.zeros(sizes[i])',
    ),
]

SAYS = {
    "transposed": Text(
        "The shape is (n_out, n_in): x @ W needs (n_in, n_out).",
        "形状是 (n_out, n_in)：而 x @ W 需要 (n_in, n_out)。",
    ),
    "equal": Text(
        "All weights are equal: draw them at random.",
        "所有权重都相等：请随机抽取。",
    ),
    "not_centred": Text(
        "The mean is not 0: rng.random draws from 0 to 1. Use rng.standard_normal.",
        "均值不是 0：rng.random 抽取的是 0 到 1 的数。请用 rng.standard_normal。",
    ),
    "uniform": Text(
        "The weights are uniformly distributed. Gaussian ones come from rng.standard_normal.",
        "权重是均匀分布的。高斯分布的随机数来自 rng.standard_normal。",
    ),
    "variance": Text(
        "The root is missing: that is the variance, not the standard deviation.",
        "缺少开平方：这是方差，不是标准差。",
    ),
    "of_outputs": Text(
        "n is the number of inputs of a neuron, n_in, not n_out.",
        "n 是一个神经元的输入个数，即 n_in，而不是 n_out。",
    ),
    "both_sides": Text(
        "That is the rule of the original paper, which counts n_out as well. Here n is n_in.",
        "这是原论文的公式，把 n_out 也算了进去。这里 n 就是 n_in。",
    ),
    "exchanged": Text(
        "xavier and he are exchanged: the 2 belongs to He.",
        "xavier 与 he 弄反了：2 是 He 里的。",
    ),
    "two_outside": Text(
        "The 2 is outside of the root: np.sqrt(2 / n_in).",
        "2 放到了根号外面：应为 np.sqrt(2 / n_in)。",
    ),
    "no_scale": Text(
        "The standard deviation is 1 still: the weights are not scaled.",
        "标准差仍是 1：权重没有缩放。",
    ),
    "fixed": Text(
        "The standard deviation is always 0.01. It depends on n_in here.",
        "标准差总是 0.01。这里它取决于 n_in。",
    ),
    "inverse": Text(
        "The weights are multiplied by the root of n_in: divide by it.",
        "权重乘以了 n_in 的平方根：应当除以它。",
    ),
    "other_rng": Text(
        "With generators of the same seed the weights differ: draw from rng, not from np.random"
        " itself.",
        "生成器的种子相同，权重却不同：请用 rng，而不是 np.random 本身。",
    ),
    "seed": Text(
        "A second call returns the same weights: draw from the rng that was given, without a seed.",
        "第二次调用返回了相同的权重：请用传入的 rng，不要自己设定种子。",
    ),
    "names": Text(
        "init_network must return a dict with these keys: {right_keys}. It has: {keys}.",
        "init_network 必须返回含有这些键的字典：{right_keys}。现在有：{keys}。",
    ),
    "bias": Text("The biases start at 0.", "偏置的初始值是 0。"),
    "first_n": Text(
        "The scale of W1 is used for every layer. Each layer has its own n_in.",
        "每一层都用了 W1 的尺度。每一层有自己的 n_in。",
    ),
    "activation": Text(
        'He belongs to "relu", Xavier to "sigmoid".',
        '"relu" 用 He，"sigmoid" 用 Xavier。',
    ),
}

SIZES = [400, 100, 300, 50]
NAMES = ["W1", "b1", "W2", "b2", "W3", "b3"]


def check_std(name, W, n_in, n_out, call, **mistakes):
    """Whether W is drawn as the rule of this name says."""
    if W is None:
        fail("none", call=call)
    array = as_numbers(W)
    if array is None or array.ndim == 0:
        fail("kind", kind=type(W).__name__)
    shape = n_in, n_out
    if array.shape != shape:
        key = "transposed" if array.shape == shape[::-1] else "shape"
        fail(key, shape=array.shape, expected=shape)
    std = np.std(array)
    if std < 1e-12:
        fail("equal", call=call, got=shown(array), right=f"np.std: {1 / np.sqrt(n_in):.3g}")
    if abs(np.mean(array)) > 0.1 * std:
        fail("not_centred", call=f"np.mean({call})", got=shown(np.mean(array)), right=0)
    two = 2 if name == "he" else 1
    expect(
        std,
        np.sqrt(two / n_in),
        f"np.std({call})",
        rtol=0.05,
        **mistakes,
        variance=two / n_in,
        two_outside=2 / np.sqrt(n_in) if two == 2 else None,
        of_outputs=np.sqrt(two / n_out),
        exchanged=np.sqrt(3 - two) / np.sqrt(n_in),
        both_sides=np.sqrt(2 / (n_in + n_out)),
        no_scale=1,
        fixed=0.01,
        inverse=np.sqrt(two * n_in),
    )
    if np.abs(array).max() < 2 * std:
        fail("uniform")


def check_rule(name, draw):
    call = f"{name}(400, 100, rng)"
    rng = np.random.default_rng(0)
    W = draw(400, 100, rng)
    check_std(name, W, 400, 100, call)
    if np.array_equal(W, draw(400, 100, rng)):
        fail("seed")
    if not np.array_equal(W, draw(400, 100, np.random.default_rng(0))):
        fail("other_rng")


def check_network(their, activation):
    call = f'init_network({SIZES}, "{activation}", rng)'
    network = their.init_network(list(SIZES), activation, np.random.default_rng(0))
    if network is None:
        fail("none", call=call)
    keys = list(network) if isinstance(network, dict) else []
    if sorted(map(str, keys)) != sorted(NAMES):
        fail("names", keys=keys, right_keys=NAMES)
    rules = {"relu": "he", "sigmoid": "xavier"}
    for i, (n_in, n_out) in enumerate(zip(SIZES, SIZES[1:]), start=1):
        two = 2 if activation == "relu" else 1
        mistakes = {"activation": np.sqrt((3 - two) / n_in)}
        if i > 1:
            mistakes["first_n"] = np.sqrt(two / SIZES[0])
        place = f'{call}["W{i}"]'
        check_std(rules[activation], network[f"W{i}"], n_in, n_out, place, **mistakes)
        bias = network[f"b{i}"]
        wrong = bias if np.shape(bias) == (n_out,) and np.any(bias) else None
        expect(bias, np.zeros(n_out), f'{call}["b{i}"]', bias=wrong)


def check(their):
    check_rule("xavier", their.xavier)
    check_rule("he", their.he)
    check_network(their, "relu")
    check_network(their, "sigmoid")


XAVIER = "rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)"
HE = "np.sqrt(2 / n_in)"
DRAWN = "weights(sizes[i - 1], sizes[i], rng)"
ATTEMPTS = [
    ("transposed", {"(n_in, n_out)) /": "(n_out, n_in)) /"}),
    ("variance", {" / np.sqrt(n_in)": " / n_in"}),
    ("of_outputs", {" / np.sqrt(n_in)": " / np.sqrt(n_out)"}),
    ("both_sides", {" / np.sqrt(n_in)": " * np.sqrt(2 / (n_in + n_out))"}),
    ("exchanged", {" / np.sqrt(n_in)": f" * {HE}"}),
    ("inverse", {" / np.sqrt(n_in)": " * np.sqrt(n_in)"}),
    ("no_scale", {" / np.sqrt(n_in)": ""}),
    ("fixed", {" / np.sqrt(n_in)": " * 0.01"}),
    ("not_centred", {XAVIER: "rng.random((n_in, n_out)) / np.sqrt(n_in)"}),
    ("uniform", {XAVIER: "rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(3 / n_in)"}),
    ("equal", {XAVIER: "np.ones((n_in, n_out)) / np.sqrt(n_in)"}),
    ("other_rng", {XAVIER: "np.random.randn(n_in, n_out) / np.sqrt(n_in)"}),
    ("seed", {XAVIER: XAVIER.replace("rng", "np.random.default_rng(0)")}),
    ("variance", {HE: "2 / n_in"}),
    ("two_outside", {HE: "2 / np.sqrt(n_in)"}),
    ("names", {"range(1, len(sizes))": "range(1, len(sizes) - 1)"}),
    ("bias", {"np.zeros(sizes[i])": "rng.standard_normal(sizes[i])"}),
    ("first_n", {DRAWN: "rng.standard_normal(sizes[i - 1 : i + 1]) * np.sqrt(2 / sizes[0])"}),
    ("activation", {'== "relu"': '!= "relu"'}),
]

OTHER_WAYS = [
    {XAVIER: "rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_out))", HE: "(2 / n_in) ** 0.5"},
    {
        "np.zeros(sizes[i])": "np.zeros_like(network[key][0])",
        'network[f"W{i}"]': 'key = f"W{i}"\n        network[key]',
    },
]
