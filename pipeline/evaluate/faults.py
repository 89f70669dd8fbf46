"""Faults that can be counted without a person: figures, names, negations, residue, loops.

The triage of the product detects most of these faults by the same rules, so the rates here are
those of faults it could not mend. The reference is counted too, as a control: faults found in a
person's translation are the error of the count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.engine import Hypothesis, Segment
from pipeline.evaluate.bootstrap import Rate, rate
from pipeline.evaluate.corpus import Corpus
from pipeline.facts.negation import negation_lost
from pipeline.facts.numbers import figures
from pipeline.facts.protected import protected
from pipeline.facts.units import measures
from pipeline.lang.romanise import likeness
from pipeline.stages.naming.count import count_names
from pipeline.stages.naming.mentions import MIN_LIKENESS, Rendering, mentions_in
from pipeline.stages.naming.name_words import names_in, translated
from pipeline.stages.triage.suspicions import suspicions

KINDS = (
    "numbers", "units", "protected", "facts", "negation", "names",
    "residue", "loop", "meta", "copied", "language", "empty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Faults:
    """Which segments could have a fault of each kind, and which have it: 0 or 1 for each.

    "numbers" and "units" concern segments with figures, "protected" those with addresses,
    placeholders and the like, "negation" those that deny something, "names" those with a name that
    the reference spells by sound; every other kind all segments that are not empty.
    """

    possible: Mapping[str, Sequence[int]]
    found: Mapping[str, Sequence[int]]

    def rates(self) -> dict[str, Rate]:
        """Return the rate of each kind among the segments that could have it."""
        return {kind: rate(self.found[kind], self.possible[kind]) for kind in KINDS}


def faults(corpus: Corpus, hypotheses: Sequence[str]) -> Faults:
    """Look for every kind of fault in a translation of `corpus`."""
    names = _names(corpus, hypotheses)
    possible: dict[str, list[int]] = {kind: [] for kind in KINDS}
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for index, (source, text) in enumerate(zip(corpus.sources, hypotheses, strict=True)):
        segment = Segment(source, corpus.source, corpus.target)
        # A file of hypotheses does not tell what cut a decoding short; the text itself must.
        seen = suspicions(segment, Hypothesis(text, tokens=0, finish="stop", model=""))
        named, lost = names[index]
        for kind in KINDS:
            can = _possible(kind, source, corpus) if kind != "names" else named
            has = kind in seen if kind != "names" else lost
            possible[kind].append(int(can))
            found[kind].append(int(can and has))
    return Faults(possible, found)


def _possible(kind: str, source: str, corpus: Corpus) -> bool:
    if kind == "numbers":
        return bool(figures(source, language=corpus.source))
    if kind == "units":
        return bool(measures(source, language=corpus.source))
    if kind == "protected":
        return bool(protected(source))
    if kind == "negation":  # nothing is denied in an empty translation
        return negation_lost(
            source, "", source_language=corpus.source, target_language=corpus.target
        )
    return bool(source.strip())


def _names(corpus: Corpus, hypotheses: Sequence[str]) -> list[tuple[bool, bool]]:
    """Return for each segment whether the reference spells a name, and whether one is lost.

    A name is lost where no capitalised word of the hypothesis sounds like that of the reference.
    """
    renderings = _renderings(corpus, corpus.references)
    result = []
    for found, text in zip(mentions_in(renderings, target=corpus.target), hypotheses, strict=True):
        wanted = [m.form for m in found if m.form not in translated()]
        words = [w.strip(".,;:!?\"'«»()“”") for w in text.replace("-", " ").split()]
        capitals = [m.group() for m in names_in(text)] + [w for w in words if w[:1].isupper()]
        lost = any(
            max((likeness(form, word) for word in capitals), default=0.0) < MIN_LIKENESS
            for form in wanted
        )
        result.append((bool(wanted), lost))
    return result


@dataclass(frozen=True, slots=True)
class SpellingCount:
    """The count of repeated names that are spelt one way all through a document.

    The count is defined in `pipeline.stages.naming.count`; the interval comes from resampling
    documents. `differing` lists the stems with their spellings.
    """

    one_way: Rate
    mentions: int
    unpaired: int
    differing: Sequence[tuple[str, Mapping[str, int]]]


def spelling(corpus: Corpus, hypotheses: Sequence[str]) -> SpellingCount:
    """Count the repeated names of `corpus`, document by document."""
    renderings = _renderings(corpus, hypotheses)
    counts = [
        count_names([[renderings[i] for i in span]], target=corpus.target)
        for _, span in corpus.spans()
    ]
    return SpellingCount(
        one_way=rate([c.consistent for c in counts], [c.repeated for c in counts]),
        mentions=sum(c.mentions for c in counts),
        unpaired=sum(c.unpaired for c in counts),
        differing=[d for c in counts for d in c.differing],
    )


def _renderings(corpus: Corpus, targets: Sequence[str]) -> list[Rendering]:
    return [
        Rendering(source, target, corpus.source)
        for source, target in zip(corpus.sources, targets, strict=True)
    ]
