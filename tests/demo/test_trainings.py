"""The trainings of the page: they go on only while they are watched, and are bounded."""

import http.client
import json
import threading
import time

import pytest

from dlscratch.cli.draw import digits
from dlscratch.demo import trainings as module
from dlscratch.demo.digits_training import digit_sets
from dlscratch.demo.trainings import MOST, Trainings

JSON = {"Content-Type": "application/json"}


class Left(ConnectionError):
    """The reader has closed the page."""


def leave_after(count):
    """A connection that is closed after so many frames; the frames."""
    frames = []

    def send(data):
        if len(frames) == count:
            raise Left
        frames.append(json.loads(data.removeprefix(b"data: ")))

    return send, frames


def test_it_trains_while_it_is_watched_and_not_a_step_longer():
    trainings = Trainings()
    name = trainings.start({})["id"]
    send, frames = leave_after(3)
    with pytest.raises(Left):
        trainings.watch(name, send)
    steps = [frame["steps"] for frame in frames]
    assert steps == sorted(set(steps)) and steps[0] >= 1
    done = trainings.kept[name].steps
    time.sleep(0.1)
    assert trainings.kept[name].steps == done


def test_watched_again_it_goes_on_where_it_was():
    trainings = Trainings()
    name = trainings.start({})["id"]
    for _ in range(2):
        before = trainings.kept[name].steps
        send, frames = leave_after(1)
        with pytest.raises(Left):
            trainings.watch(name, send)
        assert frames[0]["steps"] > before


def test_one_step_is_one_step_and_ends_the_watching():
    trainings = Trainings()
    name = trainings.start({})["id"]
    assert trainings.step(name)["steps"] == 1

    def send(data):
        if name in trainings.watched:
            trainings.step(name)

    trainings.watch(name, send)  # returns, because a step was asked for
    assert name not in trainings.watched


def test_who_comes_later_replaces_who_watches():
    trainings = Trainings()
    name = trainings.start({})["id"]
    first = threading.Thread(target=trainings.watch, args=(name, lambda data: None))
    first.start()
    send, _ = leave_after(1)
    with pytest.raises(Left):
        trainings.watch(name, send)
    first.join(5)
    assert not first.is_alive()


def test_the_oldest_is_dropped_and_a_training_has_an_end(monkeypatch):
    trainings = Trainings()
    names = [trainings.start({})["id"] for _ in range(MOST + 2)]
    assert list(trainings.kept) == names[2:]
    monkeypatch.setattr(module, "MAX_STEPS", 40)
    sent = []
    trainings.watch(names[-1], sent.append)
    assert trainings.kept[names[-1]].steps == 40
    assert sent[-1] == b"event: end\ndata: {}\n\n"


def test_ids_cannot_be_guessed():
    trainings = Trainings()
    names = {trainings.start({})["id"] for _ in range(5)}
    assert len(names) == 5 and all(len(name) >= 22 for name in names)


def test_a_training_with_digits_is_kept_like_any_other():
    trainings = Trainings(digit_sets(digits("train"), digits()))
    started = trainings.start({"data": "mnist", "hidden": [10]})
    assert len(started["digits"]) == len(started["read"]) == 20
    send, frames = leave_after(2)
    with pytest.raises(Left):
        trainings.watch(started["id"], send)
    assert 1 <= frames[0]["steps"] < frames[1]["steps"]


def test_all_trainings_share_the_digits():
    trainings = Trainings(digit_sets(digits("train"), digits()))
    for _ in range(2):
        trainings.start({"data": "mnist", "hidden": [10]})
    first, second = trainings.kept.values()
    assert first.sets["train"][0] is second.sets["train"][0]


@pytest.mark.parametrize("settings", [[], "circles", None, 3])
def test_settings_are_an_object(settings):
    with pytest.raises(TypeError, match="expected the settings as one JSON object"):
        Trainings().start(settings)


# ---- through the server


@pytest.fixture
def ask(server):
    """Send a request; (status, what came as JSON)."""

    def ask(method, path, body=None, headers=JSON):
        connection = http.client.HTTPConnection(*server.server_address, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    return ask


def test_a_page_starts_a_training_takes_a_step_and_watches_it(ask, server):
    status, started = ask("POST", "/train/start", '{"data": "xor", "hidden": [3]}')
    assert status == 200 and started["steps"] == 0
    assert {len(started["points"][name]) for name in ("train", "test")} == {200}
    path = f"/train/{started['id']}"
    assert ask("POST", path + "/step", "{}")[1]["steps"] == 1

    connection = http.client.HTTPConnection(*server.server_address, timeout=20)
    connection.request("GET", path)
    stream = connection.getresponse()
    assert stream.headers.get_content_type() == "text/event-stream"
    lines = [stream.readline() for _ in range(4)]
    frames = [json.loads(line.removeprefix(b"data: ")) for line in lines[::2]]
    assert 1 < frames[0]["steps"] < frames[1]["steps"] and lines[1] == b"\n"
    stream.close()
    connection.close()
    playground = server.trainings.kept[started["id"]]
    limit = time.monotonic() + 5
    done = -1
    while done != playground.steps and time.monotonic() < limit:
        done = playground.steps
        time.sleep(0.3)
    assert done == playground.steps  # closing the stream has stopped it


@pytest.mark.parametrize(
    ("request_", "status", "reason"),
    [
        (("POST", "/train/start", "{"), 400, ""),
        (("POST", "/train/start", "[" * 1999), 400, ""),
        (("POST", "/train/start", "[]"), 400, "expected the settings as one JSON object"),
        (("POST", "/train/start", '{"lr": 0}'), 400, "lr must be a number"),
        (("POST", "/train/start", " " * 2001), 413, "expected 2000 bytes and no more, got 2001"),
        (("POST", "/train/start", "{}", {"Content-Type": "text/plain"}), 400, "expected a body of"),
        (("GET", "/train/start"), 405, "/train/start answers POST alone"),
        (("GET", "/train/abc"), 404, "there is nothing at /train/abc"),
        (("POST", "/train/abc/step", "{}"), 404, "there is nothing at /train/abc/step"),
    ],
)
def test_what_is_no_such_request_is_refused_with_its_reason(request_, status, reason, ask):
    found, answer = ask(*request_)
    assert found == status
    assert list(answer) == ["reason"] and answer["reason"].startswith(reason)
