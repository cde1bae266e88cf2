"""How Sphinx makes the site of the pages that build.py has written."""

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import plain

project = "dlscratch"
author = "the dlscratch maintainers"
copyright = f"{author}; the code is under the MIT licence"
release = metadata.version("dlscratch")

extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "myst_parser"]
myst_heading_anchors = 3
myst_enable_extensions = ["html_image"]

autodoc_default_options = {
    "members": True,
    "member-order": "bysource",
    "show-inheritance": True,
    "ignore-module-all": True,  # what a module imports is documented where it is defined
}
autodoc_inherit_docstrings = False  # forward and backward of a layer are told of once, in Layer
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

nitpicky = True
nitpick_ignore_regex = [
    ("py:obj", r"[^.]+"),  # `code` in a docstring
    ("py:class", r"(?!dlscratch\.).*"),  # of Python, NumPy or Matplotlib: they have their own site
    ("py:class", r".*\._\w+"),  # a base class that is not for others
]

html_theme = "furo"
html_title = f"dlscratch {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
pygments_style = "friendly"
smartquotes = False  # (N, ...) is a shape
pygments_dark_style = "monokai"


def setup(app):
    app.connect("autodoc-process-docstring", plain.process_docstring)
    app.connect("doctree-read", plain.without_object)
