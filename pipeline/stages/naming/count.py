"""How often a name is spelt in one way: the count that is published.

A name is repeated where at least two segments of one document have it, by its stem, and a word of
the translation could be paired with it by sound in both. It is consistent where all those words
are the same, possessives and derived forms (Germany, German) aside. Names whose rendering cannot
be paired are counted apart: they were translated, dropped or mangled beyond recognition.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.stages.naming.mentions import Key, Rendering, mentions_in
from pipeline.stages.naming.name_words import derived, names_in


@dataclass(slots=True)
class NameCount:
    """Repeated names, how many of them have one spelling, and those that differ."""

    repeated: int = 0
    consistent: int = 0
    mentions: int = 0
    unpaired: int = 0
    differing: list[tuple[str, dict[str, int]]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The consistent among the repeated, 0 to 1."""
        return self.consistent / self.repeated if self.repeated else 1.0


def count_names(documents: Iterable[Sequence[Rendering]], *, target: str) -> NameCount:
    """Count the names of documents, each a sequence of segments with their translations."""
    count = NameCount()
    for renderings in documents:
        forms: dict[Key, Counter[str]] = defaultdict(Counter)
        for rendering, found in zip(
            renderings, mentions_in(renderings, target=target), strict=True
        ):
            names = len(names_in(rendering.source))
            count.mentions += max(names, len(found))
            count.unpaired += max(0, names - len(found))
            for key, form in {(m.key, m.form) for m in found}:
                forms[key][form] += 1
        for key, spelt in forms.items():
            if spelt.total() < 2:
                continue
            count.repeated += 1
            first, *others = spelt
            if all(derived(first, other) for other in others):
                count.consistent += 1
            else:
                count.differing.append((key.stem, dict(spelt)))
    return count
