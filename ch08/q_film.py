"""Section 8.5.4: the film of dqn.py: the agent's games, and the score that it expects.

The largest of the values Q(s, a) is the discounted score that the network still expects in
situation s. It rises while the ball is on its way to a brick and falls once the point is scored, as
in the figure of Mnih and others (2013). A bar under each frame of the film shows it.
"""

from typing import NamedTuple

import numpy as np

from dlscratch import figures

BACKGROUND = (25, 30, 45)
COLOURS = {  # of the channels
    2: [(255, 255, 255), (85, 95, 120)],  # Catch: this frame, the one before
    4: [(86, 180, 233), (255, 255, 255), (110, 120, 145), (230, 159, 0)],  # paddle, ball, ..
}
LINE = (12, 15, 25)  # around each pixel
BAR = (0, 158, 115)
MARKS = (1, figures.GREEN, "o", "a point"), (-1, figures.VERMILION, "x", "missed")
PIXEL = 16  # how wide a pixel of the game is in the film


class Frame(NamedTuple):
    """A frame of a game that was played: what is seen, the values of the actions, the reward."""

    seen: np.ndarray
    q: np.ndarray
    reward: float
    over: bool


def record(net, game, frames, seed=0):
    """So many `Frame`s played by the network: one game after the other, as many as that takes."""
    seen, _ = game.reset(seed=seed)
    recorded = []
    for _ in range(frames):
        q = net.predict(seen[None])[0]
        now, reward, terminated, truncated, _ = game.step(int(q.argmax()))
        over = bool(terminated or truncated)
        recorded.append(Frame(seen, q, float(reward), over))
        seen = game.reset()[0] if over else now
    return recorded


def picture(seen):
    """The channels in colours, the first on top: (C, H, W) -> (16 H, 16 W, 3) uint8."""
    pixels = np.full((*seen.shape[1:], 3), BACKGROUND, np.uint8)
    for channel, colour in reversed(list(zip(seen, COLOURS[len(seen)]))):
        pixels[channel > 0] = colour
    large = pixels.repeat(PIXEL, axis=0).repeat(PIXEL, axis=1)
    large[::PIXEL] = large[:, ::PIXEL] = LINE
    return large


def film(recorded):
    """The pictures of a film; under each frame a bar for the value of the best action."""
    highest = max(frame.q.max() for frame in recorded)
    for frame in recorded:
        board = picture(frame.seen)
        bar = np.full((PIXEL, board.shape[1], 3), LINE, np.uint8)
        length = round(board.shape[1] * max(0, frame.q.max()) / highest) if highest > 0 else 0
        bar[PIXEL // 3 :, :length] = BAR
        yield np.concatenate([board, bar])  # (H, W, 3) and (16, W, 3) -> (H + 16, W, 3)


def draw(games, at_once):
    """A row for each game: how it was learned, what the network expects, and what it sees there.

    games: name -> (average score for each frame of the `at_once` games, the recorded frames).
    """
    rows = len(games)
    fig, axes = figures.new(
        rows, 4, (8.8, 2.3 * rows), squeeze=False, width_ratios=(1.2, 1.5, 0.9, 0.9)
    )
    for (left, middle, *pictures), (name, (scores, recorded)) in zip(axes, games.items()):
        name = name.capitalize()
        frames = at_once * np.arange(1, len(scores) + 1) / 1000
        left.plot(frames[::50], scores[::50], color=figures.BLUE)
        left.set(title=f"{name}: it learns", xlabel="thousand frames", ylabel="points a game")
        values = np.array([frame.q.max() for frame in recorded])
        middle.plot(values, color=figures.BLUE, linewidth=1)
        for reward, colour, mark, word in MARKS:
            at = [k for k, frame in enumerate(recorded) if frame.reward == reward]
            if at:
                middle.plot(at, values[at], mark, color=colour, markersize=4, label=word)
                middle.legend(frameon=False, fontsize=8, loc="lower left")
        middle.set(title=f"{name}: it expects", xlabel="frame", ylabel="points, discounted")
        for ax, k, word in zip(pictures, (values.argmax(), values.argmin()), ("most", "least")):
            figures.image(ax, picture(recorded[k].seen), f"{word}, frame {k}")
    return fig
