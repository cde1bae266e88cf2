"""`Trainer.fit` for scripts: a line for each epoch, checkpoints, and --resume.

After each epoch everything that the rest of the run depends on is written to a checkpoint. After
Ctrl-C the same command with --resume continues, with the same result as a run that was never
stopped. Scripts that write their own loop use `dlscratch.book.loop`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dlscratch.data import Examples
from dlscratch.history import History
from dlscratch.trainer import Trainer

EVALUATED = 1000  # rows of each set to evaluate after each epoch, as in the book


def fit(
    args: Any,
    name: str,
    trainer: Trainer,
    train: Examples,
    test: Examples | None = None,
    *,
    epochs: int,
    checkpoint: Path | None = None,
    **options: Any,
) -> History:
    """Train until `epochs` epochs are done in total, and return the history.

    args: the script's arguments, of which out, seed and resume are used. name: of this training, in
    its output and its file. checkpoint: a file, by default out/NAME-seedS.resume.npz. options:
    further ones of `Trainer.fit`. After Ctrl-C it prints how to continue, and raises
    KeyboardInterrupt.
    """
    own_file = Path(args.out) / f"{name.replace(' ', '-')}-seed{args.seed}.resume.npz"
    checkpoint = checkpoint or own_file
    if args.resume and not checkpoint.exists():
        print(f"--resume: there is no {checkpoint} to go on from, so this is a new run")

    def report(trainer: Trainer) -> None:
        history = trainer.history
        accuracies = [f"train {history.train_accuracy[-1]:.4f}"]
        if history.test_accuracy:
            accuracies.append(f"test {history.test_accuracy[-1]:.4f}")
        print(
            f"{name}, epoch {history.epochs}/{epochs}: loss {history.running_loss:.4f}, "
            f"of the first {EVALUATED} right: {', '.join(accuracies)} "
            f"({history.seconds[-1]:.0f} s)",
            flush=True,
        )

    history = trainer.fit(
        train,
        test,
        epochs,
        evaluate=EVALUATED,
        progress=True,
        on_epoch=report,
        checkpoint=checkpoint,
        resume=args.resume,
        **options,
    )
    if history.interrupted:
        print(f"\n{name}: stopped after epoch {history.epochs}; --resume goes on from {checkpoint}")
        raise KeyboardInterrupt
    return history
