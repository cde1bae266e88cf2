import pickle

import numpy as np
import pytest

from ch07.simple_convnet import SimpleConvNet, main
from dlscratch import check_gradients


@pytest.fixture
def digits():
    rng = np.random.default_rng(0)
    return rng.random((5, 1, 28, 28)), rng.integers(0, 10, 5)


def small_net(**options):
    """A net of the same kind, small enough for a gradient check in no time."""
    conv_param = {"filter_num": 3, **options}
    rng = np.random.default_rng(1)
    return SimpleConvNet((1, 10, 10), conv_param, hidden_size=6, weight_init_std=0.3, rng=rng)


def test_the_parameters_have_the_shapes_of_section_7_5():
    shapes = {name: array.shape for name, array in SimpleConvNet().params.items()}
    assert shapes == {
        "W1": (30, 1, 5, 5),
        "b1": (30,),
        "W2": (4320, 100),
        "b2": (100,),
        "W3": (100, 10),
        "b3": (10,),
    }


def test_the_layers_stand_in_the_order_of_figure_7_23():
    names = [type(layer).__name__ for layer in SimpleConvNet().layers]
    assert names == ["Convolution", "ReLU", "Pooling", "Flatten", "Affine", "ReLU", "Affine"]


def test_the_layers_have_the_books_names():
    net = SimpleConvNet()
    names = ["Conv1", "Relu1", "Pool1", "Affine1", "Relu2", "Affine2"]
    kinds = [type(net.layers[name]).__name__ for name in names]
    assert kinds == ["Convolution", "ReLU", "Pooling", "Affine", "ReLU", "Affine"]
    assert all(
        net.layers[layer].W is net.params[W]
        for layer, W in [("Conv1", "W1"), ("Affine1", "W2"), ("Affine2", "W3")]
    )


def test_a_weight_pickle_of_the_book_is_loaded_and_saved(tmp_path, monkeypatch, digits):
    monkeypatch.chdir(tmp_path)
    x, _ = digits
    net, other = (SimpleConvNet(rng=seed) for seed in (0, 1))
    net.save_params("params.pkl")
    with open("params.pkl", "rb") as file:
        arrays = pickle.load(file)
    assert list(arrays) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    other.load_params("params.pkl")
    assert np.array_equal(other.predict(x), net.predict(x))


def test_the_books_gradient_check_finds_its_gradients_right():
    """Labels of shape (1, 1) and all: measured in float64, whatever the network's dtype."""
    net = small_net()
    x, t = np.random.default_rng(0).random((1, 1, 10, 10)), np.array([[1]])
    measured, grads = net.numerical_gradient(x, t), net.gradient(x, t)
    assert list(measured) == list(grads)
    for name, grad in grads.items():
        assert grad.any()
        np.testing.assert_allclose(measured[name], grad, atol=1e-6)


def test_all_weights_start_with_the_standard_deviation_asked_for():
    net = SimpleConvNet(weight_init_std=0.05, rng=np.random.default_rng(0))
    for name in ("W1", "W2", "W3"):
        assert net.params[name].std() == pytest.approx(0.05, rel=0.1)
    assert not net.params["b1"].any()


def test_one_seed_gives_one_network_in_float32():
    nets = [SimpleConvNet(rng=rng) for rng in (7, np.random.default_rng(7))]
    assert np.array_equal(nets[0].params.flat, nets[1].params.flat)
    assert nets[0].dtype == np.float32


def test_every_gradient_is_right():
    net = small_net().astype(np.float64)
    rng = np.random.default_rng(0)
    assert check_gradients(net, rng.random((5, 1, 10, 10)), rng.integers(0, 10, 5))


def test_it_scores_every_class_of_every_image(digits):
    x, _ = digits
    assert SimpleConvNet(output_size=7).predict(x).shape == (5, 7)


def test_it_takes_images_that_are_not_square_and_have_colours():
    net = SimpleConvNet((3, 12, 20))
    assert net.predict(np.zeros((2, 3, 12, 20))).shape == (2, 10)


def test_accuracy_counts_the_last_short_batch(digits):
    x, _ = digits
    net = small_net()
    x = x[:, :, :10, :10]
    right = net.predict(x).argmax(axis=1)
    assert net.accuracy(x, right, batch_size=2) == 1.0


def test_a_map_that_cannot_be_halved_is_refused_by_name():
    with pytest.raises(ValueError, match="side of 25: choose filter_size, pad and stride"):
        SimpleConvNet(conv_param={"filter_size": 4})


def test_a_misspelt_option_is_refused_by_name():
    with pytest.raises(ValueError, match="filter_num, filter_size, .* got filters"):
        SimpleConvNet(conv_param={"filters": 30})


def test_the_script_prints_the_table_of_the_layers(capsys):
    class Args:
        seed = 0

    main(Args)
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].split()[:7] == ["Convolution", *"30 x 24 x 24".split(), "780"]
    assert lines[-1] == "433,890 parameters"
