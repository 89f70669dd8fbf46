"""Words that are broken at the end of a line, and the edits that join them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from pipeline.lang import data
from pipeline.lang.edits import Edit

# A hyphen, or a mark that stands for one only at a line end, between two letters or digits.
_BROKEN = re.compile(
    "(?<=[^\\W_])(?P<mark>[-\u2010\u00ad\u00ac])"
    "(?P<gap>[ \\t]*(?:\\r\\n|[\\n\\r\\v\\f\\x85\u2028\u2029])[ \\t]*)(?=[^\\W_])"
)
LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"  # as they stand between brackets in a pattern
_LINE_END = re.compile(f"[{LINE_ENDS}]")
_HEAD = re.compile(r"[^\W\d_]+$")
_REST = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile("(?<![^\\W\\d_])[^\\W\\d_]++[-\u2010][^\\W\\d_]+")
_LONGEST = 60  # letters of a word: what is longer is none


def line_end_edits(text: str) -> Iterable[Edit]:
    """Yield the edits that join the words of `text` that are broken at line ends.

    A hyphen between letters goes, unless the word is written with it on every line: then only
    the line end goes. A soft hyphen (or its stand-in, a NOT SIGN) always goes.
    """
    found = list(_BROKEN.finditer(text)) if _LINE_END.search(text) else []
    words = word_counts(text) if found else Counter[str]()
    for match in found:
        head = _HEAD.search(text, max(0, match.start() - _LONGEST), match.start())
        rest = _REST.match(text, match.end(), match.end() + _LONGEST)
        soft = match["mark"] in "\u00ad\u00ac"
        if soft and head and rest:
            yield Edit(match.start(), match.end(), "")
        elif rest and _suspended(text, rest):
            continue
        elif head and rest and not keeps_hyphen(head.group(), rest.group(), words):
            yield Edit(match.start(), match.end(), "")
        else:
            yield Edit(match.start("gap"), match.end(), "")


def word_counts(text: str) -> Counter[str]:
    """Return counts of words and hyphenated words inside lines, to judge broken words by."""
    low = text.lower()
    return Counter(_WORD.findall(low)) + Counter(_HYPHENATED.findall(low))


def keeps_hyphen(head: str, rest: str, words: Counter[str]) -> bool:
    """Tell whether a word, broken behind `head` at a hyphen, is written with the hyphen.

    `words` counts words and hyphenated words of the text around it, in lower case.
    """
    if rest[0].isupper() and not (head.isupper() and rest.isupper() and len(head + rest) > 2):
        return True
    whole, hyphenated = (head + rest).lower(), f"{head}-{rest}".lower()
    if words[whole] != words[hyphenated]:
        return words[hyphenated] > words[whole]
    return _hyphenated().fullmatch(hyphenated) is not None


@cache
def _hyphenated() -> re.Pattern[str]:
    """Return the pattern of words that are written with their hyphen on every line."""
    return re.compile(data.alternatives("line_ends.hyphenated"))


def _suspended(text: str, rest: re.Match[str]) -> bool:
    """Tell whether the hyphen before `rest` stands for a word to come, as in "two- and"."""
    following = text[rest.end() : rest.end() + 1]
    return following.isspace() and rest.group().lower() in data.words("line_ends.suspending")
