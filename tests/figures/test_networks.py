"""Figures of what a network does show that network, and are drawn without a warning."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from dlscratch import (
    SGD,
    Affine,
    Convolution,
    Flatten,
    History,
    IdentityWithLoss,
    MultiLayerNet,
    Network,
    Pooling,
    ReLU,
    Trainer,
    figures,
)


def paint(fig):
    """Draw every pixel: a warning on the way, of the layout for instance, is an error."""
    assert isinstance(fig, Figure)
    fig.savefig(io.BytesIO())
    return fig


def convnet():
    """Two convolutions on 1 x 8 x 8: 3 maps of 6 x 6, after a ReLU; 20 maps of 2 x 2, without."""
    rng = np.random.default_rng(0)
    return Network(
        [
            Convolution.init(1, 3, 3, rng=rng),
            ReLU(),
            Pooling(2, 2),
            Convolution.init(3, 20, 2, rng=rng),
            Flatten(),
            Affine.init(80, 4, rng=rng),
        ]
    )


class Sees(Network):
    """A network whose scores are its input: it reads what the test tells it to."""

    def __init__(self):
        super().__init__([Affine.init(9, 9)], IdentityWithLoss())
        self.params["W1"] = np.eye(9)


def labels_and_readings():
    """Four flat images of 3 x 3, what they are, and what `Sees` reads: the largest pixel."""
    return np.eye(9)[[2, 0, 1, 2]], np.array([2, 1, 1, 0])


def test_a_history_plots_loss_and_accuracies():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((30, 2))
    t = (x[:, 0] > 0).astype(int)
    net = MultiLayerNet(2, [4], 2, rng=rng)
    past = Trainer(net, SGD(0.1), rng=rng, batch_size=5).fit((x, t), (x, t), epochs=3)
    loss, accuracy = paint(past.plot()).axes
    assert list(loss.lines[0].get_ydata()) == past.loss
    assert [list(line.get_ydata()) for line in accuracy.lines] == [
        past.train_accuracy,
        past.test_accuracy,
    ]


def test_a_history_without_a_test_set_has_no_line_for_it():
    _, accuracy = paint(History([1.0, 0.5], [0.6, 0.7], [], [1, 1]).plot()).axes
    assert [line.get_label() for line in accuracy.lines] == ["train"]


def test_the_history_of_a_training_that_was_stopped_at_once_can_be_plotted():
    paint(History().plot())


def test_filters_are_stretched_from_black_to_white():
    net = convnet()
    (ax,) = paint(figures.filters(net)).axes
    assert ax.get_title() == "3 filters, 1 x 3 x 3"
    picture = ax.images[0].get_array()
    first = picture[1:4, 1:4, 0]
    W = net.params["W1"][0, 0]
    np.testing.assert_allclose(first, (W - W.min()) / (W.max() - W.min()), atol=1e-6)


def test_filters_of_several_channels_take_a_row_each():
    (ax,) = paint(figures.filters(convnet(), 2)).axes
    assert ax.images[0].get_array().shape == (20 * 3 + 1, 3 * 3 + 1, 3)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_convolution_that_does_not_exist_is_named(number):
    with pytest.raises(ValueError, match=f"has 2 convolutions, got number={number}"):
        figures.filters(convnet(), number)


def test_activations_show_the_maps_behind_the_activation_function():
    net = convnet()
    x = np.random.default_rng(1).standard_normal((1, 8, 8))
    image, first, _, second = paint(figures.activations(net, x)).axes
    assert [first.get_title(), second.get_title()] == [
        "Convolution 1: 3 x 6 x 6",
        "Convolution 2: 20 x 2 x 2",
    ]
    maps = net.layers[1].forward(net.layers[0].forward(x[None].astype(np.float32)))[0]
    shown = first.images[0].get_array()[1:7, 1:7, 0]  # the first map, within its line
    np.testing.assert_allclose(shown, maps[0] / maps.max(), atol=1e-6)
    np.testing.assert_allclose(image.images[0].get_array(), x[0], atol=1e-6)


def test_activations_take_one_image_alone_or_as_a_batch_and_no_more():
    x = np.zeros((2, 1, 8, 8))
    paint(figures.activations(convnet(), x[:1]))
    with pytest.raises(ValueError, match=r"expected one image, \(C, H, W\), got shape \(2, 1, 8"):
        figures.activations(convnet(), x)


def test_activations_need_a_convolution():
    with pytest.raises(ValueError, match="no convolution"):
        figures.activations(Network([ReLU()]), np.zeros((1, 2, 2)))


def test_a_confusion_counts_true_classes_down_and_readings_across():
    x, t = labels_and_readings()
    (ax,) = paint(figures.confusion(Sees(), x, t)).axes
    assert ax.get_title() == "2 of 4 misclassified"
    counts = np.array([int(text.get_text()) for text in ax.texts]).reshape(3, 3)
    assert counts.tolist() == [[0, 0, 1], [1, 1, 0], [0, 0, 1]]


def test_labels_may_be_one_hot():
    x, t = labels_and_readings()
    (ax,) = figures.confusion(Sees(), x, np.eye(9)[t]).axes
    assert ax.get_title() == "2 of 4 misclassified"


def test_misclassified_images_carry_the_label_and_the_reading():
    x, t = labels_and_readings()
    fig = paint(figures.misclassified(Sees(), x, t))
    assert [[text.get_text() for text in ax.texts] for ax in fig.axes] == [["1", "0"], ["0", "2"]]
    assert fig.axes[0].images[0].get_array().shape == (3, 3)
    assert all(ax.axison and not len(ax.get_xticks()) for ax in fig.axes)  # a frame, no scale


def test_misclassified_shows_so_many_at_most():
    x, t = labels_and_readings()
    assert len(figures.misclassified(Sees(), x, t, limit=1).axes) == 1


def test_misclassified_says_so_where_nothing_is():
    x, t = labels_and_readings()
    (ax,) = paint(figures.misclassified(Sees(), x, x.argmax(axis=1))).axes
    assert ax.get_title() == "All 4 images are classified correctly"
