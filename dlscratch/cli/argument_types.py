"""Types of options that several commands have."""

import argparse


def shape(text: str) -> tuple[int, ...]:
    """An argparse `type` for a shape.

    >>> shape("1,28,28")
    (1, 28, 28)
    """
    try:
        sides = tuple(int(side) for side in text.replace("x", ",").split(","))
    except ValueError:
        sides = (0,)
    if min(sides) < 1:
        raise argparse.ArgumentTypeError(f"expected a shape such as 4,3,8,8, got {text!r}")
    return sides


def seeds(text: str) -> list[int]:
    """An argparse `type` for seeds: a range, a list or a single one.

    >>> seeds("0-4"), seeds("0,3,7"), seeds("5")
    ([0, 1, 2, 3, 4], [0, 3, 7], [5])
    """
    found: dict[int, None] = {}  # a set that keeps its order
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            span = range(int(first), int(last if dash else first) + 1)
        except ValueError:
            span = range(0)
        if not span:
            raise argparse.ArgumentTypeError(f"expected seeds as 0-4, 0,3,7 or 5, got {text!r}")
        found.update(dict.fromkeys(span))
    return list(found)
