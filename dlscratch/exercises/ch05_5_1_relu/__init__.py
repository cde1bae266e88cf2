"""The check of ReLU, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, expect_float32, expect_gradients, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
ReLU：正数通过，其余变为 0（5.5.1 节）。

    y = x where x > 0, else 0            dy/dx = 1 where x > 0, else 0

就像开关：信号正向能通过的地方，梯度 dout 反向也原样通过；其他地方则被截断。

请编写：

    Relu   forward(x)      x：任意形状的数组；返回 y，形状和 dtype 与 x 相同
           backward(dout)  dout：对 y 的梯度，形状与 y 相同；返回 dx

请在 forward 中保存 backward 需要的东西。x 和 dout 都不得改写：别处还要用它们。

>>> relu = Relu()
>>> relu.forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
array([[1., 0.],
       [0., 3.]])
>>> relu.backward(np.array([[10.0, 20.0], [30.0, -40.0]]))
array([[ 10.,   0.],
       [  0., -40.]])
"""

FAST = True

HINTS = [
    Text(
        "np.maximum compares element by element. backward needs to know where x was positive: keep"
        " x > 0 in self.",
        "np.maximum 逐元素比较。backward 需要知道 x 在哪里为正：把 x > 0 存进 self。",
    ),
    Text(
        "A number times True is the number itself, times False it is 0.",
        "一个数乘以 True 还是它本身，乘以 False 就是 0。",
    ),
    Text(
        "forward: self.passes = x > 0, then np.maximum(x, 0). backward: dout times self.passes.",
        "forward：self.passes = x > 0，然后 np.maximum(x, 0)。backward：dout 乘以 self.passes。",
    ),
]

SAYS = {
    "unchanged": Text("Negative numbers pass as well.", "负数也通过了。"),
    "absolute": Text(
        "Negative numbers lose their sign here. ReLU sets them to 0.",
        "这里负数只是去掉了符号。ReLU 应把它们变为 0。",
    ),
    "step": Text(
        "That is the step function: 1 instead of x where x > 0.",
        "这是阶跃函数：x > 0 处应为 x，而不是 1。",
    ),
    "largest": Text(
        "That is a single number. np.max looks for the largest element; np.maximum compares element"
        " by element.",
        "这是单个数。np.max 求最大的元素；np.maximum 才是逐元素比较。",
    ),
    "no_dout": Text(
        "That is dy/dx alone: multiply it by dout (the chain rule).",
        "这只是 dy/dx：还要乘以 dout（链式法则）。",
    ),
    "sign_of_dout": Text(
        "The gradient is stopped where dout is negative. What counts is where x was negative.",
        "这里在 dout 为负处截断了梯度。应看 x 在哪里为负。",
    ),
    "times_y": Text(
        "dout is multiplied by y. The slope of ReLU is 1 where x > 0, whatever x is.",
        "dout 乘上了 y。ReLU 在 x > 0 处的斜率是 1，与 x 的大小无关。",
    ),
    "all_pass": Text(
        "The gradient passes everywhere. Where x was not positive it is stopped: 0.",
        "梯度处处都通过了。x 不为正的地方应截断，即为 0。",
    ),
    "reversed": Text(
        "The gradient passes where the signal was stopped, and is stopped where it passed.",
        "弄反了：信号被截断处梯度通过，信号通过处梯度被截断。",
    ),
    "at_zero": Text(
        "At x = 0 exactly nothing passes: only x > 0 does.",
        "在 x = 0 处梯度不通过：只有 x > 0 才通过。",
    ),
}


def check(their):
    x = given([[1.0, -0.5], [-2.0, 3.0]])
    relu = their.Relu()
    y = np.maximum(x, 0)
    expect(
        relu.forward(x),
        y,
        "Relu().forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))",
        unchanged=x,
        absolute=abs(x),
        step=x > 0,
        largest=np.max(x),
    )
    dout = given([[10.0, 20.0], [30.0, -40.0]])
    expect(
        relu.backward(dout),
        [[10, 0], [0, -40]],
        "backward(np.array([[10.0, 20.0], [30.0, -40.0]]))  # x = [[1.0, -0.5], [-2.0, 3.0]]",
        no_dout=x > 0,
        sign_of_dout=dout * (dout > 0),
        times_y=dout * y,
        all_pass=dout,
        reversed=dout * (x <= 0),
    )
    relu.forward(given([-1.0, 0.0, 1.0]))
    call = "backward(np.array([5.0, 5.0, 5.0]))  # x = [-1.0, 0.0, 1.0]"
    expect(relu.backward(given([5.0, 5.0, 5.0])), [0, 0, 5], call, at_zero=[0, 5, 5])
    expect_gradients(their.Relu(), draw(4, 3))
    expect_float32(relu.forward, draw(2, 3, 4), call="forward(x)")
    expect_float32(relu.backward, draw(2, 3, 4), call="backward(dout)")


ATTEMPTS = [
    ("sign_of_dout", {"dout * self.passes": "dout * (dout > 0)"}),
    ("no_dout", {"return dout * self.passes": "return self.passes * 1.0"}),
    ("writes", {"return np.maximum(x, 0)": "x[x <= 0] = 0\n        return x"}),
    ("at_zero", {"x > 0": "x >= 0"}),
    ("times_y", {"self.passes = x > 0": "self.passes = np.maximum(x, 0)"}),
    ("dtype", {"np.maximum(x, 0)": "np.maximum(x, np.zeros(x.shape))"}),
    ("largest", {"np.maximum(x, 0)": "max(0, np.max(x))"}),
]

OTHER_WAYS = [
    {  # as the book writes it, but with copies
        "self.passes = x > 0\n        return np.maximum(x, 0)": (
            "self.mask = x <= 0\n        y = x.copy()\n        y[self.mask] = 0\n        return y"
        ),
        "return dout * self.passes": "dx = 1 * dout\n        dx[self.mask] = 0\n        return dx",
    },
    {"np.maximum(x, 0)": "x * self.passes"},
]
