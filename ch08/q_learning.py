"""Section 8.5.4: deep Q-learning, how a network learns what each action is worth.

Q(s, a) is the sum of the rewards to come after action a in situation s, one that comes k frames
later counted gamma^k times. It is unknown, but must satisfy Bellman's equation from one frame to
the next: Q(s, a) = r + gamma max Q(s', a'). So the right side, as the network estimates it, is the
target for the left. Two things keep it from chasing its own tail: examples are drawn from a replay
memory, and Q(s', a') is read from a target network, a copy that is renewed only now and then.
"""

from typing import NamedTuple

import numpy as np

from ch08.q_games import Games
from dlscratch import Adam, Affine, Convolution, CosineDecay, Flatten, HuberWithLoss, Network, ReLU
from dlscratch.book.loop import Loop
from dlscratch.games import ReplayMemory

GAMES_AT_ONCE = 8
BATCH = 64
HIDDEN = 112


class Settings(NamedTuple):
    """How a game is learned; what is counted in updates or frames is counted over all games."""

    frames: int  # that are played
    memory: int = 100_000  # transitions that are remembered
    copy_every: int = 200  # updates from one renewal of the target network to the next
    lr: float = 5e-4
    gamma: float = 0.99
    updates: int = 2  # for a frame of all eight games
    explore: float = 0.25  # the share of the frames in which epsilon falls from 1 to its end
    epsilon: float = 0.02  # its end
    limit: int = 1000  # frames after which a game is cut off


def build(observation_shape, n_actions, rng):
    """The network: what is seen, (N, C, H, W), in; the value of each action, (N, A), out."""
    C, H, W = observation_shape
    maps = 16 * (H - 2) * (W - 2)
    return Network(
        [
            Convolution.init(C, 16, 3, rng=rng),
            ReLU(),
            Flatten(),
            Affine.init(maps, HIDDEN, rng=rng),
            ReLU(),
            Affine.init(HIDDEN, n_actions, std=0.01, rng=rng),  # at first all actions are worth 0
        ],
        HuberWithLoss(),
    )


def targets(batch, q_next, gamma):
    """What Q(s, a) should be, (B,): r + gamma max Q(s', a'), and just r where the game is over.

    batch: `Transitions`; q_next: Q(s', a'), (B, A). A game that was cut off has a future.

    >>> from dlscratch.games import Transitions
    >>> over = Transitions(None, None, np.array([1.0, 1.0]), None, np.array([False, True]))
    >>> targets(over, np.array([[2.0, 4.0], [2.0, 4.0]]), gamma=0.5)
    array([3., 1.])
    """
    future = np.where(batch.terminated, 0, q_next.max(axis=1))
    return (batch.rewards + gamma * future).astype(q_next.dtype)


def loss_and_gradient(net, batch, y):
    """The mean Huber loss of Q(s, a) beside its target y, (B,); fills `net.grads`."""
    q = net.forward(batch.observations, training=True)  # (B, A)
    t = q.copy()
    t[np.arange(len(t)), batch.actions] = y  # the other actions were not tried: no error there
    loss = net.last_layer.forward(q, t)
    net.weight_gradients(net.last_layer.backward())
    return loss


def explored(net, seen, epsilon, rng):
    """The best action for each game, (N,); with probability epsilon any other one."""
    q = net.forward(seen)
    N, A = q.shape
    return np.where(rng.random(N) < epsilon, rng.integers(A, size=N), q.argmax(axis=1))


def learned(args, name, make, settings):
    """(network, history) of a training that plays games of make(); args.resume goes on with one.

    history: "loss" of the last update and average "score", for each frame of all eight games.
    """
    rng, s = np.random.default_rng(args.seed), settings
    games = Games(make, GAMES_AT_ONCE, s.limit, rng)
    shape, n_actions = games.games[0].observation_shape, games.games[0].n_actions
    net, target = (build(shape, n_actions, rng) for _ in range(2))
    memory = ReplayMemory(min(s.memory, s.frames), shape)
    steps = s.frames // GAMES_AT_ONCE
    loop = Loop(
        args,
        name,
        steps=steps,
        parts={"net": (net, Adam(CosineDecay(s.lr, s.updates * steps))), "target": (target, None)},
        rng=rng,
        arrays={**games.arrays, **numbers(memory)},
        settings=s._asdict(),
    )
    for step in loop:
        if not hasattr(games, "seen"):  # begin, or go on
            games.start()
            memory.added = (step - 1) * GAMES_AT_ONCE
        epsilon = max(s.epsilon, 1 - step / (s.explore * steps))
        memory.add(*games.step(explored(net, games.seen, epsilon, rng)))
        for update in range(s.updates):
            if ((step - 1) * s.updates + update) % s.copy_every == 0:
                target.params.flat[:] = net.params.flat
            batch = memory.sample(BATCH, rng)
            y = targets(batch, target.forward(batch.next_observations), s.gamma)
            loss = loss_and_gradient(net, batch, y)
            loop.update("net")
        loop.record(loss=loss, score=games.average)
    return net, loop.history


def numbers(memory):
    """All that a replay memory holds, by name, as the numbers that a checkpoint can keep."""
    rows = memory.rows._asdict()
    return {**rows, "terminated": rows["terminated"].view(np.uint8)}
