"""The receptive field: small filters in a row see as much as a large one (section 8.1.3).

A number behind a convolution of 5 x 5 depends on 5 x 5 pixels. Behind two of 3 x 3 it does so, too:
it sees 3 x 3 numbers, and each of them 3 x 3 pixels, which overlap. The side of what it sees grows
from layer to layer, from the image on. So does the step, the distance in pixels between neighbours:

    side = 1, step = 1                      a pixel sees itself, its neighbour is one pixel further
    side = side + (filter_size - 1) * step  filter_size neighbours in a row, a step between each two
    step = step * stride                    from here on a neighbour is stride times further

A pooling layer counts like a convolution; padding changes nothing. But the small filters have fewer
weights, and a ReLU more in between. A layer of FH x FW filters, with C channels in and C out, has
C * C * FH * FW weights: 25 for 5 x 5 and 18 for two of 3 x 3, with C = 1.

Write (biases are not counted):

    receptive_field(layers)       layers: a list of pairs (filter_size, stride), the first layer
                                  first; returns the side, an int
    weights(sizes, channels=1)    sizes: a list of filter sizes, one for each layer; returns the
                                  weights of all of them, an int

>>> receptive_field([(5, 1)]), receptive_field([(3, 1), (3, 1)])
(5, 5)
>>> receptive_field([(3, 1), (2, 2), (3, 1)])  # convolution, pooling, convolution
8
>>> weights([5]), weights([3, 3]), weights([3, 3], channels=64)
(25, 18, 73728)
"""


def receptive_field(layers):
    side, step = 1, 1
    for filter_size, stride in layers:
        side += (filter_size - 1) * step
        step *= stride
    return side


def weights(sizes, channels=1):
    return sum(channels * channels * size * size for size in sizes)
