"""What the scripts of chapter 4 print beside the book's numbers (E8 to E14)."""

import importlib

import pytest

from dlscratch.book.experiment import run

# The book's digits, written once more here: a script cannot bend them to what it finds.
BOOK = {
    "log_curve": ["0.51", "2.30"],
    "gradient_1d": ["0.1999999999990898", "0.2999999999986347"],
    "gradient_2d": ["6.00000000000378", "7.999999999999119"],
    "gradient_method": [
        "-6.11110793e-10, 8.14814391e-10",
        "-2.58983747e+13, -1.29524862e+12",
        "-2.99999994, 3.99999992",
    ],
    "gradient_simplenet": [
        "1.05414809, 0.63071653, 1.13280740",
        "0.92806854",
        "0.21924763, 0.14356247, -0.36281009",
        "0.32887144, 0.21534370, -0.54421514",
    ],
}


@pytest.mark.parametrize("script, book", BOOK.items(), ids=BOOK)
def test_it_prints_the_digits_of_the_book(script, book, tmp_path):
    module = importlib.import_module(f"ch04.{script}")
    options = getattr(module, "options", None)
    claims = run(module.main, module.__doc__, options, argv=["--out", str(tmp_path)])
    assert [claim.ours for claim in claims] == book
    assert all(claim.holds for claim in claims)
