"""The networks that write captions: gradients, steps, decoding, training, committed weights."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from ch08 import caption_networks, caption_training, captioning
from ch08.caption_decoding import beam_search, greedy, in_parts
from ch08.caption_networks import NIC, Attention, Places, seeing_network
from ch08.caption_pictures import looks, overlay
from ch08.caption_scenes import LENGTH, PAD, STOP, WORDS, draw_captioned, sentence
from ch08.caption_training import learn_to_see, learn_to_tell
from dlscratch import check_gradients
from dlscratch.book.experiment import run
from dlscratch.book.loop import Loop
from dlscratch.functions import log_softmax

both = pytest.mark.parametrize("kind", [NIC, Attention])


def digits(n=40):
    """Images that nobody can write to: a bar as high as the label says, and their labels."""
    labels = np.arange(n) % 10
    images = np.zeros((n, 1, 28, 28), np.float32)
    for image, label in zip(images[:, 0], labels):
        image[4 : 14 + label, 8:20] = 1
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def some_scenes(n):
    scenes = draw_captioned(*digits(), n, np.random.default_rng(0))
    scenes.images.flags.writeable = scenes.captions.flags.writeable = False
    return scenes


@pytest.fixture
def small(monkeypatch):
    """Networks of few numbers."""
    for name, value in (("CHANNELS", 4), ("VECTOR", 5), ("HIDDEN", 6)):
        monkeypatch.setattr(caption_networks, name, value)


def network(kind, dtype=np.float32):
    """A network that has not learned, whose words differ more than at the start of a training."""
    net = kind(seeing_network(rng=0), np.random.default_rng(1))
    net.scores.W *= 5
    return net.astype(dtype)


# ---- the layers and networks


def test_places_are_the_pixels_of_the_maps_with_their_coordinates():
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    y = Places().forward(x)
    assert y.shape == (2, 20, 5)
    for n, i, j in np.ndindex(2, 4, 5):
        expected = [*x[n, :, i, j], -1 + 2 * i / 3, -1 + 2 * j / 4]
        np.testing.assert_allclose(y[n, 5 * i + j], expected, atol=1e-15)
    assert check_gradients(Places(), x, tolerance=1e-7)


@both
def test_the_gradient_of_a_whole_network_is_right(small, kind):
    """The slope of the loss along random directions, through BatchNorm and all."""
    net, scenes = network(kind, np.float64), some_scenes(4)
    said, next_words = scenes.captions[:, :-1], scenes.captions[:, 1:]

    def loss():
        scores = net.forward(scenes.images.astype(float), said, training=True)
        return net.last_layer.forward(scores, next_words)

    loss()
    net.backward(net.last_layer.backward())
    start, h = net.params.flat.copy(), 1e-8  # small: hardly a ReLU changes sides
    for seed in range(3):
        way = np.random.default_rng(seed).standard_normal(start.size)
        slopes = []
        for sign in (1, -1):
            net.params.flat[:] = start + sign * h * way
            slopes.append(sign * loss())
        assert sum(slopes) / (2 * h) == pytest.approx(net.grads.flat @ way, rel=1e-5)
    assert all(np.abs(g).max() > 0 for name, g in net.grads.items() if name[0] != "b")


@both
def test_word_by_word_a_network_gives_the_scores_that_it_gives_to_whole_captions(small, kind):
    net, scenes = network(kind), some_scenes(6)
    whole = net.forward(scenes.images, scenes.captions)
    assert whole.shape == (6, LENGTH, len(WORDS))
    state = net.start(scenes.images)
    for t in range(LENGTH):
        scores, state = net.step(scenes.captions[:, t], state)
        np.testing.assert_allclose(scores, whole[:, t], rtol=1e-4, atol=1e-5)


@both
def test_a_network_begins_with_a_copy_of_the_eye_and_the_padding_does_not_count(small, kind):
    eye, scenes = seeing_network(rng=0), some_scenes(4)
    net = kind(eye, np.random.default_rng(1))
    np.testing.assert_array_equal(net.params["W1"], eye.params["W1"])
    assert not np.shares_memory(net.params["W1"], eye.params["W1"])
    scores = net.forward(scenes.images, scenes.captions[:, :-1])
    net.last_layer.forward(scores, scenes.captions[:, 1:])
    dscores = net.last_layer.backward()
    np.testing.assert_array_equal(dscores.any(axis=2), scenes.captions[:, 1:] != PAD)


# ---- decoding


@both
def test_greedy_takes_the_likeliest_word_given_those_before_it(small, kind):
    net, images = network(kind), some_scenes(12).images
    captions = greedy(net, images)
    assert captions.shape == (12, LENGTH)
    best = net.forward(images, captions[:, :-1]).argmax(axis=2)
    for caption, words in zip(captions, best):
        assert caption[0] == STOP
        stops = np.flatnonzero(caption[1:] == STOP)
        end = stops[0] + 2 if len(stops) else LENGTH
        np.testing.assert_array_equal(caption[1:end], words[: end - 1])
        assert (caption[end:] == PAD).all()


@both
def test_a_beam_of_width_1_is_greedy(small, kind):
    net, images = network(kind), some_scenes(12).images
    np.testing.assert_array_equal(beam_search(net, images, width=1), greedy(net, images))


class Table:
    """A network of four words that has a table of scores: those of the next word, by the last."""

    def __init__(self, n, seed):
        self.scores = 2 * np.random.default_rng(seed).standard_normal((n, 4, 4))
        self.scores[:, :, PAD] = -30

    def start(self, images):
        return (self.scores,)

    def step(self, words, state):
        return state[0][np.arange(len(words)), words], state


def likelihood(table, caption):
    """The log probability of a caption by a table (4, 4), word by word up to the second stop."""
    total = 0.0
    for before, word in itertools.pairwise(caption):
        if word == PAD:
            break
        total += log_softmax(table[before][None])[0, word]
    return total


def every_caption():
    """All captions of the words 2 and 3: ended by a stop, or cut off."""
    for length in range(LENGTH):
        for words in itertools.product((2, 3), repeat=length):
            rest = [STOP] + [PAD] * (LENGTH - 2 - length) if length < LENGTH - 1 else []
            yield [STOP, *words, *rest]


def test_a_wide_beam_finds_the_likeliest_of_all_captions_and_greedy_may_not():
    net, images = Table(8, seed=0), np.zeros(8)
    wide, narrow = beam_search(net, images, width=1200), greedy(net, images)
    everything = list(every_caption())
    missed = 0
    for table, found, taken in zip(net.scores, wide, narrow):
        likelihoods = [likelihood(table, caption) for caption in everything]
        assert list(found) == everything[int(np.argmax(likelihoods))]
        missed += likelihood(table, taken) < max(likelihoods) - 1e-9
    assert missed > 0


def test_many_images_are_written_about_in_parts():
    parts = []

    def write(net, images, width):
        parts.append(len(images))
        return net * images + width

    np.testing.assert_array_equal(in_parts(write, 2, np.arange(5), 1, part=2), 2 * np.arange(5) + 1)
    assert parts == [2, 2, 1]


# ---- where it looks


def test_a_look_has_a_weight_for_each_place_that_add_up_to_1(small):
    net, scenes = network(Attention), some_scenes(3)
    weights = looks(net, scenes.images, scenes.captions)
    assert weights.shape == (3, LENGTH - 1, 7, 7)
    np.testing.assert_allclose(weights.sum(axis=(2, 3)), 1, rtol=1e-5)


def test_the_overlay_is_white_where_nobody_looks_and_orange_where_all_do():
    scene, weights = np.zeros((56, 56), np.float32), np.zeros((7, 7), np.float32)
    weights[1, 5] = 1
    picture = overlay(scene, weights)
    np.testing.assert_allclose(picture[11:13, 43:45].mean(axis=(0, 1)), [0.9, 0.66, 0.1], atol=0.05)
    assert (picture[28:, :28] == 1).all()
    assert (overlay(scene + 1, weights) == 0).all()  # ink stays black


# ---- training


def settings(folder, **more):
    options = {"seed": 0, "quick": True, "resume": False, "out": folder, **more}
    return SimpleNamespace(**options)


def test_it_learns_to_see_and_to_tell(small, tmp_path, monkeypatch):
    for name, value in (("TELL_BATCH", 16), ("SEE_RATE", 0.02), ("TELL_RATE", 0.02)):
        monkeypatch.setattr(caption_training, name, value)
    args = settings(tmp_path, quick=False, see_steps=8, steps=30)
    eye = learn_to_see(args, digits())
    losses = learn_to_tell(args, Attention(eye, np.random.default_rng(0)), digits())
    assert len(losses) == 30 and np.mean(losses[-5:]) < 0.85 * np.mean(losses[:5])


@both
def test_a_training_that_was_stopped_goes_on_to_the_same_bit(small, kind, tmp_path, monkeypatch):
    def train(folder, resume=False):
        args = settings(tmp_path / folder, resume=resume)
        args.out.mkdir(exist_ok=True)
        net = kind(seeing_network(rng=0), np.random.default_rng(1))
        return net, learn_to_tell(args, net, digits())

    whole, losses = train("whole")
    with monkeypatch.context() as patch:
        record, seen = Loop.record, []

        def stopped(self, **numbers):
            seen.append(numbers)
            if len(seen) == 3:
                raise KeyboardInterrupt
            record(self, **numbers)

        patch.setattr(Loop, "record", stopped)
        with pytest.raises(KeyboardInterrupt):
            train("stopped")
    resumed, same_losses = train("stopped", resume=True)
    assert losses == same_losses
    np.testing.assert_array_equal(whole.params.flat, resumed.params.flat)
    for name, buffer in whole.buffers.items():
        np.testing.assert_array_equal(buffer, resumed.buffers[name])


# ---- the script


@pytest.fixture
def script(tmp_path):
    """Run the script in a folder of its own; its claims by name."""

    def script(*options):
        argv = ["--out", str(tmp_path), *options]
        claims = run(captioning.main, captioning.__doc__, captioning.options, argv)
        return {claim.what: claim for claim in claims}

    return script


def test_the_committed_weights_write_the_captions_that_are_claimed(script, monkeypatch):
    """On 400 of the 2,000 scenes, whose share is uncertain by a point."""
    monkeypatch.setattr(captioning, "SCENES", 400)
    nic, attention = script("--evaluate")["right, NIC and attention, scenes all"].ours.split(", ")
    assert float(nic) >= 0.73 and float(attention) >= 0.95


def test_the_looks_shown_are_of_left_of_above_and_a_mistake():
    scenes = some_scenes(40)
    captions = scenes.captions.copy()
    mistake = int(np.flatnonzero(scenes.two())[-1])
    captions[mistake, 2] = STOP
    rows = captioning.shown(scenes, captions)
    left, above, wrong = (sentence(caption) for caption in scenes.captions[rows])
    assert "left of" in left and "above" in above and rows[2] == mistake


def test_the_committed_file_is_smaller_than_a_megabyte():
    assert captioning.WEIGHTS.stat().st_size < 1_000_000


def test_evaluate_and_validate_do_not_go_together(script, capsys):
    with pytest.raises(SystemExit, match="2"):
        script("--evaluate", "--validate")
    assert "choose one" in capsys.readouterr().err


def test_with_validate_the_test_images_are_not_looked_at(monkeypatch):
    train = np.zeros((10020, 1, 28, 28), np.uint8), np.arange(10020)
    monkeypatch.setattr(captioning, "load_mnist", lambda flatten: (train, (None, None)))
    (x, t), (x_held, t_held) = captioning.load_digits(SimpleNamespace(validate=True))
    assert (len(x), len(x_held)) == (20, 10000)
    assert sorted([*t, *t_held]) == list(range(10020))
