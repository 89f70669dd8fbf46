"""nightdesk stories list: what the last nights told, without a model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newsroom import nightdesk
from story_texts import WordEncoder, story_document

from pipeline.config import Config
from pipeline.state.folder import memory_path
from pipeline.state.stories import EarlierStories
from pipeline.stories.stories import stories_of


def test_stories_of_the_last_nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTDESK_STATE", str(tmp_path / "state"))
    night = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    earlier = EarlierStories(memory_path(), night=night)
    documents = [story_document("Ferry sinks off Rhodes", "The ferry Aurelia sank off Rhodes.")]
    stories = stories_of(documents, encoder=WordEncoder(), earlier=earlier, config=Config())
    earlier.remember(stories, documents)
    (found,) = json.loads(nightdesk("stories", "list", "--json").out)
    assert (found["id"], found["state"]) == (stories[0].id, "quiet")
    assert found["headline"] == "Ferry sinks off Rhodes"
    assert "Ferry sinks off Rhodes" in nightdesk("stories", "list").out


def test_no_night_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTDESK_STATE", str(tmp_path / "state"))
    assert "no night has told a story yet" in nightdesk("stories", "list").out


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = nightdesk("stories", "list", str(tmp_path / "nowhere"))
    assert result.code == 2
    assert "nowhere" in result.err


@pytest.mark.model
def test_a_folder_is_listed_and_explained(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    ferry = "The ferry Aurelia sank off Rhodes in a storm on Sunday with 212 people on board.\n"
    for name in ("one-a.txt", "one-b.txt"):
        (inbox / name).write_text(f"Ferry Aurelia sinks off Rhodes\n\n{ferry}{name}\n", "utf-8")
    (inbox / "none.txt").write_text("", "utf-8")
    listed = nightdesk("stories", "list", inbox, "--alone")
    assert "one-a.txt (en)" in listed.out
    assert "none.txt: is empty" in listed.err
    told = nightdesk("stories", "explain", inbox, "one-b")
    assert "one-b.txt" in told.out
    assert "crossed: the title" in told.out
    several = nightdesk("stories", "explain", inbox, "one")
    assert several.code == 2
    assert "one-a.txt, one-b.txt" in several.err
