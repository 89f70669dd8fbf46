"""Pictures among letters come through, none are made up, and engines read the reading form."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from models.engine import Decoding, Segment
from models.fake import ScriptedTranslator
from pipeline.document import Document, Paragraph
from pipeline.facts.protected import missing_protected, protected
from pipeline.facts.symbols import cut_at_symbols, framed, without_invented
from pipeline.flag import Flag
from pipeline.place import Span
from pipeline.progress import Silent
from pipeline.stages.own_sentences import own_lines
from pipeline.stages.translate import Translate

ORDINARY = [
    "Цены выросли на 3,5 % – до 10 000 ₽ (№ 5, § 7, 20 °C)…",
    "© 2024 Société, 5 € « ½ » • A™ 3 × 4 ± 2",
    "It's 2 * 3 = 6, #1 and 'x' — “y” 1/2",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_signs_are_no_pictures(text: str) -> None:
    assert framed(text).text == text
    assert list(cut_at_symbols(text, language="ru")) == [text]
    assert without_invented("", text) == text
    assert not [span for span in protected(text) if span.kind == "symbol"]


@pytest.mark.parametrize(
    "symbol",
    [
        "🏆",
        "⚡️",
        "⚡",
        "❤️",
        "1️⃣",
        "#️⃣",
        "🇺🇦",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "👩‍🚒",
        "👍🏽",
        "👨‍👩‍👧‍👦",
        "☎️",
        "▶",
        "→",
        "①",
        "©️",
    ],
)
def test_a_picture_is_one_opaque_span(symbol: str) -> None:
    assert [span.text for span in protected(f"Слово {symbol} слово")] == [symbol]
    assert missing_protected(f"Слово {symbol} слово", "A word, a word") == [symbol]


@pytest.mark.parametrize(
    ("text", "inner", "translation", "wanted"),
    [
        ("⚡️ Взрыв на складе", "Взрыв на складе", "Blast", "⚡️ Blast"),
        ("🔹 Дорога закрыта 🚧", "Дорога закрыта", "The road is shut.", "🔹 The road is shut. 🚧"),
        ("Победа 🏆🎉!", "Победа!", "A victory!", "A victory 🏆🎉!"),
        ("« Bravo 🎉 ! »", "« Bravo ! »", "“Bravo!”", "“Bravo 🎉!”"),
        ("Мост открыт. 🎉", "Мост открыт.", "The bridge is open.", "The bridge is open. 🎉"),
        ("1️⃣ Пункт", "Пункт", "Item", "1️⃣ Item"),
        ("🇺🇦🇫🇷", "", "", "🇺🇦🇫🇷"),
        ("Я ❤ Париж.", "Я ❤ Париж.", "I ❤ Paris.", "I ❤ Paris."),
    ],
)
def test_pictures_around_a_text_are_put_around_its_translation(
    text: str, inner: str, translation: str, wanted: str
) -> None:
    assert framed(text).text == inner
    assert framed(text).around(translation) == wanted


def test_pictures_cut_a_text_where_they_open_a_line_or_close_a_sentence() -> None:
    text = (
        "Рабочие пострадали. Их увезли. Дорога закрыта до утра 🚧 Завтра её откроют.\n"
        "🔹 Мост цел\n🔹 Жертв нет. Я ❤ Париж."
    )
    assert list(cut_at_symbols(text, language="ru")) == [
        "Рабочие пострадали. Их увезли. ",
        "Дорога закрыта до утра 🚧 ",
        "Завтра её откроют.\n",
        "🔹 Мост цел\n",
        "🔹 Жертв нет. ",
        "Я ❤ Париж.",
    ]


@pytest.mark.parametrize(
    ("source", "target", "kept"),
    [
        ("Слово", "A word 💣 here ✅", "A word here"),
        ("⚡️ и ⚡️", "⚡ and ⚡, ⚡!", "⚡️ and ⚡️,!"),
        ("👍", "👍🏽 yes", "yes"),
        ("Слово", "A\u200b wo\u00adrd\ufeff", "A word"),
        ("👩‍🚒", "👩‍🚒 a woman", "👩‍🚒 a woman"),
    ],
)
def test_no_picture_is_made_up(source: str, target: str, kept: str) -> None:
    assert without_invented(source, target) == kept


@pytest.mark.parametrize("text", ["👍", "👩‍🚒", "🇺", "🔹 a", "\u200d", "1️⃣", "→ A"])
def test_a_long_run_of_pictures_takes_no_time(text: str) -> None:
    long = text * (60_000 // len(text))
    begun = time.monotonic()
    framed(long)
    without_invented("", long)
    protected(long)
    assert time.monotonic() - begun < 5


def run(text: str, answer: Callable[[Segment], str], *, language: str = "ru") -> Document:
    paragraph = Paragraph(0, text, Span(0, len(text)), language=language)
    document = Document("id", "a.txt", text, "utf-8", (paragraph,), language=language)
    stage = Translate(
        ScriptedTranslator(answer), languages=("ru", "uk", "fr", "en"), target="en",
        decoding=Decoding(), max_segment_chars=400, max_sentence_chars=400, progress=Silent(),
    )  # fmt: skip
    (found,) = stage.settled(stage.run([document]))
    return found


def test_an_engine_is_shown_neither_pictures_nor_odd_letters() -> None:
    known = {
        "Взрыв на складе!": "A blast at a warehouse!",
        "Старый мост закрыт, сообщил директор.": "The old bridge is shut, the director said.",
    }
    text = "⚡️ Взры\u00adв на складе 💥!\n✅ Ста\u0301рый мост за-\nкрыт, сообщил диpeктop."
    found = run(text, lambda segment: known[" ".join(segment.text.split())]).paragraphs[0]
    assert found.translation is not None
    first, second = found.translation.segments
    assert found.translation.text == (
        "⚡️ A blast at a warehouse 💥! ✅ The old bridge is shut, the director said."
    )
    cut = text.index("✅")
    assert text[first.source.start : first.source.end] == text[:cut].rstrip()
    assert text[second.source.start : second.source.end] == text[cut:]
    assert found.translation.flags == ()


@pytest.mark.parametrize(
    ("source", "answer", "wanted"),
    [
        ("Мы 🧡 наш город.", "We love our city.", "We 🧡 love our city."),
        ("Цена выросла 📈 на 5 %.", "The price rose by 5%.", "The price 📈 rose by 5%."),
        ("Вокзал → Рынок → Порт", "Station -> Market → Port", "Station → Market → Port"),
        ("Команда 🇺🇦 обыграла команду 🇫🇷", "A 🇫🇷 team lost", "A 🇺🇦 🇫🇷 team lost"),
        ("Мы 🧡 город.", "We 🧡 a city 💣.", "We 🧡 a city."),
    ],
)
def test_a_picture_within_a_sentence_comes_through(source: str, answer: str, wanted: str) -> None:
    found = run(source, lambda segment: answer).paragraphs[0]
    assert found.translation is not None
    assert found.translation.text == wanted
    assert Flag.PROTECTED not in found.translation.flags


def test_an_arrow_within_a_sentence_cuts_nothing() -> None:
    text = "Автобус идёт по маршруту Вокзал → Больница → Рынок каждый час."
    assert list(cut_at_symbols(text, language="ru")) == [text]


def test_nothing_is_asked_about_a_paragraph_of_pictures() -> None:
    assert run("🎉🎉🎉", lambda segment: "A party.").paragraphs[0].translation is None


def test_sentences_of_the_text_itself_are_shown_in_their_reading_form() -> None:
    text = "The may\u00ador re-\nsigned\u200b. Cafe\u0301s rеmain open."
    paragraph = Paragraph(0, text, Span(0, len(text)), language="en")
    document = Document("id", "a.txt", text, "utf-8", (paragraph,), language="en")
    first, second = (s for line in own_lines(document, target="en") for s in line.sentences)
    assert first.text == "The mayor resigned."
    assert second.text == "Cafés remain open."
    place = second.evidence[0].place.span
    assert text[place.start : place.end] == "Cafe\u0301s rеmain open."
