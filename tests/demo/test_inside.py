"""The tab that looks inside: its parts add up to what the layers have returned."""

import base64
import http.client
import json

import numpy as np
import pytest

from dlscratch import Affine, Convolution, Dropout, Flatten, Network, Pooling, ReLU, Sigmoid
from dlscratch.demo.inside import explain, stages
from dlscratch.demo.inside_tab import layers, unit


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


@pytest.fixture
def asked(image):
    """What the page sends of the image."""
    return {"image": base64.b64encode(image.tobytes()).decode()}


def units(y):
    """Corners, edges and the middle: some of the places of an output (F, H, W)."""
    sides = [sorted({0, size // 3, size - 1}) for size in y.shape]
    return [(f, row, column) for f in sides[0] for row in sides[1] for column in sides[2]]


@pytest.mark.parametrize("name", ["ch07", "ch08"])
def test_the_parts_of_every_number_make_what_its_layer_returned(name, networks, image):
    found = stages(networks[name], image / 255)
    for number, stage in enumerate(found):
        for place in units(stage.y):
            parts = explain(found, number, place)
            assert parts["output"] == stage.y[place]
            assert recomputed(parts) == pytest.approx(parts["output"], rel=1e-4, abs=2e-5)


def recomputed(parts):
    """The output of a unit out of its parts, as the page writes them down."""
    if parts["kind"] == "convolution":
        for window in parts["windows"]:
            products = np.multiply(window["inputs"], window["kernel"])
            np.testing.assert_allclose(products, window["products"], rtol=1e-6)
            assert products.sum() == pytest.approx(window["sum"], rel=1e-4, abs=1e-5)
        return sum(window["sum"] for window in parts["windows"]) + parts["bias"]
    if parts["kind"] == "relu":
        return max(0, parts["input"])
    if parts["kind"] == "pooling":
        row, column = parts["largest"]
        assert parts["inputs"][row][column] == np.max(parts["inputs"])
        return parts["inputs"][row][column]
    if parts["kind"] == "affine":
        assert all(
            term["product"] == pytest.approx(term["x"] * term["w"], 1e-6) for term in parts["terms"]
        )
        sizes = [abs(term["product"]) for term in parts["terms"]]
        assert sizes == sorted(sizes, reverse=True)
        shown = sum(term["product"] for term in parts["terms"])
        return shown + parts["others"]["sum"] + parts["bias"]
    if parts["kind"] == "softmax":
        exps = np.exp(np.subtract(parts["scores"], parts["largest"]))
        np.testing.assert_allclose(exps, parts["exps"], rtol=1e-5)
        return parts["exps"][parts["unit"][0]] / parts["sum"]
    return parts["output"]


@pytest.mark.parametrize("name", ["ch07", "ch08"])
def test_the_stages_end_where_the_network_does(name, networks, image):
    found = stages(networks[name], image / 255)
    scores = networks[name].predict((image / 255)[None, None])[0]
    np.testing.assert_allclose(found[-2].y.ravel(), scores, rtol=1e-4, atol=1e-5)
    assert [stage.title for stage in (found[0], found[1], found[-1])] == [
        "Image",
        "Convolution 1",
        "Softmax",
    ]
    for before, stage in zip(found, found[1:]):
        np.testing.assert_array_equal(before.y.ravel(), stage.x.ravel())


def test_the_window_lies_where_the_stride_and_the_padding_put_it():
    x = np.arange(36.0).reshape(6, 6)
    net = Network([Convolution(np.ones((1, 1, 3, 3)), np.zeros(1), stride=2, pad=1)])
    parts = explain(stages(net, x), 1, (0, 0, 1))
    assert (parts["top"], parts["left"]) == (-1, 1)
    assert parts["windows"][0]["inputs"] == [[0, 0, 0], [1, 2, 3], [7, 8, 9]]  # padding, then x
    assert parts["sum"] == 1 + 2 + 3 + 7 + 8 + 9


def test_a_padded_border_never_wins_in_pooling():
    net = Network([Convolution(-np.ones((1, 1, 1, 1)), np.zeros(1)), Pooling(2, 2, 2, pad=1)])
    parts = explain(stages(net, np.ones((4, 4))), 2, (0, 0, 0))
    assert (parts["top"], parts["left"], parts["inputs"]) == (0, 0, [[-1.0]])


def test_a_convolution_says_what_relu_makes_of_it():
    net = Network([Convolution(-np.ones((1, 1, 1, 1)), np.zeros(1)), ReLU()])
    found = stages(net, np.ones((2, 2)))
    assert explain(found, 1, (0, 0, 0))["relu"] == 0
    assert "relu" not in explain(found, 2, (0, 0, 0))


def test_an_input_of_affine_is_named_by_its_map_row_and_column():
    W = np.zeros((8, 1))
    W[6] = 2  # (2, 2, 2): map 1, row 1, column 0
    net = Network(
        [Convolution(np.ones((2, 1, 1, 1)), np.zeros(2)), Flatten(), Affine(W, np.zeros(1))]
    )
    first = explain(stages(net, np.full((2, 2), 3.0)), 2, (0, 0, 0))["terms"][0]
    assert first == {"unit": [1, 1, 0], "x": 3, "w": 2, "product": 6}


def test_dropout_is_no_stage_and_an_unknown_layer_is_refused():
    affine = [Flatten(), Affine(np.ones((4, 2)), np.zeros(2))]
    found = stages(Network([*affine, Dropout(0.5)]), np.ones((2, 2)))
    assert [stage.kind for stage in found] == ["input", "affine", "softmax"]
    with pytest.raises(TypeError, match="Sigmoid.* cannot be looked into"):
        stages(Network([*affine, Sigmoid()]), np.ones((2, 2)))


def test_nothing_is_changed(networks, image):
    before = networks["ch07"].params.flat.copy()
    image.flags.writeable = False
    found = stages(networks["ch07"], image)
    for number in range(len(found)):
        explain(found, number, (0, 0, 0))
    np.testing.assert_array_equal(networks["ch07"].params.flat, before)


def test_the_maps_are_sent_as_bytes_of_either_sign(networks, image, asked):
    found = stages(networks["ch07"], image.astype(np.float32) / 255)
    for words, stage in zip(layers(networks["ch07"], asked), found, strict=True):
        sent = np.frombuffer(base64.b64decode(words["bytes"]), np.int8).reshape(words["shape"])
        scale = words["size"] / 127
        np.testing.assert_allclose(sent * scale, stage.y, atol=0.51 * scale)
        assert stage.y[tuple(words["strongest"])] == stage.y.max()


def test_a_blank_image_is_looked_into_too(networks):
    blank = {"image": base64.b64encode(bytes(784)).decode()}
    assert layers(networks["ch07"], blank)[0]["size"] == 0
    assert unit(networks["ch07"], {**blank, "layer": 1, "unit": [0, 0, 0]})["sum"] == 0


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({}, 200, ""),
        ({"layer": 99}, 400, "there are stages 0 to 7, not 99"),
        ({"layer": -1}, 400, "there are stages 0 to 7, not -1"),
        ({"unit": [0, 24, 0]}, 400, "Convolution 1 has (30, 24, 24) numbers, none at (0, 24, 0)"),
        ({"unit": [0, 0, -1]}, 400, "none at (0, 0, -1)"),
        ({"unit": [0, 0]}, 400, "expected a layer, and [map, row, column]"),
        ({"unit": [0, 0, True]}, 400, "in whole numbers"),
        ({"layer": 1.0}, 400, "in whole numbers"),
        ({"image": "AAAA"}, 400, "expected 28 x 28 bytes, one a pixel, got 3"),
        ({"image": "~~~"}, 400, "base64"),
        ({"image": 7}, 400, "expected one JSON object with an image"),
        ({"image": "A" * 3000}, 413, "expected 2000 bytes and no more"),
    ],
)
def test_through_the_server(change, status, reason, server, asked):
    body = json.dumps({**asked, "layer": 1, "unit": [3, 10, 12], **change})
    answer, found = post(server, "/inside/ch07/unit", body)
    assert answer == status
    assert reason.lower() in found.get("reason", "").lower()


@pytest.mark.parametrize("path", ["/inside/ch09/unit", "/inside/ch07", "/inside/ch07/all"])
def test_nothing_else_is_inside(path, server):
    assert post(server, path, "{}") == (404, {"reason": f"there is nothing at {path}"})


def test_a_drawing_becomes_an_image(server):
    drawing = np.zeros((280, 280), np.uint8)
    drawing[40:240, 30:60] = 255
    status, found = post(server, "/inside/image", drawing.tobytes(), "application/octet-stream")
    image = np.frombuffer(base64.b64decode(found["image"]), np.uint8).reshape(28, 28)
    assert status == 200 and (image[14] > 0).sum() == 3


def post(server, path, body, kind="application/json"):
    """The status and the JSON that come back."""
    connection = http.client.HTTPConnection(*server.server_address, timeout=20)
    connection.request("POST", path, body, {"Content-Type": kind})
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, found
