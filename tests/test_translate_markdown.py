"""Markdown through `translate`: the text changes, the markup and all that is no text does not."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_desk import from_table, same, translated

from models.engine import Segment
from pipeline.translation.markdown import markdown_skeleton
from pipeline.translation.skeleton import Skeleton, shown
from pipeline.translation.tally import UnitTally

KNOWN = {
    "Новости": "News",
    "Мост": "Bridge",
    "мост": "bridge",
    "Мэр открыл новый мост через реку.": "The mayor opened a new bridge across the river.",
    "Мэр открыл мост.": "The mayor opened the bridge.",
    "новый мост": "new bridge",
    "через реку": "over the river",
    "Запустите `nd run` и смотрите https://e.org/a_b?c=1.": (
        "Look at https://e.org/a_b?c=1 and run `nd run`."
    ),
    "Первая строка": "First line",
    "вторая строка.": "second line.",
    "Фото моста": "Photo of the bridge",
    "Город у реки": "Town by the river",
    "Год был трудным.": "1990. A hard year.",
    "Цена 5 * 3.": "Price 5 * 3.",
    "Имя файла.": "The file_name or [name].",
    "Сноска о мосте.": "A note on the bridge.",
}


def skeleton(text: str) -> Skeleton:
    return markdown_skeleton(text, name="a.md")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("# Новости #\n", "# News #\n"),
        ("Новости\n=======\n\nМост\n", "News\n=======\n\nBridge\n"),
        ("- Мост\n  1. Новости\n", "- Bridge\n  1. News\n"),
        ("Мост\n\n\n\nНовости", "Bridge\n\n\n\nNews"),
        ("# Новости\r\n\r\nМост\r\n", "# News\r\n\r\nBridge\r\n"),
        (
            'Мэр открыл [новый мост](https://e.org/мост "т") через\nреку.\n',
            'The mayor opened a [new bridge](https://e.org/мост "т") across the river.\n',
        ),
        (
            "> Мэр открыл **новый\n> мост** *через реку*.\n",
            "> The mayor opened a **new bridge** across *the river*.\n",
        ),
        ("[**Мост**](a.md)\n", "[**Bridge**](a.md)\n"),
        (
            "Запустите `nd run` и смотрите https://e.org/a_b?c=1.\n",
            "Look at https://e.org/a_b?c=1 and run `nd run`.\n",
        ),
        (
            "Мэр открыл [мост][1].\n\n[1]: b.md\n",
            "The mayor opened the [bridge][1].\n\n[1]: b.md\n",
        ),
        (
            "Мэр открыл [мост].\n\n[мост]: b.md\n",
            "The mayor opened the [bridge][мост].\n\n[мост]: b.md\n",
        ),
        (
            "Мэр открыл [мост][].\n\n[мост]: b.md\n",
            "The mayor opened the [bridge][мост].\n\n[мост]: b.md\n",
        ),
        ("![Фото моста](a.jpg) Мост\n", "![Photo of the bridge](a.jpg) Bridge\n"),
        ("![Фото моста]\n\n[Фото моста]: a.jpg\n", "![Фото моста]\n\n[Фото моста]: a.jpg\n"),
        ("Первая строка  \nвторая строка.\n", "First line  \nsecond line.\n"),
        ("> Первая строка\\\n> вторая строка.\n", "> First line\\\n> second line.\n"),
        (
            "| Мост | Город у реки |\n|:--|--:|\n| `a\\|b` | Мост |\n",
            "| Bridge | Town by the river |\n|:--|--:|\n| `a\\|b` | Bridge |\n",
        ),
        ("- [ ] Мост\n- [x] Новости\n", "- [ ] Bridge\n- [x] News\n"),
        ("[^1]: Сноска о мосте.\n", "[^1]: A note on the bridge.\n"),
        ("<b>Мост</b>\n", "<b>Bridge</b>\n"),
        ("~~Мост~~\n", "~~Bridge~~\n"),
        ("Год был трудным.\n", "1990\\. A hard year.\n"),
        ("Цена 5 * 3.\n", "Price 5 * 3.\n"),
        ("Имя файла.\n", "The file\\_name or \\[name\\].\n"),
    ],
)
def test_text_is_translated_and_markup_kept(source: str, target: str, tmp_path: Path) -> None:
    assert translated(skeleton(source), from_table(KNOWN), tmp_path / "s") == target


@pytest.mark.parametrize(
    "kept",
    [
        "---\ntitle: Мост\ntags: [мост]\n---\n",
        "+++\ntitle = 'Мост'\n+++\n",
        "```sh\nмост --новый\n```\n",
        "    мост --новый\n",
        '[мост]: https://e.org/мост "Мост"\n',
    ],
)
def test_what_is_no_text_is_not_sent_to_the_engine(kept: str, tmp_path: Path) -> None:
    source = f"{kept}\nМост\n"

    def answer(segment: Segment) -> str:
        assert segment.text == "Мост"
        return "Bridge"

    assert translated(skeleton(source), answer, tmp_path / "s") == f"{kept}\nBridge\n"


def test_markup_that_is_not_found_again_cuts_the_sentence_and_is_told(tmp_path: Path) -> None:
    table = {
        "Мэр открыл мост и лёг.": "They did a thing and slept.",
        "мост": "bridge",
        "Мэр открыл": "The mayor opened",
        "и лёг.": "and lay down.",
    }
    tally = UnitTally()
    found = translated(
        skeleton("Мэр открыл [мост](b.md) и лёг.\n"),
        from_table(table),
        tmp_path / "s",
        tally=tally,
    )
    assert found == "The mayor opened [bridge](b.md) and lay down.\n"
    assert tally.cut == 1
    assert "in pieces" in next(tally.remarks())


def test_what_is_kept_is_told() -> None:
    remarks = skeleton("---\ntitle: а\n---\n\n<pre>\nа\n</pre>\n\nМост\n").remarks
    assert any("front matter" in remark for remark in remarks)
    assert any("preformatted" in remark for remark in remarks)


def test_brackets_and_stars_without_end_are_read_in_time() -> None:
    for hostile in ("[" * 20_000, "*а " * 5_000, "`" * 9_999, "![" * 5_000, "<а " * 5_000):
        source = f"а {hostile} мост\n"
        began = time.process_time()
        units = skeleton(source).units
        assert time.process_time() - began < 10
        assert "мост" in shown(units[0].nodes)


WORDS = st.sampled_from(
    ["мост", "река", "Город", "мэр", "открыл", "в", "2024", "—", "«новый»", "AT&T", "a_b", "5*3"]
)
PLAIN = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
INLINE = st.one_of(
    PLAIN,
    PLAIN.map(lambda t: f"**{t}**"),
    PLAIN.map(lambda t: f"*{t}*"),
    PLAIN.map(lambda t: f"[{t}](https://e.org/a_b?x=1 \"{t}\")"),
    PLAIN.map(lambda t: f"[**{t}** `z_1`](b.md)"),
    PLAIN.map(lambda t: f"![{t}](фото.jpg)"),
    st.sampled_from(
        ["`код x`", "``a ` b``", "https://e.org/б?c=d_e", "<https://e.org/>", "&nbsp;", "\\*",
         "a@e.org", "<br>", "[ref]", "[^1]", "  \n", "\\\n", "\n", "*", "[", "](", "<b>", "</b>"]
    ),
)  # fmt: skip
LINE = st.lists(INLINE, min_size=1, max_size=6).map(" ".join)
BLOCK = st.one_of(
    LINE,
    LINE.map(lambda t: f"## {t}"),
    LINE.map(lambda t: f"- {t}\n- {t}"),
    LINE.map(lambda t: f"1. {t}\n\n   {t}"),
    LINE.map(lambda t: "> " + t.replace("\n", "\n> ")),
    LINE.map(lambda t: f"{t}\n==="),
    LINE.map(lambda t: "| a | б |\n|---|---|\n| " + t.replace("\n", " ") + " | в |"),
    PLAIN.map(lambda t: f"```\n{t}\n```"),
    PLAIN.map(lambda t: f"\t{t}"),
    PLAIN.map(lambda t: f"- а\n\n\t{t}"),
    st.just("---\n\n[ref]: https://e.org/r"),
)
FILE = st.tuples(
    st.lists(BLOCK, min_size=1, max_size=5), st.sampled_from(["\n\n", "\n\n\n", "\n"]),
    st.sampled_from(["", "\n", "\n\n"]), st.booleans(),
).map(lambda p: (p[1].join(p[0]) + p[2]).replace("\n", "\r\n" if p[3] else "\n"))  # fmt: skip
PATIENT = settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(FILE)
@PATIENT
def test_a_translation_that_changes_nothing_gives_the_file_back(tmp_path: Path, text: str) -> None:
    assert translated(skeleton(text), same, tmp_path / "s") == text


def jumbled(segment: Segment) -> str:
    """Answer in Latin letters, in another order, and lose a word now and then."""
    words = [w if re.search("[`/@]", w) else f"w{len(w)}" for w in segment.text.split()]
    return " ".join(words[::-1][: max(1, len(words) - len(segment.text) % 2)])


@given(FILE)
@PATIENT
def test_code_and_addresses_survive_a_bad_engine(tmp_path: Path, text: str) -> None:
    found = translated(skeleton(text), jumbled, tmp_path / "s")
    for exact in ("`код x`", "``a ` b``", "https://e.org/б?c=d_e", "<https://e.org/>", "a@e.org",
                  "](https://e.org/a_b?x=1", "](b.md)", "](фото.jpg)", "`z_1`", "```"):  # fmt: skip
        assert found.count(exact) == text.count(exact), exact
    assert found.count("\n\n") == text.count("\n\n")
