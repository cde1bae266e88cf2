"""Compare the claims of several seeds: mean and standard deviation of every number.

If the texts of a claim differ only in numbers, these show how far the result of another seed may be
from the first. Numbers at the same position in the text belong together.
"""

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from dlscratch.book.experiment import Claim

# 0.9720, -3, 1,234 or 3.0e-07, but not the end of a word such as W1
NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?")


def side_by_side(claims: Mapping[int, Sequence[Claim]]) -> Iterator[str]:
    """The lines of each claim: the result of every seed, then mean and standard deviation.

    >>> claims = {seed: [Claim("accuracy", "0.95", f"0.9{seed}")] for seed in (4, 6)}
    >>> print(*side_by_side(claims), sep="\\n")
    accuracy | book: 0.95
      seed 4: 0.94 | holds
      seed 6: 0.96 | holds
      mean and standard deviation: 0.95 ± 0.01 | holds with 2 of 2 seeds
    """
    for those in by_claim(claims).values():
        first = next(iter(those.values()))
        yield f"{first.what} | book: {first.book}"
        if len(those) > 1 and len({(claim.ours, claim.verdict) for claim in those.values()}) == 1:
            yield f"  all {len(those)} seeds: {first.ours} | {first.verdict}"
            continue
        for seed, claim in those.items():
            yield f"  seed {seed}: {claim.ours} | {claim.verdict}"
        if len(those) > 1:
            found = mean_and_spread([claim.ours for claim in those.values()])
            holding = sum(claim.holds for claim in those.values())
            what = f"mean and standard deviation: {found}" if found else "no mean: the words differ"
            yield f"  {what} | holds with {holding} of {len(those)} seeds"


def by_claim(claims: Mapping[int, Sequence[Claim]]) -> dict[tuple[str, int], dict[int, Claim]]:
    """{(claim.what, number of earlier claims with the same what): {seed: claim}}."""
    table: dict[tuple[str, int], dict[int, Claim]] = {}
    for seed, those in claims.items():
        for i, claim in enumerate(those):
            before = sum(other.what == claim.what for other in those[:i])
            table.setdefault((claim.what, before), {})[seed] = claim
    return table


def mean_and_spread(texts: Sequence[str]) -> str | None:
    """Several texts that differ only in numbers, as one; None if they differ in words.

    Each number that differs becomes its mean ± the standard deviation of the sample (n - 1).

    >>> mean_and_spread(["0.9720", "0.9711", "0.9724"])
    '0.9718 ± 0.0007'
    >>> mean_and_spread(["4 of 16 below 3.0e-07", "5 of 16 below 1.0e-07"])
    '4.5 ± 0.7 of 16 below 2.0e-07 ± 1.4e-07'
    >>> mean_and_spread(["none", "2 of 16"])
    """
    words = NUMBER.split(texts[0])
    if any(NUMBER.split(text) != words for text in texts):
        return None
    columns = zip(*map(NUMBER.findall, texts), strict=True)
    numbers = [column[0] if len({*column}) == 1 else _spread(column) for column in columns]
    return "".join(word + number for word, number in zip_longest(words, numbers, fillvalue=""))


def _spread(column: Sequence[str]) -> str:
    """Mean ± standard deviation with the decimals of the numbers; for integers, one decimal."""
    values = [float(number.replace(",", "")) for number in column]
    decimals = max(len(re.split("e", number)[0].partition(".")[2]) for number in column)
    if any("e" in number for number in column):
        form = f".{decimals}e"
    else:
        form = f"{',' * any(',' in number for number in column)}.{decimals or 1}f"
    return f"{statistics.mean(values):{form}} ± {statistics.stdev(values):{form}}"
