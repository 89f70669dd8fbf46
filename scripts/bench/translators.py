"""The product beside the bare 1.5B chat model on the same segments: quality, faults and time.

"product" is the product as it comes, "careful" with configs/careful.toml; NAME=FILE among --systems
is the product with another configuration.

    .venv/bin/python scripts/bench/translators.py --ntrex FOLDER --out FOLDER [--last 300]

FOLDER of --ntrex has rus.txt, ukr.txt, fra.txt, eng.txt and DOCUMENT_IDS.tsv. Runs `nightdesk eval
mt` in blocks of 150 segments, both systems of a block one after the other, each with a state of its
own, so that nothing but the block's own names is remembered. A block that is in --out is not run
again: an interrupted run goes on. At the end both are measured as wholes, the product against the
other, with significance; the ratio of times is the median over all blocks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

FILES = {"ru": "rus", "uk": "ukr", "fr": "fra"}
CAREFUL = Path(__file__).resolve().parents[2] / "configs" / "careful.toml"
SYSTEMS = {"product": [], "careful": [f"--config={CAREFUL}"], "zero-shot": ["--zero-shot"]}
BLOCK = 150


def flags(system: str) -> tuple[str, list[str]]:
    """Return the name of a system, and the options of `nightdesk eval mt` that make it."""
    name, _, file = system.partition("=")
    return name, [f"--config={file}"] if file else SYSTEMS[name]


def measure(options: argparse.Namespace, language: str, lines: str, *more: str) -> dict[str, Any]:
    """Run one `nightdesk eval mt` and return what it prints."""
    folder: Path = options.ntrex
    state = options.out / "state"
    shutil.rmtree(state, ignore_errors=True)
    command = [
        str(Path(sys.executable).with_name("nightdesk")), "eval", "mt", "--json", "--quiet",
        "--source", str(folder / f"{FILES[language]}.txt"),
        "--reference", str(folder / "eng.txt"),
        "--documents", str(folder / "DOCUMENT_IDS.tsv"),
        "--lang", language, "--lines", lines, *more,
    ]  # fmt: skip
    environment = os.environ | {"NIGHTDESK_STATE": str(state)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def blocks(options: argparse.Namespace) -> None:
    """Translate every block by every system, if it is not there yet."""
    for first in range(options.first, options.last + 1, BLOCK):
        lines = f"{first}-{min(first + BLOCK - 1, options.last)}"
        for language in options.languages.split(","):
            for system, more in map(flags, options.systems.split(",")):
                name = options.out / f"{language}-{system}-{lines}"
                if name.with_suffix(".json").exists():
                    continue
                text = str(name.with_suffix(".en"))
                found = measure(options, language, lines, "--save", text, *more)
                name.with_suffix(".json").write_text(
                    json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8"
                )
                cost, quality = found["system"]["cost"], found["scores"][0]
                print(
                    f"{name.name}: {cost['seconds']} s, {cost['tokens_decoded']} tokens,"
                    f" {quality['name']} {quality['value']:.1f}",
                    flush=True,
                )


def whole(options: argparse.Namespace, language: str) -> None:
    """Measure all blocks of a language together and print the table."""
    seconds: dict[str, list[float]] = {}
    merged: dict[str, Path] = {}
    for system, _ in map(flags, options.systems.split(",")):
        texts, seconds[system] = [], []
        for first in range(options.first, options.last + 1, BLOCK):
            name = options.out / f"{language}-{system}-{first}-"
            (record,) = name.parent.glob(f"{name.name}*.json")
            seconds[system].append(
                json.loads(record.read_text("utf-8"))["system"]["cost"]["seconds"]
            )
            texts.append(record.with_suffix(".en").read_text("utf-8"))
        merged[system] = options.out / f"{language}-{system}.en"
        merged[system].write_text("".join(texts), encoding="utf-8")
    lines = f"{options.first}-{options.last}"
    for system, path in merged.items():
        other = [p for s, p in merged.items() if s == "zero-shot" != system]
        against = [f"--against={p}" for p in other]
        found = measure(options, language, lines, f"--hypothesis={path}", *against)
        path.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False, indent=1))
        scores = ", ".join(
            f"{s['name']} {s['value']:.1f} ({s['low']:.1f} to {s['high']:.1f})"
            for s in found["scores"]
        )
        faults = ", ".join(
            f"{kind} {row['hits']}/{row['total']}" for kind, row in found["faults"].items()
        )
        one_way = found["names"]["spelt_one_way"]
        print(f"{language} {system}: {scores}; {sum(seconds[system]):.0f} s")
        print(f"  faults: {faults}; spelt one way {one_way['hits']}/{one_way['total']}")
        for difference in found.get("comparison", {}).get("scores", ()):
            print(
                f"  {difference['name']}: {difference['ours']:.1f} against"
                f" {difference['theirs']:.1f},"
                f" p = {difference['p_value']:.3f} ({difference['signature']})"
            )
    for system in seconds.keys() - {"zero-shot"} if "zero-shot" in seconds else ():
        ratios = [a / b for a, b in zip(seconds["zero-shot"], seconds[system], strict=True)]
        shown = ", ".join(f"{ratio:.1f}" for ratio in ratios)
        print(
            f"  {language}: {system} {statistics.median(ratios):.1f} times as fast as zero-shot;"
            f" by block {shown}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ntrex", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=300)
    parser.add_argument("--languages", default=",".join(FILES))
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    blocks(options)
    for language in options.languages.split(","):
        whole(options, language)


if __name__ == "__main__":
    main()
