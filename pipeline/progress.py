"""Progress of a run, as a protocol: the command line draws it; tests and scripts need not."""

from __future__ import annotations

from typing import Protocol

from models.engine import Hypothesis


class Progress(Protocol):
    """Receives the events of a run while documents go through the stages."""

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """A stage begins; `total` units of work lie before it, or nobody knows how many."""
        ...

    def advance(self, count: int = 1) -> None:
        """So many units of the present stage are done."""
        ...

    def decoded(self, hypothesis: Hypothesis) -> None:
        """A model wrote something."""
        ...

    def remark(self, message: str) -> None:
        """Something that the person in front should know, in one line."""
        ...

    def detail(self, message: str) -> None:
        """Something for a person who asked to be told more, in one line."""
        ...


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """Do nothing."""

    def advance(self, count: int = 1) -> None:
        """Do nothing."""

    def decoded(self, hypothesis: Hypothesis) -> None:
        """Do nothing."""

    def remark(self, message: str) -> None:
        """Do nothing."""

    def detail(self, message: str) -> None:
        """Do nothing."""
