"""The reading form: what is shown is read, and every place leads back into the text as it is."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.engine import Identification
from pipeline.document import Document, Paragraph
from pipeline.lang.line_ends import keeps_hyphen, word_counts
from pipeline.lang.reading import Reading, read, reading_form
from pipeline.place import Span
from pipeline.sources import dates
from pipeline.stages.clean import Clean
from pipeline.stages.detect import Detect

ODD = [
    # letters in two parts
    ("ru", unicodedata.normalize("NFD", "Бойкий ёж"), "Бойкий ёж"),
    ("uk", unicodedata.normalize("NFD", "Її країни й річки"), "Її країни й річки"),
    ("fr", unicodedata.normalize("NFD", "Où l'été a brûlé la forêt"), "Où l'été a brûlé la forêt"),
    ("en", unicodedata.normalize("NFD", "a naïve café"), "a naïve café"),
    # unseen characters
    ("fr", "La ré\u00adforme des re\u00adtrai\u00adtes", "La réforme des retraites"),
    ("ru", "Пен\u200bсии \ufeffвы\u2060рас\u200dтут", "Пенсии вырастут"),
    ("en", "\u202aThe mayor\u202c re\u00adsigned\u200e", "The mayor resigned"),
    ("en", "Hi\U000e0041\U000e0042 there", "Hi there"),
    # stress marks
    ("ru", "ста\u0301рый за\u0301мок и замо\u0301к", "старый замок и замок"),
    ("uk", "Ки\u0301їв, украї\u0301нські є\u0301вро", "Київ, українські євро"),
    ("ru", "стáрый зáмок, Орлóв, перý, ѝменно", "старый замок, Орлов, перу, именно"),
    ("ru", "за´мок", "замок"),
    # the other alphabet
    ("ru", "Cовeт дирeктopoв: Ha cклaдe, Kиeв, кBт", "Совет директоров: На складе, Киев, кВт"),
    ("uk", "Paдa pозглянулa цiну i ї\u0301ї змiну", "Рада розглянула ціну і її зміну"),
    ("fr", "Lе соnsеil а vоté lе budgеt", "Le conseil a voté le budget"),
    ("en", "Тhе mауоr saw а ѕсhооl", "The mayor saw a school"),
    ("ru", "C утрa шёл дoждь. B центре – снег.", "С утра шёл дождь. В центре – снег."),
    ("ru", "в ХIХ вeкe и в CCCР", "в XIX веке и в СССР"),
    # words broken at line ends
    ("ru", "Министр фи-\nнансов и юго-\nзападный ветер", "Министр финансов и юго-западный ветер"),
    ("uk", "мі-\r\n  ністр з пів-\nденно-західної", "міністр з південно-західної"),
    ("fr", "pro-\nchaine, dix-\nsept, va-t-\nil", "prochaine, dix-sept, va-t-il"),
    ("fr", "dou-\nleur, beau-\ncoup, c'est-à-\ndire", "douleur, beaucoup, c'est-à-dire"),
    ("en", "gov-\nernment, twenty-\none, a 15-\nyear ban", "government, twenty-one, a 15-year ban"),
    ("ru", "ме-\nсто, какой-\nто, Нью-\nЙорк, МИ-\nНИСТР", "место, какой-то, Нью-Йорк, МИНИСТР"),
    ("fr", "gou\u00ad\nvernement, rap¬\nport", "gouvernement, rapport"),
    ("ru", "зелено-голубой, зелено-\nголубой", "зелено-голубой, зелено-голубой"),
    # apostrophes
    ("uk", "п`ять, п´ять, п‘ять, п′ять, п*ять, п\"ять", ", ".join(["п'ять"] * 6)),
    ("uk", "пять, девяносто, обєкт, зявився, сімя", "п'ять, дев'яносто, об'єкт, з'явився, сім'я"),
    # letters of other shapes
    ("fr", "la ﬁnance et l'eﬀet", "la finance et l'effet"),
    ("ru", "\U0001d5d5\U0001d5e5: мост з\u0336а\u0336крыт", "BR: мост закрыт"),
]  # fmt: skip
ORDINARY = [
    ("ru", "Ёж ушёл в IT-компанию; SMSка о COVID-19 из USA, MAX и «Яndex», витамин C, план B."),
    ("ru", "Цена – 5 €/м², т. е. ½ от 10 ‰. Ещё: «й», №\u00a05, 20-летний, кто-то, а-а-а…"),
    ("uk", "П’ять сімей, пʼять об'єктів; свято, цвях, ряд, буряк, бюджет, Бєлгород і Пєсков."),
    ("fr", "L’été, dit-elle, « c'est-à-dire » : 15 000 € – où ? Œuvre, naïf, ça, Noël."),
    ("en", "It's a well-known `so-\u00adcalled` naïve — “fact”: 1/2 < 3; A&B, 10\u202f000."),
    ("en", "Пётр Orlov visited Львів; the Cyrillic letter а is no a, СССР is the USSR."),
    ("ru", "См. https://example.org/ма\u0301й-cайт и mаil@example.org, `cтрокa`."),
    ("ru", "две- \nи трёхэтажные дома; двух-\nи трёхэтажные"),
    ("ru", "👩\u200d🚒 и ☎\ufe0f, 1\ufe0f\u20e3, 🏴\U000e0067\U000e0062\U000e007f"),
]


@pytest.mark.parametrize(("language", "text", "shown"), ODD)
def test_the_reading_form_is_what_is_shown(language: str, text: str, shown: str) -> None:
    assert reading_form(text, language=language) == shown


@pytest.mark.parametrize(("language", "text"), ORDINARY)
def test_ordinary_text_is_its_own_reading_form(language: str, text: str) -> None:
    assert read(text, language=language) == Reading(text)


def test_an_apostrophe_that_was_not_typed_is_missing_in_ukrainian_alone() -> None:
    for language in ("ru", "fr", None):
        assert reading_form("пять объявлений, память и мясо", language=language).count("'") == 0


def test_a_place_leads_back_to_the_word_as_it_is() -> None:
    text = "Мэ\u0301р фи-\nнан\u00adсов и Cовeт."
    reading = read(text)
    assert reading.text == "Мэр финансов и Совет."
    for word, own in {
        "Мэр": "Мэ\u0301р",
        "финансов": "фи-\nнан\u00adсов",
        "Совет": "Cовeт",
    }.items():
        start = reading.text.index(word)
        span = reading.span(Span(start, start + len(word)))
        assert text[span.start : span.end] == own


ALPHABET = "аеийяпі'`´*- \n\r\u00ad\u200b\u0301\u0306\u0308oceIXéﬁ.@1A"


@given(st.text(alphabet=ALPHABET, max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_parts_of_the_reading_make_up_the_text(text: str, first: int, second: int) -> None:
    for language in ("uk", "fr"):
        reading = read(text, language=language)
        cuts = sorted({0, min(first, len(reading.text)), min(second, len(reading.text)),
                       len(reading.text)})  # fmt: skip
        spans = [Span(a, b) for a, b in pairwise(cuts)]
        places = [reading.span(span) for span in spans]
        if places:
            assert "".join(text[place.start : place.end] for place in places) == text
        for span, place in zip(spans, places, strict=True):
            part = reading.part(span)
            assert part.text == reading.text[span.start : span.end]
            assert part.origin(len(part.text)) == place.end - place.start


@given(st.text(alphabet="аеийяпі-*\u00ad\u200b\u0301\u0306\u0308 \nﬁ1", max_size=30))
@example("ﬁі\u0306")  # a letter that changes its alphabet takes the mark behind it
def test_nothing_unseen_and_no_letter_in_two_parts_is_left(text: str) -> None:
    shown = reading_form(text, language="uk")
    assert unicodedata.is_normalized("NFC", shown)
    assert not set(shown) & {"\u00ad", "\u200b"}


@pytest.mark.parametrize(
    "text", ["a", "а", "аa", "-", "'", "\u0301", "е\u0301", "-\n", "а-\n", "`", " ", "п*"]
)
def test_a_long_run_of_one_thing_is_read_in_time(text: str) -> None:
    begun = time.monotonic()
    read(text * (100_000 // len(text)), language="uk")
    assert time.monotonic() - begun < 5


def test_the_words_around_judge_a_broken_word() -> None:
    words = word_counts("Un rendez-vous, des rendezvous? Un rendez-vous.")
    assert keeps_hyphen("rendez", "vous", words)
    assert not keeps_hyphen("zelo", "verde", words)
    assert keeps_hyphen("zelo", "verde", word_counts("a zelo-verde b"))


@pytest.mark.parametrize(
    ("line", "date"),
    [
        (unicodedata.normalize("NFD", "Publié le 3 février 2024 à 10h15"), "2024-02-03"),
        ("3 фе\u00adвра\u00adля 2024 года", "2024-02-03"),
        ("21 сi\u0301чня 2024 року", "2024-01-21"),
        ("\u200fPublished: 3 March 2024\u200e", "2024-03-03"),
    ],
)
def test_dates_and_site_chrome_are_read_in_their_reading_form(line: str, date: str) -> None:
    assert dates.of_line(line) == date
    text = f"{line}\nLe conseil municipal a adopté hier soir le budget de la ville."
    at = len(line)
    paragraphs = (
        Paragraph(0, line, Span(0, at)),
        Paragraph(1, text[at + 1 :], Span(at + 1, len(text))),
    )
    (found,) = Clean().run([Document("id", "a.txt", text, "utf-8", paragraphs)])
    assert [p.removal is not None for p in found.paragraphs] == [True, False]


def test_the_identifier_is_shown_the_reading_form() -> None:
    seen: list[str] = []

    class Listening:
        def identify(self, text: str) -> Identification:
            return Identification("ru", 1.0)

        def scores_all(self, texts: Sequence[str]) -> list[dict[str, float]]:
            seen.extend(texts)
            return [{"ru": 1.0} for _ in texts]

    text = unicodedata.normalize("NFD", "Мэр Бойкий по\u00adддepжaл слияние заводов.")
    document = Document("id", "a.txt", text, "utf-8", (Paragraph(0, text, Span(0, len(text))),))
    Detect(Listening(), languages=("ru", "uk")).run([document])
    assert set(seen) == {"Мэр Бойкий поддержал слияние заводов."}
