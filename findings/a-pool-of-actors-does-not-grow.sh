#!/usr/bin/env bash
# A pool of actors that may grow to four stays at one, whatever waits, when each has one task.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"${PYTHON:-python3}" -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" 'ray[data]==2.60.0' 'numpy==2.4.6'
cd "$folder"
PYTHONPATH=$folder/packages PYTHONDONTWRITEBYTECODE=1 RAY_USAGE_STATS_ENABLED=0 RAY_worker_niceness=0 \
    "${PYTHON:-python3}" - 2>"$folder/log" <<'PYTHON'
import os
import sys
import time

import ray


class Slow:
    def __call__(self, batch):
        time.sleep(2.5)
        batch["process"] = [os.getpid()] * len(batch["id"])
        return batch


def processes(tasks):
    pool = ray.data.ActorPoolStrategy(
        min_size=1, max_size=4, max_tasks_in_flight_per_actor=tasks
    )
    rows = ray.data.range(24, override_num_blocks=24).map_batches(
        Slow, batch_size=1, compute=pool, num_cpus=1
    )
    return len({row["process"] for row in rows.take_all()})


ray.init(num_cpus=6, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
ray.data.DataContext.get_current().enable_progress_bars = False
one, two = processes(1), processes(2)
print(f"ray {ray.__version__}")
print("24 blocks of 2.5 seconds each wait for a pool of one to four actors; six cores are free. One")
print("would swear that the pool grows, however many blocks an actor may have in hand.")
print(f"  actors that worked, two blocks in hand each   {two}")
print(f"  actors that worked, one block in hand each    {one}")
print("The pool grows when blocks in hand, divided by blocks that can be worked on, reach 1.75.")
print("With one block in hand they are never more than 1: the maximum is no maximum, and no word")
print("is said. Setting DataContext.autoscaling_config.actor_pool_util_upscaling_threshold to 1.0")
print("lets it grow.")
sys.exit(not (one == 1 and two > 1))
PYTHON
