"""How much like news a pair is, and whether its translation reads as a machine left it.

Both are told from a pair alone, by signs that were chosen on samples read by a person (LOG.md).
"""

from __future__ import annotations

import re

NEAR = 0.5  # and above: drawn more often (examples.py)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][a-z’'-]+")  # a capital inside a sentence
_FIGURE = re.compile(r"\d")
_QUOTED = re.compile(r"[\"“”«»]")
# Whom manuals speak to, and what they speak of; English, the side that all languages share.
_MANUAL = re.compile(
    r"\b(?:you|your|click|press|select|choose|enter|enable|disable|checkbox|dialog|menu|button|"
    r"file|folder|option|setting|settings|default|window|layer|toolbar|cursor|pixel|parameter|"
    r"package|packages|command|server|plugin|widget|cell|cells|formula|user|users)s?\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(r"\b\w+ed\b|\b(?:was|were|had|said|has|have been|will|who|which)\b")
_ROLE = re.compile(r":[a-z:]+:`|``|`_|\*\w+\*|\w\(\)|::$|\b\w+_\w+\b|<[^>]+>")
_SENTENCE_IN_LOWER_CASE = re.compile(r"[^\W\d_]{4,}\. [а-яіїєґ]")
# A description of what a function does, rendered as an order to the reader.
_ORDER = re.compile(r"[А-ЯІЇЄҐ][а-яіїєґ'’]*(?:йте|іть|ьте)(?:ся)?\b")
_TO_THE_READER = frozenset({"See", "Note", "Use", "Consider", "Try", "Remember", "Let", "If"})


def likeness(source: str, target: str) -> float:
    """Return from 0 to 1 how much the English of a pair is like a sentence of the news.

    A sentence of 10 to 45 words that ends as one has the half; names inside it, figures, reported
    speech and the past have the rest; what speaks to a user of a program loses it.
    """
    count = len(_WORD.findall(target))
    value = 0.5 if 10 <= count <= 45 else 0.3 if 6 <= count <= 80 else 0.0
    if not target.rstrip("\"”»')").endswith((".", "!", "?", "…")):
        value -= 0.2
    value += 0.1 * min(2, len(_NAME.findall(target)))
    value += 0.1 * bool(_FIGURE.search(target)) + 0.05 * bool(_QUOTED.search(source))
    value += 0.1 * min(2, len(_REPORTING.findall(target)))
    value -= 0.15 * min(3, len(_MANUAL.findall(target)))
    return max(0.0, min(1.0, value))


def is_raw(source: str, target: str) -> bool:
    """Tell whether a Ukrainian pair of the Python documentation reads as raw machine translation.

    1. Mark-up of the documentation stands in it: that is what the machine had least sense of.
    2. A sentence goes on in lower case after a full stop.
    3. What a function does ("Close the file") is rendered as an order ("Закрийте файл").
    """
    if _ROLE.search(source) or _ROLE.search(target):
        return True
    if _SENTENCE_IN_LOWER_CASE.search(source):
        return True
    first = target.split(maxsplit=1)[0] if target.split() else ""
    return bool(_ORDER.match(source)) and first not in _TO_THE_READER
