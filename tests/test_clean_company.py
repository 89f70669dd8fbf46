"""Lines of chrome in the company of others, and what surrounds them."""

from __future__ import annotations

import time

import pytest
from cleaning import reasons
from pages import EN, FR, RU, page

from pipeline.document import Document, Kind, Paragraph, Removal, content_id
from pipeline.reason import Reason
from pipeline.runner import Clock, through
from pipeline.stages.clean import Clean


def test_a_label_takes_the_value_on_the_next_line_with_it() -> None:
    assert reasons("A quiet winter", "Author:", "HarbourFan", "Published:", "2026-01-22", EN) == [
        None,
        "byline",
        "byline",
        "date-line",
        "date-line",
        None,
    ]


def test_labels_values_and_counters_in_one_paragraph() -> None:
    assert (
        reasons("A quiet winter", "Author:\nHarbourFan\n2026-01-22 01:11\n11\n3", EN)[1] is not None
    )
    assert reasons("A quiet winter", f"Author:\nHarbourFan\n{EN}", RU) == [None, None, None]


def test_related_headlines_at_the_end_go_and_the_forum_below_them() -> None:
    found = reasons(
        FR,
        "Actualité Le littoral",
        "Deux bateaux neufs attendus au printemps sur la ligne du nord",
        "Le port de Reyny ferme son quai le plus ancien après un siècle de service",
        "Pourquoi les pêcheurs craignent-ils le nouveau chenal ?",
        "En direct du forum...",
        "[Autre] Horaires de février",
        "Voir la version complète (non AMP)",
    )
    assert found == [None, *["related-headlines"] * 4, "forum-teaser", "forum-teaser", "navigation"]


def test_a_news_heading_above_prose_is_kept() -> None:
    assert reasons(EN, "News from the northern line", EN, "Latest figures", RU) == [None] * 5


@pytest.mark.parametrize("head", ["Главное", "News of the day", "Головне за день", "À la une"])
def test_a_briefing_keeps_the_lines_below_its_head(head: str) -> None:
    lines = (head, "Порт закроют на ремонт", "The first boat sails", "Le pont est rouvert", "Снег")
    assert reasons(*lines, EN) == [None] * 6
    assert reasons(*lines) == [None] * 5


@pytest.mark.parametrize(
    "dates",
    [
        ("3 мая", "4 мая", "5 мая"),
        ("3 May 2025", "4 May 2025", "11 May 2025"),
        ("10:20", "10:45", "11:05"),
    ],
)
def test_dates_that_head_the_parts_of_a_text_stay(dates: tuple[str, str, str]) -> None:
    first, second, third = dates
    lines = ("How the harbour froze", first, EN, second, RU, third, FR)
    assert reasons(*lines) == [None] * 7
    published = "Опубликовано: 22 января 2026, 09:15"
    assert reasons("How the harbour froze", published, *lines[1:])[1] == "date-line"


def test_a_count_may_be_an_answer() -> None:
    assert reasons(EN, "How long does the crossing take?", "5 minutes.", RU) == [None] * 4
    assert reasons(EN, RU, "5 min read") == [None, None, "counter"]


@pytest.mark.parametrize("line", ["No comment.", "No comment", "Без комментариев."])
def test_no_comment_is_an_answer(line: str) -> None:
    assert reasons(EN, line, RU) == [None] * 3


def test_stops_of_a_route_are_no_breadcrumb_unless_chrome_is_beside_them() -> None:
    assert reasons("Route: Tarsk / Reyny / Lesnoy", EN) == [None, None]
    assert reasons("Home", "Tarsk / Reyny / Ferries", "The ferry is back", EN)[1] is None
    assert reasons("18+", "Tarsk / Reyny / Ferries", "The ferry is back", EN)[1] == "breadcrumb"


def test_links_in_the_middle_go_but_the_heading_of_what_follows_stays() -> None:
    found = reasons(RU, "Читайте также:", "Порт закроют на ремонт", "Что будет зимой", RU)
    assert found == [None, "related-headlines", "related-headlines", None, None]
    assert reasons(RU, "Читайте также:", "Порт закроют на ремонт", RU) == [
        None,
        "related-headlines",
        "related-headlines",
        None,
    ]


def test_list_items_after_a_cue_all_go() -> None:
    found = reasons(
        EN,
        "Read more",
        "Two new boats for the north",
        "Harbour closes oldest quay",
        EN,
        kinds={2: Kind.LIST_ITEM, 3: Kind.LIST_ITEM},
    )
    assert found == [None, "navigation", "related-headlines", "related-headlines", None]


def test_questions_with_answers_are_content_even_at_the_end() -> None:
    lines = (
        EN,
        "FAQs: what riders ask",
        "Why was the crossing stopped?",
        "The winter was too rough for the old boat.",
        "Will tickets cost more?",
        "No.",
        "Who runs the line?",
        "The town does, together with the county.",
    )
    assert reasons(*lines) == [None] * len(lines)


def test_headlines_at_the_end_without_a_cue_are_kept() -> None:
    lines = (EN, "The first boat", "The second boat", "The third boat and its crew")
    assert reasons(*lines) == [None] * 4


def test_a_stray_contents_heading_goes_and_a_real_one_stays() -> None:
    assert reasons(EN, "Зміст", "The shift in plans", EN) == [
        None,
        "table-of-contents",
        None,
        None,
    ]
    assert reasons("Фильм «Паром»", "Содержание", RU) == [None, None, None]


def test_a_table_of_contents_goes_and_its_headings_stay() -> None:
    found = reasons(
        "Contents", "1. The old boat", "2. The new boat", EN, "The old boat", EN, "The new boat", EN
    )
    assert found == [*["table-of-contents"] * 3, None, None, None, None, None]


def test_a_menu_of_short_lines_goes_and_the_title_below_it_stays() -> None:
    found = reasons("Политика", "Экономика", "Общество", "Спорт", "Паром вернётся зимой", RU)
    assert found == [*["navigation"] * 4, None, None]


def test_section_names_alone_are_headings() -> None:
    assert reasons(EN, "Economy", EN, "Sport", RU) == [None] * 5


def test_years_of_a_timeline_are_kept() -> None:
    assert reasons("2019", EN, "2020", RU, "2021", FR) == [None] * 6


def test_a_long_disclaimer_goes() -> None:
    disclaimer = (
        "All materials on this site come from public sources and are given for information. The "
        "publisher makes no warranty of any kind as to accuracy, timeliness or completeness, and "
        "accepts no liability for losses that follow from reliance on them. Intellectual property "
        "stays with its owners; please contact us at [email protected] if you see an infringement "
        "of copyright, and we will remove the text under applicable laws. Nothing here is to be "
        "read as investment, legal or business advice."
    )
    assert reasons(EN, RU, disclaimer) == [None, None, "disclaimer"]


@pytest.mark.parametrize(
    "line",
    [
        "Мнение редакции может не совпадать с мнением авторов публикаций.",
        "Думка редакції може не збігатися з думкою авторів публікацій.",
        "This article is for informational purposes only and is not investment advice.",
        "Cet article ne constitue pas un conseil en investissement.",
    ],
)
def test_a_short_disclaimer_at_the_edge_goes(line: str) -> None:
    assert reasons(EN, RU, line) == [None, None, "disclaimer"]


def test_running_text_that_is_only_wrapped_is_not_read_line_by_line() -> None:
    wrapped = (
        "Asked about the price of a ticket, the mayor pointed at the screen that said in red\n"
        "Home | News | Sport | Contact and nothing else that would have been of any use to those\n"
        "who stood in the rain and waited for the boat that evening."
    )
    assert reasons(EN, wrapped) == [None, None]


def test_code_and_what_was_removed_before_are_left_alone() -> None:
    document = page(EN, "Реклама", "Реклама", kinds={1: Kind.CODE})
    earlier = Removal(stage="detect", reason=Reason.ADVERT)
    paragraphs = list(document.paragraphs)
    paragraphs[2] = Paragraph(2, "Реклама", paragraphs[2].span, removal=earlier)
    [cleaned] = Clean().run(
        [Document(document.id, document.name, document.text, "utf-8", tuple(paragraphs))]
    )
    assert [p.removal for p in cleaned.paragraphs] == [None, None, earlier]


def test_a_document_is_never_emptied() -> None:
    [cleaned] = Clean().run([page("Реклама", "Подписывайтесь на наш Telegram-канал.")])
    assert cleaned.kept()
    assert any("clean-up" in note for note in cleaned.notes)


def test_nothing_but_removals_changes_and_no_page_waits_for_the_next() -> None:
    document = page("Home > News > Ferries", EN)
    stage = Clean()
    assert stage.name == "clean"
    [cleaned] = stage.run([document])
    assert cleaned.text == document.text
    assert [(p.text, p.span) for p in cleaned.paragraphs] == [
        (p.text, p.span) for p in document.paragraphs
    ]

    def endless():  # type: ignore[no-untyped-def]
        while True:
            yield document

    assert isinstance(next(through(endless(), [stage], clock=Clock())), Document)


@pytest.mark.parametrize(
    "line",
    [
        "share this article " * 60,
        "12.12" * 400,
        "Читайте также " * 40,
        ", " * 4000,
        "a > " * 3000,
        "© " * 2000,
        "we " * 3000 + "cookie",
        "[email" * 2000,
        "a" + "· " * 20_000 + "все права защищены",
        "— " + ", " * 20_000 + "follow us on x",
        "а" * 200_000 + "ла наш телеграм-канал",
    ],
)
def test_hostile_lines_take_no_time(line: str) -> None:
    began = time.perf_counter()
    reasons(EN, line)
    assert time.perf_counter() - began < 2.0


def test_empty_documents_pass() -> None:
    empty = Document(content_id(""), "empty.txt", "", "utf-8", ())
    assert list(Clean().run([empty])) == [empty]


@pytest.mark.parametrize(
    "line",
    [
        "Paul Quay, 3 May 2025, 10:20",
        "Анна Реброва, 22 января 2026, 09:15",
        "Анна Реброва, 22 січня 2026 року, 09:15",
        "Anne Rébrot, 22 janvier 2026",
    ],
)
def test_a_name_with_a_full_date_is_a_byline_and_a_sentence_with_one_is_not(line: str) -> None:
    assert reasons("The quay reopens", line, EN)[1] is not None
    sentence = "The mayor spoke on 3 May 2025 about it"
    assert reasons("The quay reopens", sentence, EN)[1] is None
