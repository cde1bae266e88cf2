"""The check of gradient descent, its texts, and wrong attempts."""

from dlscratch.exercises.checking import expect, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
梯度下降法：一小步一小步地往下走（4.4.1 节，式 4.7）。

梯度指向上坡方向。逆着梯度走一步，步长由学习率 lr 决定，就往下走了；到了新位置，梯度又不同了：

    x <- x - lr * gradient(x)

请编写：

    gradient_descent(gradient, init_x, lr=0.01, step_num=100)

gradient 是一个函数：gradient(x) 返回 x 处的梯度，形状与 x 相同。init_x 是起点，浮点数或整数；
不得改写它。返回走了 step_num 步之后的 x。

>>> def gradient(x):  # of f(x) = x0^2 + x1^2
...     return 2 * x
>>> gradient_descent(gradient, np.array([-3.0, 4.0]), lr=0.1, step_num=1)
array([-2.4,  3.2])
>>> gradient_descent(gradient, np.array([-3.0, 4.0]), lr=0.1, step_num=100)
array([-6.11110793e-10,  8.14814391e-10])
"""

HINTS = [
    Text(
        "A loop of step_num steps. In each one the gradient is asked for anew, at the place where"
        " x is now.",
        "循环 step_num 次。每一步都要在 x 的当前位置重新求梯度。",
    ),
    Text(
        "Begin with a copy of floats, x = np.array(init_x, dtype=float), and return x after the"
        " loop, not within it.",
        "先取浮点副本 x = np.array(init_x, dtype=float)，在循环之后而不是循环之中返回 x。",
    ),
    Text(
        "for _ in range(step_num): x = x - lr * gradient(x)",
        "for _ in range(step_num): x = x - lr * gradient(x)",
    ),
]

SAYS = {
    "uphill": Text(
        "x moves uphill: the step is subtracted, x - lr * gradient(x).",
        "x 在往上走：应减去这一步，x - lr * gradient(x)。",
    ),
    "same_gradient": Text(
        "All steps use the gradient of the start. Call gradient(x) within the loop, at the new x.",
        "每一步用的都是起点处的梯度。请在循环里对新的 x 调用 gradient(x)。",
    ),
    "one_step": Text(
        "Only one step was taken: is `return` indented into the loop?",
        "只走了一步：`return` 是不是缩进到循环里了？",
    ),
    "no_rate": Text(
        "The learning rate lr is not used: the step is lr times the gradient.",
        "没有用到学习率 lr：步长是 lr 乘以梯度。",
    ),
    "fixed_rate": Text(
        "That is a step with the learning rate 0.01, but lr=0.1 was given: use the argument lr.",
        "这是学习率为 0.01 时的一步，而给出的是 lr=0.1：请使用参数 lr。",
    ),
    "start": Text(
        "x is still where it started.",
        "x 还在起点。",
    ),
    "gradient_returned": Text(
        "That is the gradient, not the place: return x.",
        "这是梯度，不是位置：请返回 x。",
    ),
    "in_place": Text(
        "Line {line} moves the caller's init_x. Begin with a copy: np.array(init_x, dtype=float).",
        "第 {line} 行移动了调用者的 init_x。请先复制：np.array(init_x, dtype=float)。",
    ),
    "integers": Text(
        "Line {line} puts fractions into an array of integers: init_x may hold integers. Begin"
        " with np.array(init_x, dtype=float).",
        "第 {line} 行要把小数放进整数数组：init_x 可能是整数。请先 np.array(init_x, dtype=float)。",
    ),
}

ERRORS = {"read-only": "in_place", "Cannot cast ufunc": "integers"}


def twice(x):
    return 2 * x


def check(their):
    descent = their.gradient_descent
    start = given([-3.0, 4.0])
    for steps in 1, 2, 5:
        call = f"gradient_descent(lambda x: 2 * x, np.array([-3.0, 4.0]), lr=0.1, step_num={steps})"
        right = start * 0.8**steps
        expect(
            descent(twice, start, lr=0.1, step_num=steps),
            right,
            call,
            uphill=start * 1.2**steps,
            same_gradient=start - steps * 0.2 * start,
            one_step=start * 0.8,
            no_rate=start * (-1) ** steps,
            fixed_rate=start * 0.98**steps,
            start=start,
            gradient_returned=2 * start * 0.8 ** (steps - 1),
        )
    got = descent(twice, given([-3, 4], int), lr=0.1, step_num=1)
    call = "gradient_descent(lambda x: 2 * x, np.array([-3, 4]), lr=0.1, step_num=1)"
    expect(got, start * 0.8, call)
    call = "gradient_descent(lambda x: 2 * x, np.array([-3.0, 4.0]))"
    expect(descent(twice, start), start * 0.98**100, call)


COPY = "np.array(init_x, dtype=float)"
ATTEMPTS = [
    ("uphill", {"x -=": "x +="}),
    (
        "same_gradient",
        {"    for": "    step = lr * gradient(x)\n    for", "x -= lr * gradient(x)": "x -= step"},
    ),
    ("in_place", {COPY: "init_x"}),
    ("one_step", {"    return x": "        return x"}),
    ("no_rate", {"lr * gradient": "gradient"}),
    ("integers", {COPY: "init_x.copy()"}),
    ("fixed_rate", {"x -= lr": "x -= 0.01"}),
]

OTHER_WAYS = [
    {f"x = {COPY}": "x = init_x", "x -= lr * gradient(x)": "x = x - lr * gradient(x)"},
    {COPY: "init_x.astype(float)", "_ in": "i in"},
]
