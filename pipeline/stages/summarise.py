"""The summarise stage: what is left of a document, in a few complete sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import Decoding, Hypothesis, Passage, Summariser
from pipeline.document import NO_MODEL, Document, Kind, Paragraph, Rejection, Sentence, Summary
from pipeline.flag import Flag
from pipeline.lang.sentences import sentences
from pipeline.progress import Progress
from pipeline.windows import windows

_NUMBER = re.compile(r"\d+(?:[.,\s\u00a0\u202f]\d{3})*(?:[.,]\d+)?")
_COMPLETE = re.compile(r"[.!?…][»”\"')\]]*$")
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
MIN_CHARS = 240  # a text shorter than this is its own summary


@dataclass(frozen=True, slots=True)
class _Task:
    document: Document
    lines: tuple[str, ...]


class Summarise:
    """Writes a summary of every document that has text in the target language.

    Documents longer than the engine reads whole are summarised in parts, and then the parts.
    A sentence with a number that the text does not have is dropped; where fewer than
    `min_sentences` good ones remain, the document's first sentences fill up, with a flag.
    """

    name = "summarise"

    def __init__(
        self,
        summariser: Summariser,
        *,
        target: str,
        decoding: Decoding,
        min_sentences: int,
        max_sentences: int,
        window_documents: int,
        progress: Progress,
    ) -> None:
        self._summariser = summariser
        self._target = target
        self._decoding = decoding
        self._min_sentences = min_sentences
        self._max_sentences = max_sentences
        self._window_documents = window_documents
        self._progress = progress

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        """Yield each document with `summary` set where it has text to summarise."""
        for window in windows(documents, self._window_documents):
            tasks = [_Task(d, tuple(target_lines(d, target=self._target))) for d in window]
            asked = [i for i, t in enumerate(tasks) if sum(map(len, t.lines)) >= MIN_CHARS]
            replies = self._condense([tasks[i].lines for i in asked])
            written = dict(zip(asked, replies, strict=True))
            for i, task in enumerate(tasks):
                yield replace(task.document, summary=self._summary(task, written.get(i)))

    def _summary(self, task: _Task, reply: Hypothesis | None) -> Summary | None:
        text = "\n".join(task.lines)
        lead = [
            sentence.strip()
            for line in task.lines
            for sentence in sentences(line, language=self._target)
            if _COMPLETE.search(sentence.strip())
        ]
        if reply is None:
            if not lead:
                return None
            own = tuple(Sentence(s, NO_MODEL) for s in lead[: self._max_sentences])
            return Summary(own, self._target, (Flag.SHORT_TEXT,))
        remarks: list[Flag] = []
        kept: list[Sentence] = []
        for sentence in _reply_sentences(reply, language=self._target):
            if not _numbers_in(sentence) <= _numbers_in(text):
                remarks.append(Flag.DROPPED_NUMBER)
            elif _words(sentence) not in [_words(k.text) for k in kept]:
                kept.append(Sentence(sentence, reply.model))
        kept = kept[: self._max_sentences]
        for sentence in lead:
            if len(kept) >= self._min_sentences:
                break
            if _words(sentence) not in [_words(k.text) for k in kept]:
                kept.append(Sentence(sentence, NO_MODEL, (Flag.FILLED_FROM_TEXT,)))
        if not kept:
            return None
        return Summary(tuple(kept), self._target, tuple(dict.fromkeys(remarks)))

    def _condense(self, texts: Sequence[Sequence[str]]) -> list[Hypothesis]:
        """Summarise each text, in as many rounds as its length needs; all texts together."""
        pending = {
            i: _parts(lines, self._summariser.max_source_chars) for i, lines in enumerate(texts)
        }
        done: dict[int, Hypothesis] = {}
        while pending:
            flat = [(i, part) for i, parts in pending.items() for part in parts]
            self._progress.stage(self.name, total=len(flat), unit="passages")
            passages = [Passage(part, self._target, self._max_sentences) for _, part in flat]
            replies: dict[int, Hypothesis] = {}
            for position, hypothesis in self._summariser.summarise(
                passages, decoding=self._decoding
            ):
                replies[position] = hypothesis
                self._progress.advance()
            answers: dict[int, list[Hypothesis]] = {}
            for position, (i, _) in enumerate(flat):
                answers.setdefault(i, []).append(replies[position])
            pending = {}
            for i, hypotheses in answers.items():
                if len(hypotheses) == 1:
                    done[i] = hypotheses[0]
                else:
                    pending[i] = _parts(
                        [h.text for h in hypotheses], self._summariser.max_source_chars
                    )
        return [done[i] for i in range(len(texts))]


def target_lines(document: Document, *, target: str) -> Iterator[str]:
    """Yield what is kept of a document, paragraph by paragraph, in the target language."""
    for paragraph in document.kept():
        text = _target_text(paragraph, target)
        if text is not None and paragraph.kind is not Kind.CODE:
            yield " ".join(text.split())


def _target_text(paragraph: Paragraph, target: str) -> str | None:
    if paragraph.translation is not None:
        return paragraph.translation.text
    return paragraph.text if paragraph.language == target else None


def _parts(lines: Sequence[str], max_chars: int) -> list[str]:
    """Pack lines into as few parts of at most `max_chars` as their order allows.

    A line that is longer by itself is cut at a space; every part shortens the next round.
    """
    pieces: list[str] = []
    for line in lines:
        rest = line
        while len(rest) > max_chars:
            cut = rest.rfind(" ", 1, max_chars) + 1 or max_chars
            pieces.append(rest[:cut].strip())
            rest = rest[cut:]
        pieces.append(rest)
    parts: list[str] = []
    for piece in pieces:
        if parts and len(parts[-1]) + 1 + len(piece) <= max_chars:
            parts[-1] += "\n" + piece
        else:
            parts.append(piece)
    return parts


def _reply_sentences(reply: Hypothesis, *, language: str) -> list[str]:
    """Return the complete sentences of a reply, without list marks."""
    found = [_LIST_MARK.sub("", s.strip()) for s in sentences(reply.text, language=language)]
    return [s for s in found if _COMPLETE.search(s)]


def _numbers_in(text: str) -> frozenset[str]:
    """Return the digits of every number in `text`: 11 000, 11,000 and 11000 are the same."""
    return frozenset(re.sub(r"\D", "", number) for number in _NUMBER.findall(text))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))
