#!/usr/bin/env bash
# Ray Data makes an actor in one thread and calls it in another: what belongs to a thread is lost.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'ray[data]==2.60.0' 'pyarrow==26.0.1'
cd "$folder"
export RAY_USAGE_STATS_ENABLED=0 PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1
"${PYTHON:-python3}" - 2>"$folder/log" <<'PYTHON'
import sqlite3
import sys
import threading

import ray


class Remembering:
    """Opens a database when it is made, as one opens a model or a cache, and asks it when called."""

    def __init__(self) -> None:
        self.made_in = threading.get_ident()
        self.database = sqlite3.connect(":memory:")

    def __call__(self, batch: dict) -> dict:
        try:
            self.database.execute("SELECT 1")
            said = "answers"
        except sqlite3.ProgrammingError as error:
            said = str(error).partition(".")[0]
        main = threading.current_thread() is threading.main_thread()
        return {"same": [self.made_in == threading.get_ident()], "main": [main], "said": [said]}


ray.init("local", num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
ray.data.DataContext.get_current().enable_progress_bars = False
rows = ray.data.range(1).map_batches(
    Remembering, batch_size=1, compute=ray.data.ActorPoolStrategy(size=1)
).take_all()
print(f"ray {ray.__version__}")
print("map_batches takes a class: an actor makes it once, and calls it for every batch, one call at")
print("a time. One would swear that both happen in the one thread of that actor.")
for row in rows:
    print(f"  called in the thread it was made in: {row['same']}; in the main thread: {row['main']}")
    print(f"  the database that it opened: {row['said']}")
print("So nothing that belongs to a thread (SQLite, signals, alarms) works there.")
sys.exit(not (rows and not any(row["same"] or row["said"] == "answers" for row in rows)))
PYTHON
