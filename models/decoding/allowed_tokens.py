"""The tokens that a reply in a given language may contain.

A small multilingual model slips into the script of its source, or into Chinese. A search over the
tokens whose bytes belong to the script of the target cannot, and it is cheaper: the other rows of
the output matrix are not multiplied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from models.languages import Letters, find_language

# Lead bytes of UTF-8. Shared by every script we write: ASCII, Latin letters with marks
# (U+0080-U+036F: C2-CD), general punctuation and signs (U+2000-U+2FFF: E2), emoji (F0).
_SHARED = frozenset(range(0x80)) | frozenset(range(0xC2, 0xCE)) | {0xE2, 0xF0}
_CYRILLIC = frozenset({0xD0, 0xD1, 0xD2, 0xD3})
_LEADS: Mapping[Letters, frozenset[int]] = MappingProxyType(
    {"Latn": _SHARED, "Cyrl": _SHARED | _CYRILLIC}
)


@lru_cache(maxsize=1)
def _byte_of_character() -> dict[str, int]:
    """Return the printable stand-in of every byte in byte-level BPE vocabularies (GPT-2)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in printable}
    others = (byte for byte in range(0x100) if byte not in printable)
    return table | {chr(0x100 + i): byte for i, byte in enumerate(others)}


def token_bytes(token: str) -> bytes | None:
    """Return the bytes of a byte-level BPE token, or None for one that is not made of bytes."""
    table = _byte_of_character()
    try:
        return bytes(table[character] for character in token)
    except KeyError:
        return None


def allowed_ids(tokenizer: Any, *, language: str, extra: Iterable[int] = ()) -> list[int] | None:
    """Return the sorted ids of tokens that a text in `language` may contain, with `extra`.

    None means that any token may come, for a language that is held to no letters
    (`models.languages`).
    """
    found = find_language(language)
    if found is None or found.letters is None:
        return None
    leads = _LEADS[found.letters]
    special = set(tokenizer.all_special_ids)
    ids = set(extra)
    for token, id_ in tokenizer.get_vocab().items():
        data = token_bytes(token)
        if data is None or id_ in special:
            continue
        if all(byte in leads or 0x80 <= byte < 0xC0 for byte in data):
            ids.add(id_)
    return sorted(ids)


def newline_ids(tokenizer: Any, *, count: int = 1) -> frozenset[int]:
    """Return the ids of tokens that hold at least `count` line feeds in a row."""
    wanted = b"\n" * count
    return frozenset(
        id_
        for token, id_ in tokenizer.get_vocab().items()
        if (data := token_bytes(token)) is not None and wanted in data
    )
