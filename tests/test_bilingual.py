"""Both languages side by side: tables for people, TMX for translation memories."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from scripted_desk import desk, from_table

from pipeline.errors import UsageError
from pipeline.flag import Flag
from pipeline.output.bilingual import BilingualPair
from pipeline.output.tmx import tmx
from pipeline.translation.alignment import aligned
from pipeline.translation.forms import Form, check_form, pieces
from pipeline.translation.markdown import markdown_skeleton
from pipeline.translation.streaming import StreamedTranslation

# The elements of TMX 1.4 that we write, with the attributes that the standard demands of them.
STRUCTURE = etree.DTD(
    io.StringIO("""
<!ELEMENT tmx (header, body)>
<!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header (note | prop | ude)*>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED
  segtype (block | paragraph | sentence | phrase) #REQUIRED o-tmf CDATA #REQUIRED
  adminlang CDATA #REQUIRED srclang CDATA #REQUIRED datatype CDATA "unknown">
<!ELEMENT body (tu*)>
<!ELEMENT tu ((note | prop)*, tuv+)>
<!ATTLIST tu srclang CDATA #IMPLIED>
<!ELEMENT tuv ((note | prop)*, seg)>
<!ATTLIST tuv xml:lang CDATA #REQUIRED>
<!ELEMENT seg (#PCDATA)>
<!ELEMENT note (#PCDATA)>
<!ELEMENT ude EMPTY>
<!ELEMENT prop (#PCDATA)>
<!ATTLIST prop type CDATA #REQUIRED>
""")
)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SOURCE = """# Мост | река

Мэр открыл [новый мост](https://e.org). Город рад, и гости тоже.

Un mot en français, avec <b>des balises</b>, pour la presse.
"""
KNOWN = {
    "Мост | река": "Bridge | river",
    "Мэр открыл новый мост. Город рад, и гости тоже.": (
        "The mayor opened a new bridge. The town is glad, and so are the guests."
    ),
    "новый мост": "new bridge",
    "Un mot en français, avec des balises, pour la presse.": (
        "A word in French, with <tags> & all, for the press."
    ),
    "des balises": "tags",
}


def written(form: Form, state: Path) -> str:
    skeleton = markdown_skeleton(SOURCE, name="a <1>.md")
    built, _, progress = desk(from_table(KNOWN), state)
    work = StreamedTranslation(skeleton, built, progress=progress)
    return "".join(pieces(form, skeleton, work.run(), source=work.document.language, target="en"))


def test_a_markdown_table_has_a_row_for_each_paragraph(tmp_path: Path) -> None:
    shown = MarkdownIt("commonmark").enable("table").render(written("markdown", tmp_path / "s"))
    rows = lxml_html.fromstring(shown).xpath("//tr")
    cells = [[cell.text_content() for cell in row] for row in rows]
    assert cells == [
        ["source", "en"],
        ["Мост | река", "Bridge | river"],
        [
            "Мэр открыл новый мост. Город рад, и гости тоже.",
            "The mayor opened a new bridge. The town is glad, and so are the guests.",
        ],
        [
            "Un mot en français, avec des balises, pour la presse.",
            "A word in French, with <tags> & all, for the press.",
        ],
    ]


def test_an_html_table_says_which_cell_is_in_which_language(tmp_path: Path) -> None:
    page = lxml_html.fromstring(written("html", tmp_path / "s"))
    cells = page.xpath("//td")
    assert [cell.get("lang") for cell in cells] == ["ru", "en", "ru", "en", "fr", "en"]
    assert cells[5].text_content() == "A word in French, with <tags> & all, for the press."
    assert page.findtext(".//title") == "a <1>.md"


def test_a_tmx_file_is_valid_and_has_a_unit_for_each_sentence(tmp_path: Path) -> None:
    text = written("tmx", tmp_path / "s")
    assert '<!DOCTYPE tmx SYSTEM "tmx14.dtd">' in text
    root = etree.fromstring(text.encode())
    assert STRUCTURE.validate(root), STRUCTURE.error_log
    header = root.find("header")
    assert header is not None
    assert (header.get("srclang"), header.get("segtype")) == ("ru", "sentence")
    units = [
        (tu.get("srclang"), [(tuv.get(LANG), tuv.findtext("seg")) for tuv in tu.iter("tuv")])
        for tu in root.iter("tu")
    ]
    assert units == [
        (None, [("ru", "Мост | река"), ("en", "Bridge | river")]),
        (None, [("ru", "Мэр открыл новый мост."), ("en", "The mayor opened a new bridge.")]),
        (
            None,
            [
                ("ru", "Город рад, и гости тоже."),
                ("en", "The town is glad, and so are the guests."),
            ],
        ),
        (
            "fr",
            [
                ("fr", "Un mot en français, avec des balises, pour la presse."),
                ("en", "A word in French, with <tags> & all, for the press."),
            ],
        ),
    ]


def test_what_kept_its_source_is_shown_in_a_table_and_left_out_of_a_memory(tmp_path: Path) -> None:
    skeleton = markdown_skeleton("Мост\n\nРека ждёт лодку.\n", name="a.md")
    found: dict[Form, str] = {}
    for form in ("markdown", "tmx"):
        built, _, progress = desk(from_table({"Мост": "Bridge"}), tmp_path / form)
        work = StreamedTranslation(skeleton, built, progress=progress, language="ru")
        found[form] = "".join(pieces(form, skeleton, work.run(), source="ru", target="en"))
    assert "| Река ждёт лодку. | Река ждёт лодку. *(empty, kept-source)* |" in found["markdown"]
    assert found["tmx"].count("<tu>") == 1
    assert "Река" not in found["tmx"]


# Two segments of one paragraph: together they are more than an engine is asked for at once.
LONG = (
    (
        "Новый мост через реку открыли вчера утром, и посмотреть на него пришли почти все жители"
        " города. Шёл дождь."
    ),
    (
        "На том берегу уже много лет ждут этой дороги, потому что до школы оттуда добирались на"
        " лодке, а зимой по льду."
    ),
)
SAID = (
    (
        "The new bridge over the river was opened yesterday morning, and almost the whole town came"
        " to look at it in the rain."
    ),
    (
        "On the other bank they have waited for years. To get to school they took a boat from"
        " there, and in winter they walked over the ice."
    ),
)


def rows(form: Form, state: Path, known: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    """Return source, target and flags of each pair that is written of the long paragraph."""
    skeleton = markdown_skeleton(" ".join(LONG) + "\n", name="a.md")
    built, _, progress = desk(from_table(known), state)
    work = StreamedTranslation(skeleton, built, progress=progress, language="ru")
    text = "".join(pieces(form, skeleton, work.run(), source="ru", target="en"))
    if form == "tmx":
        units = etree.fromstring(text.encode()).iter("tu")
        return [
            (*(seg.text for seg in tu.iter("seg")), [prop.text for prop in tu.iter("prop")])
            for tu in units
        ]
    found = []
    for source, target in lxml_html.fromstring(text).xpath("//tr[td]"):
        flags = [small.text_content().strip("()") for small in target.iter("small")]
        found.append((source.text_content(), (target.text or "").strip(), flags))
    return found


def test_pairs_are_those_of_the_segments_and_never_guessed_across_them(tmp_path: Path) -> None:
    known = dict(zip(LONG, SAID, strict=True))
    assert [row[:2] for row in rows("html", tmp_path / "h", known)] == list(known.items())
    # The first two sentences became one, and the last one two.
    assert [row[:2] for row in rows("tmx", tmp_path / "t", known)] == list(known.items())


def test_only_the_segment_that_kept_its_source_is_flagged_and_left_out(tmp_path: Path) -> None:
    known = {LONG[0]: SAID[0]}
    table = rows("html", tmp_path / "h", known)
    assert [(source, target) for source, target, _ in table] == [
        (LONG[0], SAID[0]),
        (LONG[1], LONG[1]),
    ]
    assert "kept-source" in table[1][2][0]
    assert not any("kept-source" in flag for flag in table[0][2])
    assert [row[:2] for row in rows("tmx", tmp_path / "t", known)] == [(LONG[0], SAID[0])]


@given(st.lists(st.tuples(st.text(), st.none() | st.text(), st.sampled_from(["ru", "fr"]))))
def test_whatever_a_text_holds_the_tmx_is_valid(rows: list[tuple[str, str | None, str]]) -> None:
    pairs = [
        BilingualPair(source, target, language, (Flag.LOOP,)) for source, target, language in rows
    ]
    text = "".join(tmx(pairs, source="ru", target="en", datatype="plaintext"))
    root = etree.fromstring(text.encode("utf-8", "surrogatepass"))
    assert STRUCTURE.validate(root), STRUCTURE.error_log
    assert len(root.findall("body/tu")) == sum(pair.target is not None for pair in pairs)


def test_sentences_are_matched_by_their_length_and_nothing_is_lost() -> None:
    source = "Мост открыли вчера утром. Дождь шёл. Люди пришли посмотреть, и было их много."
    target = (
        "The bridge was opened yesterday morning while it rained. People came to look,"
        " and there were many of them."
    )
    found = list(aligned(source, target, source_language="ru", target_language="en"))
    assert found == [
        (
            "Мост открыли вчера утром. Дождь шёл.",
            "The bridge was opened yesterday morning while it rained.",
        ),
        (
            "Люди пришли посмотреть, и было их много.",
            "People came to look, and there were many of them.",
        ),
    ]
    lone = list(aligned("Один. Два. Три.", "One.", source_language="ru", target_language="en"))
    assert lone == [("Один. Два. Три.", "One.")]


@pytest.mark.parametrize(
    ("output", "bilingual", "as_json", "form"),
    [
        (None, False, False, "text"),
        ("a.txt", False, True, "text"),
        (None, True, False, "markdown"),
        ("a.MD", True, False, "markdown"),
        ("a.html", True, False, "html"),
        ("a.tmx", True, False, "tmx"),
    ],
)
def test_the_suffix_says_the_form(
    output: str | None, bilingual: bool, as_json: bool, form: str
) -> None:
    path = None if output is None else Path(output)
    assert check_form(path, bilingual=bilingual, as_json=as_json) == form


@pytest.mark.parametrize(
    ("output", "bilingual", "as_json"),
    [("a.tmx", False, False), ("a.txt", True, False), ("a", True, False), (None, True, True)],
)
def test_a_form_that_there_is_not_is_wrong_usage(
    output: str | None, bilingual: bool, as_json: bool
) -> None:
    path = None if output is None else Path(output)
    with pytest.raises(UsageError) as caught:
        check_form(path, bilingual=bilingual, as_json=as_json)
    assert caught.value.hint
