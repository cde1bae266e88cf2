"""Build the site: write its pages from README, the chapters and the library, then call Sphinx.

    python docs/build.py build/docs         # or: make docs

The site is build/docs/html/index.html and needs no network. A warning is an error.
"""

import shutil
import sys
from pathlib import Path

import pages
from sphinx.cmd.build import main as sphinx


def build(folder):
    """Write sources and site into the folder; 0 if nothing is wrong with them."""
    source, html = folder / "source", folder / "html"
    shutil.rmtree(html, ignore_errors=True)
    pages.write(source)
    strict = ["--fail-on-warning", "--keep-going", "--quiet"]
    here = str(Path(__file__).parent)
    wrong = sphinx([*strict, "-b", "html", "-c", here, str(source), str(html)])
    if not wrong:
        print(f"site: {html / 'index.html'}")
    return wrong


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
