"""Values of options that several commands read."""

import argparse


def shape(text: str) -> tuple[int, ...]:
    """
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
