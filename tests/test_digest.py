"""The digest says what it holds, in four languages, and nothing in it can become markup."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html
from markdown_it import MarkdownIt

from pipeline.digest.night import Item, Night
from pipeline.digest.render import render_html, render_markdown
from pipeline.digest.wording import wording
from pipeline.document import Rejection
from pipeline.lang.data import tags

HOSTILE = '<script>alert("1")</script> & <img src=x onerror=alert(2)> {{ 7 * 7 }} [a](javascript:b)'
NIGHT = Night(
    date="2026-11-24",
    title="Night desk",
    timezone="Europe/Kyiv",
    language="en",
    items=(
        Item("depot.txt", "ru", "The depot closes", "en", "2026-11-20",
             ("It closes on Monday.", "Buses take over."), (), "documents/depot.txt.md"),
        Item("wires.jsonl#12", "fr", "Une crue & ses suites", "fr", None,
             ("The river rose.",), ("a remark",), "documents/wires.jsonl#12.md", "2026-11-22"),
        Item("été ?.md", "mis", "été ?.md", None, None, (), (), "documents/été ?.md.md"),
        Item("d.txt", "uk", "Orchard", "en", None, ("It stays.",), (), "documents/d.txt.md"),
    ),
    not_read="2 .csv (a.csv, b.csv)",
    rejections=(Rejection("scan.pdf", "sources", "has no text in it", "scan it again"),),
    generated_at="2026-11-24T00:31:07+00:00",
    models=("tiny-translator@2", "tiny-chat@1"),
)  # fmt: skip


def page(night: Night = NIGHT) -> html.HtmlElement:
    return html.document_fromstring(render_html(night))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_page_has_the_structure_that_it_shows() -> None:
    root = page()
    assert root.get("lang") == "en"
    assert [words(h) for h in root.iter("h1")] == ["Night desk"]
    (day,) = root.xpath("//header//time")
    assert (day.get("datetime"), words(day)) == ("2026-11-24", "Tuesday, 24 November 2026")
    articles = root.findall(".//main/article")
    assert [words(a.find("h2")) for a in articles] == [i.headline for i in NIGHT.items]
    assert words(articles[0].find_class("summary")[0]) == "It closes on Monday. Buses take over."
    assert articles[0].find(".//time").get("datetime") == "2026-11-20"
    assert [h.get("lang") for h in root.xpath("//article/h2")] == ["en", "fr", None, "en"]
    assert words(articles[2].find_class("none")[0]) == "No summary."
    assert "Another language" in words(articles[2])
    assert [words(n) for n in articles[1].find_class("note")] == [
        "Told before, on 22 November 2026; it has changed since.",
        "a remark",
    ]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {ref for value in root.xpath("//@aria-labelledby") for ref in value.split()} <= set(ids)
    assert {href[1:] for href in root.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def test_the_page_says_what_was_not_used_who_wrote_it_and_when() -> None:
    root = page()
    refused = words(root.get_element_by_id("not-used"))
    assert refused == "Not used scan.pdf has no text in it What to do: scan it again"
    footer = words(root.find(".//footer"))
    assert "by a machine, tiny-translator@2, tiny-chat@1." in footer
    assert "24 November 2026, 02:31 (Europe/Kyiv)" in footer, "00:31 UTC is 02:31 in Kyiv"
    assert "Russian\N{NO-BREAK SPACE}1" in root.find(".//header").text_content()
    quiet = page(dataclasses.replace(NIGHT, rejections=(), models=()))
    assert "machine" not in words(quiet.body), "nothing was written by one"
    assert not quiet.xpath("//*[@id='not-used']")
    assert "Not used" not in words(quiet.body)


def test_links_lead_to_the_files_whatever_their_names() -> None:
    for href, item in zip(page().xpath("//article/h2/a/@href"), NIGHT.items, strict=True):
        parts = urlsplit(href)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert unquote(parts.path) == item.link


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    root = page()
    assert not root.xpath("//script | //link | //img | //iframe | //object | //form")
    assert not root.xpath("//@src | //@*[starts-with(name(), 'on')]")
    style = root.findtext(".//style")
    assert "url(" not in style
    assert "@import" not in style
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert root.xpath("//meta[@name='viewport']")


def test_a_short_night_needs_no_table_of_contents() -> None:
    assert len(page().xpath("//nav//li/a")) == 4
    assert not page(dataclasses.replace(NIGHT, items=NIGHT.items[:3])).xpath("//nav")


def hostile() -> Night:
    item = Item(HOSTILE, HOSTILE, HOSTILE, '"><b>', "2026-11-20", (HOSTILE,), (HOSTILE,), HOSTILE)
    return dataclasses.replace(
        NIGHT,
        title=HOSTILE,
        items=(item,) * 4,
        rejections=(Rejection(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        models=(HOSTILE,),
    )


def test_nothing_becomes_markup_in_html() -> None:
    root, calm = page(hostile()), page()
    assert {e.tag for e in root.body.iter()} <= {e.tag for e in calm.body.iter()}
    assert words(root.find(".//h1")) == HOSTILE
    assert words(root.find_class("summary")[0]) == HOSTILE
    assert not root.xpath("//@src | //@*[starts-with(name(), 'on')]")
    assert not any(":" in href.partition("/")[0] for href in root.xpath("//a/@href"))


def test_nothing_becomes_markup_in_markdown() -> None:
    shown = html.document_fromstring(MarkdownIt("commonmark").render(render_markdown(hostile())))
    assert not shown.xpath("//script | //img | //b")
    assert {unquote(href) for href in shown.xpath("//a/@href")} == {HOSTILE}
    assert words(shown.xpath("//h2/following-sibling::p[2]")[0]) == HOSTILE


def test_the_markdown_reads_as_what_it_is() -> None:
    shown = html.document_fromstring(MarkdownIt("commonmark").render(render_markdown(NIGHT)))
    assert words(shown.find(".//h1")) == "Night desk, Tuesday, 24 November 2026"
    heads = [words(h) for h in shown.iter("h2")]
    assert heads == [*(i.headline for i in NIGHT.items), "Not used"]
    assert [unquote(h) for h in shown.xpath("//h2/a/@href")] == [i.link for i in NIGHT.items]
    assert "It closes on Monday. Buses take over." in [words(p) for p in shown.iter("p")]
    assert [words(q) for q in shown.iter("blockquote")] == [
        "Told before, on 22 November 2026; it has changed since.",
        "a remark",
    ]
    assert [words(i) for i in shown.iter("li")] == [
        "scan.pdf has no text in it. What to do: scan it again"
    ]
    assert "tiny-chat@1" in words(shown.xpath("//p")[-1])


@pytest.mark.parametrize("language", tags())
def test_every_target_language_has_its_words(language: str) -> None:
    night = dataclasses.replace(NIGHT, language=language)
    root = page(night)
    assert root.get("lang") == language
    text = words(root.body) + render_markdown(night)
    assert "{" not in text, "every blank is filled"
    month = {"en": "November", "fr": "novembre", "ru": "ноября", "uk": "листопада"}[language]
    assert month in text
    if language != "en":
        english, own = wording("en"), wording(language)
        for field in dataclasses.fields(own):
            same = getattr(own, field.name) == getattr(english, field.name)
            assert not same or (language, field.name) == ("fr", "documents")


def test_the_templates_are_in_the_package() -> None:
    from importlib import resources

    names = {p.name for p in (resources.files("pipeline.digest") / "templates").iterdir()}
    assert names == {"digest.html.jinja", "digest.md.jinja"}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1200])
def test_a_browser_shows_it_without_a_sideways_scroll(tmp_path: Path, width: int) -> None:
    """Chromium measures the page in a frame as wide as a phone, and as wide as a desk."""
    long = dataclasses.replace(NIGHT.items[0], name="x" * 200, headline="y" * 200)
    night = dataclasses.replace(NIGHT, items=(*NIGHT.items, long))
    (tmp_path / "digest.html").write_text(render_html(night), encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        f'<iframe src="digest.html" width="{width}" height="600"></iframe><p id="p"></p><script>'
        'const frame = document.querySelector("iframe"); frame.onload = () => {'
        "const e = frame.contentDocument.documentElement;"
        'document.getElementById("p").textContent = `${e.scrollWidth - e.clientWidth}`; };</script>'
    )
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    done = subprocess.run(
        [str(browser), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'profile'}",
         "--virtual-time-budget=3000", "--dump-dom", (tmp_path / "frame.html").as_uri()],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    measured = html.document_fromstring(done.stdout).get_element_by_id("p").text_content()
    assert measured == "0", done.stderr
