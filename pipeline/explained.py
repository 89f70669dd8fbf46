"""Names that explain themselves: a value for records, and a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Explained(StrEnum):
    """Base of enumerations whose members are written `NAME = value, meaning`.

    A member is its value, as it stands in records; `meaning` is a sentence.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Make a member out of its value in records and a sentence that explains it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member
