"""The summarise stage: the kept text of a document in a few sentences that a model writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import Decoding, Hypothesis, Summariser
from pipeline.document import Document
from pipeline.flag import Flag
from pipeline.progress import Progress
from pipeline.stage import StageKind
from pipeline.stages.length import Length
from pipeline.stages.like_sentences import is_list
from pipeline.stages.material import Material, material, without_summary
from pipeline.stages.passages import beginning, parts_of
from pipeline.stages.replies import reply_sentences
from pipeline.summary import Sentence, Summary

MIN_CHARS = 240  # a text shorter than this is its own summary


@dataclass(frozen=True, slots=True)
class _Task:
    """A document, the language of its summary, and what the summary may be made of."""

    document: Document
    language: str
    material: Material


@dataclass(frozen=True, slots=True)
class _Reply:
    """The last reply about a text; flags of all replies on the way to it, and a refusal, if any."""

    hypothesis: Hypothesis
    remarks: tuple[Flag, ...]
    refusal: str


class Summarise:
    """Writes a summary of every document that has text in the language for it, and none yet.

    A short text and a list of like sentences are told in sentences of their own. Documents longer
    than the engine reads whole are summarised in parts, and then the parts. Nothing is checked yet:
    that is the next stage's task, for which a summary may be without a sentence here. `language` is
    that of all summaries; None is each document's own. `spelt` returns a sentence, given the text
    that it sums up, with names as they are to be there.
    """

    name = "summarise"
    kind: StageKind = "window"

    def __init__(
        self,
        summariser: Summariser,
        *,
        language: str | None,
        decoding: Decoding,
        length: Length,
        progress: Progress,
        spelt: Callable[[str, str], str] | None = None,
    ) -> None:
        self._spelt = spelt or (lambda _, sentence: sentence)
        self._summariser = summariser
        self._language = language
        self._decoding = decoding
        self._length = length
        self._progress = progress

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with `summary` set where it has text to summarise."""
        tasks = {
            i: self._task(document)
            for i, document in enumerate(documents)
            if document.summary is None
        }
        asked = [i for i, task in tasks.items() if not _tells_itself(task.material)]
        written = dict(zip(asked, self._condense([tasks[i] for i in asked]), strict=True))
        return [
            self._summarised(tasks[i], written.get(i)) if i in tasks else document
            for i, document in enumerate(documents)
        ]

    def _task(self, document: Document) -> _Task:
        language = self._language or document.language
        return _Task(document, language, material(document, language=language))

    def _summarised(self, task: _Task, reply: _Reply | None) -> Document:
        summary = self._own(task) if reply is None else self._written(task, reply)
        notes = task.document.notes
        if reply is not None and reply.refusal:
            notes = (*notes, f"the model summarised not all of it: {reply.refusal}")
        done = replace(task.document, summary=summary, notes=tuple(dict.fromkeys(notes)))
        return without_summary(done, language=task.language) if summary is None else done

    def _own(self, task: _Task) -> Summary | None:
        """Return a summary in the text's own sentences, from the first on."""
        own = task.material.telling
        if not own:
            return None
        short = sum(len(line.text) for line in task.material.lines) < MIN_CHARS
        flag = Flag.SHORT_TEXT if short else Flag.FILLED_FROM_TEXT
        kept = self._length.cut(own)
        remarks = (Flag.NOT_ALL,) if len(own) > len(kept) else ()
        shown = tuple(replace(sentence, flags=(flag,)) for sentence in kept)
        return Summary(shown, task.language, (*task.material.remarks, *remarks))

    def _written(self, task: _Task, reply: _Reply) -> Summary:
        """Return the sentences of a reply."""
        whole = "\n".join(line.text for line in task.material.lines)
        found = tuple(
            Sentence(self._spelt(whole, written), reply.hypothesis.model)
            for written in reply_sentences(reply.hypothesis.text, language=task.language)
        )
        remarks = dict.fromkeys((*task.material.remarks, *reply.remarks))
        return Summary(found, task.language, tuple(remarks))

    def _condense(self, tasks: Sequence[_Task]) -> list[_Reply]:
        """Return the summary of each text, made in as many rounds as its length needs.

        1. The parts of all texts go to the engine together.
        2. A text of one part is done.
        3. The replies to several parts are packed into new parts, for the next round. Each is cut
           to less than half of its part, at the end of a sentence: two of them make one part, so
           that every round has fewer.
        """
        most = self._summariser.max_source_chars
        languages = [task.language for task in tasks]
        pending = {i: parts_of(_lines(task.material), most) for i, task in enumerate(tasks)}
        remarks: dict[int, dict[Flag, None]] = {i: {} for i in pending}
        refusals: dict[int, str] = {}
        done: dict[int, Hypothesis] = {}
        while pending:
            answers = self._round(pending, languages)
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
                    beginning(h.text, (len(part) - 1) // 2, language=languages[i])
                    for h, part in zip(hypotheses, pending[i], strict=True)
                ]
                if any(
                    len(short) < len(h.text.strip())
                    for short, h in zip(shortened, hypotheses, strict=True)
                ):
                    remarks[i][Flag.NOT_SHORTENED] = None
                parts = parts_of([(short, False) for short in shortened if short], most)
                if parts:
                    following[i] = parts
                else:
                    done[i] = replace(hypotheses[0], text="")
            pending = following
        return [_Reply(done[i], tuple(remarks[i]), refusals[i]) for i in range(len(tasks))]

    def _round(
        self, pending: dict[int, list[str]], languages: Sequence[str]
    ) -> dict[int, list[Hypothesis]]:
        """Return the engine's replies to the parts of each text."""
        flat = [(i, part) for i, parts in pending.items() for part in parts]
        self._progress.stage(self.name, total=len(flat), unit="passages")
        passages = [self._length.passage(part, language=languages[i]) for i, part in flat]
        replies: dict[int, Hypothesis] = {}
        for position, hypothesis in self._summariser.summarise(passages, decoding=self._decoding):
            replies[position] = hypothesis
            self._progress.advance()
        answers: dict[int, list[Hypothesis]] = {}
        for position, (i, _) in enumerate(flat):
            answers.setdefault(i, []).append(replies[position])
        return answers


def _lines(found: Material) -> list[tuple[str, bool]]:
    """Return the lines of a text, each with whether it heads a section."""
    return [(line.text, line.is_heading) for line in found.lines]


def _tells_itself(found: Material) -> bool:
    """Tell whether a text is told in its own sentences: it is short, or a list."""
    size = sum(len(line.text) for line in found.lines)
    return size < MIN_CHARS or is_list([s.text for s in found.telling])


def _failures(hypotheses: Sequence[Hypothesis]) -> Iterator[Flag]:
    for hypothesis in hypotheses:
        if hypothesis.refusal:
            yield Flag.REFUSED
        elif not hypothesis.text.strip():
            yield Flag.EMPTY
