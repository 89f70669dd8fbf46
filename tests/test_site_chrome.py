"""Site chrome in whole pages, and the lines that many pages of a site share."""

from __future__ import annotations

from dataclasses import replace

from pages import EN, FR, RU, UK, page

from pipeline.document import Document, Origin
from pipeline.stages.clean import Clean
from pipeline.stages.dedup import Dedup
from pipeline.stages.site_chrome import SiteChrome


def site(*pages: tuple[str, ...], folder: str = "site") -> list[Document]:
    return [replace(page(*lines), name=f"{folder}/{k}.txt") for k, lines in enumerate(pages)]


def removed(documents: list[Document], *, dedup: bool = False) -> list[list[int]]:
    done = Dedup().run(documents) if dedup else documents
    return [
        [p.index for p in d.paragraphs if p.removal and p.removal.reason == "site-wide"]
        for d in SiteChrome().run(done)  # type: ignore[arg-type]
    ]


SLOGAN, FOOT = "Portside, the voice of the quay", "A house of the Reyny group"


def test_a_line_at_the_edge_of_many_pages_is_chrome_whatever_it_says() -> None:
    pages = site((SLOGAN, "One", EN, FOOT), (SLOGAN, "Two", FR, FOOT), (SLOGAN, "Three", RU, FOOT))
    assert removed(pages) == [[0, 3]] * 3
    assert removed(pages[::-1]) == [[0, 3]] * 3
    assert removed(pages[:1]) == [[]], "one page is no site"
    assert removed(pages[:2]) == [[0, 3]] * 2
    elsewhere = [replace(d, name=f"{k}/page.txt") for k, d in enumerate(pages)]
    assert removed(elsewhere) == [[]] * 3, "three folders with a page each"


def test_a_hash_in_the_name_of_a_file_makes_no_site_of_it() -> None:
    pages = site((SLOGAN, "One", EN, FOOT), (SLOGAN, "Two", FR, FOOT), (SLOGAN, "Three", RU, FOOT))
    reports = [replace(d, name=f"site/report #{k}.txt") for k, d in enumerate(pages)]
    assert removed(reports) == [[0, 3]] * 3, "files of one folder"
    feeds = [replace(d, name=f"feed #{k}.jsonl#1", origin=Origin(part="1"))
             for k, d in enumerate(pages)]  # fmt: skip
    assert removed(feeds) == [[]] * 3, "three feeds with a page each"
    feed = [replace(d, name=f"feed.jsonl#{k}", origin=Origin(part=str(k)))
            for k, d in enumerate(pages)]  # fmt: skip
    assert removed(feed) == [[0, 3]] * 3, "three lines of a feed"


def test_what_stands_between_texts_is_not_site_chrome() -> None:
    pages = site(("One", EN, "Background", UK), ("Two", FR, "Background", EN + " More."),
                 ("Three", RU, "Background", FR + " Plus."))  # fmt: skip
    assert removed(pages) == [[]] * 3


def test_reposts_of_one_text_are_one_page() -> None:
    pages = site(*[("The boat returns to the northern quay", EN, UK)] * 3)
    pages = [replace(d, id=str(k)) for k, d in enumerate(pages)]
    assert removed(pages, dedup=True) == [[]] * 3


def test_two_of_many_pages_are_not_enough() -> None:
    texts = (EN, FR, RU, UK, EN.replace("Monday", "Friday") + " So it said.")
    pages = site(*((f"Title {k}", text) for k, text in enumerate(texts)))
    pages[0] = replace(page(SLOGAN, EN), name="site/0.txt")
    pages[1] = replace(page(SLOGAN, FR), name="site/1.txt")
    assert removed(pages) == [[]] * 5


def test_its_removals_are_told_from_those_of_the_clean_up() -> None:
    stage = SiteChrome()
    pages = site((SLOGAN, "One", EN), (SLOGAN, "Two", FR), (SLOGAN, "Three", RU))
    removals = [p.removal for d in stage.run(pages) for p in d.paragraphs if p.removal]
    assert {(r.stage, r.reason) for r in removals} == {("site-chrome", "site-wide")}
    assert stage.name != Clean().name
