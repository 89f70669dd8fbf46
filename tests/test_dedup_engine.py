"""The engine under the stage: what sketches see, who may be kept, what earlier nights know."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Paragraph, Translation, content_id
from pipeline.lang.normalise import normalise
from pipeline.output.ledger import entries
from pipeline.place import Span
from pipeline.stages.dedup import Dedup
from pipeline.stages.duplicates.candidates import candidate_pairs
from pipeline.stages.duplicates.compare import shared_shingles, similarities
from pipeline.stages.duplicates.find import find_copies, without_chrome
from pipeline.stages.duplicates.sketch import bare, sketch
from pipeline.stages.duplicates.vetoes import veto
from pipeline.stages.same_text import SameText
from pipeline.state.nights import EarlierNights

WORDS = re.findall(
    r"\w+",
    "harbour council winter ferry evening captain bridge market village doctor teacher engine "
    "letter garden window summer station railway mountain weather kitchen morning border forest",
)


def sentence(chance: random.Random, words: int = 30) -> str:
    """Return running text that nobody else has."""
    made = [
        chance.choice(WORDS) + chance.choice("aeiou") * chance.randint(0, 2) for _ in range(words)
    ]
    return " ".join(made).capitalize() + "."


def document(name: str, *texts: str, date: str | None = None) -> Document:
    joined = "\n\n".join(texts)
    paragraphs, at = [], 0
    for index, text in enumerate(texts):
        paragraphs.append(Paragraph(index, text, Span(at, at + len(text))))
        at += len(text) + 2
    return Document(content_id(joined), name, joined, "utf-8", tuple(paragraphs), date=date)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
@example(["пʼять", "ʼ", "п’ять"])
@example(["½ № ß ﬁ 𝐀", "\uffff", "e\u0301 й", "10²"])
@settings(max_examples=300, deadline=None)
def test_what_normalises_alike_is_sketched_alike(texts: list[str]) -> None:
    plain = sketch([normalise(text) for text in texts])
    found = sketch(texts)
    assert (found.keys == plain.keys).all()
    assert (found.shingles == plain.shingles).all()


@given(st.lists(st.text(max_size=30), max_size=5), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_a_sketch_depends_on_its_text_alone(texts: list[str], workers: int) -> None:
    together = sketch(texts, workers=workers)
    apart = [sketch([text]) for text in texts]
    assert together.keys.tolist() == [int(s.keys[0]) for s in apart]
    assert together.shingles.tolist() == [int(x) for s in apart for x in s.shingles]
    assert len(bare(texts)) == len(texts)


def test_a_long_text_keeps_about_as_many_shingles_as_a_short_one() -> None:
    chance = random.Random(2)
    sizes = sketch([sentence(chance, n) for n in (40, 80, 160, 320, 640)]).sizes
    assert all(12 <= size <= 60 for size in sizes.tolist())


def test_pairs_are_later_and_earlier_and_each_once() -> None:
    chance = random.Random(3)
    text = sentence(chance)
    texts = [sentence(chance), text, sentence(chance), text.replace("e", "ee", 1), text.upper()]
    sketches = sketch(texts)
    [part] = candidate_pairs(sketches.shingles, sketches.sizes)
    rows = part.tolist()
    assert {(3, 1), (4, 1), (4, 3)} <= set(map(tuple, rows))
    assert rows == sorted(rows)
    assert len(set(map(tuple, rows))) == len(rows)
    assert all(later > earlier for later, earlier in rows)


def test_similarity_knows_damage_order_and_cuts() -> None:
    chance = random.Random(4)
    one, two = sentence(chance, 25), sentence(chance, 25)
    texts = [f"{one} {two}", f"{two} {one}", one, sentence(chance, 50)]
    found = similarities(texts, sketch(texts), np.array([[1, 0], [2, 0], [3, 0]]), threshold=0.8)
    assert found[0] > 0.9
    assert found[1] > 0.9
    assert found[2] == 0
    assert shared_shingles("abcdefgh", "abcdefgh") == 1.0


def test_standing_texts_stay_and_late_ones_are_never_kept() -> None:
    chance = random.Random(5)
    text = sentence(chance)
    damaged = text.replace("a", "aa", 2)
    found = find_copies([text, text, damaged], threshold=0.8, standing=2)
    assert found.kept.tolist() == [0, 1, 0]
    found = find_copies([damaged, text, text], threshold=0.8, leading=0)
    assert found.kept.tolist() == [0, 1, 2]


def test_many_texts_cost_no_more_memory_for_pairs_than_their_parts(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(6)
    texts = [sentence(chance) for _ in range(300)]
    texts += [text.replace("o", "oo", 1) for text in texts]
    whole = find_copies(texts, threshold=0.8)
    monkeypatch.setattr("pipeline.stages.duplicates.candidates._PART_TEXTS", 7)
    monkeypatch.setattr("pipeline.stages.duplicates.sketch._BATCH_CHARS", 50)
    monkeypatch.setattr("pipeline.stages.duplicates.find._CHUNK_PAIRS", 3)
    parts = find_copies(texts, threshold=0.8)
    assert parts.kept.tolist() == whole.kept.tolist()
    assert parts.similarity.tolist() == whole.similarity.tolist()
    assert len(whole.indices()) > 250


def test_any_order_and_any_number_of_workers_give_the_same_ledger() -> None:
    chance = random.Random(7)
    base = [sentence(chance) for _ in range(60)]
    documents = [
        document(f"{k:03}.txt", *chance.sample(base, 3), date=chance.choice([None, "2026-01-01"]))
        for k in range(50)
    ]
    documents += [
        document(f"n{k:03}.txt", text.replace("e", "ee", 3).replace("a", "", 1))
        for k, text in enumerate(base)
    ]
    ledgers = set()
    for run in range(6):
        chance.shuffle(documents)
        done = Dedup(workers=(1, 2, 4)[run % 3]).run(documents)
        ledgers.add("\n".join(sorted(str(e.as_json()) for d in done for e in entries(d))))
    assert len(ledgers) == 1
    assert ledgers.pop().count("near-copy") >= 30


def test_a_sentence_that_lost_its_full_stop_is_still_a_copy() -> None:
    text = "The evening boat will sail again from March, the council of the town said on Monday."
    cut = text.rstrip(".").replace("council", "counncil")
    done = {d.name: d for d in Dedup().run([document("a", cut), document("b", text)])}
    assert done["b"].kept()
    assert done["a"].paragraphs[0].removal is not None


def test_chrome_around_a_copy_does_not_hide_it() -> None:
    text = (
        "The evening boat will sail again from the first of March, the council of the town said "
        "on Monday after a debate of four hours that many people had come to hear."
    )
    around = f"{text} Subscribe to our newsletter."
    assert without_chrome(around) == text
    done = {
        d.name: d
        for d in Dedup().run(
            [document("a", text, date="2026-01-01"), document("b", around, date="2026-01-02")]
        )
    }
    assert done["b"].paragraphs[0].removal is not None
    more = f"{text} The mayor resigned."
    done = {
        d.name: d
        for d in Dedup().run(
            [document("a", text, date="2026-01-01"), document("b", more, date="2026-01-02")]
        )
    }
    assert done["b"].kept(), "another sentence would be lost"


@pytest.mark.parametrize(
    ("copy", "kept", "reason"),
    [
        ("The boat did sail on time from the old quay in the north.",
         "No, the boat did sail on time from the old quay in the north.", "negation"),
        ("The yard built ships in the winter for 3 firms from the coast.",
         "The yard built ships in the winter for 3.5 firms from the coast.", "number"),
        ("Captain Orlova said the boat was ready for the evening.",
         "Captain Orlov said the boat was ready for the evening.", "name"),
    ],
)  # fmt: skip
def test_one_word_that_stands_alone_is_a_fact(copy: str, kept: str, reason: str) -> None:
    assert veto(copy, kept) == reason


def test_a_night_is_compared_with_the_nights_before_it(tmp_path: Path) -> None:
    state = tmp_path / "memory.sqlite"
    chance = random.Random(8)
    wire, other, fresh = sentence(chance), sentence(chance), sentence(chance)
    first = document("wire.txt", wire, other)
    night = EarlierNights(state, before="2026-01-01", nights=2, present=frozenset())
    assert night.like([wire]) == []
    night.remember(Dedup(earlier=night).run([first]))  # type: ignore[arg-type]

    repost = document("repost.txt", fresh, wire.replace("e", "ee", 1))
    later = EarlierNights(state, before="2026-01-02", nights=2, present=frozenset({first.id}))
    [done] = Dedup(earlier=later).run([repost])
    assert isinstance(done, Document)
    assert [p.removal is not None for p in done.paragraphs] == [False, True]
    kept = done.paragraphs[1].removal.kept  # type: ignore[union-attr]
    assert kept is not None
    assert (kept.document, kept.paragraph) == ("wire.txt", 0)

    gone = EarlierNights(state, before="2026-01-02", nights=2, present=frozenset())
    [done] = Dedup(earlier=gone).run([repost])
    assert isinstance(done, Document)
    assert len(done.kept()) == 2, "the original has left the folder: its text comes back"

    for day in ("2026-01-02", "2026-01-03", "2026-01-04"):
        EarlierNights(state, before=day, nights=2, present=frozenset()).remember(
            [document(f"{day}.txt", sentence(chance))]
        )
    old = EarlierNights(state, before="2026-01-05", nights=2, present=frozenset({first.id}))
    assert old.like([wire]) == [], "older than two nights"


def test_a_night_that_is_made_again_takes_its_own_place(tmp_path: Path) -> None:
    chance = random.Random(9)
    text = sentence(chance)
    for _ in range(2):
        night = EarlierNights(
            tmp_path / "memory.sqlite", before="2026-01-01", nights=7, present=frozenset()
        )
        night.remember([document("a.txt", text)])
    there = frozenset({document("a.txt", text).id})
    later = EarlierNights(tmp_path / "memory.sqlite", before="2026-01-02", nights=7, present=there)
    assert len(later.like([text])) == 1


def _in(language: str, name: str, *rows: tuple[str, str]) -> Document:
    """Return a document of (text, translation) in one language."""
    made = document(name, *(text for text, _ in rows))
    paragraphs = tuple(
        Paragraph(
            p.index, p.text, p.span, language=language,
            translation=None if language == "en" else Translation(rows[p.index][1], "en", ()),
        )
        for p in made.paragraphs
    )  # fmt: skip
    return Document(made.id, name, made.text, "utf-8", paragraphs, language=language)


def test_the_same_in_two_languages_is_linked_and_kept() -> None:
    french = (
        "Le bac du soir entre Tarsk et Reyny reprendra dès le premier mars, a décidé le conseil.",
        "The evening ferry between Tarsk and Reyny will resume from 1 March, the council decided.",
    )
    weather = (
        "La neige a fermé la route du col pour la troisième fois, et un car a dû attendre.",
        "Snow has closed the pass road for the third time, and a bus had to wait.",
    )
    english = (
        "The evening ferry between Tarsk and Reyny will run again from 1 March, said the council."
    )
    dearer = english.replace("1 March", "15 March")
    documents = [_in("fr", "f.txt", french, weather), _in("en", "e.txt", (english, ""))]
    stage = SameText(target="en")
    for order in (documents, documents[::-1]):
        done = {d.name: d for d in stage.run(order)}
        assert [(c.document, c.paragraph) for c in done["f.txt"].paragraphs[0].same_as] == [
            ("e.txt", 0)
        ]
        assert [(c.document, c.paragraph) for c in done["e.txt"].paragraphs[0].same_as] == [
            ("f.txt", 0)
        ]
        assert done["f.txt"].paragraphs[1].same_as == ()
        assert all(p.removal is None for d in done.values() for p in d.paragraphs)
    other = [_in("fr", "f.txt", french), _in("en", "e.txt", (dearer, ""))]
    assert not any(p.same_as for d in stage.run(other) for p in d.paragraphs)
    assert list(stage.run([])) == []


@pytest.mark.parametrize(
    ("figure", "same"), [("3.5", True), ("3.50", True), ("35", False), ("350", False)]
)
def test_a_decimal_mark_is_part_of_the_figure_that_links_two_languages(
    figure: str, same: bool
) -> None:
    french = (
        "Le prix du billet entre Tarsk et Reyny passera à 3,5 couronnes, a décidé le conseil.",
        "The ticket between Tarsk and Reyny will cost 3.5 crowns, the council has decided.",
    )
    english = f"The ticket between Tarsk and Reyny will cost {figure} crowns, said the council."
    documents = [_in("fr", "f.txt", french), _in("en", "e.txt", (english, ""))]
    linked = [bool(d.paragraphs[0].same_as) for d in SameText(target="en").run(documents)]
    assert linked == [same, same]
