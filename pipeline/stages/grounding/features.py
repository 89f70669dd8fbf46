"""Signs that a document states a claim, each a number; which of them there are depends on the way.

Three ways lead from a claim to its evidence: "direct" where both are in one language, "translated"
where the evidence has a translation into the claim's, and "across" where it has none. Words are
compared on the first two; facts are compared with the original on all three.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from pipeline.facts.negation import denies, negation_lost
from pipeline.facts.stated import opposed
from pipeline.stages.grounding.figures import check_figures, stated_nowhere
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.names import unknown_names
from pipeline.stages.grounding.ngrams import (
    bigrams,
    changes,
    content_words,
    longest_run,
    rarities,
    share,
    stems,
    trigrams,
    weighed_share,
    without_gaps,
    words,
)
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.overlap import readable
from pipeline.stages.grounding.retrieve import Evidence
from pipeline.stages.grounding.reversals import denies_at_all, reversals
from pipeline.stages.naming.invented import made_up

Way = Literal["direct", "translated", "across"]
_CUT = re.compile(r"\d[.,]$")
SHOWN = 3  # sentences of evidence that a claim may draw on
ACROSS = "across_"  # the names of faults that the original shows begin so


def way_of(claim: Claim, candidates: Sequence[Candidate]) -> Way:
    """Return how the claim is compared with these candidates."""
    if all(candidate.language == claim.language for candidate in candidates):
        return "direct"
    if all(
        candidate.language == claim.language or candidate.translation is not None
        for candidate in candidates
    ):
        return "translated"
    return "across"


def features(
    claim: Claim, candidates: Sequence[Candidate], evidence: Evidence
) -> Mapping[str, float]:
    """Return the signs by their names: shares and counts; those of the encoder where it was asked.

    `evidence` must not be empty.
    """
    found: dict[str, float] = {}
    way = way_of(claim, candidates)
    if way != "across":
        found |= _of_words(claim, candidates, evidence)
        found |= _of_readable_facts(claim, candidates, evidence)
    if way != "direct":
        found |= _of_facts_across(claim, candidates, evidence)
    found |= _of_checks(claim, candidates, evidence)
    if evidence.cosines:
        found["cosine"] = sum(sorted(evidence.cosines)[-2:]) / len(evidence.cosines[-2:])
    return found


def _of_words(
    claim: Claim, candidates: Sequence[Candidate], evidence: Evidence
) -> Mapping[str, float]:
    """Return how much of the claim's wording its evidence has, and what was put into it.

    `coverage` is a mean of shares: of stems, the rare ones above all, and of pairs of stems in the
    best sentence, of pairs in the evidence, of triples of words anywhere, and of the longest run.
    One of them alone is easier to deceive.
    """
    said = words(claim.text)
    content, pairs = set(stems(tuple(sorted(content_words(said))))), bigrams(stems(said))
    texts = [words(readable(candidate, claim.language)) for candidate in candidates]
    shown = [texts[i] for i in evidence.indices[:SHOWN]]
    rare = rarities([stems(text) for text in texts])
    shares = (
        weighed_share(content, set(stems(shown[0])), rare),
        share(pairs, bigrams(stems(shown[0]))),
        share(pairs, {pair for text in shown for pair in bigrams(stems(text))}),
        share(trigrams(said), {triple for text in texts for triple in trigrams(text)}),
        longest_run(said, shown) / max(1, len(said)),
    )
    replaced, _ = changes(said, shown[0])
    return {"coverage": sum(shares) / len(shares), "replaced": math.log(1 + replaced)}


def _of_readable_facts(
    claim: Claim, candidates: Sequence[Candidate], evidence: Evidence
) -> Mapping[str, float]:
    language = claim.language
    best = readable(candidates[evidence.indices[0]], language)
    shown = " ".join(readable(candidates[i], language) for i in evidence.indices[:SHOWN])
    languages = {"language": language, "text_language": language}
    return {
        "opposed": float(len(opposed(claim.text, best, **languages))),
        "denies": float(denies(claim.text, language) and not denies_at_all(shown, language)),
        "affirms": float(denies(best, language) and not denies(claim.text, language)),
    }


def _of_checks(
    claim: Claim, candidates: Sequence[Candidate], evidence: Evidence
) -> Mapping[str, float]:
    """Return the numbers of facts that fail a check against the original, by kind."""
    original = _original(tuple(candidates), claim.language)
    shown = evidence.indices[:SHOWN]
    # Tokenizers leave gaps in figures: the reading of the claim that is better supported counts.
    readings = dict.fromkeys((claim.text, without_gaps(claim.text)))
    nowhere, apart = min(_unsupported_figures(text, original, shown) for text in readings)
    return {
        "figures": float(nowhere),
        "figures_apart": float(apart),
        "names": float(len(unknown_names(claim.text, original, shown))),
        "reversed": float(len(set(reversals(claim.text, original, shown)))),
    }


def _unsupported_figures(text: str, original: Original, shown: Sequence[int]) -> tuple[int, int]:
    """Return how many figures no sentence supports, and how many those of other matters do."""
    figures = check_figures(text, original, shown)
    nowhere = set(stated_nowhere(text, original)) if figures.unsupported else set()
    apart = sum(figure not in nowhere for figure in figures.unsupported)
    return len(figures.unsupported) - apart + len(figures.wrong_unit), apart


@lru_cache(maxsize=2)  # the sentences of a summary are judged one after another
def _original(candidates: tuple[Candidate, ...], language: str) -> Original:
    behind = (*(candidate.text for candidate in candidates[1:]), "")
    texts = [_both_ways(c, after) for c, after in zip(candidates, behind, strict=True)]
    return Original(texts, language=language)


def _both_ways(candidate: Candidate, behind: str) -> Candidate:
    """Return a sentence, and behind it the same with the gaps in its figures closed, if it has any.

    Tokenizers leave such gaps behind: "1, 250". Of "98. 7 per cent" the text is cut into two
    sentences there; `behind` is the one behind this.
    """
    cut = f"{candidate.text} {behind}" if _CUT.search(candidate.text) else candidate.text
    closed = without_gaps(cut)
    if closed == cut:
        return candidate
    return replace(candidate, text=f"{candidate.text} {closed}")


def _of_facts_across(
    claim: Claim, candidates: Sequence[Candidate], evidence: Evidence
) -> Mapping[str, float]:
    """Compare the claim with the originals, whatever their translations say."""
    best = candidates[evidence.indices[0]]
    shown = [
        candidates[i] for i in evidence.indices[:SHOWN] if candidates[i].language == best.language
    ]
    text = " ".join(candidate.text for candidate in shown)
    ways = {"source_language": best.language, "target_language": claim.language}
    back = {"source_language": claim.language, "target_language": best.language}
    claimed = {"language": claim.language, "text_language": best.language}
    # Names are compared by sound, in English only: other languages are not written for it.
    english = claim.language == "en" and best.language != "en"
    names = float(len(made_up(text, claim.text, language=best.language))) if english else 0.0
    return {
        "across_opposed": float(len(opposed(claim.text, best.text, **claimed))),
        "across_names": names,
        "across_negated": float(negation_lost(claim.text, text, **back)),
        "across_affirmed": float(negation_lost(best.text, claim.text, **ways)),
    }
