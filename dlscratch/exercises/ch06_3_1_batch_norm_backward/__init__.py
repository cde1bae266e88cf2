"""The check of batch normalization's backward pass, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import (
    draw,
    expect,
    expect_attribute,
    expect_float32,
    expect_gradients,
    given,
)
from dlscratch.exercises.texts import Text

LESSON_ZH = """
Batch Normalization 的反向传播：均值和方差也依赖于 x（6.3.1 节）。

    xhat = (x - mean) / std,   y = gamma * xhat + beta,   std = sqrt(var + eps)

gamma 和 beta 作用于每一行，所以它们的梯度是各行之和。一个 x 通过三条路径影响 y：
它自己，它那一列的均值，它那一列的方差。整列一起平移或伸缩时 y 不会变，
所以后两条路径要从梯度中减去只起这种作用的部分：

    dbeta = sum(dout)             dgamma = sum(dout * xhat)
    dxhat = dout * gamma
    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / std

sum 和 mean 都是对 N 行进行的，D 列中每一列得到一个数。dout 不得改写；
输入 float32，输出也是 float32。

请编写（__init__ 和 forward 已经写好；forward 保存了 self.xhat (N, D) 和 self.std (D,)）：

    BatchNormalization   backward(dout)   dout：对 y 的梯度，(N, D)；返回 dx，(N, D)，并保存
                                          self.dgamma 和 self.dbeta，形状都是 (D,)

>>> layer = BatchNormalization(np.array([2.0]), np.array([0.0]))
>>> y = layer.forward(np.array([[1.0], [2.0], [3.0], [6.0]]))
>>> layer.backward(np.array([[1.0], [0.0], [0.0], [0.0]])).round(3)
array([[ 0.496],
       [-0.42 ],
       [-0.267],
       [ 0.191]])
>>> layer.dgamma.round(3), layer.dbeta
(array([-1.069]), array([1.]))
"""

HINTS = [
    Text(
        "Every sum and every mean runs over the rows: axis=0. Write dxhat = dout * self.gamma first"
        " and use it three times.",
        "每个求和与平均都是对行进行的：axis=0。先写 dxhat = dout * self.gamma，后面要用三次。",
    ),
    Text(
        "np.mean(dxhat, axis=0) has one number for each column, and broadcasting subtracts it from"
        " each row. np.mean(dxhat * self.xhat, axis=0) is multiplied by self.xhat again.",
        "np.mean(dxhat, axis=0) 为每列给出一个数，广播会从每一行减去它。"
        "np.mean(dxhat * self.xhat, axis=0) 还要再乘以 self.xhat。",
    ),
    Text(
        "self.dbeta = np.sum(dout, axis=0); self.dgamma = np.sum(dout * self.xhat, axis=0); return"
        " (dxhat - np.mean(dxhat, axis=0) - self.xhat * np.mean(dxhat * self.xhat, axis=0)) /"
        " self.std",
        "self.dbeta = np.sum(dout, axis=0); self.dgamma = np.sum(dout * self.xhat, axis=0); return"
        " (dxhat - np.mean(dxhat, axis=0) - self.xhat * np.mean(dxhat * self.xhat, axis=0)) /"
        " self.std",
    ),
]

SAYS = {
    "constants": Text(
        "This treats mean and variance as constants, but they depend on x. Two terms are missing.",
        "这里把均值和方差当成了常数，而它们依赖于 x。还缺两项。",
    ),
    "no_mean_path": Text(
        "The path through the mean is missing: subtract mean(dxhat).",
        "缺少经过均值的路径：减去 mean(dxhat)。",
    ),
    "no_var_path": Text(
        "The path through the variance is missing: subtract xhat * mean(dxhat * xhat).",
        "缺少经过方差的路径：减去 xhat * mean(dxhat * xhat)。",
    ),
    "var_without_xhat": Text(
        "mean(dxhat * xhat) is subtracted as it is. It is multiplied by xhat first.",
        "直接减去了 mean(dxhat * xhat)。应先乘以 xhat。",
    ),
    "added": Text(
        "The paths through the mean and the variance are added: subtract them.",
        "经过均值和方差的路径是加上去的：应当减去。",
    ),
    "sums": Text(
        "The two terms are sums over the rows. They are means: divide by N.",
        "这两项取成了各行之和。应为平均值：请除以 N。",
    ),
    "no_gamma": Text(
        "gamma is missing in dx: y = gamma * xhat + beta, so dxhat = dout * gamma.",
        "dx 里缺少 gamma：y = gamma * xhat + beta，所以 dxhat = dout * gamma。",
    ),
    "no_std": Text("dx is not divided by std.", "dx 没有除以 std。"),
    "times_std": Text("dx is multiplied by std: divide by it.", "dx 乘以了 std：应当除以它。"),
    "whole_mean": Text(
        "The means run over the whole array. Each column has its own: axis=0.",
        "对整个数组取了平均。每一列应有自己的平均：axis=0。",
    ),
    "dgamma_no_xhat": Text(
        "dgamma is that of beta: y = gamma * xhat + beta, so dout is multiplied by xhat first.",
        "dgamma 和 dbeta 一样了：y = gamma * xhat + beta，所以要先用 xhat 乘以 dout。",
    ),
    "d_mean": Text(
        "{call} is a mean over the rows. Their gradients add up: np.sum.",
        "{call} 取成了各行的平均。各行的梯度要相加：np.sum。",
    ),
    "d_all": Text(
        "{call} is one number. There is one for each column: axis=0.",
        "{call} 是单个数。每一列应有一个：axis=0。",
    ),
    "d_rows": Text(
        "{call} is not added up over the rows: np.sum with axis=0.",
        "{call} 没有对各行求和：np.sum，axis=0。",
    ),
    "d_axis": Text(
        "{call} sums along the wrong axis: one number for each row, not for each column.",
        "{call} 沿错了轴求和：得到的是每行一个数，而不是每列一个数。",
    ),
    "dgamma_returned": Text(
        "That is dgamma. backward returns dx, and keeps dgamma in self.",
        "这是 dgamma。backward 应返回 dx，而把 dgamma 存进 self。",
    ),
    "dbeta_returned": Text(
        "That is dbeta. backward returns dx, and keeps dbeta in self.",
        "这是 dbeta。backward 应返回 dx，而把 dbeta 存进 self。",
    ),
}


def check(their):
    gamma, beta = given([2.0, 0.5, 1.5]), given([1.0, -1.0, 3.0])
    x, dout = draw(5, 3, seed=1), draw(5, 3, seed=2)
    layer = their.BatchNormalization(gamma, beta)
    layer.forward(x)
    std = np.sqrt(x.var(axis=0) + 1e-6)
    xhat = (x - x.mean(axis=0)) / std
    dxhat = dout * gamma
    d0, d1 = dxhat.mean(axis=0), (dxhat * xhat).mean(axis=0)
    dx = (dxhat - d0 - xhat * d1) / std
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    got = layer.backward(dout)
    expect(
        got,
        dx,
        "backward(dout)  # x and dout (5, 3), gamma = [2, 0.5, 1.5]",
        constants=dxhat / std,
        no_mean_path=(dxhat - xhat * d1) / std,
        no_var_path=(dxhat - d0) / std,
        var_without_xhat=(dxhat - d0 - d1) / std,
        added=(dxhat + d0 + xhat * d1) / std,
        sums=(dxhat - 5 * d0 - 5 * xhat * d1) / std,
        no_gamma=dx / gamma,
        no_std=dx * std,
        times_std=dx * std**2,
        whole_mean=(dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / std,
        dgamma_returned=dgamma,
        dbeta_returned=dbeta,
    )
    for name, each in ("dgamma", dout * xhat), ("dbeta", dout):
        expect_attribute(
            layer,
            name,
            each.sum(axis=0),
            dgamma_no_xhat=dbeta if name == "dgamma" else None,
            d_mean=each.mean(axis=0),
            d_all=each.sum(),
            d_rows=each,
            d_axis=each.sum(axis=1),
        )
    layer = their.BatchNormalization(draw(4, seed=3), draw(4, seed=4))
    layer.param_names = ("gamma", "beta")
    expect_gradients(layer, draw(6, 4))
    single = their.BatchNormalization(given(gamma, np.float32), given(beta, np.float32))
    single.forward(given(x, np.float32))
    expect_float32(single.backward, dout, call="backward(dout)")


DBETA, DGAMMA = "np.sum(dout, axis=0)", "np.sum(dout * self.xhat, axis=0)"
DX = "(dxhat - through_mean - through_var) / self.std"
VAR = "self.xhat * np.mean(dxhat * self.xhat, axis=0)"
ATTEMPTS = [
    ("constants", {DX: "dxhat / self.std"}),
    ("no_mean_path", {" - through_mean": ""}),
    ("no_var_path", {" - through_var": ""}),
    ("var_without_xhat", {VAR: "np.mean(dxhat * self.xhat, axis=0)"}),
    ("added", {" - through_mean - through_var": " + through_mean + through_var"}),
    ("sums", {"through_mean = np.mean": "through_mean = np.sum", VAR: VAR.replace("mean", "sum")}),
    ("no_gamma", {"dxhat = dout * self.gamma": "dxhat = dout"}),
    ("no_std", {DX: "dxhat - through_mean - through_var"}),
    (
        "whole_mean",
        {"np.mean(dxhat, axis=0)": "dxhat.mean()", VAR: "self.xhat * (dxhat * self.xhat).mean()"},
    ),
    ("dgamma_no_xhat", {DGAMMA: DBETA}),
    ("d_mean", {DGAMMA: "np.mean(dout * self.xhat, axis=0)"}),
    ("d_all", {DBETA: "np.sum(dout)"}),
    ("d_rows", {DBETA: "dout"}),
    ("d_axis", {DBETA: "np.sum(dout, axis=1)"}),
    ("dgamma_returned", {f"return {DX}": "return self.dgamma"}),
    ("dbeta_returned", {f"return {DX}": "return self.dbeta"}),
    ("no_attribute", {"self.dbeta = ": "dbeta = "}),
    ("writes", {"dxhat = dout * self.gamma": "dout *= self.gamma\n        dxhat = dout"}),
    ("times_std", {DX: "(dxhat - through_mean - through_var) * self.std"}),
]

OTHER_WAYS = [
    {  # node by node
        f"return {DX}": (
            "N, moved = len(dout), self.xhat * self.std\n"
            "        dvar = np.sum(dxhat * moved, axis=0) * -0.5 / self.std**3\n"
            "        dmean = -np.sum(dxhat, axis=0) / self.std\n"
            "        return dxhat / self.std + dvar * 2 * moved / N + dmean / N"
        ),
    },
    {
        DX: "self.gamma / self.std * (dout - self.dbeta / len(dout) - self.xhat * self.dgamma"
        " / len(dout))"
    },
    {"dxhat": "self.dxhat"},
]
