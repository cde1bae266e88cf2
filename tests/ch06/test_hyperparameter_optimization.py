"""The search of section 6.5: fair, parallel, and never losing a finished trial."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ch06 import hyperparameter_optimization as script
from ch06.search import OptunaSearch, RandomSearch, SharedStudy, search
from ch06.trials import Trials, best_first, split, train_trial
from dataset.mnist import load_mnist
from dlscratch.book.experiment import run

RANGES = (1e-6, 1e-2), (1e-8, 1e-4)
SMALL = "--images", "50", "--epochs", "2", "--trials", "6", "--processes", "1"


def trials_file(folder):
    (path,) = folder.glob("*.jsonl")
    return path


def run_search(folder, *options):
    return run(script.main, script.__doc__, script.options, ["--out", str(folder), *options])


def finished(folder):
    return sorted(trials_file(folder).read_text().splitlines())


def test_validation_images_come_from_the_training_set_and_are_not_trained_on():
    (x, _), _ = load_mnist()
    (x_train, t_train), (x_val, t_val) = split(500, seed=0)
    assert (len(x_train), len(t_train), len(x_val), len(t_val)) == (400, 400, 100, 100)
    together = np.concatenate([x_train, x_val])
    assert {row.tobytes() for row in together} == {row.tobytes() for row in x[:500]}


def test_the_book_holds_back_12000_of_60000():
    train, validation = split(60000, seed=0)
    assert (len(train[0]), len(validation[0])) == (48000, 12000)


def test_random_points_lie_in_their_ranges_and_are_even_on_a_logarithmic_scale():
    points = np.log10(RandomSearch(RANGES, seed=0).ask(4000))
    for column, (low, high) in zip(points.T, np.log10(RANGES)):
        counts, _ = np.histogram(column, bins=4, range=(low, high))
        np.testing.assert_allclose(counts, 1000, atol=100)


def test_more_trials_begin_with_the_same_points():
    assert RandomSearch(RANGES, seed=0).ask(9)[:4] == RandomSearch(RANGES, seed=0).ask(4)


def test_a_search_asks_for_all_its_points_in_rounds_and_tells_every_score():
    class Method:
        together, asked, told = 4, 0, ()

        def ask(self, count):
            self.asked += count
            return [("point",)] * count

        def tell(self, i, score):
            self.told += ((i, score),)

    method = Method()
    search(method, lambda points: {i: 10 * i for i in points}, count=10)
    assert method.asked == 10
    assert method.told == tuple((i, 10 * i) for i in range(10))


def test_optuna_asks_inside_the_ranges_and_comes_closer_to_what_scores_best():
    pytest.importorskip("optuna", reason="the extra 'search' is not installed")
    method, points = OptunaSearch(RANGES, seed=0), {}

    def score(new):
        points.update(new)
        return {i: -abs(np.log10(lr) + 3) for i, (lr, _) in new.items()}  # best: lr 0.001

    search(method, score, count=60)
    lr = np.log10([point[0] for point in points.values()])
    assert lr.min() >= -6 and lr.max() <= -2
    assert np.mean(abs(lr[-20:] + 3)) < np.mean(abs(lr[:20] + 3)) / 2


@pytest.fixture
def study(tmp_path):
    """Open a study of one file anew, as another process does."""
    pytest.importorskip("optuna", reason="the extra 'search' is not installed")
    return lambda name="one": SharedStudy(tmp_path / "shared/search.journal", name, RANGES)


def trained(points):
    return {n: {"lr": lr, "validation": [-abs(np.log10(lr) + 3)]} for n, (lr, _) in points.items()}


def test_two_who_share_a_study_count_their_trials_together(study):
    one, other, rounds = study(), study(), []

    def train(points):
        rounds.append(len(points))
        if len(rounds) == 1:  # in the meantime
            other.search(trained, 7, together=2)
        return trained(points)

    one.search(train, 10, together=3)
    assert sum(rounds) + 7 == 10 == len(one.finished())
    assert one.finished() == other.finished() == study().finished()
    assert sorted(one.finished()) == list(range(10))
    lr = np.log10([trial["lr"] for trial in one.finished().values()])
    assert lr.min() >= -6 and lr.max() <= -2 and len(set(lr)) == 10


def test_trials_that_were_stopped_do_not_count_and_the_same_command_goes_on(study):
    def stop(points):
        raise KeyboardInterrupt

    study().search(trained, 3, together=1)
    with pytest.raises(KeyboardInterrupt):
        study().search(stop, 6, together=2)
    assert {trial.state.name for trial in study().study.trials} == {"COMPLETE", "FAIL"}
    study().study.ask()  # of a process that was killed: it never tells
    study().search(trained, 6, together=2)
    assert len(study().finished()) == 6


def test_studies_with_other_options_stay_apart_in_one_file(study):
    study("one").search(trained, 2, together=2)
    assert len(study("one").finished()) == 2 and not study("two").finished()


def test_a_study_resumes_with_the_same_command_and_trains_only_more(tmp_path, capsys):
    pytest.importorskip("optuna", reason="the extra 'search' is not installed")
    words = *SMALL, "--search", "optuna", "--study", str(tmp_path / "search.journal")
    claims = run_search(tmp_path / "one", *words)
    assert run_search(tmp_path / "other", *words) == claims  # all is done, by the first
    (best, *_) = run_search(tmp_path / "other", *words, "--trials", "8")
    assert best.ours.endswith("after 8 trials of 2 epochs")
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_file_that_is_no_journal_is_one_line(tmp_path):
    pytest.importorskip("optuna", reason="the extra 'search' is not installed")
    (tmp_path / "photo").write_text("no journal\nat all\n")
    with pytest.raises(SystemExit, match="photo is no journal of Optuna: name another file"):
        run_search(tmp_path, "--search", "optuna", "--study", str(tmp_path / "photo"))


def test_a_study_without_optuna_as_the_method_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        run_search(tmp_path, "--study", "search.journal")
    assert stop.value.code == 2
    assert "add --search optuna" in capsys.readouterr().err


def test_optuna_not_installed_is_one_line_that_says_how(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SystemExit) as stop:
        run_search(tmp_path, "--search", "optuna")
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install optuna" in line


def test_a_trial_is_the_same_whenever_it_is_run_and_differs_from_the_next():
    data = split(50, seed=0)
    trials = [train_trial(*data, 2, 0, number, 0.01, 1e-6) for number in (3, 3, 4)]
    assert trials[0] == trials[1]
    assert trials[0]["train"] != trials[2]["train"]
    assert len(trials[0]["train"]) == len(trials[0]["validation"]) == 2


def test_results_do_not_depend_on_the_number_of_processes(tmp_path):
    for processes in "1", "2":
        run_search(tmp_path / processes, *SMALL, "--processes", processes)
    assert finished(tmp_path / "1") == finished(tmp_path / "2")


def test_resuming_trains_only_what_is_missing_and_comes_to_the_same(tmp_path, capsys):
    claims = run_search(tmp_path, *SMALL)
    everything = finished(tmp_path)
    path = trials_file(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]) + lines[3][:20])  # stopped in the middle of a line
    assert run_search(tmp_path, *SMALL, "--resume") == claims
    assert path.read_bytes().startswith(b"".join(lines[:3]))
    assert finished(tmp_path) == everything


def test_a_resumed_search_can_go_on_further(tmp_path):
    run_search(tmp_path, *SMALL)
    first = trials_file(tmp_path).read_bytes()
    run_search(tmp_path, *SMALL, "--trials", "8", "--resume")
    assert trials_file(tmp_path).read_bytes().startswith(first)
    assert len(finished(tmp_path)) == 8


def test_a_trial_of_another_point_in_the_file_is_not_taken(tmp_path):
    path = tmp_path / "trials.jsonl"
    other = train_trial(*split(50, 0), 2, 0, 0, lr=0.001, weight_decay=1e-6)
    line = {"job": 0, "arguments": [0, 0.001, 1e-6], "result": other}
    path.write_text(json.dumps(line) + "\n")
    args = argparse.Namespace(seed=0, processes=1, resume=True)
    with Trials(path, split(50, 0), 2, args, on_trial=lambda: None) as trials:
        trials.train({0: (0.01, 1e-6)})
    assert best_first(trials.finished)[0]["lr"] == 0.01


def test_ctrl_c_keeps_every_finished_trial_and_draws_them(tmp_path):
    command = [sys.executable, script.__file__, *SMALL, "--trials", "5000", "--out", str(tmp_path)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not any(path.stat().st_size for path in tmp_path.glob("*.jsonl")):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does it: to the workers as well
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    (done,) = re.findall("stopped after (.*) of 5000 trials; --resume goes on", out)
    assert 0 <= len(finished(tmp_path)) - int(done) <= 1  # one may just have been written
    assert Path(tmp_path, "fig_6-24_search.png").exists()
