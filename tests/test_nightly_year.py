"""A year of nights in four zones: one digest for each date that had a window, and no other."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.config import Config, Nightly
from pipeline.nightly.due import check_timezone, due_instant, due_night, parse_time
from pipeline.nightly.night_desk import NightDesk
from pipeline.nightly.run import run_night
from pipeline.progress import Silent
from pipeline.state.folder import open_state

TICK = timedelta(minutes=15)  # of cron; a timer calls less often, a daemon more
DAY = timedelta(days=1)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def outages(dice: random.Random) -> list[tuple[datetime, datetime]]:
    """Return ten times at which the machine is off: for an hour, or for days."""
    found = []
    for _ in range(10):
        begin = FIRST + timedelta(minutes=dice.randrange(364 * 24 * 60))
        found.append((begin, begin + timedelta(hours=dice.choice((1, 5, 23, 25, 60, 120)))))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Europe/Kyiv", "03:30"),  # skipped on 29 March, there twice on 25 October
        ("Europe/Paris", "02:30"),  # likewise
        ("Asia/Kathmandu", "00:05"),
        ("America/St_Johns", "01:30"),  # there twice on 1 November
    ],
)
def test_a_year_has_one_digest_for_each_date_that_had_a_window(
    zone: str, at: str, tmp_path: Path
) -> None:
    dice, place, moment = random.Random(zone), check_timezone(zone), parse_time(at)
    off = outages(dice)
    set_back = {FIRST + timedelta(days=dice.randrange(1, 363), hours=12) for _ in range(5)}
    (tmp_path / "in").mkdir()
    made: list[str] = []
    missed: list[str] = []
    windows: set[date] = set()
    with open_state(tmp_path / "state") as state:
        clock = [FIRST]
        desk = NightDesk(
            (tmp_path / "in",), tmp_path / "out", timezone=zone,
            config=Config(nightly=Nightly(keep_nights=3)), state=state, progress=Silent(),
            now=lambda: clock[0],
            engines=(ScriptedTranslator(lambda s: s.text), ScriptedSummariser(lambda p: p.text)),
        )  # fmt: skip
        tick = FIRST
        while tick < LAST:
            moments = [tick]
            if tick in set_back:  # a clock that is wrong for a while, and then mended
                moments.append(tick - timedelta(days=dice.choice((1, 2)), hours=3))
            for now in moments if not any(a <= tick < b for a, b in off) else ():
                clock[0] = now
                due = due_night(now, at=moment, zone=place)
                if now == tick:
                    windows.add(due)
                if (desk.out / due.isoformat() / "night.json").is_file():
                    continue
                outcome = run_night(desk, date=due.isoformat())
                if outcome.folder is not None:
                    made.append(outcome.date)
                    missed += outcome.condition.missed
            tick += TICK
        entries = desk.book.nights()
    assert made == sorted({day.isoformat() for day in windows})
    assert [e.night for e in entries if e.published_at] == made
    days = [date.fromisoformat(made[0]) + DAY * n for n in range(366)]
    without = {d.isoformat() for d in days if made[0] < d.isoformat() < made[-1]} - set(made)
    assert set(missed) == without, "what was missed is stated, and nothing else"
    assert len(missed) == len(without)
    on_time = [d for d in windows if not _is_off(due_instant(d, at=moment, zone=place), off)]
    assert len(on_time) > 330


def _is_off(instant: datetime, off: list[tuple[datetime, datetime]]) -> bool:
    return any(begin <= instant < end for begin, end in off)
