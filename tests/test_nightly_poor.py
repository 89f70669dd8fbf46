"""Poor nights say so first; embargoes hold, kills are told, limits and hours are kept."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nights import BAKERY, DEPOT, LIBRARY

from models.engine import Passage
from models.errors import EngineError
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.config import Config, Nightly
from pipeline.document import Origin
from pipeline.nightly.condition import Fault
from pipeline.nightly.night_desk import NightDesk, NightOutcome
from pipeline.nightly.pages import bodies
from pipeline.nightly.run import rerun_night, run_night
from pipeline.progress import Silent
from pipeline.stages.standing import is_withdrawn
from pipeline.state.folder import open_state

NIGHT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def first_sentences(passage: Passage) -> str:
    return ". ".join(passage.text.split(". ")[:2]) + "."


@dataclasses.dataclass(slots=True)
class Desk:
    """An inbox and its nights, with an engine that is a function and a clock that stands still."""

    root: Path
    now: datetime = NIGHT
    options: Nightly = dataclasses.field(default_factory=Nightly)
    answer: Callable[[Passage], str] = first_sentences

    def put(self, name: str, content: str | list[dict[str, object]]) -> None:
        text = content if isinstance(content, str) else "\n".join(map(json.dumps, content))
        (self.root / "in").mkdir(exist_ok=True)
        (self.root / "in" / name).write_text(text, encoding="utf-8")

    def run(self, date: str | None = None, make=run_night) -> NightOutcome:
        with open_state(self.root / "state") as state:
            desk = NightDesk(
                (self.root / "in",), self.root / "out", timezone="Europe/Kyiv",
                config=Config(nightly=self.options), state=state, progress=Silent(),
                now=lambda: self.now,
                engines=(ScriptedTranslator(lambda s: s.text), ScriptedSummariser(self.answer)),
            )  # fmt: skip
            return make(desk, date=date)

    def next(self) -> NightOutcome:
        self.now += timedelta(days=1)
        return self.run()

    def first_lines(self, night: str) -> list[str]:
        page = (self.root / "out" / night / "digest.md").read_text(encoding="utf-8")
        return [line.removeprefix("> ") for line in page.split("\n## ")[0].splitlines()
                if line.startswith("> ")]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "in").mkdir()
    return Desk(tmp_path)


def test_a_good_night_says_nothing_of_itself(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    outcome = desk.run()
    assert outcome.is_well
    assert desk.first_lines("2026-03-01") == []


def test_sources_are_stale_by_their_own_dates(desk: Desk) -> None:
    old = {"text": DEPOT, "id": "1", "published": "2026-02-25T10:00:00Z"}
    desk.put("feed.jsonl", [old])
    outcome = desk.run()
    assert outcome.condition.faults == (Fault.STALE,)
    assert not outcome.is_well
    assert desk.first_lines("2026-03-01") == [
        "The sources are stale: the newest text is of 25 February 2026."
    ]
    second = desk.next()
    assert second.condition.faults == (Fault.NOTHING_NEW, Fault.STALE)
    desk.put("feed.jsonl", [old, {"text": BAKERY, "id": "2", "published": "2026-03-02T09:00:00Z"}])
    assert desk.next().is_well


def test_a_night_of_which_half_was_refused(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    desk.put("empty.txt", "")
    assert desk.run().condition.faults == (Fault.REFUSED,)
    assert desk.first_lines("2026-03-01") == ["Many texts could not be used: 1 of 2."]
    assert desk.next().condition.faults == (Fault.NOTHING_NEW,)
    assert desk.first_lines("2026-03-02") == [
        "Nothing new came in.",
        "Inputs that still cannot be used, named in an earlier digest: 1.",
    ]


def test_an_engine_that_writes_nothing_of_use(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    desk.put("bakery.txt", BAKERY)
    desk.answer = lambda passage: "The king of Norway resigned in 1887 with 4,711 ships."
    outcome = desk.run()
    assert outcome.condition.faults == (Fault.ENGINE,)
    (said,) = desk.first_lines("2026-03-01")
    assert said.startswith("The models did not write every summary: 2 of 2")


def test_an_engine_that_fails_leaves_no_night_and_none_of_yesterday(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    desk.run()
    desk.put("bakery.txt", BAKERY)

    def broken(_: Passage) -> str:
        raise EngineError("the device is gone")

    desk.answer = broken
    with pytest.raises(EngineError):
        desk.next()
    nights = sorted(p.name for p in (desk.root / "out").iterdir() if p.name.startswith("2"))
    assert nights == ["2026-03-01"], "nothing is published under a new date"
    assert (desk.root / "out" / "latest").readlink() == Path("2026-03-01")
    desk.answer = first_sentences
    outcome = desk.next()
    assert (outcome.date, outcome.documents) == ("2026-03-03", 1)
    assert desk.first_lines("2026-03-03")[0].startswith("There was no digest on 2 March 2026")


def test_at_the_deadline_the_night_is_published_and_the_rest_waits(desk: Desk) -> None:
    for number, text in enumerate((DEPOT, BAKERY, LIBRARY)):
        desk.put(f"{number}.txt", text)
    desk.options = Nightly(deadline="06:00")

    def slow(passage: Passage) -> str:
        desk.now += timedelta(hours=9)
        return first_sentences(passage)

    desk.answer = slow
    with open_state(desk.root / "state") as state:
        config = Config(nightly=desk.options)
        config = dataclasses.replace(
            config, engine=dataclasses.replace(config.engine, window_documents=1)
        )
        outcome = run_night(
            NightDesk(
                (desk.root / "in",), desk.root / "out", timezone="Europe/Kyiv", config=config,
                state=state, progress=Silent(), now=lambda: desk.now,
                engines=(ScriptedTranslator(lambda s: s.text), ScriptedSummariser(slow)),
            )
        )  # fmt: skip
    assert (outcome.documents, outcome.rejections) == (1, ())
    assert outcome.condition.faults == (Fault.DEADLINE,)
    assert desk.first_lines("2026-03-01")[0].endswith("wait for the next night: 2.")
    desk.answer, desk.now = first_sentences, NIGHT
    assert desk.next().documents == 2


def test_a_text_that_takes_the_models_too_long_is_rejected_alone(desk: Desk) -> None:
    desk.put("bakery.txt", BAKERY)
    desk.put("depot.txt", DEPOT)
    desk.options = Nightly(max_document_s=1.5)

    def stuck(passage: Passage) -> str:
        if "depot" in passage.text:
            time.sleep(60)
        return first_sentences(passage)

    desk.answer = stuck
    outcome = desk.run()
    assert outcome.documents == 1
    (rejection,) = outcome.rejections
    assert (rejection.name, rejection.stage) == ("depot.txt", "summarise")
    assert rejection.reason == "takes more than 1.5 s of the models"
    assert desk.next().rejections == (), "named once"


def test_a_night_has_room_for_so_many_and_a_text_for_so_much(desk: Desk) -> None:
    for number, text in enumerate((DEPOT, BAKERY, LIBRARY)):
        desk.put(f"{number}.txt", text)
    desk.put("long.txt", "\n\n".join(f"{DEPOT} {n}" for n in range(300)))
    desk.options = Nightly(max_documents=2, max_document_tokens=5_000)
    outcome = desk.run()
    assert outcome.documents == 2
    assert outcome.condition.faults == (Fault.LIMIT,)
    (rejection,) = outcome.rejections
    assert rejection.reason.startswith("is too long: about 2")
    assert desk.next().documents == 1


# Embargoes and kills.


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


# Made later, made again.


def test_a_night_that_is_made_later_says_so(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    desk.run("2026-02-26")
    assert desk.first_lines("2026-02-26") == ["This digest was made later, on 1 March 2026."]


def test_a_night_made_again_tells_its_own_documents_in_the_place_of_the_old_one(
    desk: Desk,
) -> None:
    desk.put("depot.txt", DEPOT)
    desk.run()
    desk.put("bakery.txt", BAKERY)
    desk.next()
    desk.put("library.txt", LIBRARY)
    desk.now += timedelta(days=1)
    desk.answer = lambda passage: passage.text.split(". ")[1] + "."
    outcome = desk.run("2026-03-01", make=rerun_night)
    assert (outcome.date, outcome.documents) == ("2026-03-01", 1)
    assert desk.first_lines("2026-03-01") == ["This digest was made later, on 3 March 2026."]
    third = desk.run()
    assert (third.date, third.documents) == ("2026-03-03", 1)
    assert (desk.root / "out" / "latest").readlink() == Path("2026-03-03")
    assert not list((desk.root / "out").glob(".[rn]*ght-*")), "nothing is left over"


def test_old_nights_go_and_are_not_made_again(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    desk.options = Nightly(keep_nights=2)
    desk.run()
    for _ in range(3):
        assert desk.next().documents == 0, "what a removed night told is still known"
    out = desk.root / "out"
    assert sorted(p.name for p in out.glob("2*")) == ["2026-03-03", "2026-03-04"]
    desk.now = NIGHT  # a clock that is set back
    assert "published already" in desk.run().message
    assert sorted(p.name for p in out.glob("2*")) == ["2026-03-03", "2026-03-04"]


def test_a_clock_that_was_set_back_makes_no_night_that_a_later_one_has_told(desk: Desk) -> None:
    desk.put("depot.txt", DEPOT)
    desk.run()
    desk.now += timedelta(days=3)  # the machine was off
    assert desk.run().condition.missed == ("2026-03-02", "2026-03-03")
    desk.now -= timedelta(days=2)
    outcome = desk.run()
    assert outcome.folder is None
    assert "2026-03-02 is over, a later night has told it" in outcome.message
    assert desk.run("2026-03-02").folder is not None, "who asks for it gets it"
    desk.now -= timedelta(days=9)
    assert desk.run().folder is not None, "a clock that ran far ahead must not silence the desk"


def test_a_date_to_come_is_refused(desk: Desk) -> None:
    from pipeline.errors import UsageError

    with pytest.raises(UsageError, match="2026-03-02 is still to come"):
        desk.run("2026-03-02")


def test_page_mail_and_feed_of_a_night_tell_the_same_stories(desk: Desk) -> None:
    for name, text in (("depot", DEPOT), ("bakery", BAKERY), ("library", LIBRARY)):
        desk.put(f"{name}.txt", text)
    desk.put("empty.txt", "")
    assert desk.run().documents == 3
    night = desk.root / "out" / "2026-03-01"
    sent = bodies(night)
    forms = {
        "mail": sent.html, "text": sent.text, "hook": json.dumps(sent.record),
        **{n: (night / f"digest.{n}").read_text("utf-8") for n in ("html", "md", "atom", "json")},
    }  # fmt: skip
    orders = set()
    for name, form in forms.items():
        places = [form.find(word) for word in ("tram depot", "old harbour", "on Sundays")]
        assert -1 not in places, name
        orders.add(tuple(sorted(range(3), key=places.__getitem__)))
        assert "empty.txt" in form or name == "atom", name
    assert len(orders) == 1, "in the same order"
