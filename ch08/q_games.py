"""Section 8.5.4: the games of dqn.py, several played at once, and how an agent is evaluated.

An agent only calls `reset` and `step`, Gymnasium's interface: it can learn any game that has them.
All games here have sticky actions: one frame in ten repeats the action of the frame before. Without
them Breakout is just two games, because the ball starts left or right, and a memorized list of
moves would be enough. An agent is evaluated on 100 games that it did not train on, each with its
own random numbers.
"""

import importlib.util

import numpy as np

from dlscratch.games import Breakout, Catch, Environment, StickyActions, Transitions

STICKY = 0.1  # how often an action is repeated: MinAtar's own number
LIMIT = 5000  # frames after which a game is cut off when an agent is judged
RECENT = 100  # games in the average score of those who learn


def plain_catch():
    return Catch(size=10)


def catch():
    return StickyActions(plain_catch(), STICKY)


def breakout():
    return StickyActions(Breakout(), STICKY)


class MinAtarBreakout(Environment):
    """Breakout played by MinAtar itself, sticky actions too: `pip install dlscratch[games]`."""

    n_actions = 3
    observation_shape = (4, 10, 10)
    numbers = (0, 1, 3)  # MinAtar's own of stay, left, right

    def start(self):
        import minatar

        self.game = minatar.Environment("breakout", sticky_action_prob=STICKY)
        self.game.seed(int(self.rng.integers(2**31)))
        self.game.reset()

    def advance(self, action):
        return self.game.act(self.numbers[action])

    def observe(self):
        return self.game.state().transpose(2, 0, 1).astype(np.uint8)  # (10, 10, 4) -> (4, 10, 10)


def has_minatar():
    return importlib.util.find_spec("minatar") is not None


class Games:
    """`count` games at once, so that the network always sees a batch; one that ends begins anew.

    make: returns a game. rng: draws the seed of each episode. limit: frames after which an episode
    is cut off: it is truncated, not terminated. `arrays` holds all that changes: of each running
    episode the seed and the moves so far, from which `start` can play it again.
    """

    def __init__(self, make, count, limit, rng):
        self.games = [make() for _ in range(count)]
        self.limit, self.rng = limit, rng
        self.arrays = {
            "seeds": rng.integers(2**31, size=count),
            "moves": np.zeros((count, limit), np.int8),
            "played": np.zeros(count, np.int64),  # frames of the running episode
            "scores": np.zeros(count),  # of the running episode, so far
            "ended": np.zeros((), np.int64),  # episodes
            "average": np.zeros(()),  # score of the last episodes that ended, about RECENT
        }

    def start(self):
        """What is seen, (count, ..): of new episodes, or of those that `arrays` tells of."""
        seen = []
        for game, seed, moves, played in self._running():
            now, _ = game.reset(seed=int(seed))
            for action in moves[:played]:
                now, *_ = game.step(int(action))
            seen.append(now)
        self.seen = np.stack(seen)  # count of (..) -> (count, ..)
        return self.seen

    def _running(self):
        return zip(self.games, *(self.arrays[name] for name in ("seeds", "moves", "played")))

    def step(self, actions):
        """One frame of every game, as `Transitions`; `seen` is what comes next."""
        before = self.seen
        steps = [game.step(int(action)) for game, action in zip(self.games, actions)]
        after, rewards, terminated, cut_off, _ = map(np.array, zip(*steps))
        played, scores = self.arrays["played"], self.arrays["scores"]
        self.arrays["moves"][np.arange(len(actions)), played] = actions
        played += 1
        scores += rewards
        self.seen = after.copy()
        for i in np.flatnonzero(terminated | cut_off | (played == self.limit)):
            self._count(scores[i])
            self.arrays["seeds"][i] = seed = int(self.rng.integers(2**31))
            self.seen[i], _ = self.games[i].reset(seed=seed)
            played[i] = scores[i] = 0
        return Transitions(before, actions, rewards, after, terminated)

    def _count(self, score):
        ended, average = self.arrays["ended"], self.arrays["average"]
        ended += 1
        average += (score - average) / min(ended, RECENT)

    @property
    def average(self):
        return float(self.arrays["average"])


def greedy(net, seen):
    """The action of the highest value in each situation: (N, ..) -> (N,)."""
    return net.predict(seen).argmax(axis=1)


def play(choose, make, games=100, seed=0, limit=LIMIT):
    """The scores (games,) of an agent; choose: what is seen (N, ..) -> actions (N,)."""
    players, scores = [make() for _ in range(games)], np.zeros(games)
    seen = np.stack([game.reset(seed=games * seed + i)[0] for i, game in enumerate(players)])
    running = np.arange(games)
    for _ in range(limit):
        steps = [players[i].step(int(a)) for i, a in zip(running, choose(seen[running]))]
        seen[running], rewards, terminated, truncated, _ = map(np.array, zip(*steps))
        scores[running] += rewards
        running = running[~(terminated | truncated)]
        if not len(running):
            break
    return scores
