"""The check of the confusion matrix and of mean IoU, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
平均 IoU：像素分类得有多好（8.4.2 节）。

语义分割给每个像素一个类别。大部分像素是背景，所以什么也没找到的网络，正确的像素比例也很高。
类别 k 的 IoU 只看属于 k 或被判为 k 的像素。先数出一张表，即混淆矩阵：
元素 (i, j) 是属于类别 i 而被判为 j 的像素数。

    k 的 IoU  = both / either     both（交）：元素 (k, k)
                                  either（并）：第 k 行 + 第 k 列 - both
    平均 IoU  = 对 t 或 y 中有像素的类别求平均

既没有出现也没有被判出的类别，IoU 是 0 / 0：应略去。没有出现却被判出的类别，IoU 是 0，要计入。

请编写：

    confusion_matrix(t, y, classes)   t、y：像素的真实类别和判定类别，都是 0 .. classes - 1 的整数，
                                      形状相同，例如 (N, H, W)；
                                      返回 (classes, classes)，整数
    mean_iou(confusion)               返回一个数，0 .. 1

t 常常是 uint8，它最大的数是 255。不得改写任何参数。

>>> t, y = np.array([[0, 0, 0], [0, 1, 1]]), np.array([[0, 0, 1], [1, 1, 1]])
>>> confusion_matrix(t, y, classes=3)
array([[2, 2, 0],
       [0, 2, 0],
       [0, 0, 0]])
>>> print(mean_iou(confusion_matrix(t, y, classes=3)))  # (2 / 4 + 2 / 4) / 2
0.5
"""

HINTS = [
    Text(
        "Begin with np.zeros((classes, classes), int), and count one pixel after the other, or all"
        " at once: np.add.at(confusion, (t, y), 1).",
        "从 np.zeros((classes, classes), int) 开始，逐个像素地数，或者一次数完："
        "np.add.at(confusion, (t, y), 1)。",
    ),
    Text(
        "np.diagonal(confusion) has the `both` of each class. A row holds the pixels that are of a"
        " class, a column those that were called so.",
        "np.diagonal(confusion) 就是各类的 `both`。一行是真正属于某类的像素，"
        "一列是被判为某类的像素。",
    ),
    Text(
        "either = confusion.sum(axis=0) + confusion.sum(axis=1) - both; occurs = either > 0;"
        " np.mean(both[occurs] / either[occurs])",
        "either = confusion.sum(axis=0) + confusion.sum(axis=1) - both; occurs = either > 0;"
        " np.mean(both[occurs] / either[occurs])",
    ),
]

SAYS = {
    "transposed": Text(
        "Rows and columns are exchanged: the row is the true class t, the column the found one, y.",
        "行和列弄反了：行是真实类别 t，列是判定类别 y。",
    ),
    "once": Text(
        "Each cell counts one pixel at most: confusion[t, y] += 1 reads the old number once for all"
        " pixels of a cell. np.add.at adds one pixel after the other.",
        "每个格子最多只数了一个像素：confusion[t, y] += 1 对同一格子的所有像素只读一次旧值。"
        "np.add.at 会逐个像素地加。",
    ),
    "not_counted": Text(
        "Only the pixels that are right are counted. The others belong outside the diagonal.",
        "只数了判对的像素。其余的应数在对角线之外。",
    ),
    "classes": Text(
        "A class that no pixel has gets its row and its column of zeros as well.",
        "没有像素的类别，也要有全零的一行和一列。",
    ),
    "minlength": Text(
        "Line {line}: np.bincount ends at the largest number that occurs. Give it"
        " minlength=classes**2.",
        "第 {line} 行：np.bincount 只数到出现过的最大的数。请给它 minlength=classes**2。",
    ),
    "floats": Text(
        "The pixels are counted in {dtype}. Their number is an integer: np.zeros((classes,"
        " classes), int).",
        "这里用 {dtype} 来数像素。像素数是整数：np.zeros((classes, classes), int)。",
    ),
    "overflow": Text(
        "t is uint8 here, and 20 * 21 does not fit below 256: it becomes 164. Use t.astype(int)"
        " before you multiply, or np.add.at.",
        "这里的 t 是 uint8，而 20 * 21 放不进 256 以内，变成了 164。请在相乘之前用 t.astype(int)，"
        "或者用 np.add.at。",
    ),
    "accuracy": Text(
        "That is the share of all pixels that are right. Background alone makes it high.",
        "这是全部像素中判对的比例。只靠背景它就很高。",
    ),
    "recall": Text(
        "`both` is divided by the row: what is called k by mistake costs nothing. Divide by"
        " `either`.",
        "`both` 除以了行：误判为 k 的像素没有受罚。应除以 `either`。",
    ),
    "precision": Text(
        "`both` is divided by the column: a k that is missed costs nothing. Divide by `either`.",
        "`both` 除以了列：漏掉的 k 没有受罚。应除以 `either`。",
    ),
    "twice": Text(
        "Row and column share the entry on the diagonal, and it is counted twice: subtract `both`.",
        "行和列共有对角线上的元素，它被算了两次：请减去 `both`。",
    ),
    "of_all": Text(
        "The IoU of all classes together lets the frequent ones decide. Divide class by class, then"
        " take the mean.",
        "把所有类别合起来算 IoU，常见的类别就决定了一切。请逐类相除，再求平均。",
    ),
    "each": Text(
        "That is the IoU of each class. What is asked for is their mean.",
        "这是各类的 IoU。要求的是它们的平均。",
    ),
    "undefined": Text(
        "A class without a pixel in t and y has 0 / 0, and the mean with it is nan: leave it out.",
        "t 和 y 中都没有像素的类别是 0 / 0，算进去平均就成了 nan：请略去它。",
    ),
    "absent_is_0": Text(
        "A class that is neither there nor found counts as 0 here. It is left out: divide by the"
        " number of classes that occur.",
        "这里把既没有出现也没有被判出的类别算作 0。应略去它：除以出现的类别数。",
    ),
    "absent_is_1": Text(
        "A class that is neither there nor found counts as 1 here. It is left out.",
        "这里把既没有出现也没有被判出的类别算作 1。应略去它。",
    ),
    "zero_left_out": Text(
        "A class with IoU 0 is left out here, but it counts: only a class without any pixel in t"
        " and in y is left out.",
        "这里略去了 IoU 为 0 的类别，可它要计入：只有在 t 和 y 中都没有像素的类别才略去。",
    ),
}
ERRORS = {"cannot reshape": "minlength"}
T = given([[0, 0, 0, 0], [0, 0, 1, 1], [3, 3, 1, 0]], np.uint8)
Y = given([[0, 0, 0, 1], [0, 0, 1, 1], [3, 0, 0, 0]], int)


def counted(t, y, classes):
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (t, y), 1)
    return confusion


def check_matrix(their, t, y, classes, call):
    right = counted(t, y, classes)
    cells = t * np.uint8(classes) + y  # t is uint8: it overflows
    wrapped = np.bincount(cells.ravel(), minlength=classes**2)
    got = their.confusion_matrix(t, y, classes)
    present = max(t.max(), y.max()) + 1
    expect(
        got,
        right,
        call,
        transposed=right.T,
        once=np.minimum(right, 1),
        not_counted=np.diag(np.diag(right)),
        classes=right[:present, :present] if present < classes else None,
        overflow=wrapped.reshape(classes, classes) if wrapped.size == classes**2 else None,
    )
    if np.asarray(got).dtype.kind not in "iu":
        fail("floats", dtype=np.asarray(got).dtype)


def check_mean(their, values):
    confusion = given(values, int)
    both, rows, columns = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    either = rows + columns - both
    occurs = either > 0
    with np.errstate(all="ignore"):
        ious = both / either
        of_class = {
            "recall": both / rows,
            "precision": both / columns,
            "twice": both / (rows + columns),
        }
    expect(
        their.mean_iou(confusion),
        np.mean(ious[occurs]),
        f"mean_iou(np.array({confusion.tolist()}))",
        accuracy=both.sum() / confusion.sum(),
        of_all=both.sum() / either.sum(),
        each=ious,
        undefined=np.mean(ious),
        absent_is_0=np.mean(np.nan_to_num(ious)),
        absent_is_1=np.mean(np.nan_to_num(ious, nan=1)),
        zero_left_out=np.mean(ious[both > 0]),
        **{key: np.mean(wrong[occurs]) for key, wrong in of_class.items()},
    )


def check(their):
    call = f"confusion_matrix(np.array({T.tolist()}),\n          np.array({Y.tolist()}), "
    check_matrix(their, T, Y, 4, f"{call}classes=4)")
    check_matrix(their, T, Y, 5, f"{call}classes=5)")
    rng = np.random.default_rng(0)
    t, y = rng.integers(21, size=(2, 3, 8, 8))  # the 21 classes of PASCAL VOC
    call = "confusion_matrix(t, y, classes=21)  # t (3, 8, 8) of uint8"
    check_matrix(their, given(t, np.uint8), given(y, int), 21, call)
    check_mean(their, [[6, 2], [1, 1]])
    check_mean(their, [[6, 2, 0], [1, 1, 0], [0, 0, 0]])
    check_mean(their, [[6, 1, 1], [0, 2, 0], [0, 0, 0]])
    check_mean(their, [[6, 0], [2, 0]])


COUNT = "np.add.at(confusion, (t, y), 1)"
RETURN = "return confusion"
BINCOUNT = (
    "return np.bincount((t.astype(int) * classes + y).ravel(), minlength=classes**2)"
    ".reshape(classes, classes)"
)
EITHER = "confusion.sum(axis=0) + confusion.sum(axis=1) - both"
MEAN = "np.mean(both[occurs] / either[occurs])"
ATTEMPTS = [
    ("transposed", {"(t, y), 1": "(y, t), 1"}),
    ("once", {COUNT: "confusion[t, y] += 1"}),
    ("not_counted", {"(t, y), 1": "(t[t == y], y[t == y]), 1"}),
    (
        "classes",
        {"np.zeros((classes, classes), int)": "np.zeros((t.max() + 1, t.max() + 1), int)"},
    ),
    ("minlength", {RETURN: BINCOUNT.replace(", minlength=classes**2", "")}),
    ("floats", {", classes), int)": ", classes))"}),
    ("overflow", {RETURN: BINCOUNT.replace(".astype(int)", "")}),
    ("accuracy", {MEAN: "np.sum(both) / np.sum(confusion)"}),
    ("recall", {EITHER: "confusion.sum(axis=1)"}),
    ("precision", {EITHER: "confusion.sum(axis=0)"}),
    ("twice", {" - both": ""}),
    ("of_all", {MEAN: "np.sum(both) / np.sum(either)"}),
    ("each", {"np.mean(both[occurs] / either[occurs])": "both / either"}),
    ("undefined", {MEAN: "np.mean(both / either)"}),
    ("absent_is_0", {MEAN: "np.mean(np.nan_to_num(both / either))"}),
    ("absent_is_1", {MEAN: "np.mean(np.where(occurs, both / either, 1))"}),
    ("zero_left_out", {"either > 0": "confusion.sum(axis=1) > 0"}),
    ("zero_left_out", {"either > 0": "both > 0"}),
]

OTHER_WAYS = [
    {RETURN: BINCOUNT, MEAN: "np.nanmean(both / either)"},
    {  # one pixel after the other
        COUNT: "for i, j in zip(t.ravel(), y.ravel()):\n        confusion[i, j] += 1",
        "np.diagonal(confusion)": "np.array([confusion[k, k] for k in range(len(confusion))])",
    },
]
