"""The history: what it counts, what it shows, and when it calls a loss divergence."""

import math

import pytest

from dlscratch import History


def test_epochs_are_counted_by_their_seconds():
    assert History().epochs == 0
    assert History(loss=[1.0] * 6, seconds=[0.1, 0.1]).epochs == 2


def test_the_running_loss_is_the_mean_of_the_last_hundred():
    assert History(loss=[50.0] + [1.0, 3.0] * 50).running_loss == 2.0
    assert History(loss=[4.0, 2.0]).running_loss == 3.0
    assert math.isnan(History().running_loss)


@pytest.mark.parametrize(
    "history, shown",
    [
        (History(), "History(0 epochs, 0 steps)"),
        (History([1.0] * 6, [0.5] * 2, [], [1.0] * 2), "History(2 epochs, 6 steps)"),
        (
            History([1.0] * 6, [0.5] * 2, [0.25, 0.75], [1.0] * 2),
            "History(2 epochs, 6 steps, test accuracy 0.7500)",
        ),
        (History([1.0, 0.5], seconds=[1.0]), "History(1 epoch, 2 steps, loss 0.7500)"),
    ],
)
def test_the_repr_shows_the_test_accuracy_or_the_loss_where_there_is_no_accuracy(history, shown):
    assert repr(history) == shown


def test_at_the_prompt_a_plot_is_written_to_a_file(tmp_path):
    History([1.0, 0.5], seconds=[1.0]).plot(tmp_path / "training.png")
    assert (tmp_path / "training.png").read_bytes().startswith(b"\x89PNG")


def test_without_accuracies_only_the_loss_is_plotted():
    with_both = History([1.0, 0.5, 0.2], [0.5], [0.5], [1.0])
    assert [ax.get_ylabel() for ax in with_both.plot().axes] == ["loss", "accuracy"]
    (ax,) = History([1.0, 0.5, 0.2], seconds=[1.0]).plot().axes
    assert ax.get_ylabel() == "loss"


@pytest.mark.parametrize(
    "losses, step",
    [
        ([], None),
        ([2.3, 100.0, 0.1], None),
        ([2.3, math.nan], 2),
        ([math.nan], 1),
        ([math.nan, 1.0, math.nan], 1),
        ([math.inf, 1.0], 1),
        ([2.0, 1.9e6, 2.1e6], 3),
        ([1e-9, 10.0], None),  # a tiny first loss, learned by heart, is no measure
    ],
)
def test_a_loss_of_nan_or_a_million_times_the_first_one_is_divergence(losses, step):
    assert History(losses).diverged == step
