"""Nights are told once, whole or not at all, and never two at a time: with real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nights import BAKERY, DEPOT, LIBRARY, ORCHARD, ORCHARD_EN, Chat, House

from models.errors import EngineError
from pipeline.document import Document, Paragraph
from pipeline.errors import BusyError, UsageError
from pipeline.nightly.story import story_of
from pipeline.nightly.told import published
from pipeline.output.own_files import NIGHT_FILE
from pipeline.place import Span

PLAIN = 'The café "Маяк" – its owner, Léa, says – opens at ten.\n\nViews: 12\n'
STATES_OF_ONE_TEXT = (
    PLAIN.replace("Views: 12", "Views: 1 340"),
    PLAIN.replace("\n", "\r\n"),
    PLAIN.replace('"Маяк"', "«Маяк»"),
    unicodedata.normalize("NFD", PLAIN),
    PLAIN.replace("owner, Léa", "owner,\N{NO-BREAK SPACE}Léa").replace("opens at", "opens  at"),
    PLAIN.replace("–", "—") + "\n\n\n",
)


@pytest.fixture
def chat() -> Iterator[Chat]:
    server = Chat()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def house(chat: Chat, tmp_path: Path) -> House:
    config_file = tmp_path / "nightdesk.toml"
    config_file.write_text(
        f'profile = "server"\n'
        f'[stories]\ngroup = false\n[summarise]\njudge = "words"\n'
        f"[engine]\nwindow_documents = 1\n"  # a document is written before the next is begun
        f'[server]\nbase_url = "http://127.0.0.1:{chat.server_port}/v1"\nmodel = "tiny"\n'
    )
    (tmp_path / "inbox").mkdir()
    return House(tmp_path / "inbox", tmp_path / "out" / "nights", config_file)


def test_three_nights_over_an_inbox_that_grows(house: House) -> None:
    house.put(depot=DEPOT, orchard=ORCHARD)
    first = house.night("2026-03-01")
    house.put(bakery=BAKERY)
    second = house.night("2026-03-02")
    third = house.night("2026-03-03")

    assert (first.documents, second.documents, third.documents) == (2, 1, 0)
    assert house.visible() == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert house.told("2026-03-01") == ["depot.txt", "orchard.txt"]
    assert house.told("2026-03-02") == ["bakery.txt"]
    assert house.told("2026-03-03") == [], "a night without news is there, so absence is the alarm"
    assert "> Nothing new came in." in house.page("2026-03-03")
    assert "(../2026-03-02/digest.html)" in house.page("2026-03-03")
    assert "digest.html)" not in house.page("2026-03-03").replace("2026-03-02/digest.html)", "")
    assert third.message.startswith("published nothing new (nothing-new): ")
    assert (house.out / "latest").readlink() == Path("2026-03-03")
    assert ORCHARD_EN in house.page("2026-03-01")
    assert "The tram depot on the river will close on Monday." in house.page("2026-03-01")
    assert "tram depot" not in house.page("2026-03-02")
    assert house.hidden() == []


def test_a_night_holds_what_it_links_to(house: House) -> None:
    house.put(depot=DEPOT)
    folder = house.night("2026-03-01").folder
    assert folder is not None
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert names == {
        "digest.html", "digest.md", "digest.atom", "digest.json", "night.json", "run.json",
        "summary.md", "removed.jsonl",
        "documents/depot.txt.json", "documents/depot.txt.md", "documents/depot.txt.html",
    }  # fmt: skip
    assert 'href="documents/depot.txt.html"' in (folder / "digest.html").read_text("utf-8")
    assert folder.stat().st_mode == house.out.stat().st_mode, "readable as the other folders are"


def test_what_comes_later_the_same_day_is_told_by_the_next_night(house: House) -> None:
    house.put(depot=DEPOT)
    house.night("2026-03-01")
    before = house.page("2026-03-01")
    house.put(bakery=BAKERY)
    again = house.night("2026-03-01")
    assert again.folder is None
    assert again.message.endswith("published already; 1 new document waits for the next night")
    assert house.page("2026-03-01") == before
    assert house.night("2026-03-02").documents == 1


def test_a_changed_document_is_told_again_and_a_copy_is_not(house: House) -> None:
    house.put(depot=DEPOT)
    house.night("2026-03-01")
    house.put(depot=DEPOT.replace("Monday", "Tuesday"), copied=DEPOT)
    assert house.night("2026-03-02").documents == 1
    assert house.told("2026-03-02") == ["depot.txt"]
    assert "Told before, on 1 March 2026; it has changed since." in house.page("2026-03-02")
    assert "changed since" not in house.page("2026-03-01")


def test_equal_texts_of_one_night_are_all_told(house: House) -> None:
    house.put(a=DEPOT, b=DEPOT)
    house.night("2026-03-01")
    assert house.told("2026-03-01") == ["a.txt", "b.txt"]
    assert "b.txt" in house.page("2026-03-01")
    ledger = (house.out / "2026-03-01" / "removed.jsonl").read_text("utf-8")
    assert [json.loads(line)["kept"]["document"] for line in ledger.splitlines()] == ["a.txt"]
    assert house.night("2026-03-02").documents == 0


def test_a_new_entry_above_old_ones_is_new_and_they_are_not(house: House) -> None:
    house.feed({"title": "Bakery", "text": BAKERY}, {"title": "Depot", "text": DEPOT})
    house.night("2026-03-01")
    house.feed(
        {"title": "Library", "text": LIBRARY},
        {"title": "Bakery", "text": BAKERY},
        {"title": "Depot", "text": DEPOT.replace("Monday", "Tuesday")},
    )
    house.night("2026-03-02")
    assert house.told("2026-03-02") == ["feed.jsonl#1", "feed.jsonl#3"]
    library, depot = house.page("2026-03-02").split("## [")[1:]
    assert "changed since" not in library
    assert "Told before, on 1 March 2026; it has changed since." in depot
    assert house.night("2026-03-03").documents == 0


@pytest.mark.parametrize("change", STATES_OF_ONE_TEXT)
def test_what_says_the_same_in_other_bytes_is_no_news(house: House, change: str) -> None:
    house.put(cafe=f"{LIBRARY}\n{PLAIN}\n", depot=DEPOT)
    house.night("2026-03-01")
    house.put(cafe=f"{LIBRARY}\n{change}\n")
    assert house.night("2026-03-02").documents == 0


@pytest.mark.parametrize(
    ("earlier", "later", "same"),
    [
        ("Views: 120", "Views: 3,455", True),
        ("12 views | 3 shares", "1.2k views | 41 shares", True),
        ("Просмотров: 120. Комментарии: 4", "Просмотров: 3 455. Комментарии: 17", True),
        ("120 переглядів", "3455 переглядів", True),
        ("Vues : 120", "Vues : 3 455", True),
        ("👁 120", "👁 3455", True),
        ("Killed: 120", "Killed: 3,455", False),
        ("Погибших: 120", "Погибших: 3 455", False),
        ("Votes: 120", "Votes: 3,455", False),
        ("It has 120 views.", "It has 3,455 views.", False),
    ],
)
def test_a_counter_behind_the_last_sentence_makes_no_news(
    earlier: str, later: str, same: bool
) -> None:
    contents = set()
    for end in (earlier, later):
        text = f"The mill in Reyny will open in May, the council said. {end}"
        paragraph = Paragraph(0, text, Span(0, len(text)))
        contents.add(story_of(Document("id", "a.txt", text, "utf-8", (paragraph,))).content)
    assert len(contents) == (1 if same else 2)


def test_a_file_with_another_story_in_it_is_new_and_not_changed(house: House) -> None:
    house.put(today=DEPOT)
    house.night("2026-03-01")
    house.put(today=BAKERY)
    assert house.night("2026-03-02").documents == 1
    assert "changed since" not in house.page("2026-03-02")


def test_nights_of_an_earlier_version_are_still_known(house: House) -> None:
    house.put(depot=DEPOT, bakery=BAKERY)
    house.night("2026-03-01")
    path = house.out / "2026-03-01" / NIGHT_FILE
    record = json.loads(path.read_text("utf-8"))
    told = [{"id": d["id"], "name": d["name"]} for d in record["documents"]]
    path.write_text(json.dumps({**record, "documents": told, "told_before": ["0" * 16]}), "utf-8")
    house.put(depot=DEPOT.replace("Monday", "Tuesday"))
    house.night("2026-03-02")
    assert house.told("2026-03-02") == ["depot.txt"]
    assert "Told before, on 1 March 2026; it has changed since." in house.page("2026-03-02")


def test_who_clears_old_nights_away_is_not_told_them_again(house: House) -> None:
    house.put(depot=DEPOT)
    house.night("2026-03-01")
    house.put(bakery=BAKERY)
    house.night("2026-03-02")
    shutil.rmtree(house.out / "2026-03-01")
    house.put(library=LIBRARY)
    house.night("2026-03-03")
    assert house.told("2026-03-03") == ["library.txt"]


def test_what_cannot_be_used_is_named_and_stops_nobody(house: House) -> None:
    house.put(depot=DEPOT, empty="")
    outcome = house.night("2026-03-01")
    assert outcome.documents == 1
    assert [r.name for r in outcome.rejections] == ["empty.txt"]
    assert "- empty.txt: is empty: 0 bytes" in house.page("2026-03-01")


def test_what_cannot_be_used_is_named_once_and_again_when_it_has_changed(house: House) -> None:
    house.put(empty="", depot=DEPOT)
    assert [r.name for r in house.night("2026-03-01").rejections] == ["empty.txt"]
    second = house.night("2026-03-02")
    assert second.rejections == ()
    assert "**empty.txt**" not in house.page("2026-03-02")
    assert "named in an earlier digest: 1." in house.page("2026-03-02")
    assert house.night("2026-03-03").rejections == (), "and not every other night either"
    os.utime(house.inbox / "empty.txt", (0, 0))
    assert [r.name for r in house.night("2026-03-04").rejections] == ["empty.txt"]
    house.put(empty=BAKERY)
    assert house.night("2026-03-05").documents == 1


def test_an_empty_inbox_is_no_mistake_and_a_missing_one_is(house: House) -> None:
    assert house.night("2026-03-01").documents == 0
    house.inbox.rmdir()
    with pytest.raises(UsageError, match="no such folder"):
        house.night("2026-03-02")
    assert house.visible() == ["2026-03-01"]


def test_nights_within_the_inbox_are_not_read(house: House, monkeypatch) -> None:
    house.put(depot=DEPOT)
    monkeypatch.chdir(house.inbox.parent)
    house.out = Path("inbox/../inbox/nights")  # spelled otherwise than the inbox is
    assert house.night("2026-03-01").documents == 1
    assert house.night("2026-03-02").documents == 0


def test_an_inbox_within_the_nights_is_refused(house: House) -> None:
    house.put(depot=DEPOT)
    house.out = house.inbox
    with pytest.raises(UsageError, match="is in the folder of the nights"):
        house.night("2026-03-01")


def test_the_date_is_that_of_the_zone(house: House) -> None:
    # The two are 25 hours apart, so their dates differ at any time of any day.
    house.put(depot=DEPOT)
    here = house.night(None, timezone="Pacific/Pago_Pago")
    house.put(bakery=BAKERY)
    there = house.night(None, timezone="Pacific/Kiritimati")
    assert there.date > here.date
    assert house.visible() == [here.date, there.date]


@pytest.mark.parametrize(
    ("date", "timezone", "message"),
    [
        ("2026-02-30", "UTC", "not a date: '2026-02-30'"),
        ("tomorrow", "UTC", "not a date"),
        (None, "Europe/Kyev", "unknown time zone 'Europe/Kyev'"),
    ],
)
def test_a_date_or_zone_that_is_none_is_refused(
    house: House, date: str | None, timezone: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        house.night(date, timezone=timezone)
    assert not house.out.exists()


def test_a_killed_night_is_never_seen_and_the_next_run_makes_it(house: House, chat: Chat) -> None:
    house.put(a_depot=DEPOT, b_bakery=BAKERY)
    chat.stops_at = "bakery"
    with ExitStack() as stack:
        process = stack.enter_context(house.start("2026-03-01"))
        stack.callback(process.kill)
        assert chat.stopped.wait(60), process.communicate(timeout=5)[0]
        (half,) = house.hidden()
        _wait_for((half / "documents" / "a_depot.txt.md").exists)
        assert house.visible() == []

        with pytest.raises(BusyError, match=re.escape(str(house.out))):
            house.night("2026-03-01")  # never two at a time, and the other one is not disturbed
        assert process.poll() is None
        assert half.exists()

        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    assert house.visible() == []
    assert published(house.out).ids == frozenset()

    chat.gate.set()
    outcome = house.night("2026-03-01")
    assert (outcome.documents, house.visible()) == (2, ["2026-03-01"])
    assert house.hidden() == [], "what the killed night left is gone"


DIES_AT_THE_RENAME = """
import os, pathlib, signal, sys
rename = pathlib.Path.rename

def renamed(self, target):
    night = pathlib.Path(target).name == "2026-03-01"
    if night and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    moved = rename(self, target)
    if night:
        os.kill(os.getpid(), signal.SIGKILL)
    return moved

pathlib.Path.rename = renamed
moment, *sys.argv = sys.argv[1:]
from pipeline.cli import main
main()
"""


@pytest.mark.parametrize(("moment", "first"), [("before", 0), ("after", 1)])
def test_a_crash_around_the_rename_tells_nothing_twice(
    house: House, moment: str, first: int
) -> None:
    house.put(depot=DEPOT)
    done = subprocess.run(
        [sys.executable, "-c", DIES_AT_THE_RENAME, moment, "nightdesk", "nightly", "run",
         "--inbox", house.inbox, "--out", house.out, "--date", "2026-03-01",
         "--config", house.config_file],
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert len(house.visible()) == first
    assert house.night("2026-03-02").documents == 1 - first
    told = [house.told(night) for night in house.visible()]
    assert [names for names in told if names] == [["depot.txt"]]


def test_a_broken_engine_leaves_no_night(house: House, chat: Chat) -> None:
    house.put(depot=DEPOT)
    chat.status = 401
    with pytest.raises(EngineError):
        house.night("2026-03-01")
    assert house.visible() == []
    assert house.hidden() == []
    chat.status = 200
    assert house.night("2026-03-01").documents == 1


def test_the_command_publishes_and_says_where(house: House) -> None:
    house.put(depot=DEPOT)
    with house.start("2026-03-01") as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert f"published 1 document: {house.out / '2026-03-01' / 'digest.html'}" in said
    house.put(empty="")
    with house.start("2026-03-02") as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1, said
    assert "published nothing new" in said
    assert said.count("not used: empty.txt: is empty: 0 bytes") == 1


def _wait_for(there: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)
