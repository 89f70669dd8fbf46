"""The table of formats: which reader a file goes to, and what its documents are called at night."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from format_facts import FORMATS, read_data

from pipeline.document import Document, Kind, Rejection
from pipeline.errors import SourceError
from pipeline.nightly.story import Story, story_of
from pipeline.sources.folder import load_stream
from pipeline.sources.formats import FORMATS as TABLE
from pipeline.sources.formats import recognised, suffix_of, unpacked
from pipeline.sources.raw import Raw
from pipeline.sources.zipped import Zipped

ROOMS = ("feeds", "mail", "office")
FILES = sorted(p for room in ROOMS for p in (FORMATS / room).iterdir() if p.suffix != ".toml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_content_without_a_name_is_recognised(path: Path) -> None:
    data = path.read_bytes()
    (known,) = [known for known in TABLE if known.recognises(data)]
    assert suffix_of(path.name) in known.suffixes
    assert recognised(data) == known.suffixes[0]
    assert load_stream(io.BytesIO(data), max_file_bytes=10**6).suffix == known.suffixes[0]


def test_a_suffix_of_one_format_stands_for_the_others_of_it() -> None:
    assert unpacked(".markdown.gz") == ".md"
    assert unpacked(".docm") == ".docx"
    assert unpacked("") == ""


def test_xml_that_is_no_feed_is_refused_by_its_root() -> None:
    (refused,) = read_data(b"<?xml version='1.0'?><invoice><total>5</total></invoice>", "a.xml")
    assert isinstance(refused, Rejection)
    assert refused.hint


def test_entries_without_dates_keep_their_identity_when_others_come_before() -> None:
    """The next night's feed has one entry more on top: numbers move, keys do not."""
    tonight = (FORMATS / "feeds" / "no-dates.rss").read_bytes()
    item = b"<item><title>T</title><link>https://lypove.example/3.html</link></item>"
    tomorrow = tonight.replace(b"<item>", item + b"<item>", 1)

    def stories(data: bytes) -> list[Story]:
        found = read_data(data, "no-dates.rss")
        return [story_of(document) for document in found if isinstance(document, Document)]

    before, after = stories(tonight), stories(tomorrow)
    assert [s.name for s in before] == ["no-dates.rss#1", "no-dates.rss#2"]
    assert [s.id for s in after[1:]] == [s.id for s in before]
    assert [s.key for s in after[1:]] == [s.key for s in before]
    assert all(s.key for s in before)


def test_chapters_of_a_book_are_stories_of_their_own() -> None:
    found = read_data((FORMATS / "office" / "calibre-split.epub").read_bytes(), "a.epub")
    keys = {story_of(document).key for document in found if isinstance(document, Document)}
    assert len(keys) == len(found) == 2


def test_what_parts_unpack_to_is_counted_together() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "abc":
            archive.writestr(name, b"x" * 400)
    archive = Zipped(Raw(out.getvalue(), "a.zip", max_bytes=1000), kind="an archive")
    assert archive.read("a") == archive.read("b") == b"x" * 400
    with pytest.raises(SourceError, match="unpacks to more than the limit of 1 kB"):
        archive.read("c")


QUOTED = """\
Le quai ferme.

Le 27 nov. 2025 à 18:02, Yves <y@x.example> a écrit :

> Et le quai ?
"""
UNMARKED = """\
Причал закрыли.

27 ноября 2025 г., 18:02, Пётр Лозовой
<p@x.example> пишет:

Что с причалом?
"""
OUTLOOK = """\
Причал зачинили.

-----Вихідне повідомлення-----
Від: Редакція
Надіслано: 27 листопада 2025 р. 18:02
Кому: Олеся
Тема: причал

Що з причалом?
"""
BETWEEN = "> Is it shut?\n\nYes, since Monday.\n\n> Until when?\n\nUntil spring.\n"
WHOLE = "> The quay was closed on Monday.\n>\n> Nobody knows why.\n"
COLONS = "He wrote: the quay is shut.\n\nFrom: here to there.\n"


@pytest.mark.parametrize(
    ("letter", "kept", "removed"),
    [
        (QUOTED, ["Le quai ferme."], ["> Et le quai ?"]),
        (UNMARKED, ["Причал закрыли."], ["Что с причалом?"]),
        (OUTLOOK, ["Причал зачинили."], ["Що з причалом?"]),
        (BETWEEN, ["Yes, since Monday.", "Until spring."], ["> Is it shut?", "> Until when?"]),
        (WHOLE, ["The quay was closed on Monday.", "Nobody knows why."], []),
        (COLONS, ["He wrote: the quay is shut.", "From: here to there."], []),
        ("It was shut.\n\nSent from my iPhone\n", ["It was shut."], ["Sent from my iPhone"]),
    ],
)
def test_a_letter_is_told_from_what_it_carries_along(
    letter: str, kept: list[str], removed: list[str]
) -> None:
    head = "From: a@x.example\nSubject: quay\nContent-Type: text/plain; charset=utf-8\n\n"
    (found,) = read_data((head + letter).encode(), "a.eml")
    assert isinstance(found, Document)
    texts = [p.text for p in found.kept() if p.kind is not Kind.HEADING]
    assert [" ".join(text.split()) for text in texts] == kept
    gone = [p.text for p in found.paragraphs if p.removal is not None]
    assert [text for text in removed if text not in gone] == []
