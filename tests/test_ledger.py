"""What was taken out can be put back to the letter."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Paragraph, Place, Removal, Span, content_id
from pipeline.errors import UsageError
from pipeline.output.ledger import LedgerEntry, entries, remove, restore
from pipeline.reason import Reason
from pipeline.sources.folder import read_bytes
from pipeline.stages.clean import Clean
from pipeline.stages.dedup import Dedup
from pipeline.stages.site_chrome import SiteChrome

REMOVAL = Removal("dedup", Reason.NEAR_COPY, Place("b" * 16, "b.txt", 3, Span(4, 9)), 0.91, 0.8)
_GAPS = st.sampled_from(
    ["\n", "\n\n", "\r\n\r\n", " \t\n \n", "\n\n- ", "\n## ", "\n  1. ", " ", "\u2028"]
)
_WORDS = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any text, cut into paragraphs with anything between them, some of them removed."""
    text = draw(st.sampled_from(["", "\ufeff", "\n\n", "# ", " date "]))
    paragraphs: list[Paragraph] = []
    for index, body in enumerate(draw(st.lists(_WORDS, max_size=8))):
        start = len(text)
        text += body
        removal = draw(st.sampled_from([None, REMOVAL, Removal("clean", Reason.ADVERT)]))
        paragraphs.append(Paragraph(index, body, Span(start, len(text)), removal=removal))
        text += draw(_GAPS)
    return Document(content_id(text), "a.txt", text, "utf-8", tuple(paragraphs))


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_restore_after_remove_gives_the_source_back(document: Document, chance) -> None:  # type: ignore[no-untyped-def]
    ledger = list(entries(document))
    chance.shuffle(ledger)
    read_back = [LedgerEntry.from_json(json.loads(json.dumps(e.as_json()))) for e in ledger]
    assert read_back == ledger
    back = restore(remove(document), read_back)
    assert back.encode("utf-8", "surrogatepass") == document.text.encode("utf-8", "surrogatepass")


@given(documents())
@settings(max_examples=200, deadline=None)
def test_what_is_left_holds_every_kept_paragraph_in_order(document: Document) -> None:
    cleaned, at = remove(document), 0
    for paragraph in document.kept():
        at = cleaned.index(paragraph.text, at) + len(paragraph.text)
    assert len(list(entries(document))) == len(document.paragraphs) - len(document.kept())


def _page() -> Document:
    text = "# Title\n\n- one item\n- two items\n\nThe end.\n"
    spans = [("Title", 2), ("one item", 11), ("two items", 22), ("The end.", 33)]
    paragraphs = tuple(
        Paragraph(k, body, Span(at, at + len(body)), language="en")
        for k, (body, at) in enumerate(spans)
    )
    return Document(content_id(text), "page.md", text, "utf-8", paragraphs)


def test_an_entry_says_what_why_and_which_copy_stands() -> None:
    document = _page()
    marked = replace(
        document,
        paragraphs=(*document.paragraphs[:1], replace(document.paragraphs[1], removal=REMOVAL),
                    *document.paragraphs[2:]),
    )  # fmt: skip
    [entry] = entries(marked)
    assert entry.text == "one item"
    assert entry.cut_text == "- one item\n"
    assert (entry.document, entry.paragraph, entry.language) == ("page.md", 1, "en")
    assert (entry.stage, entry.reason, entry.similarity, entry.threshold) == (
        "dedup", "near-copy", 0.91, 0.8,
    )  # fmt: skip
    assert entry.kept == Place("b" * 16, "b.txt", 3, Span(4, 9))
    assert remove(marked) == "# Title\n\n- two items\n\nThe end.\n"


def test_nothing_removed_leaves_the_text_as_it_is() -> None:
    document = _page()
    assert remove(document) == document.text
    assert list(entries(document)) == []
    assert restore(document.text, []) == document.text


def test_words_before_a_paragraph_on_its_line_are_not_cut_with_it() -> None:
    text = "date 2026-01-22 The boat is back."
    paragraph = Paragraph(0, "The boat is back.", Span(16, 33), removal=REMOVAL)
    assert (
        remove(Document(content_id(text), "a", text, "utf-8", (paragraph,))) == "date 2026-01-22 "
    )


def test_a_ledger_of_another_text_is_refused() -> None:
    document = _page()
    marked = replace(
        document, paragraphs=tuple(replace(p, removal=REMOVAL) for p in document.paragraphs)
    )
    ledger = list(entries(marked))
    with pytest.raises(UsageError, match=r"page\.md.*paragraph"):
        restore("", ledger[1:])
    with pytest.raises(UsageError, match="ledger"):
        LedgerEntry.from_json({"document": "a"})


_LINES = st.sampled_from(
    [
        "Home > News > Ferries",
        "Share this article",
        "Реклама",
        "The evening ferry will sail again from the first of March, the town council said.",
        "The evening ferry wil sail again from the first of March, the town counncil said.",
        "Вечерний паром снова пойдёт с первого марта, сообщил в понедельник городской совет.",
        "Le bac du soir reprendra dès le premier mars, a annoncé lundi le conseil de la ville.",
        "Weather",
        "\u00a0",
    ]
)
_TEXTS = st.lists(st.one_of(_LINES, st.text(max_size=40)), min_size=1, max_size=12)


@given(st.lists(_TEXTS, min_size=1, max_size=3), _GAPS)
@settings(max_examples=150, deadline=None)
def test_what_the_clean_up_takes_can_be_put_back_byte_for_byte(
    texts: list[list[str]], gap: str
) -> None:
    documents = []
    for number, lines in enumerate(texts):
        data = gap.join(lines).encode("utf-8", "surrogatepass")
        documents += [
            d
            for d in read_bytes(data, name=f"{number}.txt", suffix=".txt")
            if isinstance(d, Document)
        ]
    done = list(SiteChrome().run(Dedup().run(Clean().run(documents))))  # type: ignore[arg-type]
    assert [d.text for d in done] == [d.text for d in documents]
    for document in done:
        ledger = list(entries(document))
        assert restore(remove(document), ledger) == document.text
        assert all(document.text[e.span.start : e.span.end] == e.text for e in ledger)
