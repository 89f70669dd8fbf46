"""Sentences that give orders to a machine which reads the text.

Whoever writes "ignore all previous instructions" into an article speaks to the model that will
translate or summarise it. Such a sentence is text like any other; no model is to obey it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from models.control_tokens import CONTROL_TOKEN
from pipeline.lang.data import by_language, words

# Marks of the templates that chats are written in: text that has them plays a turn of a chat.
_TURN = re.compile(
    r"<\|(?:im_start|im_sep|start_header_id|system|user|assistant)\b[^>]{0,40}>|<start_of_turn>"
    r"|\[INST\]|<<SYS>>|^#{2,} (?:instruction|system|response)\b",
    re.IGNORECASE,
)
_TURN_END = re.compile(r"<\|(?:im_end|eot_id|end)\|>|<end_of_turn>|\[/INST\]", re.IGNORECASE)
_CONTROL = re.compile(CONTROL_TOKEN)
_LONGEST_TURN = 5  # paragraphs that a forged turn goes on for where nothing ends it
# A clause also begins behind a word that calls the machine: "Assistant, do not ...".
_CLAUSE_START = (
    r"(?:^|[.:;!?…«»\"“”„(\[>*—–-]\s*|\b(?:{before})\s+|(?:^|[.:!?…]\s*)[^\W\d_]{{2,20}},\s*)"
    r"[\s\"'«“(\[*]{{0,5}}"
)

# "The AI that retells this note must say ...", "the model must write in its summary ...", "the
# summary of this note should say ...": in the third person an order names the reading, or its end.
_THIRD = (
    r"\b(?:{machine}),?\s(?:[^\W\d_]+\s){{0,2}}?(?:{relative})\b.{{0,60}}\b(?:{this})\b"
    r".{{0,80}}\b(?:{must})\b"
    r"|\b(?:{machine}),?\s(?:(?:{relative})\b.{{0,80}}?)?\b(?:{must})\b.{{0,40}}\b(?:{tells})\b"
    r".{{0,60}}\b(?:{product})\b"
    r"|\b(?:{machine}),?\s(?:(?:{relative})\b.{{0,80}}?)?\b(?:{must})\b.{{0,40}}\b(?:{product})\b"
    r".{{0,60}}\b(?:{tells})\b"
    r"|\b(?:{product})\b.{{0,40}}\b(?:{this})\b.{{0,40}}\b(?:{must})\b.{{0,40}}\b(?:{tells})\b"
    r"|\b(?:{must})\b.{{0,30}}\b(?:{product})\b.{{0,30}}\b(?:{this})\b.{{0,40}}\b(?:{tells})\b"
)


def orders(sentences: Sequence[str], *, turn: bool = False, suspicious: bool = False) -> list[bool]:
    """Tell of each sentence of a paragraph whether it gives orders to a machine.

    A forged turn of a chat goes on up to its end mark, which may be sentences away; `turn` says
    that one goes on from the paragraph before. In a `suspicious` text, which has plain orders or
    control tokens, more is one.
    """
    found = []
    for sentence in sentences:
        begins, ends = _TURN.search(sentence), list(_TURN_END.finditer(sentence))
        given = gives_orders(sentence, suspicious=suspicious)
        found.append(turn or begins is not None or given)
        if begins or turn:
            last = max((m.start() for m in _TURN.finditer(sentence)), default=-1)
            turn = not ends or ends[-1].start() < last
    return found


def within_turns(paragraphs: Iterable[str]) -> Iterator[bool]:
    """Tell of each paragraph of a text whether a forged turn goes on into it from those before."""
    turn = 0  # paragraphs that one has gone on for
    for text in paragraphs:
        within = 0 < turn <= _LONGEST_TURN
        yield within
        turn = turn + 1 if leaves_open(text, turn=within) else 0


def leaves_open(text: str, *, turn: bool = False) -> bool:
    """Tell whether a forged turn of a chat goes on behind a paragraph, as one may before it."""
    begun = max((m.start() for m in _TURN.finditer(text)), default=-1)
    ended = max((m.start() for m in _TURN_END.finditer(text)), default=-1)
    return begun > ended or (turn and ended < 0)


def gives_orders(sentence: str, *, suspicious: bool = False) -> bool:
    """Tell whether a sentence gives orders to a machine that reads it.

    In a `suspicious` text "write that" does, too.
    """
    plain = " ".join(sentence.lower().replace("’", "'").replace("ʼ", "'").split())
    patterns = (*_patterns(), *_suspect()) if suspicious else _patterns()
    return any(pattern.search(plain) for pattern in patterns)


def has_control_tokens(text: str) -> bool:
    """Tell whether a text spells out a control token of a language model."""
    return _CONTROL.search(text) is not None


@cache
def _suspect() -> tuple[re.Pattern[str], ...]:
    start = _clause_start()
    return tuple(re.compile(start + _verbose(p)) for p in by_language("orders.suspect").values())


def _clause_start() -> str:
    before = "|".join(word.replace("_", r"\s") for word in sorted(words("orders.before")))
    return _CLAUSE_START.format(before=before or "(?!)")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    start = _clause_start()
    return (
        *(re.compile(start + _verbose(p)) for p in by_language("orders.at_start").values()),
        *(re.compile(_verbose(p)) for p in by_language("orders.anywhere").values()),
        *(re.compile(_THIRD.format(**words)) for words in by_language("orders.third").values()),
    )


def _verbose(pattern: str) -> str:
    """Return a verbose pattern as a group: blanks count for nothing, "_" is a space."""
    spaced = pattern.replace("_", r"\s").strip()
    return f"(?x:{spaced})"
