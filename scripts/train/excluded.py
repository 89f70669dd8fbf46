"""Sentences that nothing may be trained on: those of evaluation sets and of our own tests.

Of any file all its text is read: lines of .txt and parallel files, fields of tables, every string
of JSON, the string literals of Python, the lines of all else. Compared are letters and digits
alone, without case, of a whole text and of each of its sentences.
"""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

SHORTEST = 12  # letters and digits: "Yes." in an evaluation set is no leak
SHORTEST_SENTENCE = 25  # of a longer text: "He said so." stands in many of them
_LARGEST_BYTES = 50_000_000
_BINARY = 1_000  # bytes of a file that are looked at for a zero
_END = re.compile(r"(?<=[.!?…»])\s+")


def normalised(text: str) -> str:
    """Return the letters and digits of `text`, without case: what two copies have in common."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def sentences(text: str) -> Iterator[str]:
    """Yield the parts of `text` that end as sentences do, if there are several."""
    parts = _END.split(text)
    if len(parts) > 1:
        yield from parts


def texts_of(path: Path) -> Iterator[str]:
    """Yield the texts of a file, whatever its format; nothing of a binary file."""
    data = path.read_bytes()
    if b"\0" in data[:_BINARY] or len(data) > _LARGEST_BYTES:
        return
    text = data.decode("utf-8", errors="replace")
    if path.suffix == ".py":
        literals = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
        values: Iterable[str] = (n.value for n in literals if isinstance(n.value, str))
        yield from (line for value in values for line in value.splitlines())
    elif path.suffix == ".json":
        yield from _strings(json.loads(text))
    elif path.suffix == ".jsonl":
        yield from (s for line in text.splitlines() if line for s in _strings(json.loads(line)))
    else:
        yield from (field for line in text.splitlines() for field in line.split("\t"))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def keys_of(texts: Iterable[str]) -> set[str]:
    """Return what texts and their sentences are found again by."""
    keys = set()
    for text in texts:
        if len(key := normalised(text)) > SHORTEST:
            keys.add(key)
        keys |= {k for s in sentences(text) if len(k := normalised(s)) >= SHORTEST_SENTENCE}
    return keys


def read_excluded(paths: Iterable[Path]) -> dict[Path, set[str]]:
    """Return the keys of each file, of those below a folder too; a broken JSON is a ValueError."""
    files = [f for p in paths for f in (sorted(p.rglob("*")) if p.is_dir() else [p])]
    found = {}
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            try:
                found[file] = keys_of(texts_of(file))
            except (ValueError, SyntaxError) as error:
                raise ValueError(f"{file}: {error}") from error
    return found


def is_excluded(text: str, keys: Collection[str]) -> bool:
    """Tell whether a text, or a sentence of it, is one of an evaluation set."""
    if normalised(text) in keys:
        return True
    several = (normalised(s) for s in sentences(text))
    return any(len(key) >= SHORTEST_SENTENCE and key in keys for key in several)
