"""dlscratch: neural networks in pure NumPy, to be read.

Layers with a forward and a backward pass, networks as lists of layers, optimizers, and a checker
that proves every gradient: the library behind the chapters of "Deep Learning from Scratch".
Importing it needs NumPy alone.
"""

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
from dlscratch.layers import (
    LSTM,
    RNN,
    Add,
    Affine,
    AveragePooling,
    BatchNorm,
    BinaryAffine,
    Concat,
    Convolution,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling,
    HuberWithLoss,
    IdentityWithLoss,
    Layer,
    LeakyReLU,
    LocalResponseNorm,
    Loss,
    MaxUnpooling,
    Pooling,
    ReLU,
    Reshape,
    Sequential,
    Sigmoid,
    SigmoidWithLoss,
    Sign,
    SoftmaxWithLoss,
    Tanh,
    TransposedConvolution,
    bilinear_filters,
)
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
    "BinaryAffine",
    "Convolution",
    "CosineDecay",
    "DataError",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling",
    "HuberWithLoss",
    "History",
    "IdentityWithLoss",
    "LSTM",
    "Layer",
    "LeakyReLU",
    "Loss",
    "LocalResponseNorm",
    "MaxUnpooling",
    "Momentum",
    "MultiLayerNet",
    "Nesterov",
    "Network",
    "Optimizer",
    "Parameters",
    "Pooling",
    "RMSprop",
    "RNN",
    "ReLU",
    "Reshape",
    "Sigmoid",
    "SigmoidWithLoss",
    "Sign",
    "SoftmaxWithLoss",
    "StepDecay",
    "Tanh",
    "Trainer",
    "TransposedConvolution",
    "Warmup",
    "GradientCheck",
    "affine",
    "affine_warp",
    "batch_norm",
    "batches",
    "bilinear_filters",
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
    "one_hot",
    "output_size",
    "relu",
    "shift",
    "sigmoid",
    "softmax",
    "step_function",
    "train_validation_split",
    "weight_std",
]
