"""The events of a night: one JSON line each, with the id of the run."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pipeline.output.atomic import output_errors

EVENTS_FILE = "nightly.jsonl"
_MOST_BYTES = 20_000_000  # then the file becomes NAME.1, and a new one is begun


class Events(Protocol):
    """Receives what happens in a night."""

    def info(self, event: str, **values: Any) -> Any:
        """Something has happened, as it should."""
        ...

    def warning(self, event: str, **values: Any) -> Any:
        """Something has happened that a person may want to look at."""
        ...


class NoEvents:
    """Events that nobody reads."""

    def info(self, event: str, **values: Any) -> None:
        """Do nothing."""

    def warning(self, event: str, **values: Any) -> None:
        """Do nothing."""


@contextmanager
def event_log(path: Path) -> Iterator[Events]:
    """Append the events of a block to the file at `path`; all bear the same id.

    A line is `{"event": ..., "level": ..., "run": ..., "timestamp": ..., ...}`. Raises OutputError
    where the file cannot be written.
    """
    import structlog

    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _MOST_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
        file = path.open("a", encoding="utf-8", buffering=1)  # a line is written as a whole
    with file:
        yield structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            run=uuid.uuid4().hex[:12],
        )
