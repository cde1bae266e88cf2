"""Random search: hyper-parameters drawn on a logarithmic scale (section 6.5.2).

Nobody knows which learning rate is best, not even its order of magnitude. So it is drawn at random,
every power of ten with the same chance: 0.0001 to 0.001 as often as 0.001 to 0.01. That is, its
logarithm is drawn uniformly. A network is trained with what was drawn and scored on validation
data, and that is done many times; the best results show where to search next.

Write:

    log_uniform(low, high, rng)     returns one number from low to high, its logarithm uniform
    random_search(score, ranges, trials, rng)
                                    ranges: a dict, name -> (low, high); each trial draws a number
                                    for each name, point = {name: number, ..}, and calls
                                    score(point), which returns the accuracy; returns a list of
                                    pairs (accuracy, point), one for each trial, the best first

rng is a generator of random numbers: rng.uniform(a, b) is a number from a to b.

>>> rng = np.random.default_rng(0)
>>> bool(1e-6 <= log_uniform(1e-6, 1e-2, rng) <= 1e-2)
True
>>> def score(point):  # best at lr = 0.001
...     return 1 - abs(np.log10(point["lr"]) + 3) / 10
>>> best = random_search(score, {"lr": (1e-6, 1e-2)}, 100, rng)
>>> len(best), round(float(best[0][1]["lr"]), 4)
(100, 0.001)
"""

import numpy as np


def log_uniform(low, high, rng):
    return 10 ** rng.uniform(np.log10(low), np.log10(high))


def random_search(score, ranges, trials, rng):
    results = []
    for _ in range(trials):
        point = {name: log_uniform(low, high, rng) for name, (low, high) in ranges.items()}
        results.append((score(point), point))
    return sorted(results, key=lambda result: result[0], reverse=True)
