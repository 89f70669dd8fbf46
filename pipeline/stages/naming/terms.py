"""The glossary's words in texts: found in every case form, put in, and held to in translations.

A name of the glossary with a capital is found where a text has one, too. Behind a given name the
word is a surname: there the glossary counts only where its form is that surname's, so that Lavrov
is Lavrov, and Anna Lvova is not called after the city. An ordinary word that opens a sentence is no
name: "Рівне право" has nothing of Rivne.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from pipeline.facts.protected import protected
from pipeline.lang.data import by_language
from pipeline.lang.declension import case_forms, spelt_alike
from pipeline.lang.edits import Edit
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import romanise, skeleton
from pipeline.stages.naming.gender import follows_given_name
from pipeline.stages.naming.glossary import Glossary
from pipeline.stages.naming.name_words import WORD, opens_sentence, ordinary

_POSSESSIVE = re.compile(r"['’ʼ]s$")
MIN_SHARED = 4  # letters that a name and an adjective made of it begin with


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary, or several, at `[start, end)` of a text, and `form`, its rendering.

    `base` is the glossary's entry.
    """

    start: int
    end: int
    base: str
    form: str


class Terms:
    """Finds the entries of `glossary` in texts, in every form that their languages have of them."""

    def __init__(self, glossary: Glossary) -> None:
        self._forms = glossary.forms
        self._kept = glossary.do_not_translate
        self._tables: dict[tuple[str, str], _Table] = {}
        self._beginnings: dict[tuple[str, str], _Beginnings] = {}

    def found(self, text: str, *, language: str, target: str) -> list[Term]:
        """Return the terms of a text, in order; of two that overlap the longer one.

        A place that is to stay letter by letter (an address, a word that is not to be translated)
        has none.
        """
        table = self._table(language, target)
        if not table:
            return []
        found = list(_found(text, table, language))
        if not found:
            return []
        kept = self.kept(text)
        return [t for t in found if not any(t.start < end and start < t.end for start, end in kept)]

    def heard(self, source: str, text: str, *, language: str, target: str) -> list[Edit]:
        """Return the edits that give words of a translation the glossary's form they sound like.

        1. The forms of the terms in the source, and of adjectives made of them, are looked for:
           Київський speaks for Kyiv.
        2. A word with a capital that sounds exactly like an entry with one of these forms, in any
           language, gets that form: Kiev.
        """
        entries = self._forms.get(target, {})
        forms = {t.form for t in self.found(source, language=language, target=target)}
        if (language, target) not in self._beginnings:
            self._beginnings[language, target] = _beginnings(entries, language)
        forms |= set(_in_adjectives(source, self._beginnings[language, target], language))
        return self._sounding(forms, text, target=target)

    def lost(self, source: str, text: str, *, language: str, target: str) -> list[str]:
        """Return the forms of the source's terms that a translation has no word of.

        A word of the same beginning will do: Ukrainian for Ukraine.
        """
        words = [word.lower() for _, word in _bare_words(text)]
        wanted = [t.form for t in self.found(source, language=language, target=target)]
        starts = {form: form.split()[0].lower() for form in wanted}
        return [
            form
            for form, first in starts.items()
            if not any(w.startswith(first[: max(MIN_SHARED, len(first) - 3)]) for w in words)
        ]

    def as_in(self, text: str, sentence: str, *, target: str) -> list[Edit]:
        """Return the edits that spell a sentence's words as the glossary's forms in `text`.

        Both are in the language `target`: a summary writes Kiev of a text that has Kyiv.
        """
        words = {word for _, word in _bare_words(text)}
        forms = words.intersection(self._forms.get(target, {}).values())
        return self._sounding(forms, sentence, target=target)

    def _sounding(self, forms: Set[str], text: str, *, target: str) -> list[Edit]:
        """Return the edits that give words the one of `forms` that they sound like."""
        entries = self._forms.get(target, {})
        spoken = {
            skeleton(spelling): form
            for base, form in entries.items()
            if form in forms and form[:1].isupper() and " " not in base + form
            for spelling in (base, form, *(romanise(base, tag) for tag in sorted(cyrillic())))
        }
        return [
            Edit(start, start + len(word), form)
            for start, word in (_bare_words(text) if spoken else ())
            if word[0].isupper()
            and (form := spoken.get(skeleton(word)))
            and word.lower() != form.lower()
        ]

    def kept(self, text: str) -> list[tuple[int, int]]:
        """Return the places `[start, end)` of a text that are to stay letter by letter."""
        return [(p.start, p.end) for p in protected(text, terms=self._kept)]

    def _table(self, language: str, target: str) -> _Table:
        key = language, target
        if key not in self._tables:
            self._tables[key] = _table(self._forms.get(target, {}), language)
        return self._tables[key]


# By the first word of an entry in any of its forms: the other words, each with its forms, then the
# entry, its form in the target language, and whether it has a capital.
_Entry = tuple[Sequence[frozenset[str]], str, str, bool]
_Table = Mapping[str, Sequence[_Entry]]
_Beginnings = Mapping[str, Mapping[str, str]]


def _table(entries: Mapping[str, str], language: str) -> _Table:
    table: dict[str, list[_Entry]] = {}
    for base, form in entries.items():
        words = [match.group() for match in WORD.finditer(base)] or [base]
        capital = base[:1].isupper()
        first, *others = [_forms_of(word, language, capital=capital) for word in words]
        for spelt in first:
            table.setdefault(spelt, []).append((others, base, form, capital))
    for found in table.values():
        found.sort(key=lambda entry: (-len(entry[0]), -len(entry[1]), entry[1]))
    return table


def _forms_of(word: str, language: str, *, capital: bool) -> frozenset[str]:
    """Return the forms of a word; those of a name are in the singular, unless it has no other."""
    return frozenset(
        form
        for tag in (language, *_own_languages(word))
        for form, cases in case_forms(word, tag).items()
        if not capital or cases - {"plural"}
    )


def _own_languages(word: str) -> list[str]:
    """Return the languages that alone have a letter of a word: others quote it as it is there."""
    letters = by_language("letters.only")
    return [tag for tag in sorted(cyrillic()) if set(letters.get(tag, "")) & set(word.lower())]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text, without the mark of a quotation behind it."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def _words(text: str, table: _Table) -> list[_Word]:
    """Return the words of a text; a compound that is no entry counts as its parts."""
    found: list[_Word] = []
    for match in WORD.finditer(text):
        word = _Word(match.start(), match.group().rstrip("'’ʼ-"))
        if "-" not in word.text or spelt_alike(word.text) in table:
            found.append(word)
        else:
            parts = re.finditer("[^-]+", word.text)
            found += [_Word(word.start + part.start(), part.group()) for part in parts]
    return found


def _bare_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield each word of a translation with its place, without a possessive ending."""
    for word in _words(text, {}):
        yield word.start, _POSSESSIVE.sub("", word.text)


def _found(text: str, table: _Table, language: str) -> Iterator[Term]:
    words = _words(text, table)
    at = 0
    while at < len(words):
        length = 1
        for others, base, form, capital in table.get(spelt_alike(words[at].text), ()):
            matched = words[at : at + 1 + len(others)]
            if _matches(text, matched, others, capital=capital) and not (
                capital
                and (
                    _is_another(words, at, form, language)
                    or (
                        words[at].text.lower() in ordinary()
                        and opens_sentence(text, words[at].start)
                    )
                )
            ):
                length = len(matched)
                start, end = matched[0].start, matched[-1].end
                yield Term(start, end, base, _cased(form, text, start, end, capital=capital))
                break
        at += length


def _beginnings(entries: Mapping[str, str], language: str) -> _Beginnings:
    """Return what adjectives made of the entries begin with, by its first letters."""
    found: dict[str, dict[str, str]] = {}
    for base, form in entries.items():
        if base[:1].isupper() and " " not in base:
            shared = max(MIN_SHARED, len(base) - 3)
            for own in case_forms(base, language):
                if len(own) >= shared:
                    found.setdefault(own[:MIN_SHARED], {})[own[:shared]] = form
    return found


def _in_adjectives(text: str, beginnings: _Beginnings, language: str) -> Iterator[str]:
    """Yield the forms of entries that a text has adjectives of."""
    pattern = by_language("names.derived").get(language, "(?!)")
    for match in WORD.finditer(text):
        word = spelt_alike(match.group())
        if re.search(pattern, word):
            known = beginnings.get(word[:MIN_SHARED], {})
            yield from (form for start, form in known.items() if word.startswith(start))


def _matches(
    text: str, words: Sequence[_Word], others: Sequence[frozenset[str]], *, capital: bool
) -> bool:
    if len(words) != len(others) + 1 or (capital and not words[0].text[0].isupper()):
        return False
    return all(
        spelt_alike(word.text) in forms and text[before.end : word.start].isspace()
        for before, word, forms in zip(words, words[1:], others, strict=False)
    )


def _is_another(words: Sequence[_Word], at: int, form: str, language: str) -> bool:
    """Tell whether a word behind a given name is a surname that the glossary does not mean."""
    if at == 0 or words[at - 1].end + 1 != words[at].start:
        return False
    if not follows_given_name(words[at - 1].text, language):
        return False
    spoken, meant = skeleton(romanise(words[at].text, language)), skeleton(form)
    return not spoken.startswith(meant[:-1])


def _cased(form: str, text: str, start: int, end: int, *, capital: bool) -> str:
    """Return a form with the capitals that its place in the text has."""
    word = text[start:end]
    if len(word) > 1 and word.isupper() and not (capital and form[1:] != form[1:].lower()):
        return form.upper()
    if not capital and word[0].isupper() and opens_sentence(text, start):
        return form[:1].upper() + form[1:]
    return form
