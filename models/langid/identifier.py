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
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from models.engine import OTHER, UNDETERMINED, Identification, LanguageEvidence
from models.errors import EngineError
from models.langid.known import Script, known
from models.langid.own import UNKNOWN, OwnLanguages
from models.langid.pairs import LanguagePair, load_pairs
from models.langid.profiles import letter_models
from models.langid.romanised import cyrillic_reading
from models.langid.word_lists import WordLists, known_lists
from models.langid.words import read

_TRUST = 0.3  # worth of a nat of the letter models: neighbouring letters repeat each other
_FUNCTION_WORD = 2.0  # log-odds of a word or an ending on a language's list
_CLOSE_WORD = 3.0  # of a function word between two close languages: only one of them has it
_DECIDED = 12.0  # log-odds of letters and short words between two languages: no weights needed
_EXPECTED = 4.0  # log-odds, before anything is read, of a routed language against any one other
_CYRILLIC_SHARE = 1 / 3  # of the letters: Cyrillic text quotes Latin names, hardly the reverse
_GLANCE_WORDS = 8  # taken evenly from longer texts: mostly, they leave no doubt
_NO_DOUBT = 0.9999
_MAX_WORDS = 60  # for the rest: more of them change no answer


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

    def identify(self, text: str) -> Identification:
        """Return one of `languages`, `OTHER`, or `UNDETERMINED` where there are no words.

        The confidence is the probability of the answer among all languages that are known.
        """
        found = self._probabilities(text)
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
        found = self._probabilities(text)
        if languages is not None:
            wanted = set(languages)
            found = {tag: p for tag, p in found.items() if tag in wanted}
            total = sum(found.values())
            found = {tag: p / total for tag, p in found.items()} if total else {}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

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

    @cached_property
    def _pairs(self) -> Sequence[LanguagePair]:
        return load_pairs()

    def _probabilities(self, text: str) -> dict[str, float]:
        words = read(text)
        cyrillic, latin = sum(map(len, words.cyrillic)), sum(map(len, words.latin))
        if sum(map(len, words.foreign)) > cyrillic + latin:
            return self._reading(words.foreign, "Zzzz")
        if not cyrillic + latin:
            return {}
        if cyrillic >= _CYRILLIC_SHARE * (cyrillic + latin):
            return self._reading(words.cyrillic, "Cyrl")
        return self._reading(words.latin, "Latn")

    def _reading(self, words: Sequence[str], script: Script) -> dict[str, float]:
        distinct = tuple(dict.fromkeys(words))  # a repeated word is no new evidence
        most = _spread(distinct, _MAX_WORDS)
        if own := self._own.attested(most, script):
            return self._posterior(most, script, own=own)
        if script == "Zzzz":
            return {OTHER: 1.0}
        glance = _spread(distinct, _GLANCE_WORDS)
        found = self._posterior(glance, script)
        if len(glance) < len(distinct) and max(found.values()) < _NO_DOUBT:
            return self._posterior(most, script)
        return found

    def _posterior(
        self, words: Sequence[str], script: Script, *, own: Mapping[str, int] | None = None
    ) -> dict[str, float]:
        """Return the probability of each language of `script` for a text of distinct `words`.

        `own` are the languages without a letter model to consider, with the number of words that
        speak for each. The evidence is added up in this order:
        1. the letter models, and for `own` the alphabets;
        2. the expectation that a text is in a language with a route;
        3. function words and endings;
        4. between two languages that are still close, the learnt weights of their pair, and again
           the function words.
        """
        text = " ".join(words).replace("'", " ")
        nats: dict[str, float] = {}
        if script != "Zzzz":
            letters = letter_models(script)
            nats = dict(zip(letters.languages, letters.score(text), strict=True))
        log_odds = {tag: _TRUST * value for tag, value in nats.items()}
        for tag, count in own.items() if own else ():
            log_odds[tag] = _TRUST * self._own.nats(tag, text) + _FUNCTION_WORD * count
        for tag in self.languages:
            if tag in log_odds:
                log_odds[tag] += _EXPECTED
        log_odds[OTHER] = _TRUST * UNKNOWN * len(text)
        for tag, count in self._lists.speaking_for(words).items():
            if tag in nats:
                log_odds[tag] += _FUNCTION_WORD * count
        found = _softmax(log_odds)
        listed = self._lists.listing(words)
        for pair in self._pairs:
            a, b = pair.first, pair.second
            if a in nats and abs(log_odds[b] - log_odds[a]) <= _DECIDED:
                odds = pair.log_odds(words, profiles=nats[b] - nats[a])
                odds += _CLOSE_WORD * (listed[b] - listed[a])
                odds += _EXPECTED * ((b in self.languages) - (a in self.languages))
                both = found[a] + found[b]
                found[b] = both * _logistic(odds)
                found[a] = both - found[b]
        return found


def _spread(words: Sequence[str], most: int) -> Sequence[str]:
    """Return at most `most` of `words`, taken evenly from all over the text."""
    return words[:: max(1, -(-len(words) // most))]


def _softmax(evidence: Mapping[str, float]) -> dict[str, float]:
    highest = max(evidence.values())
    weights = {tag: math.exp(value - highest) for tag, value in evidence.items()}
    total = sum(weights.values())
    return {tag: weight / total for tag, weight in weights.items()}


def _logistic(log_odds: float) -> float:
    if log_odds < 0:
        return 1.0 - _logistic(-log_odds)
    return 1.0 / (1.0 + math.exp(-log_odds))
