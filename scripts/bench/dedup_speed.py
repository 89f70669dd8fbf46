"""Seconds and memory of finding copies among many paragraphs, each tool in its own process.

Every tool gets the same list of texts in memory. The others do what their documentation shows:
words as tokens, 128 permutations, threshold 0.8; none of them verifies what it finds, nor looks
for changed facts. Wall seconds mean little on a machine that does other work: CPU seconds are
printed beside them.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import dedup_data as data

_BYTES = 480


def ours(texts: Sequence[str], *, workers: int = 2) -> int:
    from pipeline.stages.duplicates.find import find_copies

    return len(find_copies(texts, threshold=0.8, workers=workers).indices())


def ours_one_core(texts: Sequence[str]) -> int:
    return ours(texts, workers=1)


def rensa(texts: Sequence[str]) -> int:
    """RMinHashDeduplicator, the words of a text as its tokens."""
    from rensa import RMinHash, RMinHashDeduplicator

    found = RMinHashDeduplicator(0.8, 128, True)
    copies = 0
    for at, text in enumerate(texts):
        sketch = RMinHash(128, 42)
        sketch.update(text.split())
        copies += not found.add(str(at), sketch)
    return copies


def rensa_letters(texts: Sequence[str]) -> int:
    """The same with shingles of five letters, which bear typing errors as ours do."""
    from rensa import RMinHash, RMinHashDeduplicator

    found = RMinHashDeduplicator(0.8, 128, True)
    copies = 0
    for at, text in enumerate(texts):
        sketch = RMinHash(128, 42)
        sketch.update([text[k : k + 5] for k in range(len(text) - 4)])
        copies += not found.add(str(at), sketch)
    return copies


def datasketch(texts: Sequence[str]) -> int:
    """MinHashLSH, asked before each insertion."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    copies = 0
    for at, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([word.encode() for word in text.split()])
        if index.query(sketch):
            copies += 1
        else:
            index.insert(at, sketch)
    return copies


def text_dedup(texts: Sequence[str]) -> int:
    """Do what text-dedup does: five-word shingles, 256 permutations in numpy, union of the bands.

    Its recipe in our words; everything that shares a band is joined, with all that it is joined to.
    """
    import hashlib

    import numpy as np

    prime, top = np.uint64((1 << 61) - 1), np.uint64(0xFFFFFFFF)
    chance = np.random.default_rng(42)
    a = chance.integers(1, int(prime), size=256, dtype=np.uint64)
    b = chance.integers(0, int(prime), size=256, dtype=np.uint64)
    bands, rows = 25, 10  # of 256, for a threshold of 0.7
    tables: list[dict[bytes, int]] = [{} for _ in range(bands)]
    parent = list(range(len(texts)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    for at, text in enumerate(texts):
        words = text.lower().split()
        grams = {" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))}
        hashes = np.array(
            [int.from_bytes(hashlib.sha1(g.encode()).digest()[:4], "little") for g in grams],
            dtype=np.uint64,
        )
        sketch = ((hashes[:, None] * a + b) % prime & top).min(axis=0)
        for band, table in enumerate(tables):
            key = sketch[band * rows : (band + 1) * rows].tobytes()
            first = table.setdefault(key, at)
            one, other = root(at), root(first)
            parent[max(one, other)] = min(one, other)
    return sum(root(at) != at for at in range(len(texts)))


TOOLS: dict[str, Callable[[Sequence[str]], int]] = {
    "ours": ours,
    "ours-one-core": ours_one_core,
    "rensa": rensa,
    "rensa-letters": rensa_letters,
    "datasketch": datasketch,
    "text-dedup": text_dedup,
}


def compare(folder: Path, *, sizes: Sequence[int], tools: Sequence[str], seed: int) -> None:
    """Print one row for each tool and size."""
    originals = data.read_folder(folder)
    columns = ("wall s", "CPU s", "peak MB", "a second")
    print(f"{'tool':14} {'paragraphs':>10} {'copies':>8}", *(f"{name:>8}" for name in columns))
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "texts"
        with path.open("w", encoding="utf-8") as file:
            for text in data.many(originals, max(sizes), size_bytes=_BYTES, seed=seed):
                file.write(text.replace("\n", " ") + "\n")
        for size in sizes:
            for tool in tools:
                context = multiprocessing.get_context("spawn")
                results = context.SimpleQueue()
                process = context.Process(target=_measure, args=(tool, path, size, results))
                process.start()
                process.join()
                if process.exitcode:
                    print(f"{tool:14} {size:10} failed: exit code {process.exitcode}", flush=True)
                    continue
                copies, wall, cpu, peak = results.get()
                print(
                    f"{tool:14} {size:10} {copies:8} {wall:8.1f} {cpu:8.1f} {peak:8.0f}"
                    f" {size / wall:8.0f}",
                    flush=True,
                )


def _measure(tool: str, path: Path, size: int, results: multiprocessing.SimpleQueue) -> None:
    texts = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            texts.append(line.rstrip("\n"))
            if len(texts) == size:
                break
    gc.collect()
    gc.freeze()
    began, cpu = time.monotonic(), time.process_time()
    copies = TOOLS[tool](texts)
    wall, cpu = time.monotonic() - began, time.process_time() - cpu
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu += children.ru_utime + children.ru_stime
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + children.ru_maxrss) / 1000
    results.put((copies, wall, cpu, peak))
