"""RoI align: resample each box of a feature map to a small map of fixed size (section 8.4.1).

A head with an Affine layer needs inputs of one size, but regions of interest (RoIs) come in all
sizes. Each box is divided into size x size bins; a bin samples the map at points between pixels, by
bilinear interpolation, and averages them. RoI pooling, its predecessor, rounds the box to whole
pixels, which misaligns the features. He, Gkioxari, Dollar and Girshick, "Mask R-CNN", 2017.
"""

from __future__ import annotations

import numpy as np

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.layers.sliding_windows import channels_first, channels_last
from dlscratch.vision.bilinear import hat_weights
from dlscratch.vision.boxes import expect_boxes

Cache = tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...]]


class RoIAlign:
    """y[r] = A x[images[r]] B^T: A samples the rows of box r, B its columns.

    size: bins along each side of the result. stride: image pixels between two positions of the
    feature map, since boxes are in image pixels. samples: points along each side of a bin.
    Not a Layer, because forward also takes the boxes; they receive no gradient.

    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> align = RoIAlign(size=2, stride=1, samples=1)
    >>> align.forward(x, np.array([[1.0, 1.0, 3.0, 3.0]]), np.array([0]))
    array([[[[ 5.,  6.],
             [ 9., 10.]]]])
    """

    def __init__(self, size: int = 7, stride: float = 1.0, samples: int = 2):
        self.size = expect_whole("size", size, at_least=1)
        self.stride = expect_number("stride", stride, above=0)
        self.samples = expect_whole("samples", samples, at_least=1)
        self.cache: Cache | None = None

    def forward(self, x: np.ndarray, boxes: np.ndarray, images: np.ndarray) -> np.ndarray:
        """The map of each box: (R, C, size, size), in the dtype of x.

        x: feature maps (N, C, H, W). boxes: (R, 4) floats, x0, y0, x1, y1 in image pixels; a point
        outside the image takes the value of the edge pixel. images: (R,) integers, the image of
        each box. ValueError for other shapes or dtypes, or an image index out of range.
        """
        expect_regions(x, boxes, images)
        (R, P), (_, C, H, W) = (len(boxes), self.size), x.shape
        A = self._weights(boxes[:, 1], boxes[:, 3], H).astype(x.dtype)  # (R, P, H)
        B = self._weights(boxes[:, 0], boxes[:, 2], W).astype(x.dtype)  # (R, P, W)
        self.cache = (A, B, images, x.shape)
        regions = channels_last(x)[images].reshape(R, H, W * C)  # (R, H, W, C) -> (R, H, W*C)
        rows = (A @ regions).reshape(R, P, W, C)  # (R, P, W*C) -> (R, P, W, C)
        return channels_first(B[:, None] @ rows)  # (R, 1, P, W) . (R, P, W, C) -> (R, C, P, P)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """dL/dx (N, C, H, W) from dout (R, C, size, size)."""
        if self.cache is None:
            raise RuntimeError(
                "RoIAlign.backward needs a forward pass before it: "
                "call forward(x, boxes, images) first, then backward(dout)"
            )
        A, B, images, (N, C, H, W) = self.cache
        R, P = len(images), self.size
        # y = A x B^T: dx = A^T dy B, summed over the boxes of an image
        rows = B.transpose(0, 2, 1)[:, None] @ channels_last(dout)  # (R, P, W, C)
        rows = rows.reshape(R, P, W * C)  # (R, P, W, C) -> (R, P, W*C)
        regions = (A.transpose(0, 2, 1) @ rows).reshape(R, H, W, C)  # (R, H, W*C) -> (R, H, W, C)
        dx = np.zeros((N, H, W, C), regions.dtype)
        for n, region in zip(images, regions):
            dx[n] += region
        return channels_first(dx)

    def _weights(self, low: np.ndarray, high: np.ndarray, length: int) -> np.ndarray:
        """The weight of each pixel in each bin between low and high: (R,) -> (R, size, length)."""
        n = self.size * self.samples
        fraction = (np.arange(n, dtype=low.dtype) + low.dtype.type(0.5)) / n
        points = (low[:, None] + fraction * (high - low)[:, None]) / self.stride  # (R, n)
        weights = hat_weights(points, length)
        # (R, size*samples, length) -> (R, size, samples, length), then the mean of the samples
        by_bin = weights.reshape(len(low), self.size, self.samples, length)
        mean: np.ndarray = by_bin.mean(axis=2)
        return mean

    def __repr__(self) -> str:
        return f"RoIAlign(size={self.size}, stride={self.stride:g}, samples={self.samples})"


def expect_regions(x: np.ndarray, boxes: np.ndarray, images: np.ndarray) -> None:
    """ValueError unless there are maps, floating-point boxes, and an image for each box."""
    if x.ndim != 4:
        raise ValueError(f"expected feature maps (N, C, H, W), got an array of shape {x.shape}")
    expect_boxes("boxes", boxes)
    if boxes.dtype.kind != "f":
        raise ValueError(f"boxes must be floats, got {boxes.dtype}: use boxes.astype(np.float32)")
    if boxes.ndim != 2 or images.shape != boxes.shape[:1] or images.dtype.kind not in "iu":
        raise ValueError(
            "expected boxes (R, 4) and the image of each as integers (R,), got "
            f"{boxes.shape} and {images.dtype} {images.shape}: np.zeros(R, int) for a single image"
        )
    if images.size and not 0 <= images.min() <= images.max() < len(x):
        raise ValueError(f"images must be 0 .. {len(x) - 1}, got {images.min()} .. {images.max()}")
