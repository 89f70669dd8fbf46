"""Spans that no translator may touch: addresses, code, control tokens, pictures, masks.

An opaque span has no language and is to survive letter by letter. A damaged copy can be put right
afterwards (`put_back`), or the span is hidden behind a mark while the model works (`mask`,
`unmask`). Repair costs nothing where all is well, and a small model translates a masked sentence
worse, so the translate stage repairs first and masks only a span that repair could not save
(scripts/bench/LOG.md has the comparison).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from models.control_tokens import CONTROL_TOKEN
from pipeline.facts.symbols import SYMBOL

Opaque = Literal[
    "url", "email", "handle", "code", "placeholder", "file", "term", "control", "symbol"
]

_DOMAINS = "com|org|net|info|io|eu|ua|ru|fr|uk|gov|edu|int"
_EXTENSIONS = (
    "pdf|docx?|xlsx?|csv|txt|json|zip|py|html?|jpe?g|png|exe|toml|ya?ml|md|log|odt|pptx?|mp[34]"
)
_PATH = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_DATE = r"\d{1,2}\.\d{1,2}\.(?:19|20)?\d\d\b(?!\.\d)"
_TRAILING = ".,;:!?…»”\"'"
# Names have bounded lengths: "a-a-a-..." of any length must not be read again from every "a".
_PATTERNS: tuple[tuple[Opaque, str], ...] = (
    ("code", r"(?<![^\W\d_])`[^`\n]+`"),
    ("symbol", SYMBOL),
    ("control", CONTROL_TOKEN),
    ("url", r"(?:https?|ftp)://[^\s<>«»“”\"|]+|\bwww\.[^\s<>«»“”\"|]+\.[^\s<>«»“”\"|]+"),
    ("email", r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    ("placeholder", r"\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\{[\w.:!,-]{0,60}\}|\[\[\w+\]\]"),
    (
        "placeholder",
        r"%\(\w+\)[sdifr]|(?<!\w)%[-+0#]?\d*(?:\.\d+)?[sdifuxr](?![^\W\d_])|%\d+\$[sd]",
    ),
    (
        "placeholder",
        r"\$[A-Z_][A-Z0-9_]+\b|__[A-Z][A-Z0-9_]+__|:[a-z_]{2,30}:|&(?:[a-z]{2,8}|#\d+);",
    ),
    ("placeholder", r"</?[a-zA-Z][\w-]*(?:\s[^<>\n]{0,200})?/?>"),
    ("handle", r"(?<![\w@/.])@[A-Za-z]\w{1,30}(?:\.\w+)*|(?<![\w&#])#[^\W\d_]\w{1,50}"),
    ("file", rf"(?<![\w/])(?:/|~/|\./){_PATH}(?:/{_PATH})+|\b(?!{_DATE})v?\d+(?:\.\d+){{2,}}\b"),
    ("file", rf"\b[A-Za-z][\w-]{{0,80}}\.(?:{_EXTENSIONS})\b"),
    ("url", rf"\b(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{_DOMAINS})\b(?:/[^\s<>«»“”\"|]*)?"),
)
_ANY = re.compile("|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_PATTERNS)))
_MARK = re.compile(r"XXZ(\d+)Q|\b[Xx]{0,2}[Zz](\d+)[Qq]\b")  # the second: a mark badly copied
_BRACKETS = {"{": r"\{+[^{}]*\}+", "<": r"<[^<>]*>", "[": r"\[+[^\[\]]*\]+", "`": r"`[^`]*`"}
_NEAR = 0.6  # rapidfuzz ratio from which a token of the target is a damaged copy of a span


@dataclass(frozen=True, slots=True)
class Protected:
    """A span of the source that must stand in the target as it is."""

    kind: Opaque
    start: int
    end: int
    text: str


def protected(text: str, *, terms: Collection[str] = ()) -> tuple[Protected, ...]:
    """Return the opaque spans of `text`, in order; spans that touch (`<b>{name}</b>`) are one.

    `terms` are words that are not to be translated: they are opaque too.
    """
    found: list[Protected] = []
    for match in _pattern(tuple(terms)).finditer(text):
        group = match.lastgroup or "k0"
        kind: Opaque = "term" if group == "term" else _PATTERNS[int(group[1:])][0]
        span = match.group()
        if kind in {"url", "email"}:
            span = _without_tail(span)
        if found and found[-1].end == match.start():
            before = found.pop()
            found.append(
                Protected(before.kind, before.start, match.start() + len(span), before.text + span)
            )
            continue
        found.append(Protected(kind, match.start(), match.start() + len(span), span))
    return tuple(found)


@lru_cache(maxsize=8)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    if not terms:
        return _ANY
    longest_first = sorted(terms, key=len, reverse=True)
    own = "|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in longest_first)
    return re.compile(f"{_ANY.pattern}|(?P<term>{own})")


def _without_tail(address: str) -> str:
    """Return an address without the marks of its sentence: a full stop, an unmatched bracket."""
    while address and (
        address[-1] in _TRAILING or (address[-1] == ")" and address.count("(") < address.count(")"))
    ):
        address = address[:-1]
    return address


def missing_protected(source: str, target: str, *, terms: Collection[str] = ()) -> list[str]:
    """Return the opaque spans of `source` that `target` lacks, once for each missing copy."""
    missing = []
    for span, count in Counter(p.text for p in protected(source, terms=terms)).items():
        missing += [span] * (count - _copies(span, target))
    return missing


def doubled_protected(source: str, target: str) -> list[str]:
    """Return the opaque spans that `target` has more often than `source`, once for each copy.

    Names of people, words and pictures may rightly be said again.
    """
    doubled = []
    spans = Counter(p.text for p in protected(source) if p.kind not in ("handle", "symbol"))
    for span in spans:
        doubled += [span] * (_copies(span, target) - _copies(span, source))
    return doubled


def _copies(span: str, text: str) -> int:
    return len(re.findall(rf"(?<![\w@]){re.escape(span)}(?![\w/])", text))


def put_back(source: str, target: str, *, terms: Collection[str] = ()) -> str:
    """Return `target` with damaged copies of opaque spans put right.

    A copy is damaged when it is like the span and like no word of the source itself: a URL that
    lost its slash, a placeholder whose name was translated. A span without any copy stays lost.
    Of a copy too many that stands beside another one is taken out.
    """
    from rapidfuzz import fuzz

    for span in doubled_protected(source, target):
        one = re.escape(span)
        target = re.sub(rf"({one})\s?{one}(?![\w/])", r"\1", target, count=1)
    for span in missing_protected(source, target, terms=terms):
        others = {p.text for p in protected(source)} - {span}
        candidates = [
            (fuzz.ratio(span.lower(), token.lower()) / 100, match)
            for match in re.finditer(_shape(span), target)
            if (token := match.group().rstrip(_TRAILING)) not in others
        ]
        if not candidates:
            continue
        score, match = max(candidates, key=lambda c: c[0])
        only = (
            len(candidates) == 1 and span[0] in _BRACKETS
        )  # a placeholder whose name was translated
        if only or score >= _NEAR:
            end = match.start() + len(match.group().rstrip(_TRAILING))
            target = target[: match.start()] + span + target[end:]
    return target


def _shape(span: str) -> str:
    """Return a pattern for damaged copies of `span`."""
    if span[0] in _BRACKETS:
        return _BRACKETS[span[0]]
    if span[0] == "%":
        return r"%\s?\S*"
    return r"\S*[./@_#:]\S*" if re.search(r"[./@_#:]", span) else re.escape(span)


def mask(text: str, *, terms: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """Return `text` with every opaque span behind a mark, and the spans in order of their marks."""
    pieces: list[str] = []
    spans: list[str] = []
    position = 0
    for item in protected(text, terms=terms):
        pieces += [text[position : item.start], f"XXZ{len(spans)}Q"]
        spans.append(item.text)
        position = item.end
    return "".join([*pieces, text[position:]]), tuple(spans)


def unmask(text: str, spans: tuple[str, ...]) -> str:
    """Return `text` with each mark replaced by its span; invented marks are taken out."""

    def span(match: re.Match[str]) -> str:
        number = int(match[1] or match[2])
        if number < len(spans):
            return spans[number]
        return "" if match[1] else match.group()

    return _MARK.sub(span, text)
