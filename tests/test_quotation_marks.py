"""Spaces inside the quotation marks of translations."""

from __future__ import annotations

import pytest

from pipeline.lang.quotations import tight_quotations


@pytest.mark.parametrize(
    ("language", "text", "tight"),
    [
        ("en", 'with a " Capital Market Day" in Paris', 'with a "Capital Market Day" in Paris'),
        ("en", 'a " new model " and a "second one "', 'a "new model" and a "second one"'),
        ("en", 'said "yes" and "no" at once', ""),
        ("en", 'a screen of 5" and one of 6" wide', ""),
        ("en", 'one mark " alone', ""),
        ("en", "called “ a model ” by Renault", "called “a model” by Renault"),
        ("ru", "назвали «\u00a0моделью\u00a0» в Renault", "назвали «моделью» в Renault"),
        ("uk", "назвали „ моделлю “ у Renault", "назвали „моделлю“ у Renault"),
        ("fr", "appelé «\u00a0un modèle\u00a0» par Renault", ""),
        ("fr", 'appelé " un modèle" par Renault', 'appelé "un modèle" par Renault'),
        ("en", 'empty " " marks and « »', ""),
    ],
)
def test_a_space_inside_the_marks_goes_where_the_language_has_none(
    language: str, text: str, tight: str
) -> None:
    assert tight_quotations(text, language=language) == (tight or text)
