"""The fixed words of a digest, in the language that the digest is written in.

The words are those of `[wording]` in `pipeline/lang/*.toml`. Dates and the names of languages come
from Babel (Unicode CLDR).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.engine import OTHER
from pipeline.errors import ConfigError
from pipeline.lang.data import by_language


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language, and Babel's name of its locale.

    `changed_since` has a place for {day}, `made` for {instant} and {timezone}, `machine` for
    {models}.
    """

    locale: str
    contents: str
    documents: str
    no_summary: str
    changed_since: str
    other_language: str
    not_used: str
    not_read: str
    what_to_do: str
    made: str
    machine: str
    links: str

    def day(self, day: str) -> str:
        """Return an ISO date in words, with the day of the week."""
        from babel.dates import format_date

        return format_date(date.fromisoformat(day), "full", locale=self.locale)

    def short_day(self, day: str) -> str:
        """Return an ISO date in words."""
        from babel.dates import format_date

        return format_date(date.fromisoformat(day), "long", locale=self.locale)

    def instant(self, instant: str, *, timezone: str) -> str:
        """Return an ISO instant as date and time in a zone."""
        from babel.dates import format_datetime

        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(timezone))
        return format_datetime(local, "d MMMM y, HH:mm", locale=self.locale)

    def language(self, tag: str) -> str:
        """Return the name of a language, or its tag where CLDR has no name for it."""
        from babel import Locale

        if tag == OTHER:
            return self.other_language
        return str(Locale.parse(self.locale).languages.get(tag, tag))


def wording(language: str) -> Wording:
    """Return the words for a target language, from `[wording]` in its language file.

    Raises ConfigError, with the file and the key, for a word that is missing or no text.
    """
    words = by_language("wording").get(language, {})
    for key in fields(Wording):
        if not isinstance(words.get(key.name), str):
            raise ConfigError(
                f"{language}.toml, [wording] {key.name}: is missing, or no text",
                hint="a digest needs every key that en.toml has in its section [wording]",
            )
    return Wording(**{key.name: words[key.name] for key in fields(Wording)})
