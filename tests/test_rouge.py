"""ROUGE in any alphabet: values that the literature and rouge-score give, and what it cannot do."""

from __future__ import annotations

import pytest

from pipeline.evaluate.rouge import best_f1, rouge_l, rouge_n, signature, tokens

# Lin 2004, section 3: "police kill the gunman" has the order of the reference, "the gunman kill
# police" has not, and "the gunman police killed" is no better than the first of these.
REFERENCE = "police killed the gunman"


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("police kill the gunman", 3 / 4),
        ("the gunman kill police", 2 / 4),
        ("the gunman police killed", 2 / 4),
    ],
)
def test_rouge_l_is_that_of_its_paper(summary: str, expected: float) -> None:
    assert rouge_l(summary, REFERENCE).f1 == pytest.approx(expected)


@pytest.mark.parametrize(
    ("order", "precision", "recall"),
    # rouge-score 0.1.2 on the same two texts
    [(1, 7 / 9, 7 / 12), (2, 2 / 8, 2 / 11)],
)
def test_rouge_n_counts_a_run_as_often_as_both_texts_have_it(
    order: int, precision: float, recall: float
) -> None:
    found = rouge_n(
        "The quay, the quay! It stays shut until spring.",
        "The old quay at Reyny stays shut until the end of spring.",
        order=order,
    )
    assert found.precision == pytest.approx(precision)
    assert found.recall == pytest.approx(recall)
    assert found.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_cyrillic_and_accents_are_letters() -> None:
    assert tokens("Мэр Ивано-Франковска: «Ні!»") == ["мэр", "ивано", "франковска", "ні"]
    assert tokens("L'élu était là.") == ["l", "élu", "était", "là"]
    assert rouge_n("Причал закрыли.", "Причал закрыли вчера.", order=1).recall == pytest.approx(
        2 / 3
    )
    # An accent that is a character of its own belongs to its letter, composed or not.
    assert tokens("E\u0301lu за\u0301мок") == ["élu", "за\u0301мок"]
    assert rouge_n("elu", "élu", order=1).f1 == 0.0


def test_the_nearest_of_several_references_counts() -> None:
    found = best_f1("the boat came back", ["a ship was lost", "the boat came back", "the boat"])
    assert found == {"ROUGE-1": 1.0, "ROUGE-2": 1.0, "ROUGE-L": 1.0}


def test_empty_texts_have_no_rouge() -> None:
    assert rouge_n("", "words", order=1).f1 == 0.0
    assert rouge_l("...", "!!!").f1 == 0.0


def test_a_signature_tells_references_and_tokens() -> None:
    assert signature([["a"], ["b"]]).startswith("nrefs:1|refs:max|measure:f1|case:lower|norm:nfc|")
    assert signature([["a"], ["b", "c"]]).startswith("nrefs:var|")
