"""Languages without a letter model, told from their alphabets and function words alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from models.engine import LanguageEvidence
from models.langid.known import Script, known, languages_of
from models.langid.profiles import FOREIGN
from models.langid.words import script_of

UNKNOWN = math.log(1 / 40)  # nats per letter of a language that there is no letter model of
_ENOUGH = 2  # distinct words that speak for such a language before it is considered at all


class OwnLanguages:
    """The languages of a user's own that have no letter model, by script.

    A language of its own is considered for a text in two steps:
    1. Distinct words of the text that are on its list of function words, or have a letter that no
       known language of the script has, are counted. Fewer than two: the language is left out,
       and the answer is exactly that of an identifier without the language.
    2. Each letter of its alphabet is as likely as a letter of an unknown language, every other
       letter is foreign. The words counted before speak for it as function words do.
    """

    def __init__(self, evidence: Mapping[str, LanguageEvidence]) -> None:
        self._evidence = {tag: one for tag, one in evidence.items() if tag not in known()}
        self._scripts = {tag: script_of(one.alphabet) for tag, one in self._evidence.items()}
        self._letters: dict[str, frozenset[str]] = {}
        for tag, script in self._scripts.items():
            others = (known()[other].evidence.alphabet for other in languages_of(script))
            self._letters[tag] = self._evidence[tag].alphabet.difference(*others)

    def attested(self, words: Sequence[str], script: Script) -> dict[str, int]:
        """Return the languages that distinct `words` speak for, with the number of such words."""
        found: dict[str, int] = {}
        if not self._evidence:
            return found
        for tag, evidence in self._evidence.items():
            if self._scripts[tag] == script:
                listed, letters = evidence.function_words, self._letters[tag]
                count = sum(word in listed or not letters.isdisjoint(word) for word in words)
                if count >= _ENOUGH:
                    found[tag] = count
        return found

    def nats(self, tag: str, text: Iterable[str]) -> float:
        """Return the log-probability of the characters of `text` in the language `tag`."""
        alphabet = self._evidence[tag].alphabet | {" "}
        foreign = math.log(FOREIGN)
        return math.fsum(UNKNOWN if letter in alphabet else foreign for letter in text)
