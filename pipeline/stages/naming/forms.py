"""Names as words: which words are names, what inflection adds to them, which look Slavic.

Rules of thumb that need no dictionary. A name is a word with a capital inside a sentence; its stem
is what is left without the longest case ending; Slavic surnames give themselves away by a suffix.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from pipeline.facts.fact_words import DATES
from pipeline.lang.function_words import ANY_FUNCTION_WORD
from pipeline.lang.romanise import romanise

CYRILLIC = frozenset({"ru", "uk"})
MIN_STEM = 3
MIN_SLAVIC_STEM = 5  # shorter ones (Keane, Seve) say nothing by their ends

# Where a word begins: what French elides before a vowel is no part of it (d’Inrupt, qu’Alan).
_WORD_START = r"(?<![^\W\d_])(?!(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’ʼ][^\W\d_])[^\W\d_]"

WORD = re.compile(rf"{_WORD_START}[\w'’ʼ-]+")
_NAME = re.compile(rf"{_WORD_START}(?:[^\W\d_]|['’ʼ-](?=[^\W\d_]))+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]['\"»”)\]]*\s+|[\n•]\s*|(?:^|\s)[—–-]\s+|[«“\"(]\s*)$")
_ENDINGS = {
    "ru": "ями ами ого его ому ему ыми ими ях ах ям ам ой ей ою ею ом ем ём ым"
    " им ых их ую юю ая яя ое ее ый ий ые ие ов ев а я у ю е и ы о ь й",
    "uk": "ями ами ові еві єві ого його ому йому ими іми ях ах ям ам ою ею єю ом ем єм им ім их"
    " іх ої єї ій ий ую юю ая яя ів їв а я у ю е є и і ї о ь й",
}
_NO_ENDING = {  # surnames and places whose last letters only look like an ending
    "ru": re.compile(r"(?:ов|ев|ёв|ин|ын|ец|ок)$"),
    "uk": re.compile(r"(?:ов|ев|єв|їв|ин|ін|ець|ок)$"),
}
_SLAVIC = {
    "ru": re.compile(r"(?:[^л]ов|[^л]ев|[ёе]в|ск|цк|енк|ович|евич|овн|евн|чук|щук|[иы]шин|кин)$"),
    "uk": re.compile(
        r"(?:ськ|цьк|зьк|енк|ньк|чук|щук|[^а]юк|ович|йович|івн|ївн|ець|енк|[^л]ов|[^л]ев)$"
    ),
}
# Surnames in -ko that have a stem without the o: Ukrainian inflects them, Кличко, Кличка, Кличком.
_IN_KO = {"ru": re.compile(r"енко$"), "uk": re.compile(r"(?:ен|нь|[чшй])ко$")}
_OBLIQUE = re.compile(r"(?:[ое]м|ым|им|ою|ей|ой|ому|ему|ого|его|[уюыіїєе])$")
_INFLECTED = re.compile(rf"{_OBLIQUE.pattern}|и$")
_OF_A_NAME_IN_A = re.compile(r"(?:[ыи]|ой|ою)$")
_OF_A_MAN = re.compile(r"(?:[оеё]м|ові|еві)$")
_DERIVED = re.compile(
    r"(?:ia|a|y)?(?:ns?|ans?|ians?|ish|ese|ics?|is?|s|es|aya?|ova|eva|ists?|ism)?$"
)

# Words that are written with a capital and translated, not spelt: they have no spelling to unify.
_TRANSLATED = """
Russia Russian Ukraine Ukrainian France French Germany German England English Britain British China
Chinese Turkey Turkish Spain Spanish Italy Italian Poland Polish Greece Greek Sweden Swedish Norway
Norwegian Japan Japanese Europe European America American Asia Asian Africa African Israel Israeli
Iran Iranian Iraq Iraqi Syria Syrian Ireland Irish Scotland Scottish Wales Welsh Netherlands Dutch
Belarus Belarusian Moldova Moldovan Georgia Georgian India Indian Canada Canadian Mexico Mexican
Brazil Brazilian Switzerland Swiss Austria Austrian Hungary Hungarian Czech Romania Romanian
"""
TRANSLATED = frozenset(_TRANSLATED.split())


def names_in(text: str, *, known: Collection[str] = ()) -> list[re.Match[str]]:
    """Return the words of `text` that are names: a capital, and no sentence begins there.

    A word that opens a sentence counts where its lower-case form is in `known`, or where another
    name follows it at once.
    """
    words = [m for m in _NAME.finditer(text) if m.group()[0].isupper()]
    found = []
    for place, match in enumerate(words):
        word = match.group()
        low = word.lower()
        if low in ANY_FUNCTION_WORD or low in DATES or len(word) < MIN_STEM:
            continue
        if word.isupper():  # an abbreviation, or a headline in capitals
            continue
        if opens_sentence(text, match.start()):
            follows = place + 1 < len(words) and words[place + 1].start() == match.end() + 1
            if low not in known and not follows:
                continue
        found.append(match)
    return found


def opens_sentence(text: str, position: int) -> bool:
    """Tell whether a sentence begins at a position: a capital there says little."""
    return _SENTENCE_START.search(text, 0, position) is not None


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Return a name in lower case without its case ending; the whole name in Latin script."""
    low = re.sub("[’ʼ]", "'", word.lower())
    if language not in CYRILLIC or _NO_ENDING[language].search(low):
        return low
    for ending in _ENDINGS[language].split():
        if ending == "о" and not _IN_KO[language].search(low):  # "Прово" is no "Пров"
            continue
        if low.endswith(ending) and len(low) - len(ending) >= MIN_STEM:
            return low[: -len(ending)].rstrip("ь")
    return low


def latin_form(words: Collection[str], *, language: str) -> str:
    """Return a Cyrillic name by the standard of its language, from the forms of it that were seen.

    Its base form is a guess: the shortest form that may be one, else the stem.
    """
    bases = sorted((w for w in words if not _OBLIQUE.search(w)), key=lambda w: (len(w), w))
    base = bases[0] if bases else stem(min(words), language).capitalize()
    return romanise(base, language)


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
    if language not in CYRILLIC or len(name_stem) < MIN_SLAVIC_STEM:
        return False
    return bool(_SLAVIC[language].search(name_stem))


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


def derived(one: str, other: str) -> bool:
    """Tell whether two Latin words differ as Germany and German do, or Ivanov and Ivanova."""
    a, b = one.lower(), other.lower()
    shared = 0
    while shared < min(len(a), len(b)) and a[shared] == b[shared]:
        shared += 1
    if shared < max(3, min(len(a), len(b)) - 2):
        return False
    return bool(_DERIVED.fullmatch(a[shared:]) and _DERIVED.fullmatch(b[shared:]))
