"""Layers and losses, one concept per file (sections 5.4 to 5.6, 6.3, 6.4.3, 7.4 and chapter 8).

Everything exported here can also be imported from the package: `from dlscratch import ..`.
"""

from dlscratch.layers.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from dlscratch.layers.affine import Affine
from dlscratch.layers.attention import AttentionLSTM
from dlscratch.layers.base import Layer
from dlscratch.layers.batch_norm import BatchNorm
from dlscratch.layers.binary import BinaryAffine, Sign
from dlscratch.layers.composite import Add, Concat, Sequential
from dlscratch.layers.convolution import Convolution
from dlscratch.layers.dropout import Dropout
from dlscratch.layers.embedding import Embedding
from dlscratch.layers.flatten import Flatten
from dlscratch.layers.global_average_pooling import GlobalAveragePooling
from dlscratch.layers.local_response_norm import LocalResponseNorm
from dlscratch.layers.losses import (
    HuberWithLoss,
    IdentityWithLoss,
    Loss,
    SigmoidWithLoss,
)
from dlscratch.layers.max_unpooling import MaxUnpooling
from dlscratch.layers.pooling import AveragePooling, Pooling
from dlscratch.layers.recurrent import LSTM, RNN
from dlscratch.layers.reshape import Reshape
from dlscratch.layers.softmax_with_loss import SoftmaxWithLoss
from dlscratch.layers.transposed_convolution import TransposedConvolution, bilinear_filters

__all__ = [
    "Add",
    "Affine",
    "AttentionLSTM",
    "AveragePooling",
    "BatchNorm",
    "bilinear_filters",
    "BinaryAffine",
    "Concat",
    "Convolution",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling",
    "HuberWithLoss",
    "IdentityWithLoss",
    "Layer",
    "LeakyReLU",
    "LocalResponseNorm",
    "Loss",
    "LSTM",
    "MaxUnpooling",
    "Pooling",
    "ReLU",
    "Reshape",
    "RNN",
    "Sequential",
    "Sigmoid",
    "SigmoidWithLoss",
    "Sign",
    "SoftmaxWithLoss",
    "Tanh",
    "TransposedConvolution",
]
