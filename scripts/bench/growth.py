"""How cost grows with a folder: processor seconds a document, and memory at the peak.

    .venv/bin/python scripts/bench/growth.py --ntrex FOLDER [--documents 10 100 1000]
        [--config configs/fast.toml] [--json FILE]

A document is two neighbouring segments of NTREX, in Russian, Ukrainian and French in turn. Every
folder is run by `nightdesk run` in a process of its own, nothing remembered. The start is part of
it: at ten documents it is a third.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from throughput import FILES, HERE, run_at_once


def write_documents(folder: Path, ntrex: Path, count: int) -> None:
    """Write so many documents into a new folder."""
    folder.mkdir()
    lines = [(ntrex / f"{name}.txt").read_text("utf-8").splitlines() for name in FILES.values()]
    pairs = len(lines[0]) // 2
    for number in range(count):
        own, at = lines[number % len(lines)], 2 * (number % pairs)
        text = f"{own[at]}\n\n{own[at + 1]}\n"
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each size of the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ntrex", type=Path, required=True)
    parser.add_argument("--documents", type=int, nargs="+", default=[10, 100, 1_000])
    parser.add_argument("--config", type=Path, default=Path("configs/fast.toml"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    rows = []
    for count in options.documents:
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            write_documents(scratch / "in", options.ntrex, count)
            command = ["run", str(scratch / "in"), "--out", str(scratch / "out")]
            command += ["--config", str(options.config)]
            found = run_at_once(HERE, [command], folder=scratch)
        row = {
            "documents": count,
            "seconds": found.seconds / count,
            "cpu_s": found.cpu_s / count,
            "peak_gb": found.peak_gb,
        }
        rows.append(row)
        print(
            f"{count:6} documents: {row['cpu_s']:.2f} processor seconds a document,"
            f" {row['seconds']:.2f} seconds, peak {row['peak_gb']:.1f} GB",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
