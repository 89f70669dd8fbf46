"""The fixed words of a digest, in the language that the digest is written in.

The words are those of `[wording]` in `pipeline/lang/*.toml`. Dates, plurals and the names of
languages come from Babel (Unicode CLDR).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.engine import OTHER, UNDETERMINED
from pipeline.digest.meanings import doubt_in, meaning_of
from pipeline.digest.refusals import refusal_in
from pipeline.errors import ConfigError
from pipeline.explained import Explained
from pipeline.lang.data import by_language

_REFERENCE = "en"  # the file that has every key
_COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language, by key, its tag, and Babel's name of its locale.

    `counted` has the forms of a noun with a number, by plural category of CLDR.
    """

    tag: str
    locale: str
    words: Mapping[str, str]
    counted: Mapping[str, Mapping[str, str]]

    def __getitem__(self, key: str) -> str:
        return self.words[key]

    def count(self, key: str, number: int, **more: str) -> str:
        """Return a number with its noun in the right form, such as "2 sources"."""
        from babel import Locale
        from babel.numbers import format_decimal

        forms = self.counted[key]
        form = forms.get(Locale.parse(self.locale).plural_form(number), forms["other"])
        return form.format(n=format_decimal(number, locale=self.locale), **more)

    def day(self, day: str) -> str:
        """Return an ISO date in words, with the day of the week."""
        return self._date(day, "full")

    def short_day(self, day: str) -> str:
        """Return an ISO date in words."""
        return self._date(day, "long")

    def day_and_month(self, day: str) -> str:
        """Return an ISO date in words, without its year."""
        from babel.dates import format_skeleton

        try:
            return str(format_skeleton("dMMM", date.fromisoformat(day), locale=self.locale))
        except ValueError:
            return day

    def moment(self, day: str, *, precision: str) -> str:
        """Return an ISO date in words, as precise as the text that gives it: day, month or year."""
        from babel.dates import format_skeleton

        if precision == "day":
            return self.short_day(day)
        skeleton = "yMMMM" if precision == "month" else "y"
        try:
            return str(format_skeleton(skeleton, date.fromisoformat(day), locale=self.locale))
        except ValueError:
            return day

    def days(self, first: str, last: str) -> str:
        """Return the days from one ISO date to another without their year, such as "27-28 Nov"."""
        from babel.dates import format_interval

        if first == last:
            return self.day_and_month(first)
        try:
            ends = date.fromisoformat(first), date.fromisoformat(last)
            return format_interval(*ends, "MMMd", locale=self.locale)
        except ValueError:
            return f"{first} – {last}"

    def instant(self, instant: str, *, timezone: str) -> str:
        """Return an ISO instant as date and time in a zone."""
        from babel.dates import format_datetime

        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(timezone))
        return format_datetime(local, "d MMMM y, HH:mm", locale=self.locale)

    def language(self, tag: str) -> str:
        """Return the name of a language, or its tag where CLDR has no name for it."""
        from babel import Locale

        if tag in (OTHER, UNDETERMINED):
            return self["other_language"]
        return str(Locale.parse(self.locale).languages.get(tag, tag))

    def listed(self, names: list[str]) -> str:
        """Return names as a list in words: "A, B and C"."""
        from babel.lists import format_list

        return str(format_list(names, locale=self.locale)) if names else ""

    def doubts(self, doubt: str) -> str:
        """Return the doubt about a quotation, which a story has in English."""
        return doubt_in(doubt, language=self.tag)

    def meaning(self, value: Explained) -> str:
        """Return the meaning of a flag or a reason."""
        return meaning_of(value, language=self.tag)

    def refusal(self, text: str) -> tuple[str, str]:
        """Return the reason or the hint of a rejection, and the tag of the language it is in."""
        return refusal_in(text, language=self.tag)

    def _date(self, day: str, style: str) -> str:
        from babel.dates import format_date

        try:
            return format_date(date.fromisoformat(day), style, locale=self.locale)
        except ValueError:  # a date of a text, which is whatever the text says
            return day


def wording(language: str) -> Wording:
    """Return the words for a target language, from `[wording]` in its language file.

    Raises ConfigError, with the file and the key, for a word that is missing or no text.
    """
    known, reference = by_language("wording"), by_language("wording")[_REFERENCE]
    found = known.get(language, {})
    counted = found.get(_COUNTED, {})
    for key in reference:
        if key != _COUNTED and not isinstance(found.get(key), str):
            raise _missing(language, key)
    for key in reference[_COUNTED]:
        if not isinstance(counted.get(key, {}).get("other"), str):
            raise _missing(language, f"{_COUNTED}.{key}.other")
    words = {key: value for key, value in found.items() if key != _COUNTED}
    return Wording(tag=language, locale=found["locale"], words=words, counted=counted)


def _missing(language: str, key: str) -> ConfigError:
    return ConfigError(
        f"{language}.toml, [wording] {key}: is missing, or no text",
        hint="a digest needs every key that en.toml has in its section [wording]",
    )
