"""The ground stage: a sentence of a summary gets its evidence, or gives way to one that has it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.engine import Decoding, Hypothesis, Passage, Summariser
from pipeline.document import Document
from pipeline.flag import Flag
from pipeline.place import NO_MODEL
from pipeline.progress import Progress
from pipeline.stage import StageKind
from pipeline.stages.grounding.checks import LEAST_VOUCHED, Doubt, check
from pipeline.stages.grounding.context import stands_alone, without_connective
from pipeline.stages.grounding.fallback import is_faithful, quotable, rewriting
from pipeline.stages.grounding.finding import Finding, near_the_best, with_further
from pipeline.stages.grounding.judge import Claim, Judge, Verdict
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.places import drawn_on, evidence_of, original_of, quoted
from pipeline.stages.grounding.quotations import true_quotations
from pipeline.stages.headline import headline_of
from pipeline.stages.keywords import keywords
from pipeline.stages.length import Length
from pipeline.stages.material import Material, material, without_summary
from pipeline.stages.own_sentences import is_complete
from pipeline.stages.replies import reply_sentences, says_again
from pipeline.summary import Outcome, Sentence, Withheld


@dataclass(slots=True)
class _Case:
    """A document on its way through the stage."""

    document: Document
    found: Material
    own: list[Sentence]
    original: Original
    findings: list[Finding] = field(default_factory=list)
    rewritten: dict[int, Finding] = field(default_factory=dict)


class Ground:
    """Checks the summary of every document against the original, and never leaves one without.

    A sentence that fails a check (`least_vouched` is the share of its words that the text must
    have), or whose support is below `least_support`, is rewritten by
    `summariser` with its evidence alone, else replaced by a sentence of the text, else withheld.
    Where fewer than the length asks for remain, the text's first sentences fill up. Sentences that
    are the text's own are their own evidence. Summaries that are checked already are left alone.
    """

    name = "ground"
    kind: StageKind = "window"

    def __init__(
        self,
        judge: Judge,
        summariser: Summariser,
        *,
        decoding: Decoding,
        length: Length,
        progress: Progress,
        least_support: float,
        least_vouched: float = LEAST_VOUCHED,
        spelt: Callable[[str, str], str] | None = None,
    ) -> None:
        self._judge = judge
        self._summariser = summariser
        self._decoding = decoding
        self._length = length
        self._progress = progress
        self._least_support = least_support
        self._least_vouched = least_vouched
        self._spelt = spelt or (lambda _, sentence: sentence)

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with its summary checked; None where there is nothing to tell."""
        cases = {i: self._case(d) for i, d in enumerate(documents) if _is_unchecked(d)}
        for case in cases.values():
            drafts = case.document.summary.sentences if case.document.summary else ()
            written = [(s.text, s.model) for s in drafts if s.model != NO_MODEL]
            case.findings = self._findings(case, written, first=True)
        self._rewrite(list(cases.values()))
        return [
            self._settled(cases[i]) if i in cases else document
            for i, document in enumerate(documents)
        ]

    def _case(self, document: Document) -> _Case:
        if document.summary is None:
            raise ValueError(f"{document.name}: has no summary to check")
        language = document.summary.language
        found = material(document, language=language)
        own = found.sentences
        original = original_of(document, own, language=language, orders=found.orders)
        return _Case(document, found, own, original)

    def _findings(
        self, case: _Case, written: Sequence[tuple[str, str]], *, first: bool = False
    ) -> list[Finding]:
        """Return the judgement on each `(text, model)`; the `first` may be apart from the text.

        The main news is never apart from all other sentences; an order that the model obeyed, and
        which no pattern knows, is.
        """
        original, language = case.original, case.original.language
        texts = [(true_quotations(html.unescape(text), original), model) for text, model in written]
        claims = [Claim(text, language) for text, _ in texts]
        verdicts = self._judge.judge(claims, original.candidates) if claims else []
        found: list[Finding] = []
        for (text, model), verdict in zip(texts, verdicts, strict=True):
            alone = first and all(finding.doubts for finding in found)
            if alone and original.wording.is_apart(text):
                doubt = Doubt(Flag.UNSUPPORTED, verdict.unsupported)
                found.append(Finding(text, model, replace(verdict, evidence=()), (doubt,)))
            else:
                found.append(self._finding(text, model, verdict, original))
        return found

    def _finding(self, text: str, model: str, verdict: Verdict, original: Original) -> Finding:
        near = [i for i, _ in verdict.evidence]
        checked = check(text, original, near, least_vouched=self._least_vouched)
        doubts = checked.doubts
        if not doubts and verdict.support < self._least_support:
            doubts = (Doubt(Flag.UNSUPPORTED, verdict.unsupported),)
        evidence = with_further(verdict.evidence, checked.further)
        return Finding(text, model, verdict, doubts, checked.equivalents, evidence)

    def _rewrite(self, cases: Sequence[_Case]) -> None:
        """Ask the engine once more, all documents together, for sentences that do not hold."""
        asked: list[tuple[_Case, int]] = []
        passages: list[Passage] = []
        for case in cases:
            good = sum(not finding.doubts for finding in case.findings)
            for position, finding in enumerate(case.findings):
                if not finding.doubts or good >= self._length.max_sentences:
                    continue
                related = near_the_best(finding.verdict.evidence)
                if (passage := rewriting(finding.text, case.original, related)) is not None:
                    asked.append((case, position))
                    passages.append(passage)
                    good += 1
        if not passages:
            return
        self._progress.stage("summarise again", total=len(passages), unit="sentences")
        for index, hypothesis in self._summariser.summarise(passages, decoding=self._decoding):
            case, position = asked[index]
            if (again := self._again(case, hypothesis)) is not None:
                case.rewritten[position] = again
            self._progress.advance()

    def _again(self, case: _Case, hypothesis: Hypothesis) -> Finding | None:
        """Return the judgement on the first sentence of a reply, if it holds."""
        sentences = reply_sentences(hypothesis.text, language=case.original.language)
        whole = "\n".join(line.text for line in case.found.lines)
        texts = [(self._spelt(whole, text), hypothesis.model) for text in sentences[:1]]
        return next((f for f in self._findings(case, texts) if not f.doubts), None)

    def _settled(self, case: _Case) -> Document:
        summary = case.document.summary
        assert summary is not None
        shown: list[Sentence] = []
        withheld: list[Withheld] = []
        for sentence in summary.sentences:
            if sentence.model == NO_MODEL:
                shown.append(quoted(sentence, flags=sentence.flags))
        for position, finding in enumerate(case.findings):
            stands = self._standing(case, position, shown)
            if stands is not None:
                shown.append(stands)
            elif finding.doubts:
                withheld.append(finding.withheld())
        shown += self._filling(case, shown)
        if not shown:
            return without_summary(case.document, language=summary.language)
        shown[0] = _opening(shown[0], language=summary.language)
        failed = [s.replaces for s in shown if s.replaces is not None]
        remarks = (*summary.remarks, *(w.flag for w in (*failed, *withheld)))
        done = replace(
            summary,
            sentences=tuple(shown),
            remarks=tuple(dict.fromkeys(remarks)),
            withheld=tuple(withheld),
            drawn_on=drawn_on(case.document, shown),
            headline=_headline(case.document, shown),
            keywords=keywords(
                [s.text for s in case.found.complete],
                " ".join(s.text for s in shown),
                language=summary.language,
            ),
        )
        return replace(case.document, summary=done)

    def _standing(self, case: _Case, position: int, shown: Sequence[Sentence]) -> Sentence | None:
        """Return what stands in the place of a sentence that a model wrote; None for nothing."""
        finding = case.findings[position]
        said = [s.text for s in shown]
        language = case.original.language
        if not finding.doubts:
            options: Iterator[Sentence] = iter([self._written(case, finding, Outcome.KEPT, None)])
        else:
            options = self._instead(case, position)
        return next(
            (
                s
                for s in options
                if self._length.has_room(shown, s.text)
                and not says_again(s.text, said, language=language)
            ),
            None,
        )

    def _instead(self, case: _Case, position: int) -> Iterator[Sentence]:
        finding = case.findings[position]
        failed = finding.withheld()
        if (again := case.rewritten.get(position)) is not None:
            yield self._written(case, again, Outcome.REWRITTEN, failed)
        near = [i for i, _ in finding.verdict.evidence if is_complete(case.own[i].text)]
        for i in quotable(finding.text, case.original, near):
            taken = quoted(case.own[i], flags=(Flag.FILLED_FROM_TEXT,))
            yield replace(taken, replaces=failed)

    def _written(
        self, case: _Case, finding: Finding, outcome: Outcome, failed: Withheld | None
    ) -> Sentence:
        return Sentence(
            finding.text,
            finding.model,
            evidence=evidence_of(case.own, finding.evidence),
            outcome=outcome,
            support=finding.verdict.support,
            replaces=failed,
            equivalents=finding.equivalents,
        )

    def _filling(self, case: _Case, shown: Sequence[Sentence]) -> list[Sentence]:
        """Return sentences of the text that a summary is too short without, from the first on.

        Those come before others that are understood without the sentence before them.
        """
        filled: list[Sentence] = []
        language = case.original.language
        places = {id(s): i for i, s in enumerate(case.own)}
        telling = sorted(
            case.found.complete, key=lambda s: not stands_alone(s.text, language=language)
        )
        # A badly translated sentence is better than no summary at all.
        for faithful in (True, False):
            for sentence in telling:
                together = [*shown, *filled]
                if len(together) >= (self._length.min_sentences if faithful else 1):
                    break
                if faithful and not is_faithful(case.original, places[id(sentence)]):
                    continue
                said = [s.text for s in together]
                if self._length.has_room(together, sentence.text) and not says_again(
                    sentence.text, said, language=language
                ):
                    filled.append(quoted(sentence, flags=(Flag.FILLED_FROM_TEXT,)))
        return filled


def _opening(sentence: Sentence, *, language: str) -> Sentence:
    """Return the first sentence of a summary, which follows none; a quotation stays as it is."""
    if sentence.outcome is Outcome.QUOTED or sentence.model == NO_MODEL:
        return sentence
    return replace(sentence, text=without_connective(sentence.text, language=language))


def _is_unchecked(document: Document) -> bool:
    return document.summary is not None and document.summary.drawn_on is None


def _headline(document: Document, shown: Sequence[Sentence]) -> str | None:
    """Return a headline for a document that has none of its own."""
    if document.title or document.heading is not None:
        return None
    return headline_of(shown[0].text)
