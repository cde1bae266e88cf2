"""The check of Mul and Add, its texts, and wrong attempts."""

from dlscratch.exercises.checking import expect, fail, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
乘法层与加法层：两个最简单的层及其反向传播（5.3 节和 5.4 节）。

层是计算图的一个节点。forward 计算输出。backward 得到 dout，即最终结果对该输出的导数，
并返回对每个输入的导数：dout 乘以节点自身的导数（链式法则）。

    z = x * y:   dz/dx = y,  dz/dy = x          z = x + y:   dz/dx = 1,  dz/dy = 1

请编写：

    MulLayer   forward(x, y) 返回 x * y；backward(dout) 返回两个值，dx 和 dy
    AddLayer   对 x + y 也一样

MulLayer 的 backward 需要 forward 的输入：请存进 self，每个层存自己的。

>>> layer = MulLayer()
>>> layer.forward(10, 5)
50
>>> layer.backward(1.3)
(6.5, 13.0)
>>> layer = AddLayer()
>>> layer.forward(10, 5)
15
>>> layer.backward(1.3)
(1.3, 1.3)
"""

HINTS = [
    Text(
        "Mul's forward stores both inputs in self before it returns; backward multiplies dout by"
        " them.",
        "Mul 的 forward 在返回之前把两个输入存进 self；backward 用它们乘以 dout。",
    ),
    Text(
        "Mul swaps: dx is dout times y, dy is dout times x. Add passes dout on to both.",
        "Mul 要交换：dx 是 dout 乘以 y，dy 是 dout 乘以 x。Add 把 dout 原样传给两边。",
    ),
    Text(
        "Mul: self.x, self.y = x, y in forward; return dout * self.y, dout * self.x in backward."
        " Add: return dout, dout.",
        "Mul：forward 中 self.x, self.y = x, y；backward 中 return dout * self.y, dout * self.x。"
        "Add：return dout, dout。",
    ),
]

SAYS = {
    "not_swapped": Text(
        "x and y are swapped: the derivative of x * y by x is y.",
        "x 和 y 弄反了：x * y 对 x 的导数是 y。",
    ),
    "no_dout": Text(
        "dout is not used: the chain rule multiplies the node's own derivative by it.",
        "没有用到 dout：链式法则要用它乘以节点自身的导数。",
    ),
    "two_values": Text(
        "backward must return two values, dx and dy.",
        "backward 必须返回两个值，dx 和 dy。",
    ),
    "shared": Text(
        "Two layers share what they keep: store the inputs in self, not in the class or in a"
        " global variable.",
        "两个层共用了同一份数据：请把输入存进 self，而不是类或全局变量里。",
    ),
    "add_inputs": Text(
        "The derivative of x + y by x is 1, whatever x and y are: dout is passed on.",
        "x + y 对 x 的导数是 1，与 x、y 无关：把 dout 原样传下去。",
    ),
    "divided": Text(
        "dout is not divided between x and y: both get all of it.",
        "dout 不是分给 x 和 y 的：两边都得到全部。",
    ),
    "forward_add": Text("forward of this layer returns x + y.", "这个层的 forward 应返回 x + y。"),
    "forward_mul": Text("forward of this layer returns x * y.", "这个层的 forward 应返回 x * y。"),
}


def backward(layer, dout, call):
    got = layer.backward(dout)
    if got is None:
        fail("none", call=call)
    if not isinstance(got, list | tuple) or len(got) != 2:
        fail("two_values", call=call, got=shown(got), right="dx, dy")
    return [*got]


def check(their):
    mul = their.MulLayer()
    expect(mul.forward(10, 5), 50, "MulLayer().forward(10, 5)", forward_mul=15)
    call = "MulLayer: backward(1.3) after forward(10, 5)"
    dx, dy = backward(mul, 1.3, call)
    wrong = {(13, 6.5): "not_swapped", (5, 10): "no_dout", (10, 5): "no_dout"}
    seen = wrong.get((dx, dy))
    expect(dx, 6.5, f"{call}: dx", **({seen: dx} if seen else {}))
    expect(dy, 13, f"{call}: dy", **({seen: dy} if seen else {}))

    apples, tax = their.MulLayer(), their.MulLayer()  # two apples of 100, and a tax of 10 %
    price = apples.forward(100, 2)
    expect(tax.forward(price, 1.1), 220, "tax.forward(apples.forward(100, 2), 1.1)")
    dprice, dtax = backward(tax, 1, "tax.backward(1)")
    expect(dtax, 200, "dtax of tax.backward(1)")
    dapple, dnumber = backward(apples, dprice, "apples.backward(1.1)")
    expect(dapple, 2.2, "dx of apples.backward(1.1), after forward(100, 2)", shared=1.1 * 1.1)
    expect(dnumber, 110, "dy of apples.backward(1.1), after forward(100, 2)")

    add = their.AddLayer()
    expect(add.forward(10, 5), 15, "AddLayer().forward(10, 5)", forward_add=50)
    call = "AddLayer: backward(1.3) after forward(10, 5)"
    dx, dy = backward(add, 1.3, call)
    expect(dx, 1.3, f"{call}: dx", no_dout=1, add_inputs=13, divided=0.65)
    expect(dy, 1.3, f"{call}: dy", no_dout=1, add_inputs=6.5, divided=0.65)


MUL = "dx = dout * self.y\n        dy = dout * self.x"
ATTEMPTS = [
    ("not_swapped", {MUL: "dx = dout * self.x\n        dy = dout * self.y"}),
    ("no_dout", {MUL: "dx = self.y\n        dy = self.x"}),
    ("two_values", {"return dout, dout": "return dout"}),
    (
        "shared",
        {
            "self.x, self.y = x, y": "MulLayer.x, MulLayer.y = x, y",
        },
    ),
    ("divided", {"return dout, dout": "return dout / 2, dout / 2"}),
    ("no_dout", {"return dout, dout": "return 1, 1"}),
]

OTHER_WAYS = [
    {"dout, dout": "dout * 1, dout * 1", "return x * y": "out = x * y\n        return out"},
    {
        "self.x, self.y = x, y": "self.inputs = x, y",
        "self.y": "self.inputs[1]",
        "self.x": "self.inputs[0]",
    },
]
