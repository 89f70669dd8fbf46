"""Language identification, measured: who names the language of a line rightly, and how fast.

Each line is asked twice. Closed: it is in one of our languages, which one? Open: it may be in any
language; one of ours, or another? Lines in a language that has no route are asked openly only, and
the right answer to them is any language that is not ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.progress import Progress

LENGTHS = ("sentences", "word-pairs", "single-words")


@dataclass(frozen=True, slots=True)
class Contestant:
    """Something that names languages by BCP-47 tags.

    `closed` answers with one of our tags or something that is none of them; `open` may answer
    with any tag.
    """

    name: str
    version: str
    closed: Callable[[str], str]
    open: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """What one contestant made of one file; shares of right answers are between 0 and 1.

    `closed` is None for languages without a route. The seconds are of this process's CPU, which
    other work on the machine does not lengthen much.
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
    sets = {}
    for length in LENGTHS:
        for path in sorted(folder.glob(f"*.{length}.txt")):
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{path}: cannot be read as UTF-8: {error}") from error
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
) -> list[Row]:
    """Ask every contestant for every line; `languages` are ours."""
    rows = []
    for contestant in contestants:
        progress.stage(contestant.name, total=len(sets), unit="files")
        contestant.closed("warm"), contestant.open("warm")  # loading is no speed
        for (length, language), lines in sorted(sets.items(), key=_shortest_first):
            rows.append(_ask(contestant, lines, length, language, languages))
            progress.advance()
    return rows


def _shortest_first(item: tuple[tuple[str, str], Sequence[str]]) -> tuple[int, str]:
    (length, language), _ = item
    return -LENGTHS.index(length), language


def _ask(
    contestant: Contestant,
    lines: Sequence[str],
    length: str,
    language: str,
    languages: Sequence[str],
) -> Row:
    ours = language in languages
    # The open question first: its speed is reported, and no line may be known from before.
    answers, open_s = _timed(contestant.open, lines)
    right = sum((a == language) if ours else (a not in languages) for a in answers)
    closed, closed_s = None, 0.0
    if ours:
        answers, closed_s = _timed(contestant.closed, lines)
        closed = sum(a == language for a in answers) / len(lines)
    return Row(
        contestant=contestant.name,
        length=length,
        language=language,
        lines=len(lines),
        closed=closed,
        closed_s=closed_s,
        open=right / len(lines),
        open_s=open_s,
    )


def _timed(ask: Callable[[str], str], lines: Sequence[str]) -> tuple[list[str], float]:
    began = time.process_time()
    answers = [ask(line) for line in lines]
    return answers, time.process_time() - began


def record(
    rows: Sequence[Row], contestants: Sequence[Contestant], *, missing: Sequence[str]
) -> dict[str, Any]:
    """Return everything measured as JSON values; `missing` are packages that were not there."""
    return {
        "contestants": {c.name: c.version for c in contestants},
        "not_installed": list(missing),
        "rows": [asdict(row) for row in rows],
        "lines_per_s": {
            c.name: {
                length: {"closed": closed, "open": opened}
                for length in LENGTHS
                for closed, opened in [_speeds(rows, c.name, length)]
            }
            for c in contestants
        },
    }


def _speeds(rows: Sequence[Row], name: str, length: str) -> tuple[float, float]:
    """Return lines a second of the closed and the open question, over our own languages.

    An empty `length` stands for all of them together.
    """
    asked = [
        r
        for r in rows
        if r.contestant == name and length in ("", r.length) and r.closed is not None
    ]
    lines = sum(r.lines for r in asked)
    seconds = (sum(r.closed_s for r in asked), sum(r.open_s for r in asked))
    closed, opened = (round(lines / s, 1) if s else 0.0 for s in seconds)
    return closed, opened


def table(rows: Sequence[Row], contestants: Sequence[Contestant]) -> str:
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
        head += [*(f"{tag} other" for tag in others), "open/s", "times"]
        out.append(f"{length:28}" + "".join(f"{h:>9}" for h in head))
        plain = _speeds(rows, "langdetect", length)[1]
        for c in contestants:
            mine = {r.language: r for r in here if r.contestant == c.name}
            closed = [100 * (mine[tag].closed or 0.0) for tag in ours]
            speed = _speeds(rows, c.name, length)[1]
            cells = [f"{value:.1f}" for value in closed]
            cells.append(f"{sum(closed) / len(closed):.1f}" if closed else "")
            cells += [f"{100 * mine[tag].open:.1f}" for tag in (*ours, *others)]
            cells += [f"{speed:.0f}", f"{speed / plain:.1f}" if plain else ""]
            out.append(f"{c.name + ' ' + c.version:28}" + "".join(f"{cell:>9}" for cell in cells))
    out += ["", *_overall(rows, contestants), ""]
    out += [
        "Per cent of the lines answered rightly: with our languages alone to choose from, `open`",
        "with all languages, `other` where none of ours is right. `open/s`: lines a second of CPU",
        "for the open question, every line new. `times`: over plain langdetect with all profiles.",
    ]
    return "\n".join(out)


def _overall(rows: Sequence[Row], contestants: Sequence[Contestant]) -> list[str]:
    plain = _speeds(rows, "langdetect", "")[1]
    out = [f"{'all lengths':28}{'open/s':>9}{'times':>9}"]
    for c in contestants:
        speed = _speeds(rows, c.name, "")[1]
        times = f"{speed / plain:.1f}" if plain else ""
        out.append(f"{c.name + ' ' + c.version:28}{speed:>9.0f}{times:>9}")
    return out
