"""dlscratch: neural networks in pure NumPy, to be read.

Layers with a forward and a backward pass, networks as lists of layers, optimizers, and a checker
that proves every gradient: the library behind the chapters of "Deep Learning from Scratch".
Importing it needs NumPy alone.
"""

from dlscratch.functions import (
    cross_entropy_error,
    identity_function,
    log_softmax,
    mean_squared_error,
    relu,
    sigmoid,
    softmax,
    step_function,
)
from dlscratch.gradcheck import (
    GradientCheck,
    Verdict,
    check_gradients,
    numerical_diff,
    numerical_gradient,
)
from dlscratch.initializers import weight_std
from dlscratch.layers import (
    Add,
    Affine,
    AveragePooling,
    BatchNorm,
    Concat,
    Convolution,
    Dropout,
    Flatten,
    IdentityWithLoss,
    Layer,
    Loss,
    Pooling,
    ReLU,
    Sequential,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
)
from dlscratch.layers.im2col import col2im, im2col, output_size
from dlscratch.multi_layer_net import MultiLayerNet
from dlscratch.network import Network
from dlscratch.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, Optimizer, RMSprop
from dlscratch.parameters import Parameters
from dlscratch.storage.files import DataError
from dlscratch.trainer import History, Trainer, batches

affine, convolution, batch_norm = Affine.init, Convolution.init, BatchNorm.init  # older names

__all__ = [
    "Add",
    "Concat",
    "Sequential",
    "Verdict",
    "SGD",
    "AdaGrad",
    "Adam",
    "Affine",
    "AveragePooling",
    "BatchNorm",
    "Convolution",
    "DataError",
    "Dropout",
    "Flatten",
    "History",
    "IdentityWithLoss",
    "Layer",
    "Loss",
    "Momentum",
    "MultiLayerNet",
    "Nesterov",
    "Network",
    "Optimizer",
    "Parameters",
    "Pooling",
    "RMSprop",
    "ReLU",
    "Sigmoid",
    "SoftmaxWithLoss",
    "Tanh",
    "Trainer",
    "GradientCheck",
    "affine",
    "batch_norm",
    "batches",
    "check_gradients",
    "col2im",
    "convolution",
    "cross_entropy_error",
    "identity_function",
    "im2col",
    "log_softmax",
    "mean_squared_error",
    "numerical_diff",
    "numerical_gradient",
    "output_size",
    "relu",
    "sigmoid",
    "softmax",
    "step_function",
    "weight_std",
]
