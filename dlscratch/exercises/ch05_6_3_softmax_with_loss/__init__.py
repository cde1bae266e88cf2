"""The check of softmax with loss, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, expect_gradients, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
Softmax-with-Loss：所有导数合起来只剩下 y - t（5.6.3 节）。

网络的最后一层把得分 x 变成概率 y = softmax(x)，再用交叉熵误差与目标 t（one-hot 行）比较。
前者的 exp 恰好抵消后者的 log：

    L = -1/N sum_n sum_k t_nk log(y_nk + 1e-7)          dL/dx = (y - t) / N

请编写（softmax 已经写好）：

    SoftmaxWithLoss   forward(x, t)     x：得分 (N, classes)；t：one-hot，(N, classes)；
                                        返回损失，一个数
                      backward(dout=1)  dout：一个数，对损失的梯度；返回
                                        dx = dout (y - t) / N，形状为 (N, classes)

backward 可以连续调用两次，每次结果都相同。

>>> layer = SoftmaxWithLoss()
>>> x = np.log(np.array([[0.3, 0.2, 0.5]]))  # scores whose softmax is 0.3, 0.2, 0.5
>>> round(float(layer.forward(x, np.array([[0, 1, 0]]))), 4)
1.6094
>>> layer.backward()
array([[ 0.3, -0.8,  0.5]])
"""

HINTS = [
    Text(
        "forward keeps y = softmax(x) and t in self. The loss takes the log of y, not of x.",
        "forward 把 y = softmax(x) 和 t 存进 self。损失是对 y 取对数，不是对 x。",
    ),
    Text(
        "t is 0 except at the right class, so np.sum(t * np.log(...)) adds up one logarithm a row."
        " The number of rows N is len(t).",
        "t 除正确类别外都是 0，所以 np.sum(t * np.log(...)) 在每行只加一个对数。行数 N 是 len(t)。",
    ),
    Text(
        "forward: -np.sum(t * np.log(self.y + 1e-7)) / len(t). backward: dout * (self.y - self.t)"
        " / len(self.t).",
        "forward：-np.sum(t * np.log(self.y + 1e-7)) / len(t)。backward：dout * (self.y - self.t)"
        " / len(self.t)。",
    ),
]

SAYS = {
    "loss_sign": Text(
        "The sign of the loss is wrong: the logarithms are negative, the loss is not.",
        "损失的符号反了：对数是负的，损失不是。",
    ),
    "loss_sum": Text(
        "That is the sum over the rows, the loss is their mean: divide by N, len(t).",
        "这是各行之和，而损失是平均值：请除以 N，即 len(t)。",
    ),
    "loss_size": Text(
        "Divided by the number of all elements. N is the number of rows, len(t).",
        "除以了元素总数。N 是行数，即 len(t)。",
    ),
    "loss_infinite": Text(
        "The probability of the right class is 0 here, and its logarithm infinite: add 1e-7 to y.",
        "这里正确类别的概率为 0，对数为无穷大：请给 y 加上 1e-7。",
    ),
    "all_classes": Text(
        "All classes are added up. Only the right one counts: multiply by t before the sum.",
        "这里把所有类别都加了起来。只有正确的类别起作用：求和之前请乘以 t。",
    ),
    "sign": Text("That is t - y: the gradient is y - t.", "这是 t - y：梯度是 y - t。"),
    "no_mean": Text(
        "The loss is a mean over N rows, so its gradient is divided by N, too.",
        "损失是 N 行的平均，所以梯度也要除以 N。",
    ),
    "size": Text(
        "Divided by the number of all elements. The loss is divided by the number of rows N only.",
        "除以了元素总数。损失只除以行数 N。",
    ),
    "only_y": Text("That is y, t is not subtracted.", "这是 y，没有减去 t。"),
    "no_dout": Text(
        "backward(2) returns what backward(1) does: multiply by dout.",
        "backward(2) 与 backward(1) 的结果相同：请乘以 dout。",
    ),
    "twice": Text(
        "A second backward returns something else: the first one has changed self.y. Make a new"
        " array instead of writing into it.",
        "第二次 backward 的结果不同：第一次改动了 self.y。请生成新数组，不要改写它。",
    ),
}


def check(their):
    y = given([[0.3, 0.2, 0.5], [0.2, 0.2, 0.6]])
    t = given([[0, 1, 0], [0, 0, 1]], int)
    for rows in 1, 2:
        x, yn, tn = given(np.log(y[:rows])), y[:rows], t[:rows]
        layer = their.SoftmaxWithLoss()
        log = np.log(yn + 1e-7)
        where = f"# y = softmax(x) = {yn.tolist()}, t = {tn.tolist()}"
        expect(
            layer.forward(x, tn),
            -np.sum(tn * log) / rows,
            f"forward(x, t)  {where}",
            rtol=1e-5,
            loss_sign=np.sum(tn * log) / rows,
            loss_sum=-np.sum(tn * log),
            loss_size=-np.sum(tn * log) / tn.size,
            all_classes=-np.sum(log) / rows,
        )
        dx = (yn - tn) / rows
        mistakes = {"sign": -dx, "only_y": yn / rows, "size": (yn - tn) / tn.size}
        if rows > 1:
            mistakes["no_mean"] = yn - tn
        expect(layer.backward(), dx, f"backward()  {where}", **mistakes)
        again = layer.backward()
        expect(again, dx, f"backward()  {where}", twice=again)
        expect(layer.backward(2), 2 * dx, f"backward(2)  {where}", no_dout=dx)
    x, t = given([[1000.0, 0.0]]), given([[0, 1]], int)
    loss = their.SoftmaxWithLoss().forward(x, t)
    if not np.isfinite(loss):
        fail("loss_infinite")
    t = given(np.eye(3)[[0, 2, 1, 1]])
    expect_gradients(their.SoftmaxWithLoss(), draw(4, 3), t, tolerance=1e-4)  # 1e-7 is in the log
    layer = their.SoftmaxWithLoss()
    layer.forward(given(draw(4, 3), np.float32), given(t, np.float32))
    expect_float32(layer.backward, call="backward()")


BACKWARD = "dout * (self.y - self.t) / len(self.t)"
ATTEMPTS = [
    ("no_mean", {BACKWARD: "dout * (self.y - self.t)"}),
    ("sign", {"self.y - self.t": "self.t - self.y"}),
    ("no_dout", {"dout * (": "("}),
    ("loss_sum", {" / len(x)": ""}),
    ("all_classes", {"np.sum(t * np": "np.sum(np"}),
    (
        "twice",
        {f"return {BACKWARD}": "self.y -= self.t\n        return dout * self.y / len(self.t)"},
    ),
    ("loss_infinite", {" + 1e-7": ""}),
]

OTHER_WAYS = [
    {"len(x)": "x.shape[0]", BACKWARD: "(self.y - self.t) * (dout / self.t.shape[0])"},
    {"np.sum(t * np.log(self.y + 1e-7)) / len(x)": "np.mean((t * np.log(self.y + 1e-7)).sum(1))"},
]
