"""Section 8.3.4: a binarized network on packed bits, with XNOR and popcount.

A sign needs one bit, 1 for +1. The product of two signs is +1 where their bits agree, so a sum of
n products is x . w = n - 2 popcount(x ^ w): one XOR and one count do the work of 64 products.
BatchNorm and Sign only ask whether this sum is large enough. So all that a neuron needs is a bit
for each weight and one whole number: how many bits may differ. Courbariaux and others, 2016.

Here a packed network is a dict of arrays, which a .npz file holds as it is:
    W1, W2, ..      the bits of the weights, a row for each neuron: (H, n/8) uint8
    limit1, ..      a hidden neuron is +1 while at most so many bits differ: (H,) int16
    top, cost       what a class scores if all bits agree, and loses for each that differs: (C,)
"""

import numpy as np

from dlscratch import BatchNorm, BinaryAffine, Network, Sign

BYTE_COUNTS = np.array([bin(byte).count("1") for byte in range(256)], np.uint8)


def popcount(words):
    """How many bits of each number are 1: (..) uint64 -> (..) uint8.

    >>> popcount(np.array([0, 5, 2**64 - 1], np.uint64))
    array([ 0,  2, 64], dtype=uint8)
    """
    if hasattr(np, "bitwise_count"):  # since NumPy 2
        return np.bitwise_count(words)
    parts = BYTE_COUNTS[words[..., None].view(np.uint8)]  # (..) -> (.., 8 bytes)
    return parts.sum(axis=-1, dtype=np.uint8)


def to_words(packed):
    """Eight bytes at a time, zeros behind the last: (N, bytes) uint8 -> (N, m) uint64."""
    N, size = packed.shape
    m = -(-size // 8)
    filled = np.zeros((N, 8 * m), np.uint8)
    filled[:, :size] = packed
    return filled.view(np.uint64)  # (N, 8 m) -> (N, m)


def differing_bits(x, W):
    """In how many bits each row of x differs from each row of W: (N, m), (H, m) -> (N, H) int16."""
    count = np.zeros((len(x), len(W)), np.int16)
    for x_word, W_word in zip(x.T, W.T):  # 64 signs of all rows at a time
        count += popcount(x_word[:, None] ^ W_word)  # (N, 1), (H,) -> (N, H)
    return count


def packed_layer(affine, norm):
    """(W, limit) of a hidden layer: BinaryAffine, BatchNorm, Sign.

    BatchNorm is tried on every sum that can occur. It never changes direction, so the sums that
    fire are the largest ones and counting them is enough; where gamma < 0 they are the smallest,
    and the signs of that neuron's weights are turned.
    """
    n = len(affine.W)
    sums = n - 2 * np.arange(n + 1, dtype=affine.W.dtype)  # x . w with 0 .. n differing bits
    fires = norm.forward(sums[:, None] + affine.b) >= 0  # (n + 1, H)
    W = (affine.W >= 0) ^ (norm.gamma < 0)  # (n, H), columns turned
    return np.packbits(W.T, axis=1), (fires.sum(axis=0) - 1).astype(np.int16)


def packed_network(net):
    """The packed form of a trained BinaryAffine, BatchNorm, Sign, .., BinaryAffine, BatchNorm.

    Every layer must have a multiple of 8 inputs.
    """
    *hidden, (affine, norm) = zip(net.layers[0::3], net.layers[1::3])
    arrays = {}
    for i, layers in enumerate(hidden, start=1):
        arrays[f"W{i}"], arrays[f"limit{i}"] = packed_layer(*layers)
    arrays[f"W{len(hidden) + 1}"] = np.packbits((affine.W >= 0).T, axis=1)
    arrays["top"] = norm.forward(len(affine.W) + affine.b[None])[0]  # x . w = n
    arrays["cost"] = 2 * norm.gamma / np.sqrt(norm.running_var + norm.eps)  # x . w falls by 2
    return arrays


def scores(arrays, x, batch_size=100):
    """The scores (N, C) of a packed network for signs x, (N, n) of +1 and -1.

    batch_size: so many rows at a time, so that the counts stay in the cache.
    """
    *hidden, last = weights(arrays)
    limits = [arrays[f"limit{i}"] for i in range(1, len(hidden) + 1)]
    parts = []
    for i in range(0, len(x), batch_size):
        bits = np.packbits(x[i : i + batch_size] > 0, axis=1)
        for W, limit in zip(hidden, limits):
            bits = np.packbits(differing_bits(to_words(bits), to_words(W)) <= limit, axis=1)
        differing = differing_bits(to_words(bits), to_words(last))
        parts.append(arrays["top"] - arrays["cost"] * differing)
    return np.concatenate(parts)


def unpacked_network(arrays):
    """The same network as float32 layers: a float for each bit, and ordinary products.

    A neuron fires while (n - x . w) / 2 <= limit: Sign sees x . w + b with b = 2 limit - n.
    """
    layers = []
    for i, packed in enumerate(weights(arrays), start=1):
        W = 2 * np.unpackbits(packed, axis=1).T.astype(np.float32) - 1  # (H, n/8) -> (n, H)
        b = 2 * arrays.get(f"limit{i}", 0) - np.full(W.shape[1], len(W), np.float32)
        layers += [BinaryAffine(W, b), Sign()]
    layers[-1] = BatchNorm(arrays["cost"] / 2, arrays["top"].copy(), eps=0.0)  # of x . w - n
    return Network(layers)


def weights(arrays):
    """W1, W2, .. in this order."""
    return [arrays[f"W{i}"] for i in range(1, sum(name[0] == "W" for name in arrays) + 1)]
