"""dlscratch.common.layers: where the book's rules differ from the library's, and where not."""

import numpy as np
import pytest

import dlscratch
from dlscratch import check_gradients
from dlscratch.common.layers import (
    Affine,
    BatchNormalization,
    Convolution,
    Dropout,
    Pooling,
    SoftmaxWithLoss,
)


def read_only(x):
    x.flags.writeable = False
    return x


def make(name, rng):
    """A layer and an input for it."""
    rows, images = rng.standard_normal((5, 4)), rng.standard_normal((4, 2, 5, 5))
    return {
        "affine": (Affine(rng.standard_normal((4, 3)), rng.standard_normal(3)), rows),
        "affine on images": (Affine(rng.standard_normal((50, 3)), np.zeros(3)), images),
        "dropout": (Dropout(0.3, rng=rng), rows),
        "batch normalization": (BatchNormalization(rng.random(4) + 0.5, rng.random(4)), rows),
        "convolution": (Convolution(rng.standard_normal((3, 2, 3, 3)), np.zeros(3), 2, 1), images),
        "convolution without bias": (Convolution(rng.standard_normal((3, 2, 3, 3)), 0), images),
        "pooling": (Pooling(2, 2), images),
    }[name]


# Relu and Sigmoid are the library's own, and tested there
LAYERS = ["affine", "affine on images", "dropout", "batch normalization", "convolution"]
LAYERS += ["convolution without bias", "pooling"]


@pytest.mark.parametrize("name", LAYERS)
def test_the_gradients_are_right(name, rng):
    assert check_gradients(*make(name, rng))


@pytest.mark.parametrize("name", LAYERS)
def test_a_typed_loop_of_forward_and_backward_writes_into_no_argument(name, rng):
    layer, x = make(name, rng)
    out = layer.forward(read_only(x))
    dx = layer.backward(read_only(rng.standard_normal(out.shape)))
    assert dx.shape == x.shape


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_the_dtype_is_that_of_the_arrays_handed_over(name, dtype, rng):
    layer, x = make(name, rng)
    for kind in layer.param_names + layer.buffer_names:
        setattr(layer, kind, getattr(layer, kind).astype(dtype))
    out = layer.forward(x.astype(dtype))
    assert out.dtype == dtype
    assert layer.backward(np.ones_like(out)).dtype == dtype


class TestAffine:
    def test_the_arrays_handed_over_are_the_ones_that_are_used(self):
        W, b = np.zeros((2, 3)), np.zeros(3)
        layer = Affine(W, b)
        W += 1
        b += 2
        np.testing.assert_array_equal(layer.forward(np.array([[1.0, 1.0]])), [[4.0, 4.0, 4.0]])

    def test_a_single_example_of_section_5_6_1(self, rng):
        X, W, B, dY = (rng.standard_normal(n) for n in ((2,), (2, 3), (3,), (3,)))
        layer = Affine(W, B)
        np.testing.assert_allclose(layer.forward(X), X @ W + B)
        np.testing.assert_allclose(layer.backward(dY), dY @ W.T)
        np.testing.assert_allclose(layer.dW, np.outer(X, dY))
        np.testing.assert_array_equal(layer.db, dY)

    def test_images_are_flattened_and_dx_has_their_shape(self, rng):
        W, b = rng.standard_normal((18, 4)), rng.standard_normal(4)
        x, dout = rng.standard_normal((5, 2, 3, 3)), rng.standard_normal((5, 4))
        layer = Affine(W, b)
        np.testing.assert_allclose(layer.forward(x), [image.ravel() @ W + b for image in x])
        np.testing.assert_allclose(layer.backward(dout), (dout @ W.T).reshape(5, 2, 3, 3))
        expected = sum(np.outer(image.ravel(), dy) for image, dy in zip(x, dout))
        np.testing.assert_allclose(layer.dW, expected)

    def test_images_of_another_size_are_refused(self):
        with pytest.raises(ValueError, match=r"\(N, 18\).*\(5, 32\)"):
            Affine(np.zeros((18, 4)), np.zeros(4)).forward(np.zeros((5, 2, 4, 4)))

    def test_the_numbers_of_section_5_6_2(self):
        layer = Affine(np.eye(3), np.array([1.0, 2.0, 3.0]))
        out = layer.forward(np.array([[0.0, 0.0, 0.0], [10.0, 10.0, 10.0]]))
        np.testing.assert_array_equal(out, [[1, 2, 3], [11, 12, 13]])
        layer.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
        np.testing.assert_array_equal(layer.db, [5, 7, 9])


class TestConvolution:
    @pytest.mark.parametrize("b", [0, -1.5, np.float64(2)])
    def test_a_number_is_the_bias_of_every_filter(self, b, rng):
        """As in the book's apply_filter.py, where b is 0."""
        W, x = rng.standard_normal((3, 2, 2, 2)), rng.standard_normal((4, 2, 5, 5))
        expected = dlscratch.Convolution(W, np.full(3, float(b))).forward(x)
        np.testing.assert_array_equal(Convolution(W, b).forward(x), expected)

    def test_a_bias_of_one_number_in_a_list_is_refused(self):
        with pytest.raises(ValueError, match=r"\(3, 2, 2, 2\), \(1,\)"):
            Convolution(np.zeros((3, 2, 2, 2)), np.zeros(1))


class TestSoftmaxWithLoss:
    def test_the_gradients_of_section_5_6_3(self):
        """E18: y - t, here for scores whose softmax is (0.3, 0.2, 0.5)."""
        head = SoftmaxWithLoss()
        head.forward(np.log([[0.3, 0.2, 0.5]]), np.array([[0, 1, 0]]))
        np.testing.assert_allclose(head.backward(), [[0.3, -0.8, 0.5]])

    def test_what_it_worked_out_can_be_looked_at(self, rng):
        head, scores = SoftmaxWithLoss(), rng.standard_normal((2, 3))
        assert (head.y, head.t, head.loss) == (None, None, None)
        loss = head.forward(scores, np.array([2, 0]))
        assert head.loss == loss
        np.testing.assert_allclose(head.y, dlscratch.softmax(scores))
        np.testing.assert_array_equal(head.t, [2, 0])

    def test_dout_counts(self, rng):
        head = SoftmaxWithLoss()
        head.forward(rng.standard_normal((2, 3)), np.array([2, 0]))
        np.testing.assert_allclose(head.backward(5), 5 * head.backward(1))

    def test_labels_in_a_column_are_the_labels_in_a_row(self, rng):
        """Trap 3 of the book: they broadcast to N x N there, unless N is 1."""
        scores = rng.standard_normal((2, 3))
        column, row = SoftmaxWithLoss(), SoftmaxWithLoss()
        assert column.forward(scores, np.array([[2], [0]])) == row.forward(scores, [2, 0])
        np.testing.assert_array_equal(column.backward(), row.backward())
        np.testing.assert_array_equal(column.t, [2, 0])

    def test_a_column_beside_one_class_is_probabilities(self):
        head = SoftmaxWithLoss()
        assert head.forward(np.zeros((2, 1)), np.ones((2, 1))) == 0
        assert head.t.shape == (2, 1)

    @pytest.mark.parametrize("t", [[[2.0], [0.0]], [[2], [3]], [[2], [0], [1]], [[2, 0], [0, 1]]])
    def test_a_column_that_holds_no_classes_is_refused(self, t, rng):
        with pytest.raises(ValueError, match="labels"):
            SoftmaxWithLoss().forward(rng.standard_normal((2, 3)), np.array(t))


class TestDropout:
    def test_at_test_time_everything_is_scaled_down(self):
        np.testing.assert_allclose(Dropout(0.15).forward(np.full(3, 2.0), False), 2 * 0.85)

    def test_in_training_survivors_are_left_as_they_are(self, rng):
        x = rng.standard_normal(10_000)
        out = Dropout(0.15, rng=rng).forward(x)
        kept = out != 0
        assert 0.84 < kept.mean() < 0.86
        np.testing.assert_allclose(out[kept], x[kept])

    def test_it_is_the_librarys_rule_times_the_share_that_is_kept(self):
        x = np.arange(1.0, 9.0)
        books = Dropout(0.5, rng=np.random.default_rng(1)).forward(x)
        ours = dlscratch.Dropout(0.5, rng=np.random.default_rng(1)).forward(x, training=True)
        np.testing.assert_array_equal(books, 0.5 * ours)

    def test_backward_follows_the_mask_of_the_last_forward(self, rng):
        layer, x = Dropout(0.5, rng=rng), np.ones((3, 4))
        np.testing.assert_array_equal(layer.forward(x), layer.backward(x))
        layer.forward(x, train_flg=False)
        np.testing.assert_array_equal(layer.backward(x), np.full((3, 4), 0.5))

    def test_backward_before_forward_is_refused(self):
        with pytest.raises(RuntimeError, match="forward"):
            Dropout().backward(np.ones(3))


class TestBatchNormalization:
    def test_training_is_the_default(self, rng):
        out = BatchNormalization(np.ones(3), np.zeros(3)).forward(rng.normal(5, 2, (50, 3)))
        np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(out.std(axis=0), 1, rtol=1e-5)

    def test_epsilon_is_the_books(self):
        """10e-7, so that inputs as small as those of Fig 6-19 are still normalised."""
        x = np.array([[-1e-3], [1e-3]])  # variance 1e-6, as large as epsilon
        out = BatchNormalization(np.ones(1), np.zeros(1)).forward(x)
        np.testing.assert_allclose(out, [[-(0.5**0.5)], [0.5**0.5]])

    def test_running_averages_of_an_earlier_training_are_used_and_not_written_to(self):
        mean, variance = read_only(np.array([3.0])), read_only(np.array([4.0 - 10e-7]))
        layer = BatchNormalization(np.ones(1), np.zeros(1), 0.9, mean, variance)
        np.testing.assert_allclose(layer.forward(np.array([[5.0]]), train_flg=False), [[1.0]])
        layer.forward(np.array([[1.0], [2.0]]))
        np.testing.assert_allclose(layer.running_mean, 0.9 * 3 + 0.1 * 1.5)
        assert mean == 3.0

    @pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1)])
    def test_a_batch_of_one_comes_out_as_beta_and_stops_the_gradient(self, shape, rng):
        """As the formulas say, with x - mean = 0: the book's batch_norm_gradient_check.py."""
        x, dout = rng.standard_normal(shape), rng.standard_normal(shape)
        beta = rng.standard_normal(3)
        layer = BatchNormalization(rng.random(3) + 0.5, beta)
        np.testing.assert_array_equal(layer.forward(read_only(x)), beta.reshape(shape))
        np.testing.assert_array_equal(layer.backward(read_only(dout)), np.zeros(shape))
        np.testing.assert_array_equal(layer.dbeta, dout.ravel())
        np.testing.assert_array_equal(layer.dgamma, np.zeros(3))
        np.testing.assert_allclose(layer.running_mean, 0.1 * x.ravel())
        np.testing.assert_allclose(layer.running_var, np.full(3, 0.9))

    def test_a_batch_of_one_has_its_gradient_at_test_time(self, rng):
        gamma, beta = rng.random(3) + 0.5, np.zeros(3)
        layer = BatchNormalization(gamma, beta, 0.9, np.array([1.0, 2, 3]), np.array([4.0, 5, 6]))
        x, dout = rng.standard_normal((1, 3)), rng.standard_normal((1, 3))
        layer.forward(x, train_flg=False)
        scale = 1 / np.sqrt(layer.running_var + 10e-7)
        np.testing.assert_allclose(layer.backward(dout), dout * gamma * scale)
        np.testing.assert_allclose(layer.dgamma, (dout * (x - [1, 2, 3]) * scale)[0])
        np.testing.assert_allclose(layer.dbeta, dout[0])

    def test_features_that_gamma_does_not_have_are_refused(self):
        with pytest.raises(ValueError, match=r"\(N, 3\).*\(1, 4\)"):
            BatchNormalization(np.ones(3), np.zeros(3)).forward(np.zeros((1, 4)))

    def test_before_any_training_nothing_is_blown_up(self):
        x = np.array([[1.0], [2.0]])
        out = BatchNormalization(np.ones(1), np.zeros(1)).forward(x, train_flg=False)
        np.testing.assert_allclose(out, x, rtol=1e-6)

    def test_images_are_normalised_by_channel(self, rng):
        out = BatchNormalization(np.ones(2), np.zeros(2)).forward(rng.normal(3, 2, (4, 2, 5, 5)))
        np.testing.assert_allclose(out.mean(axis=(0, 2, 3)), 0, atol=1e-12)


def test_a_seed_draws_the_mask_that_its_generator_draws():
    masks = [Dropout(0.5, rng=rng).forward(np.ones(50)) for rng in (3, np.random.default_rng(3))]
    np.testing.assert_array_equal(*masks)


def test_pooling_moves_by_one_pixel_unless_told_otherwise():
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    np.testing.assert_array_equal(Pooling(2, 2).forward(x)[0, 0], [[4, 5], [7, 8]])
    assert Pooling(pool_h=3, pool_w=3, stride=3).forward(x).shape == (1, 1, 1, 1)


def test_the_books_layers_work_in_a_network_of_the_library(rng):
    """The flag that says training stands second in both, whatever it is called."""
    affine = Affine(rng.standard_normal((4, 3)), np.zeros(3))
    net = dlscratch.Network([affine, BatchNormalization(np.ones(3), np.zeros(3)), Dropout(0.5)])
    x = rng.standard_normal((6, 4))
    scores = net.predict(x)
    np.testing.assert_array_equal(net.predict(x), scores)  # no mask, no moving average
    np.testing.assert_allclose(scores, 0.5 * affine.forward(x), rtol=1e-6)
    assert net.loss(x, np.zeros(6, int), training=True) != net.loss(x, np.zeros(6, int))
