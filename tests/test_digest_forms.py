"""Page, documents, Markdown, mail and feed: the same stories, and no text becomes markup."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from digest_reading import (
    AT,
    DOCUMENTS,
    ENVELOPE,
    NEWS,
    commonmark,
    hostile,
    page,
    valid,
    words,
)
from editions import EDITION, envelope_of_made, many
from lxml import html

from pipeline.digest.atom import render_atom, render_atom_of_nights
from pipeline.digest.document_page import document_pages
from pipeline.digest.envelope import Envelope
from pipeline.digest.mail import mail_subject, render_mail_html, render_mail_text
from pipeline.digest.markdown import render_markdown
from pipeline.digest.page import render_html
from pipeline.digest.plain_text import render_story_text
from pipeline.lang.data import tags
from pipeline.stories.story import State


def headlines(envelope: Envelope = ENVELOPE) -> list[str]:
    return [placed.story.headline for placed in envelope.stories]


def test_all_forms_tell_the_same_stories_in_the_same_order() -> None:
    mail = html.document_fromstring(render_mail_html(ENVELOPE))
    feed = feedparser.parse(render_atom(ENVELOPE).encode())
    told = headlines()
    assert [words(h) for h in page().find_class("head")] == told
    assert [words(h) for h in commonmark(ENVELOPE).iter("h2")][: len(told)] == told
    assert [words(h) for h in mail.iter("h2")] == told
    assert [re.sub("^Update: ", "", e.title) for e in feed.entries] == told
    lines = render_mail_text(ENVELOPE).splitlines()
    assert [line for line in lines if line in told] == told
    for placed in ENVELOPE.stories:
        for cited in placed.story.sentences:
            sentence = cited.text.split(".")[0]
            for text in (words(page().body), words(commonmark(ENVELOPE)), words(mail.body)):
                assert sentence in text
            assert sentence in " ".join(render_mail_text(ENVELOPE).split())


def test_a_story_of_tonight_is_told_since_nowhere() -> None:
    placed = ENVELOPE.stories[0]
    story = dataclasses.replace(placed.story, state=State.NEW, since="2026-03-01")
    envelope = dataclasses.replace(ENVELOPE, stories=(dataclasses.replace(placed, story=story),))
    mail = render_mail_text(envelope), render_mail_html(envelope)
    for text in (*mail, render_markdown(envelope), render_html(envelope)):
        assert "told since" not in text


def test_a_citation_leads_to_the_words_it_rests_on() -> None:
    root = page()
    documents = {
        path: html.document_fromstring(t) for path, t in document_pages(ENVELOPE, DOCUMENTS)
    }
    cited = root.find_class("cite")
    assert len(cited) > 20
    for link in cited:
        if not link.get("href").startswith("#"):  # the sentence is the quotation
            path, anchor = unquote(link.get("href")).split("#")
            assert words(documents[path].get_element_by_id(anchor)) in words(link.getparent())
            continue
        pair = root.get_element_by_id(link.get("href")[1:])
        [spot] = pair.find_class("spot")
        path, anchor = unquote(spot.get("href")).split("#")
        quoted = words(pair.find(".//blockquote")).removesuffix("¶")
        assert words(documents[path].get_element_by_id(anchor)) == quoted
    first = root.get_element_by_id(ENVELOPE.stories[0].story.sources[0].document_id, None)
    assert first is None, "addresses are made of the ids of stories"


def test_no_two_elements_share_an_address_and_no_link_leads_nowhere() -> None:
    pages = [("digest.html", render_html(ENVELOPE)), *document_pages(ENVELOPE, DOCUMENTS)]
    ids = {path: html.document_fromstring(text).xpath("//@id") for path, text in pages}
    for path, text in pages:
        assert len(ids[path]) == len(set(ids[path]))
        for href in html.document_fromstring(text).xpath("//a/@href"):
            parts = urlsplit(href)
            if parts.scheme:
                assert parts.scheme in {"http", "https"}
                continue
            folder = Path("/") / Path(path).parent
            file = _resolved(folder, unquote(parts.path)) if parts.path else path
            if file in {"../2026-11-27/digest.html", "../index.html"}:
                continue
            assert file in ids, href
            assert not parts.fragment or parts.fragment in ids[file], href


def _resolved(folder: Path, path: str) -> str:
    parts = [p for p in folder.parts if p != "/"]
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def test_who_says_what_where_sources_disagree() -> None:
    [clash] = page().find_class("lead")[0].find_class("clash")
    assert [words(t) for t in clash.iter("dt")] == ["Carriages", "Cheapest ticket"]
    said = [words(p) for p in clash.find_class("said")]
    assert said[0] == "The Harbour Times and Дніпровський вісник say 1213"
    assert [words(c) for c in clash.find_class("said")[0].find_class("cite")] == ["1", "3"]
    assert said[2].startswith("The Harbour Times says 89 euros")
    quoted = clash.xpath(".//blockquote[@lang]")
    assert [q.get("lang") for q in quoted] == ["en", "fr", "en", "uk"]
    assert "4 100 гривень" in words(quoted[3])


def test_every_passage_bears_its_language_and_stands_beside_its_translation() -> None:
    for pair in page().xpath("//*[contains(@class, 'pair two')]"):
        original, translation = pair[0], pair[1]
        assert original.get("lang") in {"fr", "ru", "uk"}
        assert translation.get("lang") is None, "of the page's own language"
    for _, text in document_pages(ENVELOPE, DOCUMENTS):
        root = html.document_fromstring(text)
        for row in root.find_class("para"):
            assert row[0].get("lang") in {"en", "fr", "ru", "uk"}
        assert root.xpath("//a[contains(text(), 'Back to the digest')]")


def test_doubt_has_a_mark_at_the_citation_and_at_the_words() -> None:
    root = page()
    unsure = root.find_class("unsure")
    assert unsure
    for link in unsure:
        assert "translation to be checked" in words(link)
        pair = root.get_element_by_id(link.get("href")[1:])
        assert words(pair.find_class("doubt")[0]).startswith("Check against the original: a number")


def test_the_footer_tells_what_was_read_and_how_old_it_is() -> None:
    footer = words(page().find(".//footer"))
    for told in (
        "20 texts read.", "20 of 76 paragraphs", "2 of 45 translated paragraphs",
        "26 November 2026 to 28 November 2026", "Without a date: 1.", "Not used: 2",
        "scan-0412.pdf has no text in it; scan it again", "2 .csv (prices.csv, staff.csv)",
        "28 November 2026, 02:31 (Europe/Kyiv)", "qwen2.5-coder-1.5b-instruct@0.2.0",
    ):  # fmt: skip
        assert told in footer
    head = words(page().find(".//header"))
    assert "12 stories from 8 sources in 4 languages" in head
    assert "The night before: 27 Nov · All digests" in head


def test_notices_come_first_everywhere() -> None:
    envelope = dataclasses.replace(
        ENVELOPE, edition=dataclasses.replace(EDITION, notices=("The sources are stale.",))
    )
    assert words(page(envelope).find_class("notice")[0]) == "The sources are stale."
    assert render_mail_text(envelope).split("\n\n")[1] == "The sources are stale."
    assert "The sources are stale." in render_mail_html(envelope)
    assert words(commonmark(envelope).find(".//blockquote")) == "The sources are stale."
    assert (
        feedparser.parse(render_atom(envelope).encode()).feed.subtitle == "The sources are stale."
    )


def test_a_night_without_stories_is_still_a_digest() -> None:
    empty = dataclasses.replace(ENVELOPE, stories=())
    assert "Nothing new tonight." in words(page(empty).body)
    assert "Nothing new tonight." in render_mail_text(empty)
    assert "Nothing new tonight." in render_mail_html(empty)
    assert not feedparser.parse(render_atom(empty).encode()).bozo
    valid(render_atom(empty))


@pytest.mark.parametrize("language", tags())
def test_a_digest_is_in_one_language(language: str) -> None:
    edition = dataclasses.replace(EDITION, language=language)
    envelope = dataclasses.replace(ENVELOPE, edition=edition)
    root = page(envelope)
    assert root.get("lang") == language
    text = words(root.find("body/footer")) + words(root.find("body/header"))
    assert "{" not in text, "every blank is filled"
    month = {"en": "November", "fr": "novembre", "ru": "ноября", "uk": "листопада"}[language]
    assert month in text
    assert ("About this digest" in text) == (language == "en")


def test_the_feed_is_valid_and_its_ids_stay() -> None:
    valid(render_atom(ENVELOPE))
    here = feedparser.parse(render_atom(ENVELOPE).encode())
    there = feedparser.parse(render_atom(dataclasses.replace(ENVELOPE, edition=AT)).encode())
    assert (here.bozo, there.bozo) == (False, False)
    ids = [entry.id for entry in here.entries]
    assert ids == [entry.id for entry in there.entries], "an address changes no id"
    assert all(id.startswith("tag:") for id in ids)
    assert len(set(ids)) == 12
    anchors = set(page().xpath("//article/@id"))
    for entry in there.entries:
        base, _, anchor = entry.link.partition("#")
        assert base == "https://desk.example/nights/2026-11-28/digest.html"
        assert anchor in anchors, "a permalink into the page"
        assert entry.updated == "2026-11-28T00:31:07+00:00"
    assert "supports the line with 4.2 million euros" in there.entries[0].content[0].value


def test_a_feed_of_nights_tells_a_running_story_once_as_it_stands() -> None:
    tomorrow = dataclasses.replace(
        EDITION, date="2026-11-29", generated_at="2026-11-29T00:31:07+00:00"
    )
    changed = dataclasses.replace(NEWS[3], headline="The train is full")
    feed = render_atom_of_nights(
        [("2026-11-28", ENVELOPE), ("2026-11-29", envelope_of_made((changed,), edition=tomorrow))]
    )
    valid(feed)
    entries = feedparser.parse(feed.encode()).entries
    assert len(entries) == 12
    assert (entries[0].title, entries[0].link.partition("#")[0]) == (
        "The train is full", "2026-11-29/digest.html",
    )  # fmt: skip
    assert entries[1].link.startswith("2026-11-28/digest.html#s-")


def test_the_mail_needs_no_style_sheet_and_loads_nothing() -> None:
    envelope = envelope_of_made(many(NEWS, 50), edition=AT)
    mail = render_mail_html(envelope)
    root = html.document_fromstring(mail)
    assert not root.xpath("//style | //script | //img | //link")
    assert root.find(".//h2").get("style")
    assert len(mail.encode()) < 102_400, "Gmail cuts off what is longer"
    links = root.xpath("//h2/a/@href")
    assert len(links) == 50
    assert links[0].startswith("https://desk.example/nights/2026-11-28/digest.html#s-")
    text = render_mail_text(envelope)
    assert max(map(len, text.splitlines())) <= 90
    assert "https://desk.example/nights/2026-11-28/digest.html" in text
    assert mail_subject(ENVELOPE).startswith("Night desk · 28 November 2026 · Night train")
    assert "\n" not in mail_subject(hostile()[0])


def test_one_story_on_a_terminal_has_all_its_quotations() -> None:
    text = render_story_text(ENVELOPE, ENVELOPE.stories[0])
    assert "> [4] Состав из 14 вагонов" in text
    assert "Check against the original: a number of the source is missing" in text
