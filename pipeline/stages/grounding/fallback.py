"""The way from an unsupported sentence to one that the original supports.

1. It is rewritten once, by an engine that sees nothing but its evidence.
2. Else the sentence of the original that supports it best stands in its place, as a quotation.
3. Else it is withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.engine import Passage
from pipeline.stages.grounding.checks import check
from pipeline.stages.grounding.original import Original


def rewriting(claim: str, original: Original, evidence: Sequence[int]) -> Passage | None:
    """Return what an engine is asked to rewrite a claim from: its evidence, in reading order.

    None where no evidence has a word in common with the claim.
    """
    related = sorted(i for i in evidence if original.wording.shared(claim, i))
    text = " ".join(original.readable[i] for i in related)
    return Passage(text, original.language, max_sentences=1) if text.strip() else None


def quotable(claim: str, original: Original, order: Sequence[int]) -> Iterator[int]:
    """Yield sentences that can be quoted in the place of a claim, in `order`.

    They speak of the claim's matter, and their translation says nothing that they do not.
    """
    for i in order:
        if original.wording.shared(claim, i) and is_faithful(original, i):
            yield i


def is_faithful(original: Original, index: int) -> bool:
    """Tell whether a sentence, as it stands in the language of the claims, is vouched for."""
    if original.readable[index] == original.candidates[index].text:
        return True
    return not check(original.readable[index], original, [index]).doubts
