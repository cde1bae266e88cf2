"""Step and sigmoid: two activation functions for whole arrays (section 3.2).

A perceptron jumps from 0 to 1; a neuron of a network goes there smoothly, so that a small change of
a weight changes the output a little:

    step(x) = 1 if x > 0, else 0             sigmoid(x) = 1 / (1 + exp(-x))

Write, for an array x of any shape, without a loop and without `if`:

    step_function(x)   the integers 0 and 1, of the same shape
    sigmoid(x)         numbers between 0 and 1; float32 in, float32 out

>>> step_function(np.array([-1.0, 1.0, 2.0]))
array([0, 1, 1])
>>> sigmoid(np.array([-1.0, 1.0, 2.0]))
array([0.26894142, 0.73105858, 0.88079708])
"""

import numpy as np


def step_function(x):
    return (x > 0).astype(int)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))
