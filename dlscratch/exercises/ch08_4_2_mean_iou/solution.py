"""Mean IoU: how well pixels are classified (section 8.4.2).

Semantic segmentation gives every pixel a class. Most pixels are background, so the share of those
that are right is high for a network that finds nothing. The IoU of class k asks only about the
pixels that are k or were called k. Count them in a table first, the confusion matrix: entry (i, j)
is the number of pixels of class i that were classified as j.

    IoU of k  = both / either     both: entry (k, k)
                                  either: row k + column k - both
    mean IoU  = the mean over the classes that have pixels in t or in y

A class that is neither there nor found has IoU 0 / 0: it is left out. One that is found where it is
not has IoU 0 and counts.

Write:

    confusion_matrix(t, y, classes)   t, y: the true and the found classes of the pixels, integers
                                      0 .. classes - 1, both of one shape, (N, H, W) for instance;
                                      returns (classes, classes), integers
    mean_iou(confusion)               returns a number, 0 .. 1

t is often uint8, whose largest number is 255. Nothing is written to.

>>> t, y = np.array([[0, 0, 0], [0, 1, 1]]), np.array([[0, 0, 1], [1, 1, 1]])
>>> confusion_matrix(t, y, classes=3)
array([[2, 2, 0],
       [0, 2, 0],
       [0, 0, 0]])
>>> print(mean_iou(confusion_matrix(t, y, classes=3)))  # (2 / 4 + 2 / 4) / 2
0.5
"""

import numpy as np


def confusion_matrix(t, y, classes):
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (t, y), 1)  # a cell that comes up twice is counted twice
    return confusion


def mean_iou(confusion):
    both = np.diagonal(confusion)
    either = confusion.sum(axis=0) + confusion.sum(axis=1) - both
    occurs = either > 0
    return np.mean(both[occurs] / either[occurs])
