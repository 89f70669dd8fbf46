"""The content of one digest: everything that its page, mail, feed and texts are made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.document import Rejection
from pipeline.stories.story import Story


class Placing(StrEnum):
    """The place of a story in a digest."""

    LEAD = "lead"
    SECOND = "second"
    BRIEF = "brief"
    APART = "apart"  # opinion, live pages and round-ups


@dataclass(frozen=True, slots=True)
class Placed:
    """A story and its place in the digest."""

    placing: Placing
    story: Story


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a digest is: everything about it but its stories.

    `date` is a calendar date in `timezone`, `generated_at` an ISO 8601 instant. `previous` and
    `index` are paths from the digest to the digest before and to the list of all digests, not
    percent-encoded. `base_url` is the address of the folder of the digest, where there is one:
    mail and feed need it for links that lead anywhere. `notices` are said before everything else.
    """

    date: str
    timezone: str
    title: str
    language: str
    generated_at: str
    previous: str | None = None
    previous_date: str | None = None
    index: str | None = None
    base_url: str | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The account of what was read, and what became of it.

    `removed` are paragraphs that the clean-up took out, of `paragraphs` in all; `flagged` are
    translated paragraphs with a known fault, of `translated` in all. `too_old` are documents that
    were left out for their age. `not_read` tells of files without a reader, or is empty.
    """

    documents: int
    paragraphs: int
    removed: int
    translated: int
    flagged: int
    rejections: tuple[Rejection, ...] = ()
    not_read: str = ""
    too_old: int = 0


@dataclass(frozen=True, slots=True)
class Envelope:
    """One digest. Its stories stand in the order in which they are told."""

    edition: Edition
    stories: tuple[Placed, ...]
    account: Account
    models: tuple[str, ...] = ()
