"""States to test on: filled ones, damaged ones, and the single file of version 0.1."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from models.engine import Hypothesis
from pipeline.document import Document, Paragraph, content_id
from pipeline.place import Span
from pipeline.stages.naming.mentions import Key
from pipeline.stages.restore import rule_key
from pipeline.state.folder import memory_path, open_state
from pipeline.state.names import NameMemory
from pipeline.state.nights import EarlierNights
from pipeline.state.removals import RestoreRules

FOUND = Hypothesis("ja", 3, "stop", "m", ("oui",))
KEY = Key("уоррен", "ru", "en")
BOAT = (
    "The evening ferry between Tarsk and Reyny will sail again from the first of March, the town "
    "council decided after a debate of four hours."
)
POEM = b"this is a poem, and a rather long one, not a database at all" * 200
# As version 0.1 wrote it.
SINGLE_FILE = """
CREATE TABLE hypotheses (
    key TEXT PRIMARY KEY, text TEXT NOT NULL, tokens INTEGER NOT NULL, finish TEXT NOT NULL,
    model TEXT NOT NULL, made_at REAL NOT NULL, alternatives TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE names (
    stem TEXT NOT NULL, language TEXT NOT NULL, target TEXT NOT NULL, form TEXT NOT NULL,
    origin TEXT NOT NULL, made_at REAL NOT NULL, PRIMARY KEY (stem, language, target)
) WITHOUT ROWID;
CREATE TABLE restored (
    key TEXT PRIMARY KEY, document TEXT NOT NULL, text TEXT NOT NULL, made_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE night_paragraphs (
    id INTEGER PRIMARY KEY, night TEXT NOT NULL, document_id TEXT NOT NULL,
    document TEXT NOT NULL, paragraph INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE INDEX night_paragraphs_night ON night_paragraphs (night);
CREATE TABLE night_shingles (
    shingle INTEGER NOT NULL, paragraph INTEGER NOT NULL REFERENCES night_paragraphs (id),
    PRIMARY KEY (shingle, paragraph)
) WITHOUT ROWID;
CREATE INDEX night_shingles_paragraph ON night_shingles (paragraph);
INSERT INTO hypotheses VALUES ('k', 'ja', 3, 'stop', 'm', 0.0, '[]');
INSERT INTO names VALUES ('уоррен', 'ru', 'en', 'Warren', 'text', 0.0);
PRAGMA user_version = 2;
"""


def document(name: str, text: str) -> Document:
    paragraph = Paragraph(0, text, Span(0, len(text)))
    return Document(content_id(text), name, text, "utf-8", (paragraph,))


def nights(path: Path, before: str) -> EarlierNights:
    """Return the nights before a date for an inbox that has a document of BOAT."""
    return EarlierNights(path, before=before, nights=7, present=frozenset({content_id(BOAT)}))


def single_file(path: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Write a state file of version 0.1: a result, a name, and where wanted a rule and a night."""
    wire = document("wire.txt", BOAT)
    memory = path.with_name("scratch") / "memory.sqlite"
    nights(memory, "2026-03-01").remember([wire])
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(memory)) as new:
        old.execute("PRAGMA journal_mode = WAL")
        old.executescript(SINGLE_FILE)
        rule = (rule_key(wire, wire.paragraphs[0]), "wire.txt", BOAT, 0.0)
        old.execute("INSERT INTO restored VALUES (?,?,?,?)", rule)
        for table, places in (("night_paragraphs", "?,?,?,?,?,?,?,?"), ("night_shingles", "?,?")):
            rows = new.execute(f"SELECT * FROM {table}").fetchall()
            assert rows
            old.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        for table in without:
            old.execute(f"DROP TABLE {table}")
        old.commit()
    return path


def check_taken_over(folder: Path) -> None:
    wire = document("wire.txt", BOAT)
    memory = memory_path(folder)
    assert NameMemory(memory).recall([KEY]) == {KEY: ("Warren", "text")}
    assert RestoreRules(memory).keys() == {rule_key(wire, wire.paragraphs[0])}
    [(place, text)] = nights(memory, "2026-03-02").like([BOAT])
    assert (place.document, place.paragraph, text) == ("wire.txt", 0, BOAT)


def set_aside(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("results.sqlite.damaged-*") if p.name.endswith("Z"))


def overwrite_pages(path: Path) -> None:
    """Damage everything behind the first page of a database that nobody has open."""
    data = bytearray(path.read_bytes())
    assert len(data) > 3 * 4096
    data[4096:] = bytes(b ^ 0x5A for b in data[4096:])
    path.write_bytes(data)


def filled(folder: Path) -> None:
    with open_state(folder) as state:
        for i in range(300):
            state.results.remember(f"k{i}", FOUND)
        NameMemory(state.memory).remember(
            {Key(f"имя{i}", "ru", "en"): (f"Name{i}" * 9, "text") for i in range(300)}
        )
