"""dlscratch.common.util: sizes, shuffling, smoothing, and the book's weight files."""

import os
import pickle
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import dlscratch
from dlscratch import DataError
from dlscratch.common.multi_layer_net import MultiLayerNet
from dlscratch.common.util import (
    col2im,
    conv_output_size,
    im2col,
    load_params,
    save_params,
    shuffle_dataset,
    smooth_curve,
)

HERE = Path(__file__).parent


def test_im2col_and_col2im_are_the_librarys(rng):
    x = rng.standard_normal((2, 3, 6, 6))
    col = im2col(input_data=x, filter_h=2, filter_w=3, stride=1, pad=1)
    np.testing.assert_array_equal(col, dlscratch.im2col(x, 2, 3, 1, 1))
    back = col2im(col=col, input_shape=x.shape, filter_h=2, filter_w=3, stride=1, pad=1)
    np.testing.assert_array_equal(back, dlscratch.col2im(col, x.shape, 2, 3, 1, 1))


def test_an_output_size_is_a_whole_number():
    sizes = [conv_output_size(*args) for args in ((4, 3, 1, 1), (7, 3, 2, 0), (28, 5, 3, 2))]
    assert sizes == [4, 3, 10]
    assert isinstance(sizes[0], int)
    assert conv_output_size(input_size=28, filter_size=5, stride=2) == 12  # (28 - 5) / 2 + 1 = 12.5
    with pytest.raises(ValueError, match="does not fit"):
        conv_output_size(input_size=4, filter_size=5)


class TestShuffling:
    def test_rows_and_labels_stay_together_and_none_is_lost(self, rng):
        x, t = np.arange(20).reshape(10, 2), np.arange(10)
        x_new, t_new = shuffle_dataset(x, t, rng=rng)
        assert t_new.tolist() != t.tolist()
        assert sorted(t_new) == list(range(10))
        np.testing.assert_array_equal(x_new, x[t_new])

    def test_the_same_generator_gives_the_same_order(self):
        runs = [
            shuffle_dataset(np.arange(9), np.arange(9), rng=rng)[1]
            for rng in (3, np.random.default_rng(3))
        ]
        np.testing.assert_array_equal(*runs)

    def test_images_keep_their_shape_and_the_arguments_their_order(self, rng):
        images, t = np.zeros((4, 1, 3, 3)), np.arange(4)
        assert shuffle_dataset(images, t, rng=rng)[0].shape == images.shape
        assert t.tolist() == [0, 1, 2, 3]

    def test_as_many_labels_as_rows(self):
        with pytest.raises(ValueError, match="3 for 4|4 for 3"):
            shuffle_dataset(np.zeros((4, 2)), np.zeros(3))


class TestSmoothing:
    def test_each_number_is_a_weighted_mean_of_the_eleven_around_it(self, rng):
        x, weights = rng.random(40), np.kaiser(11, 2)
        middle = [np.average(x[i - 5 : i + 6], weights=weights) for i in range(5, 35)]
        smooth = smooth_curve(x)
        assert len(smooth) == 40
        np.testing.assert_allclose(smooth[5:35], middle)

    def test_at_the_ends_the_curve_goes_on_as_in_a_mirror(self, rng):
        x, weights = rng.random(40), np.kaiser(11, 2)
        np.testing.assert_allclose(
            smooth_curve(x)[[0, -1]],
            [
                np.average(x[[5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5]], weights=weights),
                np.average(x[[-6, -5, -4, -3, -2, -1, -2, -3, -4, -5, -6]], weights=weights),
            ],
        )

    def test_a_list_of_losses_as_a_reader_keeps_it(self):
        assert smooth_curve([0.5] * 3).tolist() == pytest.approx([0.5] * 3)


@pytest.fixture
def net():
    """A network for the files numpy1_*.pkl."""
    return MultiLayerNet(4, [3], 2)


class TestWeightFiles:
    """numpy1_*.pkl were written by NumPy 1.26.4, `pickle.dump(params, file, protocol)`."""

    @pytest.mark.parametrize("protocol", [3, 5])
    def test_a_pickle_of_numpy_1_fills_a_network(self, protocol, net):
        W1 = net.params["W1"]
        load_params(net, HERE / f"numpy1_protocol{protocol}.pkl")
        np.testing.assert_array_equal(net.params["W1"], np.arange(12).reshape(4, 3) / 8)
        np.testing.assert_array_equal(net.params["W2"], np.arange(6).reshape(3, 2) / 4)
        np.testing.assert_array_equal(net.params["b2"], [0.5, -0.5])
        assert net.params["W1"] is W1  # filled, not replaced: the layers use these arrays
        np.testing.assert_allclose(net.predict(np.ones((1, 4))), [[5.125, 6.1875]])

    @pytest.mark.parametrize("protocol", range(3, pickle.HIGHEST_PROTOCOL + 1))
    def test_a_pickle_of_the_numpy_in_use_fills_a_network_typed_by_a_reader(
        self, protocol, net, tmp_path
    ):
        arrays = {name: np.full(p.shape, 2, np.float32) for name, p in net.params.items()}
        (tmp_path / "params.pkl").write_bytes(pickle.dumps(arrays, protocol))
        typed = SimpleNamespace(params={name: np.zeros(p.shape) for name, p in arrays.items()})
        load_params(typed, tmp_path / "params.pkl")
        for name, array in typed.params.items():
            np.testing.assert_array_equal(array, arrays[name])
            assert array.dtype == np.float64

    def test_what_was_saved_can_be_loaded_here_and_by_pickle(self, net, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        save_params(net)
        other = MultiLayerNet(4, [3], 2)
        load_params(other)
        np.testing.assert_array_equal(other.params.flat, net.params.flat)
        assert list(pickle.loads(Path("params.pkl").read_bytes())) == ["W1", "b1", "W2", "b2"]
        assert os.listdir() == ["params.pkl"]

    def test_the_wrong_pickle_is_named_with_what_it_holds(self, net, tmp_path):
        file = tmp_path / "sample_weight.pkl"
        file.write_bytes(pickle.dumps({"train_img": np.zeros(3), "train_label": np.zeros(3)}))
        with pytest.raises(
            DataError, match=r"sample_weight\.pkl.*holds train_img, train_label.*expected.*W1, b1"
        ):
            load_params(net, file)

    @pytest.mark.parametrize(
        "changed, message",
        [
            ({"W1": np.ones((3, 4))}, r"W1 is \(3, 4\), expected \(4, 3\)"),
            ({"W3": np.ones(1)}, "unexpected: W3"),
            ({"b1": [1.0, 2.0, 3.0]}, "b1 is no array"),
        ],
    )
    def test_weights_of_another_network_change_nothing(self, changed, message, net, tmp_path):
        before = net.params.flat.copy()
        arrays = {name: np.ones(p.shape) for name, p in net.params.items()}
        (tmp_path / "params.pkl").write_bytes(pickle.dumps({**arrays, **changed}))
        with pytest.raises(DataError, match=message):
            load_params(net, tmp_path / "params.pkl")
        np.testing.assert_array_equal(net.params.flat, before)

    def test_a_hostile_pickle_is_refused_and_not_run(self, net, tmp_path):
        class Hostile:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "harm"),)

        (tmp_path / "params.pkl").write_bytes(pickle.dumps({"W1": Hostile()}))
        with pytest.raises(DataError, match="mkdir"):
            load_params(net, tmp_path / "params.pkl")
        assert not (tmp_path / "harm").exists()
