"""Language identification, measured: right answers and speed of ours and of other identifiers.

There are two questions about each line. Closed: which one of our languages is it? Open: which
language of all? Lines in a language without a route get the open question only, and every language
that is not ours is a right answer.

Speed is CPU time; an identifier that can read many texts at once is given a turn's lines together.
A busy machine makes CPU time longer too, so all contestants take turns at a few
lines each, and the median turn counts.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.errors import UsageError
from pipeline.progress import Progress

LENGTHS = ("sentences", "word-pairs", "single-words")
_TURN = 100  # lines: short for a machine whose load changes, long for a processor's cache


@dataclass(frozen=True, slots=True)
class Contestant:
    """A language identifier that answers with BCP-47 tags.

    `closed` answers with one of our tags, or with another text for no answer; `open` may answer
    with any tag. `open_all` asks the open question about many texts at once, where an identifier
    can.
    """

    name: str
    version: str
    closed: Callable[[str], str]
    open: Callable[[str], str]
    open_all: Callable[[Sequence[str]], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class LangidRow:
    """The result of one contestant on one file; shares of right answers are between 0 and 1.

    `closed` is None for languages without a route. The seconds are of CPU, for all the lines at
    the speed of the median turn.
    """

    contestant: str
    length: str
    language: str
    lines: int
    closed: float | None
    closed_s: float
    open: float
    open_s: float


def read_sets(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Return the lines of each `XX.LENGTH.txt` of `folder` by length and language tag.

    Raises UsageError where there is no such file, or one that is not UTF-8.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder", hint="check the path")
    sets = {}
    for length in LENGTHS:
        for path in sorted(folder.glob(f"*.{length}.txt")):
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(
                    f"{path}: cannot be read: {plainly(error)}",
                    hint="give files of UTF-8 text, one text a line",
                ) from error
            if lines := [line for line in text.splitlines() if line.strip()]:
                sets[length, path.name.split(".")[0]] = lines
    if not sets:
        raise UsageError(
            f"{folder}: no file XX.sentences.txt, XX.word-pairs.txt or XX.single-words.txt in it",
            hint="XX is a language tag such as uk; one text a line",
        )
    return sets


def measure(
    sets: Mapping[tuple[str, str], Sequence[str]],
    contestants: Sequence[Contestant],
    *,
    languages: Sequence[str],
    progress: Progress,
) -> list[LangidRow]:
    """Ask every contestant for every line; `languages` are ours."""
    for contestant in contestants:
        # Loading the tables of a script is no speed: a letter of it has them loaded.
        for letter in sorted({lines[0][:1] for lines in sets.values() if lines}):
            contestant.closed(letter), contestant.open(letter)
    progress.stage("identify", total=len(sets), unit="files")
    rows = []
    for (length, language), lines in sorted(sets.items(), key=_shortest_first):
        turns = _take_turns(contestants, lines, closed=language in languages)
        rows += [_row(c, length, language, turns[c.name], languages) for c in contestants]
        progress.advance()
    return rows


def _shortest_first(item: tuple[tuple[str, str], Sequence[str]]) -> tuple[int, str]:
    (length, language), _ = item
    return -LENGTHS.index(length), language


@dataclass(frozen=True, slots=True)
class _Turn:
    """The answers to some lines, and the CPU seconds per line."""

    open: Sequence[str]
    open_s: float
    closed: Sequence[str]
    closed_s: float


def _take_turns(
    contestants: Sequence[Contestant], lines: Sequence[str], *, closed: bool
) -> Mapping[str, Sequence[_Turn]]:
    turns: dict[str, list[_Turn]] = {c.name: [] for c in contestants}
    order = list(contestants)
    for start in range(0, len(lines), _TURN):
        some = lines[start : start + _TURN]
        for contestant in order:
            asked = _timed(contestant.open, some, many=contestant.open_all)
            turns[contestant.name].append(
                _Turn(*asked, *(_timed(contestant.closed, some) if closed else ((), 0.0)))
            )
        order.reverse()  # nobody always comes behind the same one and finds its data in the cache
    return turns


def _timed(
    ask: Callable[[str], str],
    lines: Sequence[str],
    *,
    many: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> tuple[Sequence[str], float]:
    began = time.process_time()
    answers = [ask(line) for line in lines] if many is None else many(lines)
    return answers, (time.process_time() - began) / len(lines)


def _row(
    contestant: Contestant,
    length: str,
    language: str,
    turns: Sequence[_Turn],
    languages: Sequence[str],
) -> LangidRow:
    ours = language in languages
    opened = [answer for turn in turns for answer in turn.open]
    closed = [answer for turn in turns for answer in turn.closed]
    lines = len(opened)
    right = sum((answer == language) if ours else (answer not in languages) for answer in opened)
    return LangidRow(
        contestant=contestant.name,
        length=length,
        language=language,
        lines=lines,
        closed=sum(answer == language for answer in closed) / lines if ours else None,
        closed_s=lines * statistics.median(turn.closed_s for turn in turns),
        open=right / lines,
        open_s=lines * statistics.median(turn.open_s for turn in turns),
    )


def record(
    rows: Sequence[LangidRow], contestants: Sequence[Contestant], *, missing: Sequence[str]
) -> dict[str, Any]:
    """Return everything measured as JSON values; `missing` are packages that were not there."""
    return {
        "contestants": {c.name: c.version for c in contestants},
        "not_installed": list(missing),
        "rows": [asdict(row) for row in rows],
        "lines_per_s": {
            c.name: {
                length: {"open": opened, "closed": closed}
                for length in LENGTHS
                for opened, closed in [_speeds(rows, c.name, length)]
            }
            for c in contestants
        },
    }


def _speeds(rows: Sequence[LangidRow], name: str, length: str) -> tuple[float, float]:
    """Return lines a second of the open and the closed question, over our own languages.

    An empty `length` stands for all of them together.
    """
    asked = [
        r
        for r in rows
        if r.contestant == name and length in ("", r.length) and r.closed is not None
    ]
    lines = sum(r.lines for r in asked)
    seconds = (sum(r.open_s for r in asked), sum(r.closed_s for r in asked))
    opened, closed = (round(lines / s, 1) if s else 0.0 for s in seconds)
    return opened, closed


_SPEED = ("open/s", "times", "closed/s", "times")


def _speed_cells(rows: Sequence[LangidRow], name: str, length: str) -> list[str]:
    cells = []
    plainly = _speeds(rows, "langdetect", length)
    for speed, plain in zip(_speeds(rows, name, length), plainly, strict=True):
        cells += [f"{speed:.0f}", f"{speed / plain:.1f}" if plain else ""]
    return cells


def table(rows: Sequence[LangidRow], contestants: Sequence[Contestant]) -> str:
    """Return the rows as a table: percentages by length and language, a line per contestant."""
    out: list[str] = []
    for length in LENGTHS:
        here = [r for r in rows if r.length == length]
        if not here:
            continue
        ours = list(dict.fromkeys(r.language for r in here if r.closed is not None))
        others = list(dict.fromkeys(r.language for r in here if r.closed is None))
        if out:
            out.append("")
        head = [*ours, "mean", *(f"{tag} open" for tag in ours)]
        head += [*(f"{tag} other" for tag in others), *_SPEED]
        out.append(_line(length, head))
        for c in contestants:
            mine = {r.language: r for r in here if r.contestant == c.name}
            closed = [100 * (mine[tag].closed or 0.0) for tag in ours]
            cells = [f"{value:.1f}" for value in closed]
            cells.append(f"{sum(closed) / len(closed):.1f}" if closed else "")
            cells += [f"{100 * mine[tag].open:.1f}" for tag in (*ours, *others)]
            out.append(_line(f"{c.name} {c.version}", cells + _speed_cells(rows, c.name, length)))
    out += ["", _line("all lengths", _SPEED)]
    out += [_line(f"{c.name} {c.version}", _speed_cells(rows, c.name, "")) for c in contestants]
    out += [
        "",
        "Per cent of the lines answered rightly: with our languages alone to choose from, `open`",
        "with all languages, `other` where none of ours is right. `open/s` and `closed/s`: lines a",
        "second of CPU, every line new, all contestants in turn, by the median turn. `times`: over",
        "plain langdetect, with all its profiles or with those of our languages alone.",
    ]
    return "\n".join(out)


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:28}" + "".join(f"{cell:>9}" for cell in cells)
