"""The pages of a digest in Chromium, as readers meet them: from a file, without a network."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from digest_reading import hostile
from editions import EDITION, envelope_of_made, made_news, many
from pypdf import PdfReader

from pipeline.digest.index import write_index
from pipeline.digest.mail import render_mail_html
from pipeline.digest.publish import write_digest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEWS = made_news()
OPEN_ALL = "for (const d of document.querySelectorAll('details')) d.open = true"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from chromium import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three nights, one of fifty stories, and their list; beside it a large and a hostile one."""
    root = tmp_path_factory.mktemp("nights")
    for day in ("2026-11-26", "2026-11-27", "2026-11-28"):
        made = many(NEWS, 50 if day == "2026-11-28" else 8)
        edition = dataclasses.replace(EDITION, date=day, generated_at=f"{day}T00:31:07+00:00")
        documents = {d.id: d for m in made for d in m.documents}
        write_digest(root / day, envelope_of_made(made, edition=edition), documents.values())
    write_index(root)
    heavy = many((NEWS[3],), 60)
    write_digest(root.parent / "large", envelope_of_made(heavy), heavy[0].documents)
    envelope, documents = hostile()
    write_digest(root.parent / f"{root.name}-hostile", envelope, documents)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.digest.page._LARGEST", 0)  # each story has a page of its own
        write_digest(root.parent / f"{root.name}-hostile-apart", envelope, documents)
    return root


@pytest.fixture
def digest(nights: Path) -> Path:
    return nights / "2026-11-28" / "digest.html"


@pytest.mark.parametrize("width", [360, 1280])
def test_it_renders_without_a_word_to_console_or_network(
    browser: Browser, digest: Path, width: int
) -> None:
    from chromium import visit

    seen = visit(browser, digest, viewport={"width": width, "height": 800})
    assert seen.page.locator(".story").count() == 50
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width, "no sideways scroll"
    seen.page.evaluate(OPEN_ALL)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.is_calm(), seen


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_it_keeps_nobody_out(browser: Browser, nights: Path, width: int, scheme: str) -> None:
    from chromium import grave, visit

    page = visit(
        browser, nights / "2026-11-27" / "digest.html",
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True,
    ).page  # fmt: skip
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    page.evaluate(OPEN_ALL)
    assert grave(page) == []


def test_the_other_pages_keep_nobody_out_either(browser: Browser, nights: Path) -> None:
    from chromium import grave, visit

    documents = sorted((nights / "2026-11-28" / "documents").rglob("*.html"))
    for file in (nights / "index.html", documents[0], documents[-1]):
        assert visit(browser, file).is_calm()
        assert grave(visit(browser, file, bypass_csp=True).page) == []


def test_fifty_stories_fit_into_300_kilobytes(digest: Path) -> None:
    assert digest.stat().st_size < 300_000


def test_what_a_large_night_has_no_room_for_is_a_page_away(browser: Browser, nights: Path) -> None:
    from chromium import grave, visit

    file = nights.parent / "large" / "digest.html"
    assert file.stat().st_size < 300_000
    page = visit(browser, file).page
    page.keyboard.press("k")  # the last story
    last = page.evaluate("document.activeElement.closest('.story').id")
    assert page.locator(f"#{last} blockquote").count() == 0
    page.keyboard.press("o")
    page.wait_for_url(f"**/stories/{last}.html")
    page.locator("blockquote.orig").first.wait_for()
    page.locator(".cite[href^='#']").first.click()
    page.locator(".pair:target .spot").wait_for()
    page.locator(".pair:target .spot").click()
    page.locator("mark:target").wait_for()
    seen = visit(browser, file.parent / "stories" / f"{last}.html", bypass_csp=True)
    assert seen.is_calm()
    assert grave(seen.page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_filters_by_language_source_and_topic_with_and_without_a_script(
    browser: Browser, digest: Path, javascript: bool
) -> None:
    from chromium import visit

    page = visit(browser, digest, java_script_enabled=javascript).page
    stories = page.locator(".story")
    page.select_option("#by-language", label="Russian")
    russian = [s for s in stories.all() if s.is_visible()]
    assert 0 < len(russian) < 50
    assert all("Russian" in s.locator(".by").first.inner_text() for s in russian)
    page.select_option("#by-source", label="Северная газета")
    both = [s for s in stories.all() if s.is_visible()]
    assert 0 < len(both) < len(russian)
    assert all("Северная газета" in s.locator(".by").first.inner_text() for s in both)
    if javascript:
        assert page.locator("#shown").inner_text() == f"{len(both)} / 50"
    page.select_option("#by-language", "")
    page.select_option("#by-source", "")
    page.select_option("#by-topic", label="Sport")
    sport = [s for s in stories.all() if s.is_visible()]
    assert len(sport) == 50 // 9
    page.select_option("#by-topic", "")
    assert sum(s.is_visible() for s in stories.all()) == 50
    assert page.locator("#find").is_visible() == javascript


def test_a_search_finds_words_of_the_original_without_their_accents(
    browser: Browser, digest: Path
) -> None:
    from chromium import visit

    page = visit(browser, digest).page
    page.keyboard.press("/")
    page.keyboard.type("greve navires")
    shown = [s for s in page.locator(".story").all() if s.is_visible()]
    assert shown
    assert all("Strike closes" in s.inner_text() for s in shown)
    page.locator("#find").fill("nothing has these words")
    assert page.locator("#none").is_visible()


def test_quotations_unfold_by_keyboard(browser: Browser, digest: Path) -> None:
    from chromium import visit

    page = visit(browser, digest).page
    focused = "document.activeElement.closest('.story')?.id"
    order = page.evaluate("[...document.querySelectorAll('.story')].map(s => s.id)")
    page.keyboard.press("j")
    assert page.evaluate(focused) == order[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate(focused) == order[1]
    quotation = page.locator(f"#{order[1]} blockquote.orig").first
    assert not quotation.is_visible()
    page.keyboard.press("o")
    assert quotation.is_visible()
    page.keyboard.press("o")
    assert not quotation.is_visible()
    page.keyboard.press("Enter")  # the focus is on the summary: HTML's own key
    assert quotation.is_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_citation_unfolds_the_words_and_leads_on_to_their_document(
    browser: Browser, digest: Path, javascript: bool
) -> None:
    from chromium import visit

    page = visit(browser, digest, java_script_enabled=javascript).page
    page.locator(".lead .dek .cite").nth(1).click()
    target = page.locator(".pair:target")
    target.wait_for()
    assert "reprendra le 14 mars" in target.inner_text()
    target.locator(".spot").click()
    assert page.locator("mark:target").inner_text().startswith("Le train de nuit entre Kyiv")
    page.get_by_text("Back to the digest").first.click()
    assert page.locator(".story:target .head").inner_text().startswith("Night train")


def test_a_permalink_of_the_feed_opens_its_story(browser: Browser, digest: Path) -> None:
    from chromium import visit

    story = envelope_of_made(NEWS).stories[1].story
    seen = visit(browser, digest, anchor=f"#s-{story.id}-1")
    order = seen.page.evaluate("[...document.querySelectorAll('.story')].map(s => s.id)")
    seen = visit(browser, digest, anchor=f"#{order[7]}")
    assert seen.page.locator(f"#{order[7]} details").first.evaluate("d => d.open")


def test_it_prints_what_is_unfolded_and_nothing_of_the_screen(
    browser: Browser, digest: Path
) -> None:
    from chromium import visit

    page = visit(browser, digest).page
    text = _printed(page.pdf(format="A4"))
    assert "Night train from Kyiv to Paris returns in March after four years" in text
    assert "Find in this digest" not in text
    assert "La région Grand Est versera" not in text
    page.locator(".lead summary").click()
    assert "La région Grand Est versera" in _printed(page.pdf(format="A4"))


def _printed(pdf: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_index_finds_past_stories_without_a_server(browser: Browser, nights: Path) -> None:
    from chromium import visit

    seen = visit(browser, nights / "index.html")
    page = seen.page
    assert page.locator(".night").count() == 3
    assert page.locator("svg rect").count() == 9
    page.keyboard.press("/")
    page.keyboard.type("вакцина")  # of a title in Ukrainian, which the list does not show
    found = [item for item in page.locator(".past").all() if item.is_visible()]
    assert found
    assert all("swine fever" in item.inner_text() for item in found)
    found[0].locator("a").click()
    page.locator(".story:target").wait_for()  # a click does not wait for the page it leads to
    page.get_by_text("All digests").click()
    page.wait_for_url("**/index.html")
    assert seen.console == []


@pytest.mark.parametrize("width", [360, 1280])
def test_hostile_texts_run_nothing_and_break_nothing(
    browser: Browser, nights: Path, tmp_path: Path, width: int
) -> None:
    from chromium import visit

    folder = nights.parent / f"{nights.name}-hostile"
    (tmp_path / "mail.html").write_text(render_mail_html(hostile()[0]), encoding="utf-8")
    apart = folder.with_name(f"{folder.name}-apart")
    files = [
        folder / "digest.html", *folder.rglob("documents/**/*.html"), tmp_path / "mail.html",
        apart / "digest.html", *apart.glob("stories/*.html"),
    ]  # fmt: skip
    assert len(files) > 6
    for file in files:
        seen = visit(browser, file, viewport={"width": width, "height": 800})
        page = seen.page
        page.evaluate(OPEN_ALL)
        page.wait_for_timeout(50)
        assert seen.is_calm(), seen
        assert page.title() != "pwned"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1").first.inner_text()
    page = visit(browser, files[0]).page
    assert page.locator(".story").count() == 4
    tops = page.evaluate(
        "[...document.querySelectorAll('.story')].map(s => s.getBoundingClientRect().toJSON())"
    )
    assert all(box["height"] > 20 for box in tops)
