"""Workers: the batch in parts, the same gradient, the same bits each time, and a clean end."""

import itertools
import platform
import subprocess
import sys
import threading

import numpy as np
import pytest
import threadpoolctl

from dlscratch import (
    SGD,
    Affine,
    BatchNorm,
    Convolution,
    Dropout,
    Flatten,
    Layer,
    Network,
    Pooling,
    ReLU,
    Trainer,
)
from dlscratch import workers as module
from dlscratch.workers import Workers, available_cores, splittable, suitable_workers

RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((11, 2, 6, 6)), RNG.integers(0, 3, 11)


@pytest.fixture(autouse=True)
def any_row_is_enough_for_a_worker(monkeypatch):
    """So that small batches are shared out; one test below asks for the number itself."""
    monkeypatch.setattr(module, "MIN_ROWS", 1)


def network(dropout=0.0, dtype=np.float64):
    rng = np.random.default_rng(0)
    layers = [Convolution.init(2, 4, 3, rng=rng), ReLU(), Pooling(2, 2), Dropout(dropout, rng=rng)]
    layers += [Flatten(), Affine.init(16, 3, rng=rng)]
    return Network(layers, weight_decay=0.1).astype(dtype)


@pytest.mark.parametrize("count", [1, 2, 3, 11, 20])
def test_any_number_of_workers_comes_to_the_loss_and_gradient_of_one(count):
    net = network()
    loss, grads = net.loss_and_gradient(X, LABELS)
    with Workers(net, count) as workers:
        shared_loss, shared = workers.loss_and_gradient(X, LABELS)
    assert shared_loss == pytest.approx(loss, rel=1e-12)
    for name in grads:
        np.testing.assert_allclose(shared[name], grads[name], rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("rows", [1, 7, 20])
def test_the_accuracy_is_that_of_one_worker_to_the_bit(count, rows):
    """Of 7 rows, 4 workers take 1, 2, 2 and 2: rows are counted, shares are not added up."""
    net = network()
    x = np.random.default_rng(1).standard_normal((rows, 2, 6, 6))
    right = net.predict(x).argmax(axis=1)
    for t, expected in ((right, 1.0), ((right + 1) % 3, 0.0), (LABELS[[0] * rows], None)):
        with Workers(net, count) as workers:
            accuracy = workers.accuracy(x, t)
        assert accuracy == net.accuracy(x, t) and expected in (accuracy, None)


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_the_scores_are_those_of_the_network_in_the_order_of_the_rows(count):
    net = network()
    with Workers(net, count) as workers:
        np.testing.assert_allclose(workers.predict(X), net.predict(X), rtol=1e-12)


class Witness(Layer):
    """Notes with how many rows it was called."""

    lengths: set[int] = set()

    def forward(self, x, training=False):
        self.lengths.add(len(x))
        return x

    def backward(self, dout):
        return dout


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("longest", [2, 3, 5])
def test_a_large_batch_in_several_pieces_comes_to_the_gradient_of_the_whole(
    count, longest, monkeypatch
):
    """It is never longer in memory than this: 1,000 images took 331 MB instead of 76."""
    monkeypatch.setattr(module, "MAX_IMAGES", longest)
    net = Network([Witness(), *network().layers], weight_decay=0.1)
    Witness.lengths.clear()
    with Workers(net, count) as workers:
        for rows in (11, 1, 10, 2, 11):  # gradients of an earlier batch are overwritten
            x, t = X[-rows:], LABELS[-rows:]
            loss, grads = workers.loss_and_gradient(x, t)
            assert max(Witness.lengths) <= longest
            expected_loss, expected = network().loss_and_gradient(x, t)
            assert loss == pytest.approx(expected_loss, rel=1e-12)
            np.testing.assert_allclose(grads.flat, expected.flat, rtol=1e-9, atol=1e-13)


def test_a_single_worker_takes_the_batch_whole(monkeypatch):
    """For BatchNorm, and for layers of the reader's own that look at the batch."""
    monkeypatch.setattr(module, "MAX_IMAGES", 2)
    net = Network(
        [Convolution.init(2, 4, 3), BatchNorm.init(4), Flatten(), Affine.init(64, 3)]
    ).astype(np.float64)
    with Workers(net, 1) as workers:
        loss, grads = workers.loss_and_gradient(X, LABELS)
    expected_loss, expected = net.loss_and_gradient(X, LABELS)
    assert loss == expected_loss
    np.testing.assert_array_equal(grads.flat, expected.flat)


@pytest.mark.parametrize("rows, pieces", [(1, 1), (19, 1), (20, 2), (29, 2), (30, 3), (99, 3)])
def test_a_worker_gets_ten_rows_or_none(rows, pieces, monkeypatch):
    """Two threads took twice as long as one for the gradient of SimpleConvNet from 4 rows."""
    monkeypatch.undo()
    net = Network([Witness(), Affine.init(4, 3)])
    Witness.lengths.clear()
    with Workers(net, 3) as workers:
        workers.loss_and_gradient(np.ones((rows, 4)), np.zeros(rows, int))
    assert Witness.lengths == {rows * (i + 1) // pieces - rows * i // pieces for i in range(pieces)}


def test_a_batch_without_rows_is_refused():
    with Workers(network(), 3) as workers:
        for call in (workers.predict, lambda x: workers.loss_and_gradient(x, LABELS[:0])):
            with pytest.raises(ValueError, match="expected a batch of one row or more"):
                call(X[:0])


def test_labels_that_do_not_fit_the_rows_are_refused_before_any_score_is_worked_out():
    with Workers(network(), 2) as workers:
        workers.predict = None
        with pytest.raises(ValueError, match="a label for each example, got 3 for 11"):
            workers.accuracy(X, LABELS[:3])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_dtype_is_kept(dtype):
    with Workers(network(dtype=dtype), 2) as workers:
        loss, grads = workers.loss_and_gradient(X, LABELS)
    assert type(loss) is float and grads.flat.dtype == dtype


def test_one_seed_and_one_number_of_workers_give_one_result_to_the_bit():
    results = {}
    for count in (1, 2, 2, 3, 3):
        net = network(dropout=0.5, dtype=np.float32)
        with Workers(net, count) as workers:
            grads = [workers.loss_and_gradient(X, LABELS)[1].flat.copy() for _ in range(5)]
        results.setdefault(count, grads)
        np.testing.assert_array_equal(grads, results[count])


def test_each_worker_draws_masks_of_its_own():
    net = network(dropout=0.5)
    with Workers(net, 3) as workers:
        rngs = [twin.layers[3].rng for twin in workers.nets]
        draws = [tuple(rng.random(4)) for rng in rngs]
    assert len(set(draws)) == 3


def test_workers_share_the_arrays_of_the_network_and_nothing_else():
    net = network()
    net.predict(X)
    with Workers(net, 3) as workers:
        for twin in workers.nets[1:]:
            assert twin.params.flat is net.params.flat
            for layer, own in zip(twin.layers, net.layers, strict=True):
                assert layer is not own
                assert all(getattr(layer, name) is getattr(own, name) for name in own.param_names)
            assert twin.last_layer is not net.last_layer


def test_an_update_reaches_every_worker():
    net = network()
    with Workers(net, 3) as workers:
        for _ in range(3):
            SGD(0.1).update(net.params, workers.loss_and_gradient(X, LABELS)[1])
            loss = workers.loss_and_gradient(X, LABELS)[0]
            assert loss == pytest.approx(net.loss(X, LABELS), rel=1e-12)


class Block(Layer):
    """A layer made of layers, as readers write them: what is inside must be copied too."""

    def __init__(self, inner):
        self.inner = inner

    def children(self):
        return (self.inner,)

    def forward(self, x, training=False):
        return self.inner.forward(x, training)

    def backward(self, dout):
        meeting.wait(timeout=10)  # both threads are between forward and backward
        return self.inner.backward(dout)


meeting = threading.Barrier(2)


def test_layers_inside_layers_are_not_shared_between_threads():
    rng = np.random.default_rng(0)
    net = Network([Affine.init(4, 5, rng=rng), Block(ReLU()), Affine.init(5, 3, rng=rng)]).astype(
        np.float64
    )
    x = rng.standard_normal((10, 4))
    x[5:] *= -1
    t = rng.integers(0, 3, 10)
    with Workers(net, 2) as workers:
        shared = workers.loss_and_gradient(x, t)[1]
    net = Network([net.layers[0], ReLU(), net.layers[2]])
    np.testing.assert_allclose(shared.flat, net.gradient(x, t).flat, rtol=1e-9, atol=1e-13)


class Fails(Layer):
    """Raises in training on a row that starts with 99."""

    def forward(self, x, training=False):
        if training and np.any(x[:, 0] == 99):
            raise ArithmeticError("row 99")
        return x

    def backward(self, dout):
        return dout


@pytest.mark.parametrize("row", [0, 9], ids=["first worker", "second worker"])
def test_an_exception_in_a_worker_surfaces_and_leaves_no_thread_behind(row):
    rng = np.random.default_rng(0)
    net = Network([Fails(), Affine.init(4, 3, rng=rng)])
    x, t = np.ones((10, 4)), np.zeros(10, int)
    x[row, 0] = 99
    before, limits = threading.active_count(), blas_threads()
    trainer = Trainer(net, SGD(), rng=rng, batch_size=10, workers=2)
    with pytest.raises(ArithmeticError, match="row 99"):
        trainer.fit((x, t), epochs=1)
    assert threading.active_count() == before and blas_threads() == limits
    x[row, 0] = 1
    assert trainer.fit((x, t), epochs=1).epochs == 1  # and training can go on


def blas_threads():
    info = threadpoolctl.threadpool_info()
    return [library["num_threads"] for library in info if library["user_api"] == "blas"]


def test_blas_is_held_to_one_thread_while_workers_run():
    before = blas_threads()
    with Workers(network(), 2):
        assert set(blas_threads()) <= {1}
    assert blas_threads() == before


@pytest.mark.parametrize("leaves", list(itertools.permutations(range(3))))
def test_trainings_that_overlap_leave_blas_as_it_was_in_whatever_order_they_end(leaves):
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        trainings = [Workers(network(), 2) for _ in range(3)]
        for training in trainings:
            training.__enter__()
        for i in leaves:
            assert set(blas_threads()) <= {1}
            trainings[i].__exit__(None, None, None)
        assert blas_threads() == before


def test_trainings_in_several_threads_leave_blas_as_it_was():
    def many():
        for _ in range(20):
            with Workers(network(), 2):
                held.append(set(blas_threads()) <= {1})

    held: list[bool] = []
    before, threads = blas_threads(), [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 80 and all(held) and blas_threads() == before


@pytest.mark.parametrize(
    "net, held",
    [
        (Network([Affine.init(784, 100)]), True),
        (Network([Affine.init(784, 400)]), False),
        (network(), True),
        (object(), True),
    ],
    ids=["narrow", "wide", "convolution", "unknown"],
)
def test_one_worker_leaves_blas_its_threads_where_a_layer_is_wide(net, held):
    """MultiLayerNet, one step: 100 units 0.87 ms either way, 800 units 18.7 or 14.1 ms."""
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        with Workers(net, 1):
            assert set(blas_threads()) <= {1 if held else 2}
        assert set(blas_threads()) <= {2}


def test_a_batch_smaller_than_the_workers_and_bad_labels_are_handled():
    with Workers(network(), 5) as workers:
        loss, _ = workers.loss_and_gradient(X[:2], LABELS[:2])
        assert loss == pytest.approx(network().loss(X[:2], LABELS[:2]))
        with pytest.raises(ValueError, match="labels must be classes 0 .. 2"):
            workers.loss_and_gradient(X, LABELS + 1)


# ---- how many


@pytest.mark.parametrize("count", [0, -1])
def test_less_than_one_worker_is_refused(count):
    with pytest.raises(ValueError, match=f"workers must be 1 or more, got {count}"):
        Workers(network(), count)


def test_batch_norm_needs_the_whole_batch():
    net = Network([Convolution.init(2, 4, 3), BatchNorm.init(4), Flatten(), Affine.init(64, 3)])
    assert not splittable(net) and suitable_workers(net) == 1
    with pytest.raises(ValueError, match="workers must be 1 for this network, got 2: .*BatchNorm"):
        Workers(net, 2)
    Workers(net, 1)
    assert any(isinstance(layer, BatchNorm) for layer in net.layers)


def test_workers_are_chosen_for_convolutions_on_machines_with_several_cores(monkeypatch):
    monkeypatch.setattr(module, "available_cores", lambda: 4)
    assert suitable_workers(network()) == 4
    assert suitable_workers(Network([Affine.init(4, 3)])) == 1
    assert suitable_workers(object()) == 1


def test_without_threadpoolctl_one_worker_is_chosen_and_more_still_work(monkeypatch):
    monkeypatch.setattr(module, "available_cores", lambda: 4)
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert suitable_workers(network()) == 1
    before = blas_threads()
    with Workers(network(), 2) as workers:
        assert blas_threads() == before
        loss, _ = workers.loss_and_gradient(X, LABELS)
    assert loss == pytest.approx(network().loss(X, LABELS))


def test_gradients_of_one_step_are_overwritten_by_the_next_but_not_added_to():
    net = network()
    with Workers(net, 3) as workers:
        for x in (X, 2 * X, X[:2]):
            _, grads = workers.loss_and_gradient(x, LABELS[: len(x)])
            expected = net.gradient(x, LABELS[: len(x)])
            np.testing.assert_allclose(grads.flat, expected.flat, rtol=1e-9, atol=1e-13)


def test_the_cores_are_those_that_this_process_may_use(monkeypatch):
    assert available_cores() >= 1
    monkeypatch.delattr(module.os, "sched_getaffinity", raising=False)
    assert available_cores() == module.os.cpu_count()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about glibc's malloc")
def test_memory_that_a_step_gives_back_is_there_for_the_next():
    """In a process of its own, for a malloc that keeps memory does so for good."""
    words = """if True:
        import resource
        import numpy as np
        from dlscratch.workers import retain_freed_memory

        def faults():
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
            for _ in range(20):
                np.ones(500_000, np.float32), np.ones(900_000, np.float32)
            return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

        at_first = faults()
        retain_freed_memory()
        faults()
        print(at_first, faults())
    """
    answer = subprocess.check_output([sys.executable, "-c", words], text=True)
    at_first, kept = map(int, answer.split())
    assert kept < at_first / 5
