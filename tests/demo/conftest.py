"""The networks that the page offers, and the page itself on a port of its own."""

import threading

import pytest

from dlscratch.cli.draw import NETWORKS, digits, learned
from dlscratch.demo.server import DrawServer


@pytest.fixture(scope="session")
def networks():
    """SimpleConvNet and DeepConvNet with what they have learned."""
    return {name: learned(name) for name in NETWORKS}


@pytest.fixture(scope="module")
def server(networks):
    """The server at work, until the tests of the module are done."""
    with DrawServer(networks, digits=digits(), to_learn=digits("train")) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
