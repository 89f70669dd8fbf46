"""Languages of paragraphs and documents, by the real identifier and real readers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.engine import OTHER, UNDETERMINED
from models.langid.identifier import ProfileIdentifier
from pipeline.document import Document, Kind
from pipeline.sources.markdown import read_markdown
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import Raw
from pipeline.stages.detect import Detect

ROUTES = ("en", "fr", "ru", "uk")
ENGLISH = (
    "The harbour authority said on Monday that the new ferry would start in June, two months "
    "later than planned, because the landing stage on the northern shore is not finished."
)
RUSSIAN = (
    "Управление порта сообщило в понедельник, что новый паром выйдет на линию в июне, на два "
    "месяца позже срока, потому что причал на северном берегу ещё не достроен."
)
UKRAINIAN = (
    "Управління порту повідомило в понеділок, що новий пором вийде на лінію в червні, на два "
    "місяці пізніше, ніж планували, бо причал на північному березі ще не добудовано."
)
FRENCH = (
    "L'autorité portuaire a annoncé lundi que le nouveau bac entrerait en service en juin, deux "
    "mois plus tard que prévu, car le débarcadère de la rive nord n'est pas achevé."
)
GERMAN = (
    "Die Hafenverwaltung teilte am Montag mit, dass die neue Fähre im Juni den Betrieb aufnehmen "
    "werde, zwei Monate später als geplant, weil der Anleger am Nordufer noch nicht fertig sei."
)


@pytest.fixture(scope="module")
def identifier() -> ProfileIdentifier:
    return ProfileIdentifier(languages=ROUTES)


def detect(identifier: ProfileIdentifier, *paragraphs: str, read=read_plain) -> Document:
    (document,) = read(Raw("\n\n".join(paragraphs).encode(), "a.txt"))
    (found,) = Detect(identifier, languages=ROUTES).run([document])
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize(
    ("text", "language"), [(ENGLISH, "en"), (RUSSIAN, "ru"), (UKRAINIAN, "uk"), (FRENCH, "fr")]
)
def test_a_document_in_one_language(identifier, text: str, language: str) -> None:
    found = detect(identifier, text, text)
    assert found.language == language
    assert found.confidence > 0.95
    assert {p.language for p in found.paragraphs} == {language}
    assert not any(p.runs for p in found.paragraphs)
    assert not found.notes


@pytest.mark.parametrize("heading", ["Причал", "Порт", "Паром", "Сроки"])
def test_a_word_that_two_languages_share_takes_the_language_around_it(
    identifier, heading: str
) -> None:
    for text, language in ((RUSSIAN, "ru"), (UKRAINIAN, "uk")):
        found = detect(identifier, heading, text, text)
        assert [p.language for p in found.paragraphs] == [language] * 3


def test_a_stray_heading_keeps_its_own_language_and_leaves_the_document_alone(identifier) -> None:
    found = detect(identifier, ENGLISH, "Головні новини дня", ENGLISH)
    assert [p.language for p in found.paragraphs] == ["en", "uk", "en"]
    assert found.language == "en"


def test_a_headline_made_of_names_is_in_the_language_of_its_article(identifier) -> None:
    found = detect(
        identifier, "Northline Drops Maréa Unit: A Sharp Turn Under Luca Barrio", ENGLISH, ENGLISH
    )
    assert found.paragraphs[0].language == "en"


def test_a_foreign_paragraph_keeps_its_language_however_lonely(identifier) -> None:
    found = detect(identifier, *[ENGLISH] * 6, FRENCH)
    assert found.paragraphs[-1].language == "fr"
    assert found.language == "en"


def test_a_paragraph_in_two_languages_is_cut_between_sentences(identifier) -> None:
    found = detect(identifier, f"{ENGLISH} {UKRAINIAN} {ENGLISH}", ENGLISH)
    mixed, plain = found.paragraphs
    assert [run.language for run in mixed.runs] == ["en", "uk", "en"]
    assert mixed.language == "en"
    pieces = [found.text[run.span.start : run.span.end] for run in mixed.runs]
    assert "".join(pieces) == mixed.text
    assert pieces[1].strip() == UKRAINIAN
    assert plain.runs == ()


def test_a_quoted_word_or_a_short_sentence_makes_no_run(identifier) -> None:
    found = detect(identifier, f"{ENGLISH} Слава! {ENGLISH} They call it «пором».")
    assert found.paragraphs[0].runs == ()
    assert found.language == "en"


def test_a_language_without_a_route_is_kept_and_noted(identifier) -> None:
    found = detect(identifier, GERMAN, GERMAN)
    assert found.language == OTHER
    assert found.kept() == found.paragraphs
    (note,) = found.notes
    assert "'de'" in note
    assert "not translated" in note


def test_a_paragraph_without_words_takes_the_language_of_its_document(identifier) -> None:
    found = detect(identifier, RUSSIAN, "14 250 — 3,5", RUSSIAN)
    assert [p.language for p in found.paragraphs] == ["ru", "ru", "ru"]
    assert detect(identifier, "14 250", "17").language == UNDETERMINED


def test_code_has_no_language(identifier) -> None:
    found = detect(identifier, RUSSIAN, "```\nprint('привет')\n```", read=read_markdown)
    (code,) = [p for p in found.paragraphs if p.kind is Kind.CODE]
    assert code.language == UNDETERMINED
    assert found.language == "ru"


def test_the_order_of_documents_and_repetition_change_nothing(identifier) -> None:
    texts = [ENGLISH, RUSSIAN, UKRAINIAN, FRENCH, GERMAN]
    documents = [d for i, t in enumerate(texts) for d in read_plain(Raw(t.encode(), f"{i}.txt"))]
    stage = Detect(identifier, languages=ROUTES)
    first = list(stage.run(documents))
    again = list(Detect(ProfileIdentifier(languages=ROUTES), languages=ROUTES).run(documents[::-1]))
    assert again[::-1] == first


@pytest.mark.parametrize("line", ["Рада ухвалила бюджет", "Мер заявив", "Мер Львова", "Восени"])
def test_a_short_line_without_a_letter_of_its_own_takes_its_documents_language(
    identifier, line: str
) -> None:
    found = detect(identifier, line, UKRAINIAN)
    assert [p.language for p in found.paragraphs] == ["uk", "uk"]


def test_a_line_with_a_letter_of_its_own_keeps_its_language(identifier) -> None:
    found = detect(identifier, UKRAINIAN, "Мэры объявили новые выборы", UKRAINIAN)
    assert [p.language for p in found.paragraphs] == ["uk", "ru", "uk"]


def test_short_lines_tell_their_language_together(identifier) -> None:
    lines = ("Что дальше?", "Фото дня", "Эксперты ждут снег", "Погода на завтра", "Мэр заявил")
    found = detect(identifier, *lines)
    assert {p.language for p in found.paragraphs} == {"ru"}


def test_a_word_or_two_are_not_in_a_language_that_nobody_knows(identifier) -> None:
    assert detect(identifier, "Мэр заявил").language == "ru"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Рада", "uk", "uk"), ("Рада", "ru", "ru"), ("Port", "fr", "fr"), ("Port", "en", "en"),
        ("Рада", "de", "ru"), (RUSSIAN, "uk", "ru"), (UKRAINIAN, "ru", "uk"), (FRENCH, "en", "fr"),
    ],
)  # fmt: skip
def test_the_language_that_a_file_names_decides_where_the_text_says_little(
    identifier, text: str, declared: str, language: str
) -> None:
    (document,) = read_plain(Raw(text.encode(), "a.txt"))
    named = replace(document, language=declared, confidence=1.0)
    (found,) = Detect(identifier, languages=ROUTES).run([named])
    assert isinstance(found, Document)
    assert found.language == language
