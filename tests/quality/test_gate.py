"""The gate: no value falls below its floor, and no floor falls in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from floors import Floor, Lowered, committed, digest, fallen, parse, read, written
from values import Value, values

VALUES = values()
BY_RULES = [name for name, value in VALUES.items() if not value.by_model]


@pytest.mark.parametrize("name", BY_RULES)
def test_a_value_reaches_its_floor(name: str) -> None:
    assert VALUES[name].measure() >= read()[name].least()


def test_every_value_has_a_floor_with_the_corpus_it_was_measured_on() -> None:
    floors = read()
    assert list(floors) == list(VALUES)
    for name, value in VALUES.items():
        floor = floors[name]
        assert floor.metric == value.metric
        assert floor.sha256 == digest(value.files), (
            f"{name}: its corpus changed; renew the floor: "
            f"python tests/quality/measure.py --update --reason '...' {name}"
        )
        assert floor.complaints() == [], name


def test_no_floor_stands_lower_than_in_an_earlier_commit_without_a_reason(
    repository: Path,
) -> None:
    versions = [parse(text) for _, text in committed(repository)]
    for newer, older in zip([read(), *versions], versions, strict=False):
        assert fallen(newer, older) == []


@pytest.mark.parametrize("name", [name for name, value in VALUES.items() if value.by_model])
def test_translation_is_held_to_a_measured_value(name: str) -> None:
    floor = read()[name]
    if floor.provisional is not None:
        pytest.skip(f"not yet: python tests/quality/measure.py --update {name}")
    assert floor.least() >= min(floor.measured.values()) - 2.0


HELD = Floor("accuracy", "a", {"any": 90.0}, best=90.0)


def test_a_value_rises_by_itself_and_falls_only_with_a_reason() -> None:
    higher = HELD.renewed(95.0, number_format="any", sha256="a")
    assert (higher.least(), higher.best, higher.reason) == (94.0, 95.0, "")
    with pytest.raises(Lowered, match=r"94\.9 is below 95\.0"):
        higher.renewed(94.9, number_format="any", sha256="a")
    lower = higher.renewed(94.0, number_format="any", sha256="a", reason="slang came in")
    assert (lower.least(), lower.best, lower.reason) == (93.0, 95.0, "slang came in")
    assert lower.complaints() == []
    assert replace(lower, reason="").complaints() == ["lowered from 95.0 without a reason"]
    again = lower.renewed(95.0, number_format="any", sha256="a")
    assert again.reason == ""


def test_a_provisional_floor_holds_until_a_value_is_measured_and_is_no_way_down() -> None:
    old = Floor("chrF2++", "a", slack=2.0, provisional=60.0)
    assert (old.least("int8"), old.complaints()) == (60.0, [])
    found = old.renewed(70.0, number_format="int8", sha256="a")
    assert (found.least("int8"), found.provisional) == (68.0, None)
    with pytest.raises(Lowered, match="allows less than before"):
        old.renewed(61.0, number_format="int8", sha256="a")


def test_another_corpus_wants_a_reason_and_begins_anew() -> None:
    with pytest.raises(Lowered, match="corpus"):
        HELD.renewed(99.0, number_format="any", sha256="b")
    found = HELD.renewed(70.0, number_format="any", sha256="b", reason="harder lines")
    assert (found.sha256, found.best, dict(found.measured)) == ("b", 70.0, {"any": 70.0})


def test_a_floor_lowered_by_hand_is_seen_beside_the_commit_before() -> None:
    before = {"x": HELD}
    by_hand = (
        replace(HELD, measured={"any": 80.0}, best=80.0),
        replace(HELD, slack=5.0),
        replace(HELD, measured={}, provisional=10.0, best=0.0),
    )
    for floor in by_hand:
        assert fallen({"x": floor}, before), floor
        assert not fallen({"x": replace(floor, reason="said why")}, before)
    assert fallen({}, before) == ["x: is gone"]
    assert not fallen({"x": replace(HELD, measured={"any": 91.0}, best=91.0)}, before)


def test_a_wide_slack_is_a_complaint() -> None:
    assert replace(HELD, slack=1.5).complaints() == ["slack 1.5 is not above 0 and at most 1.0"]


def test_formats_are_held_to_their_own_values_and_a_new_one_to_the_lowest() -> None:
    floor = Floor("chrF2++", "a", {"bfloat16": 77.0, "int8": 75.0}, best=77.0, slack=2.0)
    assert [floor.least(f) for f in ("bfloat16", "int8", "float32")] == [75.0, 73.0, 73.0]


def test_what_is_written_is_read_again() -> None:
    floors = {**read(), "odd": replace(HELD, reason='a "quoted" reason — ї')}
    assert parse(written(floors)) == floors


def test_a_changed_corpus_has_another_sum(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("ab")
    two.write_text("c")
    before = digest([one, two])
    one.write_text("a")
    two.write_text("bc")
    assert digest([one, two]) != before


def test_the_measured_value_is_what_the_gate_would_miss() -> None:
    """A gate whose measure is a constant lets everything through: a worse splitter shows."""
    value: Value = VALUES["sentences-en"]
    assert value.measure() > 50
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.lang.sentences.sentences", lambda text, *, language: [text])
        assert value.measure() == 0
