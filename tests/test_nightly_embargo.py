"""Texts under an embargo, and those that an agency takes back, in a night."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from nights import BAKERY, DEPOT, LIBRARY
from poor_nights import Desk

from pipeline.document import Origin
from pipeline.stages.standing import is_withdrawn


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "in").mkdir()
    return Desk(tmp_path)


def entry(text: str, **more: object) -> dict[str, object]:
    return {"text": text, "id": "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", **more}


@pytest.fixture
def wire(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a wire whose origin has a status and an embargo, whichever reader reads those."""
    from pipeline.nightly import run as module

    origins: dict[str, Origin] = {}
    plain = module.read_inbox

    def read(*arguments, **options):
        for item in plain(*arguments, **options):
            origin = origins.get(item.name)
            yield item if origin is None else dataclasses.replace(item, origin=origin)

    monkeypatch.setattr(module, "read_inbox", read)

    def put(name: str, text: str, **origin: str) -> None:
        desk.put(name, text)
        origins[name] = Origin(**origin)

    return put


def test_a_text_under_embargo_waits_for_its_hour(desk: Desk, wire: Callable[..., None]) -> None:
    wire("depot.txt", DEPOT, identifier="tag:a", embargo_until="2026-03-02T02:00:00+02:00")
    outcome = desk.run()
    assert (outcome.documents, outcome.rejections) == (0, ())
    assert desk.first_lines("2026-03-01")[-1] == (
        "Texts under embargo, which wait for their hour: 1."
    )
    folder = desk.root / "out" / "2026-03-01"
    for path in (p for p in folder.rglob("*") if p.is_file()):
        assert "depot" not in path.read_text(encoding="utf-8").lower(), path
    assert desk.next().documents == 1, "at 02:30 in Kyiv it is over"


EMBARGOES: tuple[tuple[dict[str, object], str], ...] = (
    ({"embargo": "2026-03-01"}, "told"),  # it has begun in Kyiv
    ({"embargo": "2026-03-01T02:30"}, "told"),
    ({"embargo": False}, "told"),
    ({"embargo": "2026-03-01T02:31"}, "waits"),  # a time of the desk's zone
    ({"embargo": "1 марта 2026 22:00"}, "waits"),
    ({"embargo": "2026-03-01T00:31:00Z"}, "waits"),
    ({"status": "embargoed"}, "waits"),  # without an end
    ({"embargo": "9999-12-31"}, "waits"),
    ({"embargo": "2026-03-01 06:00 EST"}, "named"),  # of Sydney, or of New York?
    ({"embargo": True}, "named"),
)


def test_the_embargoes_of_a_feed_hold_in_a_night(desk: Desk) -> None:
    desk.put(
        "feed.jsonl",
        [
            {"text": DEPOT.replace("depot", f"depot {n}"), "id": f"depot-{n}", **embargo}
            for n, (embargo, _) in enumerate(EMBARGOES)
        ],
    )
    outcome = desk.run()
    became = [expected for _, expected in EMBARGOES]
    assert outcome.documents == became.count("told")
    assert outcome.condition.embargoed == became.count("waits")
    named = {f"feed.jsonl#{n}" for n, what in enumerate(became, start=1) if what == "named"}
    assert {r.name for r in outcome.rejections} == named
    assert all("embargo that cannot be read" in r.reason for r in outcome.rejections)


def test_an_embargo_is_lifted_by_a_later_version_and_the_earlier_one_stays_untold(
    desk: Desk,
) -> None:
    first = entry(DEPOT, version="1", embargo_until="2026-03-04T00:00:00Z")
    second = entry(DEPOT.replace("Monday", "Tuesday"), version="2", status="usable")
    desk.put("1.jsonl", [first])
    assert (desk.run().documents, desk.first_lines("2026-03-01")[-1][-2:]) == (0, "1.")
    desk.put("2.jsonl", [second])
    outcome = desk.next()
    assert outcome.documents == 1
    assert outcome.condition.embargoed == 1
    for _ in range(3):
        outcome = desk.next()
        assert outcome.documents == 0, "the hour of the first version is of no interest any more"
    assert outcome.condition.refused_before == 1


def test_the_earlier_version_is_told_while_its_correction_waits(desk: Desk) -> None:
    later = entry(DEPOT.replace("Monday", "Tuesday"), version="2", embargo="2026-03-02T00:00:00Z")
    desk.put("feed.jsonl", [entry(DEPOT, version="1"), later])
    assert desk.run().documents == 1
    assert desk.next().documents == 1
    page = (desk.root / "out" / "2026-03-02" / "digest.md").read_text("utf-8")
    assert "Tuesday" in page


def test_an_embargo_that_nobody_can_read_is_no_news(desk: Desk, wire: Callable[..., None]) -> None:
    wire("depot.txt", DEPOT, embargo_until="tomorrow, perhaps")
    outcome = desk.run()
    assert outcome.documents == 0
    assert "embargo that cannot be read: 'tomorrow, perhaps'" in outcome.rejections[0].reason


@pytest.mark.parametrize(
    ("status", "killed"),
    [
        ("stat:canceled", True), ("withheld", True), ("http://cv.iptc.org/status/Canceled", True),
        ("stat:usable", False), ("usable", False), ("embargoed", False), (None, False), ("", False),
    ],
)  # fmt: skip
def test_a_kill_is_known_by_its_status(status: str | None, killed: bool) -> None:
    assert is_withdrawn(Origin(status=status)) is killed


def test_what_an_agency_takes_back_is_not_told_and_what_was_told_is_taken_back_once(
    desk: Desk, wire: Callable[..., None]
) -> None:
    wire("1.txt", DEPOT, identifier="tag:depot", version="1", status="stat:usable")
    wire("2.txt", BAKERY, identifier="tag:bakery", version="1")
    desk.run()
    wire("3.txt", DEPOT + "Kill.", identifier="tag:depot", version="2", status="stat:canceled")
    wire("4.txt", LIBRARY, identifier="tag:library", version="1")
    wire("5.txt", LIBRARY + "Kill.", identifier="tag:library", version="2", status="withheld")
    outcome = desk.next()
    assert outcome.documents == 0
    names = {r.name: r.reason for r in outcome.rejections}
    assert names.keys() == {"1.txt", "3.txt", "4.txt", "5.txt"}
    assert names["3.txt"] == "version 2 of tag:depot is canceled: its agency has withdrawn it"
    assert names["1.txt"] == "version 1 of tag:depot was withdrawn by its agency, in 3.txt"
    said = [line for line in desk.first_lines("2026-03-02") if "agency" in line]
    (line,) = said
    assert line.startswith("Taken back by its agency: “The tram depot on the river will close")
    assert line.endswith("”, told on 1 March 2026. Do not use it.")
    again = desk.next()
    assert again.rejections == ()
    assert not [line for line in desk.first_lines("2026-03-03") if "agency" in line]
    new = DEPOT.replace("Monday", "Tuesday")
    wire("6.txt", new, identifier="tag:depot", version="3", status="stat:usable")
    assert desk.next().documents == 1, "given out again, it is told again"
