"""The check of Dropout, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import (
    as_numbers,
    draw,
    expect,
    expect_float32,
    expect_gradients,
    fail,
    given,
    same,
    shown,
)
from dlscratch.exercises.texts import Text

LESSON_ZH = """
Dropout：训练时随机关掉一部分神经元（6.4.3 节）。

训练时每次正向传播，每个神经元都以概率 dropout_ratio 被关掉，而且每次重新抽取。
这样任何神经元都不能依赖别的某个神经元，就像同时训练许多更小的网络。
训练之后所有神经元都打开，输出按训练时的平均水平缩小：

    训练时：    y = x * mask                  mask：0 到 1 的随机数大于 dropout_ratio 处为 1，
                                              其余为 0
    训练后：    y = x * (1 - dropout_ratio)

    dx = dout * mask                          用的是前一次正向传播的 mask

请编写（__init__ 已经写好）：

    Dropout   forward(x, train_flg=True)   x：任意形状的数组；返回 y，形状和 dtype 相同；
                                           train_flg=False 时用训练后的公式
              backward(dout)               dout：对 y 的梯度；返回 dx

请用随机数生成器 self.rng：self.rng.random(shape) 给出 0 到 1 的数。

>>> layer = Dropout(dropout_ratio=0.25, rng=np.random.default_rng(0))
>>> layer.forward(np.array([1.0, 2.0, 3.0, 4.0]))
array([1., 2., 0., 0.])
>>> layer.backward(np.array([10.0, 20.0, 30.0, 40.0]))
array([10., 20.,  0.,  0.])
>>> layer.forward(np.array([1.0, 2.0, 3.0, 4.0]), train_flg=False)
array([0.75, 1.5 , 2.25, 3.  ])
"""

HINTS = [
    Text(
        "self.rng.random(x.shape) has a number for each element. Compared with the ratio it becomes"
        " an array of True and False, which multiplies as 1 and 0.",
        "self.rng.random(x.shape) 为每个元素给出一个数。与比率比较之后成为 True 和 False 的数组，"
        "相乘时就是 1 和 0。",
    ),
    Text(
        "Keep the mask in self: backward uses the same one. With train_flg=False nothing is drawn.",
        "把 mask 存进 self：backward 要用同一个。train_flg=False 时不抽取随机数。",
    ),
    Text(
        "self.mask = self.rng.random(x.shape) > self.dropout_ratio; x * self.mask; afterwards x *"
        " (1 - self.dropout_ratio); backward: dout * self.mask",
        "self.mask = self.rng.random(x.shape) > self.dropout_ratio; x * self.mask；训练后 x *"
        " (1 - self.dropout_ratio)；backward：dout * self.mask",
    ),
]

SAYS = {
    "none_dropped": Text(
        "With train_flg=True nothing is switched off: multiply x by the mask.",
        "train_flg=True 时没有关掉任何神经元：请用 mask 乘以 x。",
    ),
    "scaled": Text(
        "What passes is scaled up by 1 / (1 - dropout_ratio). Many libraries do so; here it passes"
        " unchanged, and is scaled after training.",
        "通过的值放大到了 1 / (1 - dropout_ratio) 倍。许多框架这样做；这里训练时原样通过，"
        "训练后再缩放。",
    ),
    "random_factor": Text(
        "What passes must pass unchanged: the mask holds only 1 and 0. Is the comparison with"
        " dropout_ratio missing?",
        "通过的值应原样通过：mask 里只有 1 和 0。是不是漏了与 dropout_ratio 的比较？",
    ),
    "reversed": Text(
        "With dropout_ratio=0.25 three quarters were switched off. It is the other way round:"
        " random numbers above the ratio pass.",
        "dropout_ratio=0.25 时关掉了四分之三。弄反了：随机数大于比率的才通过。",
    ),
    "other_ratio": Text(
        "With dropout_ratio=0.25, {share} of the neurons were switched off. Compare"
        " self.rng.random(x.shape), numbers of 0 to 1, with the ratio.",
        "dropout_ratio=0.25 时关掉了 {share} 的神经元。请用 self.rng.random(x.shape)，"
        "即 0 到 1 的数，与比率比较。",
    ),
    "whole_lines": Text(
        "Whole rows or whole columns are switched off together. Draw a number for each element:"
        " x.shape.",
        "整行或整列一起关掉了。请为每个元素各抽一个数：x.shape。",
    ),
    "same_mask": Text(
        "A second forward has the same mask. Draw a new one in each.",
        "第二次 forward 的 mask 相同。每次都要重新抽取。",
    ),
    "other_rng": Text(
        "Two layers with equal generators have different masks: draw from self.rng.",
        "两个层的生成器相同，mask 却不同：请用 self.rng 抽取。",
    ),
    "no_mask": Text(
        "The gradient passes everywhere. It stops where the neuron was switched off.",
        "梯度处处都通过了。神经元被关掉的地方应当截断。",
    ),
    "new_mask": Text(
        "backward has a mask of its own. It uses that of forward: keep it in self.mask.",
        "backward 用了另一个 mask。应当用 forward 的那个：把它存进 self.mask。",
    ),
    "gradient_scaled": Text(
        "dx is divided by 1 - dropout_ratio. What passed unchanged does so backwards, too.",
        "dx 除以了 1 - dropout_ratio。正向原样通过的，反向也原样通过。",
    ),
    "drops_afterwards": Text(
        "With train_flg=False neurons are switched off still: all of them pass.",
        "train_flg=False 时仍然关掉了神经元：应当全部通过。",
    ),
    "not_scaled": Text(
        "With train_flg=False x is not scaled. All neurons are on now: multiply by 1 -"
        " dropout_ratio.",
        "train_flg=False 时没有缩放 x。现在所有神经元都打开了：请乘以 1 - dropout_ratio。",
    ),
    "by_ratio": Text(
        "With train_flg=False x is multiplied by dropout_ratio. The share that passes is 1 -"
        " dropout_ratio.",
        "train_flg=False 时用 dropout_ratio 乘以 x。通过的比例是 1 - dropout_ratio。",
    ),
    "scaled_up": Text(
        "With train_flg=False x is divided by 1 - dropout_ratio. Multiply by it.",
        "train_flg=False 时 x 除以了 1 - dropout_ratio。应当乘以它。",
    ),
}

X = draw(100, 60)
TWELVE = given(np.arange(1.0, 13.0))
RATIO = 0.25


def check_training(their):
    """forward in training: what passes, how much of it, and whether it is drawn anew."""
    layer = their.Dropout(RATIO, np.random.default_rng(0))
    call = "Dropout(0.25).forward(x)  # x (100, 60)"
    got = layer.forward(X)
    number = as_numbers(got)
    if number is None or number.shape != X.shape:
        expect(got, X, call)
    y = np.asarray(got)
    mask = y != 0
    facts = {"call": call, "got": shown(y), "right": shown(X * mask)}
    if mask.all() and same(y, X):
        fail("none_dropped")
    if not same(y, X * mask):
        fail("scaled" if same(y, X * mask / (1 - RATIO)) else "random_factor", **facts)
    if (mask == mask[:1]).all() or (mask == mask[:, :1]).all():
        fail("whole_lines")
    share = 1 - mask.mean()
    if abs(share - RATIO) > 0.03:
        fail("reversed" if abs(share - 1 + RATIO) < 0.03 else "other_ratio", share=f"{share:.2f}")
    if np.array_equal(layer.forward(X) != 0, mask):
        fail("same_mask")
    if not np.array_equal(their.Dropout(RATIO, np.random.default_rng(0)).forward(X) != 0, mask):
        fail("other_rng")


def check_backward(their):
    layer = their.Dropout(RATIO, np.random.default_rng(1))
    x, dout = TWELVE, given(10 * TWELVE)
    y = layer.forward(x)
    mask = y != 0
    dx = layer.backward(dout)
    call = f"backward(dout)  # forward returned {shown(y)}"
    array = as_numbers(dx)
    if array is None or array.shape != x.shape:
        expect(dx, dout * mask, call)
    array = np.asarray(dx)
    other = array if same(array, dout * (array != 0)) else None
    scaled = dout * mask / (1 - RATIO)
    expect(dx, dout * mask, call, no_mask=dout, gradient_scaled=scaled, new_mask=other)


def check(their):
    check_training(their)
    check_backward(their)
    layer = their.Dropout(RATIO, np.random.default_rng(2))
    x = TWELVE
    y = layer.forward(x, train_flg=False)
    dropped = y if isinstance(y, np.ndarray) and np.any(y == 0) else None
    expect(
        y,
        x * (1 - RATIO),
        "Dropout(0.25).forward(np.arange(1.0, 13.0), train_flg=False)",
        drops_afterwards=dropped,
        not_scaled=x,
        by_ratio=x * RATIO,
        scaled_up=x / (1 - RATIO),
    )
    expect_gradients(their.Dropout(0.4, np.random.default_rng(3)), draw(6, 5))
    expect_float32(layer.forward, X, call="forward(x)")
    layer.forward(given(X, np.float32))
    expect_float32(layer.backward, X, call="backward(dout)")


MASK = "self.mask = self.rng.random(x.shape) > self.dropout_ratio"
RANDOM = "self.rng.random(x.shape)"
AFTER = "return x * (1 - self.dropout_ratio)"
ATTEMPTS = [
    ("none_dropped", {"return x * self.mask": "return x"}),
    ("scaled", {"return x * self.mask": "return x * self.mask / (1 - self.dropout_ratio)"}),
    ("random_factor", {" > self.dropout_ratio": ""}),
    ("reversed", {" > self": " < self"}),
    ("other_ratio", {RANDOM: "self.rng.standard_normal(x.shape)"}),
    ("other_ratio", {"> self.dropout_ratio": "> 0.5"}),
    ("whole_lines", {RANDOM: "self.rng.random(x.shape[-1])"}),
    ("same_mask", {RANDOM: "np.random.default_rng(0).random(x.shape)"}),
    ("other_rng", {RANDOM: "np.random.rand(*x.shape)"}),
    ("no_mask", {"return dout * self.mask": "return dout"}),
    (
        "new_mask",
        {"dout * self.mask": "dout * (self.rng.random(dout.shape) > self.dropout_ratio)"},
    ),
    ("gradient_scaled", {"dout * self.mask": "dout * self.mask / (1 - self.dropout_ratio)"}),
    ("drops_afterwards", {AFTER: "return x * (self.rng.random(x.shape) > self.dropout_ratio)"}),
    ("not_scaled", {AFTER: "return x"}),
    ("by_ratio", {AFTER: "return x * self.dropout_ratio"}),
    ("scaled_up", {AFTER: "return x / (1 - self.dropout_ratio)"}),
    ("dtype", {MASK: f"{MASK}\n            self.mask = self.mask.astype(float)"}),
]

OTHER_WAYS = [
    {
        " > self.dropout_ratio": " >= self.dropout_ratio",
        "return x * self.mask": "return np.where(self.mask, x, 0)",
    },
    {
        RANDOM + " > self": "self.rng.uniform(size=x.shape) > self",
        "        return x * (1": "        else:\n            return x * (1",
    },
]
