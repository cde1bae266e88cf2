"""Drawn graphs: the right numbers at the right edges, and no word on top of another."""

import importlib
import io
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import Circle
from matplotlib.text import Text

from dlscratch.book.experiment import Arguments, run
from dlscratch.figures import BLACK, VERMILION
from dlscratch.graph import Node, apply, exp, relu
from dlscratch.graph.drawing import draw
from dlscratch.graph.node import text_of


def apples():
    price = Node(100, "apple") * Node(2, "number") * Node(1.1, "tax")
    price.name = "payment"
    return price


def words(fig, colour):
    texts = fig.axes[0].texts
    return sorted(t.get_text() for t in texts if to_hex(t.get_color()) == colour.lower())


def boxes(fig):
    """The rectangle on paper of every text, in pixels."""
    renderer = FigureCanvasAgg(fig).get_renderer()
    texts = [t for t in fig.findobj(Text) if t.get_visible() and t.get_text()]
    return {t: t.get_window_extent(renderer) for t in texts if t.axes is not None}


def assert_readable(fig):
    found = boxes(fig)
    for (a, box), (b, other) in combinations(found.items(), 2):
        assert not box.overlaps(other), f"{a.get_text()!r} is on top of {b.get_text()!r}"
    for circle in fig.findobj(Circle):
        x, y = circle.get_data_transform().transform(circle.center)
        radius = circle.get_window_extent().width / 2
        for text, box in found.items():
            distance = np.hypot(*(np.clip((x, y), box.min, box.max) - (x, y)))
            symbol = text.get_position() == circle.center
            assert symbol or distance > radius, f"{text.get_text()!r} is on a circle"
    for text, box in found.items():
        assert fig.bbox.containsx(box.x0) and fig.bbox.containsx(box.x1), text.get_text()
        assert fig.bbox.containsy(box.y0) and fig.bbox.containsy(box.y1), text.get_text()


def test_values_stand_at_the_edges_and_gradients_only_after_backward():
    price = apples()
    numbers = ["1.1", "100", "2", "200", "220"]
    assert set(numbers) <= set(words(draw(price), BLACK))
    assert words(draw(price), VERMILION) == []
    price.backward()
    fig = draw(price, "Apples")
    assert set(numbers) | {"apple", "number", "tax", "payment", "Apples"} <= set(words(fig, BLACK))
    assert words(fig, VERMILION) == ["1", "1.1", "110", "2.2", "200"]


def test_gradients_stand_below_their_edges_and_values_above():
    x = Node(3.0, "x")
    y = x**2
    y.backward()
    at = {t.get_text(): box for t, box in boxes(draw(y)).items()}
    middle = (at["x"].y0 + at["x"].y1) / 2  # the name is level with the edges
    assert min(at["3"].y0, at["9"].y0) > middle > max(at["6"].y1, at["1"].y1)


def test_constants_are_written_once_and_have_no_gradient():
    x, rate = Node(5.0, "x"), Node(3.0, "rate", constant=True)
    y = x * 7 * rate
    y.backward()
    fig = draw(y)
    assert words(fig, BLACK).count("7") == 1
    assert words(fig, VERMILION) == ["1", "21", "3"]  # y, x, and x * 7


def test_a_value_that_goes_two_ways_shows_the_gradient_of_each():
    x = Node(3.0, "x")
    y = x * exp(x * 0) + x**2
    y.backward()
    assert {"1", "0", "6"} <= set(words(draw(y), VERMILION))


def test_words_can_take_the_place_of_the_numbers():
    x = Node(3.0, "x")
    y = x**2
    x.above, x.below = "", "2x"
    y.backward()
    fig = draw(y)
    assert "3" not in words(fig, BLACK)
    assert words(fig, VERMILION) == ["1", "2x"]


def test_arrays_show_their_shapes():
    X, W = Node(np.ones((4, 2)), "X"), Node(np.ones((2, 3)), "W")
    Y = X @ W
    Y.backward(np.ones((4, 3)))
    assert words(draw(Y), VERMILION) == ["(2, 3)", "(4, 2)", "(4, 3)"]


def test_a_layer_with_a_long_name_is_a_box():
    class Pass:
        forward = backward = staticmethod(lambda x: x)

    assert draw(apply("Affine", Pass(), Node(1.0, "x"))).findobj(Circle) == []
    assert len(draw(apply("exp", Pass(), Node(1.0, "x"))).findobj(Circle)) == 1


@pytest.mark.parametrize(
    "value, text",
    [
        (220.00000000000003, "220"),
        (0.1966119332, "0.1966"),
        (-1, "−1"),
        (60000, "60000"),
        (123456.7, "123457"),
        (9999.7, "10000"),
        (1e-9, "1.00e−09"),
        (3e11, "3.00e+11"),
        (0.0, "0"),
        (-0.0, "0"),
        (np.float32(0.5), "0.5"),
        (np.zeros((2, 3)), "(2, 3)"),
    ],
)
def test_numbers_are_written_as_short_as_a_book_would(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize("kind, start", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_graph_is_saved_in_any_format_without_another_program(kind, start):
    file = io.BytesIO()
    draw(apples()).savefig(file, format=kind)
    assert file.getvalue().startswith(start)


def test_a_long_title_widens_the_figure():
    title = "A title that is much longer than the graph of a single operation is wide"
    assert_readable(draw(Node(1.0, "x") * 2, title))


@pytest.mark.parametrize(
    "make",
    [
        lambda x, y: x * exp(-x) + x**2 * y,
        lambda x, y: (exp(x) - exp(-x)) / (exp(x) + exp(-x)),
        lambda x, y: relu(x * y + 1) + relu(x * y * 2 - 1) * y,
        lambda x, y: 1 / (1 + exp(-(x * y + x))),
        lambda x, y: (x + y) * (x - y) * (x + 1234.5678),
    ],
)
def test_where_edges_cross_words_move_aside(make):
    z = make(Node(0.5678, "x"), Node(-3.1234, "y"))
    z.backward()
    assert_readable(draw(z))


@pytest.mark.parametrize(
    "script",
    [
        "buy_apple",
        "buy_apple_orange",
        "node_graphs",
        "activation_graphs",
        "affine_graph",
        "softmax_graph",
    ],
)
def test_in_the_graphs_of_the_book_no_word_is_on_top_of_another(script, tmp_path, monkeypatch):
    module = importlib.import_module(f"ch05.{script}")
    drawn = []
    monkeypatch.setattr(Arguments, "save", lambda args, fig, name: drawn.append(fig))
    options = getattr(module, "options", None)
    run(module.main, module.__doc__, options, argv=["--out", str(tmp_path)])
    assert drawn
    for fig in drawn:
        assert_readable(fig)
