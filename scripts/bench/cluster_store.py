"""A run on Ray from an object store to it, while the store fails one request in twenty.

    NIGHTDESK_MOTO=moto_server PYTHONPATH=.:tests python scripts/bench/cluster_store.py

The store is moto's server on loopback, behind a proxy that answers 503 to a share of the requests.
Texts are put there, an object each; two raylets read them and write shards. Then every record is
compared with the text it was made of, and every shard with its sha256 in the manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import cluster_texts
from cluster import CONFIG, Steps, Watch, raylets
from object_store import object_store

from pipeline.cluster.run import run_on_cluster
from pipeline.cluster.storage import Storage
from pipeline.config import ClusterOptions, Config
from pipeline.state.folder import State


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000)
    parser.add_argument("--failing", type=float, default=0.05)
    parser.add_argument("--digest", action="store_true", help="write pages and digest, too")
    asked = parser.parse_args()
    with (
        object_store(failing=asked.failing) as (address, answers),
        tempfile.TemporaryDirectory() as folder,
    ):
        os.environ |= {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        from pyarrow import fs

        fs.S3FileSystem(endpoint_override=address, allow_bucket_creation=True).create_dir("archive")
        inbox, texts = Storage("s3://archive/in"), {}
        for at in range(asked.objects):
            name = f"site{at % 10}/news{at:06d}.txt"
            texts[name] = cluster_texts.archived(at)
            inbox.write(name, texts[name].encode())
        put = len(answers)
        options = ClusterOptions(max_workers=2, digest_up_to=asked.objects if asked.digest else 0)
        with raylets(2), Watch() as watch:
            began, cpu, steps = time.monotonic(), watch.cpu(), Steps(watch)
            found = run_on_cluster(
                "s3://archive/in",
                "s3://archive/out",
                address=None,
                config=Config(translate=CONFIG.translate, cluster=options),
                state=State(Path(folder)),
                progress=steps,
                engines=cluster_texts.engines,
            )
            steps.end()
            took, cpu = time.monotonic() - began, watch.cpu() - cpu
        asked_for = Counter(answers[put:])
        out = Storage("s3://archive/out")
        shards = {s["name"]: s for s in found.record["shards"]}
        data = {name: out.read(name) for name in shards}
        whole = all(hashlib.sha256(data[n]).hexdigest() == s["sha256"] for n, s in shards.items())
        records = [
            json.loads(line)
            for name in shards
            if name.startswith("documents/")
            for line in data[name].decode().splitlines()
        ]
        right = {r["name"] for r in records if r["text"] == texts[r["name"]]}
        told = sum(r["summary"] is not None for r in records)  # copies have no summary
        print(
            f"{asked.objects} objects, {asked.failing:.0%} of the requests fail: {took:.0f} s wall,"
            f" {cpu:.0f} s CPU; {len(records)} records, {len(right)} of them right, {told}"
            f" with a summary, in {len(shards)} shards, whole: {whole};"
            f" success: {out.has('_SUCCESS')}; rejected {len(found.rejections)};"
            f" answers {dict(asked_for)}"
        )
        print("  " + ", ".join(f"{k} {v:.1f} ({steps.cpu[k]:.1f})" for k, v in steps.wall.items()))


if __name__ == "__main__":
    main()
