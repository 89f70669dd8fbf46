"""The checks that need no model: what a claim may say, and what it may not, across languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from summaries import failed

COLUMNS = ("holds", "language", "source_language", "claim", "source", "translation")


def cases() -> list[tuple[str, ...]]:
    """Return the rows of data/claims.tsv: claims that hold (1) or do not (0), beside a source."""
    path = Path(__file__).parent / "data" / "claims.tsv"
    header, *rows = (tuple(line.split("\t")) for line in path.read_text("utf-8").splitlines())
    assert header == COLUMNS
    return rows


@pytest.mark.parametrize(
    COLUMNS,
    [pytest.param(*c, id=f"{'true' if c[0] == '1' else 'false'}: {c[3][:40]}") for c in cases()],
)
def test_true_claims_pass_and_false_ones_do_not(
    holds: str,
    language: str,
    source_language: str,
    claim: str,
    source: str,
    translation: str,
) -> None:
    found = failed(
        claim, source, language=language, source_language=source_language,
        translation=translation or None, least_vouched=0.3,
    )  # fmt: skip
    assert (not found) is (holds == "1"), found


def test_the_words_that_fail_are_named() -> None:
    ((flag, words), *_) = failed("Iraq paid 15 million.", "Iran paid 12 million.")
    assert (flag, words) == ("dropped-unsupported-number", ("15",))
    assert failed("The pool was opened by Anna Pike.", "The mayor opened the pool.")[0][1] == (
        "Anna", "Pike",
    )  # fmt: skip


def test_what_stands_beside_the_text_vouches_for_outlets_and_dates() -> None:
    text = "The quay is shut, the port says."
    assert failed("Reuters reported that the quay is shut.", text)
    assert not failed("Reuters reported that the quay is shut.", text, around="Reuters\n2026-03-02")
    assert not failed("The quay is shut in March 2026.", text, around="Reuters\n2026-03-02")
    assert failed("The quay is shut in April 2026.", text, around="Reuters\n2026-03-02")
