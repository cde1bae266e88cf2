"""Check the gradients of your own layer, or see where they are wrong and why.

    dlscratch gradcheck my_layers.py:MyLayer
    dlscratch gradcheck my_layers.py:MyAffine --args "rng.standard_normal((5, 3)), np.zeros(3)"
    dlscratch gradcheck my_layers.py:MyPooling --args "2, 2" --shape 4,3,6,6
    dlscratch gradcheck my_layers.py:MyLoss --labels

The layer has forward(x) and backward(dout); the gradient of a parameter W is dW. Its slope is
measured in float64 and compared with what backward says. Exit code: 0 = right, 1 = wrong.
"""

import math

import numpy as np

from dlscratch.book.experiment import number
from dlscratch.cli.argument_types import shape
from dlscratch.cli.load_class import find_class, make, required_arguments, user_code_errors
from dlscratch.cli.script_names import UsageError
from dlscratch.gradcheck import check_gradients
from dlscratch.gradcheck.subject import takes_targets
from dlscratch.network import Network

SHAPE = "; an input of another shape: --shape, for images --shape 4,3,6,6"
TARGETS = "; targets that are numbers, as many as x has: --targets"
MAX_NUMBERS = 10_000_000  # in an input; the check needs a dozen arrays of this size


def options(parser):
    parser.add_argument("layer", metavar="FILE:CLASS", help="a class in a file or a module")
    parser.add_argument(
        "--args",
        default="",
        metavar="ARGUMENTS",
        help="what the class is called with; np and rng, a generator, are known",
    )
    parser.add_argument(
        "--shape",
        type=shape,
        default=(4, 5),
        help="of the input, the batch first (default: 4,5)",
    )
    takes = parser.add_mutually_exclusive_group()
    takes.add_argument(
        "--labels", action="store_true", help="forward takes labels, too: forward(x, t)"
    )
    takes.add_argument(
        "--targets", action="store_true", help="the same, t being numbers 0 .. 1 of x's shape"
    )
    parser.add_argument(
        "--no-training", action="store_true", help="check the pass that is used after training"
    )
    parser.add_argument(
        "--tolerance",
        type=number(float, above=0),
        default=1e-6,
        help="the largest relative error that passes (default: 1e-6)",
    )
    parser.add_argument(
        "--seed", type=number(int, at_least=0), default=0, help="of the random input (default: 0)"
    )


def main(args):
    if math.prod(args.shape) > MAX_NUMBERS:
        raise UsageError(
            f"--shape {args.shape} holds over {MAX_NUMBERS:,} numbers: a few are enough for a check"
        )
    rng = np.random.default_rng(args.seed)
    kind = find_class(args.layer, _is_layer, "layer")
    given = args.labels or args.targets
    if not given and len(required_arguments(kind.forward)) > 2:  # self, x, t
        raise UsageError(
            f"{kind.__name__}.forward needs more than x: if it is t, add --labels or --targets"
        )
    layer = make(kind, args.args, rng)
    if given and not takes_targets(layer.forward):
        raise UsageError(f"{kind.__name__}.forward takes only x: leave out --labels")
    x = rng.standard_normal(args.shape)
    if getattr(layer, "takes_integers", False):
        x = rng.integers(2, size=args.shape)
    t = rng.integers(args.shape[-1], size=args.shape[:-1]) if args.labels else None
    t = rng.random(args.shape) if args.targets else t
    hint = TARGETS if args.labels else SHAPE
    with user_code_errors(f"checking {kind.__name__} with an input of shape {args.shape}", hint):
        verdict = check_gradients(
            layer, x, t, rng=rng, training=not args.no_training, tolerance=args.tolerance
        )
    _print(verdict)
    return 0 if verdict else 1


def _is_layer(kind):
    passes = hasattr(kind, "forward") and hasattr(kind, "backward")
    return passes and not issubclass(kind, Network)  # a network needs labels that fit it


def _print(verdict):
    print(f"{verdict.subject}: {'right' if verdict else 'WRONG'}")
    if verdict.array:
        place = " along a random direction" if verdict.index is None else f"{list(verdict.index)}"
        print(f"  worst           d{verdict.array}{place}")
        print(f"  backward says   {verdict.analytic:.9g}")
        print(f"  measured        {verdict.numeric:.9g}")
        print(f"  relative error  {verdict.error:.1e}")
    if verdict.hint:
        print(f"  {verdict.hint}")
