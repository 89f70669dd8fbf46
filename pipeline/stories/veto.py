"""Vetoes: details that tell two documents apart, however alike they are.

1. Ranks of one series with other numbers: the 12th and the 13th package of sanctions.
2. Other years, or other instances of courts, in both titles.
3. Titles of one pattern in one language that differ in a name, a figure or a date which the other
   document has nowhere.
4. Names in both titles, in one language, and no name at all that both documents have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pipeline.facts.fact_words import dates, numbers
from pipeline.lang.function_words import any_function_word
from pipeline.stories.names import PERHAPS, Sound, same_name
from pipeline.stories.series import Ordinal

if TYPE_CHECKING:
    from pipeline.stories.details import Details

_PATTERN = 0.5  # share of the words of both titles that two titles of one pattern have in common
_FEWEST = 3  # words in common
_SLOT = 3  # words in which two titles differ at one place
_NOUN = 3  # letters
_WORD = re.compile(r"\d+(?:[.,:-]\d+)*|[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_STEM = 5


def veto(a: Details, b: Details) -> str:
    """Return what tells two documents apart for certain, in words, or "" for nothing."""
    return (
        _ranks(a, b)
        or _of_titles(a.title_years, b.title_years, "year")
        or _of_titles(a.courts, b.courts, "court")
        or (_patterns(a, b) or _strangers(a, b) if a.language == b.language else "")
    )


def _of_titles(some: frozenset[str], others: frozenset[str], what: str) -> str:
    if some and others and some.isdisjoint(others):
        return f"{what}: {', '.join(sorted(some))} / {', '.join(sorted(others))}"
    return ""


def _ranks(a: Details, b: Details) -> str:
    """Return ranks that differ: of titles always, of leads where the nouns are the same."""
    titles_differ = a.ranks and b.ranks and not _common(a.ranks, b.ranks)
    if titles_differ and (a.language != b.language or _series(a.ranks, b.ranks)):
        return _differing(a.ranks, b.ranks)
    if a.language == b.language:
        for mine, theirs in _series(a.lead_ranks, b.lead_ranks):
            if not _common(mine, theirs):
                return _differing(mine, theirs)
    return ""


def _series(
    some: frozenset[Ordinal], others: frozenset[Ordinal]
) -> list[tuple[frozenset[Ordinal], frozenset[Ordinal]]]:
    """Return the ranks of each noun that both have."""
    nouns = sorted({o.noun for o in some if o.noun})
    found = []
    for noun in nouns:
        theirs = frozenset(o for o in others if _same_noun(o.noun, noun))
        if theirs:
            found.append((frozenset(o for o in some if _same_noun(o.noun, noun)), theirs))
    return found


def _same_noun(one: str, other: str) -> bool:
    return one[:_NOUN] == other[:_NOUN]


def _common(some: Iterable[Ordinal], others: Iterable[Ordinal]) -> bool:
    return not {o.number for o in some}.isdisjoint(o.number for o in others)


def _differing(some: Iterable[Ordinal], others: Iterable[Ordinal]) -> str:
    shown = (", ".join(str(n) for n in sorted({o.number for o in s})) for s in (some, others))
    return "number in a series: " + " / ".join(shown)


def _patterns(a: Details, b: Details) -> str:
    """Return the facts in which two titles of one pattern differ, at one place of the pattern."""
    mine, theirs = _words(a), _words(b)
    stems, others = [_stem(w) for w in mine], [_stem(w) for w in theirs]
    blocks = SequenceMatcher(None, stems, others, autojunk=False)
    common = sum(block.size for block in blocks.get_matching_blocks())
    if common < _FEWEST or common < _PATTERN * max(len(stems), len(others)):
        return ""
    for tag, i, i_end, j, j_end in blocks.get_opcodes():
        if tag != "replace" or max(i_end - i, j_end - j) > _SLOT:
            continue
        left = [w for w in mine[i:i_end] if _is_fact(w, a) and _strange(w, b)]
        right = [w for w in theirs[j:j_end] if _is_fact(w, b) and _strange(w, a)]
        if left and right:
            return f"same pattern, but {' '.join(left)} / {' '.join(right)}"
    return ""


def _words(details: Details) -> list[str]:
    found = _WORD.findall(details.passages.title)
    return [w for w in found if w.lower() not in any_function_word()]


def _stem(word: str) -> str:
    return word if word[0].isdigit() else word.lower()[:_STEM]


def _is_fact(word: str, details: Details) -> bool:
    """Tell whether a word is a figure, a date, a number in words, or a name of its document."""
    low = word.lower()
    if word.isdigit():
        return _measured(word, details.passages.title)
    if word[0].isdigit() or low in dates() or low in numbers():
        return True
    return word[0].isupper() and _is_name(word, details)


def _measured(word: str, title: str) -> bool:
    """Tell whether a whole number has a unit: a bare count, such as the dead, grows by the hour."""
    sign = r"[%\u20a0-\u20cf$£¥]"
    return re.search(rf"{sign}\s?{word}(?!\d)|(?<!\d){word}\s?{sign}", title) is not None


def _is_name(word: str, details: Details) -> bool:
    """Tell whether a word with a capital is a name: the text below the title says so, too."""
    stem = re.escape(word[: max(_STEM, len(word) - 2)])
    if re.search(rf"[«“„]{stem}", details.passages.title):
        return True
    inside = rf"[^\W\d_][,;:]?\s[«“„\"(]?{stem}"
    return re.search(inside, "\n".join(details.passages.body)) is not None


def _strange(word: str, other: Details) -> bool:
    """Tell whether the other document has a word nowhere in its passages."""
    text = "\n".join(other.passages.texts).lower()
    return re.search(rf"(?<![^\W_]){re.escape(_stem(word).lower())}", text) is None


def _strangers(a: Details, b: Details) -> str:
    """Return the names of two titles where neither document has any name of the other."""
    mine, theirs = _principal(a), _principal(b)
    if not mine or not theirs or any(_known(n, b) for n in a.names):
        return ""
    shown = (", ".join(n.written for n in names[:2]) for names in (mine, theirs))
    return "other names: " + " / ".join(shown)


def _principal(details: Details) -> list[Sound]:
    """Return the names of a title that the text below has as names, too."""
    return [n for n in details.title_names if n.key in details.body_names]


def _known(name: Sound, other: Details) -> bool:
    return any(same_name(name, o, least=PERHAPS) for o in other.names)
