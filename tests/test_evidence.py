"""Whatever is read, each word of what is made of it has its place in the source."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from summaries import summarised
from wrapped import wrapped

from models.engine import Decoding, Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.document import Document, Paragraph, Run
from pipeline.flag import Flag
from pipeline.lang.edits import Edit, applied, difference, moved
from pipeline.lang.spacing import Collapsed
from pipeline.place import NO_MODEL, Span
from pipeline.progress import Silent
from pipeline.sources.folder import read_bytes
from pipeline.stages.length import Length
from pipeline.stages.translate import Translate
from pipeline.summary import Evidence

RUSSIAN = (
    "Причал закрыли до самой весны.", "Никто не знает, когда он снова откроется!",
    "Совет говорил об этом весь вечер; решения нет…", "Здесь пусто и тихо.", "Кто заплатит?",
    "Жители ждут ответа, и ждут его давно, потому что зима была долгой, а лодки стоят на берегу.",
)  # fmt: skip
FRENCH = (
    "Le quai reste fermé.", "Personne ne sait pourquoi !", "La pluie tombe, et le bac attend.",
)  # fmt: skip
GAPS = (" ", "  ", "\t", "{}", "{0}{0}", "{0}{0}- ", "{0}{0}# ", "{} ")
LETTERS = {chr(code): chr(ord("a") + code % 26) for code in range(0x400, 0x530)}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r")
ENDS = ("\n", "\r\n", "\r")


def answer(segment: Segment) -> str:
    """Answer letter by letter, with whitespace of its own; nothing where the text is empty."""
    if "пусто" in segment.text:
        return ""
    return "  " + "".join(LETTERS.get(c, c) for c in segment.text).replace(", ", ",\n ") + "\u00a0"


def flat(text: str) -> str:
    return " ".join(text.split())


def bare(text: str) -> str:
    return "".join(text.split())


@st.composite
def texts(draw: st.DrawFn) -> str:
    sentences = draw(st.lists(st.sampled_from(RUSSIAN * 2 + FRENCH), min_size=1, max_size=14))
    end = draw(st.sampled_from(ENDS))
    return "".join(s + draw(st.sampled_from(GAPS)).format(end) for s in sentences)


def packed(text: str, suffix: str, encoding: str) -> bytes:
    """Return a file of a format that holds a text; in Latin letters where it has no others."""
    if suffix == ".html":
        shown = "".join(f"<p>{html.escape(part)}</p>\n" for part in text.split("\n"))
        text = f'<html><head><meta charset="{encoding}"></head><body>{shown}</body></html>'
    if suffix == ".jsonl":
        return "".join(json.dumps({"text": text, "title": t}) + "\n" for t in "ab").encode()
    if suffix == ".nitf":
        shown = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n"))
        return f"<nitf><body><body.content>{shown}</body.content></body></nitf>".encode()
    if suffix == ".csv":
        quoted = text.replace('"', '""')
        return f'title,text\na,"{quoted}"\nb,"{quoted}"\n'.encode()
    if suffix == ".srt":
        parts = [part for part in text.split("\n") if part.strip()]
        cues = (
            f"{n}\n00:{n:02}:00,000 --> 00:{n:02}:30,000\n{part}\n\n"
            for n, part in enumerate(parts, 1)
        )
        text = "".join(cues)
    return text.encode(encoding, "ignore")


def read(data: bytes, suffix: str) -> list[Document]:
    """Return the documents in a file, with the language of each paragraph, and runs of it."""
    found = [d for d in read_bytes(data, name="a", suffix=suffix) if isinstance(d, Document)]
    return [replace(d, paragraphs=tuple(map(_told, d.paragraphs))) for d in found]


def _told(paragraph: Paragraph) -> Paragraph:
    cyrillic = [c in LETTERS for c in paragraph.text]
    language = "ru" if any(cyrillic) else "fr"
    half = len(cyrillic) // 2
    if language == "fr" or any(cyrillic[half:]) or not half:
        return replace(paragraph, language=language)
    start, end = paragraph.span.start, paragraph.span.end
    runs = (Run(Span(start, start + half), "ru"), Run(Span(start + half, end), "fr"))
    return replace(paragraph, language=language, runs=runs)


def made(documents: list[Document]) -> Iterator[Document]:
    """Yield the documents with their translations and summaries, all into French."""
    translate = Translate(
        ScriptedTranslator(answer), languages=("ru", "fr"), target="fr", decoding=Decoding(),
        max_segment_chars=120, max_sentence_chars=160, progress=Silent(),
    )  # fmt: skip
    yield from summarised(
        translate.run(documents), ScriptedSummariser(lambda p: ""), target="fr", length=Length(2, 3)
    )


def check(documents: list[Document]) -> int:
    """Check every place of what is made of documents; return how many segments there were."""
    count = 0
    for document in made(documents):
        for paragraph in document.paragraphs:
            assert document.text[paragraph.span.start : paragraph.span.end] == paragraph.text
            count += _check_alignment(document, paragraph)
        for sentence in document.summary.sentences if document.summary else ():
            assert sentence.model == NO_MODEL
            assert sentence.flags in ((Flag.SHORT_TEXT,), (Flag.FILLED_FROM_TEXT,))
            assert bare(sentence.text) in bare(_said(document, sentence.evidence))
    return count


def _check_alignment(document: Document, paragraph: Paragraph) -> int:
    translation = paragraph.translation
    if translation is None:
        return 0
    at, to = paragraph.span.start, 0
    for segment in translation.segments:
        source = document.text[segment.source.start : segment.source.end]
        target = translation.text[segment.target.start : segment.target.end]
        assert at <= segment.source.start < segment.source.end <= paragraph.span.end
        assert not document.text[at : segment.source.start].strip(), "left out of the source"
        assert to <= segment.target.start <= segment.target.end <= len(translation.text)
        assert not translation.text[to : segment.target.start].strip(), "left out of the target"
        assert (source, target) == (source.strip(), target.strip())
        if segment.model == NO_MODEL:
            assert flat(target) == flat(source)
            assert segment.language == "fr" or Flag.KEPT_SOURCE in segment.flags
        else:
            assert flat(target) == flat(answer(Segment(source, "ru", "fr"))), "of another source"
        at, to = segment.source.end, segment.target.end
    assert not document.text[at : paragraph.span.end].strip()
    assert not translation.text[to:].strip()
    return len(translation.segments)


def _said(document: Document, evidence: tuple[Evidence, ...]) -> str:
    """Return the translation of the places of a sentence; the source where there is none."""
    places = [found.place for found in evidence]
    [index] = {place.paragraph for place in places}
    paragraph = document.paragraphs[index]
    for found in evidence:
        assert found.score == 1.0
        assert (found.place.document_id, found.place.document) == (document.id, document.name)
        span = found.place.span
        assert paragraph.span.start <= span.start < span.end <= paragraph.span.end
    translation = paragraph.translation
    if translation is None:
        [place] = places
        return flat(document.text[place.span.start : place.span.end])
    # A place is a whole segment, or a sentence of one, of which the translation is told.
    told = []
    for place in places:
        source = document.text[place.span.start : place.span.end]
        assert source == source.strip()
        segments = [
            s for s in translation.segments
            if s.source.start < place.span.end and place.span.start < s.source.end
        ]  # fmt: skip
        assert segments
        kept = all(segment.model == NO_MODEL for segment in segments)
        if len(segments) > 1:  # a sentence of many places has neighbours as one
            parts = [(s.model, document.text[s.source.start : s.source.end]) for s in segments]
            told += [flat(p if m == NO_MODEL else answer(Segment(p, "ru", "fr"))) for m, p in parts]
            continue
        told.append(flat(source if kept else answer(Segment(source, "ru", "fr"))))
    return " ".join(told)


@pytest.mark.parametrize(
    "suffix", [".docx", ".odt", ".rtf", ".epub", ".eml", ".mbox", ".rss", ".json"]
)
@given(text=texts())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=10)
def test_each_word_in_a_container_has_its_place(suffix: str, text: str) -> None:
    check(read(wrapped(text.split("\n"), "Причал", suffix), suffix))


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl", ".nitf", ".csv", ".srt"])
@given(text=texts(), encoding=st.sampled_from(ENCODINGS))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
def test_each_word_has_its_place(suffix: str, text: str, encoding: str) -> None:
    check(read(packed(text, suffix, encoding), suffix))


@given(lines=st.lists(st.sampled_from(FRENCH), min_size=1, max_size=8))
@settings(deadline=None, max_examples=5)
def test_each_word_of_a_pdf_has_its_place(lines: list[str]) -> None:
    file = FPDF()
    file.add_page()
    file.set_font("helvetica", size=10)
    for line in lines:
        file.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    check(read(bytes(file.output()), ".pdf"))


def test_the_check_itself_sees_segments_kept_ones_and_the_targets_own() -> None:
    text = " ".join([*RUSSIAN[:4], *FRENCH, RUSSIAN[5]]) + "\r\n\r\n" + FRENCH[0]
    [document] = read(packed(text, ".txt", "cp1251"), ".txt")
    assert check([document]) > 3
    [done] = made([document])
    assert done.paragraphs[0].translation is not None
    models = {s.model for s in done.paragraphs[0].translation.segments}
    assert models == {"scripted", NO_MODEL}
    assert done.summary is not None
    assert len(done.summary.sentences) > 1


@given(st.text("ab \n\t\u00a0", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_collapsed_text_is_found_again(text: str, one: int, other: int) -> None:
    collapsed = Collapsed(text)
    assert collapsed.text == flat(text)
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    there = collapsed.forth(Span(start, end))
    assert collapsed.text[there.start : there.end] == flat(text[start:end])
    if there.start < there.end:
        back = collapsed.back(there)
        assert text[back.start : back.end] == text[start:end].strip()


@given(
    st.lists(st.tuples(st.text("ab", max_size=4), st.text("xyz", max_size=4)), max_size=5),
    st.text("ab", max_size=4),
)
def test_parts_are_where_the_edits_have_moved_them(words: list[tuple[str, str]], last: str) -> None:
    """Each word is changed inside its part: before, behind, in place, away."""
    before, after, edits, spans = "", [], [], []
    for word, new in words:
        start = len(before) + len(last)
        before += last + word
        edits.append(Edit(start, len(before), new))
        spans.append(Span(start - len(last), len(before)))
        after.append(last + new)
        before += " "
    text = applied(before, edits)
    found = [moved(span, edits) for span in spans]
    assert [text[span.start : span.end] for span in found] == after
    if words:
        assert applied(before, [difference(before, text)]) == text


def test_an_edit_across_an_edge_belongs_to_the_part_in_which_it_begins() -> None:
    edits = [Edit(3, 6, "WXYZ")]
    assert applied("ab 12 34 cd", edits) == "ab WXYZ34 cd"
    spans = [moved(span, edits) for span in (Span(0, 5), Span(6, 11))]
    assert spans == [Span(0, 7), Span(7, 12)]
    assert moved(Span(4, 8), edits) == Span(7, 9)
