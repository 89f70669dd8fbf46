"""Partitions: which inputs are worked on together, by their names and their content alone.

Neither the cluster's size nor Ray's blocks have a say: a run that is started again finds the same
partitions, and those whose inputs have not changed need not be worked on again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pipeline.cluster.codec import decoded, encoded
from pipeline.cluster.storage import Storage
from pipeline.document import Document, Rejection

_FILE_BYTES = 1_000_000  # a file of that size is a partition by itself
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """An input file: its name below the folder, its size in bytes and a mark of its content."""

    name: str
    size: int
    mark: str


@dataclass(frozen=True, slots=True)
class Partition:
    """Input files that are worked on together; `name` depends on their names and marks."""

    name: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A document, or a rejection, with its place: the name of its file, and a number in it."""

    file: str
    number: int
    item: Document | Rejection


def partitions(units: Iterable[Unit], *, files: int) -> list[Partition]:
    """Return the partitions of input files, by name: of about `files` files each.

    Small files go where a hash of their name says, into a number of groups that is a power of two
    and so changes seldom; a large file, such as a shard of an archive, is a partition by itself.
    """
    units = list(units)
    small = [u for u in units if u.size < _FILE_BYTES]
    groups = _FEWEST
    while groups * files < len(small):
        groups *= 2
    found: dict[int, list[Unit]] = {}
    for unit in small:
        found.setdefault(int(_digest(unit.name), 16) % groups, []).append(unit)
    several = [*found.values(), *([u] for u in units if u.size >= _FILE_BYTES)]
    return sorted(map(_partition, several), key=lambda p: p.name)


def _partition(units: Sequence[Unit]) -> Partition:
    ordered = tuple(sorted(units, key=lambda u: u.name))
    return Partition(_digest(repr([(u.name, u.size, u.mark) for u in ordered])), ordered)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def write_rows(storage: Storage, name: str, rows: Sequence[Row]) -> None:
    """Write rows as a Parquet file: their places, their names, and each as JSON."""
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table(
        {
            "file": pa.array([encoded(r.file, str) for r in rows], pa.binary()),
            "number": pa.array([r.number for r in rows], pa.int64()),
            "name": pa.array([encoded(r.item.name, str) for r in rows], pa.binary()),
            "item": pa.array([encoded(r.item, Document | Rejection) for r in rows], pa.binary()),
        }
    )
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    storage.write(name, buffer.getvalue())


def read_rows(storage: Storage, name: str, *, only: Collection[str] | None = None) -> list[Row]:
    """Return the rows of a file that `write_rows` wrote; with `only` those of these names."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    table = parquet.read_table(pa.BufferReader(storage.read(name)))
    if only is not None:
        wanted = pa.array([encoded(one, str) for one in only], pa.binary())
        table = table.filter(compute.is_in(table["name"], value_set=wanted))
    columns = (table[column].to_pylist() for column in ("file", "number", "item"))
    return [
        Row(decoded(file, str), number, decoded(item, Document | Rejection))
        for file, number, item in zip(*columns, strict=True)
    ]
