"""RoI align: a map of one size for boxes of any size, and the way back."""

import numpy as np
import pytest

from dlscratch import check_gradients
from dlscratch.layers.sliding_windows import channels_first, channels_last
from dlscratch.vision import RoIAlign

rng = np.random.default_rng(0)
X = rng.standard_normal((4, 2, 5, 7))
BOXES = np.array(  # inside, overlapping, beyond the edge, a single point, the whole image
    [
        [3, 1, 20, 12],
        [5, 2, 9, 19],
        [-6, -8, 12, 9],
        [20, 15, 40, 30],
        [7, 7, 7, 7],
        [0, 0, 28, 20],
    ],
    float,
)
IMAGES = np.array([2, 0, 2, 3, 1, 2])


class AlignBoxes(RoIAlign):
    """RoI align as a function of the feature maps alone, for the gradient check."""

    def forward(self, x, training=False):
        return super().forward(x, BOXES, IMAGES)


def bilinear(plane, y, x):
    """The value of a map (H, W) at one point; pixel k has its centre at k + 1/2."""
    H, W = plane.shape
    y, x = min(max(y - 0.5, 0), H - 1), min(max(x - 0.5, 0), W - 1)
    i, j = min(int(y), H - 2), min(int(x), W - 2)
    a, b = y - i, x - j
    upper = (1 - b) * plane[i, j] + b * plane[i, j + 1]
    lower = (1 - b) * plane[i + 1, j] + b * plane[i + 1, j + 1]
    return (1 - a) * upper + a * lower


def by_loops(x, boxes, images, size, stride, samples):
    y = np.zeros((len(boxes), x.shape[1], size, size))
    for r, c, i, j in np.ndindex(y.shape):
        x0, y0, x1, y1 = boxes[r] / stride
        height, width = (y1 - y0) / size, (x1 - x0) / size
        points = [
            (y0 + (i + (k + 0.5) / samples) * height, x0 + (j + (m + 0.5) / samples) * width)
            for k, m in np.ndindex(samples, samples)
        ]
        y[r, c, i, j] = np.mean([bilinear(x[images[r], c], *point) for point in points])
    return y


@pytest.mark.parametrize("size, samples", [(1, 1), (3, 1), (2, 2), (6, 3)])
def test_every_number_is_what_loops_find(size, samples):
    y = RoIAlign(size, stride=4, samples=samples).forward(X, BOXES, IMAGES)
    np.testing.assert_allclose(y, by_loops(X, BOXES, IMAGES, size, 4, samples), atol=1e-12)


@pytest.mark.parametrize("size, samples", [(1, 1), (3, 2), (6, 1)])
def test_the_gradient_is_right(size, samples):
    check = check_gradients(AlignBoxes(size, stride=4, samples=samples), X, tolerance=1e-7)
    assert check, check


def test_a_box_on_whole_pixels_is_cut_out():
    y = RoIAlign(2, samples=1).forward(X, np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([3]))
    np.testing.assert_allclose(y[0], X[3, :, 2:4, 1:3])


def test_an_image_without_boxes_receives_no_gradient():
    align = RoIAlign(2, stride=4)
    align.forward(X, BOXES[:2], IMAGES[:2])
    dx = align.backward(np.ones((2, 2, 2, 2)))
    assert dx[2].any() and dx[0].any() and not dx[[1, 3]].any()
    assert dx.sum() == pytest.approx(2 * 2 * 2 * 2)  # the shares of every sample sum to 1


def test_without_boxes_there_are_no_maps_and_no_gradient():
    align = RoIAlign(3)
    y = align.forward(X, np.zeros((0, 4)), np.zeros(0, int))
    assert y.shape == (0, 2, 3, 3)
    np.testing.assert_array_equal(align.backward(y), np.zeros_like(X))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_of_the_maps_and_all_arguments_are_kept(dtype):
    x, boxes, images = X.astype(dtype), BOXES.astype(np.float32), IMAGES.copy()
    x = channels_first(np.ascontiguousarray(channels_last(x)))
    for array in (x, boxes, images):
        array.flags.writeable = False
    align = RoIAlign(3, stride=4)
    y = align.forward(x, boxes, images)
    y.flags.writeable = False
    assert y.dtype == dtype and align.backward(y).dtype == dtype
    np.testing.assert_allclose(y, by_loops(X, BOXES, IMAGES, 3, 4, 2), atol=0.02)


def test_what_does_not_fit_is_refused():
    align = RoIAlign()
    with pytest.raises(RuntimeError, match="needs a forward pass before it"):
        align.backward(np.zeros((1, 1, 7, 7)))
    for boxes, images, message in [
        (BOXES, IMAGES[:2], "the image of each as integers"),
        (BOXES, IMAGES / 2, "the image of each as integers"),
        (BOXES, IMAGES + 1, r"images must be 0 .. 3, got 1 .. 4"),
        (BOXES.astype(int), IMAGES, "boxes must be floats, got int64"),
        (BOXES[:, :3], IMAGES, r"expected boxes \(.., 4\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            align.forward(X, boxes, images)
    with pytest.raises(ValueError, match=r"expected feature maps \(N, C, H, W\)"):
        align.forward(X[0], BOXES, IMAGES)
