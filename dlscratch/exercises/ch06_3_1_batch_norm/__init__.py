"""The check of batch normalization's forward pass, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_attribute, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
Batch Normalization：使每个特征的均值为 0、方差为 1（6.3.1 节，正向）。

x 是一个批 (N, D)。D 列中的每一列都用它自己在 N 行上的均值和方差来正规化；
然后由可学习的 gamma 和 beta 重新确定缩放和平移：

    mean = 1/N sum x,   var = 1/N sum (x - mean)^2
    xhat = (x - mean) / sqrt(var + eps),   y = gamma * xhat + beta

训练结束后，单个输入没有批可言。因此训练时要保存移动平均，以后用它们代替 mean 和 var；
r 表示 running_mean 或 running_var，s 表示该批的 mean 或 var：

    r <- momentum * r + (1 - momentum) * s

请编写（__init__ 已经写好）：

    BatchNormalization   forward(x, train_flg=True)   返回 y，(N, D)

train_flg=True 时 mean 和 var 取自批，并用它们更新 self.running_mean 和 self.running_var。
train_flg=False 时使用移动平均，且不改动它们。
x 不得改写；输入 float32，输出也是 float32。

>>> layer = BatchNormalization(np.ones(2), np.zeros(2))
>>> layer.forward(np.array([[1.0, 10.0], [3.0, 30.0]])).round(3)
array([[-1., -1.],
       [ 1.,  1.]])
>>> layer.running_mean, layer.running_var
(array([0.2, 2. ]), array([ 1. , 10.9]))
>>> layer.forward(np.array([[1.2, 2.0]]), train_flg=False).round(3)
array([[1., 0.]])
"""

HINTS = [
    Text(
        "A feature is a column: np.mean(x, axis=0) and np.var(x, axis=0) have one number for each,"
        " and broadcasting does the rest.",
        "一个特征就是一列：np.mean(x, axis=0) 和 np.var(x, axis=0) 为每列给出一个数，"
        "其余交给广播。",
    ),
    Text(
        "With train_flg, mean and var are those of the batch, and the running averages are updated."
        " Without, they are the running averages. The last two lines are the same for both.",
        "train_flg 为真时，mean 和 var 取自批，并更新移动平均；否则就用移动平均。"
        "最后两行对两种情况都一样。",
    ),
    Text(
        "self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean, the"
        " same for var; then self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta",
        "self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean，"
        "var 也一样；然后 self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta",
    ),
]

SAYS = {
    "rows": Text(
        "Each row is normalised, not each column: a feature is a column, axis 0.",
        "这里正规化的是每一行，而不是每一列：一个特征是一列，应沿轴 0。",
    ),
    "whole": Text(
        "Mean and variance are those of the whole array. Each column has its own: axis 0.",
        "均值和方差是整个数组的。每一列应有自己的：沿轴 0。",
    ),
    "no_mean": Text("The mean is not subtracted.", "没有减去均值。"),
    "not_divided": Text(
        "The mean is subtracted, but nothing is divided by the standard deviation.",
        "减去了均值，但没有除以标准差。",
    ),
    "no_root": Text(
        "That is divided by the variance, not by its square root.",
        "这里除以了方差，而不是它的平方根。",
    ),
    "unbiased": Text(
        "The variance is divided by N - 1 here. Divide by N, as np.var does by default.",
        "这里的方差除以了 N - 1。请除以 N，np.var 默认就是这样。",
    ),
    "no_gamma_beta": Text(
        "That is xhat: gamma and beta are not used yet.",
        "这是 xhat：还没有用上 gamma 和 beta。",
    ),
    "exchanged": Text(
        "gamma and beta are exchanged: gamma multiplies, beta is added.",
        "gamma 和 beta 弄反了：gamma 用来乘，beta 用来加。",
    ),
    "no_eps": Text(
        "A feature that is the same in every row has variance 0, and 0 / 0 is nan: add self.eps to"
        " var.",
        "各行都相同的特征方差为 0，而 0 / 0 是 nan：请给 var 加上 self.eps。",
    ),
    "eps_outside": Text(
        "eps is added to the square root. It belongs inside: sqrt(var + eps).",
        "eps 加在了平方根外面。应放在里面：sqrt(var + eps)。",
    ),
    "no_running": Text(
        "{call} is not updated in training.",
        "训练时没有更新 {call}。",
    ),
    "replaced": Text(
        "The running average is replaced by the batch's own. It keeps `momentum` of what it was.",
        "移动平均被换成了批的统计量。它应保留原值的 `momentum` 倍。",
    ),
    "reversed": Text(
        "The shares are exchanged: momentum belongs to the old average, 1 - momentum to the batch.",
        "比例弄反了：momentum 乘旧的平均，1 - momentum 乘批的统计量。",
    ),
    "running_std": Text(
        "running_var averages the standard deviation. It should be the variance.",
        "running_var 平均的是标准差。应为方差。",
    ),
    "batch_at_test": Text(
        "With train_flg=False mean and variance are those of the batch still: use the running"
        " averages.",
        "train_flg=False 时仍用了批的均值和方差：请用移动平均。",
    ),
    "unchanged_at_test": Text(
        "With train_flg=False x was not normalised: it is, by the running averages.",
        "train_flg=False 时没有正规化 x：应当用移动平均来做。",
    ),
    "running_at_test": Text(
        "The running averages change with train_flg=False. They are updated in training only.",
        "train_flg=False 时移动平均变了。只有训练时才更新它们。",
    ),
}
ERRORS = {"could not be broadcast": "rows"}
GAMMA, BETA = given([2.0, 0.5]), given([1.0, -1.0])
X = given([[1.0, 10.0], [1.0, 30.0], [3.0, 10.0], [3.0, 30.0]])  # mean 2, 20 and variance 1, 100


def normalised(x, mean, var, eps=1e-6):
    return (x - mean) / np.sqrt(var + eps)


def check_training(layer):
    mean, var = X.mean(axis=0), X.var(axis=0)
    xhat = normalised(X, mean, var)
    by_rows = normalised(X, X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True))
    xhats = {
        "rows": by_rows,
        "whole": normalised(X, X.mean(), X.var()),
        "no_mean": normalised(X, 0, var),
        "not_divided": X - mean,
        "no_root": (X - mean) / (var + 1e-6),
        "unbiased": normalised(X, mean, X.var(axis=0, ddof=1)),
    }
    mistakes = {key: GAMMA * wrong + BETA for key, wrong in xhats.items()}
    mistakes |= {"no_gamma_beta": xhat, "exchanged": BETA * xhat + GAMMA}
    call = f"forward(np.array({X.tolist()}))  # gamma = [2, 0.5], beta = [1, -1]"
    expect(layer.forward(X), GAMMA * xhat + BETA, call, rtol=1e-5, **mistakes)
    for name, start, now in ("running_mean", 0, mean), ("running_var", 1, var):
        expect_attribute(
            layer,
            name,
            0.9 * start + 0.1 * now,
            no_running=np.full(2, start),
            replaced=now,
            reversed=0.1 * start + 0.9 * now,
            running_std=0.9 * start + 0.1 * np.sqrt(now) if start else None,
        )
    return 0.1 * mean, 0.9 + 0.1 * var


def check_testing(layer, mean, var):
    right = GAMMA * normalised(X, mean, var) + BETA
    of_batch = X.mean(axis=0), X.var(axis=0)
    updated = 0.9 * mean + 0.1 * of_batch[0], 0.9 * var + 0.1 * of_batch[1]
    expect(
        layer.forward(X, train_flg=False),
        right,
        "forward(x, train_flg=False)  # after one forward in training",
        rtol=1e-5,
        batch_at_test=GAMMA * normalised(X, *of_batch) + BETA,
        running_at_test=GAMMA * normalised(X, *updated) + BETA,
        unchanged_at_test=X,
        no_gamma_beta=normalised(X, mean, var),
    )
    expect_attribute(layer, "running_mean", mean, running_at_test=layer.running_mean)
    expect_attribute(layer, "running_var", var, running_at_test=layer.running_var)


def check(their):
    layer = their.BatchNormalization(GAMMA, BETA)
    check_testing(layer, *check_training(layer))
    x = given([[1.0, 0.002], [1.0, -0.002]])
    layer = their.BatchNormalization(given([1.0, 1.0]), given([0.0, 0.0]))
    y = layer.forward(x)
    right = normalised(x, x.mean(axis=0), x.var(axis=0))
    outside = x / (np.sqrt(x.var(axis=0)) + 1e-6) * [0, 1]
    infinite = None if np.isfinite(y).all() else y
    call = "forward(np.array([[1.0, 0.002], [1.0, -0.002]]))"
    expect(y, right, call, no_eps=infinite, eps_outside=outside)
    x = draw(5, 2)
    layer = their.BatchNormalization(GAMMA, BETA, momentum=0.5)
    layer.forward(x)
    expect_attribute(layer, "running_mean", 0.5 * x.mean(axis=0))
    single = their.BatchNormalization(given(GAMMA, np.float32), given(BETA, np.float32))
    expect_float32(single.forward, x, call="forward(x)")


BATCH = "np.mean(x, axis=0), np.var(x, axis=0)"
XHAT = "(x - mean) / np.sqrt(var + self.eps)"
MEAN = "self.running_mean = old * self.running_mean + new * mean"
VAR = "self.running_var = old * self.running_var + new * var"
STORED = "mean, var = self.running_mean, self.running_var"
ATTEMPTS = [
    ("rows", {BATCH: "np.mean(x, axis=1), np.var(x, axis=1)"}),
    (
        "rows",
        {BATCH: "np.mean(x, axis=1, keepdims=True), np.var(x, axis=1, keepdims=True)"},
    ),
    ("whole", {BATCH: "np.mean(x), np.var(x)"}),
    ("no_mean", {"(x - mean)": "x"}),
    ("not_divided", {XHAT: "x - mean"}),
    ("no_root", {"np.sqrt(var + self.eps)": "(var + self.eps)"}),
    ("no_root", {"np.sqrt(var + self.eps)": "var"}),
    ("unbiased", {"np.var(x, axis=0)": "np.var(x, axis=0, ddof=1)"}),
    ("no_gamma_beta", {"self.gamma * xhat + self.beta": "xhat"}),
    ("exchanged", {"self.gamma * xhat + self.beta": "self.beta * xhat + self.gamma"}),
    ("no_running", {MEAN: "pass"}),
    ("replaced", {MEAN: "self.running_mean = mean"}),
    ("reversed", {"old, new = self.momentum, 1 - self.momentum": "new, old = 0.9, 0.1"}),
    ("running_std", {VAR: VAR.replace("* var", "* np.sqrt(var)")}),
    ("batch_at_test", {"if train_flg:": "if True:"}),
    ("batch_at_test", {"self.running_mean, self.running_var\n": f"{BATCH}\n"}),
    ("running_at_test", {STORED: f"{STORED}\n            self.running_var = 0.9 * var"}),
    (  # updated in any case
        "running_at_test",
        {"if train_flg:": "for _ in range(1):", "        else:\n": "        if not train_flg:\n"},
    ),
    ("unchanged_at_test", {STORED: "return x"}),
    ("no_eps", {" + self.eps": ""}),
    ("eps_outside", {"np.sqrt(var + self.eps)": "(np.sqrt(var) + self.eps)"}),
]

OTHER_WAYS = [
    {
        BATCH: "x.mean(axis=0), ((x - x.mean(axis=0)) ** 2).mean(axis=0)",
        "np.sqrt(var + self.eps)": "(var + self.eps) ** 0.5",
    },
    {  # in place
        MEAN: "self.running_mean += new * (mean - self.running_mean)",
        VAR: "self.running_var *= old\n            self.running_var += new * var",
    },
]
