"""The stories of a digest as readers see them: large nights, names, doubts, dates."""

from __future__ import annotations

import dataclasses
from urllib.parse import unquote

import pytest
from digest_reading import (
    DOCUMENTS,
    ENVELOPE,
    NEWS,
    words,
)
from editions import EDITION, envelope_of_made, many
from lxml import html

from pipeline.digest.document_page import document_pages
from pipeline.digest.envelope import Placing
from pipeline.digest.markdown import render_markdown
from pipeline.digest.outlets import name_of, outlet_of, short_name
from pipeline.digest.page import groups, render_html
from pipeline.digest.plain_text import render_text
from pipeline.digest.story_page import story_pages
from pipeline.digest.view import StoryView, story_views
from pipeline.digest.wording import wording
from pipeline.document import Rejection
from pipeline.flag import Flag
from pipeline.lang.data import by_language
from pipeline.reason import Reason


def test_on_a_large_night_the_last_stories_have_pages_of_their_own() -> None:
    made = many((NEWS[3],), 60)
    envelope = envelope_of_made(made)
    text = render_html(envelope)
    assert len(text.encode()) < 300_000
    root = html.document_fromstring(text)
    lead, last = root.find_class("lead")[0], root.find_class("story")[-1]
    assert lead.find_class("orig")
    assert not last.find_class("orig")
    pages = {p: html.document_fromstring(t) for p, t in story_pages(envelope)}
    documents = dict(document_pages(envelope, made[0].documents))
    assert f"stories/{last.get('id')}.html" in pages
    assert f"stories/{lead.get('id')}.html" not in pages
    cited = last.find_class("cite")
    assert len(cited) > 3
    for link in cited:
        path, anchor = unquote(link.get("href")).split("#")
        assert path in documents or pages[path].get_element_by_id(anchor) is not None
    own = pages[f"stories/{last.get('id')}.html"]
    ids = own.xpath("//@id")
    assert len(ids) == len(set(ids))
    for href in own.xpath("//main//a/@href[not(contains(., ':'))]"):
        path, _, anchor = unquote(href).partition("#")
        assert anchor in ids if not path else path.removeprefix("../") in documents
    back = own.xpath("//header/a/@href")
    assert back == [f"../digest.html#{last.get('id')}"]
    assert own.find_class("outlet"), "sources are named"


def test_doubts_and_reasons_are_told_in_the_language_of_the_digest() -> None:
    page_flags = [f for f in Flag if "summar" not in f.meaning and not f.startswith("dropped")]
    for tag in ("fr", "ru", "uk"):
        told = wording(tag)
        known = by_language("meanings")[tag]
        assert {str(r) for r in Reason} <= known.keys()
        assert len(known.keys() & {str(f) for f in page_flags}) > 20
        both = f"{Flag.NUMBERS.meaning} {Flag.CUT.meaning}"
        assert told.doubts(both) == f"{known['numbers']} {known['cut']}"
        edition = dataclasses.replace(EDITION, language=tag)
        envelope = envelope_of_made(NEWS, edition=edition)
        for _, text in document_pages(envelope, DOCUMENTS):
            root = html.document_fromstring(text)
            assert not root.xpath("//*[@lang='en'][contains(@class, 'doubt')]")
            for left in root.xpath("//details//li/span"):
                assert words(left) in known.values()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lemonde/greve_du_port.txt", ("lemonde", "lemonde")),
        ("harbour-strike.txt", (None, "harbour strike")),
        ("ru/Порт встал.txt", (None, "Порт встал")),
        ("000_6a04fffff2425ca0.txt", (None, None)),
        ("2026-11-28/17.html", (None, None)),
        ("feed.jsonl#12", (None, "feed")),
    ],
)
def test_a_source_without_a_publisher_is_called_by_its_folder_or_file(
    name: str, told: tuple[str | None, str | None]
) -> None:
    source = dataclasses.replace(
        ENVELOPE.stories[0].story.sources[0], publisher=None, url=None, document=name
    )
    assert (outlet_of(source), name_of(source)) == told


def test_values_that_are_dates_are_shown_as_precisely_as_they_are_given() -> None:
    placed = ENVELOPE.stories[0]
    [first, *_] = placed.story.conflicts
    versions = tuple(
        dataclasses.replace(version, value=value)
        for version, value in zip(first.versions, ("2022-11", "2023"), strict=False)
    )
    conflict = dataclasses.replace(first, versions=versions)
    story = dataclasses.replace(placed.story, conflicts=(conflict,))
    view = StoryView(dataclasses.replace(placed, story=story), words=wording("uk"))
    [(_, shown)] = view.conflicts
    assert [version.value for version in shown] == ["листопад 2022 р.", "2023"]


def test_briefs_stand_by_topic_where_there_are_several_of_two() -> None:
    en = wording("en")
    made = envelope_of_made(many(NEWS, 40))
    told = groups(story_views(made.stories, words=en), words=en)
    names = [name for name, _ in told]
    assert names[:3] == ["Politics", "Business", "War and security"]
    assert "Other news" in names
    assert "In several languages" not in names
    briefs = sum(placed.placing is Placing.BRIEF for placed in made.stories)
    assert sum(len(group) for name, group in told if name != en["apart"]) == briefs
    few = dataclasses.replace(made, stories=made.stories[:9])
    assert groups(story_views(few.stories, words=en), words=en)[0][0] == "In brief"
    assert "*Politics" in render_markdown(made)
    assert "Politics" in render_text(made)


def test_a_source_without_any_name_is_called_by_its_title() -> None:
    source = dataclasses.replace(
        ENVELOPE.stories[0].story.sources[0],
        publisher=None, url=None, document="000_6a04fffff2425ca0.txt",
        title="Le port de Nantes est fermé depuis mardi matin par une grève",
        title_translation="The port of Nantes has been closed by a strike since Tuesday",
    )  # fmt: skip
    assert short_name(source, titled="“{title}”") == "“The port of Nantes has…”"
    nameless = dataclasses.replace(source, title="", title_translation=None)
    assert short_name(nameless, titled="“{title}”") == "000_6a04fffff2425ca0.txt"


@pytest.mark.parametrize("language", ["fr", "ru", "uk"])
def test_why_a_file_was_not_used_is_told_in_the_language_of_the_digest(language: str) -> None:
    empty = Rejection("a.txt", "sources", "is empty: 0 bytes", "check what it is")
    large = Rejection("b.txt", "sources", "is larger than the limit: 30 MB, limit 20 MB")
    odd = Rejection("c.txt", "sources", "is <b>odd</b> in a way that nobody foresaw")
    account = dataclasses.replace(ENVELOPE.account, rejections=(empty, large, odd))
    edition = dataclasses.replace(ENVELOPE.edition, language=language)
    envelope = dataclasses.replace(ENVELOPE, edition=edition, account=account)
    root = html.document_fromstring(render_html(envelope))
    spans = root.xpath("//details[@class='refused']//dd/span")
    assert [span.get("lang") for span in spans] == [language, language, language, "en"]
    told = [words(span) for span in spans]
    assert "bytes" not in told[0]
    assert "30 MB" in told[2]
    assert "20 MB" in told[2]
    assert "limit:" not in told[2]
    assert told[3] == odd.reason
    assert told[0] in render_text(envelope)
