"""How strange a claim's names are to evidence in another language, by the vectors of single words.

A name that no word of the evidence sounds like is either another name, or one that is translated:
"West" stands for "Западная". A sentence encoder of many languages tells the two apart: of a
translated name some word of the evidence is near.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from models.engine import Encoder
from pipeline.facts.fact_words import dates
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.names import unknown_names
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import WORD

FAMILIAR = 0.88  # cosine under multilingual E5: 85 of 87 changed names are below, 94 of 219 others
_SCALE = 100.0  # the whole range of single words is 0.78 to 1
_SHORTEST = 3  # letters of a word of the evidence
_POSSESSIVE = re.compile(r"['’]s?$")
_JOINT = re.compile(r"['’ʼ-]")


def strangeness(
    asked: Sequence[tuple[Claim, Sequence[Candidate]]], encoder: Encoder
) -> list[Mapping[str, float]]:
    """Return the sign `strange_name` of each claim beside its evidence, 0 where no name is strange.

    It is how far the nearest word of the evidence is from the name that is the furthest, below
    `FAMILIAR`. The words of all claims are encoded together.
    """
    cases = [(_names(claim, evidence), _words(evidence, claim)) for claim, evidence in asked]
    wanted = dict.fromkeys(
        word for names, there in cases if names and there for word in (*names, *there)
    )
    place = {word: i for i, word in enumerate(wanted)}
    vectors = encoder.encode(list(wanted)) if wanted else None
    found: list[Mapping[str, float]] = []
    for names, there in cases:
        if vectors is None or not names or not there:
            found.append({"strange_name": 0.0})
            continue
        cosines = vectors[[place[n] for n in names]] @ vectors[[place[w] for w in there]].T
        furthest = float(cosines.max(axis=1).min())
        found.append({"strange_name": max(0.0, FAMILIAR - furthest) * _SCALE})
    return found


def _names(claim: Claim, evidence: Sequence[Candidate]) -> list[str]:
    """Return the names of a claim that no word of the evidence sounds like, without "'s"."""
    original = Original(evidence, language=claim.language)
    unknown = unknown_names(claim.text, original, range(len(evidence)))
    return [_POSSESSIVE.sub("", name) for name in unknown if name.lower() not in dates()]


def _words(evidence: Sequence[Candidate], claim: Claim) -> list[str]:
    """Return the words of evidence in other languages, and their parts."""
    found = dict.fromkeys(
        part
        for candidate in evidence
        if candidate.language != claim.language
        for word in WORD.findall(candidate.text)
        for part in (word, *_JOINT.split(word))
    )
    return [word for word in found if len(word) >= _SHORTEST]
