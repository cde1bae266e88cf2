"""The check of the receptive field and the number of weights, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, fail
from dlscratch.exercises.texts import Text

LESSON_ZH = """
感受野：几个小滤波器叠起来，与一个大滤波器看到的一样多（8.1.3 节）。

经过一次 5 x 5 的卷积，一个数依赖于 5 x 5 个像素。经过两次 3 x 3 的卷积，也是如此：
它看到 3 x 3 个数，其中每个又看到 3 x 3 个像素，彼此重叠。从图像开始，每过一层，
看到的边长就增大。步距，即相邻两个数之间相隔的像素数，也会增大：

    side = 1, step = 1                      一个像素只看到自己，与相邻像素相距一个像素
    side = side + (filter_size - 1) * step  filter_size 个数排成一行，相邻两个相距一个 step
    step = step * stride                    从这里起，相邻两个数的距离变为 stride 倍

池化层与卷积层同样计算；填充不改变结果。但小滤波器的权重更少，中间还多了 ReLU。
一层若有 FH x FW 的滤波器，输入 C 个通道，输出也是 C 个，就有 C * C * FH * FW 个权重：
C = 1 时，5 x 5 有 25 个，两个 3 x 3 有 18 个。

请编写（不计偏置）：

    receptive_field(layers)       layers：由 (filter_size, stride) 组成的列表，第一层在前；
                                  返回边长，类型为 int
    weights(sizes, channels=1)    sizes：滤波器大小的列表，每层一个；返回所有层的权重总数，
                                  类型为 int

>>> receptive_field([(5, 1)]), receptive_field([(3, 1), (3, 1)])
(5, 5)
>>> receptive_field([(3, 1), (2, 2), (3, 1)])  # convolution, pooling, convolution
8
>>> weights([5]), weights([3, 3]), weights([3, 3], channels=64)
(25, 18, 73728)
"""

HINTS = [
    Text(
        "Two numbers go through the loop over the layers, the side and the step; both begin at 1.",
        "循环遍历各层时要记住两个数，边长和步距；两者都从 1 开始。",
    ),
    Text(
        "In the loop the side comes first, with the step of the layers before; then the step is"
        " multiplied by the stride. weights: a sum over the layers.",
        "循环里先更新边长，用的是之前各层的步距；然后用 stride 乘步距。weights：对各层求和。",
    ),
    Text(
        "for filter_size, stride in layers: side += (filter_size - 1) * step; step *= stride."
        " weights: sum(channels * channels * size * size for size in sizes)",
        "for filter_size, stride in layers: side += (filter_size - 1) * step; step *= stride。"
        "weights：sum(channels * channels * size * size for size in sizes)",
    ),
]

SAYS = {
    "added": Text(
        "The filter sizes are added up. But the windows overlap: a layer adds filter_size - 1 times"
        " the step.",
        "这里把滤波器大小直接相加了。可窗口是重叠的：每层增加的是 filter_size - 1 倍的步距。",
    ),
    "multiplied": Text(
        "The filter sizes are multiplied, as if the windows did not overlap. A layer adds"
        " filter_size - 1 times the step.",
        "这里把滤波器大小相乘了，好像窗口互不重叠。每层增加的是 filter_size - 1 倍的步距。",
    ),
    "from_zero": Text(
        "One pixel is missing: the side begins at 1, the pixel itself.",
        "少了一个像素：边长从 1 开始，即像素自己。",
    ),
    "no_stride": Text(
        "The strides are not used. Behind a stride of 2, neighbours are 2 pixels apart.",
        "没有用到步幅。经过步幅 2 之后，相邻两个数相距 2 个像素。",
    ),
    "own_stride": Text(
        "The stride of a layer already counts in this layer. It moves the windows of the layer"
        " apart, so only those that follow see further: the step is multiplied after the side.",
        "一层的步幅在这一层就起作用了。它拉开的是这一层窗口的间距，只有后面的层才看得更远："
        "先算边长，再乘步距。",
    ),
    "last_stride": Text(
        "Only the stride of the layer just before counts. Those of all layers before are"
        " multiplied.",
        "这里只考虑了前一层的步幅。应把之前所有层的步幅相乘。",
    ),
    "step_added": Text(
        "The strides are added up. They are multiplied: two strides of 2 are a step of 4.",
        "这里把步幅相加了。应当相乘：两个 2 的步幅，步距就是 4。",
    ),
    "backwards": Text(
        "The layers count in the opposite order here: layers[0] comes right after the image.",
        "这里各层的顺序反了：layers[0] 紧接在图像之后。",
    ),
    "area": Text(
        "That is the number of pixels. The side is asked for.",
        "这是像素的个数。要求的是边长。",
    ),
    "emptied": Text(
        "The list of the caller is changed: loop over it, and take nothing out.",
        "调用者的列表被改变了：请用循环遍历它，不要从中取走元素。",
    ),
    "sides": Text(
        "The sides are added up. A filter is a square: size * size.",
        "这里把边长相加了。滤波器是正方形：size * size。",
    ),
    "squared_sum": Text(
        "That is the square of the sum. Each layer has its own square: add up the squares.",
        "这是和的平方。每层各有自己的正方形：请把平方相加。",
    ),
    "no_channels": Text("The channels are not used.", "没有用到通道数。"),
    "channels_once": Text(
        "The channels count once only. Each of the C filters covers all C channels of its input:"
        " C * C.",
        "通道数只乘了一次。C 个滤波器中的每一个都覆盖输入的全部 C 个通道：C * C。",
    ),
    "biases": Text("The biases are counted as well: weights only.", "偏置也算进去了：只数权重。"),
    "one_layer": Text(
        "That is one layer only: is `return` indented into the loop?",
        "这只是一层：`return` 是不是缩进到循环里了？",
    ),
}


def follow(layers, side=1, own=False, last=False, add=False):
    """The rule; with a mistake, if one is asked for."""
    step = 1
    for size, stride in layers:
        later = stride if last else step + stride - 1 if add else step * stride
        side += (size - 1) * (later if own else step)
        step = later
    return side


def check_field(their, *layers):
    ours = list(layers)
    side = follow(layers)
    sizes = [size for size, _ in layers]
    expect(
        their.receptive_field(ours),
        side,
        f"receptive_field({ours})",
        dtype=int,
        from_zero=side - 1,
        no_stride=follow([(size, 1) for size in sizes]),
        own_stride=follow(layers, own=True),
        last_stride=follow(layers, last=True),
        step_added=follow(layers, add=True),
        backwards=follow(layers[::-1]),
        added=sum(sizes),
        multiplied=np.prod(sizes, dtype=int),
        one_layer=sizes[0] if sizes else None,
        area=side**2,
    )
    if ours != list(layers):
        fail("emptied")


def check_weights(their, sizes, channels):
    right = sum(size**2 for size in sizes) * channels**2
    expect(
        their.weights(list(sizes), channels),
        right,
        f"weights({sizes}, {channels})",
        dtype=int,
        sides=sum(sizes) * channels**2,
        squared_sum=sum(sizes) ** 2 * channels**2,
        no_channels=right // channels**2,
        channels_once=right // channels,
        biases=right + len(sizes) * channels,
        one_layer=sizes[0] ** 2 * channels**2,
    )


def check(their):
    check_field(their, (5, 1))
    check_field(their, (3, 1), (3, 1))
    check_field(their, (3, 1), (2, 2), (3, 1))
    check_field(their, (3, 2), (5, 3), (2, 2), (7, 1))
    check_field(their, (7, 2), (3, 2), (3, 1), (3, 2), (3, 1))
    check_field(their)
    check_weights(their, [5], 1)
    check_weights(their, [3, 3], 1)
    check_weights(their, [3, 5, 1], 4)
    expect(their.weights([3, 3]), 18, "weights([3, 3])")


GROWTH, STEP, SUM = "(filter_size - 1) * step", "step *= stride", "for size in sizes"
LOOP = "for filter_size, stride in layers:"
NUMBER = "channels * channels * size * size"
ATTEMPTS = [
    ("added", {"side, step = 1, 1": "side, step = 0, 1", GROWTH: "filter_size"}),
    ("multiplied", {f"side += {GROWTH}": "side *= filter_size"}),
    ("from_zero", {"side, step = 1, 1": "side, step = 0, 1"}),
    ("no_stride", {f"        {STEP}\n": ""}),
    ("own_stride", {GROWTH: "(filter_size - 1) * step * stride"}),
    ("last_stride", {STEP: "step = stride"}),
    ("step_added", {STEP: "step += stride - 1"}),
    ("backwards", {"in layers": "in layers[::-1]"}),
    ("area", {"return side": "return side * side"}),
    ("emptied", {LOOP: "while layers:\n        filter_size, stride = layers.pop(0)"}),
    ("one_layer", {"    return side": "        return side"}),
    ("dtype", {"return side": "return side / 1"}),
    ("sides", {NUMBER: "channels * channels * size"}),
    ("squared_sum", {f"sum({NUMBER} {SUM})": "(channels * sum(sizes)) ** 2"}),
    ("no_channels", {NUMBER: "size * size"}),
    ("channels_once", {NUMBER: "channels * size * size"}),
    ("biases", {NUMBER: f"{NUMBER} + channels"}),
]

OTHER_WAYS = [
    {  # from the last layer to the first
        LOOP: LOOP.replace("layers", "reversed(layers)"),
        f"side += {GROWTH}\n        {STEP}": "side = (side - 1) * stride + filter_size",
    },
    {f"sum({NUMBER} {SUM})": "channels**2 * sum(size**2 for size in sizes)"},
]
