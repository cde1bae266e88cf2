"""The door of the page: requests to all its tabs, of a server in this process."""

import base64
import json
import socket
import sys
import threading

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from dlscratch.demo.playground import Playground
from dlscratch.demo.server import SIDE, DrawServer
from tests.fuzz.damage import damaged, damaged_json, damaged_text
from tests.fuzz.trial import Door, Wrong

METHODS = ["GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "\x01"]
PATHS = [
    "/",
    "/page.css",
    "/networks",
    "/digits",
    "/read/ch07",
    "/read/",
    "/read/../ch07",
    "//",
    "*",
    "/a" * 9000,
    "/inside/digits",
    "/inside/ch07/",
    "/train/training",
    "/train/nobody/step",
]
IMAGE = base64.b64encode(bytes(range(196)) * 4).decode()  # 28 x 28 bytes
QUESTIONS = [  # what a page sends as JSON, soundly, and where
    ("/train/start", {"data": "xor", "hidden": [4, 3], "lr": 0.1, "batch": 10, "batchnorm": True}),
    ("/train/start", {"data": "mnist", "hidden": [20], "dropout": 0.5, "activation": "relu"}),
    ("/train/training/step", {}),
    ("/race/run", {"start": [-7, 2], "rates": {"SGD": 0.95, "Momentum": 0.1, "Adam": 0.3}}),
    ("/graph/draw", {"what": "y = log(x) * a + x / a", "values": {"x": 2, "a": 3.5}}),
    ("/inside/ch07/layers", {"image": IMAGE}),
    ("/inside/ch07/unit", {"image": IMAGE, "layer": 1, "unit": [2, 3, 4]}),
]
STATUSES = {200, 400, 403, 404, 405, 408, 411, 413, 414, 431, 500, 501, 505}


class Recorder(DrawServer):
    """The server, which keeps what went wrong instead of printing it."""

    def __init__(self, networks):
        images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), np.uint8)
        digits = images, np.arange(40) % 10
        super().__init__(networks, digits=digits, to_learn=digits)
        self.errors = []

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            self.errors.append(repr(sys.exc_info()[1]))


class DrawingPage(Door):
    name = "requests to the page"

    def __init__(self, folder):
        super().__init__(folder)
        self.server = Recorder({"ch07": SimpleConvNet(rng=0)})
        self.playground = Playground({})
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def make(self, rng):
        method, path = METHODS[rng.integers(len(METHODS))], PATHS[rng.integers(len(PATHS))]
        kind = "application/octet-stream"
        if rng.random() < 0.3:
            method, path = "POST", ["/read/ch07", "/inside/image"][rng.integers(2)]
        body = b"" if method == "GET" else bytes(rng.integers(0, 256, SIDE * SIDE, np.uint8))
        if rng.random() < 0.4:
            path, question = QUESTIONS[rng.integers(len(QUESTIONS))]
            method, kind, body = "POST", "application/json", asked(question, rng).encode()
        body = body[: int(rng.integers(len(body) + 1))] if rng.random() < 0.2 else body
        length = [len(body), len(body) + 1, -1, 10**20, "x", 0, SIDE * SIDE]
        fields = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": kind,
            "Content-Length": length[0 if rng.random() < 0.7 else rng.integers(len(length))],
        }
        if rng.random() < 0.2:
            fields["Origin"] = ["null", "http://evil.example", f"http://127.0.0.1:{self.port}"][
                rng.integers(3)
            ]
        if rng.random() < 0.1:
            fields["X" * int(rng.integers(1, 70_000))] = "y"
        if rng.random() < 0.1:
            del fields[list(fields)[rng.integers(len(fields))]]
        head = f"{method} {path} HTTP/1.{rng.integers(3)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        head = head.encode()
        return (damaged(head, rng) if rng.random() < 0.5 else head) + body

    def run(self, case):
        self.server.trainings.kept.setdefault("training", self.playground)  # the oldest are dropped
        answer = self.ask(case)
        if self.server.errors:
            raise Wrong(f"the server raised {self.server.errors.pop()}")
        if not answer:
            return "refused"  # not even a line of a request
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/"):  # an answer to HTTP/0.9, which has no head
            head, body = b"HTTP/0.9 400", answer
        status = int(head.split()[1])
        if status not in STATUSES:
            raise Wrong(f"answered {head[:80]!r}")
        if status == 200:
            if body and b"/json" in head:
                json.loads(body)
            return "right"
        if body:
            expect_reason(body)
        return "refused"

    def ask(self, case):
        with socket.create_connection(("127.0.0.1", self.port), timeout=15) as connection:
            answer = b""
            try:
                connection.sendall(case)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65536):
                    answer += part
                    if answer.count(b"\ndata: ") > 2:  # a training goes on as long as it is watched
                        break
            except OSError:
                pass  # refused before it was sent to its end
            return answer

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def asked(question, rng):
    """A question as JSON, sound or with other values, another expression, or damaged as a text."""
    text = json.dumps(question)
    kind = rng.integers(4)
    if kind == 0 and question:
        return damaged_json(text, rng)
    if kind == 1 and "what" in question:
        return json.dumps({**question, "what": damaged_text(question["what"], rng)})
    return damaged_text(text, rng).encode(errors="replace").decode() if kind == 2 else text


def expect_reason(body):
    reason = json.loads(body)["reason"]
    if not isinstance(reason, str) or not reason:
        raise Wrong(f"refused with {body[:200]!r}")
