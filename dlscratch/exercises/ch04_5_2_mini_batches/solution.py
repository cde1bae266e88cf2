"""Mini-batches: all examples once, in random order, in small portions (sections 4.5.2 and 4.5.3).

A step of learning uses a mini-batch of the examples, 100 of 60000 for instance. The book draws each
one anew, so that some examples come twice and others not at all. Its footnote recommends this way:
put all examples in a random order once, and cut that into mini-batches. One walk through them is an
epoch; in it each example is used exactly once.

Write:

    batches(x, t, batch_size, rng)   x: examples (N, ..), t: their targets (N,) or (N, classes);
                                     returns a list of pairs (x_batch, t_batch), each with
                                     batch_size rows; the last one has what is left

rng is a generator of random numbers: rng.permutation(5) is an array of 0 to 4 in random order. Each
call of batches has another order. x and t are not written to.

>>> x, t = np.array([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5], [4.0, 4.5]]), np.arange(5)
>>> pairs = batches(x, t, 2, np.random.default_rng(0))
>>> [x_batch.shape for x_batch, t_batch in pairs]
[(2, 2), (2, 2), (1, 2)]
>>> sorted(int(label) for x_batch, t_batch in pairs for label in t_batch)
[0, 1, 2, 3, 4]
"""

import numpy as np


def batches(x, t, batch_size, rng):
    order = rng.permutation(len(x))
    pieces = [order[i : i + batch_size] for i in np.arange(0, len(x), batch_size)]
    return [(x[rows], t[rows]) for rows in pieces]
