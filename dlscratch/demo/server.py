"""The server behind the page: its files, and what the page asks for.

    GET  /, /train, /race, /graph, /inside, their *.css and *.js    the page, a tab each
    GET  /digits                    digits of MNIST to load, and those that are misread
    GET  /networks                  which networks there are, as JSON
    POST /read/NAME                 a drawing, 280 x 280 bytes -> how this network classifies it
    POST /train/start               settings as JSON -> a new training: its id and its first frame
    POST /train/ID/step             one step -> the frame after it
    GET  /train/ID                  trains while it is watched: frames as server-sent events
    POST /race/run                  a start and learning rates as JSON -> the optimizers' paths
    POST /graph/draw                an expression and its values as JSON -> its graph
    GET  /inside/digits             images to choose from, as JSON
    POST /inside/image              a drawing, 280 x 280 bytes -> an image as MNIST has them
    POST /inside/NAME/layers        an image as JSON -> what every layer of this network returns
    POST /inside/NAME/unit          an image, a layer and a unit as JSON -> where its number is from

What it promises:
- It listens on the loopback address alone, so nobody else on the network reaches it.
- Neither does a web page that the reader has open: Host, given once, and Origin must be our own
  address to the letter, port included.
- It serves the files named here and no other path, and takes 280 x 280 bytes, not one more.
- A training stops when its page pauses or is closed; eight are kept, of 100,000 steps at most.
- 500 requests at once are all answered; the networks take one at a time.
- A client has 10 seconds for its whole request, and as long to take the answer: a byte every
  second does not keep a thread.
- Every refusal is a status and a reason, as JSON. Nothing is logged, kept or written to the disk.
"""

import contextlib
import io
import json
import re
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np

from dlscratch.demo.digit import digit
from dlscratch.demo.digits_training import digit_sets
from dlscratch.demo.examples import examples, one_of_each
from dlscratch.demo.files import FILES, content
from dlscratch.demo.graph_tab import asked_graph
from dlscratch.demo.inside_tab import QUESTIONS
from dlscratch.demo.packing import packed
from dlscratch.demo.race import race
from dlscratch.demo.reading import read
from dlscratch.demo.timed_reader import TimedReader
from dlscratch.demo.trainings import Trainings

SIDE = 280  # of the drawing, in pixels
PATIENCE = 10.0  # seconds, for a whole request
MOST_WORDS = 2000  # bytes of the settings of a training, of an expression
FAREWELL = 1.0  # seconds, for what a client still sends after a refusal
ASKED = {"/graph/draw": asked_graph, "/race/run": race}  # answered from the question alone
JSON = "application/json"
DRAWING = "application/octet-stream"  # a foreign page may not send this type without asking first
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Refusal(Exception):
    """A request that is not answered: status and reason."""


class DrawServer(socketserver.ThreadingTCPServer):
    """Serves the page for `networks`, by name; port 0 is any free one. OSError if it is taken.

    digits: images (N, 28, 28), uint8 with 255 = ink, and their labels (N,): those to load.
    to_learn: as many, from which the networks of the Train tab learn.
    """

    request_queue_size = 1024  # connections that wait to be accepted; 5 by default
    daemon_threads = True  # a request that is still being served does not delay the end
    allow_reuse_address = sys.platform != "win32"  # where it would share another program's port

    def __init__(
        self, networks: Mapping[str, Any], port: int = 0, digits: Any = None, to_learn: Any = None
    ):
        self.networks = networks
        self.digits = digits
        self.trainings = Trainings(digit_sets(to_learn, digits))
        self.lock = threading.Lock()  # layers keep the forward pass for the backward: one at a time
        self.examples: dict[str, Any] | None = None  # of these digits, once they are found
        self.finding = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def address(self) -> str:
        """What to type into a browser."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    @property
    def names(self) -> list[str]:
        """What a Host may be; a browser leaves out port 80."""
        port = self.server_address[1]
        ends = [f":{port}", ""] if port == 80 else [f":{port}"]
        return [host + end for host in ("127.0.0.1", "localhost") for end in ends]

    def handle_error(self, request, client_address):
        """A browser that leaves in the middle or takes too long is no error; all else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: DrawServer
    allowed = ""  # the method that the path of this request wants

    def setup(self):
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(TimedReader(self.connection, PATIENCE))

    def answer(self):
        """Find what the path stands for, and send it; or the reason why not."""
        try:
            self.check_sender()
            self.allowed, respond = self.route(self.path.partition("?")[0])
            if self.command != self.allowed:
                raise Refusal(405, f"{self.path} answers {self.allowed} alone")
            found = respond()
            if found is not None:  # else it has sent all of it
                self.send(200, *found)
        except Refusal as refusal:
            self.send_error(*refusal.args)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def check_sender(self):
        """Another site's name may lead here (DNS rebinding), or its page may call: both refused."""
        hosts = self.headers.get_all("Host", [])
        host = ", ".join(hosts)
        if len(hosts) != 1 or host not in self.server.names:
            raise Refusal(403, f"expected to be called {self.server.address}, not {host!r}")
        origins = self.headers.get_all("Origin", [])
        if origins not in ([], [f"http://{host}"]):
            raise Refusal(403, f"the page of {', '.join(origins)} has no business here")

    def route(self, path):
        """The method that the path wants, and the function that answers."""
        if path in FILES:
            return "GET", lambda: content(path)
        if path == "/networks":
            return "GET", lambda: as_json(self.networks())
        if path == "/digits":
            return "GET", lambda: as_json(self.digits())
        name = path.removeprefix("/read/")
        if name != path and name in self.server.networks:
            return "POST", lambda: as_json(self.reading(self.server.networks[name]))
        if path == "/train/start":
            return "POST", lambda: as_json(self.from_json(self.server.trainings.start))
        if path in ASKED:
            return "POST", lambda: as_json(self.from_json(ASKED[path]))
        if path.startswith("/inside/"):
            return self.route_inside(path)
        name, _, verb = path.removeprefix("/train/").partition("/")
        if path.startswith("/train/") and name in self.server.trainings.kept:
            if verb == "step":
                return "POST", lambda: as_json(self.server.trainings.step(name))
            if not verb:
                return "GET", lambda: self.watch(name)
        raise Refusal(404, f"there is nothing at {path}")

    def route_inside(self, path):
        """As `route`, for the tab that looks inside."""
        if path == "/inside/digits":
            return "GET", lambda: as_json(one_of_each(self.server.digits))
        if path == "/inside/image":
            return "POST", lambda: as_json({"image": packed(digit(self.drawing()) * 255, np.uint8)})
        name, _, question = path.removeprefix("/inside/").partition("/")
        if name in self.server.networks and question in QUESTIONS:
            return "POST", lambda: as_json(self.from_json(partial(self.inside, name, question)))
        raise Refusal(404, f"there is nothing at {path}")

    def inside(self, name, question, asked):
        with self.server.lock:
            return QUESTIONS[question](self.server.networks[name], asked)

    def networks(self):
        with self.server.lock:
            tables = {n: net.summary((1, 28, 28)) for n, net in self.server.networks.items()}
        return [
            {
                "name": name,
                "title": table.name,
                "parameters": table.parameters,
                "maps": [row.output for row in table.rows if row.layer == "Convolution"],
            }
            for name, table in tables.items()
        ]

    def reading(self, net):
        image = digit(self.drawing())
        if not image.any():
            return {"digit": None, "reason": "nothing is drawn yet"}
        with self.server.lock:
            return {"image": packed(image * 255, np.uint8), **read(net, image).as_words()}

    def digits(self):
        """Those of MNIST that can be loaded; found once, with the first request."""
        with self.server.finding:
            if self.server.examples is None:
                self.server.examples = examples(self.server.networks, self.server.digits)
            return self.server.examples

    def drawing(self):
        """The body of the request as an array (280, 280)."""
        body = self.body(DRAWING, SIDE * SIDE, f"{SIDE} x {SIDE} bytes")
        if len(body) != SIDE * SIDE:
            raise Refusal(400, f"expected {SIDE} x {SIDE} bytes, one a pixel, got {len(body)}")
        return np.frombuffer(body, np.uint8).reshape(SIDE, SIDE)

    def from_json(self, function):
        """function(what the body says), and why not as a refusal."""
        body = self.body(JSON, MOST_WORDS, f"{MOST_WORDS} bytes")
        try:
            return function(json.loads(body))
        except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise Refusal(400, f"{error!s:.300}") from None

    def body(self, kind, most, limit):
        """The bytes of the body, if it is of this type and not too long."""
        found, length = self.headers.get_content_type(), self.headers.get("Content-Length", "")
        if found != kind:
            raise Refusal(400, f"expected a body of type {kind}, got {found}")
        if not re.fullmatch("[0-9]{1,18}", length):
            raise Refusal(400, "expected a Content-Length, the number of bytes in the body")
        if int(length) > most:
            raise Refusal(413, f"expected {limit} and no more, got {length}")
        return self.rfile.read(int(length))

    def watch(self, name):
        """Send the frames of a training until the page has seen enough."""
        self.head(200, "text/event-stream")
        with contextlib.suppress(ConnectionError, TimeoutError, KeyError):
            self.server.trainings.watch(name, self.wfile.write)

    def send(self, status, kind, body):
        more = {"Allow": self.allowed} if status == 405 else {}
        self.head(status, kind, **{"Content-Length": str(len(body))}, **more)
        if self.command != "HEAD":
            self.wfile.write(body)

    def head(self, status, kind, **more):
        """The status and the headers."""
        self.connection.settimeout(PATIENCE)  # for the whole answer, or for each frame
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code, message=None, explain=None):
        """Every refusal, those of the base class too, is a reason as JSON."""
        self.send(code, *as_json({"reason": message or "this request is not understood"}))
        self.linger()

    def linger(self):
        """Read on for a moment: to close on unread bytes would take the answer back (a reset)."""
        with contextlib.suppress(OSError):  # gone, or sends nothing more
            self.connection.shutdown(socket.SHUT_WR)
            end = time.monotonic() + FAREWELL
            while (left := end - time.monotonic()) > 0:
                self.connection.settimeout(left)
                if not self.connection.recv(65536):
                    break

    def log_message(self, format, *args):
        """Quiet: a line for every stroke helps nobody."""


def as_json(value):
    return JSON, json.dumps(value).encode()
