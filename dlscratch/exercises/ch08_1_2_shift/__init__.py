"""The check of shifted images, its texts, and wrong attempts."""

from itertools import product

import numpy as np

from dlscratch.exercises.checking import expect, fail, given, same
from dlscratch.exercises.texts import Text

LESSON_ZH = """
数据扩充：平移几个像素的图像就是新的图像（8.1.2 节）。

一个 3 向右移动两个像素还是 3，但对网络来说，这是从未见过的图像。
所以每次用一幅图像训练时，都把它移动一小段距离，这段距离每次重新抽取：
网络看到的图像比原有的多，而不必有人去收集。

    y[c, i, j] = x[c, i - down, j - right]      在 x 之内时；否则为 0

移出图像的部分丢弃，另一侧补上零。同一幅图像的所有通道一起移动。

请编写：

    move(image, down, right)   image：(C, H, W)；down、right：整数，负数表示向上、
                               向左；返回移动后的图像，形状和 dtype 相同
    shift(x, pixels, rng)      x：(N, C, H, W)；每幅图像按自己的 down 和 right 移动，两者都是
                               从 -pixels 到 pixels 的整数，各个值的可能性相同；
                               返回移动后的图像，形状和 dtype 相同

请用随机数生成器 rng：rng.integers(a, b) 从 a, ..., b - 1 中抽取。image 和 x 都不得改写。

>>> image = np.arange(1, 10).reshape(1, 3, 3)
>>> move(image, 1, -1)
array([[[0, 0, 0],
        [2, 3, 0],
        [5, 6, 0]]])
>>> x = np.ones((500, 1, 28, 28))
>>> y = shift(x, 2, np.random.default_rng(0))
>>> y.shape, int(y.sum(axis=(1, 2, 3)).min()), int(y.sum(axis=(1, 2, 3)).max())
((500, 1, 28, 28), 676, 784)
"""

HINTS = [
    Text(
        "Pad the image with zeros on all four sides first. Then the moved image is a window of it,"
        " H rows high and W columns wide; np.pad(image, [(0, 0), (p, p), (p, p)]) pads.",
        "先在图像四周都补上零。移动后的图像就是其中高 H 行、宽 W 列的一个窗口；"
        "np.pad(image, [(0, 0), (p, p), (p, p)]) 用来填充。",
    ),
    Text(
        "Without a move the window begins at row p, column p. To move the image down, let it"
        " begin higher: at row p - down. In shift draw two numbers for each image. rng.integers"
        " leaves out its end, so the end is pixels + 1.",
        "不移动时，窗口从第 p 行、第 p 列开始。要使图像向下移动，窗口就要从更高处开始：第 p - down"
        " 行。在 shift 里为每幅图像抽两个数，rng.integers 不含终点，所以终点写 pixels + 1。",
    ),
    Text(
        "p = max(abs(down), abs(right)); padded[:, p - down : p - down + H, p - right : p - right +"
        " W]. shift: rng.integers(-pixels, pixels + 1, size=(2, len(x))), then np.stack([move(..)"
        " for ..])",
        "p = max(abs(down), abs(right)); padded[:, p - down : p - down + H, p - right : p - right +"
        " W]。shift：rng.integers(-pixels, pixels + 1, size=(2, len(x)))，然后 np.stack([move(..)"
        " for ..])",
    ),
]

SAYS = {
    "not_moved": Text("The image has not moved.", "图像没有移动。"),
    "opposite": Text(
        "It moves the opposite way: down is towards larger rows, right towards larger columns.",
        "移动方向反了：向下是行号增大的方向，向右是列号增大的方向。",
    ),
    "exchanged": Text(
        "down and right are exchanged: rows come first, axis 1 of the image.",
        "down 和 right 弄反了：行在前，是图像的轴 1。",
    ),
    "wrapped": Text(
        "What leaves on one side comes back on the other, as with np.roll. Zeros come in.",
        "从一侧移出的像素又从另一侧回来了，np.roll 就是这样。应当补零。",
    ),
    "old_pixels": Text(
        "Where nothing moves in, the old pixels are left. Begin with zeros, not with a copy.",
        "没有像素移入的地方留下了旧像素。应从零开始，而不是从副本开始。",
    ),
    "slices": Text(
        "Line {line}: the two sides have different shapes. A slice counts negative numbers from the"
        " end, and :-0 is empty. With padding there are no such cases.",
        "第 {line} 行：两边的形状不同。切片遇到负数会从末尾数起，而 :-0 是空的。"
        "先填充就不必区分这些情况。",
    ),
    "apart": Text(
        "Not all images are moved images of x: the pixels of an image move alike, in all channels.",
        "有的图像不是由 x 移动得到的：同一幅图像的像素要一起移动，各通道也一样。",
    ),
    "too_far": Text(
        "With pixels = 2 an image was moved by {far} pixels.",
        "pixels = 2 时，有的图像移动了 {far} 个像素。",
    ),
    "together": Text(
        "All images are moved alike. Draw two numbers for each image.",
        "所有图像的移动都相同。请为每幅图像各抽两个数。",
    ),
    "never_last": Text(
        "With pixels = 2 no image is moved by +2: rng.integers(a, b) does not draw b itself.",
        "pixels = 2 时，没有图像移动 +2：rng.integers(a, b) 不会抽到 b 本身。",
    ),
    "one_way": Text(
        "No image is moved up or left: draw from -pixels on.",
        "没有图像向上或向左移动：请从 -pixels 开始抽取。",
    ),
    "diagonal": Text(
        "down and right are always equal. Draw two numbers for each image.",
        "down 和 right 总是相等。请为每幅图像各抽两个数。",
    ),
    "uneven": Text(
        "Some distances are drawn more often than others: use rng.integers.",
        "有的距离抽到的次数比其他的多：请用 rng.integers。",
    ),
    "other_rng": Text(
        "With equal generators the shifts differ: draw from rng, not from np.random itself.",
        "生成器的种子相同，移动却不同：请用 rng，而不是 np.random 本身。",
    ),
    "same_again": Text(
        "A second call with the same rng shifts alike: draw from the rng that was given.",
        "用同一个 rng 再次调用，移动完全相同：请用传入的 rng。",
    ),
}

ERRORS = {"could not broadcast": "slices"}
X = given(np.arange(1, 1000 * 60 + 1).reshape(1000, 2, 6, 5))
PIXELS, NOWHERE = 2, 99
EVEN = np.arange(-PIXELS, PIXELS + 1)


def moved(x, down, right):
    """The images x (.., H, W), all moved alike."""
    p = max(abs(down), abs(right))
    padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p), (p, p)])
    H, W = x.shape[-2:]
    return padded[..., p - down : p - down + H, p - right : p - right + W]


def check_move(their, down, right, dtype):
    image = given(np.arange(1, 25).reshape(2, 3, 4), dtype)
    right_one = moved(image, down, right)
    expect(
        their.move(image, down, right),
        right_one,
        f"move(np.arange(1, 25).reshape(2, 3, 4), {down}, {right})",
        dtype=dtype,
        not_moved=image,
        opposite=moved(image, -down, -right),
        exchanged=moved(image, right, down),
        wrapped=np.roll(image, (down, right), (1, 2)),
        old_pixels=np.where(right_one == 0, image, right_one),
    )


def distances(y):
    """How far each image of X was moved, down and right: (N, 2); NOWHERE if it was not."""
    found = np.full((len(X), 2), NOWHERE)
    steps = range(-2 * PIXELS, 2 * PIXELS + 1)
    for down, right in product(steps, steps):
        rest = np.flatnonzero(found[:, 0] == NOWHERE)
        hits = y[rest] == moved(X[rest], down, right)
        found[rest[hits.all(axis=(1, 2, 3))]] = down, right
    return found


def check_distances(found):
    down, right = found.T
    if (found == found[0]).all():
        fail("together" if found.any() else "not_moved")
    if abs(found).max() > PIXELS:
        fail("too_far", far=abs(found).max())
    if (down == right).all():
        fail("diagonal")
    if found.min() == 0:
        fail("one_way")
    if found.max() < PIXELS:
        fail("never_last")
    shares = (found[:, :, None] == EVEN).mean(axis=0)
    if abs(shares - 1 / len(EVEN)).max() > 0.05:
        fail("uneven")


def check(their):
    check_move(their, 2, 0, np.float64)
    check_move(their, 0, 1, np.float32)
    check_move(their, -1, 2, np.uint8)
    check_move(their, 2, -3, np.int64)
    check_move(their, 0, 0, np.float64)
    rng = np.random.default_rng(0)
    call = "shift(x, 2, np.random.default_rng(0))  # x (1000, 2, 6, 5)"
    got = their.shift(X, PIXELS, rng)
    fits = isinstance(got, np.ndarray) and got.shape == X.shape
    expect(got, got if fits else X, call, dtype=X.dtype)
    y = np.asarray(got)
    found = distances(y)
    if (found == NOWHERE).any():
        fail("apart")
    check_distances(found)
    if same(their.shift(X, PIXELS, rng), y):
        fail("same_again")
    if not same(their.shift(X, PIXELS, np.random.default_rng(0)), y):
        fail("other_rng")


WINDOW = "padded[:, top : top + H, left : left + W]"
TOP = "top, left = border - down, border - right"
DRAWN = "rng.integers(-pixels, pixels + 1, size=(2, len(x)))"
ONE_EACH = DRAWN.replace("(2, len(x))", "len(x)")
STACK = "np.stack([move(*each) for each in zip(x, downs, rights)])"
SLICES = "    y[:, down:, right:] = image[:, : H - down, : W - right]\n    return y"
ATTEMPTS = [
    ("not_moved", {WINDOW: "image"}),
    ("not_moved", {STACK: "x * 1"}),
    ("opposite", {TOP: "top, left = border + down, border + right"}),
    ("exchanged", {TOP: "top, left = border - right, border - down"}),
    ("wrapped", {WINDOW: "np.roll(image, (down, right), (1, 2))"}),
    ("old_pixels", {f"return {WINDOW}": f"y = image.copy()\n{SLICES}"}),
    ("slices", {f"return {WINDOW}": f"y = np.zeros_like(image)\n{SLICES}"}),
    ("shape", {WINDOW: "padded"}),
    ("writes", {f"return {WINDOW}": "image[:, :down] = 0\n    return image"}),
    ("dtype", {WINDOW: f"1.0 * {WINDOW}"}),
    ("apart", {STACK: f"np.concatenate([{STACK.replace('x,', 'x[:, :1],')}, x[:, 1:]], axis=1)"}),
    ("apart", {STACK: "x[:, :, ::-1] * 1"}),
    ("too_far", {"-pixels, ": "-2 * pixels, "}),
    ("together", {DRAWN: "rng.integers(-pixels, pixels + 1, size=(2, 1)).repeat(len(x), axis=1)"}),
    ("never_last", {"pixels + 1": "pixels"}),
    ("one_way", {"-pixels, ": "0, "}),
    ("diagonal", {DRAWN: f"[{ONE_EACH}] * 2"}),
    ("uneven", {DRAWN: f"np.zeros(len(x), int), {ONE_EACH}"}),
    ("uneven", {DRAWN: "rng.uniform(-pixels, pixels, size=(2, len(x))).round().astype(int)"}),
    ("other_rng", {"rng.integers": "np.random.randint"}),
    ("same_again", {"rng.integers": "np.random.default_rng(0).integers"}),
]

PIXEL_BY_PIXEL = """y = np.zeros_like(image)
    for i, j in np.ndindex(H, W):
        if 0 <= i - down < H and 0 <= j - right < W:
            y[:, i, j] = image[:, i - down, j - right]
    return y"""
ONE_BY_ONE = """y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = move(x[i], *rng.integers(-pixels, pixels, size=2, endpoint=True))
    return y"""
OTHER_WAYS = [
    {f"return {WINDOW}": PIXEL_BY_PIXEL},
    {f"downs, rights = {DRAWN}\n    return {STACK}": ONE_BY_ONE},
]
