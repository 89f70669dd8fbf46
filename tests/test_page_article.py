"""The article in pages of all habits: nothing of it is lost, and nothing of the site comes in."""

from __future__ import annotations

import json
import time

import pytest
from page_kinds import WORDS, filled, read, running

from pipeline.document import Kind
from pipeline.errors import SourceError

LANGUAGES = sorted(WORDS)
EACH = pytest.mark.parametrize("language", LANGUAGES)


@EACH
@pytest.mark.parametrize(
    "form",
    [
        ('<main><article>{h1}<div class="teaser-content"><p>{a}</p><p>{b}</p></div>'
        '<div class="article-body"><p>{c}</p></div></article></main>'),
        ('<main><article>{h1}<p class="article-teaser">{a}</p>'
            '<div class="article-content"><p>{b}</p><p>{c}</p></div></article></main>'),
        ("<article><header>{h1}<p>{a}</p></header>"
            "<div class=entry-content><p>{b}</p><p>{c}</p></div></article>"),
        ('<nav>{menu}</nav>{h1}<div class="chapo">{a}</div><div class="article-body"><p>{b}</p>'
        "<p>{c}</p></div><footer>© 2026</footer>"),
        "{h1}<p>{a}</p><ul><li>{b}</li><li>{c}</li></ul>",
        "{h1}<ol><li>{a}</li><li>{b}</li><li>{c}</li></ol>",
        "<nav>{menu}</nav><aside><article>{h1}{abc}</article></aside>",
        '<aside class="content">{h1}{abc}</aside><footer>© 2026</footer>',
        ('<div class="cookie-banner"><p>{cookies}</p><p>{cookies}</p></div><div>{h1}<div>{a}</div>'
        "<div>{b}</div><div>{c}</div></div>"),
        "<div><p>{cookies}</p></div><div>{h1}<div>{a}</div><div>{b}</div><div>{c}</div></div>",
        ('<div id="onetrust" role=dialog><main><h2>Cookies</h2><p>{cookies}</p></main></div>'
        "<div class=wrap>{h1}{abc}</div>"),
        f"{'<div>' * 300}{{h1}}{{abc}}{'</div>' * 300}",
        f"{'<div><span>' * 900}{{h1}}{{abc}}",
        "<div class='intro teaser'><p>{a}</p></div><article>{h1}<p>{b}</p><p>{c}</p></article>",
        "<main><section class=lead>{h1}<p>{a}</p></section><section><p>{b}</p><p>{c}</p></section>",
        "<article><div class=hero-banner>{h1}<p>{a}</p></div><p>{b}</p><p>{c}</p></article>",
        "{title}<br><br>{a}<br><br>{b}<br><br>{c}",
        "<div class=story>{h1}<span>{a}</span><br><span>{b}</span><br><span>{c}</span></div>",
        "<aside><article>{h1}<p>{a}</p></article><article><p>{b}</p><p>{c}</p></article></aside>",
        "<form class=consent><p>{cookies}</form><article>{h1}<p>{a}</article><p>{b}</p><p>{c}</p>",
        "<center><font size=6>{title}</font></center><font><p>{a}<p>{b}<p>{c}</font><hr>",
        "<div id=r1><div>{title}</div></div><div id=r2>{a}<br><br>{b}</div><div id=r3>{c}</div>",
        "<section><div>{h1}<div class=lead>{a}</div></div><div><div>{b}</div><div>{c}</div></div>",
        "<form id=aspnetForm>{h1}{abc}<input type=submit></form>",
        "<pre>\n{a}\n\n{b}\n\n{c}\n</pre>",
    ],
)  # fmt: skip
def test_no_paragraph_of_an_article_is_lost(form: str, language: str) -> None:
    document = read(filled(form, language))
    title = WORDS[language].title
    assert [text for text in running(document) if text != title] == list(WORDS[language].text)
    assert document.notes == ()


@EACH
@pytest.mark.parametrize(
    "form",
    [
        "<nav>{menu}</nav><article>{h1}{abc}</article><aside><h3>+</h3><ul>{items}</ul></aside>",
        ("<header><h1><a href=/>Site</a></h1>{menu}</header><main>{h1}{abc}"
        '<section class="related"><h2>+</h2><ul>{items}</ul></section></main>'),
        "<article>{h1}<p>{a}<p><a href=/x>{title}, {title}</a></p><p>{b}<p>{c}</article>",
        "<main><article>{h1}{abc}</article><section>"
        + 3 * "<div><h3><a href=/x>{related}: {title}</a></h3><p>{title}, {title}, {title}.</div>"
        + "</section></main>",
        "{h1}{abc}<ul><li>+33</li><li>Ads</li></ul>",
        "<main>{h1}{abc}<div class=most-read><ol>{items}</ol></div></main>",
        "<article>{h1}{abc}<p class=author-bio>{title}, {title}, {title}.</p></article>",
        "<article>{h1}{abc}</article><div class=comments><p>{title}! {title}! {title}!</p></div>",
    ],
)  # fmt: skip
def test_nothing_of_the_site_comes_into_an_article(form: str, language: str) -> None:
    document = read(filled(form, language))
    assert running(document) == list(WORDS[language].text)
    assert document.notes == ()


@EACH
@pytest.mark.parametrize(
    "form",
    [
        "<nav>{menu}</nav>{h1}<ul>{items}</ul>",
        "<article>{h1}<p>{a}</p><ul>{items}</ul><p>{b}</p></article>",
        "<article>{h1}{abc}<ul>{items}</ul><p>{a}</p><p>{b}</p><p>{c}</p></article>",
        "<main>{h1}{abc}<ol>{items}</ol></main>",
        "{h1}<p>{a}</p><p>{b}</p><ul>{items}</ul>",
    ],
)
def test_linked_headlines_that_make_a_page_are_its_text(form: str, language: str) -> None:
    document = read(filled(form, language))
    items = [p.text for p in document.paragraphs if p.kind is Kind.LIST_ITEM]
    assert items == list(WORDS[language].headlines)
    assert WORDS[language].menu.split(">")[1].split("<")[0] not in document.text


@EACH
@pytest.mark.parametrize("label", ["<p>{related}</p>", "<h3>{related} :</h3>"])
def test_linked_headlines_under_a_label_are_those_of_others(label: str, language: str) -> None:
    document = read(filled(f"<article>{{h1}}{{abc}}{label}<ul>{{items}}</ul></article>", language))
    assert not any(headline in document.text for headline in WORDS[language].headlines)


@EACH
def test_a_front_page_is_its_headlines_with_their_teasers(language: str) -> None:
    words = WORDS[language]
    cards = "".join(
        f'<article><h2><a href="/{n}">{headline}</a></h2><p>{text}</p></article>'
        for n, (headline, text) in enumerate(zip(words.headlines, words.text, strict=False))
    )
    document = read(filled(f"<nav>{{menu}}</nav><main>{cards}</main>", language))
    assert [p.text for p in document.paragraphs] == [
        text for pair in zip(words.headlines, words.text, strict=False) for text in pair
    ]


@EACH
def test_linked_headings_inside_an_article_stay_above_their_text(language: str) -> None:
    words = WORDS[language]
    pairs = list(zip(words.headlines, words.text, strict=False))
    form = "".join(f"<h2><a href=/>{headline}</a></h2><p>{text}</p>" for headline, text in pairs)
    document = read(filled(f"<article>{{h1}}{form}</article>", language))
    expected = [words.title, *(text for pair in pairs for text in pair)]
    assert [p.text for p in document.paragraphs] == expected


@EACH
def test_a_figure_beside_a_link_belongs_to_its_item(language: str) -> None:
    words = WORDS[language]
    items = "".join(
        f"<li><a href=/>{h.split(':')[0]}</a>:{h.split(':', 1)[1]}</li>" for h in words.headlines
    )
    document = read(filled(f"<article>{{h1}}{{abc}}<ul>{items}</ul></article>", language))
    assert running(document) == [*words.text, *words.headlines]


@EACH
def test_a_page_that_shows_nothing_gives_the_text_for_search_engines_with_a_note(
    language: str,
) -> None:
    words = WORDS[language]
    story = {"@type": "NewsArticle", "headline": words.title, "articleBody": "\n".join(words.text)}
    head = f'<script type="application/ld+json">{json.dumps(story)}</script>'
    document = read(filled("<div id=app></div>", language, head=head))
    assert running(document) == list(words.text)
    assert "JSON-LD" in document.notes[0]


@EACH
def test_text_that_only_search_engines_get_is_noted(language: str) -> None:
    words = WORDS[language]
    story = {"@type": "NewsArticle", "articleBody": " ".join(words.text)}
    head = f'<script type="application/ld+json">{json.dumps(story)}</script>'
    shown = read(filled("<article>{h1}{abc}</article>", language, head=head))
    assert shown.notes == ()
    part = read(filled("<article>{h1}<p>{a}</p></article>", language, head=head))
    assert running(part) == [words.text[0]]
    assert "JSON-LD" in part.notes[0]


@EACH
@pytest.mark.parametrize("tag", ["span", "b", "small", "font", "i"])
def test_a_word_that_tags_cut_is_one_word(tag: str, language: str) -> None:
    a, b, c = WORDS[language].text
    form = (
        f"<article>{{h1}}<p><span class=drop>{a[0]}</span><{tag}>{a[1:9]}</{tag}>{a[9:]}</p>"
        f"<p><{tag}>{b[:2]}</{tag}>{b[2:]}</p><p>{c[:-4]}<{tag}>{c[-4:]}</{tag}</p></article>"
    )
    assert running(read(filled(form, language))) == [a, b, c]


@EACH
@pytest.mark.parametrize("name", ["promo", "search", "card overflow-hidden"])
def test_what_extraction_keeps_stays_whatever_its_class(name: str, language: str) -> None:
    a, b, c = WORDS[language].text
    wrapped = c.replace(" ", "\n", 3)
    form = f"<article>{{h1}}<p>{a}</p><p class='{name}'>{wrapped[:40]}<b>{wrapped[40:]}</b></p>"
    document = read(filled(f"{form}<p>{b}</p></article>", language))
    assert running(document) == [a, c, b]


@EACH
def test_lines_of_the_source_are_not_those_of_the_text(language: str) -> None:
    a, b, c = ("\n   ".join(text.split(" ")) for text in WORDS[language].text)
    form = f"<article>{{h1}}<p>{a}<p><i>{b}</i><p>{c[:30]}<b>{c[30:]}</b></article>"
    assert running(read(filled(form, language))) == list(WORDS[language].text)


def test_the_name_of_a_site_is_no_heading_of_its_article() -> None:
    form = "<div><h1><a href=/>Gazette</a></h1></div><div><h2>{title}</h2>{abc}</div>"
    document = read(filled(form, "fr"))
    assert [p.text for p in document.paragraphs] == [WORDS["fr"].title, *WORDS["fr"].text]


def test_program_code_stays_code() -> None:
    code = "for day in week:\n    row(day)"
    form = f"<article>{{h1}}<p>{{a}}</p><pre><code>{code}</code></pre><p>{{b}}</p></article>"
    kinds = [(p.kind, p.text) for p in read(filled(form, "en")).paragraphs]
    assert (Kind.CODE, code) in kinds


@EACH
@pytest.mark.parametrize(
    "entry",
    [
        "<div class=post><time>{clock}</time><p>{text}</p></div>",
        '<div><div class="timestamp"><b>{clock}</b></div><div><p>{text}</p></div></div>',
        "<h3>{clock}</h3><p>{text}</p>",
        "<p><time datetime=2026-03-01T10:20>{clock}</time> {text}</p>",
        "<section><p><strong>{clock}</strong></p><p>{text}</p></section>",
    ],
)
def test_the_times_of_a_live_page_stand_before_their_entries(entry: str, language: str) -> None:
    text = WORDS[language].text
    clocks = ("10:20", "11.45", "9h05") if language == "fr" else ("10:20", "11:45", "09:05")
    form = "".join(
        entry.replace("{clock}", clock).replace("{text}", one)
        for clock, one in zip(clocks, text, strict=True)
    )
    document = read(filled(f"<article>{{h1}}{form}</article>", language))
    assert running(document) == [f"{c} {t}" for c, t in zip(clocks, text, strict=True)]


@EACH
def test_a_date_in_a_sentence_stays_there(language: str) -> None:
    a, b, c = WORDS[language].text
    form = f"<article>{{h1}}<p>{a}</p><p>{b[:-1]} <time>12.05.2026</time>.</p><p>{c}</p></article>"
    assert running(read(filled(form, language))) == [a, f"{b[:-1]} 12.05.2026.", c]


@pytest.mark.parametrize(
    "form",
    [
        f"<p>{'<time>10:20</time> word ' * 2000}",
        f"<div>{'<span>10:20</span><p>Some words of one entry.</p>' * 500}</div>",
        f"{'<table><tr><td>' * 60}{{abc}}",
        f"{'<div class=sidebar>' * 100}{'{abc}' * 100}",
        f"{'<article>' * 100}{'{abc}' * 100}",
        f"<p>{'<b>w</b>ord ' * 4000}",
        f"<ul>{'<li><a href=/>Four words of headline</a></li>' * 2000}</ul>",
    ],
)
def test_a_page_of_odd_shape_is_read_in_time(form: str) -> None:
    began = time.process_time()
    assert read(filled(f"{{h1}}{{abc}}{form}", "en")).paragraphs
    assert time.process_time() - began < 10


def test_a_page_that_nests_without_end_is_refused_with_advice_that_fits() -> None:
    with pytest.raises(SourceError, match="nests 2048 elements") as caught:
        read(filled(f"{'<div>' * 5000}{{abc}}", "en"))
    assert "browser" in caught.value.hint
    with pytest.raises(SourceError, match="nests 4"):
        read(filled(f"{'<ul><li>' * 200}{{abc}}", "en"))
