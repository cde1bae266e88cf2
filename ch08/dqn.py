"""Figure 8-27: a network learns to play two games from their pixels (section 8.5.4).

DQN (Mnih and others, 2015) is told no rules: it sees pixels, chooses an action, and gets points. At
first it plays by chance, then more and more by what it has learned; all that was played goes into a
memory, from which it learns what each action is worth (q_learning.py). The same network learns
Catch, a ball that falls, and Breakout by the rules of MinAtar. A film shows how it plays; its bar
is the points that the network expects, which rise while the ball is on its way to a brick.

Points a game, the mean of 100 games with sticky actions (q_games.py) that it did not learn from:

    seed                          0      1      2    mean and standard deviation
    Catch, at most 5             4.90   4.86   4.96   4.91, 0.05
    Breakout                    10.84   8.62   7.19   8.88, 1.84
    Breakout in MinAtar itself   9.77   9.91   7.27   8.98, 1.48

Without sticky actions Catch, which has chance enough, is won: 5.00. It takes a minute of one core,
Breakout with its 400,000 frames 3.6. The settings were chosen with seeds 10 to 14 and other games,
one short training each. The target network renewed every 200 updates instead of 1,000: 4.1 points
after 30,000 frames instead of 1.8. 128 neurons instead of 64, fewer actions by chance at the end:
7.7 after 200,000 instead of 6.1; now there are 112, for smaller files. Gamma 0.9 for Catch, whose
points come within nine frames: 4.8 after 36,000 instead of 4.6. No better on Breakout: gamma 0.97,
a double DQN.

    python ch08/dqn.py
    python ch08/dqn.py --game catch
    python ch08/dqn.py --evaluate

Last line with the default seed:
    breakout, points a game | book: learned from pixels; 401.2 points on the Atari, by chance 1.7
    (quoted) | here: 10.84, by chance 0.44 | holds
"""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ch08 import q_games
from ch08.q_film import draw, film, record
from ch08.q_learning import GAMES_AT_ONCE, Settings, build, learned
from dlscratch import figures
from dlscratch.book.experiment import Claim, run
from dlscratch.book.loop import resume_option
from dlscratch.workers import one_blas_thread

HERE = Path(__file__).parent
FILM = 300  # frames


class Task(NamedTuple):
    """A game to be learned."""

    make: Any
    settings: Settings
    enough: float  # points a game at which it counts as learned
    book: str


PAPER = "learned from pixels; 401.2 points on the Atari, by chance 1.7 (quoted)"
TASKS = {
    "catch": Task(q_games.catch, Settings(frames=100_000, gamma=0.9), 4.9, "learned from pixels"),
    "breakout": Task(q_games.breakout, Settings(frames=400_000), 8.0, PAPER),
}


def options(parser):
    add = parser.add_argument
    add("--game", choices=TASKS, help="only this game (default: both)")
    add("--evaluate", action="store_true", help="do not learn: play with the committed weights")
    resume_option(parser)


def weights(folder, name):
    """The file for the weights of a game."""
    return folder / f"dqn_{name}_params.npz"


def train(args, name):
    """Learn a game and keep the weights as half floats; its history."""
    settings = TASKS[name].settings
    if args.quick:
        settings = settings._replace(frames=1600)
    with one_blas_thread():
        net, history = learned(args, name, TASKS[name].make, settings)
    net.astype(np.float16).save(weights(args.out, name))
    print(f"weights: {weights(args.out, name)}")
    return history


def judge(args, name, net, make, where=""):
    """What the network earns in a hundred games, and what a player by chance does: a claim."""
    task, games = TASKS[name], 10 if args.quick else 100
    rng = np.random.default_rng(args.seed)
    choose = {
        "chance": lambda seen: rng.integers(make().n_actions, size=len(seen)),
        "value": partial(q_games.greedy, net),
    }
    chance, scores = (q_games.play(f, make, games, args.seed) for f in choose.values())
    mean, worst, best = scores.mean(), scores.min(), scores.max()
    spread = f"standard deviation {scores.std():.2f}, worst {worst:.0f}, best {best:.0f}"
    print(f"{name}{where}, {games} games: {mean:.2f} points in the mean, {spread}")
    why = "--quick learns too little" if args.quick else "seeds differ: see the table above"
    return Claim(
        f"{name}{where}, points a game",
        task.book,
        f"{mean:.2f}, by chance {chance.mean():.2f}",
        bool(mean >= task.enough),
        "" if mean >= task.enough else why,
    )


def main(args):
    claims, shown = [], {}
    for name in [args.game] if args.game else TASKS:
        make = TASKS[name].make
        history = {} if args.evaluate else train(args, name)
        net = build(make().observation_shape, make().n_actions, rng=0)
        net.load(weights(HERE if args.evaluate else args.out, name))
        recorded = record(net, make(), 60 if args.quick else FILM, args.seed)
        figures.save_film(film(recorded), args.out / f"dqn_{name}.gif")
        shown[name] = history.get("score", []), recorded
        if name == "catch":  # which has chance enough
            claims.append(judge(args, name, net, q_games.plain_catch, ", no sticky actions"))
        elif q_games.has_minatar():
            claims.append(judge(args, name, net, q_games.MinAtarBreakout, " in MinAtar itself"))
        claims.append(judge(args, name, net, make))
    if not args.evaluate:
        args.save(draw(shown, GAMES_AT_ONCE), "fig_8-27_dqn.png")
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
