"""Section 8.1.2: what each ingredient of ensemble.py is worth, by leaving it out.

One network learns from 20,000 training images and is judged by 10,000 others, which it has not seen
either: no test image is read. It has BatchNorm, images warped anew in every epoch, a learning rate
that rises and falls, and the mean over five places; each is left out once.

Errors on the images held back in %, after 5 epochs, mean and standard deviation of three seeds:

    everything          1.02, 0.02      images as they are    1.12, 0.03
    no BatchNorm        1.55, 0.06      constant rate         2.09, 1.34
    only shifted        1.07, 0.02      read at one place     1.09, 0.01

BatchNorm is worth half a point, and without it the rate had to be 0.001 instead of 0.003, which it
was not chosen for. The rate matters as much: where it stays at 0.003, the errors depend on when one
stops, 1.3, 1.4 and 3.6 %. Warping, shifting and five places are worth 0.1 or less here: in 5 epochs
no image is seen often. What they are worth in 20, as in ensemble.py, was not measured.

    python ch08/ensemble_ablation.py

Last line with the default seed:
    read once instead | book: worse (no number) | here: +0.07 points of error, standard error 0.01 |
    holds
"""

from functools import partial

import numpy as np

from ch07.images import load_images, shifted
from ch08.ensemble_member import (
    BATCH,
    LEARNING_RATE,
    PLACES,
    learn,
    probabilities,
    rising_and_falling,
    warped,
)
from dlscratch import Warmup, figures, train_validation_split
from dlscratch.book.experiment import Claim, run
from dlscratch.book.runner import over_seeds, runner_options

IMAGES, EPOCHS, SEEDS = 20_000, 5, 3
WHOLE = "everything"
KINDS = {  # BatchNorm, images, learning rate
    WHOLE: (True, "warped", "rising and falling"),
    "no BatchNorm": (False, "warped", "rising and falling"),
    "only shifted": (True, "shifted", "rising and falling"),
    "as they are": (True, "as they are", "rising and falling"),
    "constant rate": (True, "warped", "constant"),
}
ONCE = "read once"  # the networks of WHOLE, each image at one place
AUGMENT = {"warped": warped, "shifted": shifted, "as they are": None}


def options(parser):
    runner_options(parser)


def trained(batch_norm, images, rate, seed, quick):
    """The accuracy on the images held back: read at five places, and read once."""
    train, _ = load_images(few=quick)
    (x, t), held_back = train_validation_split(*train, 100 if quick else 10_000, rng=0)
    images_used = 100 if quick else IMAGES
    x, t = x[:images_used], t[:images_used]
    epochs, steps = 1 if quick else EPOCHS, -(-len(x) // BATCH)
    highest = LEARNING_RATE if batch_norm else 0.001  # without BatchNorm large steps go astray
    schedules = {
        "rising and falling": rising_and_falling(epochs, steps, highest),
        "constant": Warmup(highest, steps),
    }
    net = learn(
        seed,
        (x, t),
        epochs,
        batch_norm=batch_norm,
        augment=AUGMENT[images],
        schedule=schedules[rate],
    )
    x, t = held_back
    p = probabilities(net.predict, x)
    once = p[PLACES.index((0, 0))]
    return {
        "five": float((p.mean(axis=0).argmax(axis=1) == t).mean()),
        "once": float((once.argmax(axis=1) == t).mean()),
    }


def errors(found):
    """{what is left out: the errors in %, a number for each seed}."""
    table = {kind: [100 - 100 * r["five"] for r in results] for kind, results in found.items()}
    table[ONCE] = [100 - 100 * result["once"] for result in found[WHOLE]]
    return {kind: np.array(values) for kind, values in table.items()}


def draw(table):
    """A bar for each ingredient left out, a point for each seed."""
    fig, ax = figures.new(size=(7.2, 4))
    names = list(table)[::-1]  # the first at the top
    for row, name in enumerate(names):
        colour = figures.BLUE if name == WHOLE else figures.SKY
        ax.barh(row, table[name].mean(), 0.6, color=colour)
        ax.plot(table[name], [row] * len(table[name]), "o", color="black", ms=4)
    ax.set_yticks(range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set(
        title="One ingredient left out: bars are means, points trainings",
        xlabel="errors on 10,000 training images held back, %",
    )
    return fig


def claim(table, left_out):
    """Whether leaving it out costs: the differences of the seeds, beside their standard error."""
    costs = table[left_out] - table[WHOLE]
    mean, error = costs.mean(), costs.std(ddof=1) / np.sqrt(len(costs))
    ours = f"{mean:+.2f} points of error, standard error {error:.2f}"
    why = "" if mean > 2 * error else "it is less than two standard errors"
    return Claim(f"{left_out} instead", "worse (no number)", ours, not why, why)


def main(args):
    found = over_seeds(
        args,
        "ensemble_ablation",
        partial(trained, quick=args.quick),
        KINDS,
        2 if args.quick else SEEDS,
        say=lambda result: "at five places {five:.4f}, once {once:.4f}".format(**result),
    )
    table = errors(found)
    for kind, values in table.items():
        print(f"{kind:>14}: {values.mean():.2f} % errors, deviation {values.std(ddof=1):.2f}")
    args.save(draw(table), "ensemble_ablation.png")
    return [claim(table, kind) for kind in table if kind != WHOLE]


if __name__ == "__main__":
    run(main, __doc__, options)
