"""The check of intersection over union, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, expect, expect_float32, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
IoU：两个框有多一致（8.4.1 节）。

检测器给出的答案是框。一个框写成 (x0, y0, x1, y1)，即左、上、右、下四条边的坐标。要说它有多好，
就拿它与真实的框比较：两者共有的面积，除以两者一共覆盖的面积。两框相同时这个比值是 1，
两框分开时是 0：

    IoU = 交 / 并，   并 = a 的面积 + b 的面积 - 交

两框的交也是一个框：左边取两条左边中较大的，右边取两条右边中较小的，上下也一样。
如果右边减左边得到负数，说明两框分开，交的宽度为 0。

请编写：

    areas(boxes)   boxes：(N, 4)；返回宽乘高，(N,)
    iou(a, b)      a：(A, 4)，b：(B, 4)；返回 a 的每个框与 b 的每个框的 IoU，(A, B)

两个都没有面积的框，IoU 为 0。a 和 b 不得改写；输入 float32，输出也是 float32。

>>> areas(np.array([[0.0, 0.0, 4.0, 2.0], [5.0, 1.0, 6.0, 4.0]]))
array([8., 3.])
>>> a = np.array([[0.0, 0.0, 4.0, 2.0]])
>>> b = np.array([[2.0, 0.0, 6.0, 2.0], [0.0, 0.0, 4.0, 2.0], [5.0, 5.0, 6.0, 6.0]])
>>> iou(a, b).round(3)
array([[0.333, 1.   , 0.   ]])
"""

FAST = True
HINTS = [
    Text(
        "a[:, None] has shape (A, 1, 4) and b[None] has (1, B, 4): whatever is computed of both has"
        " a row for each box of a and a column for each box of b.",
        "a[:, None] 的形状是 (A, 1, 4)，b[None] 是 (1, B, 4)：两者一起计算，结果的每一行对应 a 的"
        "一个框，每一列对应 b 的一个框。",
    ),
    Text(
        "Left and top of the intersection: np.maximum of the first two numbers. Right and bottom:"
        " np.minimum of the last two. np.maximum(high - low, 0) is its width and height.",
        "交的左边和上边：前两个数的 np.maximum；右边和下边：后两个数的 np.minimum。"
        "np.maximum(high - low, 0) 就是它的宽和高。",
    ),
    Text(
        "sides = np.maximum(high - low, 0); shared = sides[..., 0] * sides[..., 1]; union ="
        " areas(a)[:, None] + areas(b) - shared; shared / np.where(union > 0, union, 1)",
        "sides = np.maximum(high - low, 0); shared = sides[..., 0] * sides[..., 1]; union ="
        " areas(a)[:, None] + areas(b) - shared; shared / np.where(union > 0, union, 1)",
    ),
]

SAYS = {
    "as_size": Text(
        "The last two numbers are taken for width and height. They are the right and the bottom"
        " edge: the width is x1 - x0.",
        "这里把后两个数当成了宽和高。它们是右边和下边：宽是 x1 - x0。",
    ),
    "inclusive": Text(
        "1 is added to width and height. The edges lie between pixels here: the width is x1 - x0.",
        "这里给宽和高加了 1。这里的边位于像素之间：宽就是 x1 - x0。",
    ),
    "perimeter": Text(
        "Width and height are added. Multiply them.", "这里把宽和高相加了。应当相乘。"
    ),
    "apart": Text(
        "Two boxes that lie apart share nothing. Here both sides are negative, and their product is"
        " positive: set negative sides to 0 before you multiply.",
        "分开的两个框没有公共部分。这里两条边长都是负数，乘积却是正数：相乘之前请把负的边长置 0。",
    ),
    "negative": Text(
        "Two boxes that lie apart have a negative IoU here: set negative sides to 0 before you"
        " multiply.",
        "这里分开的两个框得到了负的 IoU：相乘之前请把负的边长置 0。",
    ),
    "enclosing": Text(
        "That takes the box around both. The intersection begins at the larger left edge and ends"
        " at the smaller right one.",
        "这里取了包住两者的框。交从较大的左边开始，到较小的右边为止。",
    ),
    "twice": Text(
        "The union counts what both share twice: subtract the intersection once.",
        "并集把公共部分算了两次：请减去一次交。",
    ),
    "shared": Text(
        "That is the intersection, an area. Divide it by the union.",
        "这是交的面积。还要除以并。",
    ),
    "by_one": Text(
        "The intersection is divided by the area of one box. Divide by the union: otherwise a huge"
        " box around everything would be perfect.",
        "交除以了一个框的面积。应除以并：否则罩住一切的大框也成了满分。",
    ),
    "in_pairs": Text(
        "The first box of a is compared with the first of b, and so on. Compare each with each:"
        " a[:, None] and b[None].",
        "这里只拿 a 的第一个框与 b 的第一个框比较，依此类推。应当两两比较：用 a[:, None] 和"
        " b[None]。",
    ),
    "transposed": Text(
        "Rows and columns are exchanged: a row for each box of a, a column for each of b.",
        "行和列弄反了：a 的每个框占一行，b 的每个框占一列。",
    ),
    "no_area": Text(
        "Both boxes are without area, and 0 / 0 is nan. Their IoU is 0: divide by 1 there.",
        "两个框都没有面积，而 0 / 0 是 nan。它们的 IoU 是 0：请在那里改为除以 1。",
    ),
    "broadcast": Text(
        "Line {line}: {error}. a has A boxes and b has B: a[:, None] and b[None] bring each"
        " together with each.",
        "第 {line} 行：{error}。a 有 A 个框，b 有 B 个：a[:, None] 和 b[None] 让它们两两相遇。",
    ),
}
ERRORS = {"could not be broadcast": "broadcast"}
BOXES = given([[0, 0, 4, 2], [5, 1, 6, 4], [-2, -3, 2, 5]])


def parts(a, b, lowest=0, low=np.maximum, high=np.minimum, more=0):
    """Intersections and areas of all pairs; the defaults are right."""
    a, b = a[:, None], b[None]
    sides = high(a[..., 2:], b[..., 2:]) - low(a[..., :2], b[..., :2]) + more
    sides = np.maximum(sides, lowest)
    sizes = [np.prod(boxes[..., 2:] - boxes[..., :2] + more, axis=-1) for boxes in (a, b)]
    return np.prod(sides, axis=-1), *sizes


def ratio(shared, area_a, area_b):
    union = area_a + area_b - shared
    return shared / np.where(union > 0, union, 1)


def either(got, *wrongs):
    """The one of them that was returned, if it is one of them."""
    return next((wrong for wrong in wrongs if np.array_equal(wrong, got)), None)


def check_iou(their, a, b, note):
    a, b = given(a), given(b)
    shared, area_a, area_b = parts(a, b)
    right = ratio(shared, area_a, area_b)
    with np.errstate(all="ignore"):
        undefined = shared / (area_a + area_b - shared)
        by_one = [shared / area_a, shared / area_b, shared / np.minimum(area_a, area_b)]
    one_more = parts(a, b, more=1)
    got = their.iou(a, b)
    numbers = as_numbers(got)
    expect(
        got,
        right,
        f"iou(np.array({a.tolist()}),\n          np.array({b.tolist()}))  # {note}",
        shared=shared,
        twice=shared / np.maximum(area_a + area_b, 1),
        enclosing=ratio(*parts(a, b, low=np.minimum, high=np.maximum)),
        inclusive=either(got, ratio(*one_more), ratio(one_more[0], area_a, area_b)),
        apart=ratio(*parts(a, b, lowest=-np.inf)) if "both" in note else None,
        negative=None if numbers is None or not (numbers < 0).any() else numbers,
        no_area=undefined,
        by_one=either(got, *by_one),
        in_pairs=np.diag(right) if len(a) == len(b) else None,
        transposed=right.T,
    )


def check(their):
    width, height = (BOXES[:, 2:] - BOXES[:, :2]).T
    expect(
        their.areas(BOXES),
        width * height,
        f"areas(np.array({BOXES.tolist()}))",
        as_size=BOXES[:, 2] * BOXES[:, 3],
        inclusive=(width + 1) * (height + 1),
        perimeter=width + height,
    )
    a = [[0, 0, 4, 2]]
    check_iou(their, a, [[2, 0, 6, 2]], "half of each is shared")
    check_iou(their, a, [[1, 1, 7, 4]], "boxes of different sizes")
    check_iou(their, a, [[1, 5, 3, 6]], "apart in one direction")
    check_iou(their, a, [[5, 5, 7, 9]], "apart in both directions")
    check_iou(their, [[1, 1, 1, 1]], [[1, 1, 1, 1]], "without area")
    check_iou(their, BOXES, BOXES[:2] + 1, "three boxes and two")
    check_iou(their, BOXES[:2], BOXES[1:], "two boxes and two")
    expect_float32(their.areas, BOXES, call="areas(boxes)")
    expect_float32(their.iou, BOXES, BOXES[:2], call="iou(a, b)")


AREA = "(boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])"
PAIRS = "a, b = a[:, None], b[None]"
CUT = "np.maximum(high - low, 0)"
RESULT = "shared / np.where(union > 0, union, 1)"
ATTEMPTS = [
    ("as_size", {AREA: "boxes[..., 2] * boxes[..., 3]"}),
    ("inclusive", {AREA: AREA.replace("])", "] + 1)")}),
    ("inclusive", {CUT: "np.maximum(high - low + 1, 0)"}),
    ("perimeter", {AREA: AREA.replace(" * ", " + ")}),
    ("negative", {CUT: "high - low"}),
    ("apart", {CUT: "high - low", RESULT: f"np.maximum({RESULT}, 0)"}),
    ("enclosing", {"np.minimum(a[": "np.maximum(a[", "low = np.maximum": "low = np.minimum"}),
    ("twice", {" - shared": ""}),
    ("shared", {RESULT: "shared"}),
    ("by_one", {"areas(a) + areas(b) - shared": "areas(a) + 0 * shared"}),
    ("by_one", {"areas(a) + areas(b) - shared": "np.minimum(areas(a), areas(b))"}),
    ("no_area", {RESULT: "shared / union"}),
    ("in_pairs", {PAIRS: ""}),
    ("broadcast", {"areas(a) + areas(b)": "areas(a[:, 0]) + areas(b[0])"}),
    ("transposed", {PAIRS: "a, b = a[None], b[:, None]"}),
    ("dtype", {RESULT: "shared / np.where(union > 0, union, 1.0).astype(float)"}),
]

OTHER_WAYS = [
    {  # loops
        PAIRS: "",
        "    low =": "    return np.array([[one(p, q) for q in b] for p in a], a.dtype)\n\n\n"
        "def one(a, b):\n    low =",
        RESULT: "shared / union if union > 0 else 0",
    },
    {
        CUT: "(high - low).clip(min=0)",
        RESULT: "np.divide(shared, union, out=np.zeros_like(union), where=union != 0)",
    },
]
