"""The doors of checkpoints: those of `Trainer` and of `Loop`, with values that nobody expects."""

import contextlib
import io
import types
import warnings

import numpy as np

from dlscratch import Adam, Affine, BatchNorm, DataError, Dropout, Network, ReLU, Trainer
from dlscratch.book.loop import Loop
from tests.fuzz.damage import damaged, damaged_json
from tests.fuzz.trial import Door, Wrong, expect_one_line

X = np.random.default_rng(0).random((12, 4)).astype(np.float32)
T = np.arange(12) % 3


def network():
    layers = [Affine.init(4, 5, rng=0), BatchNorm.init(5), ReLU(), Dropout(0.2, rng=1)]
    return Network([*layers, Affine.init(5, 3, rng=2)])


class Checkpoint(Door):
    """A sound file, and how it is damaged: its text as JSON, its arrays, its bytes."""

    text = ""  # the name of the JSON document in the file

    def make(self, rng):
        with np.load(io.BytesIO(self.sound)) as file:
            arrays = dict(file)
        if rng.random() < 0.7:
            arrays[self.text] = np.array(damaged_json(str(arrays[self.text]), rng))
        if rng.random() < 0.3:
            name = list(arrays)[rng.integers(len(arrays))]
            if arrays[name].dtype.kind == "f" and arrays[name].size:
                arrays[name].flat[0] = [np.nan, -1, 1e30, 0][rng.integers(4)]
            elif rng.random() < 0.2:
                del arrays[name]
        file = io.BytesIO()
        np.savez(file, **arrays)
        data = file.getvalue()
        return damaged(data, rng) if rng.random() < 0.3 else data

    def run(self, case):
        self.path.write_bytes(case)
        net, go_on = self.fresh()
        before = net.params.flat.copy()
        quiet = contextlib.redirect_stdout(io.StringIO())
        with quiet, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.filterwarnings("ignore", "training has diverged")
            try:
                go_on()
            except DataError as error:
                expect_one_line(error)
                if not np.array_equal(before, net.params.flat):
                    raise Wrong("refused, but the network is changed") from None
                return "refused"
        return "right"


class TrainerCheckpoints(Checkpoint):
    name = "checkpoints of Trainer"
    text = "facts"

    def __init__(self, folder):
        super().__init__(folder)
        self.path = folder / "trainer.npz"
        self.trainer(network()).fit((X, T), epochs=1, checkpoint=self.path)
        self.sound = self.path.read_bytes()

    def trainer(self, net):
        return Trainer(net, Adam(), rng=3, batch_size=6, workers=1)

    def fresh(self):
        net = network()
        trainer = self.trainer(net)
        return net, lambda: trainer.fit((X, T), epochs=2, checkpoint=self.path, resume=True)


class LoopCheckpoints(Checkpoint):
    name = "checkpoints of Loop"
    text = "state"

    def __init__(self, folder):
        super().__init__(folder)
        loop = self.loop(network(), steps=2, resume=False)
        self.path = loop.path
        with contextlib.redirect_stdout(io.StringIO()):
            self.train(loop, steps=1)
        self.sound = self.path.read_bytes()

    def loop(self, net, steps, resume=True):
        args = types.SimpleNamespace(out=self.folder, seed=0, resume=resume)
        parts = {"net": (net, Adam())}
        return Loop(args, "fuzz", steps=steps, parts=parts, rng=np.random.default_rng(3))

    def train(self, loop, steps=9):
        """So many steps, with a checkpoint after the first; all of them, if there are fewer."""
        net, _ = loop.parts["net"]
        for step in loop:
            if step > steps:
                break
            loss, _ = net.loss_and_gradient(X, T)
            loop.update("net")
            loop.record(loss=loss)

    def fresh(self):
        net = network()

        def go_on():
            loop = self.loop(net, steps=2)
            self.train(loop)
            if loop.done != 2 or not 0 <= loop.seconds < 1e9:
                raise Wrong(f"goes on to step {loop.done}, {loop.seconds} s")

        return net, go_on
