"""The check of the network made of layers, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import draw, expect, fail, given, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
由层组成的网络：梯度按相反的顺序穿过各层（5.7.2 节）。

每一层都知道自己的 backward，所以网络不必再推导什么。x 依次穿过各层，last_layer
再把得分变成损失。梯度从损失出发，起点是 dout = 1，沿原路返回：
一层的 backward 返回的，就是它前一层的 dout。

    x -> Affine1 -> Relu1 -> Affine2 -> 得分 -> last_layer -> 损失

请编写（params：数组的字典；self.layers：层的字典，顺序与上面的名字一致）：

    TwoLayerNet   predict(x)      x (N, n_in)；返回得分 (N, n_out)，不经过 softmax
                  loss(x, t)      t (N,)，正确的类别；返回一个数
                  gradient(x, t)  返回字典，即 W1、b1、W2 和 b2 的梯度

>>> W2 = np.array([[1.0, 0.0], [0.0, 2.0]])
>>> net = TwoLayerNet({"W1": np.eye(2), "b1": np.zeros(2), "W2": W2, "b2": np.zeros(2)})
>>> net.predict(np.array([[1.0, -1.0], [0.5, 3.0]]))
array([[1. , 0. ],
       [0.5, 6. ]])
>>> net.gradient(np.array([[1.0, -1.0], [0.5, 3.0]]), np.array([0, 0]))["b2"].round(3)
array([-0.632,  0.632])
"""

HINTS = [
    Text(
        "predict: a loop over self.layers.values(), where each layer gets what the one before it"
        " returned. loss gives the scores and t to last_layer.",
        "predict：遍历 self.layers.values()，每一层得到的是前一层返回的东西。"
        "loss 把得分和 t 交给 last_layer。",
    ),
    Text(
        "gradient: first self.loss(x, t), so that every layer stores what its backward needs. Then"
        " last_layer.backward(1), and a loop over the layers from the last to the first.",
        "gradient：先调用 self.loss(x, t)，让每一层保存 backward 需要的东西。"
        "然后是 last_layer.backward(1)，再从最后一层循环到第一层。",
    ),
    Text(
        "for layer in reversed(list(self.layers.values())): dout = layer.backward(dout). Then"
        ' self.layers["Affine1"].dW is the gradient of W1, and so on.',
        "for layer in reversed(list(self.layers.values())): dout = layer.backward(dout)。之后"
        ' self.layers["Affine1"].dW 就是 W1 的梯度，其余类推。',
    ),
]

SAYS = {
    "keys": Text(
        "Line {line}: a loop over a dict goes over its keys, the names. The layers themselves are"
        " self.layers.values().",
        "第 {line} 行：对字典循环，得到的是它的键，也就是名字。层本身在 self.layers.values() 里。",
    ),
    "not_chained": Text(
        "Line {line}: the shapes do not fit. Each layer must get what the one before it returned:"
        " x = layer.forward(x), dout = layer.backward(dout).",
        "第 {line} 行：形状对不上。每一层得到的应是前一层返回的东西："
        "x = layer.forward(x)，dout = layer.backward(dout)。",
    ),
    "not_reversed": Text(
        "The gradient goes through the layers in their own order. It comes from the loss, so it"
        " meets the last layer first: reversed(list(...)).",
        "梯度是按正向的顺序穿过各层的。它来自损失，先到达最后一层：reversed(list(...))。",
    ),
    "no_forward": Text(
        "Line {line}: backward needs what forward has stored. In gradient, call self.loss(x, t)"
        " first.",
        "第 {line} 行：backward 需要 forward 保存的东西。请在 gradient 里先调用 self.loss(x, t)。",
    ),
    "no_last_layer": Text(
        "Line {line}: 1 is the dout of last_layer. What its backward returns is the dout of"
        " Affine2.",
        "第 {line} 行：1 是 last_layer 的 dout。它的 backward 返回的才是 Affine2 的 dout。",
    ),
    "probabilities": Text(
        "These are probabilities. predict returns the scores; softmax is in last_layer.",
        "这是概率。predict 应返回得分；softmax 在 last_layer 里。",
    ),
    "first_layer": Text(
        "That is what Affine1 returns: is `return` indented into the loop?",
        "这是 Affine1 的输出：`return` 是不是缩进到循环里了？",
    ),
    "no_relu": Text("The signal does not pass through Relu1.", "信号没有经过 Relu1。"),
    "names": Text(
        "gradient must return a dict with the keys W1, b1, W2 and b2. It returned: {returned}.",
        "gradient 必须返回键为 W1、b1、W2 和 b2 的字典。现在返回的是：{returned}。",
    ),
    "exchanged": Text(
        "The gradients of the two layers are exchanged.",
        "两层的梯度弄反了。",
    ),
    "parameter": Text(
        "That is the parameter itself: its gradient is in dW or db of the layer.",
        "这是参数本身：它的梯度在该层的 dW 或 db 里。",
    ),
    "divided": Text(
        "The gradient is divided by N once more. last_layer does that already.",
        "梯度又除以了一次 N。last_layer 已经除过。",
    ),
}

ERRORS = {
    "'str' object has no attribute": "keys",
    "object has no attribute '(x|y|t|passes)'": "no_forward",
    "does not have enough dimensions|tuple index out of range": "no_last_layer",
    "backward: .*matmul": "not_reversed",
    "ward: .*(matmul|broadcast)": "not_chained",
}


def softmax(a):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def draw_params(n_in, n_hidden, n_out):
    shapes = {"W1": (n_in, n_hidden), "b1": (n_hidden,), "W2": (n_hidden, n_out), "b2": (n_out,)}
    return {key: draw(*shape, seed=i) for i, (key, shape) in enumerate(shapes.items(), start=1)}


def check_net(their, sizes):
    params, x = draw_params(*sizes), draw(5, sizes[0], seed=5)
    t = given(np.arange(5) % sizes[-1], int)
    a1 = x @ params["W1"] + params["b1"]
    z1 = np.maximum(a1, 0)
    scores = z1 @ params["W2"] + params["b2"]
    where = f"N = 5, n_in = {sizes[0]}, n_hidden = {sizes[1]}, n_out = {sizes[2]}"
    expect(
        their.TwoLayerNet(params).predict(x),
        scores,
        f"predict(x)  # {where}",
        first_layer=a1,
        no_relu=a1 @ params["W2"] + params["b2"],
        probabilities=softmax(scores),
    )
    right = -np.mean(np.log(softmax(scores)[np.arange(5), t]))
    expect(their.TwoLayerNet(params).loss(x, t), right, f"loss(x, t)  # {where}")

    dscores = (softmax(scores) - np.eye(sizes[-1])[t]) / len(x)
    da1 = dscores @ params["W2"].T * (a1 > 0)
    grads = {"W1": x.T @ da1, "b1": da1.sum(axis=0)}
    grads |= {"W2": z1.T @ dscores, "b2": dscores.sum(axis=0)}
    got = their.TwoLayerNet(params).gradient(x, t)
    if got is None:
        fail("none", call="gradient(x, t)")
    if not isinstance(got, dict) or set(got) != set(grads):
        fail("names", returned=sorted(map(str, got)) if isinstance(got, dict) else shown(got))
    others = {"W1": "W2", "b1": "b2", "W2": "W1", "b2": "b1"}
    square = {"W1": x.T @ dscores, "b1": dscores.sum(axis=0)} if sizes[1] == sizes[2] else {}
    for key in "W2", "b2", "W1", "b1":  # in the order in which they are found
        expect(
            got[key],
            grads[key],
            f'gradient(x, t)["{key}"]  # {where}',
            parameter=params[key],
            not_reversed=square.get(key),
            exchanged=grads[others[key]],
            divided=grads[key] / len(x),
        )


def check(their):
    check_net(their, (3, 4, 2))
    check_net(their, (3, 3, 3))  # a wrong order raises nothing here


BACK = "reversed(list(self.layers.values()))"
RESULT = '{"W1": affine1.dW, "b1": affine1.db, "W2": affine2.dW, "b2": affine2.db}'
ATTEMPTS = [
    ("not_reversed", {BACK: "self.layers.values()"}),
    ("no_forward", {"        self.loss(x, t)\n": ""}),
    ("no_forward", {"        self.loss(x, t)\n": "        self.predict(x)\n"}),
    ("no_last_layer", {"dout = self.last_layer.backward(1)": "dout = 1"}),
    ("not_chained", {"    dout = layer.backward(dout)": "    layer.backward(dout)"}),
    ("not_chained", {"    x = layer": "    y = layer", "return x\n": "return y\n"}),
    ("keys", {"layer in self.layers.values()": "layer in self.layers"}),
    ("probabilities", {"return x\n": "return np.exp(x) / np.sum(np.exp(x), axis=1)[:, None]\n"}),
    ("first_layer", {"        return x\n": "            return x\n"}),
    ("no_relu", {"in self.layers.values()": 'in [self.layers["Affine1"], self.layers["Affine2"]]'}),
    ("names", {f"return {RESULT}": "return affine1.dW, affine1.db, affine2.dW, affine2.db"}),
    ("names", {f"return {RESULT}": "return dout"}),
    ("names", {', "b2": affine2.db': ""}),
    ("exchanged", {"affine1, affine2 = self": "affine2, affine1 = self"}),
    ("parameter", {"affine1.dW": "affine1.W"}),
    ("divided", {"backward(1)\n": "backward(1) / len(x)\n"}),
    ("none", {f"return {RESULT}": f"self.grads = {RESULT}"}),
]

OTHER_WAYS = [
    {  # as the book writes it
        f"for layer in {BACK}": (
            "layers = list(self.layers.values())\n        layers.reverse()\n"
            "        for layer in layers"
        ),
    },
    {BACK: "list(self.layers.values())[::-1]", "backward(1)\n": "backward()\n"},
    {
        f"return {RESULT}": (
            "grads = {}\n        for i in 1, 2:\n            layer = self.layers[f'Affine{i}']\n"
            "            grads[f'W{i}'], grads[f'b{i}'] = layer.dW, layer.db\n        return grads"
        )
    },
]
