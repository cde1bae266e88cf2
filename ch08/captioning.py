"""Figures 8-21 and 8-22: a network describes a picture in words (section 8.4.3).

NIC (Vinyals and others, 2015) is a CNN and an LSTM: the picture as one vector, then word by word.
With attention (Xu and others, 2015), the LSTM weights the places of the picture before each word.
Our pictures hold one or two digits, so a caption is either right or wrong: "a large three left of a
small seven". Both networks start from the same pretrained CNN and learn from the same scenes; NIC
has to hold two digits in one vector.

Captions right word for word, greedily, on 2,000 scenes of test digits, half of them with two:

    seed                   0       1       2     mean and standard deviation
    NIC, all            .7910   .7785   .7710   .7802, .0101
    NIC, one digit      .9768   .9728   .9738   .9745, .0021
    NIC, two digits     .6081   .5873   .5714   .5889, .0184
    attention, all      .9735   .9635   .9670   .9680, .0051
    attention, one      .9849   .9768   .9849   .9822, .0047
    attention, two      .9623   .9504   .9494   .9540, .0072

Beam search gains nothing with attention, .003 with NIC. An earlier recipe, with half the steps,
came to .919 with attention, and only .877 with seed 1. So this one was chosen with that seed,
attention only, on scenes of 10,000 held-out training digits: twice the steps, and four times the
scenes from which the CNN learns, .948; with them the first pooling after the second convolution,
not before it, .957. The test digits were used three times, with this recipe and two before. A seed
takes about 14 minutes of one core.

    python ch08/captioning.py
    python ch08/captioning.py --evaluate

Last line with the default seed:
    right, NIC and attention, scenes all | book: BLEU-1 66.6, 70.7 (quoted) | here: 0.7910, 0.9735
    | holds
"""

from pathlib import Path

import numpy as np

from ch08 import caption_pictures as pictures
from ch08.caption_decoding import beam_search, greedy, in_parts
from ch08.caption_networks import NIC, Attention, seeing_network
from ch08.caption_scenes import WORDS, draw_captioned
from ch08.caption_training import learn_to_see, learn_to_tell, training_options
from dataset.mnist import load_mnist
from dlscratch import train_validation_split
from dlscratch.book.experiment import Claim, run
from dlscratch.storage.files import atomic_write
from dlscratch.storage.npz import load_arrays, write_arrays

WEIGHTS = Path(__file__).with_name("captioning_params.npz")  # of both networks, seed 0
SCENES = 2000  # to judge by, half of them with two digits
QUOTED = "BLEU-1 66.6, 70.7 (quoted)"  # on COCO; Xu and others, table 1


def options(parser):
    training_options(parser)
    add = parser.add_argument
    evaluate = "do not train: write captions with the weights beside this script"
    add("--evaluate", action="store_true", help=evaluate)
    held_back = "measure on 10,000 training digits held back, to choose settings"
    add("--validate", action="store_true", help=held_back)


def load_digits(args):
    """The digits (x, t) of the scenes to train with, and those of the scenes to judge by."""
    train, test = load_mnist(flatten=False)
    return train_validation_split(*train, 10000, rng=0) if args.validate else (train, test)


def arrays_of(nets):
    """All arrays of the networks by name: NIC/W1, .."""
    arrays = {}
    for net in nets:
        for name, array in {**net.params, **net.buffers}.items():
            arrays[f"{net.kind}/{name}"] = array
    return arrays


def train(args, digits):
    """Both networks, trained; the losses of each; the file that holds their weights in 16 bits."""
    eye = learn_to_see(args, digits)
    nets = [kind(eye, np.random.default_rng((args.seed, 2))) for kind in (NIC, Attention)]
    losses = {net.kind: learn_to_tell(args, net, digits) for net in nets}
    path = args.out / WEIGHTS.name
    with atomic_write(path) as file:
        arrays = arrays_of(nets).items()
        write_arrays(file, {name: array.astype(np.float16) for name, array in arrays})
    print(f"weights: {path}")
    return losses, path


def judged(nets, scenes):
    """The captions that each network writes, and the shares of them that are right.

    Two dictionaries, by (kind, how); shares: of scenes of one digit, of two, of all.
    """
    written, shares, two = {}, {}, scenes.two()
    for net in nets:
        for how, write in (("greedy", greedy), ("beam search", beam_search)):
            captions = in_parts(write, net, scenes.images)
            exact = (captions == scenes.captions).all(axis=1)  # word for word
            written[net.kind, how] = captions
            shares[net.kind, how] = exact[~two].mean(), exact[two].mean(), exact.mean()
            print(
                f"{net.kind}, {how}: right {exact.mean():.4f}, of scenes of one digit "
                f"{exact[~two].mean():.4f}, of two {exact[two].mean():.4f}"
            )
    return written, shares


def claims_of(shares, quick):
    """Beam search beside greedy, then NIC beside attention."""
    claims, few = [], "--quick trains for 4 steps" if quick else ""
    for kind in ("NIC", "attention"):
        beam, one = shares[kind, "beam search"][2], shares[kind, "greedy"][2]
        why = few or "the likeliest words nearly always make the likeliest caption"
        what, ours = f"right by beam search, and greedily, {kind}", f"{beam:.4f}, {one:.4f}"
        holds = beam > one
        claims.append(Claim(what, "BLEU 2 more (quoted)", ours, holds, "" if holds else why))
    for i, scenes in enumerate(("of one digit", "of two digits", "all")):
        nic, attention = shares["NIC", "greedy"][i], shares["attention", "greedy"][i]
        holds, ours = attention > nic, f"{nic:.4f}, {attention:.4f}"
        what = f"right, NIC and attention, scenes {scenes}"
        claims.append(Claim(what, QUOTED, ours, holds, few * (not holds)))
    return claims


def shown(scenes, captions):
    """The rows of up to three scenes: right with "left of", right with "above", and a mistake."""
    right = (captions == scenes.captions).all(axis=1)
    left, above = ((scenes.captions == WORDS.index(word)).any(axis=1) for word in ("left", "above"))
    kinds = (right & left, right & above, ~right & scenes.two())
    return np.concatenate([np.flatnonzero(kind)[:1] for kind in kinds])


def main(args):
    if args.evaluate and args.validate:
        args.error("--evaluate reads the test images, --validate others: choose one")
    train_digits, test_digits = load_digits(args)
    losses, path = ({}, WEIGHTS) if args.evaluate else train(args, train_digits)
    nets = [kind(seeing_network(rng=0), rng=0) for kind in (NIC, Attention)]
    load_arrays(path, arrays_of(nets))  # what is judged is what the file holds
    scenes = draw_captioned(*test_digits, 20 if args.quick else SCENES, np.random.default_rng(0))
    written, shares = judged(nets, scenes)
    captions, bars = (
        {net.kind: of[net.kind, "greedy"] for net in nets} for of in (written, shares)
    )
    fig = pictures.draw_looks(nets[1], scenes[shown(scenes, captions["attention"])])
    args.save(fig, "captioning_looks.png")
    two = np.flatnonzero(scenes.two())[:8]
    examples = pictures.draw_captions(scenes[two], {kind: of[two] for kind, of in captions.items()})
    args.save(examples, "captioning_examples.png")
    args.save(pictures.draw_comparison(bars, losses), "captioning.png")
    return claims_of(shares, args.quick and not args.evaluate)


if __name__ == "__main__":
    run(main, __doc__, options)
