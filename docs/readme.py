"""Put into both READMEs what the code decides: thumbnails, and in the Chinese one code and numbers.

Each script whose picture lies in docs/figures gets it into its row. README.zh-CN.md gets README's
blocks of code, and those cells of its tables that are numbers. Words are written by hand.

    python docs/readme.py
"""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^(\| \[(ch\d\d)/(\w+)\.py\]\(.*?\) \| .*? \|).*\|$", re.MULTILINE)
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def with_thumbnails(text, module):
    """The text with a picture in the last cell of each script's row, where there is one.

    A file that is only imported by others, and prints nothing, is marked as a `module` there.
    """

    def row(found):
        start, chapter, script = found.groups()
        name = f"docs/figures/{chapter}_{script}.png"
        picture = f' <img src="{name}" width="200" alt="{chapter}/{script}"> '
        path = ROOT / chapter / f"{script}.py"
        if path.exists() and "def main(" not in path.read_text(encoding="utf-8"):
            return f"{start} {module} |"
        return start + (picture if (ROOT / name).exists() else " ") + "|"

    return ROW.sub(row, text)


def with_code_and_numbers(text, source):
    """The text with the blocks of the source, and with the numbers of its tables."""
    blocks = iter(BLOCK.findall(source))
    text = BLOCK.sub(lambda _: next(blocks), text)
    rows = iter(re.findall(r"^\|.*\|$", source, re.MULTILINE))
    return re.sub(r"^\|.*\|$", lambda own: with_numbers(own[0], next(rows)), text, flags=re.M)


def with_numbers(row, source):
    """The row of a table with those cells of the source's that are numbers."""
    pairs = zip(row.split("|"), source.split("|"))
    return "|".join(theirs if re.fullmatch(r"[\d., ]+", theirs) else own for own, theirs in pairs)


def updated(english, chinese):
    """Both texts as they should be."""
    english = with_thumbnails(english, "module, to import")
    return english, with_thumbnails(with_code_and_numbers(chinese, english), "模块，供导入")


if __name__ == "__main__":
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
    texts = updated(*(page.read_text(encoding="utf-8") for page in pages))
    for page, text in zip(pages, texts):
        page.write_text(text, encoding="utf-8", newline="\n")
