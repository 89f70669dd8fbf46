"""The places of lines: whether each stands where its reason needs it to stand."""

from __future__ import annotations

from dataclasses import replace

from pipeline.stages.boilerplate.lines import Look, PageLine
from pipeline.stages.boilerplate.needs import Needs


def settle_places(lines: list[PageLine]) -> None:
    """Make certain the reasons of lines that stand in place, and drop those of all others.

    1. The running text of the page: prose for which no reason was found.
    2. Top to bottom, then bottom to top: a line in place becomes chrome, and may be the furniture
       that the line beside it needs.
    3. Lines that only stand beside other chrome are asked last, and give nobody a place.
    """
    running = [at for at, line in enumerate(lines) if _runs(line)]
    first, last = (running[0], running[-1]) if running else (len(lines), -1)
    for at in (*range(len(lines)), *range(len(lines) - 1, -1, -1)):
        if _in_place(lines, at, first=first, last=last):
            lines[at] = replace(lines[at], needs=Needs.NOTHING)
    beside = [at for at, line in enumerate(lines) if line.needs is Needs.CHROME]
    furniture = [at for at in beside if _is_furniture(lines, at, first=first)]
    for at in furniture:
        lines[at] = replace(lines[at], needs=Needs.NOTHING)
    for at, line in enumerate(lines):
        if line.needs is not Needs.NOTHING:
            lines[at] = replace(line, reason=None, needs=Needs.NOTHING)


def _runs(line: PageLine) -> bool:
    return line.look is Look.PROSE and line.reason is None


def _in_place(lines: list[PageLine], at: int, *, first: int, last: int) -> bool:
    match lines[at].needs:
        case Needs.EDGE:
            return not first < at < last or _beside_chrome(lines, at)
        case Needs.END:
            return at > last and _beside_chrome(lines, at)
        case Needs.TITLED:
            return at > first or any(_is_title(line) for line in lines[:first])
        case Needs.BYLINE:
            titled = any(_is_title(line) for line in lines[:at])
            return (at < first and titled) or (at > last and _beside_chrome(lines, at))
        case _:
            return False


def _is_furniture(lines: list[PageLine], at: int, *, first: int) -> bool:
    """Tell furniture beside furniture from a heading, and from the only title that a page has."""
    if _above_text(lines, at) or not _beside_chrome(lines, at):
        return False
    return at > first or any(_is_title(line) for line in lines[:first])


def _is_title(line: PageLine) -> bool:
    return line.reason is None and line.cue is None and line.look is Look.HEADLINE


def _beside_chrome(lines: list[PageLine], at: int) -> bool:
    return any(lines[k].is_chrome for k in (at - 1, at + 1) if 0 <= k < len(lines))


def _above_text(lines: list[PageLine], at: int) -> bool:
    return at + 1 < len(lines) and lines[at + 1].look is Look.PROSE and not lines[at + 1].is_chrome
