"""The check of the mini-batches, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, fail, given, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
mini-batch：所有样本各用一次，顺序随机，分成小份（4.5.2 节和 4.5.3 节）。

学习的每一步只用一个 mini-batch，例如 60000 个样本中的 100 个。
书中每次都重新随机抽取，于是有的样本会用到两次，有的一次也用不到。书的脚注推荐这里的做法：
先把所有样本随机排列一次，再切成一个个 mini-batch。走完一遍就是一个 epoch；
其中每个样本恰好用到一次。

请编写：

    batches(x, t, batch_size, rng)   x：样本 (N, ..)，t：对应的目标 (N,) 或 (N, classes)；
                                     返回列表，每一项是一对 (x_batch, t_batch)，各有
                                     batch_size 行；最后一项装剩下的

rng 是随机数生成器：rng.permutation(5) 是随机排列的 0 到 4 的数组。
每次调用 batches，顺序都不同。x 和 t 不得改写。

>>> x, t = np.array([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5], [4.0, 4.5]]), np.arange(5)
>>> pairs = batches(x, t, 2, np.random.default_rng(0))
>>> [x_batch.shape for x_batch, t_batch in pairs]
[(2, 2), (2, 2), (1, 2)]
>>> sorted(int(label) for x_batch, t_batch in pairs for label in t_batch)
[0, 1, 2, 3, 4]
"""

HINTS = [
    Text(
        "Draw one permutation of all row numbers, cut it into slices, and take the rows of each"
        " slice from x and from t.",
        "先得到所有行号的一个随机排列，把它切成小段，再从 x 和 t 中取出每一段对应的行。",
    ),
    Text(
        "range(0, len(x), batch_size) are the places where the slices begin; a slice may reach"
        " beyond the end. x[rows] takes several rows at once.",
        "各小段的起点是 range(0, len(x), batch_size)；切片可以超出末尾。x[rows] 一次取出多行。",
    ),
    Text(
        "order = rng.permutation(len(x)); for i in range(0, len(x), batch_size): rows = order[i : i"
        " + batch_size], and the pair is (x[rows], t[rows])",
        "order = rng.permutation(len(x)); for i in range(0, len(x), batch_size): rows = order[i : i"
        " + batch_size]，这一对就是 (x[rows], t[rows])",
    ),
]

SAYS = {
    "pairs": Text(
        "batches must return a list of pairs (x_batch, t_batch) of arrays.",
        "batches 必须返回列表，每一项是一对数组 (x_batch, t_batch)。",
    ),
    "not_together": Text(
        "x_batch and t_batch do not belong together: take the same rows of x and of t.",
        "x_batch 与 t_batch 不对应：x 和 t 要取相同的行。",
    ),
    "replacement": Text(
        "An example occurs twice, so that another is left out: rng.choice and rng.integers may draw"
        " a number again, rng.permutation does not.",
        "有样本出现了两次，于是别的样本被漏掉：rng.choice 和 rng.integers 可能重复抽到同一个数，"
        "rng.permutation 不会。",
    ),
    "slice_end": Text(
        "Later batches are empty: a slice order[i : end] ends at row i + batch_size, not at"
        " batch_size.",
        "后面的批是空的：切片 order[i : end] 的终点是 i + batch_size，而不是 batch_size。",
    ),
    "overlap": Text(
        "The batches overlap: each begins batch_size rows after the one before.",
        "各批重叠了：每个批的起点应比前一个批往后 batch_size 行。",
    ),
    "dropped": Text(
        "Examples are missing: those that are left at the end make a batch, too.",
        "缺少样本：最后剩下的那几个也要组成一个批。",
    ),
    "first_only": Text(
        "There is one batch only. An epoch goes through all examples: cut all of the permutation.",
        "只有一个批。一个 epoch 要走遍所有样本：请把整个排列都切开。",
    ),
    "sizes": Text(
        "All batches but the last have batch_size rows, and the last one has what is left.",
        "除最后一个外，每个批都有 batch_size 行；最后一个装剩下的。",
    ),
    "not_shuffled": Text(
        "The examples come in the order that they have in x: use rng.permutation(len(x)).",
        "样本仍是 x 中原来的顺序：请用 rng.permutation(len(x))。",
    ),
    "within": Text(
        "Each batch holds neighbours in x: the whole order must be random before it is cut.",
        "每个批里都是 x 中相邻的样本：应先把全部顺序随机打乱，再切开。",
    ),
    "same_order": Text(
        "A second call has the same order. Draw from the rng that was given, without a seed.",
        "第二次调用的顺序相同。请用传入的 rng，不要自己设定种子。",
    ),
    "other_rng": Text(
        "With two generators of the same seed the orders differ: draw from rng, not from np.random"
        " itself.",
        "两个生成器的种子相同，顺序却不同：请用 rng，而不是 np.random 本身。",
    ),
    "in_place": Text(
        "Line {line} shuffles the caller's array. Draw a permutation of the row numbers instead.",
        "第 {line} 行打乱了调用者的数组。请改为对行号取随机排列。",
    ),
}

ERRORS = {"read-only": "in_place"}
X = given([[i, i + 0.5] for i in range(23)])
T = given(np.arange(23), int)


def check_call(their, size, rng):
    """The rows of each batch."""
    call = f"batches(x, t, {size}, np.random.default_rng(0))  # 23 examples, t = 0 .. 22"
    got = their.batches(X, T, size, rng)
    if got is None:
        fail("none", call=call)
    wrong = {"call": call, "got": shown(got), "right": "[(x_batch, t_batch), ..]"}
    if not np.iterable(got):
        fail("pairs", **wrong)
    rows = []
    for pair in got:
        arrays = pair if isinstance(pair, list | tuple) else []
        if len(arrays) != 2 or any(as_numbers(a) is None for a in arrays):
            fail("pairs", **wrong)
        x, t = map(np.asarray, arrays)
        if x.ndim != 2 or t.shape != x.shape[:1]:
            fail("pairs", **wrong)
        if not np.array_equal(x, np.stack([t, t + 0.5], axis=1)):
            call = f"x_batch[:3]  # t_batch[:3] = {shown(t[:3])}"
            fail("not_together", call=call, got=shown(x[:3]), right=shown(X[t[:3]]))
        rows.append(t.astype(int).tolist())
    return rows


def check(their):
    rng = np.random.default_rng(0)
    rows = check_call(their, 5, rng)
    every: list[int] = sum(rows, [])
    pairs = "for x_batch, t_batch in batches(x, t, 5, rng)]"
    facts = {"call": f"[t_batch {pairs}  # t = 0 .. 22", "got": str(rows), "right": "0 .. 22"}
    sizes = [len(batch) for batch in rows]
    if len(rows) == len(X) and rows[0][1:] == rows[1][:-1]:
        fail("overlap", **facts)
    if len({*every}) < len(every):
        fail("replacement", **facts)
    if len(every) < len(X):
        known = {len(rows) == 1: "first_only", 0 in sizes: "slice_end"}
        fail(known.get(True, "dropped"), **facts)
    if sizes != [5, 5, 5, 5, 3]:
        fail("sizes", call=f"[len(x_batch) {pairs}", got=sizes, right=[5, 5, 5, 5, 3])
    if every == [*range(len(X))]:
        fail("not_shuffled")
    if all(max(batch) - min(batch) < len(batch) for batch in rows):
        fail("within", **facts)
    if check_call(their, 5, rng) == rows:
        fail("same_order")
    if check_call(their, 5, np.random.default_rng(0)) != rows:
        fail("other_rng")
    sizes = [len(batch) for batch in check_call(their, 30, rng)]
    if sizes != [len(X)]:
        fail("sizes", call=f"[len(x_batch) {pairs}".replace("5", "30"), got=sizes, right=[len(X)])


ORDER = "rng.permutation(len(x))"
CUT = "[order[i : i + batch_size] for i in np.arange(0, len(x), batch_size)]"
RETURN = "return [(x[rows], t[rows]) for rows in pieces]"
ATTEMPTS = [
    ("replacement", {ORDER: "rng.choice(len(x), len(x))"}),
    ("replacement", {"[order[i : i + batch_size] for": "[rng.choice(len(x), batch_size) for"}),
    (
        "dropped",
        {CUT: "[order[i : i + batch_size] for i in range(0, len(x) - batch_size, batch_size)]"},
    ),
    ("slice_end", {"order[i : i + batch_size]": "order[i:batch_size]"}),
    ("overlap", {"np.arange(0, len(x), batch_size)": "range(len(x))"}),
    ("first_only", {"for rows in pieces]": "for rows in pieces[:1]]"}),
    ("sizes", {CUT: "np.array_split(order, len(x) // batch_size + 1)"}),
    ("not_shuffled", {ORDER: "np.arange(len(x))"}),
    ("within", {ORDER: "np.arange(len(x))", "in pieces": "in map(rng.permutation, pieces)"}),
    ("not_together", {"t[rows])": "t[rng.permutation(rows)])"}),
    ("same_order", {ORDER: "np.random.default_rng(0).permutation(len(x))"}),
    ("other_rng", {ORDER: "np.random.permutation(len(x))"}),
    ("in_place", {f"order = {ORDER}": "order = np.arange(len(x))\n    rng.shuffle(x)"}),
    ("pairs", {"(x[rows], t[rows]) for": "x[rows] for"}),
]

OTHER_WAYS = [
    {RETURN: "for rows in pieces:\n        yield x[rows], t[rows]"},
    {
        f"order = {ORDER}": f"order = {ORDER}\n    x, t = x[order], t[order]",
        "(x[rows], t[rows]) for rows in pieces": "(x[i : i + batch_size], t[i : i + batch_size])"
        " for i in range(0, len(x), batch_size)",
    },
    {ORDER: "rng.choice(len(x), len(x), replace=False)"},
]
