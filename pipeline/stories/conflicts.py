"""Attributes that documents of a story give different values of. Precision goes before recall.

Two documents are in conflict about an attribute only if

1. no value that the one gives may be one of the other's, hedges and rounding allowed for;
2. the sentences speak of the same thing: the organisation of an office; for counts and dates a
   name in both, or sentences that are close to each other without any; for money sentences that are
   close, of the same dates, and one currency, for what is converted differs by the day;
3. each of the two gives one value for it, so that no part is taken for the whole; a document that
   gives several does not contradict, and only sides with a version.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.lang.data import by_language
from pipeline.stories.align import RELATED, Aligned
from pipeline.stories.attributes import Given, given_in
from pipeline.stories.days import Day
from pipeline.stories.details import Details
from pipeline.stories.names import same_name, shared
from pipeline.stories.story import Conflict, Version

_CLOSE = 0.5  # cosine of two sentences of which one has no name
_ROUNDED = Decimal("0.04")  # of a number from a hundred on
_HEDGED = Decimal("0.2")
_LARGE = Decimal(100)
_ONE_ORDER = 10  # times: amounts further apart are of different things, a part and a whole
_MOST = 6
_PERSON = 0.6  # likeness of two names from which they may be of one person
_ANY_LANGUAGE = "en"
_CLOSELY = frozenset({"money", "cause"})  # every story has several amounts, and causes of its parts
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class _Place:
    """A value, and the statement and document that give it."""

    given: Given
    statement: int
    source: int


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes that documents of a story give: those in conflict, and those that agree.

    `agreeing` are places of statements of different documents that give one number.
    """

    conflicts: tuple[Conflict, ...]
    agreeing: tuple[tuple[int, ...], ...]


def attributes_of(details: Sequence[Details], aligned: Aligned, *, target: str) -> Attributes:
    """Return the attributes of a story; the conflicts of most documents come first."""
    places: dict[tuple[str, str, str], list[_Place]] = defaultdict(list)
    for at, statement in enumerate(aligned.statements):
        document = details[statement.source].document
        year = int(document.date[:4]) if document.date else None
        words = statement.quotation
        for given in given_in(words.text, language=words.language, year=year):
            key = given.kind, given.attribute, given.currency
            places[key].append(_Place(given, at, statement.source))
    found = []
    for (_, attribute, _), several in sorted(places.items()):
        versions = _versions(several, details, aligned)
        if len(versions) > 1:
            found.append(_conflict(attribute, versions, aligned, target))
    ranked = sorted(found, key=lambda c: (-_documents(c), c.attribute))
    agreeing = [g for _, several in sorted(places.items()) for g in _agreeing(several)]
    return Attributes(tuple(ranked[:_MOST]), tuple(agreeing))


def _agreeing(places: Sequence[_Place]) -> Iterator[tuple[int, ...]]:
    """Yield the statements that give one exact number, large enough not to agree by chance."""
    by_value: dict[Decimal, dict[int, int]] = defaultdict(dict)
    for place in places:
        value = place.given.value
        if isinstance(value, Decimal) and value >= _LARGE:
            by_value[value].setdefault(place.source, place.statement)
    for value in sorted(by_value):
        if len(by_value[value]) > 1:
            yield tuple(sorted(by_value[value].values()))


def _versions(
    places: Sequence[_Place], details: Sequence[Details], aligned: Aligned
) -> list[list[_Place]]:
    """Return the places of each version; one version or none where nobody disagrees."""
    sources = sorted({p.source for p in places})
    by_source = {s: [p for p in places if p.source == s] for s in sources}
    clear = {s: own for s, own in by_source.items() if _one_value(own)}
    disagreeing: list[tuple[_Place, _Place]] = []
    for i, one in enumerate(sources):
        for other in sources[i + 1 :]:
            if one not in clear or other not in clear:
                continue
            if details[one].family == details[other].family:
                continue
            pair = _contradiction(clear[one], clear[other], aligned)
            if pair is not None:
                disagreeing.append(pair)
    if not disagreeing:
        return []
    versions: list[list[_Place]] = []
    for place in [p for pair in disagreeing for p in pair]:
        _sort_in(place, versions)
    if len(versions) < 2:
        return versions
    told = {p.statement for v in versions for p in v}
    for place in places:
        sides = [v for v in versions if all(_may_be(place.given, p.given) for p in v)]
        alike = [v for v in sides if any(_same_thing(place, p, aligned) for p in v)]
        if place.statement not in told and len(alike) == 1 and place.source in clear:
            alike[0].append(place)
    return sorted(versions, key=lambda v: (-len({p.source for p in v}), v[0].source))


def _sort_in(place: _Place, versions: list[list[_Place]]) -> None:
    for version in versions:
        if any(p.statement == place.statement and p.given == place.given for p in version):
            return
        if all(_may_be(place.given, p.given) for p in version):
            version.append(place)
            return
    versions.append([place])


def _one_value(places: Sequence[_Place]) -> bool:
    return all(_may_be(a.given, b.given) for a in places for b in places)


def _contradiction(
    mine: Sequence[_Place], theirs: Sequence[_Place], aligned: Aligned
) -> tuple[_Place, _Place] | None:
    """Return the closest two places that contradict each other, where no two agree."""
    if any(_may_be(a.given, b.given) for a in mine for b in theirs):
        return None
    pairs = [
        (a, b)
        for a in mine
        for b in theirs
        if _is_certain(a.given) and _is_certain(b.given) and _same_thing(a, b, aligned)
    ]
    if not pairs:
        return None
    return max(
        pairs,
        key=lambda p: (
            float(aligned.likeness[p[0].statement, p[1].statement]),
            -p[0].statement,
            -p[1].statement,
        ),
    )


def _is_certain(given: Given) -> bool:
    """Tell whether a value may contradict another: a person in full, and the organisation said.

    A single word with a capital may be anything, and a president that of any country.
    """
    if not isinstance(given.value, tuple):
        return True
    return len(given.shown.split()) > 1 and bool(given.about)


def _may_be(one: Given, other: Given) -> bool:
    """Tell whether two values may be the same."""
    if isinstance(one.value, str) and isinstance(other.value, str):
        return one.value == other.value
    if isinstance(one.value, Decimal) and isinstance(other.value, Decimal):
        if one.kind == "money" and (_rounds_to(one, other) or _rounds_to(other, one)):
            return True
        least = _HEDGED if one.hedged or other.hedged else _ROUNDED
        largest = max(one.value, other.value)
        if largest < _LARGE and not (one.hedged or other.hedged):
            return one.value == other.value
        return abs(one.value - other.value) <= least * largest
    if isinstance(one.value, Day) and isinstance(other.value, Day):
        return one.value.may_be(other.value)
    if isinstance(one.value, tuple) and isinstance(other.value, tuple):
        return any(same_name(a, b, least=_PERSON) for a in one.value for b in other.value)
    return True


def _rounds_to(exact: Given, rounded: Given) -> bool:
    """Tell whether one amount is the other one rounded: 1.84 billion are "2 billion" to some."""
    if not isinstance(exact.value, Decimal) or not isinstance(rounded.value, Decimal):
        return False
    digits = rounded.value.normalize().as_tuple()
    unit = Decimal(10) ** int(digits.exponent)
    return abs(exact.value - rounded.value) <= unit / 2


def _same_thing(one: _Place, other: _Place, aligned: Aligned) -> bool:
    mine, theirs = one.given.about, other.given.about
    common = shared(mine, theirs)
    likeness = float(aligned.likeness[one.statement, other.statement])
    if one.given.kind == "holder":
        # An office without an organisation can only side with a version.
        return bool(common) or not mine or not theirs
    if one.given.kind == "money" and not _of_one_sum(one.given, other.given):
        return False
    if one.given.kind in _CLOSELY:
        return likeness >= _CLOSE and (bool(common) or not mine or not theirs)
    if mine and theirs:
        return bool(common) and likeness >= RELATED
    return likeness >= _CLOSE


def _of_one_sum(one: Given, other: Given) -> bool:
    """Tell whether two amounts may be of one thing: of the same dates, and of one order."""
    if not isinstance(one.value, Decimal) or not isinstance(other.value, Decimal):
        return False
    largest, smallest = max(one.value, other.value), min(one.value, other.value)
    return one.period == other.period and largest <= _ONE_ORDER * smallest


def _conflict(
    attribute: str, versions: Sequence[Sequence[_Place]], aligned: Aligned, target: str
) -> Conflict:
    return Conflict(
        _label(attribute, target), tuple(_version(v, aligned, target) for v in versions)
    )


def _label(name: str, target: str) -> str:
    labels = by_language("stories.attributes")
    return str(labels.get(target, labels.get(_ANY_LANGUAGE, {})).get(name, name))


def _version(places: Sequence[_Place], aligned: Aligned, target: str) -> Version:
    """Return a version with one quotation of each document, and its value as best written.

    The value is that of a document in the language of the digest, if there is one.
    """
    ordered = sorted(places, key=lambda p: (p.source, p.statement))
    first = {p.source: p for p in reversed(ordered)}
    quoted = [first[source] for source in sorted(first)]
    statements = aligned.statements
    best = min(
        quoted, key=lambda p: (statements[p.statement].quotation.language != target, p.source)
    )
    own = statements[best.statement].quotation.language == target
    return Version(
        _shown(best.given, target, own=own),
        tuple(statements[p.statement].quotation for p in quoted),
    )


def _shown(given: Given, target: str, *, own: bool) -> str:
    """Return a value in words; `own` says that the text that gives it is in the target language."""
    if isinstance(given.value, Day):
        return given.value.written
    if isinstance(given.value, str):
        return _label(given.value, target)
    if isinstance(given.value, Decimal):
        if given.currency and own:
            return given.shown
        return f"{given.value:,.0f} {given.currency}".strip()
    if _LATIN.match(given.shown):
        return given.shown
    return " ".join(sound.written for sound in given.value)


def _documents(conflict: Conflict) -> int:
    return len({q.place.document_id for v in conflict.versions for q in v.quotations})
