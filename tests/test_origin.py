"""Where a text comes from: the elements of a page, the fields of a feed, and times with zones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document, Origin
from pipeline.sources.html import read_html
from pipeline.sources.jsonl import read_jsonl
from pipeline.sources.markdown import read_markdown
from pipeline.sources.origin import origin_of
from pipeline.sources.raw import Raw
from pipeline.sources.times import instant

TEXT = "The sea had taken two planks of the quay at Reyny, and the boat could not land for a week. "


def page(head: str, *, body: str = "") -> Document:
    text = f"<html><head><title>Quay</title>{head}</head><body><article><p>{TEXT * 4}</p>{body}"
    (document,) = read_html(Raw(f"{text}</article></body></html>".encode(), "a.html"))
    return document


def of_page(head: str, *, body: str = "") -> Origin:
    return page(head, body=body).origin


def of_lines(*records: dict[str, Any]) -> list[Origin]:
    data = "\n".join(json.dumps(record) for record in records).encode()
    found = list(read_jsonl(Raw(data, "feed.jsonl")))
    assert all(isinstance(document, Document) for document in found)
    return [document.origin for document in found if isinstance(document, Document)]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2026-03-03T08:15:00Z", "2026-03-03T08:15:00+00:00"),
        ("2026-03-03t08:15:00z", "2026-03-03T08:15:00+00:00"),
        ("2026-03-03T08:15:00.123456789+02:00", "2026-03-03T08:15:00+02:00"),
        ("2026-03-03 08:15:00 +0530", "2026-03-03T08:15:00+05:30"),
        ("20260303T081500Z", "2026-03-03T08:15:00+00:00"),
        ("Tue, 03 Mar 2026 08:15:00 +0100", "2026-03-03T08:15:00+01:00"),
        ("Tue, 03 Mar 2026 08:15:00 GMT", "2026-03-03T08:15:00+00:00"),
        ("3 Mar 2026 08:15 EST", "2026-03-03T08:15:00-05:00"),
        ("Tue, 03 Mar 2026 08:15:00 -0000", "2026-03-03T08:15:00+00:00"),
        (1772525700, "2026-03-03T08:15:00+00:00"),
        ("1772525700", "2026-03-03T08:15:00+00:00"),
        (1772525700123, "2026-03-03T08:15:00+00:00"),
        # Without a zone, or with one that no one knows, the time of day says nothing.
        ("2026-03-03T08:15:00", "2026-03-03"),
        ("Tue, 03 Mar 2026 08:15:00", "2026-03-03"),
        ("Tue, 03 Mar 2026 08:15:00 BST", "2026-03-03"),
        # Moscow is three hours before Greenwich; it was four for some years.
        ("Tue, 03 Mar 2026 08:15:00 MSK", "2026-03-03T08:15:00+03:00"),
        ("2012-07-01 10:00 MSK", "2012-07-01T10:00:00+04:00"),
        ("Вт, 03 мар 2026 08:15:00 +0300", "2026-03-03T08:15:00+03:00"),
        ("Втр, 3 Мар 2026 08:15:00 EET", "2026-03-03T08:15:00+02:00"),
        ("3 березня 2026, 08:15 UTC+2", "2026-03-03T08:15:00+02:00"),
        ("3 марта 2026 г., 8:15 (МСК)", "2026-03-03T08:15:00+03:00"),
        ("mar., 3 mars 2026 08:15:00 CET", "2026-03-03T08:15:00+01:00"),
        ("3 березня 2026, 08:15", "2026-03-03"),
        ("3 марта 2026 25:15 MSK", "2026-03-03"),
        ("2026-03-03", "2026-03-03"),
        ("20260303", "2026-03-03"),
        (20260303, "2026-03-03"),
        ("3 марта 2026", "2026-03-03"),
        ("le 3 mars 2026", "2026-03-03"),
    ],
)
def test_times_are_written_in_one_form(written: object, found: str) -> None:
    assert instant(written) == found


@pytest.mark.parametrize(
    "garbage",
    [
        *(None, True, "", " ", "yesterday", "2026-02-30", "2026-13-01T00:00:00Z", "2026-W10"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "Tue, 99 Mar 2026 08:15:00 GMT"),
        *("+9999", float("nan"), float("inf"), 10**400, -5, 0, 12),
        *([], {}, "x" * 999),
    ],
)  # fmt: skip
def test_garbage_is_no_time(garbage: object) -> None:
    assert instant(garbage) is None


@given(value=st.one_of(st.text(max_size=60), st.integers(), st.floats(), st.binary()))
def test_nothing_is_too_odd_to_be_looked_at(value: object) -> None:
    found = instant(value)
    assert found is None or instant(found) == found


def test_a_page_tells_its_origin_by_meta_elements() -> None:
    document = page(
        '<link rel="canonical" href="https://reyny.example/quay">'
        '<meta property="og:url" content="https://reyny.example/quay?from=front">'
        '<meta property="og:site_name" content="Reyny  Post">'
        '<meta name="author" content="Anna Berg">'
        '<meta property="article:published_time" content="2026-02-03T10:00:00+02:00">'
        '<meta property="article:modified_time" content="2026-02-04T07:30:00Z">'
        '<meta name="DC.identifier" content="rp-4711">'
    )
    assert document.origin == Origin(
        url="https://reyny.example/quay",
        publisher="Reyny Post",
        author="Anna Berg",
        published_at="2026-02-03T10:00:00+02:00",
        updated_at="2026-02-04T07:30:00+00:00",
        identifier="rp-4711",
    )
    assert document.date == "2026-02-03"


STORY = {
    "@type": ["NewsArticle"],
    "mainEntityOfPage": "https://reyny.example/front",
    "url": "https://reyny.example/quay",
    "identifier": {"@type": "PropertyValue", "value": "q-1"},
    "datePublished": "2026-02-03T10:00:00+02:00",
    "dateModified": "2026-02-03T12:00:00+02:00",
    "author": [{"name": "Anna Berg"}, {"name": "Пётр Лодкин"}, {"name": "https://x.example/me"}],
    "publisher": {"@type": "Organization", "name": "Reyny Post"},
    "version": 3,
    "creativeWorkStatus": "Corrected",
}


@pytest.mark.parametrize(
    "value",
    [STORY, [{"@type": "BreadcrumbList"}, STORY], {"@graph": [{"@type": "Person"}, STORY]}],
)
def test_a_page_tells_its_origin_by_json_ld(value: object) -> None:
    origin = of_page(f'<script type="application/ld+json">{json.dumps(value)}</script>')
    assert origin == Origin(
        url="https://reyny.example/quay",
        publisher="Reyny Post",
        author="Anna Berg, Пётр Лодкин",
        published_at="2026-02-03T10:00:00+02:00",
        updated_at="2026-02-03T12:00:00+02:00",
        identifier="q-1",
        version="3",
        status="Corrected",
    )


def test_a_time_with_its_zone_counts_for_more_than_its_date_alone() -> None:
    date_only = '<meta name="date" content="2026-02-03">'
    story = {"@type": "Article", "datePublished": "2026-02-03T10:00:00+02:00"}
    script = f'<script type="application/ld+json">{json.dumps(story)}</script>'
    assert of_page(date_only + script).published_at == "2026-02-03T10:00:00+02:00"
    other_day = json.dumps({**story, "datePublished": "2026-02-05T10:00:00+02:00"})
    script = f'<script type="application/ld+json">{other_day}</script>'
    assert of_page(date_only + script).published_at == "2026-02-03"


def test_a_relative_canonical_link_needs_a_base() -> None:
    link = '<link rel="canonical" href="/quay">'
    assert of_page(link).url is None
    assert of_page(f'<base href="https://reyny.example/a/b">{link}').url == (
        "https://reyny.example/quay"
    )


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<link rel="canonical" href="http://[bad"><meta property="og:url" content="javascript:x">',
        '<meta property="article:published_time" content="soon"><meta name="author" content="">',
        '<meta property="og:site_name" content="&#1;">',
        f'<script type="application/ld+json">{"[" * 100_000}</script>',
        '<script type="application/ld+json">{"@type": "Article", "url": 5, "author": {}}</script>',
        '<script type="application/ld+json">{"@type": "Article", "author": [[1], null]}</script>',
        '<script type="application/ld+json">{"@type": "Article", nonsense</script>',
    ],
)
def test_garbage_in_a_page_is_no_origin(head: str) -> None:
    assert of_page(head) == Origin()


def test_the_fields_of_a_line_tell_its_origin_and_the_line_is_the_part() -> None:
    first, second, third = of_lines(
        {
            "text": TEXT,
            "url": "https://reyny.example/quay",
            "author": "Anna Berg",
            "source": {"id": None, "name": "Reyny Post"},
            "id": 4711,
            "published": "Tue, 03 Mar 2026 08:15:00 +0100",
            "updated": "2026-03-04T09:00:00Z",
            "version": "2",
            "status": "correction",
            "embargo_until": "2026-03-05T00:01:00+02:00",
        },
        {
            "text": TEXT,
            "link": "https://reyny.example/boat",
            "byline": "By A. Berg",
            "site": "Reyny Post",
            "guid": "urn:x:1",
            "date": "2026-03-03",
        },
        {"text": TEXT, "url": "not one", "author": 7.5, "id": True, "published": [], "date": {}},
    )
    assert first == Origin(
        url="https://reyny.example/quay",
        publisher="Reyny Post",
        author="Anna Berg",
        published_at="2026-03-03T08:15:00+01:00",
        updated_at="2026-03-04T09:00:00+00:00",
        identifier="4711",
        version="2",
        status="correction",
        embargo_until="2026-03-05T00:01:00+02:00",
        part="1",
    )
    assert second == Origin(
        url="https://reyny.example/boat",
        publisher="Reyny Post",
        author="By A. Berg",
        published_at="2026-03-03",
        identifier="urn:x:1",
        part="2",
    )
    assert third == Origin(part="3")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = ("url", "author", "source", "id", "published", "updated", "version", "status", "embargo")


@given(record=st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_no_field_is_too_odd_to_be_looked_at(record: dict[str, Any]) -> None:
    origin = origin_of(record)
    for value in (origin.author, origin.publisher, origin.identifier, origin.status):
        assert value is None or (value.isprintable() and value == value.strip() != "")


@pytest.mark.parametrize(
    ("name", "part", "file"),
    [
        ("a/feed.jsonl#3", "3", "a/feed.jsonl"),
        ("a/report #3.txt", None, "a/report #3.txt"),
        ("a/#3.jsonl#12", "12", "a/#3.jsonl"),
    ],
)
def test_the_file_of_a_document_is_not_what_stands_before_a_hash(
    name: str, part: str | None, file: str
) -> None:
    assert Document("i", name, "t", "utf-8", (), origin=Origin(part=part)).file == file


def test_the_fields_at_the_top_of_markdown_tell_its_origin() -> None:
    text = (
        '---\ntitle: Quay\nauthor: "Anna Berg"\nurl: https://reyny.example/quay\n'
        f"date: 2026-03-03T08:15:00+02:00\n---\n\n{TEXT}\n"
    )
    (document,) = read_markdown(Raw(text.encode(), "a.md"))
    assert document.date == "2026-03-03"
    assert document.origin == Origin(
        url="https://reyny.example/quay",
        author="Anna Berg",
        published_at="2026-03-03T08:15:00+02:00",
    )
