"""The keywords of a text: names and words that it comes back to, in the form that it uses most.

A term is worth its uses in the text, names half as much again, and as much again where its summary
has it (Luhn 1958: the words of a text that are frequent and are no grammar tell its subject).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache

from pipeline.facts.fact_words import dates, numbers
from pipeline.lang.data import words
from pipeline.lang.letters import capital
from pipeline.stages.grounding.wording import Forms, content_words, folded

MOST = 6
_LEAST_USES = 2  # of a name, and of a word that the summary has
_LEAST_COMMON_USES = 3  # of another word
_LEAST_LETTERS = 5  # of a word that is no name
_NAME = 1.5
_TELLING = 2.0


def keywords(sentences: Sequence[str], summary: str, *, language: str) -> tuple[str, ...]:
    """Return at most `MOST` keywords of a text in `language`, the weightiest first."""
    told = Forms(content_words(summary, language))
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    names: Counter[str] = Counter()
    for sentence in sentences:
        inside = sentence[1:]
        for match in _names().finditer(inside):
            names[match.group()] += 1
        for word in content_words(sentence, language):
            uses[_beginning(word)][word] += 1
    parts = {folded(part) for name in names for part in name.split()}
    known = dates() | numbers() | words("facts.auxiliaries")
    found = {
        name: _NAME * count
        for name, count in names.items()
        if name.lower() not in known and (count >= _LEAST_USES or _is_told(name, told))
    }
    for forms in uses.values():
        word, count = forms.most_common(1)[0][0], forms.total()
        least = _LEAST_USES if told.has(word) else _LEAST_COMMON_USES
        if count >= least and len(word) >= _LEAST_LETTERS and word not in parts | known:
            found[word] = float(count)
    weights = {
        term: weight * (_TELLING if _is_told(term, told) else 1) for term, weight in found.items()
    }
    ranked = sorted(weights, key=lambda term: (-weights[term], -len(term), term))
    return tuple(_apart(ranked))[:MOST]


def _is_told(term: str, told: Forms) -> bool:
    return all(told.has(folded(word)) for word in term.split())


def _beginning(word: str) -> str:
    return word[: max(5, len(word) - 3)]


def _apart(terms: Sequence[str]) -> list[str]:
    """Return terms without those that are a part of another one, or another form of it."""
    kept: list[str] = []
    for term in terms:
        low = term.lower()
        if not any(_beginning(low) in other.lower() or other.lower() in low for other in kept):
            kept.append(term)
    return kept


@cache
def _names() -> re.Pattern[str]:
    name = rf"[{capital()}][\w'’ʼ-]+"
    return re.compile(rf"(?<![\w.!?…«“\"])(?<=\s){name}(?:\s{name})*")
