"""A simulated year of nights in four zones: one digest for each date that had a window, no other.

    python scripts/bench/year.py                  (four zones, the whole of 2026)
    python scripts/bench/year.py --changes        (the days around the clock changes alone)

The real night desk publishes into a real folder, with a clock that moves by a quarter of an hour:
the tick of cron; a timer calls less often, a daemon more. The machine is off ten times, for an hour
or for days, and its clock is five times wrong for a while. Texts come in at random moments. A zone
fails where a date that had a window has not exactly one digest, where another date has one, where a
missed date is not stated, where a text is not told once, or where `latest` leads elsewhere.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.config import Config, Nightly
from pipeline.nightly.due import check_timezone, due_instant, due_night, parse_time
from pipeline.nightly.night_desk import NightDesk
from pipeline.nightly.publish import is_over
from pipeline.nightly.run import run_night
from pipeline.nightly.told import stories_of
from pipeline.progress import Silent
from pipeline.state.folder import open_state

_TICK = timedelta(minutes=15)
_DAY = timedelta(days=1)
_FIRST, _LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
_ZONES = {
    "Europe/Kyiv": "03:30",  # skipped on 29 March, there twice on 25 October
    "Europe/Paris": "02:30",  # likewise
    "Asia/Kathmandu": "00:05",
    "America/St_Johns": "01:30",  # there twice on 1 November
}
_TEXTS = 40  # that come in, in a year


@dataclass(slots=True)
class Plan:
    """When the machine is off, when its clock is wrong, and when texts come in."""

    begin: datetime
    end: datetime
    off: list[tuple[datetime, datetime]] = field(default_factory=list)
    wrong: set[datetime] = field(default_factory=set)
    texts: list[datetime] = field(default_factory=list)

    def ticks(self) -> Iterator[datetime]:
        tick = self.begin
        while tick < self.end:
            if not any(a <= tick < b for a, b in self.off):
                yield tick
            tick += _TICK


def whole_year(dice: random.Random) -> Plan:
    """Return a year with ten outages and five moments of a wrong clock."""
    plan = Plan(_FIRST, _LAST)
    for _ in range(10):
        begin = _FIRST + timedelta(minutes=dice.randrange(364 * 24 * 60))
        plan.off.append((begin, begin + timedelta(hours=dice.choice((1, 5, 23, 25, 60, 120)))))
    plan.wrong = {_FIRST + timedelta(days=dice.randrange(1, 363), hours=12) for _ in range(5)}
    plan.texts = sorted(_FIRST + timedelta(hours=dice.randrange(363 * 24)) for _ in range(_TEXTS))
    return plan


def changes(zone: str, dice: random.Random) -> list[Plan]:
    """Return the week around each clock change of a zone; around the end of February without."""
    place = check_timezone(zone)
    days = [_FIRST + _DAY * n for n in range(365)]
    found = [
        day
        for day in days
        if day.astimezone(place).utcoffset() != (day + _DAY).astimezone(place).utcoffset()
    ]
    plans = []
    for day in found or [datetime(2026, 2, 28, tzinfo=UTC)]:
        plan = Plan(day - _DAY * 2, day + _DAY * 5)
        begin = day + timedelta(days=2, hours=dice.randrange(24))
        plan.off = [(begin, begin + timedelta(hours=dice.choice((5, 49))))]
        plan.wrong = {day + timedelta(days=dice.choice((-1, 1, 4)), hours=12)}
        plan.texts = [day + timedelta(hours=dice.randrange(48)) for _ in range(3)]
        plans.append(plan)
    return plans


def simulate(root: Path, zone: str, at: str, plan: Plan, dice: random.Random) -> list[str]:
    """Run one plan in a folder; return what is wrong with the nights."""
    place, moment = check_timezone(zone), parse_time(at)
    inbox = root / "in"
    inbox.mkdir(parents=True)
    made: list[str] = []
    missed: list[str] = []
    told: Counter[str] = Counter()
    windows: set[date] = set()
    coming = list(plan.texts)
    clock = [plan.begin]
    with open_state(root / "state") as state:
        desk = NightDesk(
            (inbox,), root / "out", timezone=zone, config=Config(nightly=Nightly(keep_nights=3)),
            state=state, progress=Silent(), now=lambda: clock[0],
            engines=(ScriptedTranslator(lambda s: s.text), ScriptedSummariser(lambda p: p.text)),
        )  # fmt: skip
        for tick in plan.ticks():
            while coming and coming[0] <= tick:
                number = len(plan.texts) - len(coming)
                text = f"Boat number {number} has left the quay. It comes back in {number} days.\n"
                (inbox / f"{number}.txt").write_text(text, encoding="utf-8")
                del coming[0]
            moments = [tick]
            if tick in plan.wrong:
                moments.append(tick - timedelta(days=dice.choice((1, 2)), hours=3))
            for now in moments:
                clock[0] = now
                due = due_night(now, at=moment, zone=place)
                if now == tick:
                    windows.add(due)
                if is_over(desk.out, due.isoformat()):
                    continue
                outcome = run_night(desk, date=due.isoformat())
                if outcome.folder is not None:
                    made.append(outcome.date)
                    missed += outcome.condition.missed
                    told.update(story.name for story in stories_of(outcome.folder))
        entered = [entry.night for entry in desk.book.nights() if entry.published_at]
    wrong = []
    if made != (wanted := sorted(day.isoformat() for day in windows)):
        wrong.append(f"digests: {sorted(set(made) ^ set(wanted))}, or in another order")
    if entered != made:
        wrong.append(f"the book differs: {sorted(set(entered) ^ set(made))}")
    between = {date.fromisoformat(made[0]) + _DAY * n for n in range(len(made) + 30)}
    without = sorted(d.isoformat() for d in between if made[0] < d.isoformat() < made[-1])
    if sorted(missed) != [day for day in without if day not in made]:
        wrong.append(f"stated as missed: {missed}")
    if set(told.values()) - {1} or len(told) != len(plan.texts) - len(coming):
        wrong.append(f"texts: {len(told)} told, {told.most_common(2)}")
    if (root / "out" / "latest").readlink() != Path(made[-1]):
        wrong.append("latest")
    running = [d for d in windows if not _is_off(due_instant(d, at=moment, zone=place), plan.off)]
    print(
        f"{zone} {at}: {len(made)} digests, {len(running)} at their minute, {len(missed)} dates"
        f" without a window, {len(told)} texts told once"
    )
    return wrong


def _is_off(instant: datetime, off: list[tuple[datetime, datetime]]) -> bool:
    return any(begin <= instant < end for begin, end in off)


def main() -> int:
    """Run all zones; return 1 where one failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--changes", action="store_true")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    failed = 0
    for zone, at in _ZONES.items():
        began, spent = time.monotonic(), time.process_time()
        dice = random.Random(f"{zone} {options.seed}")
        for plan in changes(zone, dice) if options.changes else [whole_year(dice)]:
            with tempfile.TemporaryDirectory(prefix="nightdesk-year-") as folder:
                wrong = simulate(Path(folder), zone, at, plan, dice)
            failed += bool(wrong)
            print("".join(f"  {fault}\n" for fault in wrong), end="")
        print(
            f"  {time.monotonic() - began:.1f} s, {time.process_time() - spent:.1f} s of the"
            " processor",
            flush=True,
        )
    print(f"failed: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
