"""The tab of the computational graph: the library's numbers, step by step."""

import http.client
import json

import pytest

from dlscratch.demo.graph_tab import BACK, graph
from dlscratch.graph.node import RULES

APPLES = {"what": "price = apple * 2 * tax", "values": {"apple": 100, "tax": 1.1}}


def test_the_apples_of_the_book_forwards_and_back():
    found = graph(**APPLES)
    assert [step["text"].split(":")[0] for step in found["steps"]] == [
        "100 × 2 = 200",
        "200 × 1.1 = 220",
        "The gradient of the result by itself is 1",
        "× back",
        "× back",
    ]
    assert found["steps"][3]["text"].endswith("1 becomes 1.1 and 200")
    assert found["steps"][4]["text"].endswith("1.1 becomes 2.2")
    assert [step["back"] for step in found["steps"]] == [False, False, True, True, True]


def test_every_edge_carries_its_value_and_its_gradient_and_constants_none():
    found = graph(**APPLES)
    nodes = found["nodes"]
    by_name = {nodes[edge["source"]]["name"]: edge for edge in found["edges"]}
    assert (by_name["apple"]["value"], by_name["apple"]["grad"]) == ("100", "2.2")
    assert (by_name["tax"]["value"], by_name["tax"]["grad"]) == ("1.1", "200")
    assert (by_name["2"]["value"], by_name["2"]["grad"]) == ("", "")
    end = nodes[-1]
    assert (end["name"], end["symbol"]) == ("price", "")
    assert [bool(edge["back"]) for edge in found["edges"]].count(False) == 1  # the number 2


def test_arrows_run_from_node_to_node_and_back_again():
    found = graph("log(exp(a) / (exp(a) + exp(b)))", {"a": 2, "b": 1})
    for edge in found["edges"]:
        source, target = (found["nodes"][edge[end]] for end in ("source", "target"))
        for line, start, end in (edge["line"], source, target), (edge["back"], target, source):
            assert line[0] == pytest.approx([start["x"], start["y"]], abs=0.4)
            assert line[-1] == pytest.approx([end["x"], end["y"]], abs=0.4)


def test_on_a_narrow_screen_a_graph_goes_on_below():
    what, values = "exp(sin(tanh(x * 2) + 1))", {"x": 1}
    wide, narrow = graph(what, values), graph(what, values, 3)
    assert narrow["width"] <= 3 < wide["width"]
    assert narrow["height"] > wide["height"]
    assert [narrow["steps"], len(narrow["nodes"])] == [wide["steps"], len(wide["nodes"])]


@pytest.mark.parametrize("width", [0, 1e9, "3", None, True])
def test_a_width_that_is_none_is_told(width):
    with pytest.raises(ValueError, match="expected a width of 1 to 100 inches"):
        graph("x * 2", {"x": 1}, width)


def test_every_operation_has_a_rule_in_words():
    assert set(RULES) <= set(BACK)


@pytest.mark.parametrize(
    ("what", "forwards", "back"),
    [
        ("x ** 3", "2 ** 3 = 8", "1 becomes 12"),
        ("1 / x", "1 / 2 = 0.5", "1 becomes −0.25"),
        ("max(x, 1)", "max(2, 1) = 2", "1 becomes 1"),
        ("relu(x)", "ReLU(2) = 2", "1 becomes 1"),
        ("x - 5", "2 − 5 = −3", "1 becomes 1"),
    ],
)
def test_a_step_says_what_is_computed(what, forwards, back):
    steps = graph(what, {"x": 2})["steps"]
    assert steps[0]["text"] == forwards
    assert steps[-1]["text"].endswith(back)


@pytest.mark.parametrize(
    ("what", "values", "complaint"),
    [
        ("x +", {"x": 1}, "this is not an expression"),
        ("x * 2", {}, "x has no value"),
        ("x * 2", {"x": "1"}, "expected a number for each name"),
        ("x * 2", {"x": True}, "expected a number for each name"),
        ("x * 2", {"x": float("inf")}, "expected a number for each name"),
        ("x * 2", [1], "expected a number for each name"),
        (7, {}, "expected an expression of 200 characters"),
        ("x + " * 60 + "x", {"x": 1}, "expected an expression of 200 characters"),
        ("open(x)", {"x": 1}, "is not understood"),
    ],
)
def test_what_has_no_graph_is_told(what, values, complaint):
    with pytest.raises(ValueError, match=complaint):
        graph(what, values)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (APPLES, 200, ""),
        ({"what": "log(x)", "values": {"x": 0}}, 400, "log of 0 has no finite value"),
        ({"what": "x^2", "values": {"x": 1}}, 400, "x ^ 2: a power is written **"),
        ([], 400, "expected one JSON object"),
        ({}, 400, "expected an expression"),
    ],
)
def test_through_the_server(body, status, reason, server):
    connection = http.client.HTTPConnection(*server.server_address, timeout=20)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/graph/draw", json.dumps(body), headers)
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    assert answer.status == status
    assert reason in found.get("reason", "")
