"""The table of a network: every number worked out by hand, or known from the book."""

import numpy as np
import pytest

from ch07.simple_convnet import SimpleConvNet
from ch08.deep_convnet import DeepConvNet
from dlscratch import Affine, BatchNorm, Convolution, Flatten, MultiLayerNet, Network, Pooling, ReLU
from dlscratch.inspection.summary import Row, memory


def small_net():
    """Eight 3 x 3 filters on 6 x 6 -> 4 x 4 -> 2 x 2, then 32 numbers -> 5."""
    return Network(
        [Convolution.init(3, 8, 3), ReLU(), Pooling(2, 2), Flatten(), Affine.init(32, 5)]
    )


def test_each_row_counts_what_one_example_takes():
    assert small_net().summary((3, 6, 6)).rows == (
        Row("Convolution", (8, 4, 4), 8 * 3 * 9 + 8, 16 * 8 * 3 * 9, 4 * 128),  # at 16 places
        Row("ReLU", (8, 4, 4), 0, 0, 4 * 128),
        Row("Pooling", (8, 2, 2), 0, 0, 4 * 32),
        Row("Flatten", (32,), 0, 0, 4 * 32),
        Row("Affine", (5,), 165, 160, 4 * 5),
    )


def test_the_sums_are_those_of_the_rows():
    summary = small_net().summary((3, 6, 6))
    assert summary.parameters == 224 + 165
    assert summary.multiply_adds == 3456 + 160
    assert summary.bytes == 4 * (128 + 128 + 32 + 32 + 5)


def test_the_sum_of_the_parameters_is_the_networks_own():
    net = MultiLayerNet(7, [5, 4], 3, use_batchnorm=True, use_dropout=True)
    assert net.summary().parameters == net.params.flat.size


def test_the_shape_of_the_input_is_found_where_the_layers_tell_it():
    assert MultiLayerNet(784, [10], 10).summary().input_shape == (784,)
    assert small_net().summary().input_shape == (3, 6, 6)
    assert SimpleConvNet().summary().input_shape == (1, 28, 28)
    assert DeepConvNet().summary().input_shape == (1, 28, 28)


@pytest.mark.parametrize("layers", [[ReLU()], [Convolution.init(1, 2, 3)]])
def test_a_shape_that_no_layer_tells_has_to_be_named(layers):
    with pytest.raises(ValueError, match=r"pass it, summary\(\(1, 28, 28\)\)"):
        Network(layers).summary()


def test_an_image_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"expects a batch \(N, 32\)"):
        small_net().summary((3, 8, 8))


def test_a_summary_leaves_the_network_as_it_was():
    net = Network([Affine.init(4, 3), BatchNorm.init(3), Affine.init(3, 2)])
    before = {name: array.copy() for name, array in {**net.params, **net.buffers}.items()}
    attributes = [set(vars(layer)) for layer in net.layers]
    net.summary()
    for name, array in {**net.params, **net.buffers}.items():
        assert np.array_equal(array, before[name])
    assert [set(vars(layer)) for layer in net.layers] == attributes


def test_the_memory_is_that_of_the_dtype():
    half, single = small_net().astype(np.float16).summary(), small_net().summary()
    assert 2 * half.bytes == single.bytes
    assert str(half).endswith("float16: parameters 778 B, a batch of 100 65.0 kB")


def test_it_is_printed_as_a_table_whose_columns_stand_straight():
    assert (
        str(small_net().summary())
        == """\
Network, for one example
layer           output  parameters  multiply-adds  memory
---------------------------------------------------------
input        3 x 6 x 6
Convolution  8 x 4 x 4         224          3,456   512 B
ReLU         8 x 4 x 4           0              0   512 B
Pooling      8 x 2 x 2           0              0   128 B
Flatten             32           0              0   128 B
Affine               5         165            160    20 B
---------------------------------------------------------
total                          389          3,616  1.3 kB
float32: parameters 1.6 kB, a batch of 100 130.0 kB"""
    )


def test_the_prompt_shows_the_same_as_print():
    assert repr(small_net().summary()) == str(small_net().summary())


def test_a_notebook_shows_the_network_as_a_table():
    html = small_net()._repr_html_()
    assert html.startswith("<table><caption>Network, for one example</caption>")
    assert html.count("<tr>") == 8 and "<b" not in html
    assert '<td style="text-align:right">8 x 4 x 4</td>' in html


def test_a_name_cannot_break_the_table_of_the_notebook():
    odd = type("<b>Net</b>", (Network,), {})
    assert "<caption>&lt;b&gt;Net&lt;/b&gt;, for" in odd([Affine.init(2, 2)])._repr_html_()


def test_a_notebook_falls_back_on_the_text_where_the_shape_is_unknown():
    assert Network([ReLU()])._repr_html_() is None


@pytest.mark.parametrize(
    "count, text",
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (2_500_000, "2.5 MB"),
        (3e9, "3.0 GB"),
    ],
)
def test_memory_is_written_in_the_unit_that_keeps_it_short(count, text):
    assert memory(count) == text
