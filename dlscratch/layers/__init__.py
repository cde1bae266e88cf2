"""The layers, one concept a file (sections 5.4 to 5.6, 6.3, 6.4.3 and 7.4)."""

from dlscratch.layers.activations import ReLU, Sigmoid, Tanh
from dlscratch.layers.affine import Affine
from dlscratch.layers.base import Layer
from dlscratch.layers.batch_norm import BatchNorm
from dlscratch.layers.composite import Add, Concat, Sequential
from dlscratch.layers.convolution import Convolution
from dlscratch.layers.dropout import Dropout
from dlscratch.layers.flatten import Flatten
from dlscratch.layers.losses import IdentityWithLoss, Loss, SoftmaxWithLoss
from dlscratch.layers.pooling import AveragePooling, Pooling

__all__ = [
    "Add",
    "Concat",
    "Sequential",
    "Affine",
    "AveragePooling",
    "BatchNorm",
    "Convolution",
    "Dropout",
    "Flatten",
    "IdentityWithLoss",
    "Layer",
    "Loss",
    "Pooling",
    "ReLU",
    "Sigmoid",
    "SoftmaxWithLoss",
    "Tanh",
]
