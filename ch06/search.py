"""Which values to try next: two ways to choose hyper-parameters (section 6.5.2).

`ask(count)` gives that many points, one number from each range, all on a logarithmic scale;
`tell(i, score)` reports the score of the i-th point. Random search ignores the scores, and still
beats a grid, whose points share their few values of the parameter that matters. Bayesian
optimization fits a model to the scores and asks where the model expects the best one.
"""

import numpy as np


class RandomSearch:
    """Every point drawn anew, whatever the others have scored."""

    together = None  # all can be tried at a time

    def __init__(self, ranges, seed):
        self.ranges, self.rng = ranges, np.random.default_rng(seed)

    def ask(self, count):
        low, high = np.log10(self.ranges).T
        return [tuple((10 ** self.rng.uniform(low, high)).tolist()) for _ in range(count)]

    def tell(self, i, score):
        pass


class OptunaSearch:
    """Bayesian optimization by Optuna, an extra package: ImportError without it."""

    together = 10  # asked at a time: the same points on any number of cores

    def __init__(self, ranges, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        distribution = optuna.distributions.FloatDistribution
        self.space = {str(i): distribution(*limits, log=True) for i, limits in enumerate(ranges)}
        sampler = optuna.samplers.TPESampler(seed=seed)
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.asked = []

    def ask(self, count):
        new = [self.study.ask(self.space) for _ in range(count)]
        self.asked += new
        return [tuple(trial.params[name] for name in self.space) for trial in new]

    def tell(self, i, score):
        self.study.tell(self.asked[i], score)


def search(method, train, count):
    """Ask for `count` points in all; `train({i: point})` tries them and gives {i: score}."""
    tried = 0
    while tried < count:
        points = method.ask(min(method.together or count, count - tried))
        for i, score in train(dict(enumerate(points, start=tried))).items():
            method.tell(i, score)
        tried += len(points)
