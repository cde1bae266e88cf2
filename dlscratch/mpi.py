"""Data parallelism over processes, on one machine or several: MPI (section 8.3.3).

MPI starts n processes of one program and numbers them: the ranks 0 .. n-1. Each has a copy of the
network and processes a part of each batch. One Allreduce adds up the gradients of all parts and
gives every rank the same sum, so the same update keeps all parameters equal, to the bit. All ranks
draw the same random numbers, so the order of the examples need not be sent. Only rank 0 prints,
draws and saves.

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
        "--mpi", action="store_true", help="split each batch among the ranks of mpiexec"
    )
    parser.add_argument(
        "--bits",
        type=int,
        choices=(16, 32),
        default=32,
        help="of each gradient that --mpi sends (default: 32); 16 sends half the bytes",
    )


def world() -> Any:
    """The communicator of all ranks; DataError if MPI is missing."""
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:  # without mpi4py, or without an MPI library
        raise DataError(f'MPI is missing ({error}): pip install "dlscratch[mpi]"') from error
    return MPI.COMM_WORLD


class MPIWorkers:
    """All ranks together compute gradient, scores and accuracy of a network, like `Workers`.

    Every rank makes the network from the same seed and calls the same methods with the same
    arguments. Each computes on one thread: start no more ranks than there are cores.
    comm: a communicator of mpi4py, or an object with the same methods; by default all ranks.
    bits: 16 sends half the bytes, each gradient rounded to three digits (section 8.3.4); over three
    seeds no accuracy was lost (docs/scaling.md).
    batch_norm: whether BatchNorm may take mean and variance over the rows of all ranks, which costs
    four small messages per step for each layer.
    ValueError if the network needs the whole batch on one rank, or is on a GPU.
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
            raise ValueError("MPIWorkers need a network on the CPU: use net.to('cpu')")
        self.bits = 16 if net.dtype == np.float16 else bits  # MPI cannot add up float16
        self.total = Parameters(net.params.shapes(), net.dtype)
        self.blas_limit = one_blas_thread()

    def __enter__(self) -> MPIWorkers:
        retain_freed_memory()
        self.blas_limit.__enter__()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.blas_limit.__exit__(kind, error, trace)
        if error is not None and self.size > 1:
            end_all(self.comm, error)  # otherwise the other ranks would wait for this one forever

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, Parameters]:
        """As `Network.loss_and_gradient`, with the batch split among the ranks."""
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
        """As `Network.predict`, with the rows split among the ranks; every rank gets all scores."""
        rows = self._rows(x)
        if len(x) < self.size or self.size == 1:
            return self.net.predict(x)
        return np.concatenate(self.comm.allgather(self.net.predict(x[rows])))

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """As `Network.accuracy`, with the rows split among the ranks."""
        expect_rows(t, len(x))
        self.expect_equal()
        return self.net.last_layer.accuracy(self.predict(x), t)

    def expect_equal(self) -> None:
        """RuntimeError if the ranks no longer have the same parameters and buffers."""
        arrays = [self.net.params.flat, *self.net.buffers.values()]
        checksum = zlib.crc32(b"".join(array.tobytes() for array in arrays))
        if len(set(self.comm.allgather(checksum))) > 1:
            raise RuntimeError(
                "the parameters of the ranks differ: make the network from the same seed on every "
                "rank, and draw no random numbers on only one rank"
            )

    def generators(self) -> list[np.random.Generator]:
        """The generators of the layers: the same on every rank, so saving rank 0's is enough."""
        return [layer.rng for layer in self.net.walk() if layer.rng is not None]

    def agreed(self, path: Any) -> Path:
        """Rank 0's path, from which all ranks resume."""
        return Path(self.comm.bcast(os.path.abspath(path)))

    def _rows(self, x: np.ndarray) -> slice:
        """The rows of this rank."""
        first, last = (len(x) * rank // self.size for rank in (self.rank, self.rank + 1))
        return slice(first, last)

    @contextmanager
    def _own_masks(self) -> Iterator[None]:
        """Different masks of Dropout on each rank, although all have the same generators.

        The seed of a step consists of the rank and a number from the common generator. So a
        checkpoint needs nothing from other ranks, and can be resumed with another number of ranks.
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
            vars(layer)["mean"] = self._mean_of_all  # hides the method of the class
        try:
            yield
        finally:
            for layer in self.norms:
                del layer.mean

    def _mean_of_all(self, rows: np.ndarray) -> np.ndarray:
        """(rows, W, D) -> (D,): the mean of the ranks' means, weighted by their numbers of rows."""
        mean = self.share * BatchNorm.mean(rows)
        return sum_of(self.comm, mean.astype(np.float64)).astype(mean.dtype)


# ---- sums over the ranks


def sum_of(comm: Any, part: np.ndarray) -> np.ndarray:
    """The sum of all ranks' parts, on every rank."""
    total = np.empty_like(part)
    comm.Allreduce(part, total)
    return total


def add_up_in_16_bits(comm: Any, part: np.ndarray, total: np.ndarray) -> None:
    """total = the sum of all parts, sent as float16, half the bytes, but summed in float32.

    Each rank adds up one piece of the vector, always in the order of the ranks, and sends the sum
    to all others, as in a common implementation of Allreduce.
    """
    length = -(-part.size // comm.size)  # of a piece
    sent = np.zeros((comm.size, length), np.float16)
    with np.errstate(
        over="ignore"
    ):  # if infinite, training has diverged, and the loss will show it
        sent.reshape(-1)[: part.size] = part * part.dtype.type(SCALE)
        mine = np.empty_like(sent)
        comm.Alltoall(sent.view(np.uint16), mine.view(np.uint16))  # MPI has no float16
        piece = mine.sum(axis=0, dtype=np.float32)  # (ranks, length) -> (length,)
        piece = piece.astype(np.float16)
    whole = np.empty_like(sent)
    comm.Allgather(piece.view(np.uint16), whole.view(np.uint16))
    total[...] = whole.reshape(-1)[: part.size]  # (ranks, length) -> (parameters,)
    total /= SCALE


# ---- a script on several ranks


@contextmanager
def one_voice(args: Any, comm: Any = None) -> Iterator[None]:
    """Only rank 0 prints and saves; the output of the others goes to a temporary folder.

    An exception on any rank ends all of them, with one line.
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
    """Print in one line what has happened on this rank, and end all ranks."""
    time.sleep(0.2 * comm.rank)  # if it has happened on all ranks, only rank 0 prints it
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
