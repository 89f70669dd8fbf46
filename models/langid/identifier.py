"""The language of a text, told from evidence that is installed, the same every time.

Three kinds of evidence serve, each where it is strong: scripts rule out most languages;
letter models made from langdetect's profiles tell families apart (Russian or Ukrainian, against
Bulgarian, Macedonian, Serbian, Belarusian); learnt weights then tell Russian from Ukrainian and
French from English. Nothing is drawn at random and no text is remembered, so the answer to a text
is the same every time and in any order.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.engine import OTHER, UNDETERMINED, Identification, LanguageEvidence
from models.errors import EngineError
from models.langid.known import Script, known, languages_of
from models.langid.own import UNKNOWN, OwnLanguages
from models.langid.pairs import LanguagePair, load_pairs
from models.langid.profiles import letter_models
from models.langid.romanised import cyrillic_reading
from models.langid.word_lists import WordLists, known_lists
from models.langid.words import Words, read

_TRUST = 0.3  # worth of a nat of the letter models: neighbouring letters repeat each other
_FUNCTION_WORD = 2.0  # log-odds of a word or an ending on a language's list
_CLOSE_WORD = 3.0  # of a function word between two close languages: only one of them has it
_DECIDED = 12.0  # log-odds of letters and short words between two languages: no weights needed
_EXPECTED = 4.0  # log-odds, before anything is read, of a routed language against any one other
_CYRILLIC_SHARE = 1 / 3  # of the letters: Cyrillic text quotes Latin names, hardly the reverse
_GLANCE_WORDS = 8  # taken evenly from longer texts: mostly, they leave no doubt
_NO_DOUBT = 0.9999
_MAX_WORDS = 60  # for the rest: more of them change no answer
_AT_ONCE = 200  # texts: their letters take 40 MB at most


@dataclass(frozen=True, slots=True)
class _Columns:
    """The languages of a script that have a letter model, in its order.

    `places` are their numbers, `expected` the log-odds before anything is read, and `pairs` the
    learnt pairs with the numbers of both languages.
    """

    tags: tuple[str, ...]
    places: Mapping[str, int]
    expected: Sequence[float]
    pairs: Sequence[tuple[LanguagePair, int, int]]

    @classmethod
    def of(cls, script: Script, routed: Collection[str], pairs: Iterable[LanguagePair]) -> _Columns:
        tags = languages_of(script)
        places = {tag: place for place, tag in enumerate(tags)}
        return cls(
            tags,
            places,
            [_EXPECTED * (tag in routed) for tag in tags],
            [(p, places[p.first], places[p.second]) for p in pairs if p.first in places],
        )


class ProfileIdentifier:
    """Tells `languages` (BCP-47 tags, the ones with a route) from each other and from the rest.

    The rest are neighbours that are known only to be told apart: they are answered as `OTHER`.
    `evidence` adds languages, routed or not, by BCP-47 tag. A language that comes with Nightdesk
    (`known`) keeps its letter model, and `evidence` replaces its words; any other is told from its
    alphabet and its words alone (`OwnLanguages`).

    The tables of a script are read when the first text in it comes, about 0.1 s. Raises
    EngineError for a tag in `languages` that there is no evidence of.
    """

    def __init__(
        self, *, languages: Sequence[str], evidence: Mapping[str, LanguageEvidence] | None = None
    ) -> None:
        every = {tag: language.evidence for tag, language in known().items()}
        every.update(evidence or {})
        for tag in languages:
            if tag not in every:
                near = difflib.get_close_matches(tag, every, n=1, cutoff=0.4)
                raise EngineError(
                    f"language {tag!r} cannot be identified",
                    hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(every)}",
                )
        self.languages = tuple(languages)
        self._lists = WordLists(every) if evidence else known_lists()
        self._own = OwnLanguages(evidence or {})
        self._pairs: Sequence[LanguagePair] = ()
        self._of_script: dict[Script, _Columns] = {}

    def identify(self, text: str) -> Identification:
        """Return one of `languages`, `OTHER`, or `UNDETERMINED` where there are no words.

        The confidence is the probability of the answer among all languages that are known.
        """
        return self.identify_all([text])[0]

    def identify_all(self, texts: Sequence[str]) -> list[Identification]:
        """Return the answer of `identify` to each text; many at once take half of the time."""
        return list(map(self._identified, self._probabilities(texts)))

    def _identified(self, found: Mapping[str, float]) -> Identification:
        if not found:
            return Identification(UNDETERMINED, 0.0)
        routed = {tag: found.get(tag, 0.0) for tag in self.languages}
        best = max(self.languages, key=routed.__getitem__)
        other = 1.0 - sum(routed.values())
        if routed[best] >= other:
            return Identification(best, routed[best])
        return Identification(OTHER, other)

    def scores(self, text: str, *, languages: Iterable[str] | None = None) -> dict[str, float]:
        """Return the probability of every language that may be meant, likeliest first.

        They sum to 1; `OTHER` stands for languages without a model. With `languages`, only
        these are considered. Empty where `text` has no words, or none that they could have.
        """
        (found,) = self._probabilities([text])
        if languages is not None:
            wanted = set(languages)
            found = {tag: p for tag, p in found.items() if tag in wanted}
            total = sum(found.values())
            found = {tag: p / total for tag, p in found.items()} if total else {}
        return _likeliest_first(found)

    def scores_all(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return the `scores` of each text; many at once take half of the time."""
        return list(map(_likeliest_first, self._probabilities(texts)))

    def guess(self, text: str) -> str:
        """Return the likeliest tag of all, routed or not: for remarks to a reader.

        A Cyrillic language in Latin letters has the tag of its script, too: ru-Latn.
        """
        words = read(text)
        if not words.cyrillic and not words.foreign:
            reading = cyrillic_reading(tuple(dict.fromkeys(words.latin)))
            if reading is not None:
                return f"{next(iter(self.scores(reading)))}-Latn"
        return next(iter(self.scores(text)), UNDETERMINED)

    def _columns(self, script: Script) -> _Columns:
        if script not in self._of_script:
            if not self._pairs:
                self._pairs = load_pairs()
            self._of_script[script] = _Columns.of(script, self.languages, self._pairs)
        return self._of_script[script]

    def _probabilities(self, texts: Sequence[str]) -> list[dict[str, float]]:
        some = range(0, len(texts), _AT_ONCE)
        return [found for at in some for found in self._found(texts[at : at + _AT_ONCE])]

    def _found(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return the probabilities for each text.

        The letters of all texts in a script are read together. Most texts are decided by a glance
        at a few of their words; the others are read again.
        """
        found: list[dict[str, float]] = [{} for _ in texts]
        asked: dict[Script, dict[int, Sequence[str]]] = {"Cyrl": {}, "Latn": {}}
        for at, text in enumerate(texts):
            script, words = _in_script(read(text))
            distinct = tuple(dict.fromkeys(words))  # a repeated word is no new evidence
            if not distinct:
                continue
            most = _spread(distinct, _MAX_WORDS)
            if own := self._own.attested(most, script):
                (found[at],) = self._posteriors([most], script, own=own)
            elif script == "Zzzz":
                found[at] = {OTHER: 1.0}
            else:
                asked[script][at] = distinct
        for script, several in asked.items():
            for most_words in (_GLANCE_WORDS, _MAX_WORDS):
                doubtful = {
                    at: words
                    for at, words in several.items()
                    if not found[at]
                    or (len(words) > _GLANCE_WORDS and max(found[at].values()) < _NO_DOUBT)
                }
                shown = [_spread(words, most_words) for words in doubtful.values()]
                for at, one in zip(doubtful, self._posteriors(shown, script), strict=True):
                    found[at] = one
        return found

    def _posteriors(
        self,
        texts: Sequence[Sequence[str]],
        script: Script,
        *,
        own: Mapping[str, int] | None = None,
    ) -> list[dict[str, float]]:
        if not texts:
            return []
        columns = self._columns(script)
        joined = [" ".join(words).replace("'", " ") for words in texts]
        nats = letter_models(script).score_all(joined) if columns.tags else [[] for _ in texts]
        return [
            self._posterior(words, text, columns, letters, own=own or {})
            for words, text, letters in zip(texts, joined, nats, strict=True)
        ]

    def _posterior(
        self,
        words: Sequence[str],
        text: str,
        columns: _Columns,
        nats: Sequence[float],
        *,
        own: Mapping[str, int],
    ) -> dict[str, float]:
        """Return the probability of each language of a script for a text of distinct `words`.

        `nats` are of the letter models in the order of `columns`. `own` are the languages without
        a letter model to consider, with the number of words that speak for each. The evidence is
        added up in this order:
        1. the letter models, and for `own` the alphabets;
        2. the expectation that a text is in a language with a route;
        3. function words and endings;
        4. between two languages that are still close, the learnt weights of their pair, and again
           the function words.
        """
        log_odds = [_TRUST * n + e for n, e in zip(nats, columns.expected, strict=True)]
        for tag, count in self._lists.speaking_for(words).items():
            if tag in columns.places:
                log_odds[columns.places[tag]] += _FUNCTION_WORD * count
        tags = columns.tags
        if own:
            tags = (*tags, *own)
            for tag, count in own.items():
                spoken = _TRUST * self._own.nats(tag, text) + _FUNCTION_WORD * count
                log_odds.append(spoken + _EXPECTED * (tag in self.languages))
        log_odds.append(_TRUST * UNKNOWN * len(text))
        found = _softmax(log_odds)
        for pair, a, b in columns.pairs:
            if abs(log_odds[b] - log_odds[a]) <= _DECIDED:
                odds = pair.log_odds(words, profiles=nats[b] - nats[a])
                listed = (self._lists.listing(words, tag) for tag in (pair.second, pair.first))
                odds += _CLOSE_WORD * operator.sub(*listed)
                odds += columns.expected[b] - columns.expected[a]
                both = found[a] + found[b]
                found[b] = both * _logistic(odds)
                found[a] = both - found[b]
        return dict(zip((*tags, OTHER), found, strict=True))


def _in_script(words: Words) -> tuple[Script, Sequence[str]]:
    """Return the words of a text that tell its language, and their script."""
    if not words.cyrillic and not words.foreign:
        return "Latn", words.latin
    cyrillic, latin = sum(map(len, words.cyrillic)), sum(map(len, words.latin))
    if sum(map(len, words.foreign)) > cyrillic + latin:
        return "Zzzz", words.foreign
    if cyrillic >= _CYRILLIC_SHARE * (cyrillic + latin):
        return "Cyrl", words.cyrillic
    return "Latn", words.latin


def _likeliest_first(found: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _spread(words: Sequence[str], most: int) -> Sequence[str]:
    """Return at most `most` of `words`, taken evenly from all over the text."""
    return words[:: max(1, -(-len(words) // most))]


def _softmax(log_odds: Sequence[float]) -> list[float]:
    highest = max(log_odds)
    weights = [math.exp(value - highest) for value in log_odds]
    total = sum(weights)
    return [weight / total for weight in weights]


def _logistic(log_odds: float) -> float:
    if log_odds < 0:
        return 1.0 - _logistic(-log_odds)
    return 1.0 / (1.0 + math.exp(-log_odds))
