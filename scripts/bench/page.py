"""The size of a digest of fifty stories and its first paint in Chromium, from disk.

    python scripts/bench/page.py [FOLDER]

Without FOLDER, of fifty copies of the made stories that the tests have; with one, of fifty copies
of the first story of the digest in it, which a run wrote from real texts. The time is the browser's
own (Paint Timing, first-contentful-paint), the median of nine visits, with a page of one line in
turns: what the machine takes for any page.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).parents[2] / "tests"))

from chromium import chromium
from editions import envelope_of_made, made_news, many

from pipeline.digest.envelope import Envelope
from pipeline.digest.envelope_json import read_envelope
from pipeline.digest.page import render_html
from pipeline.digest.ranking import placed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STORIES = 50
VISITS = 9
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
ONE_LINE = "<!DOCTYPE html><title>.</title><h1>Night desk</h1>"
NODES = "document.querySelectorAll('*').length"


def fifty(folder: Path | None) -> Envelope:
    """Return a digest of fifty stories."""
    if folder is None:
        return envelope_of_made(many(made_news(), STORIES))
    envelope = read_envelope(folder)
    story = envelope.stories[0].story
    copies = [
        dataclasses.replace(story, id=f"{n:016x}", headline=f"{story.headline} ({n})")
        for n in range(STORIES)
    ]
    return dataclasses.replace(envelope, stories=placed(copies))


def paint(browser: Browser, file: Path) -> float:
    """Return the milliseconds to the first paint of a page with content."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(file.as_uri())
    found = page.evaluate(PAINT)
    while found is None:  # the policy of the page forbids to wait by a script of ours
        page.wait_for_timeout(20)
        found = page.evaluate(PAINT)
    context.close()
    return float(found)


def main() -> None:
    """Measure and print."""
    page = render_html(fifty(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
    times: dict[str, list[float]] = {"digest": [], "one line": []}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        files = {name: Path(folder) / f"{name}.html" for name in times}
        files["digest"].write_text(page, encoding="utf-8")
        files["one line"].write_text(ONE_LINE, encoding="utf-8")
        for _ in range(VISITS + 1):
            for name, file in files.items():
                times[name].append(paint(browser, file))
        opened = browser.new_page()
        opened.goto(files["digest"].as_uri())
        nodes = opened.evaluate(NODES)
    print(f"{len(page.encode())} bytes, {nodes} nodes")
    for name, found in times.items():
        warm = found[1:]  # the first visit starts the browser's processes
        print(
            f"first paint of {name}: {statistics.median(warm):.0f} ms"
            f" (median of {VISITS}, {min(warm):.0f} to {max(warm):.0f})"
        )


if __name__ == "__main__":
    main()
