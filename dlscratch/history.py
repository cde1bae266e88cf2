"""The record of a training: the loss of each step, the accuracy of each epoch (section 4.5).

The loss of a single mini-batch is noisy, so progress is judged by the mean of the last hundred.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RUNNING = 100  # steps in the running mean of the loss
DIVERGED = 1e6  # a loss this many times the first one is no longer training


@dataclass
class History:
    """The loss of each step; the accuracies and seconds of each epoch.

    A loss that has no accuracy, as in regression, leaves both lists of accuracies empty.
    """

    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    interrupted: bool = False  # by Ctrl-C; all finished epochs are included

    @property
    def epochs(self) -> int:
        """The number of finished epochs."""
        return len(self.seconds)

    @property
    def running_loss(self) -> float:
        """The mean loss of the last 100 steps; nan before the first one.

        >>> History(loss=[9.0] * 50 + [2.0, 4.0] * 50).running_loss
        3.0
        """
        return running_mean(self.loss)

    @property
    def diverged(self) -> int | None:
        """The first step whose loss is nan or a million times the first one; None if there is none.

        >>> History(loss=[2.3, 2.1, float("nan"), float("nan")]).diverged
        3
        """
        first = self.loss[:1]
        return next((k for k, loss in enumerate(self.loss, 1) if diverges(loss, first)), None)

    def plot(self, path: str | PathLike[str] | None = None) -> Figure:
        """The loss of each step and the accuracies of each epoch, as a Matplotlib `Figure`.

        A notebook shows it; at the prompt of Python, `plot("training.png")` writes it to a file.
        """
        from dlscratch import figures

        fig = figures.history(self)
        if path is not None:
            fig.savefig(path)
        return fig

    def __repr__(self) -> str:
        last = ""
        if self.test_accuracy:
            last = f", test accuracy {self.test_accuracy[-1]:.4f}"
        elif self.loss and not self.train_accuracy:
            last = f", loss {self.running_loss:.4f}"
        counts = f"{_count(self.epochs, 'epoch')}, {_count(len(self.loss), 'step')}"
        return f"History({counts}{last})"


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def diverges(loss: float, first: list[float]) -> bool:
    """Whether a loss shows that training has diverged. first: [the first loss], or []."""
    return not loss < DIVERGED * max([1.0, *first])


def running_mean(losses: list[float]) -> float:
    """The mean of the last 100 losses; nan if there are none."""
    return float(np.mean(losses[-RUNNING:])) if losses else float("nan")
