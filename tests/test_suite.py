"""The tests themselves: none of them is lost without a word."""

import ast
from collections import Counter
from pathlib import Path

FILES = sorted(Path(__file__).parent.rglob("test_*.py"))
TREES = {str(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def scopes(tree):
    """The file, and each class in it."""
    return [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]


def test_no_name_is_given_to_two_tests_of_which_the_first_would_never_run():
    for tree in TREES.values():
        for scope in scopes(tree):
            names = [node.name for node in scope.body if isinstance(node, ast.FunctionDef)]
            assert [name for name, count in Counter(names).items() if count > 1] == []


def test_none_is_switched_off():
    """Where something is missing, skipif and importorskip say what, at the end of the run."""
    for name, tree in TREES.items():
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not attributes & {"skip", "xfail"}, name


def test_ci_runs_the_slow_ones_too():
    root = Path(__file__).parent.parent
    calls = (root / ".ci" / "run").read_text(encoding="utf-8")
    recipes = (root / "Makefile").read_text(encoding="utf-8")
    for target, chosen in (("test", '"not slow"'), ("test-slow", "slow")):
        assert f"\nmake {target} || status=1\n" in calls
        assert f"-m pytest $(PARALLEL) -m {chosen}\n" in recipes
