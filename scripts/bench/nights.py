"""Nights under fire: killed, on a full disk, started twice; each ends as an undisturbed one.

    python scripts/bench/nights.py kill --rounds 300
    python scripts/bench/nights.py twice --rounds 300
    python scripts/bench/nights.py full --rounds 300    (as root: mounts a small tmpfs)

A round is one night over 30 documents in two languages, with a copy delivered into another folder.
Each start is a process of its own, ended by SIGKILL at a random moment, up to three times; the last
start is left alone. `full` leaves the disk a random number of bytes instead. The engines are
functions, so that nearly all of the time is Nightdesk's own. A round fails where not exactly one
night is there, where a byte of it or of its copy differs from the undisturbed night, where the copy
was not delivered once, or where something is left over.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from models.engine import Passage, Segment
from models.errors import EngineError
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.config import Config, Nightly, TranslateOptions
from pipeline.errors import BusyError, NightdeskError
from pipeline.nightly.delivery.postman import Postman
from pipeline.nightly.events import event_log
from pipeline.nightly.night_desk import NightDesk, book_of
from pipeline.nightly.run import run_night
from pipeline.progress import Silent
from pipeline.state.folder import State, book_path

_NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
_NIGHT = "2026-03-01"
_DONE, _BUSY, _FULL, _BUG = 0, 4, 3, 70
_KILLS = 3
_DISK_BYTES = 6_000_000
_PLACES = (
    "harbour", "orchard", "bakery", "library", "depot", "school", "bridge", "market", "theatre",
)  # fmt: skip
_RUSSIAN = (
    "Старый причал номер {n} останется закрытым до весны.",
    "Мэр сказал, что улицу {n} откроют в мае.",
    "В порту {n} ждут лодку с почтой.",
)
_ENGLISH = (
    "The old quay number {n} stays closed until spring.",
    "The mayor said that street {n} will open in May.",
    "In port {n} they wait for the boat with the mail.",
)


def documents(folder: Path, count: int = 30) -> None:
    """Write the inbox: two of three texts in English, one in Russian; the last two are alike."""
    folder.mkdir(parents=True)
    for n in range(count):
        place = _PLACES[n % len(_PLACES)]
        if n % 3 == 2:
            text = "\n\n".join(line.format(n=100 + n) for line in _RUSSIAN)
        else:
            text = " ".join(
                f"Sentence {k} of report {n} tells how the {place} will change in {2000 + k * n}."
                for k in range(8)
            )
        (folder / f"{n:02}-{place}.txt").write_text(f"{text}\n", encoding="utf-8")
    shutil.copy(folder / f"00-{_PLACES[0]}.txt", folder / "99-copy.txt")
    (folder / "empty.txt").write_text("")
    for path in folder.iterdir():  # the record of a night knows a bad file by its time
        os.utime(path, (0, 0))


def _translated(segment: Segment) -> str:
    text = segment.text
    numbers = [word.rstrip(".,") for word in text.split() if word.rstrip(".,").isdecimal()]
    for russian, english in zip(_RUSSIAN, _ENGLISH, strict=True):
        beginning = russian.split("{n}", maxsplit=1)[0]
        if beginning in text and numbers:
            return english.format(n=numbers[0])
    return "They wait."


def _summarised(passage: Passage) -> str:
    return " ".join(f"{sentence}." for sentence in passage.text.split(". ")[:2]).replace("..", ".")


def start(root: Path) -> int:
    """Run the night once in this process; return the code it ends with."""
    config = Config(
        translate=TranslateOptions(ladder_samples=0),
        nightly=Nightly(copies=(str(root / "copy"),), retry_first_s=0.01),
    )
    try:
        state = State(root / "state")
        with event_log(root / "state" / "nightly.jsonl") as events:
            desk = NightDesk(
                (root / "in",), root / "out", timezone="Europe/Kyiv", config=config, state=state,
                progress=Silent(), events=events, now=lambda: _NOW,
                engines=(ScriptedTranslator(_translated), ScriptedSummariser(_summarised)),
            )  # fmt: skip
            run_night(desk)
            postman = Postman(
                desk.book, desk.out, options=config.nightly, events=events, now=lambda: _NOW
            )
            postman.deliver(patience_s=0, anyway=True)
        state.close()
    except BusyError:
        return _BUSY
    except (NightdeskError, EngineError, OSError):
        return _FULL
    except BaseException:
        traceback.print_exc()
        return _BUG
    return _DONE


def begin(root: Path) -> int:
    """Start the night in a process of its own; return its id."""
    sys.stdout.flush()
    if (child := os.fork()) == 0:
        os._exit(start(root))
    return child


def end(child: int, *, after_s: float | None = None) -> int:
    """Wait for a process, or kill it after a time; return its exit code, -9 for a killed one."""
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def bytes_of(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder but for locks, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def faults(root: Path, wanted: dict[str, str]) -> list[str]:
    """Return what is wrong with the end of a round."""
    wrong = []
    for folder in (root / "out", root / "copy"):
        found = bytes_of(folder)
        if found != wanted:
            differ = [name for name in {*found, *wanted} if found.get(name) != wanted.get(name)]
            wrong.append(f"{folder.name} differs: {sorted(differ)[:3]}")
        elif left := [p.name for p in folder.iterdir() if p.is_dir() and p.name[0] == "."]:
            wrong.append(f"{folder.name}: {left} is left over")
        elif (folder / "latest").readlink() != Path(_NIGHT):
            wrong.append(f"{folder.name}/latest")
    book = book_of(root / "out", book_path(root / "state"))
    if [d.status for d in book.deliveries()] != ["sent"]:
        wrong.append(f"deliveries: {book.deliveries()}")
    if [(e.night, bool(e.published_at)) for e in book.nights()] != [(_NIGHT, True)]:
        wrong.append(f"book: {book.nights()}")
    return wrong


def killed(root: Path, seconds: float, dice: random.Random) -> Counter[str]:
    """Kill up to three starts at random moments."""
    codes: Counter[str] = Counter()
    for _ in range(dice.randint(1, _KILLS)):
        code = end(begin(root), after_s=dice.uniform(0, seconds * 1.05))
        codes["killed" if code == -signal.SIGKILL else "was faster"] += 1
    return codes


def twice(root: Path, seconds: float, dice: random.Random) -> Counter[str]:
    """Start two at once, up to three times; kill one of them half of the time."""
    codes: Counter[str] = Counter()
    for _ in range(dice.randint(1, _KILLS)):
        first, second = begin(root), begin(root)
        if dice.random() < 0.5:
            end(dice.choice((first, second)), after_s=dice.uniform(0, seconds))
            codes["killed"] += 1
        for child in (first, second):
            try:
                code = end(child)
            except ChildProcessError:
                continue
            codes[{_DONE: "published or there", _BUSY: "left"}.get(code, str(code))] += 1
    return codes


def full(root: Path, seconds: float, dice: random.Random) -> Counter[str]:
    """Leave a random number of bytes on the disk, up to three times."""
    codes: Counter[str] = Counter()
    ballast = root.parent / "ballast"
    for _ in range(dice.randint(1, _KILLS)):
        free = shutil.disk_usage(root).free
        ballast.write_bytes(b"0" * max(0, free - dice.randint(0, 1_500_000)))
        code = end(begin(root))
        ballast.unlink()
        codes[{_DONE: "had room", _FULL: "disk full"}.get(code, str(code))] += 1
    return codes


@contextmanager
def ground(small: bool) -> Iterator[Path]:
    """Give a folder for one round; on a small disk if asked."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-fire-") as name:
        place = Path(name)
        if small:
            size = f"size={_DISK_BYTES}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", name], check=True)
        try:
            documents(place / "night" / "in")
            yield place / "night"
        finally:
            if small:
                subprocess.run(["umount", name], check=True)


def main() -> int:
    """Run the rounds; return 1 where one failed."""
    ways: dict[str, Callable[[Path, float, random.Random], Counter[str]]] = {
        "kill": killed, "twice": twice, "full": full,
    }  # fmt: skip
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("way", choices=ways)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ground(False) as root:
        start(root)  # modules are loaded once, for all the processes that are forked
    times = []
    for _ in range(3):
        with ground(False) as root:
            began = time.monotonic()
            if (code := end(begin(root))) != _DONE:
                print(f"the undisturbed night ended with {code}")
                return 1
            times.append(time.monotonic() - began)
            wanted = bytes_of(root / "out")
            if wrong := faults(root, wanted):
                print(f"the undisturbed night: {wrong}")
                return 1
    seconds = min(times)
    dice = random.Random(options.seed)
    codes: Counter[str] = Counter()
    failed = 0
    for number in range(1, options.rounds + 1):
        with ground(options.way == "full") as root:
            codes += ways[options.way](root, seconds, dice)
            last = end(begin(root))
            wrong = faults(root, wanted) if last == _DONE else [f"the last start: {last}"]
        if wrong:
            failed += 1
            print(f"round {number}: {'; '.join(wrong)}", flush=True)
    print(
        f"{options.way}: {options.rounds} rounds of {len(wanted)} files,"
        f" {seconds:.2f} s undisturbed; starts: {dict(codes)}; failed: {failed}"
    )
    return 1 if failed or codes.get(str(_BUG)) else 0


if __name__ == "__main__":
    sys.exit(main())
