"""The server: what it answers, and how it refuses."""

import base64
import http.client
import json
import re
import socket
import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import dlscratch.demo
from dataset.mnist import load_mnist
from dlscratch.demo import server as module
from dlscratch.demo.reading import Reading, read
from dlscratch.demo.server import DrawServer

BYTES = {"Content-Type": "application/octet-stream"}
FOLDER = Path(dlscratch.demo.__file__).parent


@pytest.fixture(scope="module")
def seven():
    """The first test image as a drawing: 280 x 280 bytes."""
    _, (x, _) = load_mnist(flatten=False)
    return np.kron(np.rint(x[0, 0] * 255).astype(np.uint8), np.ones((10, 10), np.uint8)).tobytes()


@pytest.fixture
def ask(server):
    """Send a request: ask("POST", "/read/ch07", body).status .json .body .headers"""

    def ask(method, path, body=None, headers=BYTES):
        connection = http.client.HTTPConnection(*server.server_address, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        is_json = answer.headers.get_content_type() == "application/json"
        return SimpleNamespace(
            status=answer.status,
            headers=answer.headers,
            body=body,
            json=json.loads(body) if is_json and body else None,
        )

    return ask


@pytest.fixture
def refused(ask):
    """Send a request that must be refused: its status and its reason."""

    def refused(*request, **others):
        answer = ask(*request, **others)
        assert list(answer.json) == ["reason"]
        return answer.status, answer.json["reason"]

    return refused


@pytest.mark.parametrize(
    "path, kind, name",
    [
        ("/", "text/html", "page.html"),
        ("/?anything", "text/html", "page.html"),
        ("/page.css", "text/css", "page.css"),
        *[(f"/{name}", "text/javascript", name) for name in ("page.js", "pen.js", "shared.js")],
        *[
            (f"/{tab}{ending}", kind, f"{tab}{ending or '.html'}")
            for tab in ("train", "race", "graph", "inside")
            for ending, kind in (
                ("", "text/html"),
                (".css", "text/css"),
                (".js", "text/javascript"),
            )
        ],
    ],
)
def test_the_page_is_served(path, kind, name, ask):
    answer = ask("GET", path)
    assert (answer.status, answer.headers.get_content_type()) == (200, kind)
    assert answer.body == (FOLDER / name).read_bytes()


def test_the_page_loads_nothing_from_elsewhere(ask):
    for file in (file for file in FOLDER.iterdir() if file.suffix in (".html", ".css", ".js")):
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|url\(|@import|//[a-z]+\.", text)
    assert "default-src 'none'" in ask("GET", "/").headers["Content-Security-Policy"]


def test_networks_tells_what_there_is(ask):
    simple, deep = ask("GET", "/networks").json
    assert simple == {
        "name": "ch07",
        "title": "SimpleConvNet",
        "parameters": 433890,
        "maps": [[30, 24, 24]],
    }
    assert deep["title"] == "DeepConvNet" and len(deep["maps"]) == 6


@pytest.mark.parametrize("name", ["ch07", "ch08"])
def test_a_drawing_is_answered_with_all_that_the_page_shows(name, ask, seven, networks):
    answer = ask("POST", f"/read/{name}", seven)
    assert answer.status == 200 and len(answer.body) < 200_000
    words = answer.json
    assert words["digit"] == 7 == np.argmax(words["probabilities"])
    assert sum(words["probabilities"]) == pytest.approx(1, abs=1e-4)
    image = np.frombuffer(base64.b64decode(words["image"]), np.uint8).reshape(28, 28)
    assert image.tobytes() == np.frombuffer(seven, np.uint8).reshape(280, 280)[::10, ::10].tobytes()

    reading = read(networks[name], (image / 255).astype(np.float32))
    for packed, slope in zip(words["gradients"], reading.gradients, strict=True):
        gradient = np.frombuffer(base64.b64decode(packed), np.int8).reshape(28, 28)
        scale = np.abs(slope).max() / 127
        np.testing.assert_allclose(gradient * scale, slope, atol=0.51 * scale)
    for packed, layer in zip(words["maps"], reading.maps, strict=True):
        numbers = np.frombuffer(base64.b64decode(packed["bytes"]), np.uint8)
        scale = layer.max() / 255
        np.testing.assert_allclose(
            numbers.reshape(packed["shape"]) * scale, layer, atol=0.51 * scale
        )


def test_an_empty_drawing_is_answered_kindly(ask):
    answer = ask("POST", "/read/ch08", bytes(280 * 280))
    assert (answer.status, answer.json) == (200, {"digit": None, "reason": "nothing is drawn yet"})


def test_maps_and_gradients_of_nothing_but_zeros_are_sent_too(networks):
    reading = read(networks["ch07"], np.zeros((28, 28)))
    blank = Reading(reading.probabilities, [np.zeros((1, 2, 2))], np.zeros((10, 28, 28)))
    (layer,) = blank.as_words()["maps"]
    assert layer == {"shape": (1, 2, 2), "bytes": "AAAAAA=="}


@pytest.mark.parametrize(
    "body, headers, status, reason",
    [
        (b"", BYTES, 400, "expected 280 x 280 bytes, one a pixel, got 0"),
        (bytes(100), BYTES, 400, "expected 280 x 280 bytes, one a pixel, got 100"),
        (bytes(78401), BYTES, 413, "expected 280 x 280 bytes and no more, got 78401"),
        (bytes(3_000_000), BYTES, 413, "expected 280 x 280 bytes and no more, got 3000000"),
        (bytes(78400), {}, 400, "expected a body of type application/octet-stream, got text/plain"),
        (
            b"{}",
            {"Content-Type": "application/json"},
            400,
            "expected a body of type application/octet-stream, got application/json",
        ),
    ],
)
def test_a_bad_drawing_is_refused_with_a_reason(body, headers, status, reason, refused):
    assert refused("POST", "/read/ch07", body, headers=headers) == (status, reason)


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "\u0661", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(length, server):
    request = (
        f"POST /read/ch07 HTTP/1.0\r\nHost: {own(server)}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
    )
    status, body = spoken(server, request.encode())
    assert (status, json.loads(body)) == (
        400,
        {"reason": "expected a Content-Length, the number of bytes in the body"},
    )


def own(server):
    """What a browser sends as Host."""
    return f"127.0.0.1:{server.server_address[1]}"


def spoken(server, request):
    """Send these very bytes: the status and the body that come back."""
    with socket.create_connection(server.server_address, timeout=20) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize(
    "request_line, status",
    [
        (b"BREW / HTTP/1.0", 501),
        (b"GET /" + b"x" * 70000 + b" HTTP/1.0", 414),
    ],
)
def test_a_request_that_nobody_understands_is_refused_with_a_reason(request_line, status, server):
    answer = spoken(server, request_line + b"\r\nHost: localhost\r\n\r\n")
    assert answer[0] == status and json.loads(answer[1])["reason"]


@pytest.mark.parametrize(
    "path",
    [
        "/favicon.ico",
        "/read",
        "/read/",
        "/read/ch09",
        "/server.py",
        "/page.html",
        "/../server.py",
        "/%2e%2e/server.py",
        "/read/../networks",
    ],
)
def test_nothing_else_is_served(path, refused):
    assert refused("GET", path) == (404, f"there is nothing at {path}")


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("POST", "/", "GET"),
        ("PUT", "/networks", "GET"),
        ("DELETE", "/page.js", "GET"),
        ("GET", "/read/ch07", "POST"),
        ("OPTIONS", "/read/ch08", "POST"),
    ],
)
def test_another_method_is_refused(method, path, allowed, ask):
    answer = ask(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert answer.json == {"reason": f"{path} answers {allowed} alone"}


def test_a_head_request_gets_no_body(ask):
    answer = ask("HEAD", "/")
    assert (answer.status, answer.body) == (405, b"")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_another_name_for_this_machine_is_refused(host, server, refused):
    """DNS rebinding: a foreign page gives its own name our address, and would read the answers."""
    status, reason = refused("GET", "/networks", headers={"Host": host})
    assert (status, reason) == (403, f"expected to be called {server.address}, not {host!r}")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_its_own_names_are_answered(name, server, ask):
    host = f"{name}:{server.server_address[1]}"
    assert ask("GET", "/", headers={"Host": host, "Origin": f"http://{host}"}).status == 200


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "localhost:1", "127.0.0.1:{}0", "127.0.0.1:0{}", "LOCALHOST:{}"],
)
def test_a_host_with_another_port_is_refused(host, server, refused):
    host = host.format(server.server_address[1])
    assert refused("GET", "/networks", headers={"Host": host})[0] == 403


def test_the_port_is_left_out_where_a_browser_leaves_it_out():
    names = DrawServer.names.fget
    assert "localhost" in names(SimpleNamespace(server_address=("127.0.0.1", 80)))
    assert "localhost" not in names(SimpleNamespace(server_address=("127.0.0.1", 8080)))


@pytest.mark.parametrize("more", ["Host: evil.example", "Host: {}", "Origin: http://evil.example"])
def test_several_hosts_or_origins_are_refused(more, server):
    host = own(server)
    head = f"GET / HTTP/1.0\r\nHost: {host}\r\nOrigin: http://{host}\r\n{more.format(host)}\r\n\r\n"
    assert spoken(server, head.encode())[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_another_page_is_refused(origin, refused, seven):
    status, reason = refused("POST", "/read/ch07", seven, headers={**BYTES, "Origin": origin})
    assert (status, reason) == (403, f"the page of {origin} has no business here")


def test_requests_at_once_do_not_mix(ask, seven, networks):
    """A layer keeps one forward pass: two drawings in it at once get each other's gradient."""
    drawings = {7: seven, 1: np.pad(np.full((200, 30), 255, np.uint8), ((40, 40), (125, 125)))}
    drawings[1] = drawings[1].tobytes()
    alone = {digit: ask("POST", "/read/ch08", body).json for digit, body in drawings.items()}
    wrong = []

    def many(digit):
        for _ in range(10):
            if ask("POST", "/read/ch08", drawings[digit]).json != alone[digit]:
                wrong.append(digit)

    threads = [threading.Thread(target=many, args=(digit,)) for digit in (7, 1, 7, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alone[7] != alone[1] and wrong == []


def test_a_browser_that_leaves_early_is_no_error(server, ask, capfd):
    for request in (b"", b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"):
        connection = socket.create_connection(server.server_address)
        connection.sendall(request)
        # closing now, with a reset instead of a farewell
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    assert ask("GET", "/").status == 200
    assert capfd.readouterr().err == ""


def test_an_idle_connection_holds_nobody_up(server, ask):
    with socket.create_connection(server.server_address):
        assert ask("GET", "/").status == 200


def test_it_listens_on_the_loopback_address_alone(server):
    assert server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_an_error(server, networks):
    with pytest.raises(OSError):
        DrawServer(networks, server.server_address[1])


# ---- many clients, and slow ones


def test_five_hundred_requests_at_once_are_all_answered(server, seven):
    head = f"POST /read/ch07 HTTP/1.0\r\nHost: {own(server)}\r\nContent-Length: 78400\r\n"
    request = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + bytes(78400)
    clients = [socket.socket() for _ in range(500)]
    for client in clients:  # all of them knock before one is answered
        client.setblocking(False)
        client.connect_ex(server.server_address)
    answers = []
    for client in clients:
        client.settimeout(60)
        client.sendall(request)
    for client in clients:
        answers.append(b"".join(iter(partial(client.recv, 65536), b"")))
        client.close()
    assert [answer.split()[1] for answer in answers] == [b"200"] * 500


@pytest.fixture
def impatient(server, monkeypatch):
    """The server, with a tenth of a second for a request."""
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    return server


def dripped(server, pieces):
    """Send one piece after the other until the server hangs up: how many it took."""
    taken = 0
    with socket.create_connection(server.server_address, timeout=20) as client:
        for piece in pieces:
            try:
                client.sendall(piece)
                client.settimeout(0.02)
                if client.recv(1) == b"":
                    break
            except TimeoutError:
                taken += 1
            except ConnectionError:
                break
    return taken


@pytest.mark.parametrize("start", ["", "GET / HTTP/1.0\r\nX: ", "POST /read/ch07 HTTP/1.0\r\n"])
def test_a_client_that_drips_is_dropped(start, impatient):
    """A timeout for each byte never comes for those who send one in time."""
    if start.startswith("POST"):
        start += f"Host: {own(impatient)}\r\nContent-Length: 78400\r\n"
        start += "Content-Type: application/octet-stream\r\n\r\n"
    assert dripped(impatient, [start.encode(), *[b"x"] * 1000]) < 500


def test_a_client_that_drips_after_a_refusal_is_dropped(server, monkeypatch):
    monkeypatch.setattr(module, "FAREWELL", 0.1)
    start = f"POST /read/ch07 HTTP/1.0\r\nHost: {own(server)}\r\nContent-Length: 9\r\n\r\n"
    sent = 0
    with socket.create_connection(server.server_address, timeout=20) as client:
        client.sendall(start.encode())
        while client.recv(65536):
            pass  # the refusal, and the end of what the server sends
        with pytest.raises(ConnectionError):
            for _ in range(1000):
                client.sendall(b"x")
                sent += 1
                threading.Event().wait(0.01)
    assert sent < 500


def test_dropping_a_client_is_no_error(impatient, capfd):
    dripped(impatient, [b"GET"] + [b"x"] * 50)
    assert capfd.readouterr().err == ""
