"""The coverage of a digest: how many texts each source has in each language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.digest.view import StoryView


@dataclass(frozen=True, slots=True)
class Bar:
    """The texts of one language: how many, and from which source how many, the most first.

    Each source has its name, its number and the language of its name. `stretches` are where the
    part of each source begins and how long it is, per mille of the longest bar.
    """

    language: str
    texts: int
    sources: tuple[tuple[str, int, str | None], ...]
    stretches: tuple[tuple[int, int], ...]


def coverage(stories: Sequence[StoryView]) -> tuple[Bar, ...]:
    """Return a bar for each language, the longest first; a document of two stories counts once."""
    found = {
        (view.source.document_id, view.source.document): (
            view.source.language,
            (view.name, view.name_language),
        )
        for story in stories
        for view in story.sources
    }
    by_language: dict[str, Counter[tuple[str, str | None]]] = {}
    for language, name in found.values():
        by_language.setdefault(language, Counter())[name] += 1
    longest = max((c.total() for c in by_language.values()), default=1)
    ordered = sorted(by_language.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(_bar(language, counts, longest=longest) for language, counts in ordered)


def _bar(language: str, counts: Counter[tuple[str, str | None]], *, longest: int) -> Bar:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][0]))
    sources = tuple((name, count, tag) for (name, tag), count in ordered)
    stretches: list[tuple[int, int]] = []
    texts = 0
    for _, count, _ in sources:
        start = texts * 1000 // longest
        texts += count
        stretches.append((start, texts * 1000 // longest - start))
    return Bar(language, texts, sources, tuple(stretches))
