"""Web pages: the article and nothing around it, in the encoding that the page is really in."""

from __future__ import annotations

import pytest

from pipeline.document import Document, Kind
from pipeline.errors import SourceError
from pipeline.sources.html import read_html
from pipeline.sources.raw import Raw

FIRST = (
    "Совет посёлка решил в понедельник закрыть старый причал до весны, потому что сваи сгнили, а "
    "денег на ремонт в казне не осталось."
)
SECOND = (
    "Жители говорят, что будут ходить на соседний остров по льду, как делали их деды, и ждать "
    "первой лодки в марте, играя в карты."
)
PAGE = f"""<!DOCTYPE html>
<html lang="ru"><head>{{declared}}<title>Причал закрыт | Вестник Рейни</title>
<meta property="article:published_time" content="2026-02-03T10:00:00Z"></head>
<body><nav><ul><li><a href="/">Главная</a></li><li><a href="/news">Новости</a></li></ul></nav>
<script>var hidden = "Не для чтения";</script>
<article><h1>Причал закрыт</h1><p>{FIRST}</p><h2>Что дальше</h2><p>{SECOND}</p>
<ul><li>Проверить лёд у северного мыса</li><li>Найти доски для настила</li></ul></article>
<aside><a href="/x">Подписка на рассылку</a></aside>
<div class="comments"><h3>Комментарии</h3><p>А мне нравится и так, пусть себе гниёт.</p></div>
<footer>© 2026 Вестник Рейни</footer></body></html>"""


def read(page: str | bytes) -> Document:
    data = page.encode() if isinstance(page, str) else page
    (document,) = read_html(Raw(data, "a.html"))
    return document


def test_the_article_is_found_with_its_title_date_headings_and_lists() -> None:
    document = read(PAGE.format(declared=""))
    assert [(p.kind, p.text) for p in document.paragraphs] == [
        (Kind.HEADING, "Причал закрыт"),
        (Kind.TEXT, FIRST),
        (Kind.HEADING, "Что дальше"),
        (Kind.TEXT, SECOND),
        (Kind.LIST_ITEM, "Проверить лёд у северного мыса"),
        (Kind.LIST_ITEM, "Найти доски для настила"),
    ]
    assert (document.title, document.date) == ("Причал закрыт", "2026-02-03")


def test_a_list_of_terms_behind_the_article_is_part_of_it() -> None:
    page = (
        f"<html><body><h1>Что дальше</h1><div class='teaser'><p>{FIRST}</p></div>"
        "<ul><li>Настил сделают из лиственницы.</li><li>Перила покрасят в мае.</li></ul>"
        "<dl><dt>Кто</dt><dd>Работать будут 14 плотников.</dd><dt>Срок</dt>"
        "<dd>Закончат к 9 июня.</dd></dl></body></html>"
    )
    told = [p.text for p in read(page).paragraphs]
    assert told[-4:] == ["Кто", "Работать будут 14 плотников.", "Срок", "Закончат к 9 июня."]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", '<meta charset="utf-8">'),
        ("utf-8", '<meta charset="windows-1251">'),  # says so, and is not
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("cp1251", '<meta charset="windows-1251">'),
        ("cp1251", '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'),
        ("cp1251", ""),
        ("koi8-r", '<meta charset="koi8-r">'),
        ("koi8-r", ""),
    ],
)
def test_the_encoding_is_the_pages_own(encoding: str, declared: str) -> None:
    page = PAGE.format(declared=declared).replace("©", "(c)")
    assert FIRST in read(page.encode(encoding)).text


def test_an_xml_declaration_is_no_obstacle() -> None:
    page = '<?xml version="1.0" encoding="windows-1251"?>\n' + PAGE.format(declared="")
    assert FIRST in read(page.replace("©", "(c)").encode("cp1251")).text


def test_a_fragment_without_html_or_body_is_read() -> None:
    document = read(f"<h1>Причал</h1><p>{FIRST}</p><p>{SECOND}</p>")
    assert document.title == "Причал"
    assert [p.text for p in document.paragraphs][-2:] == [FIRST, SECOND]


def test_references_are_resolved() -> None:
    odd = "«R&eacute;gie» &amp; C&#176; &lt;Reyny&gt;"
    page = f"<html><body><article><p>{FIRST}</p><p>{odd} — {SECOND}</p>"
    assert "«Régie» & C° <Reyny> — " in read(page).text


def test_no_date_is_guessed_from_the_text() -> None:
    page = f"<html><body><article><p>{FIRST}</p><p>3 февраля 2019 года было так же. {SECOND}</p>"
    assert read(page).date is None


@pytest.mark.parametrize(
    "page",
    [
        "<html><body></body></html>",
        "<html><head><script>go('/app')</script></head><body><div id=app></div></body></html>",
        "<!-- nothing -->",
    ],
)
def test_a_page_without_an_article_is_refused(page: str) -> None:
    with pytest.raises(SourceError, match="no article") as caught:
        read(page)
    assert caught.value.hint


@pytest.mark.parametrize("page", ["", " \n", "\ufeff"])
def test_a_blank_page_is_refused(page: str) -> None:
    with pytest.raises(SourceError, match="whitespace"):
        read(page)


def test_binary_data_is_refused_with_what_it_is() -> None:
    with pytest.raises(SourceError, match="PNG image"):
        read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100))


def test_nesting_without_end_is_refused_and_does_not_crash() -> None:
    with pytest.raises(SourceError) as caught:
        read(f"<html><body>{'<div>' * 5000}<p>{FIRST}</p><p>{SECOND}</p>")
    assert caught.value.hint
