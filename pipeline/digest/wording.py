"""The few words that a digest says itself, in each language that it can be written in.

Dates and the names of languages come from Babel (Unicode CLDR).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.engine import OTHER


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for one language; `locale` is Babel's name of it."""

    locale: str
    contents: str
    documents: str
    no_summary: str
    changed_since: str
    other_language: str
    not_used: str
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
    """Return the words for a target language (`pipeline.config.LANGUAGES`)."""
    return _WORDINGS[language]


_WORDINGS = {
    "en": Wording(
        locale="en_GB",
        contents="In this digest",
        documents="Documents",
        no_summary="No summary.",
        changed_since="Told before, on {day}; it has changed since.",
        other_language="Another language",
        not_used="Not used",
        what_to_do="What to do",
        made="Made on {instant} ({timezone}).",
        machine=(
            "Translated and summarised by a machine, {models}. It makes mistakes: check what "
            "matters against the source."
        ),
        links="Each headline leads to the translation, and to what was left out.",
    ),
    "fr": Wording(
        locale="fr",
        contents="Au sommaire",
        documents="Documents",
        no_summary="Pas de résumé.",
        changed_since="Déjà présenté le {day} ; modifié depuis.",
        other_language="autre langue",
        not_used="Non utilisés",
        what_to_do="À faire",
        made="Établi le {instant} ({timezone}).",
        machine=(
            "Traduit et résumé par une machine, {models}. Elle se trompe parfois : vérifiez "
            "l’essentiel dans la source."
        ),
        links="Chaque titre mène à la traduction et à ce qui a été écarté.",
    ),
    "ru": Wording(
        locale="ru",
        contents="В этом выпуске",
        documents="Документы",
        no_summary="Нет краткого изложения.",
        changed_since="Уже был в выпуске за {day}; с тех пор изменён.",
        other_language="другой язык",
        not_used="Не использовано",
        what_to_do="Что делать",
        made="Составлено {instant} ({timezone}).",
        machine=(
            "Перевод и краткое изложение выполнены машиной, {models}. Она ошибается: сверяйте "
            "важное с источником."
        ),
        links="Каждый заголовок ведёт к переводу и к тому, что было опущено.",
    ),
    "uk": Wording(
        locale="uk",
        contents="У цьому випуску",
        documents="Документи",
        no_summary="Немає стислого викладу.",
        changed_since="Уже був у випуску за {day}; відтоді змінений.",
        other_language="інша мова",
        not_used="Не використано",
        what_to_do="Що робити",
        made="Складено {instant} ({timezone}).",
        machine=(
            "Переклад і стислий виклад зроблені машиною, {models}. Вона помиляється: звіряйте "
            "важливе з джерелом."
        ),
        links="Кожен заголовок веде до перекладу і до того, що було вилучено.",
    ),
}
