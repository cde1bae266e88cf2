"""Section 8.4.3: two networks that write captions, NIC and one with attention.

Both begin with the same CNN, whose maps are 7 x 7 places, and end with the same LSTM, which reads
the words so far and gives a score to each word that may be next. NIC (Vinyals and others, 2015)
averages the maps over all places, as its GoogLeNet does, and shows the result to the LSTM as if it
were a word before the first. The other one (Xu and others, 2015) looks at the places before each
word; what it looks for depends on what it has said.
"""

import copy

import numpy as np

from ch08.caption_scenes import NOTHING, PAD, WORDS
from dlscratch import (
    LSTM,
    Affine,
    AttentionLSTM,
    BatchNorm,
    Convolution,
    Embedding,
    GlobalAveragePooling,
    Layer,
    Network,
    Pooling,
    ReLU,
    Sequential,
    SoftmaxWithLoss,
)

CHANNELS = 48  # of the CNN's maps
VECTOR, HIDDEN = 64, 128  # the numbers of a word, and of the LSTM's state


def block(n_in, n_out, rng, size=3, stride=1):
    """A convolution, BatchNorm and ReLU."""
    conv = Convolution.init(n_in, n_out, size, stride, pad=(size - 1) // 2, rng=rng)
    return [conv, BatchNorm.init(n_out), ReLU()]


def seeing_network(rng):
    """The CNN, and scores for each place: (N, 1, 56, 56) -> (N, 21, 7, 7)."""
    eye = [*block(1, 16, rng, size=6, stride=2), *block(16, 32, rng), Pooling(2, 2)]
    eye += [*block(32, CHANNELS, rng), Pooling(2, 2), *block(CHANNELS, CHANNELS, rng)]
    names = Convolution.init(CHANNELS, NOTHING + 1, 1, rng=rng)
    weights = np.ones(NOTHING + 1)
    weights[NOTHING] = 0.25  # most places are empty
    return Network([*eye, names], SoftmaxWithLoss(weights, axis=1))


class Places(Layer):
    """Maps as places, each with its coordinates -1 .. 1: (N, C, H, W) -> (N, H*W, C + 2)."""

    def forward(self, x, training=False):
        N, C, H, W = x.shape
        self.cache = (x.shape,)
        grid = np.meshgrid(np.linspace(-1, 1, H), np.linspace(-1, 1, W), indexing="ij")
        where = np.broadcast_to(np.array(grid, x.dtype), (N, 2, H, W))
        y = np.concatenate([x, where], axis=1)  # (N, C + 2, H, W)
        return y.reshape(N, C + 2, H * W).transpose(0, 2, 1)  # -> (N, H*W, C + 2)

    def backward(self, dout):
        (shape,) = self.saved()
        return dout[:, :, : shape[1]].transpose(0, 2, 1).reshape(shape)  # where: constant


class Captioner(Network):
    """Images (N, 1, 56, 56) and words (N, T) -> scores (N, T, words) for the word after each.

    eye: a network that has learned to see. `start` and `step` write a caption word by word, with
    the same weights: a state is a tuple of arrays with a row for each caption.
    """

    def __init__(self, eye, reader, lstm, rng):
        self.eye = Sequential(*copy.deepcopy(eye.layers[:-1]), reader)
        self.embedding = Embedding.init(len(WORDS), VECTOR, std=0.3, rng=rng)
        self.lstm = lstm
        self.scores = Affine.init(HIDDEN, len(WORDS), "xavier", rng=rng)
        layers = [self.eye, self.embedding, self.lstm, self.scores]
        super().__init__(layers, SoftmaxWithLoss(ignore=PAD))


class NIC(Captioner):
    """The average of all places is the LSTM's first word."""

    kind = "NIC"

    def __init__(self, eye, rng):
        reader = Sequential(GlobalAveragePooling(), Affine.init(CHANNELS, VECTOR, rng=rng))
        super().__init__(eye, reader, LSTM.init(VECTOR, HIDDEN, rng=rng), rng)

    def forward(self, images, words, training=False):
        picture = self.eye.forward(images, training)[:, None]  # (N, D) -> (N, 1, D)
        x = np.concatenate([picture, self.embedding.forward(words)], axis=1)  # (N, 1 + T, D)
        return self.scores.forward(self.lstm.forward(x)[:, 1:])  # no word after the picture

    def backward(self, dout):
        dh = self.scores.backward(dout)
        dx = self.lstm.backward(np.pad(dh, [(0, 0), (1, 0), (0, 0)]))  # (N, T, H) -> (N, 1 + T, H)
        self.embedding.backward(dx[:, 1:])
        self.eye.weight_gradients(dx[:, 0])
        self._collect_gradients()

    def start(self, images):
        return self.lstm.step(self.eye.forward(images))

    def step(self, words, state):
        """The scores (N, words) behind one more word (N,), and the next state."""
        state = self.lstm.step(self.embedding.forward(words), state)
        return self.scores.forward(state[0]), state


class Attention(Captioner):
    """The LSTM looks at the places before each word."""

    kind = "attention"

    def __init__(self, eye, rng):
        lstm = AttentionLSTM.init(VECTOR, HIDDEN, CHANNELS + 2, rng=rng)
        super().__init__(eye, Places(), lstm, rng)

    def forward(self, images, words, training=False):
        places = self.eye.forward(images, training)
        hidden = self.lstm.forward(self.embedding.forward(words), memory=places)
        return self.scores.forward(hidden)

    def backward(self, dout):
        self.embedding.backward(self.lstm.backward(self.scores.backward(dout)))
        self.eye.weight_gradients(self.lstm.dmemory)
        self._collect_gradients()

    def start(self, images):
        places = self.eye.forward(images)
        h = np.zeros((len(images), HIDDEN), places.dtype)
        return h, h, places

    def step(self, words, state):
        """As for NIC; `lstm.attention` says where it looked, (N, places)."""
        h, c, places = state
        h, c = self.lstm.step(self.embedding.forward(words), (h, c), places)
        return self.scores.forward(h), (h, c, places)
