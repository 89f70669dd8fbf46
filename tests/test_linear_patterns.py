"""No regular expression takes more than twice the time for twice the text."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import pytest
from patterns import FoundPattern, patterns, without_arguments

UNITS = (
    *" \n\ta\u00e9\u044fA\u04101.,-:;/<([{\"'`«&#@_%$=~*+|!?…>)]}\u00a0\u0301",
    *("a ", "a-", "a.", "a'", "a,", "a@", "a/", "a:", "a_", "A.", "A ", "Aa", "1 ", "1,", "1."),
    *("1-", "1:", "1a", "a1", "я-", "я ", "я.", "Я.", " .", "\n ", "- ", ". ", ": ", "| ", "<a"),
    *("<!", "[a", "[[", "](", "{a", "$a", "&a", "#a", "@a", "%(", "<a ", "a=", '="', "X ", "не "),
)  # fmt: skip
ENOUGH_S = 0.02  # in which no quadratic pattern reads so much
CHARS = 5_000
STEEP = 3.0  # of the time for half as much; 2 is linear, 4 quadratic


def seconds(found: FoundPattern, method: str, text: Any) -> float:
    began = time.process_time()
    if method in ("sub", "subn"):
        found.pattern.sub("", text) if isinstance(text, str) else found.pattern.sub(b"", text)
    elif method == "finditer":
        deque(found.pattern.finditer(text), maxlen=0)
    else:
        getattr(found.pattern, method)(text)
    return time.process_time() - began


def is_steep(found: FoundPattern, method: str, unit: str) -> bool:
    for chars in (CHARS // 8, CHARS):
        text: Any = unit * (chars // len(unit))
        text += "\x01"  # which no pattern expects
        if isinstance(found.pattern.pattern, bytes):
            text = text.encode()
        whole = seconds(found, method, text)
        if whole < ENOUGH_S:
            continue
        half = text[len(text) // 2 :]
        if all(seconds(found, method, text) > STEEP * seconds(found, method, half) for _ in "123"):
            return True
    return False


def test_all_kinds_of_patterns_are_found() -> None:
    where = {found.where for found in patterns()}
    assert "pipeline.lang.sentences._SPACE" in where
    assert "pipeline.lang.sentences._patterns.missed_end" in where
    assert "pipeline.facts.negation._patterns" in where
    assert any(place.startswith("pipeline.lang.romanise:") for place in where)
    assert without_arguments() == [], "add arguments to tests/patterns.py"


@pytest.mark.parametrize("found", patterns(), ids=lambda found: found.where)
def test_twice_the_text_takes_twice_the_time(found: FoundPattern) -> None:
    steep = [
        (method, unit)
        for method in sorted(found.methods)
        for unit in UNITS
        if is_steep(found, method, unit)
    ]
    assert not steep, found.pattern.pattern
