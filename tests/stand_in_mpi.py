"""MPI in one process: every rank a thread. What the tests need of a communicator of mpi4py."""

import threading
from concurrent.futures import ThreadPoolExecutor


class Aborted(BaseException):
    """A rank has called Abort: all end."""


class Communicator:
    """One rank's end. Messages lie in a list that all share, between two barriers."""

    def __init__(self, rank, size, barrier, messages):
        self.rank, self.size, self.barrier, self.messages = rank, size, barrier, messages
        self.sent = []  # (method, bytes) of each message

    def allgather(self, message):
        try:
            self.messages[self.rank] = message
            self.barrier.wait(timeout=20)
            messages = list(self.messages)
            self.barrier.wait(timeout=20)  # nobody sends anew before all have read
            return messages
        except threading.BrokenBarrierError:
            raise Aborted from None

    def bcast(self, message):
        return self.allgather(message)[0]

    def Allreduce(self, part, total):
        self.sent.append(("Allreduce", part.nbytes))
        parts = self.allgather(part.copy())
        total[...] = sum(parts[1:], parts[0])  # always in the order of the ranks

    def Allgather(self, part, whole):
        self.sent.append(("Allgather", part.nbytes))
        whole[...] = self.allgather(part.copy())

    def Alltoall(self, rows, columns):
        self.sent.append(("Alltoall", rows.nbytes))
        columns[...] = [table[self.rank] for table in self.allgather(rows.copy())]

    def Abort(self, code):
        self.barrier.abort()
        raise Aborted(code)


def on_ranks(size, work):
    """[work(communicator) of each rank], all at once; Aborted if a rank has aborted."""
    barrier, messages = threading.Barrier(size), [None] * size
    ends = [Communicator(rank, size, barrier, messages) for rank in range(size)]
    with ThreadPoolExecutor(size) as threads:
        jobs = [threads.submit(work, end) for end in ends]
        return [job.result() for job in jobs]
