"""Networks side by side: what the comparisons of chapter 6 share.

Every network is trained on the same mini-batches in the same order, for its trainer draws them with
a generator of the same seed: any difference in the results comes from the networks. Ctrl-C keeps
what is there, and --resume goes on; for that each network has a checkpoint in the output folder,
until all are done.
"""

import math
import shutil

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import History, Trainer, figures
from dlscratch.book.experiment import fingerprint, number
from dlscratch.book.loop import resume_option
from dlscratch.common.util import smooth_curve

BATCH = 128  # rows of a mini-batch in Figures 6-9 and 6-15


def train_side_by_side(
    args, script, nets, train, test=None, *, epochs, batch_size=100, evaluate=None
):
    """Train {name: (network, optimizer)} one after the other; {name: History}, in the same order.

    script: its name, for the checkpoints. The other arguments are those of `Trainer`. After a
    Ctrl-C some histories are short or empty: draw them, then call `end_if_interrupted`.
    """
    from tqdm import tqdm

    folder = args.out / f"{script}-{fingerprint(args)}.resume"
    if args.resume and not folder.exists():
        print("--resume: no stopped run of this command was found, so this is a new one")
    folder.mkdir(exist_ok=True)
    histories = {name: History() for name in nets}
    bar = tqdm(total=epochs * len(nets), unit="epoch", leave=False, disable=None)
    with bar, np.errstate(over="ignore", invalid="ignore"):  # a net that blows up is a result, too
        for i, (name, (net, optimizer)) in enumerate(nets.items()):
            bar.set_description(name)
            rng = np.random.default_rng(args.seed)
            histories[name] = Trainer(net, optimizer, rng=rng, batch_size=batch_size).fit(
                train,
                test,
                epochs,
                evaluate=evaluate,
                on_epoch=lambda _: bar.update(),
                checkpoint=folder / f"{i}.npz",
                resume=args.resume,
            )
            bar.update(i * epochs + histories[name].epochs - bar.n)  # those that were resumed
            if histories[name].interrupted:
                return histories
    shutil.rmtree(folder)
    return histories


def end_if_interrupted(histories):
    """End the script, once its figures are drawn, if Ctrl-C has stopped a training."""
    if any(history.interrupted for history in histories.values()):
        done = sum(history.epochs for history in histories.values())
        print(f"stopped after {done} epochs: the figures show these, and --resume goes on")
        raise KeyboardInterrupt


# ---- Figures 6-9 and 6-15: the loss over so many mini-batches of MNIST


def iterations_option(parser, quick):
    parser.add_argument(
        "--iterations",
        type=number(int, at_least=20),
        default=2000,
        help=f"how many mini-batches of {BATCH} (default: 2000; {quick} with --quick)",
    )
    resume_option(parser)


def train_on_mnist(args, script, nets, iterations):
    """Train for so many iterations, the last epoch to its end; the losses of those iterations."""
    train, _ = load_mnist()
    histories = train_side_by_side(
        args,
        script,
        nets,
        train,
        batch_size=BATCH,
        evaluate=100,
        epochs=math.ceil(iterations * BATCH / len(train[0])),
    )
    for history in histories.values():
        del history.loss[iterations:]
    return histories


def draw_losses(ax, histories, **labels):
    """The loss on each mini-batch just before its step, smoothed as in the book; a line a net."""
    longest = max(len(history.loss) for history in histories.values())
    for marker, (name, history) in zip(figures.MARKERS, histories.items()):
        if history.loss:
            every = max(1, longest // 20)
            ax.plot(smooth_curve(history.loss), label=name, lw=1.2, marker=marker, markevery=every)
    ax.set(**{"xlabel": "iteration", "ylabel": "loss", "xlim": (0, max(1, longest)), **labels})
    ax.legend(frameon=False)


def last_losses(histories):
    """The mean loss of the last hundred iterations: {name: number}, and all as a text."""
    means = {name: float(np.mean(history.loss[-100:])) for name, history in histories.items()}
    return means, ", ".join(f"{name} {mean:.3f}" for name, mean in means.items())
