"""What is taken over from the book's training: its way to draw batches, and its Dropout."""

import numpy as np

from ch08 import train_deepnet_book
from ch08.deep_convnet import DeepConvNet
from ch08.train_deepnet_book import claim, drawn_batches, trained, with_the_books_dropout
from dlscratch.common import layers as book


def test_an_epoch_of_drawn_batches_repeats_some_images_and_leaves_out_more_than_a_third():
    x = np.arange(6000)
    seen = np.concatenate([rows for rows, _ in drawn_batches(x, x, 100, np.random.default_rng(0))])
    assert len(seen) == 6000
    assert 0.62 < len(np.unique(seen)) / 6000 < 0.645  # 1 - 1/e = 0.632


def test_a_drawn_image_keeps_its_label():
    x, t = np.arange(50), 3 * np.arange(50)
    for rows, labels in drawn_batches(x, t, 20, np.random.default_rng(0)):
        assert len(rows) == 20
        np.testing.assert_array_equal(labels, 3 * rows)


def test_with_the_books_dropout_the_weights_stay_and_reading_halves_twice():
    net = DeepConvNet(hidden_size=8, rng=0)
    ours = with_the_books_dropout(net)
    assert sum(isinstance(layer, book.Dropout) for layer in ours.layers) == 2
    np.testing.assert_array_equal(ours.params.flat, net.params.flat)
    x = np.random.default_rng(1).random((3, 1, 28, 28), dtype=np.float32)
    # with biases of 0, half of the hidden units' signal, and then half of the scores
    np.testing.assert_allclose(ours.predict(x), net.predict(x) / 4, rtol=1e-5)


def test_with_the_books_dropout_training_leaves_what_is_kept_as_it_is():
    x = np.full((4, 100), 3.0)
    y = book.Dropout(0.5, rng=0).forward(x, True)
    assert set(np.unique(y)) == {0, 3}


def test_one_seed_gives_one_training_read_after_each_epoch(monkeypatch):
    rng = np.random.default_rng(0)
    x, t = rng.random((40, 1, 28, 28), dtype=np.float32), rng.integers(0, 10, 40)
    monkeypatch.setattr(train_deepnet_book, "load_images", lambda few: ((x, t), (x[:20], t[:20])))
    monkeypatch.setattr(train_deepnet_book, "BATCH", 10)
    found = trained(seed=3, quick=True)
    assert len(found) == 2
    assert found == trained(seed=3, quick=True)


def test_a_claim_holds_if_the_books_number_is_within_two_deviations():
    near = claim("last epoch", np.array([0.9930, 0.9936]), "why")
    assert near.holds and near.ours == "0.9933, deviation 0.0004"
    far = claim("last epoch", np.array([0.9930, 0.9932]), "why")
    assert not far.holds and far.why == "why"
