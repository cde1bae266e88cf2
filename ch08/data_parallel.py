"""Figure 8-16: several processes learn one network together (section 8.3.3).

Each rank, a process of its own, holds the whole network and computes the gradient of its share of
the batch. The gradient of a batch is a mean over its rows, so the shares, weighted by their sizes,
add up to it: one Allreduce gives every rank this sum, and all take the same step. With the batch
given, more ranks have less to do each (strong scaling); with as many rows for each rank, more of
them learn from more rows in the same time (weak scaling).

Milliseconds a step of DeepConvNet on two cores, median of 40, one thread a rank:

    ranks    100 rows in all    100 rows for each
    1                   73.3                 73.1
    2                   37.7                 74.4

The sum is 494 kB and takes 0.1 ms here, within one machine; docs/scaling.md tells what it takes
between machines. Without mpiexec one process shows that the shares add up, and its own time.

    mpiexec -n 2 python ch08/data_parallel.py --mpi
    python ch08/data_parallel.py

Last line with the default seed:
    gradients of 4 shares beside that of the batch | book: the same | here: the same to 6 digits |
    holds
"""

import time

import numpy as np

from ch07.images import load_images
from ch08.deep_convnet import DeepConvNet
from dlscratch import Adam, Network, figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.mpi import MPIWorkers, mpi_options, world
from dlscratch.workers import Workers

BATCH = 100


def options(parser):
    add = parser.add_argument
    whole = number(int, at_least=1)
    add("--steps", type=whole, default=40, help="that are timed (default: 40; 1 with --quick)")
    mpi_options(parser)


def sum_of_shares(net, x, t, ranks):
    """The gradient as `ranks` ranks compute it, here one after the other; Allreduce adds it up."""
    total = np.zeros_like(net.params.flat)
    for rank in range(ranks):
        rows = slice(len(x) * rank // ranks, len(x) * (rank + 1) // ranks)
        share = len(x[rows]) / len(x)
        _, grads = net.loss_and_gradient(x[rows], t[rows], share)
        total += grads.flat
    return total


def claim_of_sum(x, t, seed, ranks=4):
    """Whether the shares add up to the gradient of the whole batch, but for rounding."""
    layers = DeepConvNet(rng=seed).layers
    net = Network([layer for layer in layers if layer.rng is None])  # no Dropout: other masks
    whole = net.gradient(x, t).flat
    difference = np.abs(sum_of_shares(net, x, t, ranks) - whole).max() / np.abs(whole).max()
    ours = f"the same to {int(-np.log10(difference))} digits"
    what = f"gradients of {ranks} shares beside that of the batch"
    return Claim(what, "the same", ours, bool(difference < 1e-5))


def step_time(workers, net, x, t, steps):
    """Seconds of gradient and update, the median of so many steps after two."""
    optimizer, seconds = Adam(), []
    with workers:
        for _ in range(2 + steps):
            start = time.perf_counter()
            _, grads = workers.loss_and_gradient(x, t)
            optimizer.update(net.params, grads)
            seconds.append(time.perf_counter() - start)
    return float(np.median(seconds[2:]))


def scaling(args, x, t, steps, comm=None):
    """{ranks: (seconds a step with the batch given, with a batch for each rank)}."""
    if not args.mpi:
        net = DeepConvNet(rng=args.seed)
        alone = step_time(Workers(net, 1), net, x[:BATCH], t[:BATCH], steps)
        return {1: (alone, alone)}
    comm, found = comm or world(), {}
    for ranks in range(1, comm.size + 1):
        group = comm.Split(int(comm.rank >= ranks), comm.rank)  # the others wait
        if comm.rank < ranks:
            times = []
            for rows in (BATCH, BATCH * ranks):
                net = DeepConvNet(rng=args.seed)
                workers = MPIWorkers(net, group, bits=args.bits)
                times.append(step_time(workers, net, x[:rows], t[:rows], steps))
            found[ranks] = tuple(times)
        comm.Barrier()
    return comm.bcast(found)  # rank 0 was in every group


def draw(found):
    """How many times faster than one rank, beside as many times as there are ranks."""
    ranks = np.array(list(found))
    strong, weak = np.array(list(found.values())).T
    fig, ax = figures.new(size=(5.6, 4.2))
    ax.plot(ranks, ranks, ":", color="black", label="as many times as ranks")
    speed_up = strong[0] / strong
    ax.plot(ranks, speed_up, "o-", color=figures.BLUE, label=f"strong: {BATCH} rows in all")
    speed_up = ranks * weak[0] / weak
    ax.plot(ranks, speed_up, "^--", color=figures.VERMILION, label=f"weak: {BATCH} rows for each")
    ax.set_xticks(ranks)
    ax.set(title="DeepConvNet on several ranks", xlabel="ranks", ylabel="rows a second, times")
    ax.set_ylim(0, 1.15 * ranks.max())
    ax.legend(frameon=False, loc="upper left")
    return fig


def main(args):
    steps = 1 if args.quick else args.steps
    (x, t), _ = load_images(few=args.quick)
    found = scaling(args, x, t, steps)
    for ranks, (strong, weak) in found.items():
        print(
            f"{ranks} ranks: {1000 * strong:.1f} ms a step of {BATCH} rows, "
            f"{1000 * weak:.1f} ms of {BATCH * ranks}"
        )
    args.save(draw(found), "data_parallel.png")
    claims = [claim_of_sum(x[:BATCH], t[:BATCH], args.seed)]
    if len(found) > 1 and not args.quick:  # a single step tells nothing
        most = max(found)
        gain = found[1][0] / found[most][0]
        what, holds = f"speed-up of {most} ranks", gain >= 0.56 * most
        why = "" if holds else "the ranks share cores, or the machine is busy"
        claims.insert(0, Claim(what, "56 of 100 (quoted)", f"{gain:.2f} of {most}", holds, why))
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
