"""Bytes to text: every encoding that newsrooms still have, in one sentence and in many."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.sources.encoding import decode
from pipeline.sources.html import declared_charset

RUSSIAN = (
    "Совет директоров решил вернуть завод в состав компании до конца июля.",
    "Рабочих увольнять не станут: «Людям бояться нечего», — сказал управляющий.",
    "Цех в Дуэ выпустил за год 151 тысячу машин, на 72% больше прежнего.",
)
UKRAINIAN = (
    "Рада директорів вирішила повернути завод до складу компанії до кінця липня.",
    "Її речник пояснив: «Ґрунту для звільнень немає», і це підтвердили в цеху.",
    "Торік тут зібрали 151 тисячу автомобілів, що на 72% більше, ніж раніше.",
)
FRENCH = (
    "L'usine de Cléon sera réintégrée au groupe dès l'été, a annoncé la direction.",
    "Les salariés, eux, n'ont rien à craindre : « Où voulez-vous qu'ils aillent ? »",
    "Près de Douai, on a fabriqué 151 000 véhicules, ça ne s'était jamais vu.",
)
ENGLISH = "The board’s answer was “not yet” – and the plant’s café closed at £3 a cup."


@pytest.mark.parametrize("text", RUSSIAN)
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic"])
def test_one_russian_sentence(text: str, encoding: str) -> None:
    text = text.replace("«", '"').replace("»", '"').replace("—", "-")
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoding == encoding


@pytest.mark.parametrize("text", UKRAINIAN)
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-u", "mac-cyrillic"])
def test_one_ukrainian_sentence(text: str, encoding: str) -> None:
    text = text.replace("«", '"').replace("»", '"')
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoding == encoding


@pytest.mark.parametrize("text", FRENCH)
def test_one_french_sentence(text: str) -> None:
    assert decode(text.encode("latin-1")) == decode(text.encode("cp1252"))
    assert decode(text.encode("latin-1")).text == text
    assert decode(text.encode("latin-1")).encoding == "latin-1"
    assert decode(text.encode("mac-roman")).text == text


def test_the_signs_that_only_cp1252_has() -> None:
    text = "Le cœur du problème : « l’été » à 10 € – dit-il…"
    assert decode(text.encode("cp1252")).text == text
    assert decode(text.encode("cp1252")).encoding == "cp1252"
    assert decode(ENGLISH.encode("cp1252")).text == ENGLISH
    assert decode("Un cœur à 10 euros".encode("iso8859-15")).text == "Un cœur à 10 euros"


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Привет", "cp1251"),
        ("Привет", "koi8-r"),
        ("привет", "cp866"),
        ("Привіт", "koi8-u"),
        ("Київ", "cp1251"),
        ("МОСКВА", "cp1251"),
        ("МОСКВА", "koi8-r"),
        ("été", "latin-1"),
        ("À", "latin-1"),
        ("c’est", "cp1252"),
    ],
)
def test_a_single_word_is_enough(word: str, encoding: str) -> None:
    assert decode(word.encode(encoding)).text == word


@pytest.mark.parametrize(
    ("sentences", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN[::2], "koi8-r"),
        (UKRAINIAN, "cp1251"),
        (UKRAINIAN[::2], "koi8-u"),
        (FRENCH, "cp1252"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_long_texts_keep_their_line_ends(
    sentences: tuple[str, ...], encoding: str, end: str
) -> None:
    text = end.join(sentences * 300)
    assert decode(text.encode(encoding)).text == text


def test_capitals_are_not_taken_for_the_other_encoding() -> None:
    for text in (*RUSSIAN, *UKRAINIAN):
        shout = text.upper()
        assert decode(shout.encode("cp1251")).text == shout


def test_koi8_is_ukrainian_only_where_it_has_ukrainian_letters() -> None:
    assert decode(RUSSIAN[0].encode("koi8-r")).encoding == "koi8-r"
    late = (RUSSIAN[0] + "\n") * 3000 + UKRAINIAN[0]  # behind all that is sampled
    decoded = decode(late.encode("koi8-u"))
    assert decoded.encoding == "koi8-u"
    assert decoded.text == late


def test_names_in_latin_letters_do_not_upset_a_cyrillic_text() -> None:
    text = "Компания Ampere SAS, Renault Group и Nissan Motor Co. подписали договор о поставках."
    assert decode(text.encode("cp1251")).text == text
    assert decode(text.encode("koi8-r")).text == text


def test_one_accent_far_down_a_large_english_file() -> None:
    text = "All is quiet on the wire tonight. " * 50_000 + "The café is shut."
    assert decode(text.encode("latin-1")).text == text


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_obeyed_and_removed(mark: str) -> None:
    for text in (*RUSSIAN, *FRENCH, "plain ASCII", "日本語"):
        assert decode(text.encode(mark)).text == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_utf_16_and_32_without_a_mark(codec: str) -> None:
    for text in ("Привіт", RUSSIAN[1], FRENCH[1], ENGLISH, "Hello", "\n".join(UKRAINIAN * 2000)):
        decoded = decode(text.encode(codec))
        assert decoded.text == text
        assert decoded.encoding == codec


GOOD = (
    *RUSSIAN,
    *UKRAINIAN,
    *FRENCH,
    ENGLISH,
    "",
    "“curly” ‘quotes’ … ﬁ ligature, ＦＵＬＬ width, &eacute;&amp; and e\u0301 apart\r\nCR LF\r\n",
    "РІЧНИЙ ЗВІТ: «РІВНЕ» — С° і СЄ, С»",
    "SÃO PAULO, ÂGE D’OR, Ñandú, «Ça !» 5 € ± 2 °C № 7",
    "Копьё, пёс, бельё, чьё",
    "a\u00a0b\u200bc\u00adde \U0001f600 日本語 Ελληνικά עברית",
)


@pytest.mark.parametrize("text", GOOD)
def test_good_utf8_comes_back_as_it_is(text: str) -> None:
    decoded = decode(text.encode("utf-8"))
    assert decoded.text == text
    assert decoded.encoding == "utf-8"


WORDS = sorted({word for text in GOOD for word in text.split()})


@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from((" ", "\n", "\r\n", "\t", " — "))))
)
def test_good_utf8_comes_back_as_it_is_whatever_it_says(said: list[tuple[str, str]]) -> None:
    text = "".join(map("".join, said))  # words: letters at random can look misread
    assert decode(text.encode("utf-8")).text == text


def test_a_degree_behind_its_letter_is_no_old_slavonic_one() -> None:
    text = "Днём 20 С°, ночью 5 С°.\nС° С° С°\n"
    assert decode(text.encode("utf-8")).text == text


def seen_as(text: str, encoding: str) -> str:
    """UTF-8 read in the wrong encoding; unassigned bytes pass through, as in most programs."""
    found = ""
    for byte in text.encode("utf-8"):
        try:
            found += bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            found += chr(byte)
    return found


@pytest.mark.parametrize(
    "encoding", ["cp1251", "cp1252", "latin-1", "koi8-r", "cp866", "mac-roman"]
)
@pytest.mark.parametrize("times", [1, 2])
def test_mojibake_of_cyrillic_is_repaired(encoding: str, times: int) -> None:
    for text in (*RUSSIAN, *UKRAINIAN, "\r\n".join(RUSSIAN)):
        damaged = text
        for _ in range(times):
            damaged = seen_as(damaged, encoding)
        decoded = decode(damaged.encode("utf-8"))
        assert decoded.text == text
        assert decoded.encoding == "utf-8 (mojibake repaired)"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1251"])
def test_mojibake_of_french_is_repaired(encoding: str) -> None:
    text = "\n".join(FRENCH)
    assert decode(seen_as(text, encoding).encode("utf-8")).text == text


def test_mojibake_that_lost_its_odd_characters_is_repaired() -> None:
    damaged = seen_as("В России Иван ждал отпуска", "cp1251")
    assert decode(damaged.replace("\xa0", " ").encode()).text == "В России Иван ждал отпуска"
    assert decode(damaged.replace("\x98", "?").encode()).text == "В России Иван ждал отпуска"


def test_only_the_damaged_lines_are_touched() -> None:
    sound = (RUSSIAN[0], f"“{ENGLISH}”")
    damaged = (seen_as(RUSSIAN[1], "cp1251"), seen_as(FRENCH[0], "cp1252"))
    text = "\n".join((sound[0], damaged[0], sound[1], damaged[1]))
    mended = "\n".join((sound[0], RUSSIAN[1], sound[1], FRENCH[0]))
    assert decode(text.encode()).text == mended


def test_utf8_with_a_few_broken_bytes_is_still_utf8() -> None:
    whole = "\n".join(RUSSIAN).encode()
    cut = decode(whole[:-2])  # inside the letter before the full stop
    assert cut.text == "\n".join(RUSSIAN)[:-2]
    assert cut.encoding == "utf-8 (cut off inside the last character)"
    hurt = decode(whole[:21] + b"\xff" + whole[21:])
    assert hurt.text == whole[:21].decode() + "\ufffd" + whole[21:].decode()
    assert hurt.encoding == "utf-8 (1 broken character)"
    twice = decode(whole[:21] + b"\xff" + whole[21:32] + b"\xfe" + whole[32:])
    assert twice.encoding == "utf-8 (2 broken characters)"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG image"),
        (b"PK\x03\x04\x14\0\0\0", "ZIP archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF document"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"{\\rtf1\\ansi hello}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), "Office"),
        (b"good text, then\0a NUL byte", "NUL"),
        (bytes(range(1, 32)) * 30, "control characters"),
        (bytes(range(256)) * 8, "NUL"),
    ],
)
def test_binary_data_is_refused_with_what_it_is(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        decode(data)
    assert caught.value.hint


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_a_source_error(data: bytes) -> None:
    try:
        decoded = decode(data)
    except SourceError as refused:
        hint = refused.hint
    else:
        decoded.text.encode("utf-8")
        hint = "none is needed"
        assert "\0" not in decoded.text
    assert hint


def test_what_a_page_declares_is_believed_where_it_can_be_true() -> None:
    greek = "Καλημέρα, Αθήνα"
    assert decode(greek.encode("iso8859-7"), declared="ISO-8859-7").text == greek
    assert decode(greek.encode("utf-8"), declared="windows-1251").text == greek
    assert decode(RUSSIAN[0].encode("koi8-r"), declared="iso-8859-1").text == RUSSIAN[0]
    assert decode(RUSSIAN[0].encode("cp1251"), declared="no-such-thing").text == RUSSIAN[0]
    assert decode(RUSSIAN[0].encode("cp1251"), declared="punycode").text == RUSSIAN[0]
    assert declared_charset(b'<meta charset="windows-1251">') == "windows-1251"
    assert declared_charset(b"<META content='text/html; charset=koi8-u'>") == "koi8-u"
    assert declared_charset(b'<?xml version="1.0" encoding="UTF-8"?>') == "UTF-8"
    assert declared_charset(b"<p>charset=utf-8</p>") is None


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-u", "utf-16-le"])
def test_five_megabytes_take_seconds(encoding: str) -> None:
    text = "\n".join(x.replace("«", "").replace("»", "") for x in UKRAINIAN * 11_000)
    data = text.encode(encoding)
    began = time.process_time()
    assert decode(data).text == text
    assert time.process_time() - began < 5


def test_five_megabytes_of_mojibake_take_seconds() -> None:
    text = "\n".join(RUSSIAN * 12_000)
    damaged = text.encode().decode("latin-1").encode()
    began = time.process_time()
    assert decode(damaged).text == text
    assert time.process_time() - began < 15
