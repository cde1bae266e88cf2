"""MPI: shares of a batch add up to the whole, ranks stay equal, runs resume, a death ends all.

Ranks are threads here (stand_in_mpi.py); what needs real processes runs where mpi4py is installed.
"""

import io
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dlscratch import Adam, Affine, BatchNorm, Dropout, Network, ReLU, Trainer
from dlscratch import mpi as module
from dlscratch.mpi import MPIWorkers, add_up_in_16_bits, end_all, one_voice
from dlscratch.storage.files import DataError
from tests.stand_in_mpi import Aborted, Communicator, on_ranks

ROOT = Path(__file__).parent.parent
RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((11, 4)), RNG.integers(0, 3, 11)
X.flags.writeable = LABELS.flags.writeable = False


def network(dropout=0.0, norm=False, dtype=np.float64, rng=0):
    rng = np.random.default_rng(rng)
    middle = [BatchNorm.init(6)] if norm else []
    layers = [Affine.init(4, 6, rng=rng), *middle, ReLU(), Dropout(dropout, rng=rng)]
    return Network([*layers, Affine.init(6, 3, rng=rng)], weight_decay=0.1).astype(dtype)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("rows", [3, 11])
@pytest.mark.parametrize("norm", [False, True])
def test_any_number_of_ranks_comes_to_the_loss_and_gradient_of_one(size, rows, norm):
    """3 rows on 4 ranks: one has nothing to do, and sends zeros."""
    if norm:
        rows = 11
    loss, grads = network(norm=norm).loss_and_gradient(X[:rows], LABELS[:rows])

    def work(comm):
        net = network(norm=norm)
        with MPIWorkers(net, comm, batch_norm=True) as workers:
            loss, grads = workers.loss_and_gradient(X[:rows], LABELS[:rows])
        return loss, grads.flat.copy(), [buffer.copy() for buffer in net.buffers.values()]

    expected_net = network(norm=norm)
    expected_net.loss_and_gradient(X[:rows], LABELS[:rows])
    for shared_loss, shared, buffers in on_ranks(size, work):
        assert shared_loss == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(shared, grads.flat, rtol=1e-9, atol=1e-13)
        for ours, expected in zip(buffers, expected_net.buffers.values()):
            np.testing.assert_allclose(ours, expected, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("rows", [1, 7, 11])
def test_scores_and_accuracy_are_those_of_one_rank_in_the_order_of_the_rows(size, rows):
    net = network()

    def work(comm):
        workers = MPIWorkers(network(), comm)
        return workers.predict(X[:rows]), workers.accuracy(X[:rows], LABELS[:rows])

    for scores, accuracy in on_ranks(size, work):
        np.testing.assert_allclose(scores, net.predict(X[:rows]), rtol=1e-12)
        assert accuracy == net.accuracy(X[:rows], LABELS[:rows])


def train(comm, path=None, epochs=3, resume=False, bits=32, dropout=0.5, rng=0):
    rng = np.random.default_rng(rng)
    net = network(dropout, dtype=np.float32, rng=rng)
    workers = MPIWorkers(net, comm, bits=bits)
    trainer = Trainer(net, Adam(0.01), rng=rng, batch_size=4, workers=workers)
    trainer.fit((X, LABELS), epochs=epochs, checkpoint=path, resume=resume)
    return net.params.flat.copy()


@pytest.mark.parametrize("bits", [16, 32])
def test_after_training_all_ranks_hold_the_same_bits_and_the_next_run_holds_them_too(bits):
    results = on_ranks(3, lambda comm: train(comm, bits=bits))
    results += on_ranks(3, lambda comm: train(comm, bits=bits))
    for params in results[1:]:
        np.testing.assert_array_equal(params, results[0])


def test_one_rank_is_the_training_without_mpi_to_the_bit():
    (one,) = on_ranks(1, train)
    rng = np.random.default_rng(0)
    net = network(0.5, dtype=np.float32, rng=rng)
    Trainer(net, Adam(0.01), rng=rng, batch_size=4, workers=1).fit((X, LABELS), epochs=3)
    np.testing.assert_array_equal(one, net.params.flat)


def test_each_rank_draws_masks_of_its_own_and_leaves_the_generators_alike():
    def work(comm):
        net = network(dropout=0.5)
        workers = MPIWorkers(net, comm)
        with workers._own_masks():
            mask = tuple(net.layers[2].rng.random(4))
        return mask, float(workers.generators()[0].random())

    masks, numbers = zip(*on_ranks(3, work))
    assert len(set(masks)) == 3 and len(set(numbers)) == 1


def test_a_run_resumes_to_the_bit_from_the_file_of_rank_0(tmp_path):
    whole = on_ranks(2, lambda comm: train(comm, epochs=4))

    def file(comm):
        return tmp_path / f"rank{comm.rank}.npz"  # rank 1's is neither written nor read

    on_ranks(2, lambda comm: train(comm, file(comm), epochs=2))
    resumed = on_ranks(2, lambda comm: train(comm, file(comm), epochs=4, resume=True))
    for params in resumed:
        np.testing.assert_array_equal(params, whole[0])
    assert [path.name for path in tmp_path.iterdir()] == ["rank0.npz"]


@pytest.mark.parametrize("now", [1, 3])
def test_another_number_of_ranks_resumes_within_rounding_and_says_so(tmp_path, capsys, now):
    path = tmp_path / "run.npz"
    whole = on_ranks(2, lambda comm: train(comm, epochs=4, dropout=0))
    on_ranks(2, lambda comm: train(comm, path, epochs=2, dropout=0))
    assert capsys.readouterr().out == ""
    resumed = on_ranks(now, lambda comm: train(comm, path, 4, resume=True, dropout=0))
    np.testing.assert_allclose(resumed[0], whole[0], atol=1e-4)
    assert f"was written by 2 ranks, now there are {now}: sums" in capsys.readouterr().out


@pytest.mark.parametrize("size", [2, 3, 4])
def test_sixteen_bits_send_half_the_bytes_and_keep_three_digits(size):
    parts = [np.random.default_rng(rank).normal(0, 1e-4, 101).astype("f") for rank in range(size)]

    def work(comm):
        total = np.empty(101, np.float32)
        add_up_in_16_bits(comm, parts[comm.rank], total)
        return total, sum(size for _, size in comm.sent)

    for total, sent in on_ranks(size, work):
        np.testing.assert_allclose(total, sum(parts), rtol=2e-3, atol=2e-7)
        np.testing.assert_array_equal(total, on_ranks(size, work)[0][0])
        length = -(-101 // size)
        assert sent == 2 * length * size + 2 * length  # float16: a piece to each, the sum to all


def test_one_allreduce_carries_the_flat_gradient():
    def work(comm):
        net = network(dtype=np.float32)
        MPIWorkers(net, comm).loss_and_gradient(X, LABELS)
        return comm.sent, net.params.flat.nbytes

    for sent, size in on_ranks(2, work):
        assert sent == [("Allreduce", size), ("Allreduce", 8)]  # the second is the loss


def test_half_precision_networks_are_added_up_in_their_own_bits():
    def work(comm):
        loss, grads = MPIWorkers(network(dtype=np.float16), comm).loss_and_gradient(X, LABELS)
        return grads.flat.copy()

    expected = network(dtype=np.float16).loss_and_gradient(X, LABELS)[1].flat
    for grads in on_ranks(2, work):
        assert grads.dtype == np.float16
        np.testing.assert_allclose(grads, expected, atol=2e-3)


def test_ranks_that_have_drifted_apart_are_found():
    def work(comm):
        with pytest.raises(RuntimeError, match="the parameters of the ranks differ"):
            MPIWorkers(network(rng=comm.rank), comm).accuracy(X, LABELS)

    on_ranks(2, work)


def test_what_needs_the_whole_batch_is_refused():
    comm = Communicator(0, 2, None, None)
    with pytest.raises(ValueError, match="needs the whole batch on one rank: use batch_norm=True"):
        MPIWorkers(network(norm=True), comm)
    with pytest.raises(ValueError, match="bits must be 16 or 32, got 8"):
        MPIWorkers(network(), comm, bits=8)
    workers = MPIWorkers(network(norm=True), comm, batch_norm=True)
    with pytest.raises(ValueError, match="BatchNorm needs two rows for each of 2 ranks, got 3"):
        workers.loss_and_gradient(X[:3], LABELS[:3])


def test_batch_norm_computes_alone_again_afterwards():
    def work(comm):
        net = network(norm=True)
        MPIWorkers(net, comm, batch_norm=True).loss_and_gradient(X, LABELS)
        return net.loss_and_gradient(X, LABELS)[0]

    expected = network(norm=True).loss_and_gradient(X, LABELS)[0]
    assert on_ranks(2, work) == [expected, expected]


def test_a_rank_that_dies_ends_all_with_one_line(monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(sys, "__stderr__", io.StringIO())

    def work(comm):
        with MPIWorkers(network(), comm) as workers:
            for step in range(3):
                if comm.rank == 1 and step == 2:
                    raise MemoryError("no more")
                workers.loss_and_gradient(X, LABELS)

    with pytest.raises(Aborted):
        on_ranks(2, work)
    lines = sys.__stderr__.getvalue().splitlines()
    assert any(line.startswith("rank 1 of 2: MemoryError: no more (test_mpi.py:") for line in lines)


@pytest.mark.parametrize(
    "error, line, code",
    [
        (DataError("a.npz is damaged"), "rank 0 of 2: a.npz is damaged; all ranks end\n", 1),
        (KeyboardInterrupt(), "rank 0 of 2: stopped; all ranks end\n", 130),
        (SystemExit(2), "rank 0 of 2: exit code 2; all ranks end\n", 2),
    ],
)
def test_the_line_says_what_has_happened(error, line, code):
    codes, words = [], io.StringIO()
    comm = SimpleNamespace(rank=0, size=2, Abort=codes.append)
    with pytest.raises(SystemExit):
        end_all(comm, error, words)
    assert (words.getvalue(), codes) == (line, [code])


def test_only_rank_0_prints_and_saves(tmp_path, capsys):
    for rank in (0, 1):
        args = SimpleNamespace(out=tmp_path, show=True)
        with one_voice(args, SimpleNamespace(rank=rank, size=2)):
            print(f"rank {rank}")
            (args.out / f"{rank}.txt").write_text("figure")
        assert args.show == (rank == 0)
    assert capsys.readouterr().out == "rank 0\n"
    assert [path.name for path in tmp_path.iterdir()] == ["0.txt"]


def test_without_mpi_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    with pytest.raises(DataError, match=r'MPI is missing .*: pip install "dlscratch\[mpi\]"$'):
        MPIWorkers(network())


# ---- real processes

MPIEXEC = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
HERE = MPIEXEC and find_spec("mpi4py")
needs_mpi = pytest.mark.skipif(not HERE, reason='needs MPI: pip install "dlscratch[mpi]"')


def mpiexec(ranks, *command):
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [MPIEXEC, "-n", str(ranks), sys.executable, *map(str, command)]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)


@needs_mpi
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_processes_train_and_stay_equal(ranks, tmp_path):
    script = tmp_path / "train.py"
    script.write_text(
        "from mpi4py import MPI\n"
        "from tests.test_mpi import train\n"
        "sums = MPI.COMM_WORLD.allgather(train(MPI.COMM_WORLD).tobytes())\n"
        "assert len(set(sums)) == 1\n"
        "if MPI.COMM_WORLD.rank == 0: print(len(sums), 'equal')\n"
    )
    run = mpiexec(ranks, script)
    assert (run.stdout, run.returncode) == (f"{ranks} equal\n", 0), run.stderr


@needs_mpi
def test_a_process_that_dies_ends_the_others(tmp_path):
    script = tmp_path / "die.py"
    script.write_text(
        "from dlscratch.mpi import world\n"
        "from tests.test_mpi import *\n"
        "with MPIWorkers(network()) as workers:\n"
        "    if workers.rank == 1: raise MemoryError('no more')\n"
        "    workers.loss_and_gradient(X, LABELS)\n"
    )
    run = mpiexec(2, script)
    assert run.returncode == 1
    assert run.stderr.startswith("rank 1 of 2: MemoryError: no more (die.py:4); all ranks end\n")
