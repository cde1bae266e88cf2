"""Section 8.4.3: scenes of one or two digits, each with the sentence that describes it.

People have written captions for a hundred thousand photographs. Here the scene is drawn, so that
its sentence is known: "a large three left of a small seven". The digit further up or left comes
first; scenes in which that is not clear are drawn again. A sentence is a row of word numbers,
between two full stops. Where each digit stands is known too: a class for each of 7 x 7 places.

    python ch08/caption_scenes.py

Last line with the default seed: figure: out/ch08/caption_scenes.png
"""

from dataclasses import dataclass

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.vision import centres
from dlscratch.vision.scenes import Canvas

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS = ("", ".", "a", "small", "large", "left", "of", "above", *DIGITS)
PAD, STOP = 0, 1  # the numbers of "", which fills short sentences up, and of the full stop
LENGTH = 10  # ". a large three left of a small seven ."
SIZE, PLACES = 56, 7  # the side of a scene in pixels, and in places of 8 x 8 pixels
SMALL, LARGE = (16, 18), (24, 28)  # the sides of digits
NOTHING = 20  # the class of an empty place; digit d is d where it is small, 10 + d where large
CLEAR = 8  # pixels by which one direction must outweigh the other


@dataclass(frozen=True)
class CaptionedScenes:
    """images (N, 1, 56, 56), captions (N, 10) of word numbers, grid (N, 7, 7) of classes."""

    images: np.ndarray
    captions: np.ndarray
    grid: np.ndarray

    def __len__(self):
        return len(self.images)

    def __getitem__(self, rows):
        return CaptionedScenes(self.images[rows], self.captions[rows], self.grid[rows])

    def two(self):
        """Which scenes show two digits: (N,) of bool."""
        return (self.captions != PAD).sum(axis=1) > 5  # ". a large three ." has five


def draw_captioned(images, labels, n, rng):
    """n scenes of the digits images (M, 1, 28, 28), half of them with two digits."""
    canvases = [draw_clear(images, labels, rng) for _ in range(n)]
    captions = np.stack([encode(describe(canvas)) for canvas in canvases])
    scenes = np.stack([canvas.image[None] for canvas in canvases])  # (56, 56) -> (N, 1, 56, 56)
    return CaptionedScenes(scenes, captions, np.stack([classes(canvas) for canvas in canvases]))


def draw_clear(images, labels, rng):
    """A scene of one digit or two, drawn again until it can be described."""
    count = rng.integers(1, 3)
    while True:
        canvas = Canvas(SIZE, rng)
        for i in rng.integers(len(images), size=count):
            smallest, largest = SMALL if rng.random() < 0.5 else LARGE
            side = int(rng.integers(smallest, largest + 1))
            canvas.draw_digit(images[i, 0], int(labels[i]), side, overlap=0.0)
        if len(canvas.boxes) == count and describe(canvas):
            canvas.add_noise(0.05)
            return canvas


def describe(canvas):
    """The sentence for a scene; "" if it is not clear which digit is left of or above which."""
    things = [
        f"a {'large' if side >= LARGE[0] else 'small'} {DIGITS[label]}"
        for label, side in zip(canvas.labels, canvas.sides)
    ]
    if len(things) == 1:
        return things[0]
    first, second = centres(np.array(canvas.boxes))
    right, down = second - first
    if abs(abs(right) - abs(down)) < CLEAR:
        return ""
    if right + down < 0:  # the one that outweighs the other decides
        things.reverse()
    return f"{things[0]} {'left of' if abs(right) > abs(down) else 'above'} {things[1]}"


def encode(sentence):
    """The word numbers of a sentence between full stops, filled up: (10,).

    >>> encode("a small two")
    array([ 1,  2,  3, 10,  1,  0,  0,  0,  0,  0])
    """
    numbers = [STOP, *(WORDS.index(word) for word in sentence.split()), STOP]
    return np.array(numbers + [PAD] * (LENGTH - len(numbers)))


def sentence(numbers):
    """The words of a row of numbers, up to the second full stop.

    >>> sentence([1, 2, 3, 10, 1, 0, 0])
    'a small two'
    """
    words = [WORDS[number] for number in numbers]
    return " ".join([*words[1:], "."][: [*words[1:], "."].index(".")])


def classes(canvas):
    """What stands at each of the 7 x 7 places: (7, 7), NOTHING where no digit is near."""
    middle = (np.arange(PLACES) + 0.5) * SIZE / PLACES
    grid = np.full((PLACES, PLACES), NOTHING)
    things = zip(centres(np.array(canvas.boxes)), canvas.labels, canvas.sides)
    for (x, y), label, side in things:
        near = (np.abs(middle - y) <= side / 3)[:, None] & (np.abs(middle - x) <= side / 3)
        grid[near] = label + (10 if side >= LARGE[0] else 0)
    return grid


def main(args):
    (images, labels), _ = load_mnist(flatten=False)
    scenes = draw_captioned(images, labels, 12, np.random.default_rng(args.seed))
    titles = [sentence(numbers).replace(" a ", "\na ") for numbers in scenes.captions]
    fig = figures.images(scenes.images[:, 0], titles, cols=4, cell=1.6, low=0, high=1)
    args.save(fig, "caption_scenes.png")


if __name__ == "__main__":
    run(main, __doc__)
