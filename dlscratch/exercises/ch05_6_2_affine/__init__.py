"""The check of Affine, its texts, and wrong attempts."""

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
Affine 层（批处理版）：无论正向还是反向，每个输出都与每个输入相连（5.6.2 节）。

    y = x . W + b         x (N, in), W (in, out), b (out,), y (N, out)

梯度可由形状推出：每个梯度与它所对应的量形状相同，而只有一种矩阵乘法对得上。

    dx = dout . W^T       (N, out) . (out, in) = (N, in)
    dW = x^T . dout       (in, N) . (N, out) = (in, out)
    db = dout 各行之和，因为 b 加到了每一行上

请编写（__init__ 已经写好）：

    Affine   forward(x)      返回 y
             backward(dout)  dout：对 y 的梯度；返回 dx，并保存 self.dW 和 self.db

矩阵乘法写作 A @ B 或 np.dot(A, B)；A * B 是逐元素相乘。

>>> layer = Affine(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0, 30.0]))
>>> layer.forward(np.array([[1.0, 1.0], [1.0, 0.0]]))
array([[15., 27., 39.],
       [11., 22., 33.]])
>>> layer.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
array([[14., 32.],
       [32., 77.]])
>>> layer.db
array([5., 7., 9.])
"""

HINTS = [
    Text(
        "forward keeps x in self, because dW needs it. Write the shape of each array beside it and"
        " see which product fits.",
        "dW 要用到 x，所以 forward 把它存进 self。把每个数组的形状写在旁边，看哪种乘积对得上。",
    ),
    Text(
        "W.T is the transpose of W. The sum of the rows of dout is a sum along axis 0.",
        "W.T 是 W 的转置。dout 各行之和就是沿轴 0 求和。",
    ),
    Text(
        "self.dW = self.x.T @ dout; self.db = np.sum(dout, axis=0); return dout @ self.W.T",
        "self.dW = self.x.T @ dout; self.db = np.sum(dout, axis=0); return dout @ self.W.T",
    ),
]

SAYS = {
    "no_bias": Text("b is not added.", "没有加上 b。"),
    "no_product": Text(
        "Line {line}: the shapes do not fit. Which of the two has to be transposed, which comes"
        " first? (N, a) @ (a, b) works.",
        "第 {line} 行：形状对不上。哪一个要转置，哪一个在前？(N, a) @ (a, b) 才行。",
    ),
    "elementwise": Text(
        "Line {line}: * multiplies element by element. The product of matrices is @.",
        "第 {line} 行：* 是逐元素相乘。矩阵乘法是 @。",
    ),
    "db_all": Text(
        "db is one number, the sum of all elements. b has a number for each output: sum along"
        " axis 0 only.",
        "db 是单个数，即所有元素之和。b 的每个输出各有一个数：只沿轴 0 求和。",
    ),
    "db_mean": Text(
        "db is a mean. b is added to each row, so the gradients of the rows add up: take the sum.",
        "db 取了平均。b 加到了每一行上，所以各行的梯度要相加：请求和。",
    ),
    "db_columns": Text(
        "db sums along the wrong axis: one number for each row, not for each output.",
        "db 沿错了轴求和：得到的是每行一个数，而不是每个输出一个数。",
    ),
    "db_rows": Text(
        "db is dout itself, a row for each example. All rows use the same b: sum along axis 0.",
        "db 就是 dout 本身，每个样本一行。各行用的是同一个 b：请沿轴 0 求和。",
    ),
    "dW_mean": Text(
        "dW is divided by the number of rows. The loss does that already: leave it out.",
        "dW 除以了行数。损失函数已经除过：这里不要再除。",
    ),
    "dW_transposed": Text(
        "dW is transposed: it needs the shape of W, (in, out).",
        "dW 转置了：它的形状应与 W 相同，(in, out)。",
    ),
    "dx_no_transpose": Text(
        "dx is made with W instead of its transpose W.T.",
        "求 dx 时用了 W，而不是它的转置 W.T。",
    ),
    "dW_returned": Text(
        "That is dW. backward returns dx, and keeps dW in self.dW.",
        "这是 dW。backward 应返回 dx，而把 dW 存进 self.dW。",
    ),
}

ERRORS = {"matmul|not aligned": "no_product", "could not be broadcast": "elementwise"}


def check(their):
    W, b = given([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), given([10.0, 20.0, 30.0])
    x = given([[1.0, 1.0], [1.0, 0.0]])
    dout = given([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    layer = their.Affine(W, b)
    where = "x = [[1.0, 1.0], [1.0, 0.0]], W = [[1, 2, 3], [4, 5, 6]], b = [10, 20, 30]"
    expect(layer.forward(x), x @ W + b, f"forward(x)  # {where}", no_bias=x @ W)
    call = f"backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))  # {where}"
    dx, dW = dout @ W.T, x.T @ dout
    expect(layer.backward(dout), dx, call, dW_returned=dW)
    expect_attribute(layer, "dW", dW, dW_mean=dW / len(x), dW_transposed=dW.T)
    expect_attribute(
        layer,
        "db",
        dout.sum(axis=0),
        db_all=dout.sum(),
        db_mean=dout.mean(axis=0),
        db_columns=dout.sum(axis=1),
        db_rows=dout,
    )
    W, b, x, dout = draw(3, 3, seed=1), draw(3, seed=2), draw(3, 3, seed=3), draw(3, 3, seed=4)
    layer = their.Affine(W, b)  # all square: a forgotten transpose raises nothing
    expect(layer.forward(x), x @ W + b, "forward(x)  # x and W (3, 3)")
    call = "backward(dout)  # x, W and dout (3, 3)"
    expect(layer.backward(dout), dout @ W.T, call, dx_no_transpose=dout @ W)
    expect_attribute(layer, "dW", x.T @ dout, dW_transposed=dout.T @ x)
    expect_gradients(their.Affine(draw(4, 3), draw(3)), draw(5, 4))
    single = their.Affine(given(W, np.float32), given(b, np.float32))
    expect_float32(single.forward, x, call="forward(x)")
    expect_float32(single.backward, dout, call="backward(dout)")


ATTEMPTS = [
    ("db_all", {"np.sum(dout, axis=0)": "np.sum(dout)"}),
    ("db_mean", {"np.sum(dout, axis=0)": "np.mean(dout, axis=0)"}),
    ("db_rows", {"np.sum(dout, axis=0)": "dout"}),
    ("no_product", {"dout @ self.W.T": "dout @ self.W"}),
    ("dW_transposed", {"self.x.T @ dout": "dout.T @ self.x"}),
    ("no_attribute", {"self.dW = ": "dW = "}),
    ("elementwise", {"x @ self.W + ": "x * self.W + "}),
    ("no_bias", {" + self.b": ""}),
]

OTHER_WAYS = [
    {"x @ self.W": "np.dot(x, self.W)", "self.x.T @ dout": "np.dot(self.x.T, dout)"},
    {"np.sum(dout, axis=0)": "np.ones(len(dout), dout.dtype) @ dout"},
]
