"""Declarations of language in a translated page, as far as its text was translated.

1. Every stretch of text is in the target language, or in the one that it stayed in.
2. A page of which nothing was translated stays as it was.
3. `lang` of an element becomes the target where most text in the element is in the target; so do
   the page's other declarations (`Content-Language`, `og:locale`).
4. A block in another language than its surroundings gets a `lang` of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from models.engine import OTHER, UNDETERMINED
from pipeline.place import NO_MODEL, Span
from pipeline.translation.html_head import not_translated
from pipeline.translation.html_tokens import Token, tokens
from pipeline.translation.skeleton import has_letters, has_words, same
from pipeline.translation.unit_job import TranslatedUnit

_LANGUAGE_NAMES = ("language", "dc.language", "dcterms.language")
_WORDS = 3
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div",
    "figcaption", "caption", "summary", "section", "article", "option", "legend", "button", "q",
))  # fmt: skip
_LISTS = ("ul", "ol", "dl", "table", "form", "pre", "hr", "main", "nav", "aside", "footer")
_ENDED_BY = {
    "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "option": ("option",),
    "td": ("td", "th", "tr"), "th": ("td", "th", "tr"), "tr": ("tr",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of the translated page, its language, and the number of its letters."""

    span: Span
    language: str
    letters: int
    translated: bool


@dataclass(frozen=True, slots=True)
class _Element:
    """A start tag, and the end of its element."""

    token: Token
    end: int


def page_pieces(
    page: str, units: Iterable[TranslatedUnit], *, target: str, languages: Collection[str]
) -> Iterator[str]:
    """Yield a page with its units translated, and its declarations of language put right.

    A `lang` that names none of `languages` is left alone, but for the page's own.
    """
    written: list[str] = []
    stretches: list[_Stretch] = []
    at = length = 0
    for unit in units:
        kept = page[at : unit.unit.span.start]
        begin = length + len(kept)
        written += [kept, unit.code]
        length = begin + len(unit.code)
        at = unit.unit.span.end
        found = _stretch(unit, Span(begin, length), target)
        if found is not None:
            stretches.append(found)
    text = "".join([*written, page[at:]])
    if any(stretch.translated for stretch in stretches):
        yield from _edited(text, _declarations(text, stretches, target, frozenset(languages)))
    else:
        yield text


def _stretch(unit: TranslatedUnit, span: Span, target: str) -> _Stretch | None:
    changed = kept = 0
    for segment in unit.segments:
        if segment.model != NO_MODEL and not same(segment.source, segment.target):
            changed += len(segment.source)
        elif has_letters(segment.source):
            kept += len(segment.source)
    translated = changed > 0 and changed >= kept
    language = target if translated else unit.language
    unknown = language in (UNDETERMINED, OTHER) or not has_words(unit.unit.nodes)
    # A word or two that stayed as they were may be a name, which is in every language.
    if unknown or (language != target and len(unit.source.split()) < _WORDS):
        return None
    return _Stretch(span, language, sum(map(str.isalpha, unit.source)), translated)


def _declarations(
    page: str, stretches: list[_Stretch], target: str, languages: frozenset[str]
) -> Iterator[tuple[Span, str]]:
    """Yield the places of declarations in the translated page, with what takes their place."""
    is_target = _is_mostly(target, stretches)
    around: list[tuple[int, str]] = []  # ends and languages of the elements around, the outer first
    elements = _elements(page)
    starts = [stretch.span.start for stretch in stretches]
    blocks = [e.token.span.start for e in elements if e.token.name in _BLOCKS]
    for element in elements:
        token = element.token
        if token.name == "meta":
            if is_target:
                yield from _meta(token, target)
            continue
        while around and around[-1][0] <= token.span.start:
            around.pop()
        attributes = [a for a in token.attributes if a.name in ("lang", "xml:lang") and a.value]
        inside = _within(element, stretches, starts)
        if attributes:
            primary = re.split(r"[-_]", attributes[0].value.lower())[0]
            ours = (token.name == "html" or primary in languages) and not not_translated(token)
            if ours and primary != target and _is_mostly(target, inside):
                primary = target
                yield from ((attribute.span, target) for attribute in attributes)
            around.append((element.end, primary))
        elif token.name == "html":
            if is_target and token.attribute("lang") is None:
                around.append((element.end, target))
                yield _insertion(token, target)
        elif token.name in _BLOCKS and around:
            found = {stretch.language for stretch in inside}
            following = bisect_right(blocks, token.span.start)
            nested = following < len(blocks) and blocks[following] < element.end
            if len(found) == 1 and not nested and (own := found.pop()) != around[-1][1]:
                around.append((element.end, own))
                yield _insertion(token, own)


def _meta(token: Token, target: str) -> Iterator[tuple[Span, str]]:
    content = token.attribute("content")
    named = token.attribute("http-equiv") or token.attribute("name") or token.attribute("property")
    if content is None or named is None or not content.value:
        return
    name = named.value.lower()
    primary = re.split(r"[-_,\s]", content.value.strip().lower())[0]
    if primary == target:
        return
    if name == "content-language" or name in _LANGUAGE_NAMES:
        yield content.span, target
    elif name == "og:locale":
        yield content.span, _locale(target)


def _locale(language: str) -> str:
    """Return a language with its likeliest territory, as Open Graph wants it: fr_FR (CLDR)."""
    from babel.core import get_global

    parts = str(get_global("likely_subtags").get(language, language)).split("_")
    return f"{parts[0]}_{parts[-1]}" if len(parts) > 1 else language


def _elements(page: str) -> list[_Element]:
    """Return the start tags of a page, each with the end of its element, in order.

    A paragraph, an item and a cell end where the next one begins, as in HTML.
    """
    found: list[tuple[Token, int]] = []
    open_: list[int] = []
    names: Counter[str] = Counter()  # of the elements that are open

    def close(end: int) -> str:
        last = open_.pop()
        token = found[last][0]
        found[last] = (token, end)
        names[token.name] -= 1
        return token.name

    for token in tokens(page):
        if token.kind == "start":
            while open_ and _ends(found[open_[-1]][0].name, token.name):
                close(token.span.start)
            if token.name not in _VOID:
                open_.append(len(found))
                names[token.name] += 1
            found.append((token, token.span.end if token.name in _VOID else len(page)))
        elif token.kind == "end" and names[token.name]:
            while close(token.span.start) != token.name:
                pass
    return [_Element(token, end) for token, end in found]


def _ends(name: str, following: str) -> bool:
    """Tell whether an element ends where another one begins."""
    if name == "p":
        return following in _BLOCKS - {"q", "button"} or following in _LISTS
    return following in _ENDED_BY.get(name, ())


def _within(element: _Element, stretches: list[_Stretch], starts: list[int]) -> list[_Stretch]:
    """Return the stretches in an element, or the one that an inline element is in."""
    start, end = element.token.span.start, element.end
    first = bisect_left(starts, start)
    inside = stretches[first : bisect_left(starts, end)]
    if not inside and first and end <= stretches[first - 1].span.end:
        return [stretches[first - 1]]
    return inside


def _is_mostly(target: str, stretches: Iterable[_Stretch]) -> bool:
    own = rest = 0
    for stretch in stretches:
        if stretch.language == target:
            own += stretch.letters
        else:
            rest += stretch.letters
    return own > 0 and own >= rest


def _insertion(token: Token, language: str) -> tuple[Span, str]:
    end = token.span.start + 1 + len(token.name)
    return Span(end, end), f' lang="{language}"'


def _edited(text: str, edits: Iterable[tuple[Span, str]]) -> Iterator[str]:
    at = 0
    for span, replacement in sorted(edits, key=lambda edit: edit[0].start):
        yield text[at : span.start]
        yield replacement
        at = span.end
    yield text[at:]
