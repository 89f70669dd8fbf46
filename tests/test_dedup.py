"""Copies are found, what only looks like one is not, whatever the order of the input."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from copies import BOAT, PORT, PRIX, SNOW, VOTE, dedup, document, fates

from pipeline.document import Document, Kind, Removal
from pipeline.errors import UsageError
from pipeline.lang.normalise import normalise
from pipeline.reason import Reason
from pipeline.stages.dedup import Dedup


def test_a_block_pasted_twice_is_kept_once() -> None:
    done = dedup(document("a", PORT, BOAT, SNOW, PRIX, BOAT, SNOW, PRIX))["a"]
    assert fates(done) == [None] * 4 + [("exact-copy", "a", k) for k in (1, 2, 3)]
    kept = done.paragraphs[4].removal.kept  # type: ignore[union-attr]
    assert kept is not None
    assert done.text[kept.span.start : kept.span.end] == BOAT


def test_headings_inside_a_repeated_block_go_with_it_and_the_next_one_stays() -> None:
    done = dedup(
        document("a", "The boat", BOAT, "Weather", SNOW, "The boat", BOAT, "Weather", SNOW,
                 "Weather", PRIX)
    )["a"]  # fmt: skip
    assert [p.removal is not None for p in done.paragraphs] == [False] * 4 + [True] * 4 + [
        False
    ] * 2
    assert fates(done)[4] == ("exact-copy", "a", 0)


def test_list_items_below_a_repeated_paragraph_go_with_it() -> None:
    items = {1: Kind.LIST_ITEM, 2: Kind.LIST_ITEM, 4: Kind.LIST_ITEM, 5: Kind.LIST_ITEM}
    done = dedup(
        document(
            "a", BOAT, "one boat", "two quays", BOAT, "one boat", "two quays", SNOW, kinds=items
        )
    )["a"]
    assert [p.removal is not None for p in done.paragraphs] == [False] * 3 + [True] * 3 + [False]


def test_a_title_printed_twice_is_kept_once_and_refrains_are_left_alone() -> None:
    title = "The boat that came back"
    done = dedup(document("a", title, title, BOAT, "He laughed.", SNOW, "He laughed."))["a"]
    assert fates(done) == [None, ("exact-copy", "a", 0), None, None, None, None]


def test_short_paragraphs_are_never_copies_of_another_document() -> None:
    title = "Reyny council decides on the evening boat after a long debate"
    done = dedup(
        document("a", title, "Background", BOAT, date="2026-01-01"),
        document("b", title, "Background", SNOW, date="2026-01-02"),
        document("c", title, PRIX, kinds={0: Kind.HEADING}),
    )
    assert all(not any(fates(d)) for d in done.values())


def test_the_earliest_dated_copy_is_kept_then_the_longer_document() -> None:
    done = dedup(
        document("a-undated", BOAT, PORT, VOTE),
        document("b-late", BOAT, SNOW, date="2026-02-02"),
        document("c-early", BOAT, PRIX, date="2026-01-02"),
    )
    assert fates(done["c-early"]) == [None, None]
    assert fates(done["b-late"])[0] == ("exact-copy", "c-early", 0)
    assert fates(done["a-undated"])[0] == ("exact-copy", "c-early", 0)
    done = dedup(document("a", BOAT), document("b", SNOW, BOAT))
    assert fates(done["a"]) == [("exact-copy", "b", 1)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (BOAT, BOAT.upper()),
        (BOAT, BOAT.replace(" ", "\u00a0").replace(",", " ,")),
        (PRIX, PRIX.replace("'", "’").replace("é", "e\u0301")),
        (PORT, PORT.replace("порта", "пор\u00adта").replace("судов", "су\u200bдов")),
        (PORT, PORT.replace("начальник", "нaчaльник").replace("Порт", "Пopт")),
        (VOTE, "«" + VOTE.replace(",", " —") + "»"),
        (BOAT, BOAT.replace("of", "ｏｆ")),  # full-width letters
    ],
)
def test_what_reads_the_same_is_a_normalised_copy(left: str, right: str) -> None:
    assert left != right
    done = dedup(document("a", left, date="2026-01-01"), document("b", right), near=False)
    assert fates(done["b"]) == [("normalised-copy", "a", 0)]


def test_the_same_template_with_other_content_is_no_copy() -> None:
    template = (
        "The share of {} closed at {} euros on {}, {} by {} per cent, after a day of calm trade."
    )
    done = dedup(
        document("a", template.format("Harbour Works", 41, "Monday", "up", 3), date="2026-01-01"),
        document("b", template.format("Northern Rail", 17, "Monday", "down", 2)),
    )
    assert not any(fates(done["b"]))


def test_a_cut_copy_goes_but_never_the_whole_one() -> None:
    cut = BOAT[: int(len(BOAT) * 0.9)].rsplit(" ", 1)[0] + " the…"
    done = dedup(document("a", BOAT, date="2026-01-01"), document("b", cut, date="2026-01-02"))
    assert fates(done["b"]) == [("near-copy", "a", 0)]
    done = dedup(document("a", BOAT, date="2026-01-02"), document("b", cut, date="2026-01-01"))
    assert not any(fates(done["a"])), "the longer text would be lost"


def test_the_same_sentences_in_another_order_are_a_copy() -> None:
    left = "The boat was late again. Nobody on the quay was surprised. The captain blamed the fog."
    right = "Nobody on the quay was surprised. The captain blamed the fog. The boat was late again."
    done = dedup(document("a", left, date="2026-01-01"), document("b", right))
    assert fates(done["b"]) == [("near-copy", "a", 0)]


def test_likeness_is_not_passed_on() -> None:
    """A resembles B and B resembles C; C is removed only if it resembles a kept text itself."""
    words = BOAT.split()
    chain = [BOAT]
    for step in range(1, 12):
        spoilt = [
            w[:2] + "x" + w[2:] if k < step * 3 and len(w) > 4 else w for k, w in enumerate(words)
        ]
        chain.append(" ".join(spoilt))
    documents = [document(f"{k:02}", t, date=f"2026-01-{k + 1:02}") for k, t in enumerate(chain)]
    done = dedup(*documents)
    for each in done.values():
        for _reason, name, index in filter(None, fates(each)):
            assert done[name].paragraphs[index].removal is None


def test_a_wholly_copied_document_says_who_carries_its_text() -> None:
    done = dedup(
        document("wire", "Evening boat returns", BOAT, SNOW, date="2026-01-01"),
        document("repost", "Evening boat returns", BOAT, SNOW.upper(), date="2026-01-02"),
        document("half", "Snow", SNOW, PORT, date="2026-01-03"),
    )
    assert [f and f[0] for f in fates(done["repost"])] == [
        "exact-copy", "exact-copy", "normalised-copy",
    ]  # fmt: skip
    assert done["repost"].notes == ("all of its text is a copy; it is carried by wire",)
    assert not done["half"].notes
    assert fates(done["half"]) == [None, ("exact-copy", "wire", 2), None]


def test_a_line_that_differs_is_not_called_a_copy() -> None:
    done = dedup(
        document("wire", "Boat 15A is back", BOAT, SNOW, date="2026-01-01"),
        document("repost", "Boat 15B is back", BOAT, SNOW, date="2026-01-02"),
    )
    assert [f and f[0] for f in fates(done["repost"])] == [None, "exact-copy", "exact-copy"]
    (note,) = done["repost"].notes
    assert note == "all of its text is a copy except 1 short line, kept; it is carried by wire"


def test_removed_paragraphs_and_code_take_no_part() -> None:
    chrome = Removal(stage="clean", reason=Reason.ADVERT)
    first = document("a", BOAT, SNOW, date="2026-01-01", kinds={1: Kind.CODE})
    first = replace(
        first, paragraphs=(replace(first.paragraphs[0], removal=chrome), first.paragraphs[1])
    )
    done = dedup(first, document("b", BOAT, SNOW))
    assert done["a"].paragraphs[0].removal == chrome
    assert not any(fates(done["b"]))


def _newsroom() -> list[Document]:
    chance = random.Random(20260122)
    pool = [BOAT, SNOW, PRIX, PORT, VOTE]
    pool += [text.upper() for text in pool]
    pool += [text.replace("a", "aa", 3).replace("о", "оо", 3) for text in pool[:5]]
    pool += [text.replace("Reyny", "Tarsk").replace("Рейн", "Тарск") for text in pool[:5]]
    pool += ["Weather", "The boat", "Что дальше", "In brief: the boat, the snow and the port"]
    return [
        document(
            f"{k:02}.txt",
            *chance.choices(pool, k=chance.randint(1, 7)),
            date=chance.choice([None, "2026-01-01", "2026-01-02", "2026-01-03"]),
        )
        for k in range(40)
    ]


def test_the_order_of_the_input_changes_nothing() -> None:
    documents = _newsroom()
    expected = dedup(*documents)
    assert sum(p.removal is not None for d in expected.values() for p in d.paragraphs) > 40
    chance = random.Random(1)
    for _ in range(20):
        chance.shuffle(documents)
        assert dedup(*documents) == expected


def test_every_kept_copy_that_is_named_is_kept() -> None:
    done = dedup(*_newsroom())
    for each in done.values():
        for paragraph in each.paragraphs:
            if paragraph.removal and paragraph.removal.kept:
                kept = paragraph.removal.kept
                other = done[kept.document].paragraphs[kept.paragraph]
                assert other.removal is None
                assert other.span == kept.span


def test_running_it_again_changes_nothing() -> None:
    once = dedup(*_newsroom())
    assert {n: d.paragraphs for n, d in dedup(*once.values()).items()} == {
        n: d.paragraphs for n, d in once.items()
    }


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5])
def test_an_impossible_threshold_is_refused(threshold: float) -> None:
    with pytest.raises(UsageError, match="threshold"):
        Dedup(threshold=threshold)


def test_nothing_at_all() -> None:
    empty = document("empty")
    assert list(Dedup().run([])) == []
    assert dedup(empty, document("a", BOAT))["empty"] == empty


def test_a_copy_in_letters_that_look_alike_is_a_copy() -> None:
    text = "Мер підписав угоду про новий водогін, який з'єднає вісім сіл і коштуватиме чимало."
    assert normalise(text) == normalise(text.replace("сіл і ", "сiл i ").replace("вісім", "вiсiм"))
    assert normalise("Він має план B і план C.") != normalise("Він має план А і план С.")
