"""Pairs out of packages: what is read, what is left out, and that a run goes on where it was."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts" / "train"
MODULES = ("books", "catalogues", "collect", "data", "debian", "excluded", "likeness", "messages")
debian_tools = pytest.mark.skipif(
    not (shutil.which("dpkg-deb") and shutil.which("apt-get")), reason="no Debian's dpkg and apt"
)
UKRAINIAN = "Місто Гайове стоїть біля річки вже понад триста років."
FRENCH = "Le château de la ville est fermé depuis trois ans."
FRENCH_IN_UKRAINIAN = "Замок міста зачинено вже три роки поспіль."
ENGLISH = "The town of Haiove has stood by the river for over three hundred years."


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)


def mo_file(path: Path, messages: dict[str, str]) -> Path:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    catalogue = Catalog(locale="uk")
    for message, translation in messages.items():
        catalogue.add(message, translation)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_mo(written, catalogue)
    path.write_bytes(written.getvalue())
    return path


def test_the_tables_of_packages_and_layouts_fit_together() -> None:
    from debian import read_layouts, read_packages

    packages = read_packages(SCRIPTS / "collect.tsv")
    layouts = read_layouts(SCRIPTS / "collect-layouts.tsv")
    names = [package.name for package in packages]
    assert len(set(names)) == len(names) > 80
    for package in packages:
        assert package.english in names
        assert set(package.reads) <= set(layouts)
        assert package.licence
        assert package.kind in {"names", "stories", "prose", "interface", "books"}


def test_a_page_has_one_name_in_all_languages() -> None:
    from debian import read_layouts

    layouts = read_layouts(SCRIPTS / "collect-layouts.tsv")

    def name(layout: str, language: str, path: str) -> Any:
        match = layouts[layout].paths(language).fullmatch(path)
        return match and match.groups()

    for layout, english, language, other in (
        ("page", "usr/share/help/C/gnome-help/a.page", "uk", "usr/share/help/uk/gnome-help/a.page"),
        ("maint", "usr/share/doc/maint-guide/html/start.en.html", "ru",
         "usr/share/doc/maint-guide-ru/html/start.ru.html"),
        ("developers", "usr/share/developers-reference/scope.html", "fr",
         "usr/share/developers-reference/fr/scope.html"),
        ("stellarium", "usr/share/stellarium/skycultures/sami/description.en.utf8", "uk",
         "usr/share/stellarium/skycultures/sami/description.uk.utf8"),
    ):  # fmt: skip
        assert name(layout, "en", english) == name(layout, language, other) is not None
        assert name(layout, language, english) is None
    assert name("mo", "uk", "usr/share/locale/uk/LC_MESSAGES/kate.mo")
    assert name("mo", "uk", "usr/share/locale/uk/LC_MESSAGES/old/kate.mo") is None


def test_messages_of_a_mo_file(tmp_path: Path) -> None:
    from catalogues import read_mo

    file = mo_file(tmp_path / "a.mo", {"Open": "Відкрити", "The gate is shut.": "Браму зачинено."})
    assert dict(read_mo(file)) == {"Open": "Відкрити", "The gate is shut.": "Браму зачинено."}
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"a\.mo"):
        list(read_mo(file))


def test_messages_of_a_qm_file(tmp_path: Path) -> None:
    from catalogues import read_qm

    def field(tag: int, data: bytes) -> bytes:
        return struct.pack(">BI", tag, len(data)) + data

    message = field(3, "Брама".encode("utf-16-be")) + field(6, b"Gate") + field(7, b"Map") + b"\1"
    plural = field(3, b"\0a") + field(3, b"\0b") + field(6, b"%n gates") + b"\1"
    magic = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
    file = tmp_path / "uk.qm"
    file.write_bytes(magic + field(0x42, b"\0" * 8) + field(0x69, message + plural))
    assert list(read_qm(file)) == [("Gate", "Брама")]
    file.write_bytes(magic + field(0x69, message[:9]))
    with pytest.raises(ValueError, match=r"uk\.qm"):
        list(read_qm(file))


@pytest.mark.parametrize(
    ("source", "english", "expected"),
    [
        ("Браму зачинено.", "The gate is shut.", [("Браму зачинено.", "The gate is shut.")]),
        ("<b>Браму</b> зачинено.", "The <b>gate</b> is shut.",
         [("Браму зачинено.", "The gate is shut.")]),
        ("Від&крити", "&Open", [("Відкрити", "Open")]),
        ("Відкрити (_O)", "_Open", [("Відкрити", "Open")]),
        ("Перша.\n\nДруга.", "First.\n\nSecond.", [("Перша.", "First."), ("Друга.", "Second.")]),
        ("Лучниця", "female^Archer", [("Лучниця", "Archer")]),
        ("Лишилося 20 % місця", "20 % of the space is left",
         [("Лишилося 20 % місця", "20 % of the space is left")]),
        ("Не знайдено %s", "%s was not found", "placeholder"),
        ("Файл %1 з %2", "File %1 of %2", "placeholder"),
        ("<bold>text='Вода'</bold> глибока", "<bold>text='Water'</bold> is deep", "mark-up"),
        ("Це {ваша програма}", "It is {your program}", "placeholder"),
        ("Вітаємо, {name}", "Welcome, {name}", "placeholder"),
        ("<a href='x'>Далі</a>", "<a href='x'>Next</a>", "mark-up"),
        ("Дивіться https://a.example", "See https://a.example", "addresses or code"),
        ("The gate", "The gate", "untranslated"),
        ("The gates", "The gate", "script"),
        ("Объект", "Object", "script"),
        ("Розділ 3", "Chapter 4", "figures"),
        ("Брама", "A gate that has been shut for many years now", "length ratio"),
    ],
)  # fmt: skip
def test_a_message_as_plain_text(source: str, english: str, expected: Any) -> None:
    from messages import Dropped, tidy

    found = list(tidy(source, english, language="uk"))
    assert found == ([Dropped(expected)] if isinstance(expected, str) else expected)


def test_paragraphs_are_paired_by_their_places() -> None:
    from books import aligned, blocks_of

    def page(*inner: str) -> Any:
        return blocks_of(f"<page><title>T</title>{''.join(inner)}</page>", is_html=False)

    same = list(aligned(page("<p>а</p><p>б <em>в</em></p>"), page("<p>a</p><p>b</p>")))
    assert [(o.text, e.text) for o, e in same] == [("T", "T"), ("а", "a"), ("б в", "b")]
    assert [o.is_heading for o, _ in same] == [True, False, False]
    # The English page has a paragraph more, in its second section.
    ours = page('<section id="x"><p>а</p></section><section id="y"><p>б</p></section>')
    theirs = page('<section id="x"><p>a</p></section><section id="y"><p>b</p><p>c</p></section>')
    assert [(o.text, e.text) for o, e in aligned(ours, theirs)] == [("а", "a")]


def test_what_is_no_text_of_a_page_is_left_out() -> None:
    from books import blocks_of

    docbook = """<?xml version="1.0"?><!DOCTYPE book [<!ENTITY a "b">]>
    <sect1 id="s"><title>One</title><indexterm><primary>x</primary></indexterm>
    <para>Press <keycombo><keycap>Ctrl</keycap><keycap>Q</keycap></keycombo> in &kate;.</para>
    <para>See &URL;.</para><screen>ls</screen></sect1>"""
    texts = [block.text for block in blocks_of(docbook, is_html=False)]
    assert texts == ["One", "Press Ctrl+Q in Kate.", "See \ufffc."]
    body = '<nav><p>no</p></nav><li>a <code>c</code><p>b<i class="MAC">no</i></p></li>'
    page = f"<?xml version='1.0' encoding='UTF-8'?><head><title>no</title></head><body>{body}"
    assert [block.text for block in blocks_of(page, is_html=True)] == ["a c", "b"]


def package(name: str, **fields: Any) -> Any:
    from debian import Package

    given = {
        "version": "1", "sha256": "0" * 64, "size": 1, "licence": "GPL-2+", "kind": "prose",
        "reads": ["mo"], "english": name,
    }  # fmt: skip
    return Package(name, **{**given, **fields})


def test_a_package_is_read_once_and_joined_with_others(tmp_path: Path) -> None:
    from collect import HERE, Reader, join, read_once, tables
    from debian import read_layouts

    for name, messages in (
        (
            "tale",
            {ENGLISH: UKRAINIAN, "Gate": "Брама", "It is %s": "Це %s", FRENCH: FRENCH_IN_UKRAINIAN},
        ),
        ("copy", {ENGLISH: UKRAINIAN}),
    ):
        mo_file(tmp_path / "trees" / name / "usr/share/locale/uk/LC_MESSAGES/t.mo", messages)
    reader = Reader(tmp_path / "trees", read_layouts(HERE / "collect-layouts.tsv"))
    packages = [package("tale"), package("copy")]
    for one in packages:
        read_once(one, tmp_path, reader)
    join(packages, tmp_path)
    assert sorted((tmp_path / "all.tsv").read_text("utf-8").splitlines()) == [
        "uk\tlabels\ttale\tGPL-2+\tБрама\tGate",
        f"uk\tprose\ttale\tGPL-2+\t{UKRAINIAN}\t{ENGLISH}",
    ]
    counts = (tmp_path / "counts.tsv").read_text("utf-8")
    assert "copy\tGPL-2+\tuk\tprose\tcopy of another package's\t1" in counts
    assert "tale\tGPL-2+\tuk\tprose\tplaceholder\t1" in counts
    assert "tale\tGPL-2+\tuk\tprose\ttarget language\t1" in counts
    table, _ = tables(packages[0], tmp_path)
    table.write_text("", encoding="utf-8")
    read_once(packages[0], tmp_path, reader)  # done: not read again
    assert table.read_text("utf-8") == ""


def made_package(folder: Path) -> tuple[Path, str]:
    root = folder / "root"
    mo_file(root / "usr/share/locale/uk/LC_MESSAGES/t.mo", {"Gate": "Брама"})
    (root / "usr/share/locale/uk/LC_MESSAGES/link.mo").symlink_to("/etc/passwd")
    (root / "usr/share/big.bin").write_bytes(b"x")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(
        "Package: tale\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.example>\n"
        "Description: x\n"
    )
    archive = folder / "debs" / "tale_1_all.deb"
    archive.parent.mkdir()
    subprocess.run(["dpkg-deb", "-b", root, archive], check=True, stdout=subprocess.DEVNULL)
    return archive, hashlib.sha256(archive.read_bytes()).hexdigest()


@debian_tools
def test_a_package_is_unpacked_as_far_as_it_is_read(tmp_path: Path) -> None:
    from collect import HERE, bring
    from debian import PackageError, read_layouts

    archive, sha256 = made_package(tmp_path)
    layouts = read_layouts(HERE / "collect-layouts.tsv")
    bring(package("tale", sha256=sha256), tmp_path, layouts)
    tree = tmp_path / "trees" / "tale"
    files = [f.relative_to(tree).as_posix() for f in tree.rglob("*") if f.is_file()]
    assert [f for f in files if not f.startswith(".")] == ["usr/share/locale/uk/LC_MESSAGES/t.mo"]
    assert not archive.exists()
    bring(package("tale", sha256=sha256), tmp_path, layouts)  # done: the archive is not missed
    archive.write_bytes(b"other bytes")
    with pytest.raises(PackageError, match="the table says 1111"):
        bring(package("tale", sha256="1" * 64), tmp_path, layouts)


@debian_tools
def test_a_missing_package_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    _, sha256 = made_package(out)
    table = tmp_path / "table.tsv"
    rows = [("no-such-tale", "0" * 64), ("tale", sha256)]
    lines = [f"{name}\t1\t{sha}\t9\tGPL-2+\tprose\tmo\t{name}\n" for name, sha in rows]
    table.write_text("".join(lines), encoding="utf-8")
    command = [sys.executable, SCRIPTS / "collect.py", "--out", out, "--table", table]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "left out: apt-get download no-such-tale=1" in done.stderr
    assert (out / "all.tsv").read_text("utf-8") == "uk\tlabels\ttale\tGPL-2+\tБрама\tGate\n"


def test_no_data_goes_into_the_repository() -> None:
    command = [sys.executable, SCRIPTS / "collect.py", "--out", SCRIPTS / "data"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "the repository" in done.stderr


def test_texts_of_every_kind_of_file_are_excluded(tmp_path: Path) -> None:
    from excluded import is_excluded, read_excluded

    (tmp_path / "a.txt").write_text("The quarry was flooded.\nYes.\n")
    (tmp_path / "b.tsv").write_text("1\tLa carrière est inondée.\n")
    text = "The dam held. Nobody in the whole valley was hurt."
    (tmp_path / "c.jsonl").write_text(json.dumps({"text": [text]}))
    (tmp_path / "t.py").write_text('x = "Шахту затопило вночі."\n')
    (tmp_path / "d.bin").write_bytes(b"\0The mill burnt down.")
    keys = set().union(*read_excluded([tmp_path]).values())
    for text in (
        "the QUARRY was flooded", "La carrière est inondée !", "Шахту затопило вночі",
        "Nobody in the whole valley was hurt.", "It rained. Nobody in the whole valley was hurt.",
    ):  # fmt: skip
        assert is_excluded(text, keys), text
    for text in ("Yes.", "The mill burnt down.", "The dam held. It rained."):
        assert not is_excluded(text, keys), text


def test_news_is_told_from_what_programs_say() -> None:
    from likeness import NEAR, likeness

    news = "The mayor of Haiove, Ostap Rudenko, said 14 houses were flooded on Sunday night."
    told = "Select the file in the dialog, click the button and enter your settings for the menu."
    assert likeness("", news) > NEAR > likeness("", told)
    assert likeness("", "Gate") == 0.0


@pytest.mark.parametrize(
    ("source", "target", "raw"),
    [
        ("Закрийте файл.", "Close the file.", True),
        ("Див. :ref:`файл`.", "See :ref:`file`.", True),
        ("Потік чекає. наприклад тут.", "The thread waits, for example here.", True),
        ("Дивіться далі.", "See below.", False),
        ("Повертає ширину стовпця.", "Return the width of the column.", False),
    ],
)
def test_raw_machine_translation(source: str, target: str, raw: bool) -> None:
    from likeness import is_raw

    assert is_raw(source, target) is raw


def test_the_table_to_train_on(tmp_path: Path) -> None:
    for language in ("ru", "fr"):
        (tmp_path / f"{language}-en.tsv").write_text("", encoding="utf-8")
    (tmp_path / "uk-en.tsv").write_text(
        f"news\t{UKRAINIAN}\t{ENGLISH}\npython-docs\tЗакрийте файл.\tClose the file.\n", "utf-8"
    )
    rows = [
        ("uk", "stories", "Олег Бойко сказав 3 травня, що міст закрили.",
         "On 3 May Oleh Boiko said that the bridge over the river was closed."),
        ("uk", "labels", "Брама", "Gate"), ("uk", "labels", "Погода", "Weather"),
        ("uk", "tokens", "<s> Так </s> [INST]", "<s> Yes </s> [INST]"),
        ("uk", "prose", UKRAINIAN, "A copy of it."),
    ]  # fmt: skip
    lines = [f"{lang}\t{kind}\ttale\tGPL-2+\t{own}\t{other}\n" for lang, kind, own, other in rows]
    (tmp_path / "all.tsv").write_text("".join(lines), "utf-8")
    (tmp_path / "rated.tsv").write_text(
        "original\ttranslation\tmean\nПоезд ушёл.\tThe train left.\t91\nПоезд.\tA pear.\t12\n"
    )
    (tmp_path / "held.txt").write_text("Nothing of all this.\n")
    (tmp_path / "short.txt").write_text("погода\n")
    out = tmp_path / "out"
    subprocess.run(
        [
            sys.executable, SCRIPTS / "data.py", "--pairs", tmp_path, "--out", out,
            "--collected", tmp_path / "all.tsv", "--rated", tmp_path / "rated.tsv",
            "--exclude", tmp_path / "held.txt", "--exclude-whole", tmp_path / "short.txt",
        ],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    written = [line.split("\t") for line in (out / "pairs.tsv").read_text("utf-8").splitlines()]
    assert [(f[0], f[1], f[4]) for f in written] == [
        ("uk", "news", ENGLISH), ("ru", "rated", "The train left."),
        ("uk", "stories/near", rows[0][3]), ("uk", "tokens", "<s> Yes </s> [INST]"),
        ("uk", "labels", "Gate"),
    ]  # fmt: skip
    rows_of = (line.split("\t") for line in (out / "counts.tsv").read_text().splitlines())
    counts = Counter({(f[0], f[1], f[2]): int(f[3]) for f in rows_of})
    assert counts["uk", "python-docs", "raw machine translation"] == 1
    assert counts["uk", "labels", "evaluation sentence, source"] == 1
    assert counts["uk", "prose", "copy"] == 1
    assert "uk\tlabels\ttale\tGPL-2+\t1\t2" in (out / "sources.tsv").read_text("utf-8")
