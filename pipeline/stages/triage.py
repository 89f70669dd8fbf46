"""Is this hypothesis a translation at all? Cheap looks at a model's answer, no model needed."""

from __future__ import annotations

import re

from models.engine import Hypothesis

_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_LATIN_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_META = re.compile(r"```|^\s*[{\[]\s*\"|^(?:sure|here is|as an ai)\b", re.IGNORECASE)
_CYRILLIC_LANGUAGES = frozenset({"ru", "uk"})
MAX_RATIO = 2.8  # characters of translation for one of source
MIN_RATIO = 0.3
MIN_CHARS_FOR_RATIO = 30  # below this, lengths say nothing
MIN_COPIED_WORDS = 3  # names and titles are rightly the same in both languages
MAX_RESIDUE = 0.5  # share of letters in the wrong script


def suspicions(source: str, hypothesis: Hypothesis, *, target: str) -> tuple[str, ...]:
    """Return what is wrong with a translation of `source`, in a word each; empty means nothing.

    The words: "empty", "cut" (ran into the length cap), "loop", "long", "short", "residue" (in
    the script of the source), "meta" (talk about the task), "copied".
    """
    text = hypothesis.text.strip()
    if not text:
        return ("empty",)
    found = []
    if hypothesis.finish == "length":
        found.append("cut")
    if hypothesis.finish == "loop":
        found.append("loop")
    if len(source) >= MIN_CHARS_FOR_RATIO:
        ratio = len(text) / len(source)
        if ratio > MAX_RATIO:
            found.append("long")
        if ratio < MIN_RATIO:
            found.append("short")
    if _in_wrong_script(text, target=target):
        found.append("residue")
    if _META.search(text) and not _META.search(source):
        found.append("meta")
    if text == source.strip() and len(_LATIN_WORD.findall(text)) > MIN_COPIED_WORDS:
        found.append("copied")
    return tuple(found)


def _in_wrong_script(text: str, *, target: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    cyrillic = len(_CYRILLIC_LETTER.findall(text))
    if target in _CYRILLIC_LANGUAGES:
        return letters > 0 and (letters - cyrillic) / letters > MAX_RESIDUE
    return cyrillic > 0
