"""The summarise stage: the kept text of a document in a few complete sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import Decoding, Hypothesis, Passage, Summariser
from pipeline.document import Document, Kind, Sentence, Summary
from pipeline.flag import Flag
from pipeline.lang.sentences import sentences
from pipeline.progress import Progress
from pipeline.stage import StageKind
from pipeline.stages.like_sentences import is_list
from pipeline.stages.own_sentences import OwnLine, is_complete, own_lines
from pipeline.stages.passages import beginning, parts_of
from pipeline.stages.vouching import Vouching

_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
MIN_CHARS = 240  # a text shorter than this is its own summary
_PAYLOAD_SENTENCES = 3  # behind an order; what stands further off is the text's own
_MIN_WORDS = 3  # of a line without a full stop that says something


@dataclass(frozen=True, slots=True)
class _Task:
    """The lines of a document that a summary may be made of, and flags of what is kept out."""

    document: Document
    lines: tuple[OwnLine, ...]
    remarks: tuple[Flag, ...]

    @property
    def sentences(self) -> list[str]:
        """The sentences of all lines."""
        return [sentence.text for line in self.lines for sentence in line.sentences]


@dataclass(frozen=True, slots=True)
class _Reply:
    """The last reply about a text; flags of all replies on the way to it, and a refusal, if any."""

    hypothesis: Hypothesis
    remarks: tuple[Flag, ...]
    refusal: str


class Summarise:
    """Writes a summary of every document that has text in the target language, and none yet.

    A short text and a list of like sentences are told in sentences of their own. Documents longer
    than the engine reads whole are summarised in parts, and then the parts. A sentence that the
    text does not vouch for is dropped; where fewer than `min_sentences` good ones remain, the
    document's first sentences fill up, with a flag. `spelt` returns a sentence, given the text that
    it sums up, with names as they are to be there.
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
        tasks = {
            i: self._task(document)
            for i, document in enumerate(documents)
            if document.summary is None
        }
        asked = [i for i, task in tasks.items() if not _tells_itself(task)]
        texts = [[line.text for line in tasks[i].lines] for i in asked]
        written = dict(zip(asked, self._condense(texts), strict=True))
        return [
            self._summarised(tasks[i], written.get(i)) if i in tasks else document
            for i, document in enumerate(documents)
        ]

    def _task(self, document: Document) -> _Task:
        lines = list(own_lines(document, target=self._target))
        remarks = dict.fromkeys(flag for line in lines for flag in line.remarks)
        lines = list(_without_payload(lines, language=self._target))
        return _Task(document, tuple(line for line in lines if line.text), tuple(remarks))

    def _summarised(self, task: _Task, reply: _Reply | None) -> Document:
        summary = self._own(task) if reply is None else self._checked(task, reply)
        notes = task.document.notes
        if reply is not None and reply.refusal:
            note = f"the model summarised not all of it: {reply.refusal}"
            notes = tuple(dict.fromkeys((*notes, note)))
        return replace(task.document, summary=summary, notes=notes)

    def _own(self, task: _Task) -> Summary | None:
        """Return a summary in the text's own sentences, from the first on."""
        own = _telling(task.lines)
        if not own:
            return None
        short = sum(len(line.text) for line in task.lines) < MIN_CHARS
        flag = Flag.SHORT_TEXT if short else Flag.FILLED_FROM_TEXT
        remarks = (Flag.NOT_ALL,) if len(own) > self._max_sentences else ()
        shown = _flagged(own[: self._max_sentences], flag)
        return Summary(shown, self._target, (*task.remarks, *remarks))

    def _checked(self, task: _Task, reply: _Reply) -> Summary | None:
        """Return the sentences of a reply that the text vouches for, filled up from the text."""
        text = Vouching(task.sentences, language=self._target)
        whole = "\n".join(line.text for line in task.lines)
        remarks = [*task.remarks, *reply.remarks]
        kept: list[Sentence] = []
        for written in _reply_sentences(reply.hypothesis, language=self._target):
            sentence = self._spelt(whole, written)
            # The main news is never apart from all other sentences; an order that the model obeyed,
            # and which no pattern knows, is.
            apart = not kept and text.is_apart(sentence)
            if doubt := text.doubt(sentence) or (Flag.UNSUPPORTED if apart else None):
                remarks.append(doubt)
            elif _words(sentence) not in [_words(k.text) for k in kept]:
                kept.append(Sentence(sentence, reply.hypothesis.model))
        kept = kept[: self._max_sentences]
        for own in _complete(task.lines) or _telling(task.lines):
            if len(kept) >= self._min_sentences:
                break
            if _words(own.text) not in [_words(k.text) for k in kept]:
                kept += _flagged([own], Flag.FILLED_FROM_TEXT)
        if not kept:
            return None
        return Summary(tuple(kept), self._target, tuple(dict.fromkeys(remarks)))

    def _condense(self, texts: Sequence[Sequence[str]]) -> list[_Reply]:
        """Return the summary of each text, made in as many rounds as its length needs.

        1. The parts of all texts go to the engine together.
        2. A text of one part is done.
        3. The replies to several parts are packed into new parts, for the next round. Each is cut
           to less than half of its part, at the end of a sentence: two of them make one part, so
           that every round has fewer.
        """
        most = self._summariser.max_source_chars
        pending = {i: parts_of(lines, most) for i, lines in enumerate(texts)}
        remarks: dict[int, dict[Flag, None]] = {i: {} for i in pending}
        refusals: dict[int, str] = {}
        done: dict[int, Hypothesis] = {}
        while pending:
            answers = self._round(pending)
            following: dict[int, list[str]] = {}
            for i, hypotheses in answers.items():
                remarks[i] |= dict.fromkeys(_failures(hypotheses))
                refusals[i] = refusals.get(i, "") or next(
                    (h.refusal for h in hypotheses if h.refusal), ""
                )
                if len(hypotheses) == 1:
                    done[i] = hypotheses[0]
                    continue
                shortened = [
                    beginning(h.text, (len(part) - 1) // 2, language=self._target)
                    for h, part in zip(hypotheses, pending[i], strict=True)
                ]
                if any(
                    len(short) < len(h.text.strip())
                    for short, h in zip(shortened, hypotheses, strict=True)
                ):
                    remarks[i][Flag.NOT_SHORTENED] = None
                parts = parts_of([short for short in shortened if short], most)
                if parts:
                    following[i] = parts
                else:
                    done[i] = replace(hypotheses[0], text="")
            pending = following
        return [_Reply(done[i], tuple(remarks[i]), refusals[i]) for i in range(len(texts))]

    def _round(self, pending: dict[int, list[str]]) -> dict[int, list[Hypothesis]]:
        """Return the engine's replies to the parts of each text."""
        flat = [(i, part) for i, parts in pending.items() for part in parts]
        self._progress.stage(self.name, total=len(flat), unit="passages")
        passages = [Passage(part, self._target, self._max_sentences) for _, part in flat]
        replies: dict[int, Hypothesis] = {}
        for position, hypothesis in self._summariser.summarise(passages, decoding=self._decoding):
            replies[position] = hypothesis
            self._progress.advance()
        answers: dict[int, list[Hypothesis]] = {}
        for position, (i, _) in enumerate(flat):
            answers.setdefault(i, []).append(replies[position])
        return answers


def _tells_itself(task: _Task) -> bool:
    """Tell whether a text is told in its own sentences: it is short, or a list."""
    size = sum(len(line.text) for line in task.lines)
    return size < MIN_CHARS or is_list([s.text for s in _telling(task.lines)])


def _telling(lines: Sequence[OwnLine]) -> list[Sentence]:
    """Return the sentences that tell something; short posts end without a full stop, too.

    Headings count where there is nothing else.
    """
    found = [
        sentence
        for line in lines
        for sentence in line.sentences
        if is_complete(sentence.text)
        or (line.kind is not Kind.HEADING and len(sentence.text.split()) >= _MIN_WORDS)
    ]
    return found or [
        sentence
        for line in lines
        for sentence in line.sentences
        if any(map(str.isalpha, sentence.text))
    ]


def _complete(lines: Iterable[OwnLine]) -> list[Sentence]:
    return [s for line in lines for s in line.sentences if is_complete(s.text)]


def _without_payload(lines: Sequence[OwnLine], *, language: str) -> Iterator[OwnLine]:
    """Yield lines without sentences behind an order that have nothing to do with the text.

    An order such as "write this:" brings its words along in sentences of their own.
    """
    suspects = {
        id(s) for line in lines for s in line.sentences[line.safe : line.safe + _PAYLOAD_SENTENCES]
    }
    safe = [s.text for line in lines for s in line.sentences if id(s) not in suspects]
    if not suspects or not safe:
        yield from lines
        return
    text = Vouching(safe, language=language)
    for line in lines:
        kept = tuple(s for s in line.sentences if id(s) not in suspects or text.knows(s.text))
        if kept == line.sentences:
            yield line
        else:
            yield replace(line, sentences=kept, text=" ".join(s.text for s in kept))


def _failures(hypotheses: Sequence[Hypothesis]) -> Iterator[Flag]:
    for hypothesis in hypotheses:
        if hypothesis.refusal:
            yield Flag.REFUSED
        elif not hypothesis.text.strip():
            yield Flag.EMPTY


def _flagged(found: Sequence[Sentence], flag: Flag) -> tuple[Sentence, ...]:
    return tuple(replace(sentence, flags=(flag,)) for sentence in found)


def _reply_sentences(reply: Hypothesis, *, language: str) -> list[str]:
    """Return the complete sentences of a reply, without list marks."""
    found = [_LIST_MARK.sub("", s.strip()) for s in sentences(reply.text, language=language)]
    return [s for s in found if is_complete(s)]


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))
