"""Before a run on a cluster: what its processes read is put where all of them find it."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.cluster.codec import decoded, encoded
from pipeline.cluster.partition import Partition
from pipeline.cluster.shards import WORK
from pipeline.cluster.storage import Storage, is_address
from pipeline.cluster.workplace import Engines, Setup
from pipeline.config import ClusterOptions, Config
from pipeline.state.folder import State
from pipeline.state.memory import MEMORY_FILE

_FORMAT = 2  # of what is kept between steps; another number computes all anew


def prepared(
    root: str,
    out: str,
    groups: Sequence[Partition],
    *,
    config: Config,
    state: State,
    engines: Engines | None,
) -> Setup:
    """Write what the processes of a run read; return their setup.

    A run of the same inputs and settings goes on with the time of the first one.
    """
    place = out if is_address(out) else str(Path(out).resolve())
    storage = Storage(f"{place}/{WORK}")
    memory, rows = _memory(state)
    settings = replace(config, cluster=ClusterOptions())  # how work is shared out changes nothing
    key = _digest(f"{_FORMAT} {__version__} {settings!r} {rows!r}")
    whole = _digest(f"{key} {[group.name for group in groups]}")
    started = f"runs/{whole}.json"
    if not storage.has(started):
        storage.write(started, encoded(datetime.now(UTC), datetime))
    storage.write("run", whole.encode())
    storage.write(MEMORY_FILE, memory)
    for group in groups:
        storage.write(f"partitions/{group.name}.json", encoded(group, Partition))
    return Setup(
        config=config,
        root=root if is_address(root) else str(Path(root).resolve()),
        work=storage.place,
        session=uuid.uuid4().hex,
        key=key,
        whole=whole,
        now=decoded(storage.read(started), datetime),
        engines=engines,
    )


def _memory(state: State) -> tuple[bytes, list[tuple[Any, ...]]]:
    """Return the memory as the file of a database, and what results depend on in it."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-") as folder:
        copy = Path(folder) / MEMORY_FILE
        with (
            closing(
                sqlite3.connect(f"{state.memory.absolute().as_uri()}?mode=ro", uri=True)
            ) as ours,
            closing(sqlite3.connect(copy)) as theirs,
        ):
            ours.backup(theirs)
            names = theirs.execute("SELECT stem, language, target, form, origin FROM names")
            rules = theirs.execute("SELECT key FROM restored")
            rows = sorted(names.fetchall()) + sorted(rules.fetchall())
        return copy.read_bytes(), rows


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
