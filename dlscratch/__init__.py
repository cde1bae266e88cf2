"""dlscratch: neural networks in pure NumPy, to be read.

Layers with a forward and a backward pass, networks as lists of layers, optimizers, and a checker of
every gradient: the library behind the chapters of "Deep Learning from Scratch". Importing it needs
NumPy alone.
"""

from dlscratch import layers
from dlscratch.data import affine_warp, batches, one_hot, shift, train_validation_split
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
from dlscratch.layers import *
from dlscratch.layers.im2col import col2im, im2col, output_size
from dlscratch.multi_layer_net import MultiLayerNet
from dlscratch.network import Network
from dlscratch.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, Optimizer, RMSprop
from dlscratch.parameters import Parameters
from dlscratch.schedules import CosineDecay, StepDecay, Warmup
from dlscratch.storage.files import DataError
from dlscratch.trainer import History, Trainer

affine, convolution, batch_norm = Affine.init, Convolution.init, BatchNorm.init  # older names

__all__ = [
    "AdaGrad",
    "Adam",
    "affine",
    "affine_warp",
    "batch_norm",
    "batches",
    "check_gradients",
    "col2im",
    "convolution",
    "CosineDecay",
    "cross_entropy_error",
    "DataError",
    "GradientCheck",
    "History",
    "identity_function",
    "im2col",
    "log_softmax",
    "mean_squared_error",
    "Momentum",
    "MultiLayerNet",
    "Nesterov",
    "Network",
    "numerical_diff",
    "numerical_gradient",
    "one_hot",
    "Optimizer",
    "output_size",
    "Parameters",
    "relu",
    "RMSprop",
    "SGD",
    "shift",
    "sigmoid",
    "softmax",
    "step_function",
    "StepDecay",
    "train_validation_split",
    "Trainer",
    "Verdict",
    "Warmup",
    "weight_std",
]
__all__ += layers.__all__
