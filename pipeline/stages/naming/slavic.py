"""Names of Russian and Ukrainian texts: their stems, their base forms, how they sound.

Rules of thumb that need no dictionary. The stem of a name is the rest without the longest case
ending; Slavic surnames give themselves away by a suffix. The endings and suffixes of a language
stand in its TOML; the rules here are the grammar that both languages share, so a form of the one
that is quoted in the other is known as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.romanise import romanise

MIN_STEM = 3
MIN_SLAVIC_STEM = 5  # shorter ones (Keane, Seve) say nothing by their ends

_INFLECTED = re.compile(r"(?:[ое]м|ым|им|ою|ей|ой|ому|ему|ого|его|[уюыіїєеи])$")
_OF_A_NAME_IN_A = re.compile(r"(?:[ыи]|ой|ою)$")
_OF_A_MAN = re.compile(r"(?:[оеё]м|ові|еві)$")


@cache
def _pattern(section: str, language: str) -> re.Pattern[str]:
    """Return a pattern of a language, such as that of its surnames, or one that never matches."""
    return re.compile(by_language(f"names.{section}").get(language, "(?!)"))


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Return a name in lower case without its case ending, if its language has any."""
    low = re.sub("[’ʼ]", "'", word.lower())
    if _pattern("no_ending", language).search(low):
        return low
    for ending in word_lists("names.endings").get(language, ()):
        # "Прово" is no "Пров"
        if ending == "о" and not _pattern("in_ko", language).search(low):
            continue
        if low.endswith(ending) and len(low) - len(ending) >= MIN_STEM:
            return low[: -len(ending)].rstrip("ь")
    return low


def sounds_of(name_stem: str, language: str, seen: Collection[str]) -> set[str]:
    """Return how a Cyrillic name may sound, in Latin letters: in the forms seen, and in its base.

    Where only other cases were seen the base is a guess: of "Луки" Luka, of "Марком" Mark, of
    "Луку" either. Slavic surnames are left alone: a man's is not to become that of his wife.
    """
    forms = set(seen)
    if all(map(_INFLECTED.search, seen)) and not looks_slavic(name_stem, language):
        if any(map(_OF_A_MAN.search, seen)):
            forms.add(name_stem)
        elif any(map(_OF_A_NAME_IN_A.search, seen)):
            forms.add(name_stem + "а")
        else:
            forms |= {name_stem, name_stem + "а"}
    return {romanise(form, language) for form in forms}


def looks_slavic(name_stem: str, language: str) -> bool:
    """Tell whether a stem ends as Russian and Ukrainian surnames do."""
    if len(name_stem) < MIN_SLAVIC_STEM:
        return False
    return bool(_pattern("surnames", language).search(name_stem))


def has_one_form(base: str, name_stem: str, language: str) -> bool:
    """Tell whether a Slavic name is the same for men and women: Ткачук, Гриценко, a town."""
    low = base.lower()
    if low != name_stem and not _pattern("in_ko", language).search(low):
        return False
    return not _pattern("in_gender", language).search(low)


def is_surname(name_stem: str, language: str) -> bool:
    """Tell whether a stem ends as Russian and Ukrainian surnames do, and nothing else."""
    return bool(_pattern("only_surnames", language).search(name_stem))


def nominative(name_stem: str, language: str, seen: Collection[str]) -> str | None:
    """Return the base form of a Slavic name, from its stem and the forms in lower case seen.

    None where the forms do not tell: "Аляски" may be of an "Аляска" or of an "Аляский".
    """
    if re.search(r"(?:[сцз]ьк|[сц]к)$", name_stem):
        if any(re.search(r"(?:[ыи]й|ого|ому|[иы]м)$", form) for form in seen):
            return name_stem + "ий"
        if any(re.search(r"(?:ая|[сцз]ька|[сцз]ької|[сцз]ькою)$", form) for form in seen):
            return name_stem + ("ая" if language == "ru" else "а")
        return None
    if name_stem.endswith("енк"):
        return name_stem + "о"
    if name_stem.endswith("ньк"):  # "Гринька" may be of a "Гринько" or be a woman's own name
        return name_stem + "о" if name_stem + "о" in seen else None
    if re.search(r"(?:[ії]вн|[ое]вн)$", name_stem):
        return name_stem + "а"
    if re.search(r"(?:ов|[её]в|[иы]н)$", name_stem):
        masculine = any(form == name_stem or re.search(r"(?:ом|ым|им|ові)$", form) for form in seen)
        feminine = any(re.search(r"(?:ой|ою|ої|ій)$", form) for form in seen)
        return name_stem + ("а" if feminine and not masculine else "")
    return name_stem


def of_a_woman(base: str) -> str:
    """Return the base form of a surname as a woman's, which ends in a vowel."""
    return base if base.endswith(("а", "я", "о")) else base + "а"
