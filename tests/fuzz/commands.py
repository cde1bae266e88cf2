"""The door of command lines: `dlscratch` with words that fit, nearly fit, or do not."""

import contextlib
import io
import os

from dlscratch import cli
from tests.fuzz.damage import damaged_text
from tests.fuzz.trial import Door, Wrong

LAYER = "def forward(self, x):\n        self.x = x\n        return x * x\n"
FILE = f"""
import numpy as np
class Square:
    {LAYER}
    def backward(self, dout): return 2 * self.x * dout
class Half:
    {LAYER}
    def backward(self, dout): return self.x * dout
class Broken:
    def forward(self, x): return x.no_such_name
    def backward(self, dout): return dout
"""
LINES = [  # each is right, or refused; none takes long, opens a window or asks for the network
    ["list"],
    ["list", "ch06"],
    ["list", "ch02/xor_gate", "sigmoid"],
    ["show", "ch03"],
    ["summary", "ch07/simple_convnet"],
    ["summary", "ch05/two_layer_net", "--args", "784, 50, 10"],
    ["summary", "dlscratch:MultiLayerNet", "--args", "784, [100], 10", "--input", "784"],
    ["gradcheck", "mine.py:Square"],
    ["gradcheck", "mine.py:Half", "--shape", "3,4", "--seed", "7"],
    ["gradcheck", "mine.py:Broken"],
    ["gradcheck", "dlscratch:Pooling", "--args", "2, 2", "--shape", "4,3,6,6"],
    ["gradcheck", "dlscratch:Affine"],
    ["gradcheck", "dlscratch:SoftmaxWithLoss", "--labels", "--tolerance", "1e-5"],
    ["graph", "x * 2 + 1", "x=3", "--forward"],
    ["graph", "--title", "a_b", "exp(-x)", "x=1", "--out", "figure.svg"],
    ["run", "no/such_script"],
    ["run"],
    ["reproduce", "--no-such-option"],
    ["draw", "--port", "-1"],
    ["--help"],
    ["list", "--help"],
    ["no-such-command"],
    [],
]
SAFE = ("list", "show", "summary", "gradcheck", "graph", "info")  # may be started with any words
WORDS = [
    "--seed",
    "--shape",
    "--labels",
    "--targets",
    "--out",
    "--batch",
    "--input",
    "-1",
    "ch99",
    "",
]
KEPT = ("--args",)  # what follows is Python of the reader's own: it stays as it is


class Commands(Door):
    name = "command lines"
    seconds = 5.0  # some draw a picture, or prove a layer

    def __init__(self, folder):
        super().__init__(folder)
        (folder / "mine.py").write_text(FILE)
        self.run(LINES[-9])  # imports Matplotlib, once
        self.run(LINES[7])

    def make(self, rng):
        words = list(LINES[rng.integers(len(LINES))])
        if words[:1] and words[0] not in SAFE:
            return words
        for _ in range(int(rng.integers(0, 3))):
            i = int(rng.integers(1, len(words) + 1)) if words else 0
            if i < len(words) and words[i - 1] not in KEPT and rng.random() < 0.5:
                words[i] = damaged_text(words[i], rng).replace("/", "-")
            elif i < len(words) and words[i] not in KEPT and words[i - 1] not in KEPT:
                words[i] = WORDS[rng.integers(len(WORDS))]
            elif words and words[-1] not in KEPT:
                words.append(WORDS[rng.integers(len(WORDS))])
        return words

    def run(self, case):
        out, err = io.StringIO(), io.StringIO()
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = cli.main(case)
        except SystemExit as stop:
            code = stop.code
        finally:
            os.chdir(here)
        said = err.getvalue()
        if isinstance(code, str):  # the line that Python prints at the end: the machine refuses
            code, said = 2, said + code
        if code not in (0, 1, 2) or "Traceback" in said + out.getvalue():
            raise Wrong(f"code {code}: {said[-300:]}")
        lines = said.splitlines()
        if code == 2 and case and len(lines) != 1 or not all(map(str.isprintable, lines)):
            raise Wrong(f"refused in {len(lines)} lines: {said!r:.300}")
        return "refused" if code == 2 else "right"
