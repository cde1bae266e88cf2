"""Games for reinforcement learning from pixels, and a replay memory."""

from dlscratch.games.breakout import Breakout
from dlscratch.games.catch import Catch
from dlscratch.games.environment import Environment
from dlscratch.games.replay import ReplayMemory, Transitions
from dlscratch.games.sticky_actions import StickyActions

__all__ = ["Breakout", "Catch", "Environment", "ReplayMemory", "StickyActions", "Transitions"]
