"""Breakout with MinAtar's rules: the Atari game on ten by ten pixels (section 8.5.4).

Mnih and others (2015) learned Atari from 50 million frames of 210 x 160 pixels, which takes weeks.
MinAtar (Young and Tian, 2019) keeps what makes the games hard to learn, timing and delayed rewards,
and drops the rest: an object is a single pixel, and each kind of object has its own channel.
The trail, the ball's previous position, shows its direction in a single frame.
"""

from __future__ import annotations

import numpy as np

from dlscratch.games.environment import Environment

STAY, LEFT, RIGHT = range(3)
MOVES = {STAY: 0, LEFT: -1, RIGHT: 1}
PADDLE, BALL, TRAIL, BRICKS = range(4)  # the channels
SIZE = 10


class Breakout(Environment):
    """A ball, a paddle, and three rows of bricks: 1 point for each brick.

    Actions: 0 stay, 1 left, 2 right, one pixel per frame. The ball always moves diagonally. Walls
    and ceiling reflect it, and so does a brick, which disappears; but a ball that hits bricks in
    two consecutive frames passes through the second one. The game ends when the paddle misses the
    ball. Once all bricks are gone, a new wall appears when the ball reaches the bottom.
    Observation: (4, 10, 10) uint8, 0 or 1: paddle, ball, trail, bricks.
    Only the side on which the ball starts is random: see `StickyActions`.

    >>> game = Breakout()
    >>> seen, _ = game.reset(seed=0)
    >>> seen[BALL].nonzero(), int(seen[BRICKS].sum())
    ((array([3]), array([9])), 30)
    >>> _, reward, terminated, _, _ = game.step(LEFT)
    >>> reward, terminated
    (0.0, False)
    """

    n_actions = 3
    observation_shape = (4, SIZE, SIZE)

    def start(self):
        from_left = bool(self.rng.integers(2) == 0)
        self.x, self.y = (0 if from_left else SIZE - 1), 3
        self.dx, self.dy = (1 if from_left else -1), 1
        self.trail = self.x, self.y
        self.paddle = SIZE // 2 - 1
        self.bricks = full_wall()
        self.inside = False  # whether the ball hit a brick in the previous frame

    def advance(self, action):
        self.paddle = min(max(self.paddle + MOVES[action], 0), SIZE - 1)
        self.trail = self.x, self.y
        if not 0 <= self.x + self.dx < SIZE:
            self.dx = -self.dx
            x = self.x  # the wall takes a frame: the ball stays in its column
        else:
            x = self.x + self.dx
        y = self.y + self.dy
        hit = y >= 0 and bool(self.bricks[y, x])
        reward, missed = 0.0, False
        if y < 0:
            y = self.reflect()
        elif hit and not self.inside:
            self.bricks[y, x] = 0
            y, reward = self.reflect(), 1.0
        elif y == SIZE - 1:
            y, missed = self.meet_paddle(x)
        self.x, self.y, self.inside = x, y, hit
        return reward, missed

    def reflect(self):
        """Reverse the ball's vertical direction; return its row, unchanged for this frame."""
        self.dy = -self.dy
        return self.y

    def meet_paddle(self, x):
        """(row, whether it was missed) of a ball that reaches the lowest row in column x."""
        if not self.bricks.any():
            self.bricks = full_wall()
        if self.paddle == self.x:  # the paddle is below the ball
            return self.reflect(), False
        if self.paddle == x:  # the ball hits the edge, and returns the way it came
            self.dx = -self.dx
            return self.reflect(), False
        return SIZE - 1, True

    def observe(self):
        seen = np.zeros(self.observation_shape, np.uint8)
        seen[PADDLE, SIZE - 1, self.paddle] = 1
        seen[BALL, self.y, self.x] = 1
        seen[TRAIL, self.trail[1], self.trail[0]] = 1
        seen[BRICKS] = self.bricks
        return seen


def full_wall():
    """Three rows of bricks, one row below the ceiling: (10, 10) uint8."""
    bricks = np.zeros((SIZE, SIZE), np.uint8)
    bricks[1:4] = 1
    return bricks
