"""On paper every arrow can be followed: past nodes, past words, apart from other arrows."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

from ch07.simple_convnet import SimpleConvNet
from ch08.block_nets import inception_block
from ch08.deep_convnet import DeepConvNet
from ch08.resnet import residual_block
from dlscratch import Affine, Convolution, GlobalAveragePooling, MultiLayerNet, Network, ReLU
from dlscratch.graph.expression import parse
from dlscratch.graph.geometry import WORDS, half_height, half_width, picture, text_width
from dlscratch.graph.network import network_graph
from tests.graph.test_layout import graphs

EXPRESSIONS = [
    "a * b + c",
    "x * x * x",
    "x * x * x * x * x",
    "(x + y) * (x - y)",
    "sigmoid(w * x + b)",
    "exp(-x * x / 2)",
    "max(a, b) * a",
    "log(x) / x",
    "x ** 2 + 3 * x + x * y",
    "x * y * x * y",
    "exp(x) * exp(x) * x",
    "exp(a) / (exp(a) + exp(b))",
    "log(exp(a) / (exp(a) + exp(b) + exp(c)))",
    "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
    "log(1 + exp(sin(tanh(x * 2 + 1) * 3) - y))",
    "tanh(exp(log(sin(tanh(exp(log(sin(tanh(exp(x))))**2))))**2))",
    "((a-(a+b+c)/3)**2 + (b-(a+b+c)/3)**2 + (c-(a+b+c)/3)**2) / 3",
]
NETS = ["mlp", "simple", "deep", "residual", "inception"]


def of_expression(text):
    names = sorted(set(re.findall(r"\b[a-z]\b", text)))
    graph = parse(text, dict(zip(names, (0.5678, 1.2345, 2.5))))
    graph.backward()
    return graph


def of_net(name):
    rng = np.random.default_rng(0)
    if name == "mlp":
        net = MultiLayerNet(784, [100, 100, 100], 10, rng=rng)
    elif name == "simple":
        net = SimpleConvNet(rng=rng)
    elif name == "deep":
        net = DeepConvNet(rng=rng)
    else:
        block = residual_block if name == "residual" else inception_block
        first, last = Convolution.init(1, 16, 3, pad=1, rng=rng), Affine.init(16, 10, rng=rng)
        net = Network([first, ReLU(), block(16, 16, rng=rng), GlobalAveragePooling(), last])
    x = rng.standard_normal((2, *(net.summary().input_shape if name in NETS[:3] else (1, 14, 14))))
    return network_graph(net, x, np.zeros(2, int))


@pytest.fixture(scope="module", params=[*EXPRESSIONS, *NETS])
def graph(request):
    return (of_net if request.param in NETS else of_expression)(request.param)


@pytest.fixture(scope="module", params=[2.9, 9.7], ids=["phone", "page"])
def drawn(graph, request):
    return picture(graph, request.param)


def samples(line):
    """Points along a line, a thirtieth of an inch apart, or closer."""
    pieces = [
        a + np.linspace(0, 1, int(np.hypot(*(b - a)) * 30) + 2)[:, None] * (b - a)
        for a, b in zip(line, line[1:])
    ]
    return np.concatenate(pieces)  # (points, 2)


def arrows(drawn):
    """(wire, its points) for each arrow forwards and back."""
    for wire in drawn.wires:
        yield wire, samples(wire.arrow())
        if wire.back:
            yield wire, samples(wire.arrow(back=True))


def inside(points, box):
    left, right, top, bottom = box
    x, y = points.T  # (2, points)
    return np.any((left < x) & (x < right) & (top < y) & (y < bottom))


def node_boxes(drawn):
    return {
        spot.node: (
            spot.x - half_width(spot.node),
            spot.x + half_width(spot.node),
            spot.y - half_height(spot.node) * (0.99 if spot.node.symbol else 0.3),
            spot.y + half_height(spot.node) * (0.99 if spot.node.symbol else 0.3),
        )
        for spot in drawn.spots
    }


def word_boxes(drawn):
    """Of the value and the gradient of each edge, with the edge."""
    for wire in drawn.wires:
        half = max(text_width(wire.value), text_width(wire.gradient)) / 2
        if half:
            yield wire, (wire.x - half, wire.x + half, wire.y - WORDS, wire.y + WORDS * wire.back)


def overlap(a, b):
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def test_no_arrow_passes_through_a_node_that_it_does_not_join(drawn):
    for wire, points in arrows(drawn):
        for node, box in node_boxes(drawn).items():
            if node not in (wire.edge.source, wire.edge.target):
                assert not inside(points, box), f"{wire.value} through {node}"


def test_no_arrow_passes_through_the_words_of_another(drawn):
    for wire, points in arrows(drawn):
        for other, box in word_boxes(drawn):
            assert other is wire or not inside(points, box), (wire.value, other.value)


def test_words_and_nodes_keep_apart(drawn):
    boxes = [*(box for _, box in word_boxes(drawn)), *node_boxes(drawn).values()]
    for a, b in combinations(boxes, 2):
        assert not overlap(a, b), (a, b)


def test_arrows_meet_at_nodes_and_crossings_alone(drawn):
    """Two arrows that run on top of each other for a tenth of an inch would be one."""
    lines = [wire.arrow(back) for wire in drawn.wires for back in {False, wire.back}]
    pieces = np.array([piece for line in lines for piece in zip(line, line[1:])])  # (n, ends, 2)
    owner = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    for i, (start, end) in enumerate(pieces):
        way = (end - start) / np.linalg.norm(end - start)
        along = (pieces - start) @ way  # (n, ends): of the others, seen from this piece
        aside = np.abs((pieces - start) @ (-way[1], way[0]))
        together = np.minimum(along.max(1), np.linalg.norm(end - start)) - np.maximum(
            along.min(1), 0
        )
        same = (owner != owner[i]) & (aside.max(1) < 0.02) & (together > 0.1)
        assert not same.any(), (pieces[i], pieces[same])


@given(graphs())
def test_of_any_graph_arrows_pass_by_nodes_and_words(output):
    output.backward()
    drawn = picture(output, 6.0)
    test_no_arrow_passes_through_a_node_that_it_does_not_join(drawn)
    test_no_arrow_passes_through_the_words_of_another(drawn)
    test_words_and_nodes_keep_apart(drawn)


def test_a_graph_fits_its_page(graph):
    """Or is made smaller by a fifth, where a break would tear many edges apart."""
    assert picture(graph, 9.7).width <= 9.7 * 1.25


@pytest.mark.parametrize("name", NETS[:4])
def test_a_net_without_branches_is_torn_at_the_edge_between_two_layers_alone(name):
    drawn = picture(of_net(name), 9.7)
    turning = [wire for wire in drawn.wires if np.any(np.diff(wire.line[:, 0]) < -1e-6)]
    assert all(wire.edge.source.inputs for wire in turning)  # of a layer, not of a parameter


def test_a_line_too_long_for_the_page_goes_on_below():
    chain = of_expression(EXPRESSIONS[-2])
    one, two = picture(chain), picture(chain, 9.7)
    assert one.height < two.height and one.width > 9.7 >= two.width
    ys = {spot.y for spot in two.spots}
    assert len(ys) == 2


def test_everything_is_on_the_paper(drawn):
    for _, points in arrows(drawn):
        assert np.all(points.min(axis=0) > -0.2)
        assert np.all(points.max(axis=0) < (drawn.width + 0.1, drawn.height + 0.1))
