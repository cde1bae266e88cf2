import numpy as np
import pytest

from ch08.deep_convnet import DeepConvNet, main
from dlscratch import check_gradients


def tiny_net():
    """The same chain of layers with few filters, small enough for a gradient check in no time."""
    few = [{"filter_num": n} for n in (2, 2, 3, 3, 4, 4)]
    rng = np.random.default_rng(0)
    return DeepConvNet((1, 12, 12), *few, hidden_size=5, output_size=4, rng=rng)


def test_the_parameters_have_the_shapes_of_section_8_1_1():
    shapes = {name: array.shape for name, array in DeepConvNet().params.items()}
    filters = [(16, 1), (16, 16), (32, 16), (32, 32), (64, 32), (64, 64)]
    assert [shapes[f"W{i}"] for i in range(1, 7)] == [(*pair, 3, 3) for pair in filters]
    assert (shapes["W7"], shapes["W8"]) == ((1024, 50), (50, 10))
    assert len(shapes) == 16


def test_the_layers_stand_in_the_order_of_figure_8_1():
    block = ["Convolution", "ReLU", "Convolution", "ReLU", "Pooling"]
    tail = ["Flatten", "Affine", "ReLU", "Dropout", "Affine", "Dropout"]
    assert [type(layer).__name__ for layer in DeepConvNet().layers] == block * 3 + tail


def test_the_layers_are_found_by_position_and_by_name():
    net = DeepConvNet()
    assert net.layers[0].W is net.layers["Conv1"].W is net.params["W1"]
    assert net.layers[12].W is net.layers["Conv6"].W is net.params["W6"]
    assert net.layers[16].W is net.layers["Affine1"].W is net.params["W7"]
    assert net.layers[19].W is net.layers["Affine2"].W is net.params["W8"]


def test_a_weight_pickle_of_the_book_is_loaded_and_saved(tmp_path):
    net, other = (DeepConvNet(rng=seed) for seed in (0, 1))
    net.save_params(tmp_path / "deep_convnet_params.pkl")
    other.load_params(tmp_path / "deep_convnet_params.pkl")
    assert np.array_equal(other.params.flat, net.params.flat)


def test_predict_takes_the_books_train_flg():
    net, x = tiny_net(), np.random.default_rng(2).random((4, 1, 12, 12))
    assert np.array_equal(net.predict(x, train_flg=False), net.predict(x))
    dropped = net.predict(x, train_flg=True) == 0
    assert dropped.any() and not dropped.all()


def test_he_initialization_keeps_the_signal_alive_through_all_layers():
    net = DeepConvNet(rng=np.random.default_rng(0))
    for i, fan_in in enumerate([9, 144, 144, 288, 288, 576, 1024, 50], start=1):
        assert net.params[f"W{i}"].std() == pytest.approx(np.sqrt(2 / fan_in), rel=0.15)
    scores = net.predict(np.random.default_rng(1).random((20, 1, 28, 28)))
    assert 0.01 < scores.std() < 10


def test_every_gradient_is_right_with_the_units_dropped_that_were_dropped():
    rng = np.random.default_rng(1)
    x, t = rng.random((4, 1, 12, 12)), rng.integers(0, 4, 4)
    net = tiny_net().astype(np.float64)
    for name, array in net.params.items():
        if name.startswith("b"):  # pad 2 lets a window see zeros alone: off the corner of the ReLU
            array += 0.1 * rng.standard_normal(array.shape)
    assert check_gradients(net, x, t)


def test_dropout_acts_in_training_alone():
    net, x = tiny_net(), np.random.default_rng(2).random((4, 1, 12, 12))
    t = np.zeros(4, dtype=int)
    assert np.array_equal(net.predict(x), net.predict(x))
    assert len({net.loss(x, t, training=True) for _ in range(5)}) > 1


def test_one_parameter_of_a_convolution_can_be_changed_without_naming_the_others():
    net = DeepConvNet(conv_param_6={"filter_num": 8})
    assert net.params["W6"].shape == (8, 64, 3, 3)
    assert net.params["W7"].shape == (8 * 4 * 4, 50)


def test_maps_that_cannot_be_halved_are_refused():
    with pytest.raises(ValueError, match="side of 7"):
        DeepConvNet(conv_param_4={"pad": 1})  # 28 - 14 - 7: the book pads by 2 here for a reason


def test_the_script_prints_the_table_of_the_layers(capsys):
    class Args:
        seed = 0

    main(Args)
    lines = capsys.readouterr().out.splitlines()
    maps = [line.split()[1:6] for line in lines if line.startswith("Pooling")]
    assert [" ".join(sides) for sides in maps] == ["16 x 14 x 14", "32 x 8 x 8", "64 x 4 x 4"]
    assert lines[-1] == "123,552 parameters"
