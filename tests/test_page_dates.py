"""The date of a page: marked up, or in words beside the title, in every language."""

from __future__ import annotations

import json

import pytest
from page_kinds import WORDS, filled, read

EACH = pytest.mark.parametrize("language", sorted(WORDS))


@EACH
@pytest.mark.parametrize(
    "form",
    [
        "<article>{h1}<p class=date>{date}</p>{abc}</article>",
        '<article>{h1}<div class="meta"><time>{date}</time></div>{abc}</article>',
        '<div class=top><span class="published">{date}</span></div>{h1}{abc}',
        "<article>{h1}<p>{date}</p>{abc}</article>",
        "<article><p>{date}</p>{h1}{abc}</article>",
        "<article>{h1}<div>Odile Ferrand | {date}</div>{abc}</article>",
        "<article>{h1}<div class=byline>Odile Ferrand, {date}</div>{abc}</article>",
        "<article>{h1}<p>14:20 | {date}</p>{abc}</article>",
        "<article><header>{h1}<small>{date}</small></header>{abc}</article>",
        "<table><tr><td>{h1}</td></tr><tr><td>{date}</td></tr><tr><td>{abc}</td></tr></table>",
    ],
)
def test_a_date_in_words_beside_the_title_is_found(form: str, language: str) -> None:
    document = read(filled(form, language))
    assert document.date == "2026-03-01"
    assert document.origin.published_at == "2026-03-01"


@EACH
@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-02-03T10:00:00+02:00">',
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "datePublished": "2026-02-03"})}</script>',  # noqa: E501
    ],
)
def test_a_date_that_is_marked_up_counts_before_one_in_words(head: str, language: str) -> None:
    form = "<article>{h1}<p>{date}</p>{abc}</article>"
    assert read(filled(form, language, head=head)).date == "2026-02-03"


@EACH
@pytest.mark.parametrize(
    "form",
    [
        "<article>{h1}{abc}</article>",
        "<article>{h1}<p>{a} {date}.</p><p>{b}</p><p>{c}</p></article>",
        "<article>{h1}{abc}</article><ul><li>{title}<span>{date}</span></ul>",
    ],
)
def test_no_date_is_taken_from_a_sentence_or_from_another_article(form: str, language: str) -> None:
    assert read(filled(form, language)).date is None


@EACH
def test_the_date_of_an_element_for_times_stays_with_its_sentence(language: str) -> None:
    form = (
        '<article>{h1}<p class=by>{title} <time datetime="2026-03-05T10:00:00Z">05.03.2026</time>'
        "</p>{abc}</article>"
    )
    assert read(filled(form, language)).date == "2026-03-05"
