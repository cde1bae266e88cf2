"""Detection: it trains, stops and resumes; the committed weights find and read the test digits."""

import json
import re

import numpy as np
import pytest

from ch08 import detection, detection_measures
from ch08.detection_measures import all_right, hits, measure, search, seconds_of_features, sure
from ch08.region_network import Detector
from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.book.loop import Loop
from dlscratch.vision import Detections, Scenes, draw_scenes

BOXES = np.array([[0, 0, 10, 10], [20, 20, 30, 40.0]])
LABELS = np.array([3, 7])


def found(boxes, labels, scores):
    return Detections(np.array(boxes, float).reshape(-1, 4), np.array(labels), np.array(scores))


# ---- what is measured


def test_only_detections_with_a_score_of_a_half_are_sure():
    kept = sure(found([*BOXES, [1, 1, 2, 2]], [3, 7, 1], [0.9, 0.5, 0.49]))
    np.testing.assert_array_equal(kept.labels, [3, 7])
    assert kept.boxes.shape == (2, 4)


def test_of_two_sure_detections_on_one_place_the_surer_is_left_whatever_they_are():
    kept = sure(found([*BOXES, [0, 0, 10, 9]], [3, 7, 8], [0.7, 0.6, 0.9]))
    np.testing.assert_array_equal(kept.labels, [8, 7])


def test_a_hit_has_the_class_and_the_place():
    hit = hits(
        found([[0, 0, 10, 9], [0, 0, 10, 9], [0, 0, 10, 4]], [3, 7, 3], 3 * [1]), BOXES, LABELS
    )
    np.testing.assert_array_equal(hit, [[True, False], [False, False], [False, False]])


@pytest.mark.parametrize(
    "boxes, labels, scores, right",
    [
        (BOXES, [3, 7], [0.9, 0.8], True),
        (BOXES[::-1], [7, 3], [0.9, 0.8], True),
        (BOXES, [3, 1], [0.9, 0.8], False),  # read wrongly
        (BOXES[:1], [3], [0.9], False),  # one missed
        (BOXES, [3, 7], [0.9, 0.4], False),  # one not sure
        ([*BOXES, [40, 40, 50, 50]], [3, 7, 1], [0.9, 0.8, 0.7], False),  # one too many
        ([*BOXES, [40, 40, 50, 50]], [3, 7, 1], [0.9, 0.8, 0.2], True),  # but not sure
        ([*BOXES[:1], *BOXES[:1]], [3, 3], [0.9, 0.8], False),  # one twice, the other missed
        ([], [], [], False),
    ],
)
def test_a_scene_is_right_if_every_digit_is_found_once_and_nothing_else(
    boxes, labels, scores, right
):
    assert all_right(found(boxes, labels, scores), BOXES, LABELS) == right


def test_the_measures_of_two_scenes_worked_by_hand():
    scenes = Scenes(
        np.zeros((2, 1, 64, 64)), [BOXES, BOXES[:1]], [LABELS, LABELS[:1]], None, [0, 0]
    )
    detections = [found(BOXES, [3, 1], [0.9, 0.8]), found([[0, 0, 10, 6]], [3], [0.7])]
    proposals = [BOXES, BOXES[1:]]
    recall, right, at_75, at_50 = measure(scenes, detections, proposals)
    assert recall == pytest.approx(2 / 3)
    assert right == 0.5
    assert at_50 == 0.5  # both threes, no seven
    assert at_75 == 0.25  # one of the two threes


# ---- the script


@pytest.fixture
def script(tmp_path):
    """Run the script in a folder of its own; its claims by name."""

    def script(folder, *options):
        argv = ["--out", str(tmp_path / folder), *options]
        claims = run(detection.main, detection.__doc__, detection.options, argv)
        return {claim.what: claim for claim in claims}

    return script


@pytest.fixture
def small(monkeypatch):
    """Few digits, few scenes, a batch of two."""
    rng = np.random.default_rng(0)
    x, t = rng.random((60, 1, 28, 28), dtype=np.float32), np.arange(60) % 10
    monkeypatch.setattr(
        detection, "load_mnist", lambda flatten: ((x[:40], t[:40]), (x[40:], t[40:]))
    )
    monkeypatch.setattr(detection, "TEST_SCENES", 4)
    monkeypatch.setattr(detection, "BATCH", 2)


@pytest.fixture
def no_pictures(monkeypatch):
    for name in ("draw_scenes_found", "draw_steps"):
        monkeypatch.setattr(detection, name, lambda *_: figures.new()[0])


def weights_in(folder):
    with np.load(folder / "detection_params.npz") as arrays:
        return dict(arrays)


def test_a_whole_run_leaves_weights_two_figures_and_its_claims(small, script, tmp_path, capsys):
    claims = script("run", "--steps", "2")
    assert "detection, step 2/2: proposals " in capsys.readouterr().out
    record = json.loads((tmp_path / "run" / "detection.json").read_text())
    assert record["figures"] == ["fig_8-17_detection.png", "fig_8-18_regions.png"]
    assert list(claims)[-1] == "mAP at .5"
    assert weights_in(tmp_path / "run")["trunk_W1"].dtype == np.float16


def test_one_seed_gives_one_result(small, no_pictures, script, tmp_path):
    first, second, other = (
        script(folder, "--steps", "2", "--seed", seed)["mAP at .5"]
        and weights_in(tmp_path / folder)["head_W1"]
        for folder, seed in (("a", "1"), ("b", "1"), ("c", "2"))
    )
    assert np.array_equal(first, second) and not np.array_equal(first, other)


def test_a_run_that_was_stopped_and_resumed_ends_with_the_same_bits(
    small, no_pictures, script, tmp_path, monkeypatch
):
    script("whole", "--steps", "6")
    record = Loop.record

    def stop_at_4(loop, **numbers):
        if loop.done == 3:
            raise KeyboardInterrupt
        record(loop, **numbers)

    with monkeypatch.context() as patch:
        patch.setattr(Loop, "record", stop_at_4)
        with pytest.raises(SystemExit, match="130"):
            script("stopped", "--steps", "6")
    script("stopped", "--steps", "6", "--resume")
    whole, resumed = (weights_in(tmp_path / folder) for folder in ("whole", "stopped"))
    assert all(np.array_equal(whole[name], resumed[name]) for name in whole)


def test_with_validate_the_test_digits_are_not_looked_at(monkeypatch):
    train = np.zeros((10020, 1, 2, 2)), np.arange(10020)
    monkeypatch.setattr(detection, "load_mnist", lambda flatten: (train, (None, None)))

    class Args:
        validate = True

    (_, t), (_, held) = detection.load_digits(Args)
    assert sorted([*t, *held]) == list(range(10020)) and len(held) == 10000


def test_options_that_do_not_go_together_are_refused_in_one_line(script, capsys):
    with pytest.raises(SystemExit, match="2"):
        script("out", "--evaluate", "--validate")
    assert "choose one" in capsys.readouterr().err


# ---- the committed weights


def test_the_committed_weights_find_and_read_what_the_docstring_says():
    detector = Detector()
    detector.load(detection.WEIGHTS)
    _, test = detection.load_mnist(flatten=False)
    scenes = draw_scenes(*test, detection.TEST_SCENES, rng=0)
    recall, right, at_75, at_50 = measure(scenes, *search(detector, scenes.images))
    said = re.search(r"mAP at .5 .* here: ([\d.]+)", " ".join(detection.__doc__.split()))
    assert at_50 == pytest.approx(float(said[1]), abs=0.0006)
    assert at_50 >= 0.95 and recall >= 0.98 and at_75 > 0.8 and right > 0.8


def test_the_committed_file_is_small():
    assert detection.WEIGHTS.stat().st_size < 600_000


def test_features_of_one_region_after_the_other_take_longer(monkeypatch):
    ticks = iter([0.0, 3.0, 4.0])
    monkeypatch.setattr(detection_measures.time, "perf_counter", lambda: next(ticks))
    detector, passes = Detector(channels=2, hidden=2, rng=0), []
    forward = detector.trunk.forward
    detector.trunk.forward = lambda x: passes.append(x.shape) or forward(x)
    proposals = [np.array([[1, 2, 20, 30], [5, 5, 9, 9.0]])]
    assert seconds_of_features(detector, np.zeros((1, 1, 64, 64)), proposals) == (3, 1)
    assert passes == 3 * [(1, 1, 64, 64)]  # two regions, then the whole image
