"""What the long trainings of chapters 7 and 8 share: the recipe, its options and its figure.

Adam in batches of 100, with a line and a checkpoint for each epoch (dlscratch/book/fit.py). Two
workers share every batch, on any machine, for how a batch is shared decides how its sums are
rounded, and in the end which images are misclassified.
"""

from pathlib import Path

from ch07.images import REACH, shifted
from dlscratch import Adam, StepDecay, Trainer, figures
from dlscratch.book.experiment import Claim, number
from dlscratch.book.fit import EVALUATED, fit
from dlscratch.book.loop import resume_option
from dlscratch.mpi import MPIWorkers, mpi_options
from dlscratch.workers import Workers

BATCH = 100


def training_options(parser):
    parser.add_argument(
        "--epochs",
        type=number(int, at_least=1),
        default=20,
        help="how often to go through the training images (default: 20; 2 with --quick)",
    )
    resume_option(parser)
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="where to keep what --resume needs (default: a file in the output folder)",
    )
    parser.add_argument(
        "--lr-decay",
        type=number(float, above=0, at_most=1),
        default=1.0,
        metavar="FACTOR",
        help="multiplies the learning rate after each epoch (default: 1, it stays 0.001)",
    )
    parser.add_argument(
        "--augment",
        action="store_true",
        help=f"shift the images by up to {REACH} pixels, differently each time",
    )
    parser.add_argument(
        "--workers",
        type=number(int, at_least=1),
        default=2,
        help="threads that share each batch (default: 2); another number rounds sums differently",
    )
    mpi_options(parser)


def workers_of(args, net):
    """The ranks of MPI with --mpi, each on one thread; otherwise threads."""
    if args.bits != 32 and not args.mpi:
        args.error("--bits is of the gradients that --mpi sends: add --mpi")
    return MPIWorkers(net, bits=args.bits) if args.mpi else Workers(net, args.workers)


def full_name(args, name):
    """The name of this run's figure and checkpoint: one for each recipe."""
    decay = f"-decay{args.lr_decay:g}" if args.lr_decay != 1 else ""
    return name + "-augment" * args.augment + decay


def train_long(args, name, net, train, test, rng):
    """Train in batches of 100, a line for each epoch; then the figure of the accuracies, name.png.

    Ctrl-C ends in KeyboardInterrupt, once what is there is kept.
    """
    steps = -(-len(train[0]) // BATCH)  # an epoch
    optimizer = Adam(StepDecay(0.001, args.lr_decay, every=steps))
    trainer = Trainer(
        net,
        optimizer,
        rng=rng,
        batch_size=BATCH,
        workers=workers_of(args, net),
        augment=shifted if args.augment else None,
    )
    try:
        name = full_name(args, name)
        epochs = min(args.epochs, 2) if args.quick else args.epochs
        fit(args, name, trainer, train, test, epochs=epochs, checkpoint=args.checkpoint)
    finally:  # also after Ctrl-C
        if trainer.history.epochs:
            args.save(accuracy_figure(trainer.history, type(net).__name__), f"{name}.png")


def accuracy_figure(history, title):
    """Both accuracies after each epoch."""
    fig, ax = figures.new()
    lowest = min(history.train_accuracy + history.test_accuracy)
    figures.accuracy(
        ax,
        history.train_accuracy,
        history.test_accuracy,
        title=f"{title}: accuracy on the first {EVALUATED} images",
        ylim=(min(0.95, lowest - 0.01), 1.001),
    )
    return fig


def accuracy_of(args, net, data):
    """The accuracy on all of the data, computed by as many workers as have trained the net."""
    with workers_of(args, net) as workers:
        return workers.accuracy(*data)


def accuracy_claim(args, what, book, ours, why):
    """The accuracy that the book names beside ours; why: the reason where ours is lower."""
    why = "--quick trains on 2,000 images, twice" if args.quick else "" if ours >= book else why
    return Claim(f"{what} accuracy", f"{book:.4f}", f"{ours:.4f}", ours >= book, why)
