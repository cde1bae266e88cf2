"""Data parallelism over processes, on one machine or several: MPI (section 8.3.3).

MPI starts n processes of one program and numbers them: the ranks 0 .. n-1. Each holds the whole
network and takes its share of the rows of every batch. One Allreduce adds up the gradients of all
shares and gives every rank the same sum, so the same update keeps all parameters equal, to the bit.
The ranks draw the same random numbers: one order of the examples, which nobody has to send. Rank 0
alone prints, draws and saves.

    pip install "dlscratch[mpi]"
    mpiexec -n 2 python ch08/train_deepnet.py --mpi
"""

from __future__ import annotations

import os
import sys
import time
import traceback
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import numpy as np

from dlscratch.arguments import expect_rows
from dlscratch.layers import BatchNorm
from dlscratch.network import Network
from dlscratch.parameters import Parameters
from dlscratch.storage.files import DataError, one_line
from dlscratch.workers import in_memory, one_blas_thread, retain_freed_memory, splittable

SCALE = 1024.0  # of gradients in 16 bits: below 6e-8 a float16 is 0, above 65,504 infinite


def mpi_options(parser: Any) -> None:
    """Add --mpi and --bits to the options of a script."""
    parser.add_argument(
        "--mpi", action="store_true", help="share each batch among the ranks of mpiexec"
    )
    parser.add_argument(
        "--bits",
        type=int,
        choices=(16, 32),
        default=32,
        help="of each gradient that --mpi sends (default: 32); 16 sends half the bytes",
    )


def world() -> Any:
    """The communicator of all ranks; DataError, in one line, without MPI."""
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:  # mpi4py is missing, or the MPI that it needs
        raise DataError(f'MPI is missing ({error}): pip install "dlscratch[mpi]"') from error
    return MPI.COMM_WORLD


class MPIWorkers:
    """All ranks compute gradient, scores and accuracy of one network together, as `Workers` do.

    Every rank makes the network from the same seed and calls the same methods with the same
    arguments. Each computes on one thread: start no more ranks than there are cores.
    comm: a communicator of mpi4py, all ranks if not given; or what does as it does.
    bits: 16 sends half the bytes, each gradient rounded to three digits (section 8.3.4); over three
    seeds no accuracy was lost (docs/scaling.md).
    batch_norm: whether BatchNorm may take mean and variance over the rows of all ranks, with four
    small messages a step for each layer.
    """

    def __init__(self, net: Network, comm: Any = None, *, bits: int = 32, batch_norm: bool = False):
        self.comm = world() if comm is None else comm
        self.net, self.rank, self.size = net, self.comm.rank, self.comm.size
        if bits not in (16, 32):
            raise ValueError(f"bits must be 16 or 32, got {bits}")
        self.norms = [layer for layer in net.walk() if isinstance(layer, BatchNorm)]
        others = [layer for layer in net.walk() if layer.whole_batch and layer not in self.norms]
        if (
            self.size > 1
            and not splittable(net)
            and not (batch_norm and not others and not net.last_layer.whole_batch)
        ):
            hint = ": use batch_norm=True" if self.norms and not others else ""
            raise ValueError(f"{net!r:.200} needs the whole batch on one rank{hint}")
        if not in_memory(net):
            raise ValueError("MPIWorkers compute in memory: use net.to('cpu')")
        self.bits = 16 if net.dtype == np.float16 else bits  # MPI adds up no float16
        self.total = Parameters(net.params.shapes(), net.dtype)
        self.blas_limit = one_blas_thread()

    def __enter__(self) -> MPIWorkers:
        retain_freed_memory()
        self.blas_limit.__enter__()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.blas_limit.__exit__(kind, error, trace)
        if error is not None and self.size > 1:
            end_all(self.comm, error)  # or the other ranks would wait for this one for ever

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, Parameters]:
        """As `Network.loss_and_gradient`, the batch shared out among the ranks."""
        if self.size == 1:
            return self.net.loss_and_gradient(x, t)
        rows = self._rows(x)
        self.share = (rows.stop - rows.start) / len(x)
        if self.norms and len(x) < 2 * self.size:
            raise ValueError(
                f"BatchNorm needs two rows for each of {self.size} ranks, got {len(x)}"
            )
        with self._own_masks(), self._common_statistics():
            if self.share:
                loss, grads = self.net.loss_and_gradient(x[rows], t[rows], self.share)
            else:  # more ranks than rows
                loss, grads = 0.0, self.net.grads
                grads.flat[...] = 0
        if self.bits == 16:
            add_up_in_16_bits(self.comm, grads.flat, self.total.flat)
        else:
            self.comm.Allreduce(grads.flat, self.total.flat)
        return float(sum_of(self.comm, np.array([loss]))[0]), self.total

    def predict(self, x: np.ndarray) -> np.ndarray:
        """As `Network.predict`, the rows shared out among the ranks; every rank gets all scores."""
        rows = self._rows(x)
        if len(x) < self.size or self.size == 1:
            return self.net.predict(x)
        return np.concatenate(self.comm.allgather(self.net.predict(x[rows])))

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """As `Network.accuracy`, the rows shared out among the ranks."""
        expect_rows(t, len(x))
        self.expect_equal()
        return self.net.last_layer.accuracy(self.predict(x), t)

    def expect_equal(self) -> None:
        """RuntimeError if the ranks no longer hold the same parameters and buffers."""
        arrays = [self.net.params.flat, *self.net.buffers.values()]
        checksum = zlib.crc32(b"".join(array.tobytes() for array in arrays))
        if len(set(self.comm.allgather(checksum))) > 1:
            raise RuntimeError(
                "the parameters of the ranks differ: make the network from the same seed on every "
                "rank, and draw no random numbers on one rank alone"
            )

    def generators(self) -> list[np.random.Generator]:
        """What the layers draw from: the same numbers on every rank, so rank 0's state is all."""
        return [layer.rng for layer in self.net.walk() if layer.rng is not None]

    def agreed(self, path: Any) -> Path:
        """Rank 0's path: all ranks resume from its file."""
        return Path(self.comm.bcast(os.path.abspath(path)))

    def _rows(self, x: np.ndarray) -> slice:
        """Those of this rank."""
        first, last = (len(x) * rank // self.size for rank in (self.rank, self.rank + 1))
        return slice(first, last)

    @contextmanager
    def _own_masks(self) -> Iterator[None]:
        """Dropout on other masks on each rank, though all draw from the same generators.

        A seed for this step comes from the common generator, and from the rank. So checkpoints
        need nothing of other ranks, and can be resumed by another number of them.
        """
        drawing = [(layer, layer.rng) for layer in self.net.walk() if layer.rng is not None]
        for layer, common in drawing:
            layer.rng = np.random.default_rng([self.rank, int(common.integers(2**63))])
        try:
            yield
        finally:
            for layer, common in drawing:
                layer.rng = common

    @contextmanager
    def _common_statistics(self) -> Iterator[None]:
        """BatchNorm with the means over the rows of all ranks, forward and backward."""
        for layer in self.norms:
            layer.mean = self._mean_of_all  # type: ignore[method-assign]
        try:
            yield
        finally:
            for layer in self.norms:
                del layer.mean

    def _mean_of_all(self, rows: np.ndarray) -> np.ndarray:
        """(rows, W, D) -> (D,): the mean of the ranks' means, weighted by their shares."""
        mean = self.share * BatchNorm.mean(rows)
        return sum_of(self.comm, mean.astype(np.float64)).astype(mean.dtype)


# ---- sums over the ranks


def sum_of(comm: Any, part: np.ndarray) -> np.ndarray:
    """The sum of all ranks' parts, on every rank."""
    total = np.empty_like(part)
    comm.Allreduce(part, total)
    return total


def add_up_in_16_bits(comm: Any, part: np.ndarray, total: np.ndarray) -> None:
    """total = the sum of all parts, float16 on the way: half the bytes; summed in float32.

    Each rank adds up one piece of the vector, always in the order of the ranks, and sends the sum
    to all: that is how an Allreduce works inside.
    """
    length = -(-part.size // comm.size)  # of a piece
    sent = np.zeros((comm.size, length), np.float16)
    with np.errstate(over="ignore"):  # infinite: the training has diverged, as its loss will tell
        sent.reshape(-1)[: part.size] = part * part.dtype.type(SCALE)
        mine = np.empty_like(sent)
        comm.Alltoall(sent.view(np.uint16), mine.view(np.uint16))  # MPI knows no float16
        piece = mine.sum(axis=0, dtype=np.float32)  # (ranks, length) -> (length,)
        piece = piece.astype(np.float16)
    whole = np.empty_like(sent)
    comm.Allgather(piece.view(np.uint16), whole.view(np.uint16))
    total[...] = whole.reshape(-1)[: part.size]  # (ranks, length) -> (parameters,)
    total /= SCALE


# ---- a script on several ranks


@contextmanager
def one_voice(args: Any, comm: Any = None) -> Iterator[None]:
    """Rank 0 does as the script says; the others print nothing and save into a passing folder.

    An exception on any rank ends them all, with one line.
    """
    comm = world() if comm is None else comm
    errors = sys.stderr
    try:
        if comm.rank == 0:
            yield
            return
        with TemporaryDirectory() as nowhere, open(os.devnull, "w") as silence:
            args.out, args.show = Path(nowhere), False
            with redirect_stdout(silence), redirect_stderr(silence):
                yield
    except BaseException as error:
        if comm.size == 1 or (isinstance(error, SystemExit) and not error.code):
            raise
        end_all(comm, error, errors)


def end_all(comm: Any, error: BaseException, errors: Any = None) -> NoReturn:
    """Say in one line what has happened on this rank, and end all ranks."""
    time.sleep(0.2 * comm.rank)  # what has happened on all of them, rank 0 says for all
    code = 1
    if isinstance(error, KeyboardInterrupt):
        error = SystemExit(130)
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        code, what = error.code, "stopped" if error.code == 130 else f"exit code {error.code}"
    elif isinstance(error, SystemExit | DataError):
        what = str(error)
    else:
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
    errors = errors or sys.__stderr__
    print(f"rank {comm.rank} of {comm.size}: {one_line(what)}; all ranks end", file=errors)
    sys.stdout.flush()
    errors.flush()
    comm.Abort(code)
    raise SystemExit(code)  # Abort does not return
