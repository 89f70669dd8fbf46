"""Wires, archives, captions and tables: what the files in tests/data/formats do not show."""

from __future__ import annotations

import builtins
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pysubs2
import pytest
from fastwarc import GzipWriter, WarcRecord, WarcRecordType
from pyarrow import parquet

from pipeline.document import Document, Rejection
from pipeline.sources.captions.cues import read_cues
from pipeline.sources.folder import load_stream, read_bytes, read_file
from pipeline.sources.raw import Archive, Raw
from pipeline.sources.tables.parquet import read_parquet
from pipeline.sources.wires.newsml import read_newsml

FORMATS = Path(__file__).parent / "data" / "formats"
TEXT = "The sea took two planks of the quay at Reyny, and the ferry did not land for a week. " * 3
PAGE = f"<html><body><article><h1>Quay</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"


def of(data: bytes, suffix: str, *, limit: int = 10**6) -> list[Document | Rejection]:
    return list(read_bytes(data, name=f"a{suffix}", suffix=suffix, max_bytes=limit))


def reasons(found: list[Document | Rejection]) -> list[str]:
    return [item.reason for item in found if isinstance(item, Rejection)]


def warc(*blocks: bytes) -> bytes:
    packed = io.BytesIO()
    for number, block in enumerate(blocks):
        writer = GzipWriter(packed)
        record = WarcRecord()
        record.init_headers(WarcRecordType.response)
        record.headers["WARC-Target-URI"] = f"https://news.example/{number}"
        record.is_http = True
        record.set_bytes_content(block)
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.write(writer)
        writer.finish()
    return packed.getvalue()


def response(body: bytes, *headers: str) -> bytes:
    lines = ("HTTP/1.1 200 OK", "Content-Type: text/html", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    "name",
    [
        *("nitf/plain.xml", "newsml/message.xml", "ninjs/v3.json", "telegram/channel.json"),
        *("telegram/messages.html", "captions/news.srt", "captions/rolling.vtt"),
        *("warc/wget.warc.gz", "warc/wget-plain.warc", "tables/named.parquet"),
    ],
)
def test_content_tells_the_format_of_a_stream(name: str) -> None:
    path = FORMATS / name
    named = list(read_file(path, name="a", max_file_bytes=10**6))
    content = load_stream(io.BytesIO(path.read_bytes()), max_file_bytes=10**6)
    piped = list(content.read("a"))
    assert [getattr(item, "text", None) for item in piped] == [
        getattr(item, "text", None) for item in named
    ]


@pytest.mark.parametrize(
    ("data", "suffix", "says"),
    [
        (b"<?xml version='1.0'?><svg><p>No news</p></svg>", ".xml", "its root is <svg>"),
        (b"<?xml version='1.0'?>", ".xml", "is no XML"),
        (b'{"a": 1}', ".json", "is JSON of a kind that is not read"),
        (b'{"a": ', ".json", "not valid JSON"),
        (b"[" * 100_000, ".json", "nests too deep"),
        (b"no captions", ".srt", "holds no captions"),
        (b"WEBVTT\n\nNOTE nothing", ".vtt", "holds no captions"),
        (b"no archive", ".warc", "no record can be read there"),
        (b"no archive", ".wacz", "is no WACZ file"),
        (b"no table", ".parquet", "is a broken Parquet table"),
    ],
)
def test_other_content_is_named(data: bytes, suffix: str, says: str) -> None:
    (reason,) = reasons(of(data, suffix))
    assert says in reason


@pytest.mark.parametrize("kind", ["nitf", "newsItem"])
def test_entities_are_not_replaced_and_nothing_outside_is_read(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f"<p>{TEXT} &eacute; &out; &l11;</p>"
    content = f"<body><body.content>{body}</body.content></body>"
    if kind == "newsItem":
        content = f"<contentSet><inlineXML><nitf>{content}</nitf></inlineXML></contentSet>"
    data = (
        f'<!DOCTYPE {kind} SYSTEM "file://{secret}" [<!ENTITY out SYSTEM "file://{secret}">'
        f'<!ENTITY l0 "lol">{laughs}]><{kind}>{content}</{kind}>'
    )
    (found,) = of(data.encode(), ".xml")
    assert isinstance(found, Document)
    assert "é" in found.text
    assert "SECRET" not in found.text
    assert "lol" not in found.text


def test_two_messages_alive_resolve_their_codes_apart() -> None:
    """Of newsmlg2 1.1 the catalogue of the document that was parsed last would count."""
    alive = [
        read_newsml(Raw((FORMATS / "newsml" / f"catalogue-{n}.xml").read_bytes(), n)) for n in "ab"
    ]
    first, second = (next(documents) for documents in alive)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.origin.publisher, first.origin.status) == ("ALPHA", "usable")
    assert (second.origin.publisher, second.origin.status) == ("BETA", "canceled")


def test_a_body_that_unpacks_to_too_much_costs_only_itself() -> None:
    bomb = response(gzip.compress(bytes(10**7)), "Content-Encoding: gzip")
    found = of(warc(bomb, response(PAGE.encode())), ".warc")
    assert "unpacks to more than the limit of 1 MB" in reasons(found)[0]
    assert isinstance(found[1], Document)


def test_a_record_that_is_too_long_costs_only_itself() -> None:
    long = response(PAGE.encode() + b" " * 10**6)
    film = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + bytes(2 * 10**6)
    found = of(warc(long, film, response(PAGE.encode())), ".warc")
    assert "is larger than the limit" in reasons(found)[0]
    assert len(found) == 2
    assert isinstance(found[1], Document)


def test_records_behind_a_damage_are_read() -> None:
    whole = warc(*(response(PAGE.replace("Quay", f"Quay {n}").encode()) for n in range(5)))
    starts = [n for n in range(len(whole)) if whole.startswith(b"\x1f\x8b\x08", n)]
    middle = (starts[2] + starts[3]) // 2
    data = whole[:middle] + b"\xff" * 8 + whole[middle + 8 :]
    found = of(data, ".warc")
    assert [item.title for item in found if isinstance(item, Document)] == [
        "Quay 0", "Quay 1", "Quay 3", "Quay 4",
    ]  # fmt: skip
    (reason,) = reasons(found)
    assert f"at byte {starts[2]}" in reason


def test_a_body_that_its_crawler_unpacked_is_read() -> None:
    for header in ("Content-Encoding: gzip", "Content-Encoding: br", "Transfer-Encoding: chunked"):
        (found,) = of(warc(response(PAGE.encode(), header)), ".warc")
        assert isinstance(found, Document), header
        assert found.title == "Quay"


def test_an_archive_is_read_from_the_disk_whatever_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc(*([response(PAGE.encode())] * 40)))
    limit = len(PAGE) + 200
    assert path.stat().st_size > limit
    found = list(read_file(path, name="a.warc.gz", max_file_bytes=limit))
    assert len(found) == 40
    assert all(isinstance(item, Document) for item in found)


def test_a_cell_may_be_long() -> None:
    """The csv module refuses fields above 131072 characters by itself."""
    (found,) = of(f'title,text\nA,"{TEXT * 1000}"\n'.encode(), ".csv")
    assert isinstance(found, Document)
    assert len(found.text) > 131_072


def test_a_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    rows = "".join(f"Row {n},{TEXT.replace(',', '')}\n" for n in range(300))
    found = of(f'title,text\nBad,"{TEXT}\n{rows}'.encode(), ".csv")
    assert sum(isinstance(item, Document) for item in found) == 300
    assert len(reasons(found)) == 1


def test_parquet_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    (found,) = of((FORMATS / "tables" / "named.parquet").read_bytes(), ".parquet")
    assert isinstance(found, Rejection)
    assert "pyarrow, which reads them, is not installed" in found.reason
    assert "pip install" in found.hint


def test_a_table_that_unpacks_to_too_much_is_rejected() -> None:
    packed = io.BytesIO()
    parquet.write_table(pa.table({"text": ["x " * 2_000_000]}), packed, compression="zstd")
    assert len(packed.getvalue()) < 10_000
    (reason,) = reasons(of(packed.getvalue(), ".parquet"))
    assert "unpacks to more than the limit" in reason


def test_a_table_is_read_batch_by_batch() -> None:
    packed = io.BytesIO()
    parquet.write_table(pa.table({"text": [f"{TEXT} {n}" for n in range(1000)]}), packed)
    packed.seek(0)
    rows = read_parquet(Archive(packed, "a.parquet"))
    first = next(rows)
    assert isinstance(first, Document)
    assert first.name == "a.parquet#1"
    assert sum(1 for _ in rows) == 999


@pytest.mark.parametrize("name", ["news.srt", "news.vtt", "news-ru.srt"])
def test_cues_are_those_of_another_reader(name: str) -> None:
    path = FORMATS / "captions" / name
    text = path.read_bytes().decode("cp1251" if "-ru" in name else "utf-8")
    theirs = pysubs2.SSAFile.from_string(text, format_=path.suffix[1:])
    ours = list(read_cues(text))
    assert [(round(c.start_s * 1000), round(c.end_s * 1000)) for c in ours] == [
        (event.start, event.end) for event in theirs
    ]
    assert ["\n".join(c.shown) for c in ours] == [event.plaintext for event in theirs]


def test_ninjs_of_a_list_that_is_no_news_is_no_crash() -> None:
    found = of(
        json.dumps([{"uri": "u", "bodies": 3, "versioncreated": []}, 3, None]).encode(), ".ninjs"
    )
    assert len(reasons(found)) == 3


def test_a_table_without_texts_is_one_rejection() -> None:
    packed = io.BytesIO()
    parquet.write_table(pa.table({"id": list(range(500)), "vector": [[0.1, 0.2]] * 500}), packed)
    (reason,) = reasons(of(packed.getvalue(), ".parquet"))
    assert reason == "has no column of texts among its 1: id"
    rows = "".join(f"{n};{n * 2}\n" for n in range(500))
    (reason,) = reasons(of(f"id;price\n{rows}".encode(), ".csv"))
    assert reason == "has no column of texts among its 2: id, price"


def test_times_and_encodings_that_pyarrow_cannot_give_back() -> None:
    """It refuses nanoseconds without pandas, and dictionaries of columns that have none."""
    table = pa.table(
        {
            "text": [f"{TEXT} {n}" for n in range(100)],
            "date": pa.array([1772345700123456789] * 100, pa.timestamp("ns", tz="UTC")),
        }
    )
    packed = io.BytesIO()
    parquet.write_table(
        table,
        packed,
        version="2.6",
        use_dictionary=False,
        column_encoding={"text": "DELTA_BYTE_ARRAY", "date": "PLAIN"},
    )
    found = of(packed.getvalue(), ".parquet")
    assert len(found) == 100
    assert all(isinstance(item, Document) for item in found)


def test_lines_of_ninjs_are_read_as_such() -> None:
    item = json.loads((FORMATS / "ninjs" / "v3.json").read_text(encoding="utf-8"))
    line = json.dumps(item).encode()
    content = load_stream(io.BytesIO(line + b"\n" + line), max_file_bytes=10**6)
    found = list(content.read("stdin"))
    assert [item.name for item in found] == ["stdin#1", "stdin#2"]
    assert all(isinstance(one, Document) and one.origin.version == "2" for one in found)


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By ANNA KERR<byttl>Harbour Desk Writer</byttl>", "ANNA KERR"),
        ("By<person>Anna Kerr</person><byttl>Quayside</byttl>", "Anna Kerr"),
        ("<person>Anna Kerr</person> and <person>Ivan Lod</person>", "Anna Kerr, Ivan Lod"),
        ("By <em>Anna</em> Kerr", "Anna Kerr"),
        ("<byttl>Staff</byttl>", "Staff"),
    ],
)
def test_a_byline_is_its_people(line: str, author: str) -> None:
    head = f"<body.head><byline>{line}</byline></body.head>"
    wire = f"<nitf><body>{head}<body.content><p>{TEXT}</p></body.content></body></nitf>"
    (found,) = of(wire.encode(), ".xml")
    assert isinstance(found, Document)
    assert found.origin.author == author


def test_ninjs_as_superdesk_writes_it_is_read_and_its_pictures_are_not() -> None:
    item = {
        "guid": "urn:quay:1", "type": "text", "pubstatus": "usable", "version": "3",
        "versioncreated": "2026-03-02T10:00:00+0000", "firstpublished": "2026-03-01T10:00:00+0000",
        "headline": "Quay", "body_html": f"<p>{TEXT}</p>", "embargoed": "2026-03-05T02:30:00+00:00",
    }  # fmt: skip
    (found,) = of(json.dumps(item).encode(), ".json")
    assert isinstance(found, Document)
    assert found.origin.identifier == "urn:quay:1"
    assert (found.origin.published_at or "").startswith("2026-03-01T10:00:00")
    assert (found.origin.embargo_until or "").startswith("2026-03-05T02:30:00")
    picture = {**item, "type": "picture", "body_text": "The quay at night"}
    assert len(reasons(of(json.dumps(picture).encode(), ".json"))) == 1
