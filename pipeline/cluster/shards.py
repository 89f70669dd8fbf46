"""The results of a run as shards: some files of many records each, a manifest, and a mark at last.

`documents/part-00000-of-00008.jsonl` has a record to a line, as a run on one machine writes them
into files of their own; in Parquet the record is a column. `removed/` has the ledger. `run.json`
lists every shard with its sha256; `_SUCCESS` is written last of all, and only if all is there.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from pipeline.cluster.storage import Storage
from pipeline.cluster.workplace import workplace
from pipeline.digest.publish import DIGEST_FILES
from pipeline.document import Document, Rejection
from pipeline.errors import OutputError
from pipeline.output import ledger
from pipeline.output.own_files import RUN_FILE
from pipeline.output.record import document_record
from pipeline.run_record import counts_of

SUCCESS = "_SUCCESS"
WORK = ".work"  # hidden: no run takes it for inputs


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of results: its name below the output, its rows, bytes and sha256."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """The shards of a partition, its rejections, and its counts."""

    shards: tuple[Shard, ...]
    rejections: tuple[Rejection, ...]
    counts: Mapping[str, Any]


def write_shards(
    setup: bytes, out: str, partition: str, number: int, total: int, form: str
) -> Written:
    """Write the results of a partition, in the order of the names of its files."""
    place = workplace(setup)
    rows = place.load(partition, before=len(place.steps))
    documents = [row.item for row in rows if isinstance(row.item, Document)]
    rejections = [row.item for row in rows if isinstance(row.item, Rejection)]
    engines = place.desk.engines
    records = [document_record(d, engines=engines, seconds={}) for d in documents]
    removed = [entry.as_json() for d in documents for entry in ledger.entries(d)]
    storage, part = Storage(out), f"part-{number:05d}-of-{total:05d}"
    shards = (
        _written(storage, f"documents/{part}.{form}", records, form),
        _written(storage, f"removed/{part}.jsonl", removed, "jsonl"),
    )
    return Written(shards, tuple(rejections), counts_of(documents, rejections))


def _written(storage: Storage, name: str, rows: Sequence[Mapping[str, Any]], form: str) -> Shard:
    data = _parquet(rows) if form == "parquet" else _jsonl(rows)
    storage.write(name, data)
    return Shard(name, len(rows), len(data), hashlib.sha256(data).hexdigest())


def _jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return records as a table: what people select by in columns, and each record as JSON."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = ("id", "name", "title", "date", "language", "text")
    table = pa.table(
        {
            **{name: pa.array([row[name] for row in rows], pa.string()) for name in columns},
            "record": pa.array([json.dumps(r, ensure_ascii=False) for r in rows], pa.string()),
        }
    )
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def check_output(out: str) -> frozenset[str]:
    """Return the files that an earlier run listed; its mark of success is taken away.

    Raises OutputError for a file that lies where results go, and that no run wrote.
    """
    storage = Storage(out)
    known = frozenset[str]()
    if storage.has(RUN_FILE):
        try:
            known = frozenset(json.loads(storage.read(RUN_FILE))["files"])
        except (ValueError, KeyError, TypeError):
            known = frozenset()
    if not known and not storage.has(f"{WORK}/run"):
        shards = (
            f"{folder}/{file.name}"
            for folder in ("documents", "removed")
            for file in storage.below(folder).files()
        )
        for name in chain(shards, filter(storage.has, DIGEST_FILES)):
            raise OutputError(
                f"{out}/{name}: is there already, and Nightdesk did not write it",
                hint="move it away, or choose another place with --out",
            )
    storage.remove(SUCCESS)
    return known


def finish(
    out: str,
    written: Sequence[Written],
    told: Sequence[str],
    *,
    before: frozenset[str],
    run: Mapping[str, Any],
) -> dict[str, Any]:
    """Write the manifest and the mark of success; return the manifest.

    `told` are the files of the digest. Files of an earlier run that this one did not write are
    removed.
    """
    storage = Storage(out)
    shards = [shard for one in written for shard in one.shards]
    rejections = sorted((r for one in written for r in one.rejections), key=lambda r: r.name)
    record = {
        **run,
        "rejections": [asdict(r) for r in rejections],
        "shards": [asdict(shard) for shard in shards],
        "files": [*(shard.name for shard in shards), *told],
    }
    for name in sorted(before - set(record["files"])):
        storage.remove(name)
    data = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    storage.write(RUN_FILE, data.encode())
    storage.write(SUCCESS, hashlib.sha256(data.encode()).hexdigest().encode() + b"\n")
    return record


def merged(counts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sum of the counts of partitions, kinds in the order of how often they are."""
    total: dict[str, Any] = {}
    for one in counts:
        for key, value in one.items():
            if isinstance(value, Mapping):
                total[key] = Counter(total.get(key, {})) + Counter(value)
            else:
                total[key] = total.get(key, 0) + value
    return {
        key: dict(sorted(value.items(), key=lambda item: (-item[1], item[0])))
        if isinstance(value, Counter)
        else value
        for key, value in total.items()
    }
