"""The check of the random search, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import as_numbers, fail, shown
from dlscratch.exercises.texts import Text

LESSON_ZH = """
随机搜索：在对数尺度上抽取超参数（6.5.2 节）。

谁也不知道最好的学习率是多少，连数量级都不知道。所以随机抽取，并使每个数量级的机会相同：
0.0001 到 0.001 与 0.001 到 0.01 出现得一样多。也就是说，对它的对数进行均匀抽样。
用抽到的值训练网络，在验证数据上评估识别精度，如此重复许多次；
最好的那些结果会告诉我们接下来该在哪里搜索。

请编写：

    log_uniform(low, high, rng)     返回 low 到 high 之间的一个数，其对数均匀分布
    random_search(score, ranges, trials, rng)
                                    ranges：字典，名称 -> (low, high)；每次试验为每个名称抽一个数，
                                    point = {name: number, ..}，然后调用 score(point)，
                                    它返回识别精度；返回由 (accuracy, point) 组成的列表，
                                    每次试验一项，最好的在前

rng 是随机数生成器：rng.uniform(a, b) 是 a 到 b 之间的一个数。

>>> rng = np.random.default_rng(0)
>>> bool(1e-6 <= log_uniform(1e-6, 1e-2, rng) <= 1e-2)
True
>>> def score(point):  # best at lr = 0.001
...     return 1 - abs(np.log10(point["lr"]) + 3) / 10
>>> best = random_search(score, {"lr": (1e-6, 1e-2)}, 100, rng)
>>> len(best), round(float(best[0][1]["lr"]), 4)
(100, 0.001)
"""

HINTS = [
    Text(
        "Draw the exponent uniformly, and raise 10 to it. The exponents of low and high are their"
        " logarithms to base 10.",
        "均匀地抽取指数，再求 10 的这个次幂。low 和 high 的指数就是它们以 10 为底的对数。",
    ),
    Text(
        "10 ** rng.uniform(np.log10(low), np.log10(high)). In each trial make a new dict, score it"
        " once and keep the pair.",
        "10 ** rng.uniform(np.log10(low), np.log10(high))。每次试验建立一个新字典，"
        "评估一次，保存这一对。",
    ),
    Text(
        "point = {name: log_uniform(low, high, rng) for name, (low, high) in ranges.items()};"
        " results.append((score(point), point)); at the end sorted(results, key=lambda result:"
        " result[0], reverse=True)",
        "point = {name: log_uniform(low, high, rng) for name, (low, high) in ranges.items()};"
        " results.append((score(point), point))；最后 sorted(results, key=lambda result:"
        " result[0], reverse=True)",
    ),
]

SAYS = {
    "exponent": Text(
        "That is the exponent. The number itself is 10 ** exponent.",
        "这是指数。数本身是 10 ** 指数。",
    ),
    "linear": Text(
        "From 1e-6 to 1e-2, nearly all of the numbers are above 1e-3: the scale is linear. Draw the"
        " exponent uniformly.",
        "从 1e-6 到 1e-2，抽到的数几乎都大于 1e-3：这是线性尺度。请对指数均匀抽样。",
    ),
    "base": Text(
        "The base of the power is not that of the logarithm: 10 ** belongs to np.log10, np.exp to"
        " np.log.",
        "幂与对数的底不同：10 ** 对应 np.log10，np.exp 对应 np.log。",
    ),
    "outside": Text(
        "Numbers lie outside of low to high.",
        "有的数不在 low 到 high 之间。",
    ),
    "whole": Text(
        "Only powers of ten are drawn: the exponent need not be whole. Use rng.uniform.",
        "只抽到了整数次幂：指数不必是整数。请用 rng.uniform。",
    ),
    "other_rng": Text(
        "With generators of the same seed the numbers differ: draw from rng, not from np.random"
        " itself.",
        "生成器的种子相同，抽到的数却不同：请用 rng，而不是 np.random 本身。",
    ),
    "same_number": Text(
        "log_uniform returns the same number again and again: draw from the rng that was given.",
        "log_uniform 总是返回同一个数：请用传入的 rng。",
    ),
    "uneven": Text(
        "The powers of ten do not have the same chance: draw the exponent uniformly.",
        "各数量级的机会不同：请对指数均匀抽样。",
    ),
    "calls": Text(
        "score was called {calls} times in {trials} trials: once in each.",
        "{trials} 次试验中 score 被调用了 {calls} 次：每次试验恰好一次。",
    ),
    "one_point": Text(
        "All trials have the same point: draw within the loop.",
        "所有试验的点都相同：请在循环里抽取。",
    ),
    "one_dict": Text(
        "All pairs hold the same dict, that of the last trial: make a new one in each trial.",
        "所有项里是同一个字典，即最后一次试验的：每次试验都要建立新的字典。",
    ),
    "tied": Text(
        "The names get the same place within their ranges. Draw a number for each name.",
        "各个名称在自己的范围里处于同样的位置。请为每个名称各抽一个数。",
    ),
    "names": Text(
        "A point has these names: {right_names}. score was called with {names}.",
        "一个点应有这些名称：{right_names}。调用 score 时传入的是 {names}。",
    ),
    "pairs": Text(
        "random_search must return a list of pairs (accuracy, point), {trials} of them.",
        "random_search 必须返回由 (accuracy, point) 组成的列表，共 {trials} 项。",
    ),
    "worst_first": Text(
        "The worst result comes first: sort with reverse=True.",
        "最差的结果排在了前面：请用 reverse=True 排序。",
    ),
    "not_sorted": Text(
        "The results are not sorted by accuracy, the best first.",
        "结果没有按识别精度排序，最好的应在前。",
    ),
    "ties": Text(
        "Line {line}: two accuracies may be equal, and then Python compares the dicts. Sort by the"
        " accuracy alone: key=lambda result: result[0].",
        "第 {line} 行：两个精度可能相等，这时 Python 会去比较字典。请只按精度排序："
        "key=lambda result: result[0]。",
    ),
}

ERRORS = {"instances of 'dict'": "ties"}
RANGES = {"lr": (1e-6, 1e-2), "weight_decay": (1e-8, 1e-4)}
DRAWS, TRIALS = 2000, 40


def check_log_uniform(their):
    call = "log_uniform(1e-6, 1e-2, rng)"
    rng = np.random.default_rng(0)
    drawn = [their.log_uniform(1e-6, 1e-2, rng) for _ in range(DRAWS)]
    if drawn[0] is None:
        fail("none", call=call)
    x = as_numbers(drawn)
    if x is None or x.ndim != 1:
        fail("kind", kind=type(drawn[0]).__name__)
    facts = {"call": f"{call}, 6 times", "got": shown(x[:6]), "right": "1e-6 .. 1e-2"}
    if (x <= -2).all() and (x >= -6).all():
        fail("exponent", **facts)
    if len({*drawn}) == 1:
        fail("same_number")
    if x.min() < 1e-6 * (1 - 1e-9) or x.max() > 1e-2 * (1 + 1e-9):
        ends = np.log([x.min(), x.max()]) if x.min() > 0 else np.zeros(2)
        mixed = [[-6, -2], np.log([1e-6, 1e-2]) * np.log(10)]  # e ** log10, 10 ** log
        fail("base" if any(np.allclose(ends, m, atol=0.2) for m in mixed) else "outside", **facts)
    if np.mean(x > 1e-3) > 0.8:
        fail("linear")
    exponents = np.log10(x)
    if np.allclose(exponents, exponents.round()):
        fail("whole")
    shares = np.histogram(exponents, 4, (-6, -2))[0] / DRAWS
    if abs(shares - 0.25).max() > 0.05:
        fail("uneven")
    again = np.random.default_rng(0)
    if [their.log_uniform(1e-6, 1e-2, again) for _ in range(3)] != drawn[:3]:
        fail("other_rng")


def check_points(points):
    """The points that score was called with."""
    if len(points) != TRIALS:
        fail("calls", calls=len(points), trials=TRIALS)
    for point in points:
        names = sorted(point) if isinstance(point, dict) else shown(point)
        if names != sorted(RANGES):
            fail("names", names=names, right_names=sorted(RANGES))
    places = np.array([[np.log10(p["lr"]), np.log10(p["weight_decay"]) + 2] for p in points])
    if np.ptp(places[:, 0]) == 0:
        fail("one_point")
    if np.allclose(places[:, 0], places[:, 1]):
        fail("tied")


def check(their):
    check_log_uniform(their)
    points = []

    def score(point):
        points.append(dict(point) if isinstance(point, dict) else point)
        return np.round(np.log10(point["lr"]) / 10 + 1, 1) if isinstance(point, dict) else 0.0

    results = their.random_search(score, dict(RANGES), TRIALS, np.random.default_rng(0))
    check_points(points)
    if results is None:
        fail("none", call="random_search(..)")
    pairs = results if isinstance(results, list | tuple) else []
    if len(pairs) != TRIALS or not all(
        isinstance(p, list | tuple) and len(p) == 2 and isinstance(p[1], dict) for p in pairs
    ):
        fail("pairs", trials=TRIALS)
    if len({id(point) for _, point in pairs}) == 1:
        fail("one_dict")
    accuracies = [accuracy for accuracy, _ in pairs]
    if accuracies != sorted(accuracies, reverse=True):
        fail("worst_first" if accuracies == sorted(accuracies) else "not_sorted")


POWER = "10 ** rng.uniform(np.log10(low), np.log10(high))"
POINT = "{name: log_uniform(low, high, rng) for name, (low, high) in ranges.items()}"
SORTED = "sorted(results, key=lambda result: result[0], reverse=True)"
LOOP = "    for _ in range(trials):\n        point = "
TIED = LOOP.replace("point =", "lr = log_uniform(1e-6, 1e-2, rng)\n        point =")
ATTEMPTS = [
    ("linear", {POWER: "rng.uniform(low, high)"}),
    ("exponent", {"10 ** rng": "rng"}),
    ("base", {POWER: "np.exp(rng.uniform(np.log10(low), np.log10(high)))"}),
    ("base", {"np.log10": "np.log"}),
    ("outside", {POWER: "10 ** rng.uniform(low, high)"}),
    ("whole", {POWER: "10.0 ** rng.integers(np.log10(low), np.log10(high))"}),
    ("kind", {"np.log10(high))": "np.log10(high), 1)"}),
    ("other_rng", {"rng.uniform": "np.random.uniform"}),
    ("same_number", {"rng.uniform": "np.random.default_rng(0).uniform"}),
    ("uneven", {POWER: "10 ** (np.log10(low) + np.log10(high / low) * rng.random() ** 2)"}),
    ("calls", {"(score(point), point)": "(score(point), score(point), point)"}),
    ("one_point", {LOOP: f"    fixed = {POINT}\n{LOOP}dict(fixed) or "}),
    ("one_dict", {LOOP: "    point = {}\n    for _ in range(trials):\n        point |= "}),
    ("tied", {POINT: "{name: low / 1e-6 * lr for name, (low, _) in ranges.items()}", LOOP: TIED}),
    ("names", {"score(point), point": 'score(point["lr"]), point'}),
    ("pairs", {SORTED: f"{SORTED}[0]"}),
    ("worst_first", {", reverse=True": ""}),
    ("not_sorted", {SORTED: "results"}),
    ("ties", {"key=lambda result: result[0], ": ""}),
]

OTHER_WAYS = [
    {
        POWER: "np.exp(rng.uniform(np.log(low), np.log(high)))",
        SORTED: "sorted(results, key=lambda r: -r[0])",
    },
    {
        POWER: "low * (high / low) ** rng.random()",
        f"return {SORTED}": "results.sort(key=lambda result: result[0])\n    return results[::-1]",
    },
]
