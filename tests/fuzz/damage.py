"""How a case is damaged: bytes, texts, and the values in a JSON document."""

import copy
import json

INTERESTING = [0, 1, 2, 7, 10, 13, 27, 32, 46, 127, 128, 254, 255]
TOKENS = [b"\0", b"\xff" * 4, b"\xff" * 8, b"PK\3\4", b"\x93NUMPY", b"\r\n\r\n", b"../", b"%00"]
ODD = [  # values where others are expected
    None,
    True,
    -1,
    0.5,
    10**30,
    -(2**63),
    2**53,
    float("nan"),
    float("inf"),
    "",
    "7",
    "\x1b[2J\n",
    "x" * 5000,
    [],
    {},
    [1, [2, [3]]],
    {"state": {}},
]


def damaged(data: bytes, rng) -> bytes:
    """The bytes with one to six changes."""
    data = bytearray(data)
    for _ in range(int(rng.integers(1, 7))):
        here = int(rng.integers(len(data) + 1))
        there = min(len(data), here + int(rng.integers(1, 40)))
        match int(rng.integers(8)):
            case 0 if here < len(data):
                data[here] ^= 1 << int(rng.integers(8))
            case 1 if here < len(data):
                data[here] = INTERESTING[rng.integers(len(INTERESTING))]
            case 2:
                del data[here:there]
            case 3:
                data[here:here] = data[here:there] * int(rng.integers(1, 30))
            case 4:
                data[here:here] = TOKENS[rng.integers(len(TOKENS))]
            case 5:
                data[here:there] = rng.bytes(there - here)
            case 6:
                del data[here:]
            case _:
                data[here:here] = rng.bytes(int(rng.integers(1, 20)))
    return bytes(data)


def damaged_text(text: str, rng) -> str:
    """The text with one to six changes, as somebody types who slips or tries things."""
    signs = list(text)
    extra = list("+-*/@()=<>[]{},.:;'\"\\ \n\t\0%$#&|!?~^_éλ数\u202e\ud800019axWe") + [
        "**",
        "9" * 30,
    ]
    for _ in range(int(rng.integers(1, 7))):
        here = int(rng.integers(len(signs) + 1))
        there = here + int(rng.integers(1, 6))
        match int(rng.integers(4)):
            case 0:
                del signs[here:there]
            case 1:
                signs[here:here] = signs[here:there] * int(rng.integers(1, 60))
            case 2:
                signs[here:there] = [extra[rng.integers(len(extra))]]
            case _:
                signs[here:here] = [extra[rng.integers(len(extra))]]
    return "".join(signs)


def damaged_json(text: str, rng) -> str:
    """A JSON document in which one to three values are others, missing, or nested very deep."""
    document = json.loads(text)
    for _ in range(int(rng.integers(1, 4))):
        holder, key = _somewhere(document, rng)
        if holder is None:
            continue
        if rng.random() < 0.2:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(ODD[rng.integers(len(ODD))])
    text = json.dumps(document)
    if rng.random() < 0.05:
        text = "[" * 100_000 if rng.random() < 0.5 else text[: int(rng.integers(len(text)))]
    return text


def _somewhere(document, rng):
    """A container inside the document and one of its keys."""
    while isinstance(document, dict | list) and document:
        key = list(document)[rng.integers(len(document))] if isinstance(document, dict) else 0
        key = int(rng.integers(len(document))) if isinstance(document, list) else key
        inner = document[key]
        if rng.random() < 0.3 or not isinstance(inner, dict | list) or not inner:
            return document, key
        document = inner
    return None, None
