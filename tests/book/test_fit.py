"""Trainer.fit as the scripts run it: lines, a checkpoint for each epoch, a stop and a new start."""

from types import SimpleNamespace

import numpy as np
import pytest

from dlscratch import SGD, MultiLayerNet, Trainer
from dlscratch.book.fit import fit

x = np.random.default_rng(0).standard_normal((40, 3))
t = (x[:, 0] > 0).astype(int)


def trained(folder, epochs=3, resume=False, stop_at=None, test=None, **options):
    """The weights after a training that Ctrl-C stops in step `stop_at`."""
    args = SimpleNamespace(out=folder, seed=4, resume=resume)
    net = MultiLayerNet(3, [5], 2, rng=0)
    trainer = Trainer(net, SGD(0.1), rng=1, batch_size=10)

    def on_step(trainer, loss):
        nonlocal stop_at
        stop_at = stop_at and stop_at - 1
        if stop_at == 0:
            raise KeyboardInterrupt

    fit(args, "a small net", trainer, (x, t), test, epochs=epochs, on_step=on_step, **options)
    return net.params.flat


def test_it_prints_a_line_for_each_epoch(tmp_path, capsys):
    trained(tmp_path, epochs=2, test=(x, t))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"a small net, epoch {k}/2" for k in (1, 2)]
    assert " train 0." in lines[0] and ", test 0." in lines[0]


def test_without_a_test_set_the_line_has_one_accuracy(tmp_path, capsys):
    trained(tmp_path, epochs=1)
    assert "test" not in capsys.readouterr().out


def test_stopped_and_resumed_it_ends_at_the_same_bits(tmp_path, capsys):
    (tmp_path / "whole").mkdir()
    whole = trained(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, stop_at=6)
    file = tmp_path / "a-small-net-seed4.resume.npz"
    assert f"stopped after epoch 1; --resume goes on from {file}" in capsys.readouterr().out
    np.testing.assert_array_equal(trained(tmp_path, resume=True), whole)


def test_the_checkpoint_may_be_another_file(tmp_path):
    trained(tmp_path, checkpoint=tmp_path / "mine.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.npz"]


def test_resume_without_a_checkpoint_says_so(tmp_path, capsys):
    trained(tmp_path, resume=True)
    assert "so this is a new run" in capsys.readouterr().out
