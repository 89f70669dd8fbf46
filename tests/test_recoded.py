"""Text that a program read in the wrong one-byte encoding, repaired; sound text stays as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Rejection
from pipeline.sources.encoding import decode
from pipeline.sources.folder import read_bytes
from pipeline.sources.recoded import repair

RUSSIAN = (
    "Паром через залив снова ходит: льда почти нет, сказал капитан порта.\n"
    "Билет подорожал на 40 рублей, зато рейсов стало девять.\n"
    "Жители Кручины просят оставить и ночной."
)
UKRAINIAN = (
    "Пором через затоку знову ходить: криги майже немає, сказав капітан порту.\n"
    "Квиток подорожчав на 40 гривень, зате рейсів стало дев'ять.\n"
    "Мешканці Кручиної просять лишити й нічний."
)
FRENCH = (
    "Le bac traverse de nouveau la baie : la glace a fondu, a déclaré le capitaine du port.\n"
    "Le billet a augmenté de deux euros, mais il y a désormais neuf départs.\n"
    "Les élèves de la presqu'île espèrent garder le bac de nuit, très fréquenté l'été."
)
TAKEN_FOR = (
    "cp1252",
    "latin-1",
    "cp1251",
    "koi8-r",
    "koi8-u",
    "cp866",
    "mac-cyrillic",
    "mac-roman",
)


def taken_for(text: str, own: str, other: str) -> str:
    """Text whose bytes in its own encoding were read in another; unassigned ones pass through."""
    found = ""
    for byte in text.encode(own):
        try:
            found += bytes([byte]).decode(other)
        except UnicodeDecodeError:
            found += chr(byte)
    return found


@pytest.mark.parametrize("other", TAKEN_FOR)
@pytest.mark.parametrize(
    ("text", "own"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "iso8859-5"),
        (UKRAINIAN, "cp1251"),
        (UKRAINIAN, "koi8-u"),
    ],
)
def test_cyrillic_text_in_the_wrong_encoding_is_repaired(text: str, own: str, other: str) -> None:
    text = "\n".join([text] * 3)
    assert decode(taken_for(text, own, other).encode()).text == text


@pytest.mark.parametrize("other", ["cp1251", "koi8-r", "cp866", "mac-roman", "mac-cyrillic"])
def test_french_text_in_the_wrong_encoding_is_repaired(other: str) -> None:
    assert repair(taken_for(FRENCH, "latin-1", other)) == FRENCH


@pytest.mark.parametrize("other", ["cp1252", "koi8-r", "cp866"])
def test_a_damaged_heading_is_repaired_and_a_sound_line_stays(other: str) -> None:
    sound = "Мост закрыт до марта" if other == "cp1252" else "The bridge is shut"
    damaged = taken_for("Паром ходит\n" + RUSSIAN, "cp1251", other)
    assert repair(f"{sound}\n{damaged}") == f"{sound}\nПаром ходит\n{RUSSIAN}"


def test_a_stretch_inside_a_sound_line_is_repaired() -> None:
    damaged = taken_for("Паром через залив снова ходит", "cp1251", "cp1252")
    assert repair(f"Капитан сказал: {damaged}.") == "Капитан сказал: Паром через залив снова ходит."


def test_a_field_of_a_feed_is_repaired() -> None:
    record = {"text": taken_for(RUSSIAN, "cp1251", "koi8-r")}
    (document,) = read_bytes(json.dumps(record).encode(), name="a.jsonl", suffix=".jsonl")
    assert not isinstance(document, Rejection)
    assert document.text == RUSSIAN


SOUND = (
    RUSSIAN,
    UKRAINIAN,
    FRENCH,
    RUSSIAN.upper(),
    UKRAINIAN.upper(),
    FRENCH.upper(),
    "НАТО, ЕС, ООН, МИД РФ, ВСУ, ГУ МЧС",
    "ПриватБанк, ВКонтакте, МегаФон и РусГидро; кВт, МВт, ГВт, мАч",
    "Његош, Љубомир и Ђорђевић приехали в Ниш; Ћирић остался, Џемал уехал.",
    "У Менску й Горадні былі Уладзімір і Ўльяна; ён зноў прыйшоў дадому.",
    "Градът е затворен до март, съобщи кметът; мостът ще бъде готов през пролетта.",
    "Žena iz Železnika želi živeti ob morju, kjer je žar in žito.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy, tvrdí úřad v Žďáru.",
    "Það er ekki hægt að fara yfir brúna á þriðjudaginn, sagði lögreglan í Þórshöfn.",
    "Größere Übungen für Äpfel, Öl und Süßigkeiten: außen grün.",
    "São João não tem pães, mas põe à mesa maçãs e feijões.",
    "Καλημέρα, η γέφυρα είναι κλειστή. שלום. 日本語の橋。",
    "┌──────┬──────┐\n│ Мост │ 2024 │\n└──────┴──────┘",
    "══════════════════════════════════",
    "–Привет! –сказал он. –Рано ещё. –Самое время, –ответила она. –Садись. –Спасибо.",
    "“Привет”, ‘мир’ — сказал он… 5 € за 10 °C № 7 §3 ©2024 «да»",
    "Сaфe “Oдecca” нaпротив пapка",
    "é è à ê ç ù â î ô û",
)


@pytest.mark.parametrize("text", SOUND)
def test_sound_text_is_never_repaired(text: str) -> None:
    assert repair(text) is text
    assert repair("\n".join([text] * 20)) == "\n".join([text] * 20)


@given(st.text(alphabet="абвгдежзиклмнопрстуАБВРСІіїЇєЄ éèàçœÉabcABC «»—’,.№\n", max_size=300))
def test_whatever_is_said_in_good_letters_stays(text: str) -> None:
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "mac-cyrillic"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_line_in_another_encoding_inside_of_utf8_is_read(encoding: str, at: int) -> None:
    lines = RUSSIAN.split("\n")
    data = b"\n".join(x.encode(encoding if n == at else "utf-8") for n, x in enumerate(lines))
    decoded = decode(data)
    assert decoded.text == RUSSIAN
    assert "1 line in" in decoded.encoding


def test_a_french_line_in_latin_1_inside_of_utf8_is_read() -> None:
    first, *others = FRENCH.split("\n")
    data = "\n".join(others).encode() + b"\n" + first.encode("latin-1")
    assert decode(data).text == "\n".join([*others, first])
    assert decode(data).encoding == "utf-8 (1 line in latin-1)"


def test_words_in_another_encoding_inside_of_a_line_are_read() -> None:
    data = "Капитан порта сказал: ".encode() + "паром через залив снова ходит".encode("cp1251")
    assert decode(data).text == "Капитан порта сказал: паром через залив снова ходит"


def test_utf8_in_other_scripts_with_a_broken_byte_is_still_utf8() -> None:
    text = "橋は三月まで通行止めです。市長が発表した。" * 4
    data = text.encode()
    assert decode(data[:30] + b"\xff" + data[30:]).encoding == "utf-8 (1 broken character)"


@pytest.mark.parametrize(
    "text",
    [
        "?????? ????? ?? ?????, ??????? ????? ? ?????, ???????? ? ????? ??????.",
        "\ufffd" * 40 + " 2024",
        "Пр\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdство \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd",
        "вŁð‡łŁºà â ïîíåä‡ºîŒ óâå÷åð‡ çàŒðŁòŁ жтарŁØ ïðŁчає до вежнŁ",
    ],
)
def test_text_that_is_lost_is_refused_and_not_called_another_language(text: str) -> None:
    (result,) = read_bytes(text.encode(), name="a.txt")
    assert isinstance(result, Rejection)
    assert result.reason.startswith("cannot be read")
    assert "get it again" in result.hint


def test_some_lost_characters_are_noted() -> None:
    text = "Мост закрыт до марта, авто\ufffd\ufffd\ufffdы ходят в объе\ufffd\ufffdд. " * 2
    (document,) = read_bytes(text.encode(), name="a.txt")
    assert not isinstance(document, Rejection)
    assert document.notes == ("10 characters are lost: \ufffd stands in their place",)
    lost = "Мост закрыт до марта, автобусы ходят в объезд. " * 2 + "????? ?????? ????? ?????."
    (partly,) = read_bytes(lost.encode(), name="a.txt")
    assert not isinstance(partly, Rejection)
    assert partly.notes == ("21 letters are lost: question marks stand in their place",)
    (sound,) = read_bytes("Где?? Почему?! Мост закрыт до марта.".encode(), name="a.txt")
    assert not isinstance(sound, Rejection)
    assert sound.notes == ()
