"""Stories from night to night: one id, only what is new, and nothing told twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from story_texts import WordEncoder, pairs_together, rows, story_document

from models.engine import Encoder
from pipeline.config import Config
from pipeline.document import Document
from pipeline.state.stories import EarlierStories
from pipeline.stories.stories import stories_of
from pipeline.stories.story import State, Story

SUNK = "The ferry Aurelia went down off Rhodes in a storm with 212 people on board."
ARREST = "The captain of the ferry Aurelia that went down off Rhodes was arrested with 2 sailors."


def night(
    path: Path, date: str, documents: list[Document], *, encoder: Encoder | None = None
) -> tuple[Story, ...]:
    earlier = EarlierStories(path, night=date)
    stories = stories_of(
        documents, encoder=encoder or WordEncoder(), earlier=earlier, config=Config()
    )
    earlier.remember(stories, documents)
    return stories


def ferry(text: str, *, name: str = "a.txt", title: str = "Ferry Aurelia off Rhodes") -> Document:
    return story_document(title, text, name=name)


def test_a_story_goes_on_under_its_id(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    (first,) = night(path, "2026-03-01", [ferry(SUNK)])
    (second,) = night(path, "2026-03-02", [ferry(f"{SUNK} {ARREST}", name="b.txt")])
    assert (first.state, first.since) == (State.NEW, "2026-03-01")
    assert (second.id, second.state, second.since) == (first.id, State.DEVELOPING, "2026-03-01")
    assert second.update == ARREST
    assert [sentence.text for sentence in second.sentences] == [ARREST]


def test_the_same_again_is_quiet(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    (first,) = night(path, "2026-03-01", [ferry(SUNK)])
    (second,) = night(
        path, "2026-03-02", [ferry(SUNK, name="b.txt", title="Off Rhodes: ferry Aurelia")]
    )
    assert (second.id, second.state, second.update) == (first.id, State.QUIET, "")
    # What a quiet night had is not told: the third night is new against the first.
    (third,) = night(path, "2026-03-03", [ferry(ARREST, name="c.txt")])
    assert (third.id, third.state) == (first.id, State.DEVELOPING)


def test_a_second_attempt_of_a_night_is_the_first(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    first = night(path, "2026-03-01", [ferry(SUNK)])
    assert night(path, "2026-03-01", [ferry(SUNK)]) == first


def test_another_event_is_another_story(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    (first,) = night(path, "2026-03-01", [ferry(SUNK)])
    other = story_document("Budget passes in Oslo", "Deputies voted for the budget after a debate.")
    (second,) = night(path, "2026-03-02", [other])
    assert second.id != first.id
    assert second.state is State.NEW


def test_two_groups_of_one_story_are_told_once(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    night(path, "2026-03-01", [ferry(f"{SUNK} {ARREST}")])
    stories = night(path, "2026-03-02", [ferry(SUNK, name="b.txt"), ferry(ARREST, name="c.txt")])
    assert len(stories) == len({story.id for story in stories})


def test_old_nights_are_forgotten_and_resolved(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    night(path, "2026-03-01", [ferry(SUNK)])
    (story,) = EarlierStories(path, night="2026-03-03").stories()
    assert story.state_on("2026-03-03") is State.QUIET
    assert story.state_on("2026-03-09") is State.RESOLVED
    assert EarlierStories(path, night="2026-04-01").stories() == []


@pytest.mark.model
def test_seven_nights_in_three_languages(tmp_path: Path) -> None:
    from pipeline.profiles import profile_encoder

    encoder = profile_encoder(Config())
    nights: dict[int, list[Document]] = {}
    for number, language, title, text in rows("stories-running.tsv"):
        day = f"2026-03-0{number}"
        document = story_document(title, text, language=language, day=day)
        nights.setdefault(int(number), []).append(document)
    others = list(pairs_together())[:10]
    for at, (_, one, other) in enumerate(others):
        nights[at % 7 + 1] += [one, other]
    path, told, ids = tmp_path / "memory.sqlite", [], []
    for number in sorted(nights):
        date = f"2026-03-0{number}"
        results = []
        for seed in range(3):
            random.Random(seed).shuffle(nights[number])
            results.append(night(path, date, nights[number], encoder=encoder))
        assert len({repr(result) for result in results}) == 1
        stories = results[0]
        assert len({story.id for story in stories}) == len(stories)
        (running,) = (
            s for s in stories if any("urelia" in x.title or "урелі" in x.title for x in s.sources)
        )
        ids.append(running.id)
        assert running.state is (State.NEW if number == 1 else State.DEVELOPING)
        assert bool(running.update) is (number > 1)
        told += [s.text for story in stories for s in story.sentences]
    assert len(set(ids)) == 1
    assert len(told) == len(set(told))
