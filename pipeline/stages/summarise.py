"""The summarise stage: the kept text of a document in a few complete sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import Decoding, Hypothesis, Passage, Summariser
from pipeline.document import Document, Sentence, Summary
from pipeline.facts.agreement import unsupported_numbers
from pipeline.flag import Flag
from pipeline.lang.sentences import sentences
from pipeline.progress import Progress
from pipeline.stage import StageKind
from pipeline.stages.own_sentences import is_complete, own_sentences, target_line

_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
MIN_CHARS = 240  # a text shorter than this is its own summary


@dataclass(frozen=True, slots=True)
class _Task:
    document: Document
    lines: tuple[str, ...]


class Summarise:
    """Writes a summary of every document that has text in the target language, and none yet.

    Documents longer than the engine reads whole are summarised in parts, and then the parts.
    A sentence with a number that the text does not have is dropped; where fewer than
    `min_sentences` good ones remain, the document's first sentences fill up, with a flag.
    `spelt` returns a sentence, given the text that it sums up, with names as they are to be there.
    """

    name = "summarise"
    kind: StageKind = "window"

    def __init__(
        self,
        summariser: Summariser,
        *,
        target: str,
        decoding: Decoding,
        min_sentences: int,
        max_sentences: int,
        progress: Progress,
        spelt: Callable[[str, str], str] | None = None,
    ) -> None:
        self._spelt = spelt or (lambda _, sentence: sentence)
        self._summariser = summariser
        self._target = target
        self._decoding = decoding
        self._min_sentences = min_sentences
        self._max_sentences = max_sentences
        self._progress = progress

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with `summary` set where it has text to summarise."""
        todo = [i for i, document in enumerate(documents) if document.summary is None]
        tasks = {
            i: _Task(documents[i], tuple(target_lines(documents[i], target=self._target)))
            for i in todo
        }
        asked = [i for i, t in tasks.items() if sum(map(len, t.lines)) >= MIN_CHARS]
        replies = self._condense([tasks[i].lines for i in asked])
        written = dict(zip(asked, replies, strict=True))
        return [
            replace(document, summary=self._summary(tasks[i], written.get(i)))
            if i in tasks
            else document
            for i, document in enumerate(documents)
        ]

    def _summary(self, task: _Task, reply: Hypothesis | None) -> Summary | None:
        text = "\n".join(task.lines)
        lead = list(own_sentences(task.document, target=self._target))
        if reply is None:
            if not lead:
                return None
            return Summary(_flagged(lead[: self._max_sentences], Flag.SHORT_TEXT), self._target)
        remarks: list[Flag] = []
        kept: list[Sentence] = []
        for written in _reply_sentences(reply, language=self._target):
            sentence = self._spelt(text, written)
            if unsupported_numbers(sentence, text, language=self._target):
                remarks.append(Flag.DROPPED_NUMBER)
            elif _words(sentence) not in [_words(k.text) for k in kept]:
                kept.append(Sentence(sentence, reply.model))
        kept = kept[: self._max_sentences]
        for own in lead:
            if len(kept) >= self._min_sentences:
                break
            if _words(own.text) not in [_words(k.text) for k in kept]:
                kept += _flagged([own], Flag.FILLED_FROM_TEXT)
        if not kept:
            return None
        return Summary(tuple(kept), self._target, tuple(dict.fromkeys(remarks)))

    def _condense(self, texts: Sequence[Sequence[str]]) -> list[Hypothesis]:
        """Return the summary of each text, made in as many rounds as its length needs.

        1. The parts of all texts go to the engine together.
        2. A text of one part is done.
        3. The replies to several parts are packed into new parts, for the next round.
        """
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


def _flagged(found: Sequence[Sentence], flag: Flag) -> tuple[Sentence, ...]:
    return tuple(replace(sentence, flags=(flag,)) for sentence in found)


def target_lines(document: Document, *, target: str) -> Iterator[str]:
    """Yield the kept paragraphs of a document in the target language, each on one line."""
    for paragraph in document.kept():
        line = target_line(paragraph, target=target)
        if line is not None:
            yield line.text


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
    return [s for s in found if is_complete(s)]


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))
