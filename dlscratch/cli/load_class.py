"""Find a class by its name on the command line, in a file or a module, and make an object of it.

This runs the user's code: if it fails, the message of one line says at which line of that code.
"""

import functools
import importlib
import importlib.util
import inspect
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from dlscratch.book.chapters import ROOT
from dlscratch.cli.script_names import UsageError
from dlscratch.network import Network


def find_class(target: str, fits: Callable[[type], bool], kind: str) -> Any:
    """The class that `target` names: FILE.py:Class, ch08/deep_convnet:Class or module:Class.

    Without :Class, the only class in the file for which fits(class) is true; kind: the word for
    such a class in messages. UsageError if there is none.
    """
    where, colon, name = target.rpartition(":")
    if not colon:
        where, name = target, ""
    module = _load(where)
    candidates = {
        key: value
        for key, value in vars(module).items()
        if inspect.isclass(value) and fits(value) and (value.__module__ == module.__name__ or name)
    }
    if name and name in vars(module) and name not in candidates:
        raise UsageError(f"{name} in {where} is not a {kind}")
    if name in candidates:
        return candidates[name]
    if not candidates:
        raise UsageError(f"there is no {kind} in {where}")
    known = ", ".join(candidates)
    if name:
        raise UsageError(f"there is no {name} in {where}, but {known}")
    if len(candidates) > 1:
        raise UsageError(f"which {kind} of {where}? {known}: write {where}:{list(candidates)[0]}")
    return next(iter(candidates.values()))


def make(kind: type, arguments: str, rng: np.random.Generator) -> Any:
    """An object of this class; arguments: as in a call, "4, 3, std=0.1", and may use np and rng.

    A constructor with an argument rng gets this rng. UsageError if it fails.
    """
    needed = required_arguments(kind)
    if needed and not arguments:
        raise UsageError(f"{kind.__name__} needs {', '.join(needed)}: {example_options(kind)}")
    takes_rng = "rng" in inspect.signature(kind).parameters
    maker = functools.partial(kind, rng=rng) if takes_rng else kind
    known = {**vars(sys.modules[kind.__module__]), "np": np, "rng": rng, "make": maker}
    with user_code_errors(f"{kind.__name__}({arguments})"):
        return eval(f"make({arguments})", known)


def make_network(target: str, arguments: str, rng: np.random.Generator) -> Network:
    """An object of the class of networks that `target` names."""

    def is_network(kind):
        return issubclass(kind, Network) and kind is not Network

    return make(find_class(target, is_network, "network"), arguments, rng)


EXAMPLES = {  # a class, also for its subclasses: options that make an object of it
    "Affine": "--args 'rng.standard_normal((5, 3)), np.zeros(3)'",
    "BinaryAffine": "--args 'rng.standard_normal((5, 3)), np.zeros(3)'",
    "BatchNorm": "--args 'np.ones(5), np.zeros(5)'",
    "Convolution": "--args 'rng.standard_normal((2, 3, 3, 3)), np.zeros(2)' --shape 4,3,6,6",
    "TransposedConvolution": (
        "--args 'rng.standard_normal((3, 2, 3, 3)), np.zeros(2)' --shape 4,3,6,6"
    ),
    "_WindowPooling": "--args '2, 2' --shape 4,3,6,6",
    "Embedding": "--args 'rng.standard_normal((5, 3))'",
    "RNN": (
        "--args 'rng.standard_normal((5, 3)), rng.standard_normal((3, 3)), np.zeros(3)'"
        " --shape 4,6,5"
    ),
    "LSTM": (
        "--args 'rng.standard_normal((5, 12)), rng.standard_normal((3, 12)), np.zeros(12)'"
        " --shape 4,6,5"
    ),
}

VALUES = {  # examples for arguments with these names, of any class
    "W": "rng.standard_normal((5, 3))",
    "b": "np.zeros(3)",
    "input_size": "784",
    "hidden_size": "50",
    "hidden_size_list": "[50]",
    "output_size": "10",
}


def example_options(kind: type) -> str:
    """How to pass a class its arguments: an example that works, if one is known."""
    for base in kind.__mro__:
        if base.__name__ in EXAMPLES and base.__module__.startswith("dlscratch"):
            return f"give them, such as {EXAMPLES[base.__name__]}"
    needed = required_arguments(kind)
    if set(needed) <= set(VALUES):
        return f"give them, such as --args '{', '.join(VALUES[name] for name in needed)}'"
    return f"give them as in a call, --args '{', '.join(needed)}'"


def required_arguments(function: Callable) -> list[str]:
    """The names of the required arguments."""
    return [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]


OTHER_CODE = (  # the file names of code that the user did not write begin like this
    "<",
    "--",
    str(ROOT / "dlscratch"),
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
    str(Path(np.__file__).parent),
)


@contextmanager
def user_code_errors(doing: str, hint: str = "") -> Iterator[None]:
    """Turn any error in the user's code into a UsageError that says where it happened.

    hint: added to errors that may be due to shapes.
    """
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if not f.filename.startswith(OTHER_CODE)]
        at = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
        shapes = hint if isinstance(error, ValueError | IndexError) else ""
        raise UsageError(f"{doing} failed{at}: {type(error).__name__}: {error}{shapes}") from None


def _load(where: str) -> ModuleType:
    chapter = ROOT / where.removesuffix(".py")
    if chapter.with_suffix(".py").is_file() and not Path(where).is_file():
        where = ".".join(chapter.relative_to(ROOT).parts)
    path = Path(where)
    with user_code_errors(f"reading {where}"):
        if path.suffix != ".py":
            try:
                return importlib.import_module(where)
            except (ImportError, TypeError, ValueError):
                raise UsageError(f"there is no file or module {where}") from None
        if not path.is_file():
            raise UsageError(f"there is no file {where}")
        sys.path.insert(0, str(path.parent.resolve()))  # for its imports, as in python FILE.py
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        return module
