"""What a translator tells of a claim about a text in another language.

The claim is read as a translation of its evidence. No translation is written: the chances of given
words are read off in one pass, and a claim and its counterclaims share the reading of the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.engine import Segment, TokenChance, TokenScoringTranslator
from pipeline.stages.grounding.counterclaims import (
    KINDS,
    Counterclaim,
    counterclaims,
    renamed,
)
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.names import unknown_names
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import WORD
from pipeline.stages.naming.invented import made_up

MOST_CHARS = 1_200  # of evidence and claim that are read: the translators know sentences
COUNTER = "counter_"  # the names of the signs that counterclaims give begin so
_UNLIKELY = 5.0  # nats
_SURE = 4.0  # nats: a counterclaim that is likelier by more is not surer


@dataclass(frozen=True, slots=True)
class Rendering:
    """The signs of a claim, and the words of it whose opposite is the likelier translation."""

    signs: Mapping[str, float]
    turned: tuple[str, ...] = ()


def renderings(
    asked: Sequence[tuple[Claim, Sequence[Candidate]]], scorer: TokenScoringTranslator
) -> list[Rendering]:
    """Return what `scorer` tells of each claim beside its evidence; nothing without a route.

    1. Evidence in the language of the claim is left out.
    2. The claim and its counterclaims are scored as translations of the evidence.
    3. Names that no word of the evidence sounds like may be words that were translated ("West"):
       `unlikely_name` is how unlikely the first letters of the least likely one are, in nats. Where
       they are unlikely, names of the evidence are tried in their place.
    4. For each kind of counterclaim the sign is log(1 + e^x): x is how many nats likelier the
       likeliest is than the claim. Far below 0 that is 0.
    """
    cases = [_case(claim, evidence, scorer) for claim, evidence in asked]
    read = [case for case in cases if case is not None]
    _score(read, [counterclaims(c.claim.text, language=c.claim.language) for c in read], scorer)
    _score(read, [_with_other_names(case) for case in read], scorer)
    return [Rendering({}) if case is None else _rendering(case) for case in cases]


@dataclass(slots=True)
class _Case:
    """A claim that is read beside its evidence, its chances, and those of its counterclaims.

    `strange` are the words of its names that no word of the evidence sounds like.
    """

    claim: Claim
    segment: Segment
    strange: frozenset[str]
    own: tuple[TokenChance, ...] = ()
    others: list[tuple[Counterclaim, float]] = field(default_factory=list)

    def unlikely(self) -> dict[str, float]:
        """Return how unlikely each strange word's first letters are, in nats."""
        found: dict[str, float] = {}
        text = self.claim.text
        words = {m.start(): m.group() for m in WORD.finditer(text) if m.group() in self.strange}
        for chance in self.own:
            token = text[chance.start : chance.end]
            start = chance.start + len(token) - len(token.lstrip())  # some begin with the blank
            if token and start in words:
                found[words[start]] = max(-chance.nats, found.get(words[start], 0.0))
        return found


def _case(
    claim: Claim, evidence: Sequence[Candidate], scorer: TokenScoringTranslator
) -> _Case | None:
    segment = _segment(claim, evidence, scorer)
    return None if segment is None else _Case(claim, segment, _strange(claim, evidence))


def _score(
    cases: Sequence[_Case],
    counters: Sequence[Sequence[Counterclaim]],
    scorer: TokenScoringTranslator,
) -> None:
    """Score counterclaims, and claims that have no chances yet, all together."""
    pairs = []
    for case, own in zip(cases, counters, strict=True):
        texts = [] if case.own else [case.claim.text]
        pairs += [(case.segment, text) for text in (*texts, *(c.text for c in own))]
    chances = iter(scorer.token_chances(pairs) if pairs else [])
    for case, own in zip(cases, counters, strict=True):
        case.own = case.own or next(chances)
        whole = _whole(case.own)
        case.others += [(counter, _whole(next(chances)) - whole) for counter in own]


def _with_other_names(case: _Case) -> list[Counterclaim]:
    doubtful = [word for word, nats in case.unlikely().items() if nats >= _UNLIKELY]
    if not doubtful:
        return []
    segment = case.segment
    return renamed(case.claim.text, doubtful, segment.text, language=segment.source)


def _rendering(case: _Case) -> Rendering:
    """Return the signs of a claim, and the words by which it is worse than its counterclaims."""
    signs = {"unlikely_name": max(case.unlikely().values(), default=0.0)}
    turned = []
    for kind in KINDS:
        gains = [(gain, counter.turned) for counter, gain in case.others if counter.kind == kind]
        gain, words = max(gains, default=(-math.inf, ""))
        signs[f"{COUNTER}{kind}"] = math.log1p(math.exp(min(gain, _SURE)))
        if gain > 0:
            turned.append(words)
    return Rendering(signs, tuple(turned))


def _segment(
    claim: Claim, evidence: Sequence[Candidate], scorer: TokenScoringTranslator
) -> Segment | None:
    foreign = [candidate for candidate in evidence if candidate.language != claim.language]
    if not foreign or not scorer.has_route(foreign[0].language, claim.language):
        return None
    text = " ".join(c.text for c in foreign if c.language == foreign[0].language)
    if len(text) + len(claim.text) > MOST_CHARS:
        text = foreign[0].text
    if len(text) + len(claim.text) > MOST_CHARS:
        return None
    return Segment(text, foreign[0].language, claim.language)


def _strange(claim: Claim, evidence: Sequence[Candidate]) -> frozenset[str]:
    """Return the words of the names that no word of the evidence sounds like."""
    original = Original(evidence, language=claim.language)
    unknown = set(unknown_names(claim.text, original, range(len(evidence))))
    if claim.language == "en":
        unknown |= {
            name
            for language, text in original.texts.items()
            if language != "en"
            for name in made_up(text, claim.text, language=language)
        }
    return frozenset(word for name in unknown for word in WORD.findall(name))


def _whole(chances: Sequence[TokenChance]) -> float:
    return math.fsum(chance.nats for chance in chances)
