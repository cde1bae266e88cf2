"""The target of deep Q-learning: what an action should be worth (section 8.5.4).

Q(s, a) is what action a is worth in situation s: all rewards to come, one that comes k steps later
counted gamma^k times. Nobody knows it, but from one step to the next it must agree with itself
(Bellman's equation): the reward now, and gamma times the best that can be done next.

    y = r                          where the game is over: there is no next
    y = r + gamma * max Q(s', a')  otherwise, the maximum over the actions a'

The network returns the values of all A actions, but only one was tried. So its target t is what it
returned itself, q, with y in place of the action that was tried: the error of all others is 0.

Write:

    bellman_target(rewards, q_next, terminated, gamma)   returns y, (B,)
    training_target(q, actions, y)                       returns t, (B, A)

    rewards      (B,)      the reward of each of B steps
    q, q_next    (B, A)    what the network says before and after each step
    terminated   (B,)      bool, whether the game is over after it
    actions      (B,)      integers 0 .. A - 1, the action that was tried

No argument is written to; float32 in, float32 out.

>>> rewards, terminated = np.array([0.0, 1.0]), np.array([False, True])
>>> q_next = np.array([[2.0, 4.0, 3.0], [2.0, 4.0, 3.0]])
>>> y = bellman_target(rewards, q_next, terminated, gamma=0.5)
>>> y
array([2., 1.])
>>> training_target(np.array([[5.0, 6.0, 7.0], [8.0, 9.0, 9.5]]), np.array([2, 0]), y)
array([[5. , 6. , 2. ],
       [1. , 9. , 9.5]])
"""

import numpy as np


def bellman_target(rewards, q_next, terminated, gamma):
    future = np.where(terminated, 0, q_next.max(axis=1))
    return rewards + gamma * future


def training_target(q, actions, y):
    t = q.copy()
    t[np.arange(len(t)), actions] = y
    return t
