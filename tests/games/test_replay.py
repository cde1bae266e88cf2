"""Replay memory: the last transitions, drawn at random."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch.games import ReplayMemory


def steps(first, B, shape=(2,), dtype=np.uint8):
    """B transitions that can be told apart: number n has reward n."""
    n = np.arange(first, first + B)
    observations = np.broadcast_to(n.reshape(-1, *[1] * len(shape)), (B, *shape)).astype(dtype)
    return observations, n % 3, n.astype(float), observations + dtype(1), n % 2 == 0


@given(st.integers(1, 7), st.lists(st.integers(1, 7), min_size=1, max_size=8))
def test_it_holds_what_a_queue_of_limited_length_holds(capacity, sizes):
    memory, queue, n = ReplayMemory(capacity, (2,)), deque(maxlen=capacity), 0
    for B in sizes:
        B = min(B, capacity)
        memory.add(*steps(n, B))
        queue.extend(range(n, n + B))
        n += B
        assert len(memory) == len(queue)
        drawn = memory.sample(200, rng=n)
        assert set(drawn.rewards) == set(queue)


def test_the_five_parts_of_a_transition_stay_together():
    memory = ReplayMemory(10, (2, 3))
    for n in range(0, 28, 4):
        memory.add(*steps(n, 4, shape=(2, 3)))
    drawn = memory.sample(100, rng=0)
    n = drawn.rewards
    np.testing.assert_array_equal(
        drawn.observations, np.broadcast_to(n[:, None, None], (100, 2, 3))
    )
    np.testing.assert_array_equal(drawn.next_observations, drawn.observations + 1)
    np.testing.assert_array_equal(drawn.actions, n % 3)
    np.testing.assert_array_equal(drawn.terminated, n % 2 == 0)


def test_what_was_never_written_is_never_read():
    memory = ReplayMemory(1000, (2,))
    memory.add(*steps(5, 3))
    assert set(memory.sample(500, rng=0).rewards) == {5, 6, 7}


def test_each_transition_is_drawn_equally_often():
    memory = ReplayMemory(5, (2,))
    memory.add(*steps(0, 5))
    memory.add(*steps(5, 3))
    _, counts = np.unique(memory.sample(50_000, rng=0).rewards, return_counts=True)
    np.testing.assert_allclose(counts / 50_000, 1 / 5, atol=0.01)


def test_one_seed_draws_the_same_batch():
    memory = ReplayMemory(50, (2,))
    memory.add(*steps(0, 50))
    first, again, other = (memory.sample(20, rng=seed).rewards for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_dtypes_are_kept_and_arguments_stay_as_they_are(dtype):
    memory = ReplayMemory(4, (2,), dtype)
    new = steps(0, 4, dtype=dtype)
    for array in new:
        array.flags.writeable = False
    memory.add(*new)
    drawn = memory.sample(3, rng=0)
    assert drawn.observations.dtype == drawn.next_observations.dtype == dtype
    assert drawn.actions.dtype == np.int64 and drawn.rewards.dtype == np.float32
    assert drawn.terminated.dtype == bool


def test_a_batch_is_a_copy_of_the_memory():
    memory = ReplayMemory(1, (2,))
    memory.add(*steps(7, 1))
    memory.sample(1, rng=0).observations[...] = 0
    assert (memory.sample(1, rng=0).observations == 7).all()


def test_what_does_not_fit_is_refused_and_nothing_is_written():
    memory = ReplayMemory(4, (2,))
    observations, actions, rewards, following, terminated = steps(0, 3)
    with pytest.raises(ValueError, match="the memory is empty: add transitions"):
        memory.sample(1)
    for arguments, message in [
        ((observations[:2], actions, rewards, following, terminated), r"observations of shape \(B"),
        ((observations, actions, rewards[:1], following, terminated), r"rewards of shape \(B\)"),
        ((observations[0], 0, 0.0, following[0], False), r"use \[None\] for a single game"),
        (steps(0, 5), "B from 1 to 4, got"),
        (steps(0, 3, shape=(3,)), r"observations of shape \(B, 2\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            memory.add(*arguments)
    assert len(memory) == 0
    with pytest.raises(ValueError, match="capacity must be a whole number, 1 or more"):
        ReplayMemory(0, (2,))
    memory.add(*steps(0, 1))
    with pytest.raises(ValueError, match="batch must be a whole number, 1 or more, got 0"):
        memory.sample(0)
