"""Poor nights say so first; embargoes hold, kills are told, limits and hours are kept."""

from __future__ import annotations

import dataclasses
import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from nights import BAKERY, DEPOT, LIBRARY
from poor_nights import NIGHT, Desk, first_sentences

from models.engine import Passage
from models.errors import EngineError
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.config import Config, Nightly
from pipeline.nightly.condition import Fault
from pipeline.nightly.night_desk import NightDesk
from pipeline.nightly.pages import bodies
from pipeline.nightly.run import rerun_night, run_night
from pipeline.progress import Silent
from pipeline.state.folder import open_state


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
