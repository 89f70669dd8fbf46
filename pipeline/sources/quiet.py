"""Libraries that read files, kept from logging: a fault of a file is told once, by Nightdesk."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(*loggers: str) -> Iterator[None]:
    """Silence these loggers, and those below them, inside the block; then restore them.

    What they say ends at them: a change of their levels would empty the caches of all loggers, at
    the price of a tenth of the time that a page takes.
    """
    named = [logging.getLogger(name) for name in loggers]
    before = [logger.propagate for logger in named]
    silence = logging.NullHandler()
    for logger in named:
        logger.addHandler(silence)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagates in zip(named, before, strict=True):
            logger.removeHandler(silence)
            logger.propagate = propagates
