"""The house style, and that each kind of picture shows the numbers that it was given."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlscratch import figures


def paint(fig):
    """Draw every pixel: a warning on the way, of the layout for instance, is an error."""
    fig.savefig(io.BytesIO())


def test_one_panel_is_axes_and_more_are_an_array_of_them():
    _, ax = figures.new()
    _, row = figures.new(1, 3)
    _, block = figures.new(2, 3)
    assert ax.name == "rectilinear"
    assert (row.shape, block.shape) == ((3,), (2, 3))


@pytest.mark.parametrize("backend", ["TkAgg", "QtAgg", "svg", "module://a_notebook.backend"])
def test_drawing_needs_no_display_whatever_the_backend(backend, tmp_path):
    env = {k: v for k, v in os.environ.items() if k != "DISPLAY"} | {"MPLBACKEND": backend}
    code = (
        "import sys; from dlscratch import figures; figures.new()[0].savefig('fig.png')\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=env)
    assert (tmp_path / "fig.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_figure_is_the_same_file(tmp_path):
    for name in "a.png", "b.png":
        fig, ax = figures.new()
        figures.curves(ax, [0, 1], {"line": [2, 3]})
        fig.savefig(tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_curves_differ_in_colour_and_in_dash_and_are_named():
    _, ax = figures.new()
    figures.curves(ax, [0, 1, 2], {"a": [0, 1, 4], "b": [1, 1, 1], "c": [2, 1, 0]}, title="three")
    assert len({line.get_color() for line in ax.lines}) == 3
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]
    assert_array_equal(ax.lines[0].get_ydata(), [0, 1, 4])
    assert ax.get_title() == "three"


def test_a_single_curve_needs_no_legend():
    _, ax = figures.new()
    figures.curves(ax, [0, 1], {"alone": [0, 1]})
    assert ax.get_legend() is None


def test_accuracy_draws_training_solid_and_test_dashed_per_epoch():
    _, ax = figures.new()
    figures.accuracy(ax, [0.5, 0.8, 0.9], [0.4, 0.7, 0.8])
    train, test = ax.lines
    assert (train.get_linestyle(), test.get_linestyle()) == ("-", "--")
    assert_array_equal(train.get_xdata(), [1, 2, 3])
    assert_array_equal(test.get_ydata(), [0.4, 0.7, 0.8])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "accuracy")


def test_loss_is_drawn_step_by_step_and_its_running_mean_in_the_middle_of_the_window():
    _, ax = figures.new()
    figures.loss(ax, [4.0, 2.0, 0.0, 1.0], smooth=3)
    every, mean = ax.lines
    assert_array_equal(every.get_ydata(), [4, 2, 0, 1])
    assert_allclose(mean.get_ydata(), [2, 1])
    assert_allclose(mean.get_xdata(), [1, 2])


def test_loss_without_smoothing_is_one_line():
    _, ax = figures.new()
    figures.loss(ax, [2.0, 1.0])
    assert len(ax.lines) == 1


@pytest.mark.parametrize("n, cells", [(1, 1), (3, 3), (10, 10), (13, 13), (30, 30)])
def test_images_has_a_cell_for_each_picture_and_no_empty_ones(n, cells):
    fig = figures.images(np.random.default_rng(0).random((n, 5, 5)))
    assert len(fig.axes) == cells
    paint(fig)


def test_the_smallest_value_of_a_picture_is_black_and_the_largest_white():
    fig = figures.images(np.array([[[-3.0, 1.0], [0.0, 0.0]], [[5.0, 9.0], [6.0, 6.0]]]))
    for ax, (low, high) in zip(fig.axes, [(-3, 1), (5, 9)]):
        (picture,) = ax.images
        assert picture.get_clim() == (low, high)
        assert_array_equal(picture.cmap([0.0, 1.0])[:, :3], [[0, 0, 0], [1, 1, 1]])


def test_pictures_can_share_their_black_and_white():
    fig = figures.images(np.array([[[0, 9]], [[3, 4]]]), low=0, high=255)
    assert all(ax.images[0].get_clim() == (0, 255) for ax in fig.axes)


def test_pictures_are_titled_in_order_also_with_the_number_0():
    fig = figures.images(np.zeros((3, 4, 4)), titles=np.array([7, 0, 1]), title="digits")
    assert [ax.get_title() for ax in fig.axes] == ["7", "0", "1"]
    paint(fig)


def test_arrows_are_as_long_as_their_vectors():
    fig, ax = figures.new()
    figures.arrows(ax, [0, 1], [0, 1], [-1, -2], [0, -2], xlabel="$x_0$")
    (field,) = ax.collections
    assert_array_equal(field.U, [-1, -2])
    assert_array_equal(field.V, [0, -2])
    paint(fig)


def test_contour_and_path_share_their_axes():
    fig, ax = figures.new()
    figures.contour(ax, lambda x, y: x**2 + y**2, np.linspace(-2, 2), np.linspace(-3, 3), [1, 4])
    figures.path(ax, [(2, 2), (1, 1)], label="SGD")
    assert_array_equal(ax.lines[0].get_xydata(), [(2, 2), (1, 1)])
    paint(fig)


def test_surface_stands_over_the_grid():
    fig, ax = figures.new(subplot_kw={"projection": "3d"})
    figures.surface(ax, lambda x, y: x + 10 * y, np.array([0, 1]), np.array([0, 2]), zlabel="f")
    assert ax.get_zlim()[1] >= 21
    paint(fig)


def test_histograms_count_every_value_within_the_limits_at_one_height():
    fig, axes = figures.new(1, 2)
    values = {"1-layer": np.array([[0.1, 0.1], [0.9, 7.0]]), "2-layer": np.full(8, 0.5)}
    figures.histograms(axes, values, bins=10)
    counts = [ax.patches[0].get_data().values for ax in axes]
    assert [count.sum() for count in counts] == [3, 8]
    assert axes[0].get_ylim() == axes[1].get_ylim() == (0, 8.4)
    assert [ax.get_title() for ax in axes] == ["1-layer", "2-layer"]
    paint(fig)


def test_a_mosaic_shows_every_picture_in_order_each_from_black_to_white():
    pictures = np.random.default_rng(0).standard_normal((7, 5, 5)) * np.arange(1, 8)[:, None, None]
    whole = figures.mosaic(pictures, cols=3)
    assert whole.shape == (3 * 6 + 1, 3 * 6 + 1, 3)
    for i, picture in enumerate(pictures):
        top, left = i // 3 * 6 + 1, i % 3 * 6 + 1
        grey = (picture - picture.min()) / (picture.max() - picture.min())
        assert_allclose(whole[top : top + 5, left : left + 5, 0], grey, atol=1e-6)
    assert (whole[::6] == figures.PALE).all() and (whole[:, ::6] == figures.PALE).all()
    assert (whole[13:, 7:] == figures.PALE).all()  # no eighth picture
