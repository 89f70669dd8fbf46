"""The language that somebody means who writes something else than its tag: ua, fre, Russian."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from pipeline.lang.data import tags

_NEAR_NAME = 0.8  # of difflib; a typing error in the name of a language


def meant_language(written: str) -> str | None:
    """Return the tag, of those that have a language file, that `written` stands for, if one does.

    1. The tag itself in capitals or with a region (EN, uk-UA).
    2. A code of ISO 639-1 or -2 that is now another one (fre, rus), by CLDR's aliases.
    3. The name of the language in any of the languages (Russian, russe, російська).
    4. The code of a country whose one language it is (ua, gb), unless it is the code of another
       language as well (be).
    5. What is written almost so, unless it is the code or the name of another language.
    """
    from babel.core import get_global

    plain = written.strip().casefold()
    code = re.split(r"[-_]", plain, maxsplit=1)[0]
    code = str(get_global("language_aliases").get(code, code))
    if code in tags():
        return code
    names = dict(_names())
    if plain in names:
        return names[plain]
    if plain in _others():
        return None
    return _of_country(code) or _nearest(plain, names)


def language_hint(written: str) -> str:
    """Return the advice for a language that has no file: the one meant, and all that there are."""
    meant = meant_language(written)
    return (f"did you mean {meant}? " if meant else "") + f"known: {', '.join(tags())}"


def _names() -> Iterator[tuple[str, str]]:
    """Yield what each language is called in each of them, and its tag."""
    from babel import Locale, UnknownLocaleError

    for tag in tags():
        try:
            called = Locale.parse(tag, sep="-").languages
        except (UnknownLocaleError, ValueError):  # a language of one's own
            continue
        yield from ((called[other].casefold(), other) for other in tags() if other in called)


def _others() -> set[str]:
    """Return the codes of all languages and their English names, in small letters."""
    from babel import Locale

    called = Locale("en").languages
    return {word.casefold() for word in (*called, *called.values())}


def _of_country(code: str) -> str | None:
    from babel.languages import get_official_languages

    country = code.upper()
    official = get_official_languages(country) or get_official_languages(country, de_facto=True)
    return official[0] if len(official) == 1 and official[0] in tags() else None


def _nearest(plain: str, names: dict[str, str]) -> str | None:
    by_name = _closest(plain, names, cutoff=_NEAR_NAME)
    return names[by_name] if by_name else _closest(plain, tags(), cutoff=0.6)


def _closest(word: str, words: Iterable[str], *, cutoff: float) -> str | None:
    return next(iter(difflib.get_close_matches(word, list(words), n=1, cutoff=cutoff)), None)
