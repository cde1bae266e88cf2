"""The pages tell the truth: their code prints what they show, and no list of theirs has gaps."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md"]
SCRIPTS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("ch0[1-8]/*.py"))
NUMBER = re.compile(r"\d+\.\d+")


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def examples(page):
    """Each python block and the text block below it that shows what it prints."""
    return re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text_of(page), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_example_prints_what_the_page_shows(page, tmp_path):
    assert len(examples(page)) == text_of(page).count("```python")
    for code, shown in examples(page):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        # An accuracy differs in its last digits from one machine's arithmetic to another's.
        assert NUMBER.sub("*", done.stdout) == NUMBER.sub("*", shown)
        shown_numbers = [float(number) for number in NUMBER.findall(shown)]
        printed = [float(number) for number in NUMBER.findall(done.stdout)]
        assert printed == pytest.approx(shown_numbers, abs=0.01)


def test_the_chapter_table_has_every_script_and_its_docstring():
    """A row is the script and the first line of its lesson."""
    docstrings = {path: ast.get_docstring(ast.parse(text_of(path))) for path in SCRIPTS}
    expected = {f"| [{p}]({p}) | {doc.splitlines()[0]} |" for p, doc in docstrings.items()}
    rows = {line for line in text_of("README.md").splitlines() if line.startswith("| [ch")}
    assert not rows - expected, "out of date:\n" + "\n".join(sorted(rows - expected))
    assert not expected - rows, "README lacks:\n" + "\n".join(sorted(expected - rows))


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_script_and_link_is_there(page):
    text = text_of(page)
    targets = re.findall(r"(?:^    |`)make ([a-z]+)", text, re.MULTILINE)
    assert not [target for target in targets if f"\n{target}:" not in text_of("Makefile")]
    scripts = re.findall(r"python (?:-m pytest )?(\S+\.py)", text)
    links = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert scripts and not [path for path in scripts + links if not (ROOT / path).exists()]
