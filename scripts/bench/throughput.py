"""This tree beside other checkouts of Nightdesk: seconds, processor seconds and memory at the peak.

    .venv/bin/python scripts/bench/throughput.py --ntrex FOLDER [--against CHECKOUT ...]
        [--paragraphs 64] [--texts FOLDER] [--rounds 3] [--json FILE]

Every measurement is a command of a fresh process with a state of its own, nothing remembered, and
systems take turns. "sentence" is one short sentence from a cold start. "ru", "uk" and "fr" are
paragraphs of NTREX (two neighbouring segments each, `--paragraphs` in all), scored by chrF2++
against the English ones. "two" is the Russian ones twice at the same time; "texts" is `nightdesk
run` on the folder of --texts. Prints medians and their ratios to the last system named.

A checkout runs in this environment, with its own code first on the path. The first run of a new
version also lays out its matrices, which it keeps: a round before the first is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILES = {"ru": "rus", "uk": "ukr", "fr": "fra"}
SENTENCE = "Привет, мир.\n"
HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement; `chrf` is chrF2++ where there is a reference."""

    seconds: float
    cpu_s: float
    peak_gb: float
    chrf: float | None = None


def run_at_once(tree: Path, commands: Sequence[Sequence[str]], *, folder: Path) -> Measured:
    """Start `nightdesk` with each list of arguments, and wait for all."""
    began = time.monotonic()
    processes = []
    for number, arguments in enumerate(commands):
        environment = os.environ | {
            "PYTHONPATH": str(tree),
            "NIGHTDESK_STATE": str(folder / f"state{number}"),
        }
        program = str(Path(sys.executable).with_name("nightdesk"))
        processes.append(os.posix_spawn(program, [program, *arguments, "--quiet"], environment))
    cpu_s, peak_gb = 0.0, 0.0
    for process in processes:
        _, status, used = os.wait4(process, 0)
        code = os.waitstatus_to_exitcode(status)
        if code not in {0, 1}:  # 1: a document was rejected
            raise RuntimeError(f"{tree}: exit code {code} of {commands[0]}")
        cpu_s += used.ru_utime + used.ru_stime
        peak_gb = max(peak_gb, used.ru_maxrss / 1e6)
    return Measured(time.monotonic() - began, cpu_s, peak_gb)


def translated(tree: Path, text: str, language: str, reference: str, *, times: int) -> Measured:
    """Translate a text, several times at once if `times` says so."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "text.txt").write_text(text, encoding="utf-8")
        commands = [
            ["translate", str(folder / "text.txt"), "--from", language, "-o", f"{folder}/{i}.txt"]
            for i in range(times)
        ]
        found = run_at_once(tree, commands, folder=folder)
        output = (folder / "0.txt").read_text(encoding="utf-8")
    if not reference:
        return found
    from sacrebleu.metrics import CHRF

    lines, wanted = output.split("\n\n"), reference.split("\n\n")
    if len(lines) != len(wanted):
        lines, wanted = [output], [reference]
    score = CHRF(word_order=2).corpus_score(lines, [wanted]).score
    return Measured(found.seconds, found.cpu_s, found.peak_gb, score)


def texts_of(folder: Path, count: int) -> dict[str, tuple[str, str]]:
    """Return a text and its reference for each language, `count` paragraphs in all."""
    english = (folder / "eng.txt").read_text("utf-8").splitlines()
    found, first = {}, 0
    for place, (tag, file) in enumerate(FILES.items()):
        lines = (folder / f"{file}.txt").read_text("utf-8").splitlines()
        own = count // len(FILES) + (place < count % len(FILES))
        pairs = range(first, first + 2 * own, 2)
        first += 2 * own
        texts = [
            "\n\n".join(f"{side[i]} {side[i + 1]}" for i in pairs) for side in (lines, english)
        ]
        found[tag] = (texts[0], texts[1])
    return found


def one_round(tree: Path, options: argparse.Namespace) -> dict[str, Measured]:
    """Measure everything once."""
    found = {"sentence": translated(tree, SENTENCE, "ru", "", times=1)}
    if options.ntrex:
        texts = texts_of(options.ntrex, options.paragraphs)
        for tag, (text, reference) in texts.items():
            found[tag] = translated(tree, text, tag, reference, times=1)
        found["two"] = translated(tree, texts["ru"][0], "ru", "", times=2)
    if options.texts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            command = ["run", str(options.texts), "--out", str(folder / "out")]
            found["texts"] = run_at_once(tree, [command], folder=folder)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ntrex", type=Path)
    parser.add_argument("--against", type=Path, action="append", default=[])
    parser.add_argument("--paragraphs", type=int, default=64)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    trees = [HERE, *(tree.resolve() for tree in options.against)]
    runs: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for tree in trees:
        translated(tree, SENTENCE, "ru", "", times=1)
    for _ in range(options.rounds):
        for tree in trees:
            for what, measured in one_round(tree, options).items():
                runs[what, str(tree)].append(measured)
                print(what, tree, measured, flush=True)
    print("| what | system | seconds | processor | peak GB | chrF2++ | ratio of seconds, memory |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for (what, tree), found in sorted(runs.items()):
        middle = {
            key: statistics.median(getattr(run, key) for run in found)
            for key in ("seconds", "cpu_s", "peak_gb")
        }
        peer = runs[what, str(trees[-1])]
        ratios = " ".join(
            f"{middle[key] / statistics.median(getattr(run, key) for run in peer):.2f}"
            for key in ("seconds", "peak_gb")
        )
        score = "" if found[0].chrf is None else f"{found[0].chrf:.1f}"
        print(
            f"| {what} | {tree} | {middle['seconds']:.1f} | {middle['cpu_s']:.1f}"
            f" | {middle['peak_gb']:.2f} | {score} | {ratios} |"
        )
    if options.json:
        rows = [
            {"what": what, "system": tree, "runs": [asdict(run) for run in found]}
            for (what, tree), found in sorted(runs.items())
        ]
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
