"""Which values to try next: two ways to choose hyper-parameters (section 6.5.2).

`ask(count)` gives that many points, one number from each range, all on a logarithmic scale;
`tell(i, score)` reports the score of the i-th point. Random search ignores the scores, and still
beats a grid, whose points share their few values of the parameter that matters. Bayesian
optimization fits a model to the scores and asks where the model expects the best one. A file that
several machines share lets all of them search together.
"""

import numpy as np

from dlscratch.storage.files import DataError


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
        self.space = space_of(ranges)
        sampler = optuna.samplers.TPESampler(seed=seed)
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.asked = []

    def ask(self, count):
        new = [self.study.ask(self.space) for _ in range(count)]
        self.asked += new
        return [tuple(trial.params[name] for name in self.space) for trial in new]

    def tell(self, i, score):
        self.study.tell(self.asked[i], score)


class SharedStudy:
    """Bayesian optimization by any number of processes and machines: ImportError without Optuna.

    They know each other only by a journal, the file `path`: each writes what it does at its end,
    under a lock, and reads what the others have written. name: of one study among those in the
    file. Which points are tried depends on who is faster, so there is no seed.
    """

    def __init__(self, path, name, ranges):
        import optuna
        from optuna.storages import journal

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.states, self.space = optuna.trial.TrialState, space_of(ranges)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = journal.JournalFileOpenLock(str(path))  # on Windows and NFS too
        try:
            file = journal.JournalFileBackend(str(path), lock)
            self.study = optuna.create_study(
                storage=optuna.storages.JournalStorage(file),
                study_name=name,
                direction="maximize",
                load_if_exists=True,
            )
        except (ValueError, KeyError, TypeError) as error:  # no JSON, or not the journal's
            raise DataError(f"{path} is no journal of Optuna: name another file") from error

    def finished(self):
        """{number: trial} of all that anyone has finished so far."""
        done = self.study.get_trials(deepcopy=False, states=[self.states.COMPLETE])
        return {trial.number: trial.user_attrs["trial"] for trial in done}

    def search(self, train, count, together):
        """Train, `together` at a time, until all machines have finished `count` trials or more.

        train({number: point}) gives {number: trial}. Trials that are stopped are not counted.
        """
        while (missing := count - len(self.finished())) > 0:
            asked = [self.study.ask(self.space) for _ in range(min(together, missing))]
            points = {trial.number: tuple(trial.params.values()) for trial in asked}
            try:
                results = train(points)
            except BaseException:
                for trial in asked:
                    self.study.tell(trial, state=self.states.FAIL)
                raise
            for trial in asked:
                result = results[trial.number]
                trial.set_user_attr("trial", result)
                self.study.tell(trial, result["validation"][-1])


def space_of(ranges):
    """The ranges as Optuna takes them."""
    from optuna.distributions import FloatDistribution

    return {str(i): FloatDistribution(*limits, log=True) for i, limits in enumerate(ranges)}


def search(method, train, count):
    """Ask for `count` points in all; `train({i: point})` tries them and gives {i: score}."""
    tried = 0
    while tried < count:
        points = method.ask(min(method.together or count, count - tried))
        for i, score in train(dict(enumerate(points, start=tried))).items():
            method.tell(i, score)
        tried += len(points)
