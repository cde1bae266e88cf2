"""The output size of a convolution: how many windows fit (sections 7.2.3 and 7.2.4).

A filter of FH pixels stands at the edge of an input of H pixels, and moves on by S pixels, the
stride, as long as it fits. With P pixels of padding on both sides the input is longer by 2 P:

    OH = (H + 2 P - FH) / S + 1          (equation 7.1, the same for the width)

Where it does not divide evenly, round down: the pixels left over at the end are in no window. A
filter that is larger than the padded input fits nowhere: raise ValueError.

Write:

    output_size(size, filter_size, stride=1, pad=0)   whole numbers; returns an int
    same_pad(filter_size)   the padding with which a filter of odd size and stride 1 keeps the size

>>> output_size(4, 3, pad=1), output_size(7, 3, stride=2), output_size(28, 5, stride=3, pad=2)
(4, 3, 10)
>>> output_size(8, 3, stride=2)  # the last pixel is left over
3
>>> same_pad(3), same_pad(5)
(1, 2)
"""


def output_size(size, filter_size, stride=1, pad=0):
    padded = size + 2 * pad
    if filter_size > padded:
        raise ValueError(f"a filter of {filter_size} does not fit an input of {padded}")
    return (padded - filter_size) // stride + 1


def same_pad(filter_size):
    return (filter_size - 1) // 2
