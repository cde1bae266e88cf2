"""What the scripts of chapter 5 print beside the book's numbers (E15, E16, E18)."""

import importlib

import pytest

from dlscratch.book.experiment import run

# The book's digits, written once more here: a script cannot bend them to what it finds.
BOOK = {
    "buy_apple": ["220", "2.2 110 200"],
    "buy_apple_orange": ["715", "110 2.2 3.3 165 650"],
    "node_graphs": ["1.3 1.3", "6.5 13"],
    "softmax_graph": ["0.3, -0.8, 0.5", "0.01, -0.01, 0"],
}


@pytest.mark.parametrize("script, book", BOOK.items(), ids=BOOK)
def test_it_prints_the_digits_of_the_book(script, book, tmp_path):
    module = importlib.import_module(f"ch05.{script}")
    options = getattr(module, "options", None)
    claims = run(module.main, module.__doc__, options, argv=["--out", str(tmp_path)])
    assert [claim.ours for claim in claims] == book
    assert all(claim.holds for claim in claims)
