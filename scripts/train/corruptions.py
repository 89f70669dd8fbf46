"""One fact of an English sentence changed: figure, date, name, role, negation, direction.

The judge of support (scripts/train/grounding.py) learns from such sentences that a text with all
the right words may be false, and is measured on them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from pipeline.facts.numbers import figures
from pipeline.stages.naming.name_words import names_in

_OPPOSITES = """
increased/decreased increase/decrease increasing/decreasing rose/fell rise/fall rising/falling
higher/lower highest/lowest high/low more/fewer most/least won/lost win/lose winning/losing
before/after up/down above/below over/under first/last north/south northern/southern east/west
eastern/western accepted/rejected accept/reject approved/blocked opened/closed open/closed
began/ended begin/end start/end started/ended bought/sold buy/sell supported/opposed
support/oppose supporters/opponents allowed/banned allow/ban entered/left joined/left
arrived/departed gained/lost strong/weak stronger/weaker large/small larger/smaller old/new
older/younger early/late earlier/later better/worse best/worst good/bad success/failure
succeeded/failed guilty/innocent alive/dead with/without inside/outside male/female man/woman
men/women father/mother son/daughter brother/sister husband/wife former/current
"""
_TURNED = {
    a: b for pair in _OPPOSITES.split() for a, b in (pair.split("/"), pair.split("/")[::-1])
}  # fmt: skip
_VERB = re.compile(
    r"\b(is|are|was|were|will|has|have|had|can|could|would|should|did|does|do|must|may|might)\b"
    r"(?! not\b|n['’]t)", re.IGNORECASE,
)  # fmt: skip
_NOT = re.compile(r"\b(?:not|never) |n['’]t\b|\bno (?=\w)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_DAYS = [*calendar.day_name]
_MONTHS = [m for m in calendar.month_name if m and m not in {"May", "March"}]
_PERSON = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")


@dataclass(frozen=True, slots=True)
class Corruption:
    """A sentence with one fact changed, and the kind of the change."""

    text: str
    kind: str


def corruptions(text: str, *, names: Sequence[str], seed: str) -> list[Corruption]:
    """Return at most one corruption of each kind; `names` are names of other texts."""
    found = []
    for kind, change in _KINDS.items():
        changed = change(text, names, Random(f"{seed} {kind}"))
        if changed is not None and changed != text:
            found.append(Corruption(changed, kind))
    return found


def _figure(text: str, names: Sequence[str], dice: Random) -> str | None:
    choices = [f for f in figures(text, language="en") if not _YEAR.fullmatch(f.text)]
    if not choices:
        return None
    figure = dice.choice(choices)
    digits = [i for i, c in enumerate(figure.text) if c.isdigit()]
    place = dice.choice(digits)
    others = [d for d in "123456789" if d != figure.text[place]]
    new = figure.text[:place] + dice.choice(others) + figure.text[place + 1 :]
    return text[: figure.start] + new + text[figure.end :]


def _date(text: str, names: Sequence[str], dice: Random) -> str | None:
    places = [(m, [str(int(m.group()) + d) for d in (-3, -2, -1, 1, 2, 3)])
              for m in _YEAR.finditer(text)]  # fmt: skip
    for words in (_DAYS, _MONTHS):
        pattern = re.compile(rf"\b(?:{'|'.join(words)})\b")
        places += [(m, [w for w in words if w != m.group()]) for m in pattern.finditer(text)]
    return _replaced(text, places, dice)


def _name(text: str, names: Sequence[str], dice: Random) -> str | None:
    own = [m for m in names_in(text) if m.group() not in {*_DAYS, *_MONTHS}]
    others = [n for n in names if n not in text]
    if not own or not others:
        return None
    match = dice.choice(own)
    return text[: match.start()] + dice.choice(others) + text[match.end() :]


def _role(text: str, names: Sequence[str], dice: Random) -> str | None:
    """Exchange two names."""
    known = {m.start() for m in names_in(text)}
    found = [m for m in _PERSON.finditer(text) if m.start() in known]
    pairs = [
        (a, b) for i, a in enumerate(found) for b in found[i + 1 :]
        if a.group() not in b.group() and b.group() not in a.group()
    ]  # fmt: skip
    if not pairs:
        return None
    a, b = dice.choice(pairs)
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def _negation(text: str, names: Sequence[str], dice: Random) -> str | None:
    if matches := [*_NOT.finditer(text)]:
        match = dice.choice(matches)
        before = text[: match.start()]
        for cut, whole in (("wo", "will"), ("ca", "can"), ("Wo", "Will"), ("Ca", "Can")):
            if match.group()[0] == "n" and re.search(rf"\b{cut}$", before):
                before = before.removesuffix(cut) + whole
        return before + text[match.end() :]
    if not (verbs := [*_VERB.finditer(text)]):
        return None
    return f"{text[: (at := dice.choice(verbs).end())]} not{text[at:]}"


def _direction(text: str, names: Sequence[str], dice: Random) -> str | None:
    places = [
        (m, [_TURNED[m.group()]]) for m in re.finditer(r"\b[a-z]+\b", text) if m.group() in _TURNED
    ]
    return _replaced(text, places, dice)


def _replaced(
    text: str, places: Sequence[tuple[re.Match[str], list[str]]], dice: Random
) -> str | None:
    if not places:
        return None
    match, others = dice.choice(places)
    return text[: match.start()] + dice.choice(others) + text[match.end() :]


_KINDS: dict[str, Callable[[str, Sequence[str], Random], str | None]] = {
    "figure": _figure,
    "date": _date,
    "name": _name,
    "role": _role,
    "negation": _negation,
    "direction": _direction,
}
