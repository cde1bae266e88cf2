"""Figure 6-24: the search for hyper-parameters (section 6.5).

A hundred times a learning rate and a weight decay are drawn at random on a logarithmic scale, and a
net is trained on 400 images and scored on 100 others, held back from the training images: the test
images are for the very end. The best trials show where to search next: narrow a range, --lr 0.001
0.01, and run it again. --search optuna, the Bayesian optimization of section 6.5.2, does so itself;
with --study FILE all who share the file search together, until they have finished --trials in all.

    python ch06/hyperparameter_optimization.py
    python ch06/hyperparameter_optimization.py --search optuna --study shared/search.journal

Last line with the default seed: weight decays of the best five | book: 1e-08 to 1e-06; as printed,
3.9e-07 to 1.4e-05 | here: 3.0e-07 to 8.4e-05; correlation -0.05 | differs, because so small a
weight decay hardly matters
"""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from ch06.search import OptunaSearch, RandomSearch, SharedStudy, search
from ch06.trials import Trials, best_first, split
from dlscratch import figures
from dlscratch.book.experiment import Claim, fingerprint, number, run
from dlscratch.book.runner import runner_options

SEARCHES = {"random": RandomSearch, "optuna": OptunaSearch}


def options(parser):
    for name, low, high in (("lr", 1e-6, 1e-2), ("weight-decay", 1e-8, 1e-4)):
        parser.add_argument(
            f"--{name}",
            type=number(float, above=0),
            nargs=2,
            default=[low, high],
            metavar=("LOW", "HIGH"),
            help=f"range of the search (default: {low:g} {high:g})",
        )
    for name, least, default, text in (
        ("trials", 5, 100, "how many trainings (default: 100; 20 with --quick)"),
        ("epochs", 1, 50, "of each training (default: 50; 20 with --quick)"),
        ("images", 10, 500, "training images, of which a fifth is for validation (default: 500)"),
    ):
        kind = number(int, at_least=least)
        parser.add_argument(f"--{name}", type=kind, default=default, help=text)
    parser.add_argument("--search", choices=SEARCHES, default="random", help="default: random")
    text = "with --search optuna: where all who search together keep their trials"
    parser.add_argument("--study", type=Path, metavar="FILE", help=text)
    runner_options(parser)


def search_method(args, name):
    ranges = sorted(args.lr), sorted(args.weight_decay)
    if args.study and args.search != "optuna":
        args.error("--study is of Optuna: add --search optuna")
    try:
        own = SEARCHES[args.search]
        return SharedStudy(args.study, name, ranges) if args.study else own(ranges, args.seed)
    except ImportError:
        args.error("--search optuna needs the package optuna: pip install optuna")


def draw(best):
    fig, axes = figures.new(4, 5, size=(11, 8.4), sharex=True, sharey=True)
    for place, (ax, trial) in enumerate(zip(axes.flat, best), start=1):
        epochs = range(1, len(trial["train"]) + 1)
        ax.plot(epochs, trial["validation"], "-", color=figures.BLUE, label="validation")
        ax.plot(epochs, trial["train"], "--", color=figures.VERMILION, label="training")
        title = f"Best-{place}: {trial['validation'][-1]:.2f}\nlr {trial['lr']:.2g}"
        ax.set_title(f"{title}, decay {trial['weight_decay']:.0e}", fontsize=9)
    axes[0, 0].set_ylim(0, 1.02)
    fig.supxlabel("epoch")
    fig.supylabel("accuracy")
    legend = axes[0, 0].get_legend_handles_labels()
    fig.legend(*legend, loc="outside upper center", ncols=2, frameon=False)
    return fig


def draw_points(best):
    """Where the trials were, each as dark as its accuracy is high; the best five are ringed."""
    fig, ax = figures.new(size=(6.0, 4.2))
    lr, decay, score = np.transpose(
        [(trial["lr"], trial["weight_decay"], trial["validation"][-1]) for trial in best]
    )
    points = ax.scatter(lr, decay, c=score, s=45, cmap="viridis_r", edgecolors="0.4", lw=0.5)
    ax.scatter(lr[:5], decay[:5], s=150, facecolors="none", edgecolors=figures.VERMILION, lw=2)
    ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="weight decay")
    ax.set_title("What the search has tried; the best five are ringed")
    fig.colorbar(points, label="accuracy in validation")
    return fig


def claims(best, epochs):
    scores = np.array([trial["validation"][-1] for trial in best])
    points = np.array([(trial["lr"], trial["weight_decay"]) for trial in best])
    with np.errstate(invalid="ignore"):  # all scores may be the same
        by_lr, by_decay = np.corrcoef(np.log(points).T, scores)[2, :2]
    (low_lr, low), (high_lr, high) = points[:5].min(axis=0), points[:5].max(axis=0)
    why = "so small a weight decay hardly matters" if high > 1e-6 and abs(by_decay) < 0.3 else ""
    return [
        Claim(
            "Best-1 to Best-5, validation accuracy",
            "0.83 to 0.73",
            f"{scores[0]:.2f} to {scores[4]:.2f} after {len(best)} trials of {epochs} epochs",
            holds=scores[4] >= 0.7,
        ),
        Claim(
            "learning rates of the best five",
            "0.001 to 0.01; as printed, 0.0052 to 0.0096",
            f"{low_lr:.2g} to {high_lr:.2g}; over all trials, correlation of its logarithm with "
            f"the accuracy {by_lr:.2f}",
            holds=0.001 <= low_lr and high_lr <= 0.01,
        ),
        Claim(
            "weight decays of the best five",
            "1e-08 to 1e-06; as printed, 3.9e-07 to 1.4e-05",
            f"{low:.1e} to {high:.1e}; correlation {by_decay:.2f}",
            holds=high <= 1e-6,
            why=why,
        ),
    ]


def main(args):
    name = f"hyperparameter_optimization-{fingerprint(args, ignore=['trials', 'study'])}"
    method = search_method(args, name)
    count, epochs = (20, 20) if args.quick else (args.trials, args.epochs)
    path = None if args.study else args.out / f"{name}.jsonl"
    before = len(method.finished()) if args.study else 0
    bar = tqdm(total=count, initial=before, unit="trial", leave=False, disable=None)
    trials = Trials(path, split(args.images, args.seed), epochs, args, bar.update)
    try:
        with bar, trials:
            if args.study:
                method.search(trials.train, count, args.processes)
            else:
                search(method, trials.scores, count)
    finally:  # after Ctrl-C too: so far, this is the best
        best = best_first(method.finished() if args.study else trials.finished)
        for place, trial in enumerate(best[:5], start=1):
            point = f"learning rate {trial['lr']:.3g}, weight decay {trial['weight_decay']:.3g}"
            print(f"Best-{place}: validation accuracy {trial['validation'][-1]:.2f}, {point}")
        args.save(draw(best), "fig_6-24_search.png")
        if best:
            args.save(draw_points(best), "fig_6-24_points.png")
        if len(best) < count:
            print(f"stopped after {len(best)} of {count} trials; --resume goes on")
    return claims(best, epochs)


if __name__ == "__main__":
    run(main, __doc__, options)
