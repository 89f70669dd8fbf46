"""How strange a claim's names are to evidence in another language, by the vectors of single words.

A name that no word of the evidence sounds like is either another name, or one that is translated:
"West" stands for "Западная". A sentence encoder of many languages tells the two apart: of a
translated name some word of the evidence is near.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.engine import Encoder
from pipeline.facts.fact_words import dates
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.names import unknown_names
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import WORD

FAMILIAR = 0.88  # cosine under multilingual E5: 85 of 87 changed names are below, 94 of 219 others
_SCALE = 100.0  # the whole range of single words is 0.78 to 1
_TOLD = 3.0  # a name that is so strange is told: below 0.85 are 60 of those 87, and 27 of 219
_STRANGEST = 4.0  # a name that is stranger is not more surely another one
_UNLIKELIEST = 12.0  # nats
_SHORTEST = 3  # letters of a word of the evidence
_POSSESSIVE = re.compile(r"['’]s?$")
_JOINT = re.compile(r"['’ʼ-]")


@dataclass(frozen=True, slots=True)
class Strangeness:
    """The sign `strange_name` of a claim, and those of its names that are strange enough to tell.

    The sign is how far the nearest word of the evidence is from the name that is the furthest,
    below `FAMILIAR`, in hundredths; 0 where no name is strange.
    """

    signs: Mapping[str, float]
    names: tuple[str, ...] = ()


def strangeness(
    asked: Sequence[tuple[Claim, Sequence[Candidate]]], encoder: Encoder
) -> list[Strangeness]:
    """Return how strange the names of each claim are; the words of all are encoded together."""
    cases = [(_names(claim, evidence), _words(evidence, claim)) for claim, evidence in asked]
    wanted = dict.fromkeys(
        word for names, there in cases if names and there for word in (*names, *there)
    )
    place = {word: i for i, word in enumerate(wanted)}
    vectors = encoder.encode(list(wanted)) if wanted else None
    found: list[Strangeness] = []
    for names, there in cases:
        if vectors is None or not names or not there:
            found.append(Strangeness({"strange_name": 0.0}))
            continue
        cosines = vectors[[place[n] for n in names]] @ vectors[[place[w] for w in there]].T
        far = [max(0.0, FAMILIAR - float(nearest)) * _SCALE for nearest in cosines.max(axis=1)]
        told = tuple(name for name, by in zip(names, far, strict=True) if by >= _TOLD)
        found.append(Strangeness({"strange_name": max(far)}, told))
    return found


def foreign_name(strange: float, unlikely: float) -> Mapping[str, float]:
    """Return the sign `foreign_name` of a name that both encoder and translator doubt, 0 to 4.

    `strange` is the sign of the encoder, `unlikely` how unlikely the translator finds the letters
    that a name begins with, in nats. Either is mistaken about some true names, both about few.
    """
    return {"foreign_name": min(strange, _STRANGEST) * min(unlikely, _UNLIKELIEST) / _UNLIKELIEST}


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
