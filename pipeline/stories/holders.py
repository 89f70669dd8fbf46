"""Who holds which office, as a sentence says it: "CEO Luca de Meo", "патрон", "PDG de Renault".

1. An office is found by the words of the language; one that is former, deputy or future is none.
2. The person may stand at once behind it, or set off before it ("François Provost, CEO of ..."),
   or behind an organisation ("of Renault, the discreet ..."); an organisation also stands before it
   ("Renault CEO ...").
3. In Cyrillic text a name in Latin letters beside the office is the organisation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.lang.data import by_language
from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.gender import follows_given_name

_WORD = r"[^\W\d_](?:[^\W\d_]|['’ʼ-](?=[^\W\d_]))*"
_PARTICLE = r"(?:d[eiu]|del?la|l[ea]|v[ao]n|der|den|bin|al|el|да|де|ла|ле|фон|ван|аль|бин|бен)"
_NAMES = re.compile(rf"(?:{_WORD})(?:\s(?:{_PARTICLE}\s){{0,2}}{_WORD})*")
_BEFORE = 32  # characters in which a word such as "former" is looked for
_BEHIND = 90
_MOST_WORDS = 5
_ARTICLE = re.compile(r"(?<=,\s)(?:(?:the|an?|l[ea])\s+|l['’]\s*)$")
_LATIN = re.compile(r"[A-Za-zÀ-ÿ]")
_LOWER_WORDS = 3  # between an organisation and the person: "de Renault, le discret François"
_FULL_NAME = 2  # words
_PARTICLE_WORD = re.compile(_PARTICLE)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in an office, at `[start, end)` of a text; `organisation` may be ""."""

    office: str
    person: str
    organisation: str
    start: int
    end: int


def holders_in(text: str, *, language: str) -> list[Holder]:
    """Return who a sentence says holds an office now."""
    found = []
    for office, pattern in _offices(language).items():
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            if _words(language, "former").search(before.lower()):
                continue
            holder = _holder(office, match, text, before, language)
            if holder is not None:
                found.append(holder)
    return found


def _holder(
    office: str, match: re.Match[str], text: str, before: str, language: str
) -> Holder | None:
    rest = text[match.end() : match.end() + _BEHIND]
    organisation, behind = _organisation(rest, language)
    before = _ARTICLE.sub("", before)
    ahead = _name_before(before)
    set_off = ahead != "" and before.rstrip().endswith((",", "(", "—", "–"))
    person, foreign = _by_script(_person(behind, loose=False), language)
    if not person and set_off and _words(language, "of").match(rest.lower()):
        return _made(office, match, text, ahead, organisation)
    if not person and (organisation or (ahead and not set_off)):
        person, foreign = _by_script(_person(behind, loose=True), language)
    organisation = organisation or foreign
    if not organisation and ahead and not set_off:
        organisation = ahead
    if not person or person == organisation:
        return None
    return _made(office, match, text, person, organisation)


def _made(office: str, match: re.Match[str], text: str, person: str, organisation: str) -> Holder:
    at = text.find(person.rsplit(maxsplit=1)[-1], max(0, match.start() - _BEFORE))
    start, end = sorted((match.start(), max(at, 0)))
    return Holder(office, person, organisation, start, max(end, match.end()) + len(person))


def _organisation(rest: str, language: str) -> tuple[str, str]:
    """Return the organisation that "of" leads to, and what stands behind it."""
    of = _words(language, "of").match(rest.lower())
    if of is None:
        return "", rest
    behind = rest[of.end() :].lstrip()
    names = _capitals(behind)
    return (names, behind[len(names) :]) if names else ("", rest)


def _person(behind: str, *, loose: bool) -> str:
    """Return the name that follows, at once or, behind an organisation, a few small words on."""
    stripped = behind.lstrip(" ,")
    if not loose and behind.lstrip(" ") != stripped:
        return ""
    for _ in range(_LOWER_WORDS if loose else 0):
        word = re.match(rf"{_WORD}\s", stripped)
        if word is None or word.group()[0].isupper():
            break
        stripped = stripped[word.end() :]
    return _capitals(stripped)


def _capitals(text: str) -> str:
    """Return the words with capitals that a text begins with, particles between them included."""
    taken: list[str] = []
    for match in re.finditer(r"\S+", text):
        bare = match.group().rstrip('.,;:!?)»”"…')
        bare = re.sub(r"['’]s?$", "", bare)
        if match.start() and text[match.start() - 1] == "\n":
            break
        if len(bare) > 1 and bare.isupper():  # an abbreviation: the next name
            break
        if bare[:1].isupper() and re.fullmatch(_WORD, bare):
            taken.append(bare)
        elif taken and _PARTICLE_WORD.fullmatch(bare):
            taken.append(bare)
            continue
        else:
            break
        if bare != match.group() or len(taken) >= _MOST_WORDS:
            break
    while taken and not taken[-1][0].isupper():
        taken.pop()
    return " ".join(taken)


def _name_before(before: str) -> str:
    """Return the words with capitals that stand at the end of a text."""
    words = before.rstrip(" ,(—–").split(" ")
    taken: list[str] = []
    for word in reversed(words):
        bare = re.sub(r"['’]s?$", "", word)
        if (bare[:1].isupper() and re.fullmatch(_WORD, bare)) or (
            taken and _PARTICLE_WORD.fullmatch(bare)
        ):
            taken.insert(0, bare)
        else:
            break
    return " ".join(taken)


def _by_script(person: str, language: str) -> tuple[str, str]:
    """Part a name in Cyrillic text from the Latin words before it, which are an organisation's."""
    words = person.split()
    if language not in cyrillic() or not words:
        return person, ""
    latin = [w for w in words if _LATIN.match(w)]
    own = [w for w in words if w not in latin]
    if not latin and len(own) > _FULL_NAME and not follows_given_name(own[0], language):
        own, latin = own[-_FULL_NAME:], own[:-_FULL_NAME]  # of a country: "president Ukrainy ..."
    return " ".join(own), " ".join(latin)


@cache
def _offices(language: str) -> Mapping[str, re.Pattern[str]]:
    found = by_language("stories.offices").get(language, {})
    return {
        office: re.compile(rf"(?<![^\W\d_-])(?:{pattern})(?![^\W\d_])", re.IGNORECASE)
        for office, pattern in found.items()
    }


@cache
def _words(language: str, key: str) -> re.Pattern[str]:
    """Return the pattern of "of" behind an office, or of "former" before one."""
    pattern = by_language("stories.office_words").get(language, {}).get(key, "(?!)")
    if key == "of":
        return re.compile(rf"\s+{pattern}(?<=['’\s])|\s+{pattern}(?=\s)")
    return re.compile(rf"(?<![^\W\d_]){pattern}(?:\s+[^\W\d_]+){{0,2}}?[\s-]*$")
