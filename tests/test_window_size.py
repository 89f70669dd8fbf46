"""No result depends on the order of files, or on how many of them are translated together."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.engine import Passage, Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.batch import run_items
from pipeline.config import Config
from pipeline.document import Document, Paragraph, Rejection, content_id
from pipeline.lang.edits import applied
from pipeline.place import Span
from pipeline.progress import Silent
from pipeline.stages.naming.mentions import Key, Rendering
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.sources import Page
from pipeline.state.folder import open_state
from pipeline.state.names import NameMemory

COUNT = 130  # documents: two windows of the usual size, and two more
ENGLISH = "The mayor of the port, Mika Oravain, resigned on Monday after a long night of talks."


def document(name: str, *texts: str) -> Document:
    source = "\n\n".join(texts)
    paragraphs = tuple(
        Paragraph(i, text, Span(source.index(text), source.index(text) + len(text)))
        for i, text in enumerate(texts)
    )
    return Document(content_id(source), name, source, "utf-8", paragraphs)


def folder() -> list[Document]:
    """Return many Russian texts of two men, and one English one that has one of their names."""
    russian = [
        document(
            f"{at:03}.txt",
            f"Вчера судья Квентрелл открыл в нашем городе новый мост номер {at}.",
            f"Потом Квентрелла поздравил Мика Оравайн, а {at} рабочих получили награды.",
            f"Жители пришли посмотреть на реку, и праздник продолжался {at + 2} часа подряд.",
        )
        for at in range(COUNT - 1)
    ]
    return [*russian, document("last.txt", ENGLISH)]


def answer(segment: Segment) -> str:
    """Spell a judge in three ways, each of which is the commonest for a while."""
    number = int(re.findall(r"\d+", segment.text)[0])
    judge = ("Quentrell", "Kventrel", "Kventrell")[number // 30 % 3]
    mayor = "Mika Oravain" if "Oravain" in segment.text else "Micah Orawine"
    if "мост" in segment.text:
        return f"Yesterday Judge {judge} opened new bridge number {number} in our city."
    if "награды" in segment.text:
        return f"Then {mayor} congratulated {judge}, and {number} workers received their awards."
    return (
        f"People came to look at the river, and the feast went on for {number} hours on end,"
        " with music in the streets and lights on all the boats, as it had not been for years."
    )


def summary(passage: Passage) -> str:
    return " ".join(line for line in passage.text.splitlines()[:2])


def told(
    tmp_path: Path, documents: Sequence[Document | Rejection], *, window: int, state: str = "state"
) -> tuple[dict[str, Any], ScriptedSummariser]:
    """Return what the files of a run say of each document, and who wrote the summaries."""
    config = Config().keeping_all()
    config = replace(config, engine=replace(config.engine, window_documents=window))
    summariser = ScriptedSummariser(summary)
    out = tmp_path / "out"
    with open_state(tmp_path / f"{state}.sqlite") as kept:
        run_items(
            documents,
            out,
            title="Test",
            config=config,
            state=kept,
            progress=Silent(),
            engines=(ScriptedTranslator(answer), summariser),
        )
    records = [json.loads(p.read_text("utf-8")) for p in (out / "documents").glob("*.json")]
    return {r["name"]: (r["paragraphs"], r["summary"]) for r in records}, summariser


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return told(tmp_path_factory.mktemp("usual"), folder(), window=1000)[0]


def test_names_are_spelt_in_one_way_and_as_the_folder_spells_them(usual: dict[str, Any]) -> None:
    texts = json.dumps(usual)
    assert len(usual) == COUNT
    assert texts.count("Kventrell ") + texts.count("Kventrell,") == 0
    # Twice in the text and in its summary, with its evidence; once in headline and keywords.
    assert texts.count("Quentrell") == (COUNT - 1) * 8
    assert texts.count("Mika Oravain") >= (COUNT - 1) * 2 + 2
    assert "Orawine" not in texts


@pytest.mark.parametrize(("window", "seed"), [(1, 1), (7, 2), (64, 3), (64, 4), (1000, 5)])
def test_neither_order_nor_window_changes_a_word(
    tmp_path: Path, usual: dict[str, Any], window: int, seed: int
) -> None:
    documents = folder()
    random.Random(seed).shuffle(documents)
    assert told(tmp_path, documents, window=window)[0] == usual


def test_a_second_run_says_the_same_and_one_window_is_summarised_once(
    tmp_path: Path, usual: dict[str, Any]
) -> None:
    first, summariser = told(tmp_path, folder(), window=1000)
    assert len(summariser.asked) == COUNT - 1  # the English text is too short for one
    assert len(set(summariser.asked)) == COUNT - 1
    again, summariser = told(tmp_path, folder()[::-1], window=7)
    assert first == again == usual
    assert summariser.asked == []


def test_nothing_is_remembered_of_names_until_the_run_is_over(tmp_path: Path) -> None:
    judge = Key("квентрелл", "ru", "en")
    memory = NameMemory(tmp_path / "state.sqlite")
    names = Names(memory=memory)
    renderings = [
        Rendering("Вчера приехал Квентрелл.", "Kventrel came yesterday.", "ru"),
        Rendering("Все ждали Квентрелла.", "Everybody waited for Kventrel.", "ru"),
    ]
    names.unify(renderings, target="en", settles=False)
    assert memory.recall([judge]) == {}
    names.unify(renderings, target="en")
    assert memory.recall([judge]) == {judge: ("Kventrel", "vote")}


def test_what_a_name_is_does_not_hang_on_the_texts_beside_it() -> None:
    sources = [("Вчера Зумбрега видели в порту.", "ru"), ("Зумбрег ушёл домой.", "ru")]
    names = Names(spells_unseen=True)
    names.learn([Page(sources=[text]) for text in sources], target="en")
    together = names.placed(sources, target="en")
    assert together == ["Вчера Zumbreg видели в порту.", "Zumbreg ушёл домой."]
    assert [names.placed([text], target="en")[0] for text in sources] == together


def test_in_a_large_folder_one_capital_makes_no_name_of_a_noun() -> None:
    slip = Page(sources=[("Вчера Воротник сломался в порту.", "ru")])
    plain = Page(sources=[("Воротник сломался. Нашли воротник и продали воротник.", "ru")])
    names = Names(spells_unseen=True)
    for count, expected in ((60, "Vorotnik"), (200, "Воротник")):
        names.learn([slip, *[plain] * count], target="en")
        (found,) = names.placed([("Воротник сломался.", "ru")], target="en")
        assert found.split()[0] == expected


def test_in_a_large_folder_one_lower_case_slip_does_not_unmake_a_name() -> None:
    def translated(count: int) -> str:
        pages = [Page(sources=[(f"Вчера {at} раз звали Брандта.", "ru")]) for at in range(count)]
        names = Names()
        names.learn(pages, target="en")
        said = [
            Rendering(p.sources[0][0], f"Yesterday they called Brundt {at} times.", "ru")
            for at, p in enumerate(pages)
        ]
        said[0] = replace(said[0], target="Yesterday they called brundt 0 times.")
        said[1] = replace(said[1], target="Yesterday they called Brandtt 1 times.")
        return applied(said[1].target, names.unify(said, target="en")[1])

    assert translated(60) == "Yesterday they called Brandtt 1 times."
    assert translated(200) == "Yesterday they called Brundt 1 times."
