"""docs/gradcheck.md lists every cause that the checker knows; here its layers are run."""

import ast
import re
from pathlib import Path

import pytest

from dlscratch.gradcheck.causes import CAUSES, likely

PAGE = (Path(__file__).parents[2] / "docs" / "gradcheck.md").read_text(encoding="utf-8")
START, *SECTIONS = re.split(r"^### ", PAGE, flags=re.MULTILINE)
SECTIONS = {text.partition("\n")[0]: text.split("\n## ")[0] for text in SECTIONS}
BY_CAUSE = {
    cause: ".+".join(re.escape(part) for part in re.split(r"\{.*?\}", words))
    for cause, words in CAUSES.items()
}


def code(text):
    return re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1]


def said(text):
    """What is quoted at the end, on one line."""
    quoted = re.findall(r"^> (.*)$", text, re.MULTILINE)
    return " ".join(quoted)


def verdict_of(section):
    """What the last line of the section's code comes to."""
    names = {}
    exec(code(START), names)
    *lines, last = ast.parse(code(section)).body
    exec(compile(ast.Module(lines, []), "docs/gradcheck.md", "exec"), names)
    return eval(compile(ast.Expression(last.value), "docs/gradcheck.md", "eval"), names)


@pytest.mark.parametrize("title", SECTIONS)
def test_the_layer_gets_the_words_that_the_page_quotes(title):
    verdict = verdict_of(SECTIONS[title])
    assert not verdict and verdict.hint.endswith(said(SECTIONS[title])), verdict


def test_every_cause_has_a_section():
    words = "\n".join(said(text).removeprefix("Likely cause: ") for text in SECTIONS.values())
    missing = [c for c, text in BY_CAUSE.items() if not re.search(f"^{text}$", words, re.MULTILINE)]
    assert not missing and len(SECTIONS) >= len(CAUSES)


def test_the_table_lists_every_section_with_its_words():
    rows = re.findall(r"^\| \[(.*?)\]\(#.*?\) \| (.*) \|$", START, re.MULTILINE)
    expected = {name: said(text).removeprefix("Likely cause: ") for name, text in SECTIONS.items()}
    assert dict(rows) == expected and len(rows) == len(SECTIONS)


def test_a_cause_is_told_with_its_names_and_numbers():
    assert likely("factor", factor=0.5).endswith("the gradient is 0.5 times what it should be.")
    with pytest.raises(KeyError):
        likely("factor")
