"""draw: the command around the page; the page itself is tested in tests/draw."""

import http.client
import signal
import subprocess
import sys
import webbrowser

import pytest

from dlscratch.cli import draw
from dlscratch.demo.server import DrawServer

COMMAND = [sys.executable, "-m", "dlscratch", "draw"]


@pytest.fixture
def served(monkeypatch):
    """What serve_forever was called on; in the tests it comes back at once."""
    servers = []
    monkeypatch.setattr(DrawServer, "serve_forever", lambda server: servers.append(server))
    return servers


@pytest.fixture
def opened(monkeypatch):
    """The addresses that the browser was sent to."""
    addresses = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


@pytest.fixture
def screen(dlscratch, monkeypatch):
    """Have a screen, whatever the machine has."""
    monkeypatch.setattr(draw, "has_screen", lambda: True)


def page_at(address):
    """What a browser gets there."""
    connection = http.client.HTTPConnection(address.split("/")[2], timeout=20)
    connection.request("GET", "/")
    page = connection.getresponse().read()
    connection.close()
    return page


def test_the_address_is_printed_and_ctrl_c_ends_it_in_one_line():
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--no-browser", "--network", "ch07"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        address = process.stdout.readline().split()[2]
        assert address.startswith("http://127.0.0.1:") and address.endswith("/#ch07")
        assert b"<title>Draw a digit" in page_at(address)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err == "\ndlscratch draw: stopped\n"


def test_the_browser_is_sent_to_the_page(dlscratch, screen, served, opened):
    done = dlscratch("draw", "--port", "0")
    (server,) = served
    assert opened == [f"{server.address}#ch08"]
    assert done.out == f"draw at {server.address}#ch08 - Ctrl-C ends it\n"


def test_no_browser_opens_if_none_is_wanted(dlscratch, screen, served, opened):
    assert dlscratch("draw", "--port", "0", "--no-browser").code == 0
    assert len(served) == 1 and opened == []


def test_without_a_screen_the_address_is_enough(dlscratch, served, opened, monkeypatch):
    """Nor does a browser of the terminal take it over."""
    monkeypatch.setattr(draw, "has_screen", lambda: False)
    done = dlscratch("draw", "--port", "0")
    assert (done.code, done.err) == (0, "")
    assert len(served) == 1 and opened == []


def test_where_the_port_is_taken_another_one_is_found(capsys):
    with draw.start({}, 0) as first, draw.start({}, first.server_address[1]) as second:
        port = first.server_address[1]
        assert second.server_address[1] not in (0, port)
    assert capsys.readouterr().err.startswith(f"port {port}: ")


@pytest.mark.parametrize(
    "argv, answer",
    [
        (
            ["--port", "70000"],
            "argument --port: expected a whole number at least 0 and at most 65535",
        ),
        (["--network", "ch06"], "argument --network: invalid choice: 'ch06'"),
    ],
)
def test_a_mistake_of_the_reader_is_one_line(argv, answer, mistake):
    assert mistake("draw", *argv).startswith(answer)
