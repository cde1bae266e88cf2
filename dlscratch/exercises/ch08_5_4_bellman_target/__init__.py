"""The check of the target of deep Q-learning, its texts, and wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import expect, expect_float32, fail, given
from dlscratch.exercises.texts import Text

LESSON_ZH = """
深度 Q 学习的目标：一个动作应当值多少（8.5.4 节）。

Q(s, a) 是在状态 s 下动作 a 的价值：今后的全部奖励，晚 k 步得到的奖励乘以 gamma^k。
没有人知道它，但前一步与后一步必须相符（贝尔曼方程）：现在的奖励，
加上 gamma 乘以下一步所能得到的最好价值。

    y = r                          游戏结束时：没有下一步
    y = r + gamma * max Q(s', a')  否则，对动作 a' 取最大值

网络返回全部 A 个动作的价值，但只试了其中一个。所以网络的目标 t 就是它自己返回的 q，
只把试过的那个动作换成 y：其余动作的误差为 0。

请编写：

    bellman_target(rewards, q_next, terminated, gamma)   返回 y，(B,)
    training_target(q, actions, y)                       返回 t，(B, A)

    rewards      (B,)      B 步中每一步的奖励
    q、q_next    (B, A)    网络对每一步之前和之后的状态给出的价值
    terminated   (B,)      bool，这一步之后游戏是否结束
    actions      (B,)      0 .. A - 1 的整数，试过的动作

不得改写任何参数；输入 float32，输出也是 float32。

>>> rewards, terminated = np.array([0.0, 1.0]), np.array([False, True])
>>> q_next = np.array([[2.0, 4.0, 3.0], [2.0, 4.0, 3.0]])
>>> y = bellman_target(rewards, q_next, terminated, gamma=0.5)
>>> y
array([2., 1.])
>>> training_target(np.array([[5.0, 6.0, 7.0], [8.0, 9.0, 9.5]]), np.array([2, 0]), y)
array([[5. , 6. , 2. ],
       [1. , 9. , 9.5]])
"""

HINTS = [
    Text(
        "q_next.max(axis=1) has the best value of each row. Nothing comes after a game that is"
        " over: put 0 there.",
        "q_next.max(axis=1) 给出每一行最好的价值。游戏结束之后什么也没有：那里放 0。",
    ),
    Text(
        "np.where(terminated, 0, ...) is 0 where terminated is True. t begins as q.copy(); two"
        " lists of indices, np.arange(len(t)) and actions, pick one number in each row.",
        "np.where(terminated, 0, ...) 在 terminated 为 True 处是 0。t 从 q.copy() 开始；"
        "np.arange(len(t)) 和 actions 两组下标在每一行选中一个数。",
    ),
    Text(
        "rewards + gamma * np.where(terminated, 0, q_next.max(axis=1)), and t = q.copy();"
        " t[np.arange(len(t)), actions] = y",
        "rewards + gamma * np.where(terminated, 0, q_next.max(axis=1))，以及 t = q.copy();"
        " t[np.arange(len(t)), actions] = y",
    ),
]

SAYS = {
    "future_after_end": Text(
        "The second game is over, and still it has a future. Only its reward counts there.",
        "第二局游戏已经结束，却还有未来。那里只算它的奖励。",
    ),
    "reversed": Text(
        "The wrong way round: the games that are over have a future here, the others none.",
        "terminated 用反了：结束的游戏有未来，其余的没有。",
    ),
    "reward_lost": Text(
        "The second game is over, and its reward is lost. Only the future is 0, and the reward"
        " counts: at the end of a game it says who has won.",
        "第二局游戏结束时，奖励丢了。为 0 的只是未来，奖励要算：游戏结束时，输赢全靠它。",
    ),
    "no_reward": Text("The rewards are not added.", "没有加上奖励。"),
    "no_gamma": Text(
        "The future counts in full here. Multiply it by gamma.",
        "这里的未来没有打折扣。请乘以 gamma。",
    ),
    "reward_later": Text(
        "gamma multiplies the rewards as well. They come now: only what comes later is multiplied.",
        "gamma 也乘到了奖励上。奖励现在就得到：只有以后的才乘。",
    ),
    "mean": Text(
        "That takes the mean over the actions. The best one will be chosen: take the maximum.",
        "这里对动作取了平均。下一步会选最好的动作：请取最大值。",
    ),
    "which_action": Text(
        "argmax says which action is best. What counts is its value: max.",
        "argmax 说的是哪个动作最好。要的是它的价值：max。",
    ),
    "best_of_all": Text(
        "That is the maximum of the whole array. Each row has its own: axis=1.",
        "这是整个数组的最大值。每一行应有自己的：axis=1。",
    ),
    "integers": Text(
        "With float32 the result is {dtype}. Is there a 1 - terminated? It holds integers, and"
        " float32 times integers is float64: use ~terminated, or np.where.",
        "输入 float32，结果却是 {dtype}。是不是用了 1 - terminated？它是整数，而 float32 乘整数得到"
        " float64：请用 ~terminated 或 np.where。",
    ),
    "zeros": Text(
        "The actions that were not tried have target 0 here: the network would learn that they are"
        " worth nothing. Begin with q.copy().",
        "这里没有试过的动作目标是 0：网络会学成它们一文不值。请从 q.copy() 开始。",
    ),
    "whole_rows": Text(
        "More than one number of a row is set. Two lists of indices pick one in each row:"
        " t[np.arange(len(t)), actions].",
        "一行里设置了不止一个数。用两组下标才能在每一行选中一个：t[np.arange(len(t)), actions]。",
    ),
    "best_action": Text(
        "y stands at the action that the network finds best. It belongs to the one that was tried:"
        " actions.",
        "y 放在了网络认为最好的动作上。它属于试过的那个动作：actions。",
    ),
    "added": Text("y is added to q. It takes its place.", "这里把 y 加到了 q 上。应当替换。"),
    "shapes": Text(
        "Line {line}: {error}. There is one number for each row, not one for each action: axis=1.",
        "第 {line} 行：{error}。每一行有一个数，而不是每个动作一个：axis=1。",
    ),
}
ERRORS = {
    "bellman_target: .*broadcast": "shapes",
    "training_target: .*(broadcast|shape mismatch|out of bounds)": "whole_rows",
}
REWARDS, TERMINATED = given([1, -1, 0.5]), given([False, True, False], bool)
Q_NEXT = given([[2, 4, 3, -8], [7, 1, 0, 5], [-3, -2, -6, -4]])


def check_bellman(their, rewards, q_next, terminated, gamma):
    best = q_next.max(axis=1)
    lists = ",\n          ".join(
        f"np.array({array.tolist()})" for array in (rewards, q_next, terminated)
    )

    def target(future):
        return rewards + gamma * np.where(terminated, 0, future)

    expect(
        their.bellman_target(rewards, q_next, terminated, gamma),
        target(best),
        f"bellman_target({lists}, gamma={gamma})",
        future_after_end=rewards + gamma * best,
        reversed=rewards + gamma * np.where(terminated, best, 0),
        reward_lost=np.where(terminated, 0, rewards + gamma * best),
        no_reward=gamma * np.where(terminated, 0, best),
        no_gamma=rewards + np.where(terminated, 0, best),
        reward_later=np.where(terminated, rewards, gamma * (rewards + best)),
        mean=target(q_next.mean(axis=1)),
        which_action=target(q_next.argmax(axis=1)),
        best_of_all=target(q_next.max()),
    )


def check_training(their):
    q, actions, y = Q_NEXT, given([1, 3, 0], int), given([10, 20, 30])
    each = np.arange(len(q)), actions
    t, zeros, rows, added, best = q.copy(), np.zeros_like(q), q.copy(), q.copy(), q.copy()
    t[each], zeros[each], rows[:, actions] = y, y, y
    added[each] += y
    best[np.arange(len(q)), q.argmax(axis=1)] = y
    expect(
        their.training_target(q, actions, y),
        t,
        f"training_target(np.array({q.tolist()}),\n          np.array({actions.tolist()}), "
        f"np.array({y.tolist()}))",
        zeros=zeros,
        whole_rows=rows,
        best_action=best,
        added=added,
    )


def check(their):
    check_bellman(their, REWARDS, Q_NEXT, TERMINATED, 0.5)
    check_bellman(their, REWARDS, Q_NEXT[:, 1:], TERMINATED, 0.9)
    check_training(their)
    single = given(REWARDS, np.float32), given(Q_NEXT, np.float32), TERMINATED
    dtype = np.asarray(their.bellman_target(*single, 0.5)).dtype
    if dtype != np.float32:
        fail("integers", dtype=dtype)
    expect_float32(
        lambda q, y: their.training_target(q, np.array([1, 3, 0]), y),
        Q_NEXT,
        REWARDS,
        call="training_target(q, actions, y)",
    )


FUTURE = "np.where(terminated, 0, q_next.max(axis=1))"
RETURN = "rewards + gamma * future"
SET = "t[np.arange(len(t)), actions] = y"
ATTEMPTS = [
    ("future_after_end", {FUTURE: "q_next.max(axis=1)"}),
    ("reversed", {"terminated, 0, q_next.max(axis=1)": "terminated, q_next.max(axis=1), 0"}),
    ("reward_lost", {RETURN: "np.where(terminated, 0, rewards + gamma * future)"}),
    ("no_reward", {RETURN: "gamma * future"}),
    ("no_gamma", {RETURN: "rewards + future"}),
    ("reward_later", {RETURN: "np.where(terminated, rewards, gamma * (rewards + future))"}),
    ("mean", {"q_next.max": "q_next.mean"}),
    ("which_action", {"q_next.max": "q_next.argmax"}),
    ("best_of_all", {"max(axis=1)": "max()"}),
    ("shapes", {"max(axis=1)": "max(axis=0)"}),
    ("integers", {FUTURE: "(1 - terminated) * q_next.max(axis=1)"}),
    ("writes", {"t = q.copy()": "t = q"}),
    ("writes", {"    future = ": "    q_next[terminated] = 0\n    future = "}),
    ("zeros", {"q.copy()": "np.zeros_like(q)"}),
    ("whole_rows", {SET: "t[:, actions] = y"}),
    ("whole_rows", {SET: "t[actions] = y[:, None]"}),
    ("whole_rows", {SET: "t[:] = y"}),
    ("best_action", {", actions] = y": ", q.argmax(axis=1)] = y"}),
    ("added", {"] = y": "] += y"}),
]

OTHER_WAYS = [
    {
        FUTURE: "~terminated * np.max(q_next, axis=1)",
        SET: "for row, action, value in zip(t, actions, y):\n        row[action] = value",
    },
    {  # row by row, with a mask
        RETURN: "np.array([r + gamma * v for r, v in zip(rewards, future)], q_next.dtype)",
        "t = q.copy()\n    " + SET + "\n    return t": "tried = np.arange(q.shape[1]) == "
        "actions[:, None]\n    return np.where(tried, y[:, None], q)",
    },
]
