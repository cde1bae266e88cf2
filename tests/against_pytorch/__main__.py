"""Compare layers, losses and optimizers with PyTorch, in random cases.

    python -m tests.against_pytorch --cases 30000
    python -m tests.against_pytorch --only "pooling 123"     # one case again

Half of the cases are in float64, half in float32. A difference is more than 1e-10 of the largest
number in the result; in float32 more than 1e-4 and 16 times as far from the result in float64 as
PyTorch's float32 is. One seed makes the same cases everywhere.
"""

import sys
import warnings
from importlib.util import find_spec

import numpy as np

from dlscratch.book.experiment import Parser
from tests.against_pytorch.numbers import differences


def main(argv=None) -> int:
    args = _parser().parse_args(argv)
    if not find_spec("torch"):  # nothing to compare with
        print("PyTorch is not installed: pip install torch", file=sys.stderr)
        return 2
    every = subjects()
    if args.only:
        name, number = args.only.rsplit(maxsplit=1)
        return min(1, sum(compare(name, args.seed, [int(number)]).values()))
    print(f"{'':<26}{'cases':>8}{'different':>11}")
    total = different = 0
    for i, name in enumerate(every):
        count = args.cases * (i + 1) // len(every) - args.cases * i // len(every)
        found = compare(name, args.seed, range(count))
        print(f"{name.replace('_', ' '):<26}{count:>8,}{len(found):>11,}", flush=True)
        total, different = total + count, different + len(found)
    print(f"{'all':<26}{total:>8,}{different:>11,}")
    return min(1, different)


def subjects():
    """Name -> the function that makes a case; in a function, for they need PyTorch."""
    from tests.against_pytorch.layers import LAYERS
    from tests.against_pytorch.rules import RULES

    return {case.__name__: case for case in [*LAYERS, *RULES]}


def compare(name, seed, cases):
    """{number: 1} of the cases that differ, which are also printed."""
    import torch

    torch.set_num_threads(1)
    every = subjects()
    found = {}
    for number in cases:
        dtype = (np.float64, np.float32)[number % 2]
        with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
            warnings.simplefilter("error")
            try:
                stream = [seed, list(every).index(name), number]
                faults = differences(every[name], stream, dtype)
            except Exception as error:
                faults = {type(error).__name__: f"{error!s:.300}"}
        for what, words in faults.items():
            found[number] = 1
            print(f'  "{name} {number}", {dtype.__name__}: {what}: {words}', file=sys.stderr)
    return found


def _parser():
    parser = Parser("python -m tests.against_pytorch", __doc__)
    parser.add_argument("--cases", type=int, default=3000, help="of all (default: 3000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", metavar="'NAME NUMBER'", help="this case alone, as it was printed"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
