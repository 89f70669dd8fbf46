"""Claims that say otherwise than their evidence: a denial, a direction, an office, who did it.

The checks look for plain signs only, and only where the claim and a sentence of the evidence speak
of the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations

from pipeline.facts.negation import denies, has_denial, negation_lost, negative
from pipeline.facts.stated import opposed
from pipeline.lang.data import by_language, word_lists, words
from pipeline.lang.letters import capital
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import WORD, Forms, content_words, folded

_SAME = 0.6  # share of a claim's words that the evidence sentence has: they speak of one thing
_MOST_BETWEEN = 6  # words between one who acts and another one
_THING = 2  # words behind "may" or "accused of" that tell what
_PAUSE = re.compile(r"[,;:()]|\s[–—-]\s")
_ALIKE = 0.75  # share of a claim's words that a sentence has: the claim is drawn from it
_WHOLE = 0.8  # share of a sentence's words that the claim has: nothing was left aside


def reversals(claim: str, original: Original, evidence: Sequence[int]) -> Iterator[str]:
    """Yield words that tell how a claim says otherwise than its evidence."""
    near = [i for i in evidence if _share(claim, original.readable[i], original.language) >= _SAME]
    yield from _denials(claim, original, evidence, near)
    if near:
        best = near[0]
        candidate = original.candidates[best]
        places = {"language": original.language, "text_language": candidate.language}
        others = original.texts_of([i for i in evidence if i != best])
        for key in opposed(claim, candidate.text, **places):
            if not any(
                key not in opposed(claim, text, language=original.language, text_language=own)
                for own, text in others.items()
            ):
                yield key
    yield from _offices(claim, original, evidence)
    for i in near:
        yield from _exchanged(claim, original.readable[i])
        yield from _swapped(claim, original.readable[i], original.language)
    for i in near[:1]:
        if _share(claim, original.readable[i], original.language) >= _ALIKE:
            yield from _turned(claim, original.readable[i], original.language)
            yield from _unsure(claim, original.readable[i], original.language)


def _share(one: str, other: str, language: str) -> float:
    """Return the share of the words of `one`, grammar aside, that `other` has in some form."""
    found = list(content_words(one, language))
    forms = Forms(content_words(other, language))
    return sum(map(forms.has, found)) / len(found) if found else 0.0


def _denials(
    claim: str, original: Original, evidence: Sequence[int], near: Sequence[int]
) -> Iterator[str]:
    """Yield "not" where just one of a claim and its evidence denies something.

    A claim need not repeat a denial that stands in a part of the sentence that it leaves out. An
    original and its translation must both differ from the claim: each has idioms of its own. In
    another language an idiom answers for a denial: "not able to" may be one word there. A claim
    that repeats a translation which has lost the denial of its original is as wrong as that.
    """
    language = original.language
    if denies(claim, language):
        shown = original.translation_of(evidence)
        owns = original.texts_of(evidence).items()
        if evidence and not (
            denies_at_all(shown, language)
            or any((denies if own == language else has_denial)(text, own) for own, text in owns)
        ):
            yield _denial(claim, language)
        return
    for i in near[:1]:
        candidate, readable = original.candidates[i], original.readable[i]
        ways = {"source_language": candidate.language, "target_language": language}
        if (
            candidate.language != language
            and negation_lost(candidate.text, claim, **ways)
            and negation_lost(candidate.text, readable, **ways)
            and _share(readable, claim, language) >= _WHOLE
        ):
            yield _denial(candidate.text, candidate.language)
            return
        if denies_at_all(claim, language):
            return
        sides = ((readable, language), (candidate.text, candidate.language))
        if all(denies(text, own) for text, own in sides) and _tells_what_is_denied(
            claim, readable, language
        ):
            yield _denial(readable, language)


def denies_at_all(text: str, language: str) -> bool:
    """Tell whether a text denies something, in so many words or by a verb such as "refuse"."""
    if denies(text, language):
        return True
    pattern = _denying().get(language)
    if pattern is not None:
        return pattern.search(text) is not None
    return negative(text, language)


@cache
def _denying() -> Mapping[str, re.Pattern[str]]:
    return {tag: _words_of(p) for tag, p in by_language("grounding.denying").items()}


def _turned(claim: str, text: str, language: str) -> Iterator[str]:
    """Yield the word of a claim that stands in the place of its opposite.

    Only words are compared that just one of the two has.
    """
    mine, theirs = set(_tokens(claim)), set(_tokens(text))
    added, lost = sorted(mine - theirs), sorted(theirs - mine)
    for one, other in _pairs(language):
        for here, there in ((one, other), (other, one)):
            word = next((w for w in added if here.fullmatch(w)), None)
            if word is not None and any(there.fullmatch(w) for w in lost):
                yield word
                return


def _unsure(claim: str, text: str, language: str) -> Iterator[str]:
    """Yield the word by which a text says that something is only possible, planned or alleged.

    The claim must tell the thing itself, and nothing of such a word.
    """
    patterns = _doubting().get(language)
    if patterns is None or patterns[1].search(claim):
        return
    said = Forms(content_words(claim, language))
    for match in patterns[0].finditer(text):
        behind = list(content_words(text[match.end() :], language))[:_THING]
        if any(map(said.has, behind)):
            yield match.group()
            return


@cache
def _doubting() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    tables = by_language("grounding.unsure"), by_language("grounding.unsure_at_all")
    return {tag: (_words_of(tables[0][tag]), _words_of(tables[1][tag])) for tag in tables[0]}


def _words_of(pattern: str) -> re.Pattern[str]:
    """Return a pattern of whole words in small letters, for May is a month; "_" is a space."""
    return re.compile(rf"(?<!\w)(?:{pattern.strip().replace('_', ' ')})(?!\w)")


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


@cache
def _pairs(language: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    pairs = (pair.partition("/") for pair in word_lists("grounding.turned").get(language, ()))
    return tuple((re.compile(one), re.compile(other)) for one, _, other in pairs)


def _tells_what_is_denied(claim: str, text: str, language: str) -> bool:
    """Tell whether a claim has the first word that a text denies.

    Where the text denies nothing in so many words, the claim must have nearly all of it.
    """
    negations = words("facts.negations")
    tokens = list(WORD.finditer(text))
    said = Forms(content_words(claim, language))
    denials = [m for m in tokens if m.group().lower().replace("’", "'") in negations]
    if not denials:
        return _share(text, claim, language) >= _WHOLE
    behind = (next(content_words(text[m.end() :], language), "") for m in denials)
    return any(word and said.has(word) for word in behind)


def _denial(text: str, language: str) -> str:
    negations = words("facts.negations")
    return next((w for w in re.findall(r"[\w'’]+", text) if w.lower() in negations), "not")


@cache
def _office_patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    return {
        tag: {key: re.compile(rf"(?<!\w)(?:{p})", re.IGNORECASE) for key, p in found.items()}
        for tag, found in by_language("grounding.offices").items()
    }


def _offices(claim: str, original: Original, evidence: Sequence[int]) -> Iterator[str]:
    """Yield the words by which a claim makes an office former, acting or somebody's deputy's.

    The same word behind such a qualification ("former mayor") must have one in the claim, too.
    """
    language = original.language
    mine = _office_patterns().get(language, {})
    near = original.translation_of(evidence)
    for key, pattern in mine.items():
        said = pattern.search(claim)
        there = pattern.search(near) or any(
            (theirs := _office_patterns().get(own, {}).get(key)) and theirs.search(text)
            for own, text in original.texts.items()
        )
        if said and not there:
            yield said.group()
        if said or not there:
            continue
        for match in pattern.finditer(near):
            held = WORD.match(near, match.end() + 1)
            if held is None or _unqualified(held.group(), near, pattern):
                continue
            if re.search(rf"(?<!\w){re.escape(held.group())}\w{{0,2}}\s+[{capital()}]", claim):
                name = re.match(r"\s+(\w+)", near[held.end() :])
                if name and name[1] in claim:
                    yield f"{match.group()} {held.group()}"


def _unqualified(office: str, text: str, pattern: re.Pattern[str]) -> bool:
    """Tell whether a text has an office also without the qualification."""
    whole = len(re.findall(rf"(?<!\w){re.escape(office)}", text))
    return whole > len(re.findall(rf"{pattern.pattern}\s+{re.escape(office)}", text, re.IGNORECASE))


def _exchanged(claim: str, text: str) -> Iterator[str]:
    """Yield two names that have changed places in a sentence that is otherwise copied."""
    mine, theirs = WORD.findall(claim), WORD.findall(text)
    if mine == theirs or sorted(map(folded, mine)) != sorted(map(folded, theirs)):
        return
    moved = [m for m, t in zip(mine, theirs, strict=True) if folded(m) != folded(t)]
    names = [word for word in moved if word[0].isupper()]
    plain = [[folded(w) for w in found if w not in moved] for found in (mine, theirs)]
    if plain[0] == plain[1] and len(names) > 1:
        yield " ".join(names[:2])


def _swapped(claim: str, text: str, language: str) -> Iterator[str]:
    """Yield two names whose order around one verb is turned around, the voice being the same.

    "A sued B" and "B sued A" are two things; "A was sued by B" is the second of them.
    """
    agents = word_lists("grounding.agents").get(language, ())
    if not agents:
        return  # a language of cases: the order of words says little
    mine, theirs = _Clause(claim, agents), _Clause(text, agents)
    verbs = [w for w in content_words(claim, language) if w not in mine.names]
    forms = Forms(content_words(text, language))
    for one, other in combinations(mine.names, 2):
        if one not in theirs.places or other not in theirs.places:
            continue
        for verb in filter(forms.has, verbs):
            ours = mine.order(one, verb, other)
            if ours is not None and theirs.order(other, verb, one) == ours:
                yield f"{one.capitalize()} {verb} {other.capitalize()}"
                return


class _Clause:
    """The names of a sentence and the words between them."""

    def __init__(self, text: str, agents: Sequence[str]) -> None:
        self._text = text
        self._agents = agents
        self._words = list(WORD.finditer(text))
        self.places: dict[str, int] = {}
        for i, match in enumerate(self._words):
            name = folded(match.group())
            if match.group()[0].isupper() and len(name) > 2:
                self.places.setdefault(name, i)

    @property
    def names(self) -> list[str]:
        """The words with a capital, folded, in their order."""
        return list(self.places)

    def order(self, one: str, verb: str, other: str) -> bool | None:
        """Tell whether `one` is the agent before `verb` and `other` behind: None for neither.

        A passive voice, by the little word before `other`, turns the roles around. Nothing but a
        few words of one clause may be between the two.
        """
        if one not in self.places or other not in self.places:
            return None
        start, end = self.places[one], self.places[other]
        between = self._words[start + 1 : end]
        if start >= end or len(between) > _MOST_BETWEEN:
            return None
        gap = self._text[self._words[start].end() : self._words[end].start()]
        low = [folded(match.group()) for match in between]
        if _PAUSE.search(gap) or words("grounding.inserted") & set(low[:-1]) - {"the", "le", "la"}:
            return None
        if not Forms(w for w in low if w not in self.places).has(verb):
            return None
        return low[-1] not in self._agents
