"""Every example that --help shows is understood; all that are done in a moment are run."""

import importlib
import re
import shlex

import pytest

from dlscratch import cli

# What the examples call a reader's own layers and network.
FILES = {
    "my_layers.py": """
import numpy as np
from dlscratch import Affine, Pooling, SoftmaxWithLoss, Tanh
class MyLayer(Tanh): pass
class MyAffine(Affine): pass
class MyPooling(Pooling): pass
class MyLoss(SoftmaxWithLoss): pass
""",
    "my_net.py": """
from dlscratch import Convolution, Network
class MyNet(Network):
    def __init__(self):
        super().__init__([Convolution.init(3, 2, 3)])
""",
}
# Other tests run these.
LONG = (
    *("draw", "reproduce", "show", "run ch06/overfit_dropout --quick", "run ch05"),
    *(f"exercises {action}" for action in ("watch", "list", "check", "hint", "solution")),
)


def examples():
    for module in cli.COMMANDS.values():
        lesson = importlib.import_module(f"dlscratch.cli.{module}").__doc__
        for line in re.findall(r"^    dlscratch (.*)", lesson, re.MULTILINE):
            yield re.sub(r"\s+#.*", "", line)


@pytest.mark.parametrize("line", [line for line in examples() if "--help" not in line])
def test_the_example_is_understood(line):
    assert cli._parser().parse_args(shlex.split(line)).main


@pytest.mark.parametrize("line", [line for line in examples() if not line.startswith(LONG)])
def test_the_example_runs(line, dlscratch, tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    done = dlscratch(*shlex.split(line))
    assert not done.code, done.err
    assert done.out and not done.err
