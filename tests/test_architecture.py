"""The shape of the code: imports go one way, and every file is small enough to be read."""

import ast
import re
from pathlib import Path

import pytest

from dlscratch.book.chapters import chapters, modules

ROOT = Path(__file__).parent.parent
CHAPTERS = [folder.name for folder in chapters()]
LIBRARY = sorted((ROOT / "dlscratch").rglob("*.py"))
EXERCISES = sorted((ROOT / "dlscratch" / "exercises").rglob("*.py"))  # to learn from, not to use
SCRIPTS = modules()

# README lists the modules from the ground up: each imports only from those above it in that list.
README = (ROOT / "README.md").read_text(encoding="utf-8")
FLOORS = re.findall(r"^  ([a-z_0-9]+)(?:\.py|/) ", README, re.MULTILINE)


def name_of(path):
    """dlscratch/layers/affine.py -> dlscratch.layers.affine"""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports_of(path):
    """Every module that a file imports, inside its functions too; "a.b" for `from a import b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name of the module"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def chapter_of(name):
    """The number in ch05 or ch05.two_layer_net; 0 for anything else."""
    top = name.split(".")[0]
    return int(top[2:]) if top in CHAPTERS else 0


@pytest.mark.parametrize("path", LIBRARY, ids=name_of)
def test_the_library_knows_no_chapter_and_no_data_set(path):
    if path.parent.name == "cli":
        return  # the command stands above the chapters
    tops = {name.split(".")[0] for name in imports_of(path)}
    assert not tops & {"dataset", "tests", "benchmarks", *CHAPTERS}


def test_readme_lists_every_module_once():
    modules = {name_of(path).split(".")[1] for path in LIBRARY} - {"__init__", "__main__"}
    assert sorted(FLOORS) == sorted(modules)


@pytest.mark.parametrize("path", LIBRARY, ids=name_of)
def test_a_module_imports_only_what_readme_lists_above_it(path):
    module = name_of(path).split(".")[1]
    if module in ("__init__", "__main__"):
        return  # the roof
    allowed = FLOORS[: FLOORS.index(module) + 1]
    for name in imports_of(path):
        assert not name.startswith("dlscratch.") or name.split(".")[1] in allowed


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_chapter_imports_from_no_later_chapter(path):
    assert max(map(chapter_of, imports_of(path)), default=0) <= chapter_of(name_of(path))


def test_one_module_knows_how_the_folders_of_chapters_are_called():
    """So that a chapter is added by making a folder."""
    files = [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts]
    pattern = re.compile(r"glob\(\W*ch\W*\d")
    (only,) = [path for path in files if pattern.search(path.read_text(encoding="utf-8"))]
    assert only.relative_to(ROOT).as_posix() == "dlscratch/book/chapters.py"


def test_everything_stays_small(capsys):
    """Small is a promise of this library; raise a bound only for something that a reader gains."""
    for what, paths, longest, whole in [
        ("dlscratch", sorted({*LIBRARY} - {*EXERCISES}), 300, 15500),
        ("exercises", EXERCISES, 250, 11600),
        ("chapters", SCRIPTS, 160, 10800),
    ]:
        lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
        largest = max(lines, key=lines.get)
        with capsys.disabled():
            total, at = sum(lines.values()), f"{largest.relative_to(ROOT)}, {lines[largest]}"
            print(f"\n{what}: {total} lines in {len(lines)} files; the longest is {at}", end="")
        assert lines[largest] <= longest
        assert total <= whole
