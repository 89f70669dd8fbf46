"""Requests that failed for now are sent again, after a pause.

tenacity does the work: it is pure Python without dependencies, and can be woken while it waits.
"""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from models.errors import EngineError, TextRefused

if TYPE_CHECKING:
    import tenacity

Answer = TypeVar("Answer")

MAX_BACKOFF_S = 30.0


class Unanswered(Exception):
    """A request that may be answered when it is sent again.

    `attempts` is the most there should be, if fewer than usual; `retry_after_s` is the pause that
    the server asked for; `hint` is for the person at the terminal when nothing helps. `of_text`
    tells that the text may be to blame.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str,
        attempts: int | None = None,
        retry_after_s: float | None = None,
        of_text: bool = False,
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.attempts = attempts
        self.retry_after_s = retry_after_s
        self.of_text = of_text


def answered(
    ask: Callable[[], Answer], *, max_attempts: int, backoff_s: float, stopping: threading.Event
) -> Answer:
    """Return the answer of `ask`, called again for as long as it raises `Unanswered`.

    Pauses double from `backoff_s` on, with some chance in them so that requests which failed
    together do not come back together. Raises EngineError (TextRefused) after `max_attempts`, or at
    once when `stopping` is set.
    """
    import tenacity

    backoff = tenacity.wait_exponential_jitter(
        multiplier=backoff_s, max=MAX_BACKOFF_S, jitter=backoff_s
    )

    def pause_s(state: tenacity.RetryCallState) -> float:
        asked = _error_of(state).retry_after_s
        return backoff(state) if asked is None else asked

    def is_enough(state: tenacity.RetryCallState) -> bool:
        most = min(max_attempts, _error_of(state).attempts or max_attempts)
        return stopping.is_set() or state.attempt_number >= most

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Unanswered),
        stop=is_enough,
        wait=pause_s,
        sleep=tenacity.sleep_using_event(stopping),
        reraise=True,
    )
    try:
        return retrying(ask)
    except Unanswered as error:
        times = retrying.statistics["attempt_number"]
        raise (TextRefused if error.of_text else EngineError)(
            f"{error} ({times} attempts)" if times > 1 else str(error), hint=error.hint
        ) from error


def _error_of(state: tenacity.RetryCallState) -> Unanswered:
    error = None if state.outcome is None else state.outcome.exception()
    if not isinstance(error, Unanswered):
        raise TypeError(f"retrying after {error!r}")
    return error


def retry_after_s(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3), if any."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
