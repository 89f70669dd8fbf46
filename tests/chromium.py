"""Debian's Chromium, driven by Playwright, with everything noted that a page should not do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, sync_playwright


@dataclass
class Watched:
    """A page in the browser. `requests` are those for anything but the page itself."""

    page: Page
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def is_calm(self) -> bool:
        return not (self.console or self.errors or self.requests)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; without a sandbox, for as root it does not start with one."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


def visit(browser: Browser, file: Path, *, anchor: str = "", **context: Any) -> Watched:
    """Open a file as a reader does, by its file: address."""
    page = browser.new_context(**context).new_page()
    watched = Watched(page)
    address = file.as_uri()
    page.on("console", lambda message: watched.console.append(message.text))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))

    def note(request: Any) -> None:
        if request.url.partition("#")[0] != address and not request.url.startswith("data:"):
            watched.requests.append(request.url)

    page.on("request", note)
    page.goto(address + anchor)
    return watched


def grave(page: Page) -> list[str]:
    """Return the serious and critical findings of axe-core, each with an element that has it."""
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [
        f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
