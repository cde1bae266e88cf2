"""Catch: a ball falls, and the paddle must be under it (section 8.5.4).

About the simplest game that can be played from pixels. The reward comes when the ball lands, up to
a dozen moves after the one that mattered; which one that was is the credit assignment problem of
reinforcement learning. One frame does not show where the ball is going, so the player sees two.
After Mnih, Heess, Graves and Kavukcuoglu, "Recurrent models of visual attention", 2014.
"""

from __future__ import annotations

import numpy as np

from dlscratch.arguments import expect_whole
from dlscratch.games.environment import Environment

STAY, LEFT, RIGHT = range(3)
MOVES = {STAY: 0, LEFT: -1, RIGHT: 1}


class Catch(Environment):
    """Balls that fall one after another on a board of size x size pixels.

    Actions: 0 stay, 1 left, 2 right, one pixel per frame; the paddle is 3 pixels wide. A ball
    starts anywhere in the top row and moves straight down or diagonally, reflected by the walls.
    Reward: 1 for a ball caught, -1 for one missed. The game is over after `balls` balls.
    Observation: (2, size, size) uint8, 0 or 1: this frame and the previous one; when a new ball
    starts, its first frame twice. ValueError for a size below 3 or no balls.

    >>> game = Catch(size=5)
    >>> frames, _ = game.reset(seed=4)
    >>> frames[0]
    array([[0, 0, 0, 1, 0],
           [0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0],
           [0, 1, 1, 1, 0]], dtype=uint8)
    """

    n_actions = 3

    def __init__(self, size: int = 13, balls: int = 5):
        self.size = expect_whole("size", size, at_least=3)
        self.balls = expect_whole("balls", balls, at_least=1)
        self.observation_shape = (2, self.size, self.size)

    def start(self):
        self.left = self.balls
        self.paddle = self.size // 2
        self.drop()

    def drop(self):
        """Drop the next ball, in a random column and direction."""
        self.x, self.y = int(self.rng.integers(self.size)), 0
        self.dx = int(self.rng.integers(-1, 2))
        self.before = self.now = self.frame()

    def advance(self, action):
        self.paddle = min(max(self.paddle + MOVES[action], 1), self.size - 2)
        if not 0 <= self.x + self.dx < self.size:
            self.dx = -self.dx
        self.x, self.y = self.x + self.dx, self.y + 1
        self.before, self.now = self.now, self.frame()
        if self.y < self.size - 1:
            return 0.0, False
        reward = 1.0 if abs(self.x - self.paddle) <= 1 else -1.0
        self.left -= 1
        if self.left:
            self.drop()
        return reward, self.left == 0

    def frame(self):
        """The board as pixels, (size, size) uint8."""
        pixels = np.zeros((self.size, self.size), np.uint8)
        pixels[-1, self.paddle - 1 : self.paddle + 2] = 1
        pixels[self.y, self.x] = 1
        return pixels

    def observe(self):
        return np.stack([self.now, self.before])  # (size, size) twice -> (2, size, size)
