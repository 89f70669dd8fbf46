"""Files are whole or not there, records follow their schema, pages show what is in them."""

from __future__ import annotations

import html
import json
import os
from dataclasses import fields, replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from pipeline.document import (
    Aligned,
    Document,
    Kind,
    Origin,
    Paragraph,
    Rejection,
    Removal,
    Translation,
    content_id,
)
from pipeline.errors import OutputError, UsageError
from pipeline.flag import Flag
from pipeline.output.atomic import remove_leftovers, write_text
from pipeline.output.escaping import escape
from pipeline.output.own_files import MARK
from pipeline.output.record import SCHEMA_VERSION, document_record, read_record, schema
from pipeline.output.report import document_markdown, folder_markdown, headline, kinds
from pipeline.output.writer import RunWriter
from pipeline.place import NO_MODEL, Place, Span
from pipeline.reason import Reason
from pipeline.summary import Evidence, Sentence, Summary

TEXT = "Новый мост\n\nМост *открыт*.\n\nМост *открыт*."


def document(name: str = "a.txt") -> Document:
    return Document(
        content_id(TEXT),
        name,
        TEXT,
        "utf-8",
        (
            Paragraph(
                0,
                "Новый мост",
                Span(0, 10),
                Kind.HEADING,
                "ru",
                0.9,
                None,
                Translation("New bridge", "en", (Aligned(Span(0, 10), Span(0, 10), "ru", "m"),)),
            ),
            Paragraph(
                1,
                "Мост *открыт*.",
                Span(12, 26),
                Kind.TEXT,
                "ru",
                0.9,
                None,
                Translation(
                    "The bridge is *open*.",
                    "en",
                    (Aligned(Span(12, 26), Span(0, 21), "ru", "m", (Flag.LONG,)),),
                ),
            ),
            Paragraph(
                2,
                "Мост *открыт*.",
                Span(28, 42),
                Kind.TEXT,
                "ru",
                0.9,
                Removal(
                    "dedup",
                    Reason.EXACT_COPY,
                    Place(content_id(TEXT), name, 1, Span(12, 26)),
                    1.0,
                    1.0,
                ),
            ),
        ),
        language="ru",
        confidence=0.987654321,
        summary=Summary(
            (Sentence("The bridge is open.", "m"), Sentence("<b>It</b> is new.", "m")), "en"
        ),
        notes=("a remark",),
    )


def test_records_follow_the_published_schema() -> None:
    Draft202012Validator.check_schema(schema())
    validator = Draft202012Validator(schema())
    record = document_record(document(), engines={"translate": {}}, seconds={"detect": 0.1})
    validator.validate(json.loads(json.dumps(record)))
    bare = replace(document(), summary=None, paragraphs=(), notes=())
    validator.validate(document_record(bare, engines={}, seconds={}))


def test_the_schema_knows_every_flag_every_reason_and_every_field_of_an_origin() -> None:
    defined = schema()["$defs"]
    assert defined["flag"]["enum"] == [flag.value for flag in Flag]
    assert defined["reason"]["enum"] == [reason.value for reason in Reason]
    assert defined["origin"]["required"] == [field.name for field in fields(Origin)]
    assert schema()["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_spans_in_a_record_point_into_its_texts() -> None:
    record = document_record(document(), engines={}, seconds={})
    for paragraph in record["paragraphs"]:
        start, end = paragraph["span"]
        assert record["text"][start:end] == paragraph["text"]
    translations = [p["translation"] for p in record["paragraphs"] if p["translation"]]
    pairs = [
        (record["text"][slice(*s["source"])], t["text"][slice(*s["target"])], s["flags"])
        for t in translations
        for s in t["segments"]
    ]
    assert pairs == [
        ("Новый мост", "New bridge", []),
        ("Мост *открыт*.", "The bridge is *open*.", ["long"]),
    ]


def test_a_record_says_of_each_sentence_who_wrote_it_and_where_it_comes_from() -> None:
    place = Place(content_id(TEXT), "a.txt", 1, Span(12, 26))
    taken = Sentence(
        "The bridge is *open*.", NO_MODEL, (Flag.FILLED_FROM_TEXT,), (Evidence(place, "ru", 1.0),)
    )
    summary = Summary((Sentence("It is new.", "m"), taken), "en", (Flag.DROPPED_NUMBER,))
    origin = Origin(url="https://example.org/1", version="2")
    marked = replace(document(), summary=summary, origin=origin)
    record = json.loads(json.dumps(document_record(marked, engines={}, seconds={})))
    Draft202012Validator(schema()).validate(record)
    assert record["summary"]["models"] == ["m"]
    assert record["summary"]["remarks"] == ["dropped-unsupported-number"]
    first, second = record["summary"]["sentences"]
    assert (first["model"], first["evidence"]) == ("m", [])
    assert (second["model"], second["flags"]) == ("source", ["filled-from-text"])
    assert second["evidence"] == [
        {
            "place": {
                "document_id": content_id(TEXT),
                "document": "a.txt",
                "paragraph": 1,
                "span": [12, 26],
            },
            "language": "ru",
            "score": 1.0,
            "quotation": "Мост *открыт*.",
            "translation": "The bridge is *open*.",
        }
    ]
    assert record["origin"]["url"] == "https://example.org/1"
    assert record["origin"]["author"] is None


@pytest.mark.parametrize("version", [1, SCHEMA_VERSION + 1])
def test_a_record_of_another_version_is_refused_and_says_what_to_do(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "a.json"
    record = document_record(document(), engines={}, seconds={})
    path.write_text(json.dumps(record), "utf-8")
    assert read_record(path)["name"] == "a.txt"
    path.write_text(json.dumps({**record, "schema_version": version}), "utf-8")
    with pytest.raises(UsageError, match=rf"a\.json.*version {version}") as caught:
        read_record(path)
    assert "run again" in caught.value.hint
    nested = "[" * 100_000  # deeper than Python's reader goes
    half = json.dumps({k: v for k, v in record.items() if k != "paragraphs"})
    for broken in ("[]", "{", "{}", nested, half):
        path.write_text(broken, "utf-8")
        with pytest.raises(UsageError, match=r"a\.json: not a record"):
            read_record(path)


def test_a_page_shows_summary_translation_and_what_was_left_out() -> None:
    page = document_markdown(document())
    assert page.startswith("# New bridge\n")
    assert "The bridge is open. \\<b\\>It\\</b\\> is new." in page
    assert "The bridge is \\*open\\*. *(long)*" in page
    assert "- paragraph 2, exact-copy of paragraph 1 in a.txt:" in page


def test_a_page_explains_each_of_its_flags_once_and_no_other() -> None:
    taken = replace(document().paragraphs[1], index=3)
    page = document_markdown(replace(document(), paragraphs=(*document().paragraphs, taken)))
    explained = page.partition("## Flags\n\n")[2]
    assert explained == f"- long: {Flag.LONG.meaning}\n\n{MARK}\n"
    good = replace(document(), paragraphs=document().paragraphs[:1])
    assert "Flags" not in document_markdown(good)


def test_a_heading_below_running_text_is_not_the_title() -> None:
    section, *rest = document().paragraphs
    below = replace(document(), paragraphs=(rest[0], section))
    assert document_markdown(below).startswith("# The bridge is \\*open\\*\n")
    assert document_markdown(replace(below, title="Мост")).startswith("# Мост\n")
    of_the_text = replace(below, title=rest[0].text)  # a line that its format does not mark
    assert document_markdown(of_the_text).startswith("# The bridge is \\*open\\*.\n")


@pytest.mark.parametrize(
    "text",
    [
        "# a",
        "## a",
        "- b",
        "+ b",
        "1. c",
        "12) c",
        "a_b [c](d)",
        "~~~",
        "---",
        "- - -",
        "===",
        "&lt;b&gt;",
        "AT&T",
        "#hashtag",
        "-5 degrees",
        "<b>",
        "`a`",
        "*a*",
        "![a](b)",
    ],
)
def test_text_cannot_become_markup(text: str) -> None:
    rendered = MarkdownIt("commonmark").render(f"before\n{escape(text)}\n")
    assert rendered == f"<p>before\n{html.escape(text)}</p>\n"


def test_the_folder_page_names_what_was_not_used() -> None:
    rejected = [Rejection("x.pdf", "sources", "broken")]
    page = folder_markdown([document("b c.jsonl#3")], rejected, title="T")
    assert "[New bridge](documents/b%20c.jsonl%233.md)" in page
    assert "- x.pdf (sources): broken" in page


def test_a_run_leaves_its_files_and_takes_its_old_ones_away(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    mine = tmp_path / "documents" / "somebody-elses.txt"
    mine.write_text("keep me")
    for names in (["a.txt", "sub/b.txt"], ["a.txt"]):
        writer = RunWriter(tmp_path)
        documents = [document(name) for name in names]
        for item in documents:
            writer.document(item, engines={}, seconds={})
        writer.finish(documents, [], not_read="", title="T", run={"seconds": 1})
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {
        "documents/a.txt.json",
        "documents/a.txt.md",
        "documents/somebody-elses.txt",
        "removed.jsonl",
        "run.json",
        "summary.md",
    }
    (line,) = (tmp_path / "removed.jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert entry["document"] == "a.txt"
    assert entry["reason"] == "exact-copy"
    assert entry["kept"]["span"] == [12, 26]


def test_a_name_cannot_leave_the_output_folder(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "out")
    writer.document(document("../../../evil.txt"), engines={}, seconds={})
    assert not (tmp_path / "evil.txt.json").exists()
    assert (tmp_path / "out" / "documents" / "evil.txt.json").exists()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_named() -> None:
    # /dev/full answers every write with "no space left"
    from pipeline.output.atomic import output_errors

    with (
        pytest.raises(OutputError, match="the disk is full"),
        output_errors(Path("out")),
        Path("/dev/full").open("w", buffering=1) as file,
    ):
        file.write("x\n")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(blocked / "a.txt", "x")


def test_leftovers_of_a_crash_are_removed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".nightdesk-x1").write_text("half")
    remove_leftovers(tmp_path)
    assert list((tmp_path / "sub").iterdir()) == []


def test_files_are_as_open_to_others_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", TEXT)
        assert os.umask(0o027) == 0o027, "the umask is left as it was"
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_text_without_a_title_is_called_by_its_first_words() -> None:
    words = "The boat with the mail did not land; " * 5
    long = replace(
        document(),
        text=words,
        paragraphs=(Paragraph(0, words.strip(), Span(0, len(words) - 1), Kind.TEXT, "en"),),
    )
    shown = headline(long)
    assert shown == "The boat with the mail did not land; " * 2 + "The boat with…"
    silent = replace(long, paragraphs=(replace(long.paragraphs[0], kind=Kind.CODE),))
    assert headline(silent) == "a.txt"


def test_a_text_in_the_target_language_is_on_its_page_too() -> None:
    english = replace(
        document(),
        paragraphs=tuple(replace(p, translation=None) for p in document().paragraphs),
    )
    assert "## Text\n\n### Новый мост\n" in document_markdown(english)


def test_the_rows_of_a_table_are_a_table_on_the_page() -> None:
    rows = tuple(
        Paragraph(n, text, Span(0, 1), Kind.ROW) for n, text in enumerate(["a | b", "c_d | e | f"])
    )
    page = document_markdown(replace(document(), paragraphs=rows))
    assert "| a | b |  |\n| --- | --- | --- |\n| c\\_d | e | f |\n" in page


def test_a_doubtful_translation_is_told_where_the_folder_is_told() -> None:
    page = folder_markdown([document()], [], title="T")
    told = "> Check 1 of 2 paragraphs against the source. "
    assert f"{told}The translation is much longer than its source.\n" in page


def test_sentences_that_rest_on_doubtful_text_are_numbered() -> None:
    places = [
        Place(content_id(TEXT), "a.txt", 0, Span(0, 10)),
        Place(content_id(TEXT), "a.txt", 1, Span(12, 26)),
    ]
    sentences = [Sentence("A new one.", "m", (), (Evidence(p, "ru", 0.9),)) for p in places]
    marked = replace(document(), summary=Summary(tuple(sentences), "en"))
    page = folder_markdown([marked], [], title="T")
    assert "longer than its source. Sentences of the summary that rest on them: 2.\n" in page


def test_files_of_other_kinds_are_named_and_counted() -> None:
    names = [f"a{n}.csv" for n in range(11)] + ["b.EML"]
    told = kinds(names)
    assert told.startswith("11 .csv, 1 .eml (a0.csv, a1.csv, ")
    assert told.endswith(", a9.csv, ...)")
    assert f"## Not read\n\n{escape(told)}" in folder_markdown([], [], title="T", not_read=told)
    assert "Not read" not in folder_markdown([], [], title="T", not_read=kinds([]))
