"""Show the figures of a chapter, or of one script, with the book's claims and the results.

They come from the last run below the folder of --out. Scripts that have not been run yet are run
now, in their small version (--quick). All goes on one page, which opens if there is a screen.

    dlscratch show ch07
    dlscratch show ch06/optimizer_compare_naive
"""

import html
import sys
from pathlib import Path

from dlscratch.book.experiment import Claim, has_screen
from dlscratch.cli.script_names import chosen


def options(parser):
    parser.add_argument("name", metavar="NAME", help="a chapter or a script")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        metavar="FOLDER",
        help="folder for the figures (default: out)",
    )
    parser.add_argument("--again", action="store_true", help="make all of them anew")


def main(args):
    from dlscratch.book.reproduce import run_one

    sections, failed = [], False
    for script in chosen([args.name]):
        record = script.record(args.out)
        if args.again or record is None or not _complete(record, args.out / script.chapter):
            print(f"{script.name} --quick", file=sys.stderr)
            reason = run_one(script, args.out, ["--quick"])
            if reason:
                failed = True
                print(f"{script.name}: {reason}", file=sys.stderr)
            record = script.record(args.out)
        if record and (record["figures"] or record["claims"]):
            sections.append(_section(script, record))
            for name in record["figures"]:
                print(f"figure: {args.out / script.chapter / name}")
    page = args.out / script.chapter / "index.html"
    page.write_text(PAGE.format(title=args.name, body="\n".join(sections)), encoding="utf-8")
    print(f"page: {page}")
    if has_screen():
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 1 if failed else 0


def _complete(record, folder):
    return all((folder / name).exists() for name in record["figures"])


def _section(script, record):
    asked = "".join(f", {name} {value}" for name, value in record["options"].items())
    parts = [
        f"<h2>{html.escape(script.title)}</h2>",
        f"<p>{script.name}, seed {record['seed']}{html.escape(asked)}</p>",
        *(f"<p>{html.escape(str(Claim(**claim)))}</p>" for claim in record["claims"]),
        *(f'<img src="{html.escape(name)}" alt="{name}">' for name in record["figures"]),
    ]
    return "\n".join(parts)


PAGE = """<!doctype html>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
img {{ max-width: 100%; display: block; margin: 1rem 0; }}
h2 {{ border-top: 1px solid #ccc; padding-top: 1rem; font-size: 1.2rem; }}
</style>
<h1>{title}</h1>
{body}
"""
