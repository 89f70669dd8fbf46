"""How language identifiers are measured, and what stands beside ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from newsroom import nightdesk

from pipeline.evaluate.langid import Contestant, measure, read_sets, record, table
from pipeline.evaluate.rivals import rivals
from pipeline.progress import Silent


@pytest.fixture
def langid_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "langid"
    folder.mkdir()
    for name, text in (
        ("ru.sentences", "Совет перенёс голосование.\nМост закрыли рано.\n\n"),
        ("en.sentences", "The bridge was closed early.\nThe vote was put off.\n"),
        ("bg.sentences", "Никой не очакваше мостът да бъде затворен толкова рано.\n"),
        ("en.single-words", "weather\nalthough\n"),
    ):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_shares_of_right_answers_are_counted_by_file(langid_folder: Path) -> None:
    always = Contestant("always", "1", closed=lambda text: "ru", open=lambda text: "bg")
    sets = read_sets(langid_folder)
    rows = {
        (r.length, r.language): r
        for r in measure(sets, [always], languages=["ru", "en"], progress=Silent())
    }
    assert rows["sentences", "ru"].lines == 2
    assert rows["sentences", "ru"].closed == 1.0
    assert rows["sentences", "ru"].open == 0.0
    assert rows["sentences", "en"].closed == 0.0
    assert rows["sentences", "bg"].closed is None
    assert rows["sentences", "bg"].open == 1.0  # any language that is not ours is right


def test_contestants_take_turns_and_see_every_line_once_for_each_question() -> None:
    asked: list[tuple[str, str, str]] = []

    def contestant(name: str) -> Contestant:
        def by(question: str):
            return lambda text: asked.append((name, question, text)) or "en"

        return Contestant(name, "1", closed=by("closed"), open=by("open"))

    lines = [f"line {number}" for number in range(350)]
    measure(
        {("sentences", "en"): lines},
        [contestant("one"), contestant("two")],
        languages=["en"],
        progress=Silent(),
    )
    asked = [one for one in asked if one[2] in lines]  # the rest is to warm up
    for name in ("one", "two"):
        for question in ("open", "closed"):
            assert [text for *who, text in asked if who == [name, question]] == lines
    turns = [name for i, (name, *_) in enumerate(asked) if not i or asked[i - 1][0] != name]
    assert turns == ["one", "two", "one", "two", "one"]  # whoever was last begins the next turn


def test_langdetect_stands_beside_ours(langid_folder: Path) -> None:
    (plain,), missing = rivals(["ru", "uk", "fr", "en"], packages=["langdetect"])
    assert missing == []
    rows = measure(
        read_sets(langid_folder), [plain], languages=["ru", "uk", "fr", "en"], progress=Silent()
    )
    assert {r.closed for r in rows if r.language in ("ru", "en") and r.length == "sentences"} == {1}
    assert plain.closed("123") == "und"
    shown = table(rows, [plain])
    assert "langdetect 1.0.9" in shown
    overall = shown.split("all lengths")[1].splitlines()[1].split()
    assert overall[-1] == "1.0"  # times as fast as itself
    assert float(overall[-2]) > 0
    found = record(rows, [plain], missing=["lingua"])
    assert json.loads(json.dumps(found)) == found


def test_eval_langid_is_a_command(langid_folder: Path, tmp_path: Path) -> None:
    done = nightdesk("eval", "langid", langid_folder, "--alone", "--json")
    assert done.code == 0, done.err
    rows = json.loads(done.out)["rows"]
    assert {(r["language"], r["closed"]) for r in rows if r["length"] == "sentences"} == {
        ("ru", 1.0), ("en", 1.0), ("bg", None),
    }  # fmt: skip
    done = nightdesk("eval", "langid", tmp_path)
    assert done.code == 2
    assert "XX.sentences.txt" in done.err
