"""Kills, embargoes and corrections: what an agency has withdrawn or not yet released."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.document import Document, Origin, Rejection
from pipeline.sources.block import Block, make_document
from pipeline.stages.release import Release
from pipeline.stages.standing import embargo_ends

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ITEM = "urn:newsml:agency.example:20260301:quay"


def wire(name: str, **origin: str) -> Document:
    text = f"The quay was closed, says {name}."
    return make_document(
        text, [Block(0, len(text))], name=name, encoding="utf-8", origin=Origin(**origin)
    )


def released(documents: Sequence[Document]) -> tuple[list[str], dict[str, str]]:
    """Return the names that are told, and why the others are not."""
    found = Release(lambda: NOON).run(documents)
    assert [item.name for item in found] == [document.name for document in documents]
    refused = [item for item in found if isinstance(item, Rejection)]
    assert all(item.stage == "release" and item.hint and item.origin for item in refused)
    told = [item.name for item in found if isinstance(item, Document)]
    return told, {item.name: item.reason for item in refused}


@pytest.mark.parametrize(
    "status", ["canceled", "cancelled", "withheld", "stat:canceled", "Stat:Withheld", "killed"]
)
def test_a_withdrawn_text_is_rejected(status: str) -> None:
    told, refused = released([wire("a", status=status, identifier=ITEM, version="2")])
    assert told == []
    assert f"version 2 of {ITEM} is {status.rpartition(':')[2].lower()}" in refused["a"]
    assert "withdrawn" in refused["a"]


@pytest.mark.parametrize("status", ["usable", "stat:usable", "published", "corrected"])
def test_other_states_are_told(status: str) -> None:
    assert released([wire("a", status=status, identifier=ITEM)]) == (["a"], {})


@pytest.mark.parametrize(
    ("until", "waits"),
    [
        ("2026-03-02T12:00:01+00:00", True),
        ("2026-03-02T12:00:00+00:00", False),
        ("2026-03-02T14:30:00+03:00", False),
        ("2026-03-02T13:30:00+01:00", True),
        ("2026-03-03", True),
        ("2026-03-02", False),  # the second of March has begun everywhere
        ("2026-03-02T09:00:00", True),  # without a zone it may be any
    ],
)
def test_an_embargo_is_over_at_its_hour(until: str, waits: bool) -> None:
    told, refused = released([wire("a", embargo_until=until, identifier=ITEM)])
    assert told == ([] if waits else ["a"])
    assert all(f"under embargo until {until}" in reason for reason in refused.values())


@pytest.mark.parametrize(
    ("written", "zone", "ends"),
    [
        ("2026-03-01", None, "2026-03-01T12:00:00+00:00"),  # where it begins last
        ("2026-03-01", "Europe/Kyiv", "2026-02-28T22:00:00+00:00"),
        ("2026-03-01T06:00", "America/St_Johns", "2026-03-01T09:30:00+00:00"),
        ("2026-03-01T06:00:00+05:45", "America/St_Johns", "2026-03-01T00:15:00+00:00"),
        ("2026-10-25T03:30", "Europe/Kyiv", "2026-10-25T01:30:00+00:00"),  # there twice
        ("2026-03-29T03:30", "Europe/Kyiv", "2026-03-29T01:30:00+00:00"),  # skipped
        ("9999-12-31T23:00", None, "9999-12-31T23:59:59.999999+00:00"),
        ("0001-01-01", "Asia/Kathmandu", "9999-12-31T23:59:59.999999+00:00"),
    ],
)
def test_an_embargo_ends_at_an_instant(written: str, zone: str | None, ends: str) -> None:
    place = ZoneInfo(zone) if zone else None
    found = embargo_ends(Origin(embargo_until=written), zone=place)
    assert found == datetime.fromisoformat(ends)


def test_the_zone_of_a_desk_counts_where_an_embargo_names_none() -> None:
    [here] = Release(lambda: NOON, zone=ZoneInfo("Europe/Kyiv")).run(
        [wire("a", embargo_until="2026-03-02T13:59:00")]
    )
    assert isinstance(here, Document)


def test_an_embargo_that_cannot_be_read_is_named() -> None:
    _, refused = released([wire("a", embargo_until="after the vote", identifier=ITEM)])
    assert refused["a"] == (f"{ITEM} is under an embargo that cannot be read: 'after the vote'")


def test_an_embargo_without_an_hour_has_no_end() -> None:
    _, refused = released([wire("a", status="embargoed")])
    assert refused["a"] == "the text is under embargo without an end"


def test_a_correction_replaces_its_earlier_version_in_any_order() -> None:
    first, third, tenth = (wire(f"{n}.xml", identifier=ITEM, version=n) for n in ("1", "3", "10"))
    for order in ([first, third, tenth], [tenth, third, first], [third, tenth, first]):
        told, refused = released(order)
        assert told == ["10.xml"]
        assert refused["1.xml"] == f"version 1 of {ITEM} was replaced by version 10, in 10.xml"


def test_a_kill_takes_the_earlier_versions_with_it() -> None:
    versions = [
        wire("a", identifier=ITEM, version="1"),
        wire("b", identifier=ITEM, version="2", status="canceled"),
        wire("other", identifier=f"{ITEM}-2", version="1"),
    ]
    told, refused = released(versions)
    assert told == ["other"]
    assert refused["a"] == f"version 1 of {ITEM} was withdrawn by its agency, in b"


@pytest.mark.parametrize(
    ("numbered", "told"),
    [
        ({"updated_at": "2026-03-01T10:00:00+00:00"}, []),  # the kill is of noon
        ({"updated_at": "2026-03-01T15:00:00+02:00"}, ["a"]),
        ({}, []),  # nobody knows: the kill holds
    ],
)
def test_a_kill_without_a_version_takes_what_is_not_surely_later(
    numbered: dict[str, str], told: list[str]
) -> None:
    versions = [
        wire("a", identifier=ITEM, version="3", **numbered),
        wire("b", identifier=ITEM, status="killed", updated_at="2026-03-01T12:00:00Z"),
    ]
    assert released(versions)[0] == told


def test_a_state_before_the_kill_stays_away_when_a_later_one_is_given_out() -> None:
    versions = [
        wire("a", identifier=ITEM, updated_at="2026-03-01T10:00:00Z"),
        wire("b", identifier=ITEM, status="withheld", updated_at="2026-03-01T11:00:00Z"),
        wire("c", identifier=ITEM, updated_at="2026-03-01T12:00:00Z"),
    ]
    assert released(versions)[0] == ["c"]


def test_a_text_that_was_withheld_comes_back_with_a_later_version() -> None:
    versions = [
        wire("a", identifier=ITEM, version="1", status="withheld"),
        wire("b", identifier=ITEM, version="2", status="usable"),
    ]
    assert released(versions)[0] == ["b"]


def test_the_earlier_version_stands_while_its_correction_waits() -> None:
    versions = [
        wire("a", identifier=ITEM, version="1"),
        wire("b", identifier=ITEM, version="2", embargo_until="2026-03-05T00:00:00+00:00"),
    ]
    assert released(versions)[0] == ["a"]


def test_texts_of_two_publishers_and_rows_without_one_are_not_mixed_up() -> None:
    documents = [
        wire("a", identifier="quay-2026", publisher="One", version="1"),
        wire("b", identifier="quay-2026", publisher="Two", version="2"),
        wire("c", identifier="7", version="1"),
        wire("d", identifier="7", version="2"),
        wire("e", identifier=ITEM),
        wire("f", identifier=ITEM),
    ]
    assert released(documents)[0] == ["a", "b", "c", "d", "e", "f"]


WIRES = Path(__file__).parent / "data" / "formats"


def test_a_single_text_under_embargo_is_not_summarised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTDESK_STATE", str(tmp_path / "state"))
    done = CliRunner().invoke(app, ["summarize", str(WIRES / "newsml" / "embargo.xml")])
    assert done.exit_code == 1
    assert "under embargo until 2099-01-01T00:00:00+00:00; run again" in done.stderr
    assert done.stdout == ""


def test_a_folder_tells_what_its_agency_forbids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTDESK_STATE", str(tmp_path / "state"))
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name in ("nitf/plain.xml", "nitf/kill.xml", "newsml/withheld.xml", "ninjs/embargo.json"):
        (inbox / Path(name).name).write_bytes((WIRES / name).read_bytes())
    call = ["run", str(inbox), "--dry-run", "--json", "--out", str(tmp_path / "out")]
    survey = json.loads(CliRunner().invoke(app, call).stdout)
    refused = {r["name"]: r for r in survey["rejections"]}
    assert set(refused) == {"plain.xml", "kill.xml", "withheld.xml", "embargo.json"}
    assert "was withdrawn by its agency, in kill.xml" in refused["plain.xml"]["reason"]
    assert refused["withheld.xml"]["origin"]["status"] == "withheld"
    assert refused["embargo.json"]["origin"]["embargo_until"] == "2099-05-01T06:00:00+03:00"
