"""Which story a document tells: by its id, its address, its title, or the name of its file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from nights import BAKERY, DEPOT, LIBRARY

from pipeline.document import Document
from pipeline.nightly.story import Story, read_story, story_of, with_own_keys
from pipeline.sources.folder import read_bytes

URN = "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"


def entries(*records: dict[str, object], file: str = "feed.jsonl") -> list[Document]:
    data = "\n".join(json.dumps(record) for record in records).encode()
    found = list(read_bytes(data, name=file, suffix=".jsonl"))
    assert all(isinstance(document, Document) for document in found)
    return [document for document in found if isinstance(document, Document)]


def story(file: str = "feed.jsonl", **record: object) -> Story:
    [document] = entries(record, file=file)
    return story_of(document)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"id": "4711"}, {"id": "4711", "title": "Another title"}),
        ({"guid": URN}, {"id": URN, "url": "https://example.org/moved/here"}),
        ({"url": "https://www.example.org/a/1?utm_source=rss"}, {"link": "http://example.org/a/1/"}),
        ({"url": "https://example.org/?p=7"}, {"url": "https://example.org/?p=7#comments"}),
        ({"title": "The depot  closes"}, {"title": "The Depot Closes"}),
    ],
)  # fmt: skip
def test_one_story_keeps_its_key(first: dict[str, object], second: dict[str, object]) -> None:
    later = DEPOT.replace("Monday", "Tuesday")
    one, other = story(text=DEPOT, **first), story(text=later, **second)
    assert one.key is not None
    assert other.continues(one)
    assert other.content != one.content


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"id": "1", "url": "https://a.example/x"}, {"id": "1", "url": "https://b.example/x"}),
        ({"id": "1"}, {"id": "2"}),
        ({"url": "https://example.org/a?id=1"}, {"url": "https://example.org/a?id=2"}),
        ({"title": "In short"}, {"title": "At length"}),
        ({}, {}),
    ],
)
def test_two_stories_have_two_keys_or_none(
    first: dict[str, object], second: dict[str, object]
) -> None:
    assert not story(text=BAKERY, **second).continues(story(text=DEPOT, **first))


def test_the_feed_of_another_day_has_the_same_stories_and_another_feed_has_not() -> None:
    one = story("feed-2026-03-01.jsonl", text=DEPOT, title="Depot")
    assert story("feed-2026-03-02.jsonl", text=f"{DEPOT} More.", title="Depot").continues(one)
    assert not story("other.jsonl", text=f"{DEPOT} More.", title="Depot").continues(one)


def test_a_title_that_is_used_again_names_another_story_when_nothing_is_left_of_the_text() -> None:
    assert not story(text=BAKERY, title="In short").continues(story(text=DEPOT, title="In short"))
    short = story(text="It opens on Monday.", title="In short")
    assert story(text="It opens on Tuesday.", title="In short").continues(short)


def test_a_title_that_several_entries_have_is_nobodys() -> None:
    found = [
        story_of(document)
        for document in entries(
            {"title": "In short", "text": DEPOT},
            {"title": "In short", "text": BAKERY},
            {"title": "Library", "text": LIBRARY},
            {"title": "Library", "text": LIBRARY},
        )
    ]
    assert [s.key is None for s in with_own_keys(found)] == [True, True, False, False]


def test_texts_without_a_letter_are_told_apart() -> None:
    one, other = story(text="***"), story(text="---!")
    assert one.content != other.content


def test_a_record_gives_the_story_back() -> None:
    found = story(text=DEPOT, id="4711", title="Depot")
    assert read_story(json.loads(json.dumps(found.record()))) == found
    assert read_story({"id": "1", "name": "a.txt"}).key == "file:a.txt"
    assert read_story({"id": "1", "name": "feed.jsonl#3"}).key is None
    assert replace(found, key=None).continues(found) is False
