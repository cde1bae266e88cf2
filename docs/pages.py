"""The pages of the site, each made from what is already written elsewhere.

The front page is README's opening; a page for each chapter and each of its files comes from their
docstrings, a page for each module of the library is left to autodoc, and the command's page is what
its --help says.
"""

import ast
import contextlib
import io
import os
import re
import shutil
from graphlib import TopologicalSorter

from lessons import ROOT, chapters, markdown, paragraph, session_parts

import dlscratch
from dlscratch import cli

MORE = {  # pages of the checkout, as far as they are there: the site's name for them
    "REPRODUCTION.md": "reproduction",
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "README.zh-CN.md": "chinese",
}
GUIDES = {
    "docs/gradcheck.md": "gradcheck",
    "docs/reliability.md": "reliability",
    "docs/scaling.md": "scaling",
}
TITLES = {"chinese": "简体中文 <chinese>"}  # in the list of pages, where the page's own is no help
FOLDERS = {"dlscratch": "api/index", "notebooks": "notebooks"}

LINK = re.compile(r'(?<=\]\()[^)\s]+|(?<=<img src=")[^"]+')  # [text](target), [![](x.png)](target)


def write(source):
    """Write the sources of all pages into the folder, which is emptied first."""
    shutil.rmtree(source, ignore_errors=True)
    site = Site(source)
    found = chapters()
    for chapter, (title, lessons) in found.items():
        site.write(f"chapters/{chapter}.md", chapter_page(chapter, title, lessons))
        for lesson in lessons:
            site.write(f"chapters/{lesson.name}.md", lesson_page(lesson))
    for name in modules():
        site.write(f"api/{name}.rst", module_page(f"dlscratch.{name}"))
    site.write("api/dataset.rst", module_page("dataset"))
    site.write("api/index.md", library_page())
    site.write("command.md", command_page())
    site.write("notebooks.md", notebooks_page(found))
    more = {page: name for page, name in MORE.items() if (ROOT / page).exists()}
    for page, name in {**more, **GUIDES}.items():
        site.write(f"{name}.md", read(page))
    opening, _, rest = read("README.md").partition("\n## The chapters\n")
    site.write("index.md", front_page(opening, found, more.values()))
    site.write("inside.md", "# Inside dlscratch\n\n## " + rest.partition("\n## ")[2])


class Site:
    """The folder of the sources. Links between files of the checkout become links of the site."""

    def __init__(self, source):
        self.source = source

    def write(self, name, text):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = outside_code(text, lambda part: LINK.sub(self.link, part))
        path.write_text(text, encoding="utf-8")

    def link(self, found):
        """Where a link of the checkout leads on the site."""
        target, hash, anchor = found[0].partition("#")
        path = ROOT / target
        if "://" in target or target.startswith("/") or not target or not path.exists():
            return found[0]
        known = {"README.md": "index", **MORE, **GUIDES, **FOLDERS}.get(target.strip("/"))
        if known:
            known = "inside" if target == "README.md" and anchor else known
            return f"/{known}.md{hash}{anchor}"
        top, _, below = target.removesuffix(".py").strip("/").partition("/")
        if re.fullmatch(r"ch\d\d", top) and path.suffix in ("", ".py"):
            return f"/chapters/{top}/{below}.md" if below else f"/chapters/{top}.md"
        if top == "dlscratch":
            return f"/api/{below.partition('/')[0]}.rst"
        if path.is_dir():  # the site has no folders
            return "/index.md"
        copy = self.source / "files" / target  # a picture, or something to download
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        return f"/files/{target}"


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def outside_code(text, change):
    """`change` all of a Markdown text but its blocks of code."""
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    parts[::2] = map(change, parts[::2])
    return "".join(parts)


def toctree(caption, names):
    lines = [":hidden:", *([f":caption: {caption}"] if caption else []), "", *names]
    return "```{toctree}\n" + "\n".join(lines) + "\n```"


def front_page(opening, found, more):
    """README's opening, and what the site holds."""
    links = [f"- [{title}](/chapters/{chapter}.md)" for chapter, (title, _) in found.items()]
    links += ["- [Inside dlscratch](/inside.md): how it is built, how to add to it, how fast it is"]
    links += ["- [The library](/api/index.md), module by module"]
    links += ["- [What the gradient checker knows](/gradcheck.md), each mistake with a layer"]
    links += ["- [Reliability](/reliability.md): what was attacked, and how to repeat it"]
    links += ["- [Scaling](/scaling.md): more processes, more machines, and where it ends"]
    links += ["- [The command](/command.md) `dlscratch`, which shows the whole book running"]
    parts = [
        opening,
        "## What is here",
        "\n".join(links),
        toctree("The chapters", [*(f"chapters/{chapter}" for chapter in found), "notebooks"]),
        toctree("The library", ["inside", "api/index", "command", *GUIDES.values()]),
        toctree("The project", [TITLES.get(name, name) for name in more]),
    ]
    return "\n\n".join(parts) + "\n"


def chapter_page(chapter, title, lessons):
    """All lessons of a chapter."""
    notebook = f"notebooks/{chapter}.ipynb"
    parts = [
        f"# {title}",
        f"All of it in one notebook: [{notebook}]({notebook}).",
        toctree("", [f"{lesson.path.stem} <{lesson.name}>" for lesson in lessons]),
    ]
    for lesson in lessons:
        parts += [f"## {lesson.title}", *thumbnail(lesson), lesson.prose, *last_line(lesson)]
        parts.append(f"[Read {lesson.name}.py]({lesson.name}.py)")
    return "\n\n".join(parts) + "\n"


def thumbnail(lesson):
    name = f"docs/figures/{lesson.chapter}_{lesson.path.stem}.png"
    picture = f"[![{lesson.title}]({name})]({lesson.name}.py)"
    return [picture] if (ROOT / name).exists() else []


def last_line(lesson):
    """What the script prints last: a claim as a table, anything else as it is."""
    line = " ".join(lesson.last_line.split())
    if not line or line.startswith("figure:"):
        return []
    claim = re.fullmatch(r"(.*) \| book: (.*) \| here: (.*) \| (.*)", line)
    if claim is None:
        return ["Its last line, with the default seed:", f"```text\n{lesson.last_line}\n```"]
    cells = " | ".join(paragraph(cell) for cell in claim.groups())
    return [f"| | the book | here, seed 0 | |\n| --- | --- | --- | --- |\n| {cells} |"]


def notebooks_page(found):
    """All notebooks, to be taken along."""
    parts = [
        "# Notebooks",
        "One for each chapter: its lessons, its code in cells, each experiment in a small version.",
        "From a checkout, in its environment:",
        "```sh\npip install -e . jupyterlab\njupyter lab notebooks\n```",
        "\n".join(f"- [{title}](notebooks/{name}.ipynb)" for name, (title, _) in found.items()),
    ]
    return "\n\n".join(parts) + "\n"


def lesson_page(lesson):
    """The file itself; for a session at the prompt the session."""
    parts = [f"# {lesson.name}.py", f"{lesson.title}."]
    if lesson.session:
        for part in session_parts(lesson.session):
            parts.append(markdown(part) if isinstance(part, str) else pycon(part))
    parts.append(f"```python\n{lesson.source}```")
    return "\n\n".join(parts) + "\n"


def pycon(examples):
    """The examples as they look at the prompt."""
    text = ""
    for example in examples:
        first, *rest = example.source.splitlines()
        text += "\n".join([f">>> {first}", *(f"... {line}" for line in rest)]) + "\n" + example.want
    return f"```pycon\n{text}```"


def modules():
    """The modules of the library, named without dlscratch, in README's order of reading."""
    listed = re.findall(r"^  ([a-z_0-9]+)(?:\.py|/) ", read("README.md"), re.MULTILINE)
    files = [*(ROOT / "dlscratch").glob("[a-z]*.py"), *(ROOT / "dlscratch").glob("*/__init__.py")]
    there = sorted(path.parent.name if path.stem == "__init__" else path.stem for path in files)
    return [name for name in listed if name in there] + [n for n in there if n not in listed]


def module_page(name):
    """A module; or a package, and its modules one below the other."""
    folder = ROOT / name.replace(".", "/")
    parts = [automodule(name, "=")]
    if folder.is_dir():
        parts[0] += "   :no-members:\n"
        parts += [automodule(f"{name}.{part}", "-") for part in parts_of(folder)]
    return "\n\n".join(parts) + "\n"


def automodule(name, underline):
    return f"{name}\n{underline * len(name)}\n\n.. automodule:: {name}\n"


def parts_of(folder):
    """The modules of a package, each after those that it imports."""
    imports = {}
    for path in sorted(folder.glob("[a-z]*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
        imports[path.stem] = [name.split(".")[-1] for name in names if f".{folder.name}." in name]
    return list(TopologicalSorter(imports).static_order())


def library_page():
    """The names that `from dlscratch import *` gives, and all modules."""
    rows = []
    for name in dlscratch.__all__:
        known = getattr(dlscratch, name)
        first = (known.__doc__ or "").partition("\n")[0]
        where = f"{known.__module__}.{known.__qualname__}"
        rows.append(f"| {{py:obj}}`{name} <{where}>` | {paragraph(first)} |")
    listed = re.findall(r"^  ([a-z_0-9]+)(?:\.py|/) +(.*)$", read("README.md"), re.MULTILINE)
    listed.append(("dataset", "MNIST, Fashion-MNIST and their loaders"))
    parts = [
        "# The library",
        "```{eval-rst}\n.. automodule:: dlscratch\n   :no-members:\n```",
        "Modules in the order of reading: each uses only those above it.",
        "\n".join(
            ["| Module | What it holds |", "| --- | --- |"]
            + [f"| [{name}](/api/{name}.rst) | {what} |" for name, what in listed]
        ),
        "## What `import dlscratch` gives",
        "\n".join(["| Name | What it is |", "| --- | --- |", *rows]),
        toctree("", [f"{name} <{name}>" for name in [*modules(), "dataset"]]),
    ]
    return "\n\n".join(parts) + "\n"


def command_page():
    """What `dlscratch --help` says, and the --help of each of its commands."""
    parts = ["# The command", help_of()]
    for name in cli.COMMANDS:
        parts += [f"## dlscratch {name}", help_of(name)]
    return "\n\n".join(parts) + "\n"


def help_of(*command):
    """What a command says to --help, on lines of 90 characters."""
    shown = io.StringIO()
    os.environ["COLUMNS"] = "90"
    with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
        cli.main([*command, "--help"])
    return f"```text\n{shown.getvalue().strip()}\n```"
