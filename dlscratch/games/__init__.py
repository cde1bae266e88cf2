"""Games to learn by playing, seen as pixels, and the memory of what was played."""

from dlscratch.games.breakout import Breakout
from dlscratch.games.catch import Catch
from dlscratch.games.environment import Environment
from dlscratch.games.replay import ReplayMemory, Transitions
from dlscratch.games.sticky_actions import StickyActions

__all__ = ["Breakout", "Catch", "Environment", "ReplayMemory", "StickyActions", "Transitions"]
