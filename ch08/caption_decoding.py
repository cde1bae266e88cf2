"""Section 8.4.3: a caption is written word by word, greedily or by beam search.

The network only scores the next word. Greedy search always takes the most likely word, and never
takes one back. Beam search keeps the `width` most likely beginnings instead, and again the most
likely of all their continuations; the probability of a sentence is the product of its words'. With
width 1 it is greedy.
"""

import numpy as np

from ch08.caption_scenes import LENGTH, PAD, STOP
from dlscratch.functions import log_softmax


def in_parts(write, net, images, *options, part=200):
    """write(net, images, *options) for many images, `part` at a time."""
    rows = range(0, len(images), part)
    return np.concatenate([write(net, images[i : i + part], *options) for i in rows])


def greedy(net, images):
    """The likeliest word at each step: captions (N, 10), as those of the scenes."""
    words = np.full(len(images), STOP)
    ended = np.zeros(len(images), bool)
    state, written = net.start(images), [words]
    while len(written) < LENGTH:
        scores, state = net.step(words, state)
        words = np.where(ended, PAD, scores.argmax(axis=1))
        ended |= words == STOP
        written.append(words)
    return np.stack(written, axis=1)  # ten (N,) -> (N, 10)


def beam_search(net, images, width=3):
    """The likeliest captions found with `width` beginnings at a time: (N, 10)."""
    N, B = len(images), width
    first = np.arange(N)[:, None] * B  # the row of each image's first beginning
    state = tuple(array.repeat(B, axis=0) for array in net.start(images))  # (N, ..) -> (N*B, ..)
    captions = np.full((N * B, 1), STOP)
    total = np.full((N, B), -np.inf)  # log probabilities
    total[:, 0] = 0  # all beginnings are alike: one of them will do
    while captions.shape[1] < LENGTH:
        scores, state = net.step(captions[:, -1], state)
        scores = log_softmax(scores)
        ended = (captions[:, 1:] == STOP).any(axis=1)
        scores[ended] = -np.inf
        scores[ended, PAD] = 0  # what has ended stays as likely as it was
        V = scores.shape[1]
        every = (total[:, :, None] + scores.reshape(N, B, V)).reshape(N, B * V)  # -> (N, B*V)
        best = np.argsort(-every, axis=1, kind="stable")[:, :B]
        total = np.take_along_axis(every, best, axis=1)
        rows = (first + best // V).reshape(-1)  # (N, B) -> (N*B,): which beginning goes on
        captions = np.column_stack([captions[rows], (best % V).reshape(-1)])
        state = tuple(array[rows] for array in state)
    return captions[first[:, 0]]  # the likeliest one of each image
