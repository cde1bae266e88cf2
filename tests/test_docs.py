"""The site builds without a warning, has a place for everything, and needs no network."""

import inspect
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

import pytest

import dlscratch
from dlscratch import cli
from dlscratch.book.chapters import modules

for package in ("sphinx", "myst_parser", "furo"):
    pytest.importorskip(package, reason=f"{package} is not installed: it is in .[dev]")

pytestmark = pytest.mark.slow  # the site is built

ROOT = Path(__file__).parent.parent
FILES = [path for name in ("dlscratch", "dataset") for path in (ROOT / name).rglob("*.py")]
# An exercise is read in the learner's own folder; the site would give its solution away.
FILES = [path for path in FILES if path.parent.parent.name != "exercises"]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in FILES
    if path.name != "__main__.py"
)
LESSONS = [path.relative_to(ROOT).with_suffix("").as_posix() for path in modules()]


class Page(HTMLParser):
    """What a page links to, what it loads, its anchors and its text."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.anchors, self.text = [], [], set(), ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors.add(given.get("id"))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in ("img", "script", "link", "source", "iframe"):
            self.loads += [given[name] for name in ("src", "href") if given.get(name)]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(ROOT / "docs" / "build.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def site(html):
    """{its path, such as api/network.html: a Page} for every page of the site."""
    return {path.relative_to(html).as_posix(): Page(path) for path in html.rglob("*.html")}


def without_spaces(text):
    return re.sub(r"\s|`", "", text)


def test_every_module_has_its_place(site):
    anchors = set().union(*(page.anchors for page in site.values()))
    assert not [name for name in MODULES if f"module-{name}" not in anchors]


def test_every_file_of_a_chapter_has_its_place_and_its_chapter_leads_there(site):
    for lesson in LESSONS:
        chapter = lesson.split("/")[0]
        assert f"chapters/{lesson}.html" in site
        assert f"{lesson}.html" in site[f"chapters/{chapter}.html"].links


def test_the_page_of_a_file_shows_all_of_it(site):
    for lesson in LESSONS:
        source = (ROOT / f"{lesson}.py").read_text(encoding="utf-8")
        assert source.strip() in site[f"chapters/{lesson}.html"].text


def test_every_command_shows_its_help(site):
    for name in cli.COMMANDS:
        assert f"usage: dlscratch {name} " in site["command.html"].text


@pytest.mark.parametrize("name", dlscratch.__all__)
def test_a_docstring_says_on_the_site_what_it_says_at_the_prompt(name, site):
    """No sign of it is lost: a * b * c could come out as an emphasized b."""
    known = getattr(dlscratch, name)
    page = known.__module__.split(".")[1]
    said = without_spaces(inspect.getdoc(known))
    assert said in without_spaces(site[f"api/{page}.html"].text)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_on_the_site_what_it_says_at_the_prompt(name, site):
    page = "index" if name == "dlscratch" else name.removeprefix("dlscratch.").split(".")[0]
    said = without_spaces(import_module(name).__doc__)
    assert said in without_spaces(site[f"api/{page}.html"].text)


def test_every_link_within_the_site_leads_somewhere(site, html):
    lost = []
    for name, page in site.items():
        for link in page.links + page.loads:
            target, _, anchor = re.sub(r"\?[^#]*", "", unquote(link)).partition("#")
            if ":" in target:  # elsewhere, or an address of mail
                continue
            path = normpath(f"{name}/../{target}") if target else name
            there = (html / path).is_file()
            if not there or anchor and path in site and anchor not in site[path].anchors:
                lost.append(f"{name}: {link}")
    assert not lost


def test_the_pages_load_nothing_from_elsewhere(site):
    loads = {link for page in site.values() for link in page.loads}
    assert loads and not [link for link in loads if "//" in link]
