"""The files of the page: which address is which file of this folder. No other file is served.

/ -> page.html, /train -> train.html, /shared.js -> shared.js
"""

from pathlib import Path

TABS = {"": "page"} | {name: name for name in ("train", "race", "graph", "inside")}  # address: file
PARTS = ("shared.js", "pen.js", "train_points.js", "train_digits.js")  # of one tab or more
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
FILES = {f"/{tab}": f"{name}.html" for tab, name in TABS.items()}
FILES |= {f"/{name}.{kind}": f"{name}.{kind}" for name in TABS.values() for kind in ("css", "js")}
FILES |= {f"/{name}": name for name in PARTS}


def content(path: str) -> tuple[str, bytes]:
    """The type and the bytes of the file at this address; KeyError if it is none.

    >>> content("/shared.js")[0]
    'text/javascript; charset=utf-8'
    """
    file = Path(__file__).with_name(FILES[path])
    return f"{KINDS[file.suffix[1:]]}; charset=utf-8", file.read_bytes()
