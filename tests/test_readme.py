"""The pages tell the truth: what they show runs and prints what they say, and no list has gaps."""

import ast
import importlib.util
import os
import re
import shlex
import signal
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from dlscratch.book.chapters import modules
from dlscratch.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md"]  # README.zh-CN.md has the same code: tested below
SCRIPTS = [path.relative_to(ROOT).as_posix() for path in modules()]
NUMBER = re.compile(r"\d+\.\d+")

# Lines that are not run here, and why.
ELSEWHERE = {
    "git clone ADDRESS dlscratch": "the address is the reader's",
    "cd dlscratch": "the folder that is cloned",
    "cd my_exercises": "the folder that the line before it makes",
    "source .venv/bin/activate": "a word of the shell; make sets up .venv, before the tests",
    "make test": "runs this very test",
    "make test-slow": "runs tests such as this one",
    "make lint": "what CI runs beside it",
    "make notebooks": "writes into the checkout; test_notebooks.py has them written elsewhere",
    "make docs": "test_docs.py builds the site elsewhere",
    "bash .ci/run": "what CI runs",
    "python docs/readme.py": "writes into the checkout; a test below calls it",
    "python3 -m venv .venv": "make does it, before the tests",
    '.venv/bin/python -m pip install -e ".[dev]"': "needs the network; make does it",
    ".venv/bin/python -m pytest": "runs this very test",
    ".venv/bin/python -m pytest tests/layers/test_affine.py": "one of the tests",
    "dlscratch exercises watch": "goes on until it is left; tests/cli/test_exercises.py runs it",
    "python -m benchmarks": "what CI runs beside the tests, in its small version",
}
# Lines that take long: the part of them that is run here.
SMALLER = {
    "dlscratch run ch06/overfit_dropout": "dlscratch run ch06/overfit_dropout --quick",
    "dlscratch reproduce": "dlscratch reproduce --quick ch02",
    "dlscratch show ch03": "dlscratch show ch03/relu",
    ".venv/bin/python ch05/train_neuralnet.py": ".venv/bin/python ch05/train_neuralnet.py --quick",
}


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(page), re.DOTALL | re.MULTILINE)


def shell_lines():
    """Every line of a block of shell, without its comment, and every command within the prose."""
    lines = {}
    for page in PAGES:
        for line in "".join(blocks(page, "sh")).splitlines():
            lines[re.sub(r"\s+#.*", "", line)] = page
        prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
        for line in re.findall(r"`((?:make|bash|dlscratch|\S*python) [^`]+)`", prose):
            lines[line] = page
    return sorted(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the lines are run: outside the checkout, with the layer of README in a file."""
    folder = tmp_path_factory.mktemp("a folder of one's own")
    layer = next(block for block in blocks("README.md", "python") if "(Layer):" in block)
    (folder / "my_layers.py").write_text(layer, encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_every_example_prints_what_the_page_shows(page, tmp_path):
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text_of(page), re.DOTALL)
    assert len(examples) == len(blocks(page, "python"))
    for code, shown in examples:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        # An accuracy differs in its last digits from one machine's arithmetic to another's.
        assert NUMBER.sub("*", done.stdout) == NUMBER.sub("*", shown)
        shown_numbers = [float(number) for number in NUMBER.findall(shown)]
        printed = [float(number) for number in NUMBER.findall(done.stdout)]
        assert printed == pytest.approx(shown_numbers, abs=0.01)


@pytest.mark.parametrize("line", [line for line in shell_lines() if line not in ELSEWHERE])
def test_every_shell_line_runs(line, folder):
    if line.startswith("make "):
        line = last_command_of(line.removeprefix("make "))
    words = shlex.split(SMALLER.get(line, line))
    if words[0].endswith("dlscratch"):
        words[:1] = [sys.executable, "-m", "dlscratch"]
    elif words[0].endswith("python"):
        words[0] = sys.executable
    words = [str(ROOT / word) if word in SCRIPTS else word for word in words]
    env = {name: os.environ[name] for name in os.environ if "DISPLAY" not in name}
    if "draw" in words:
        answer_of_a_server([*words, "--no-browser", "--port", "0"], folder, env)
        return
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert done.stdout


def last_command_of(target):
    """What make would run for it at the end, after setting up .venv."""
    env = {name: os.environ[name] for name in os.environ if not name.startswith("MAKE")}
    command = ["make", "-n", "--no-print-directory", target]
    shown = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    last = shown.stdout.strip().splitlines()[-1]
    return re.sub(r"^trap : INT; (.*?) \|\| .*", r"\1", last)  # Ctrl-C is no error of `draw`


def answer_of_a_server(command, folder, env):
    """Start it, wait for the line that names its address, end it by Ctrl-C."""
    piped = {"stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=folder, env=env, **piped) as server:
        assert "http://127.0.0.1:" in server.stdout.readline()
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert server.returncode == 130


def test_every_line_that_is_not_run_stands_in_some_page():
    assert {*ELSEWHERE} <= {*shell_lines()}


def test_readme_shows_each_command_once():
    rows = re.findall(r"^\| `dlscratch (\w+)", text_of("README.md"), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


def test_the_chapter_table_has_every_script_and_its_docstring():
    """A row is the script, the first line of its lesson and perhaps a picture."""
    docstrings = {path: ast.get_docstring(ast.parse(text_of(path))) for path in SCRIPTS}
    expected = {f"| [{p}]({p}) | {doc.splitlines()[0]} |" for p, doc in docstrings.items()}
    rows = re.findall(r"^\| \[ch.*? \| .*? \|", text_of("README.md"), re.MULTILINE)
    assert not set(rows) - expected, "out of date:\n" + "\n".join(sorted(set(rows) - expected))
    assert not expected - set(rows), "README lacks:\n" + "\n".join(sorted(expected - set(rows)))
    assert len(rows) == len(expected)


@pytest.mark.parametrize("page", [*PAGES, "README.zh-CN.md"])
def test_every_make_target_script_link_and_picture_is_there(page):
    text = text_of(page)
    targets = re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)
    assert targets
    assert not [target for target in targets if f"\n{target}:" not in text_of("Makefile")]
    scripts = re.findall(r"python (?:-m pytest )?(\S+\.py)", text)
    links = re.findall(r"\]\((?!http)([^)#]+)", text) + re.findall(r'src="(.*?)"', text)
    assert scripts and not [path for path in scripts + links if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", [*PAGES, "README.zh-CN.md"])
def test_every_link_to_a_section_leads_to_one(page):
    for target, anchor in re.findall(r"\]\(([^)#]*)#([^)]+)\)", text_of(page)):
        headings = re.findall(r"^#+ (.*)", text_of(target or page), re.MULTILINE)
        assert anchor in [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda p: p.name
)
def test_every_link_between_files_is_relative_to_its_page(page):
    """As a code host resolves it, which shows the pages of docs/ where they are."""
    links = re.findall(r"\]\((?!http)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


# ---- the Chinese page


def structure(page):
    """What both languages have in common."""
    text = text_of(page)
    rows = re.findall(r"^\|.*\|$", text, re.MULTILINE)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    language = {"README.md", "README.zh-CN.md"}  # each links to the other
    links = re.findall(r"\]\(([^)#]+)", text)
    return {
        "headings": re.findall(r"^(#+) ", prose, re.MULTILINE),
        "code": re.findall(r"^```.*?^```$", text, re.DOTALL | re.MULTILINE),
        "links": [link for link in links if link not in language],
        "pictures": re.findall(r'src="(.*?)"', text),
        "numbers in tables": [re.findall(r"\d+(?:[.,-]\d+)*", row) for row in rows],
        "commands": sorted(re.findall(r"`[^`\n]+`", prose)),
    }


@pytest.mark.parametrize("what", structure("README.md"))
def test_both_languages_have_the_same(what):
    ours, theirs = structure("README.md")[what], structure("README.zh-CN.md")[what]
    assert ours == theirs, f"{what} differ: `python docs/readme.py` helps with some"


def test_thumbnails_code_and_numbers_are_up_to_date():
    spec = importlib.util.spec_from_file_location("readme", ROOT / "docs" / "readme.py")
    readme = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(readme)
    texts = text_of("README.md"), text_of("README.zh-CN.md")
    assert readme.updated(*texts) == texts, "run python docs/readme.py"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_each_thumbnail_is_shown_beside_its_script(page):
    for path in SCRIPTS:
        thumbnail = f"docs/figures/{path.removesuffix('.py').replace('/', '_')}.png"
        (row,) = re.findall(rf"^\| \[{path}\].*$", text_of(page), re.MULTILINE)
        assert (f'<img src="{thumbnail}"' in row) == (ROOT / thumbnail).exists()


# ---- the figure of the architecture


def test_the_figure_names_modules_in_the_order_in_which_they_import_each_other():
    """Column by column, from the top: README's list of the modules has the same order."""
    figure = xml.parse(ROOT / "docs" / "architecture.svg").getroot()
    listed = re.findall(r"^  ([a-z_0-9]+)(?:\.py|/) ", text_of("README.md"), re.MULTILINE)
    (names,) = [g for g in figure.iter() if g.tag.endswith("}g") and "Menlo" in str(g.attrib)]
    named = [text.text for text in names if not text.text.startswith("ch01 .. ")]
    assert named == [name for name in listed if name in named]


def test_the_figure_needs_nothing_from_outside():
    figure = text_of("docs/architecture.svg").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"http|href|@import|<script|<style", figure)
