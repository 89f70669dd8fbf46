"""The learning curve by amount and kind of data, on the small translator.

    python scripts/train/by_data.py --base FOLDER --data FOLDER --ntrex FOLDER --out FOLDER
        [--only ARM ...] [--tokens 390000]

FOLDER of --data is what data.py wrote with the collected pairs. Every arm trains on from version 2
for the same number of tokens, so that only the data differ: `all` has as many pairs as those tokens
read once, drawn by the weights of the mix, `half` and `quarter` have half and a quarter of them, so
that each pair comes twice and four times. `old-...` arms have the domains of version 2 alone
(mix `long`), `new-...` arms also catalogues, books and short pairs (mix `wide`).

1. slices: pairs of the new kinds held out of all arms, 100 of each language, in held-out.tsv;
2. for each arm its pairs, training (a run that was stopped goes on), export, measurement;
3. curve.tsv: arm, slice, language, segments, chrF2++ (greedy), mean log-probability of the
   references in nats a token; and curve.svg once all arms are there. The arm `version-2` is the
   adapter that all start from.

Slices: the held-out pairs, and NTREX lines 607 to 1997, every 35th, as in the model card. What is
reported (NTREX 1-500) is not read. A step that is done is not done again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data import Pair
from examples import MIXES, load
from plot import WIDTH, drawing, panel

from models.engine import Decoding, Segment
from models.repository.manifest import sha256_of
from models.repository.registry import GEMMA, STUDENT, AdapterSpec
from models.repository.weights import require
from models.runtime.adapter import OwnBase, load_adapter
from models.student import Student

HERE = Path(__file__).resolve().parent
FILES = {"ru": "rus", "uk": "ukr", "fr": "fra"}
SHARES = {"quarter": 0.25, "half": 0.5, "all": 1.0}
KINDS = {"old": "long", "new": "wide"}
ARMS = [f"{kind}-{share}" for kind in KINDS for share in SHARES]
HELD_OUT = 100  # pairs of a language
# Version 2 has seen the older domains: what it has by heart tells nothing.
HELD_OUT_DOMAINS = {"stories/near": 40, "prose/near": 30, "books/near": 30, "interface/near": 30}
TOKENS_A_PAIR = 68  # of version 2's training: 3,887,553 tokens of 57,075 pairs
BATCH_TOKENS = 1_536
TOKENS_A_STEP = 1_440  # of version 2's training; the rest of a batch is padding
NTREX_LINES = range(606, 1997, 35)
Slice = list[tuple[str, str, str]]  # language, source, reference
Table = Mapping[tuple[str, str], Sequence[Pair]]


def order(pair: Pair) -> int:
    """Return a number that shuffles pairs, the same way every time."""
    return zlib.crc32(f"held out {pair.source}".encode())


def held_out(pairs: Table) -> list[Pair]:
    """Return the pairs that no arm is trained on."""
    found: list[Pair] = []
    for language in FILES:
        own: list[Pair] = []
        for domain, count in HELD_OUT_DOMAINS.items():
            own += sorted(pairs.get((language, domain), ()), key=order)[:count]
        found += own[:HELD_OUT]
    return found


def subset(pairs: Table, *, mix: str, count: int, without: set[str]) -> list[Pair]:
    """Return about `count` pairs, of each domain as many as its weight in the mix has.

    A smaller subset is part of a larger one.
    """
    weights = {key: weight for key, weight in MIXES[mix].items() if pairs.get(key)}
    total = sum(weights.values())
    chosen: list[Pair] = []
    for key, weight in weights.items():
        left = [pair for pair in pairs[key] if pair.source not in without]
        random.Random(f"subset {key}").shuffle(left)
        taken = left[: max(1, round(count * weight / total))]
        chosen += sorted(taken, key=lambda pair: pair.line)  # neighbours stay neighbours
    return chosen


def write(path: Path, pairs: Sequence[Pair]) -> None:
    """Write pairs as data.py does."""
    lines = [f"{p.language}\t{p.domain}\t{p.line}\t{p.source}\t{p.target}\n" for p in pairs]
    partial_file = path.with_suffix(".partial")
    partial_file.write_text("".join(lines), encoding="utf-8")
    partial_file.replace(path)


def train(options: argparse.Namespace, arm: str, pairs: Table, without: set[str]) -> Path:
    """Return the exported adapter of an arm, trained unless it is there."""
    folder: Path = options.out / arm
    adapter = folder / "adapter.safetensors"
    if adapter.exists():
        return adapter
    kind, _, share = arm.partition("-")
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "pairs.tsv").exists():
        count = round(SHARES[share] * options.tokens / TOKENS_A_PAIR)
        some = subset(pairs, mix=KINDS[kind], count=count, without=without)
        write(data / "pairs.tsv", some)
        print(f"{arm}: {len(some)} pairs", flush=True)
    # The tokens that the translator may write are those of version 2: few pairs have few of them,
    # and a reference's other tokens would count as impossible.
    rows = load_adapter(STUDENT.path, sha256=STUDENT.sha256).rows
    known = {language: ids.tolist() for language, ids in rows.items()}
    (folder / "output_rows.json").write_text(json.dumps(known), encoding="utf-8")
    steps = max(1, round(options.tokens / TOKENS_A_STEP))
    environment = os.environ | {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}
    subprocess.run(
        [
            sys.executable, HERE / "train.py", "--base", options.base, "--data", data, "--run",
            folder, "--start-from", STUDENT.path, "--mix", KINDS[kind], "--peak-rate", "3e-4",
            "--batch-tokens", str(BATCH_TOKENS), "--seed", "31", "--threads", str(options.threads),
            "--max-steps", str(steps), "--decay-by-steps", "--decay-share", "0.8",
            "--checkpoint-every-s", "60", "--minutes", "100000",
        ],
        check=True, env=environment,
    )  # fmt: skip
    partial_file = folder / "adapter.partial"
    exported = [HERE / "export.py", "--run", folder, "--base", options.base, "--out", partial_file]
    subprocess.run([sys.executable, *exported], check=True)
    partial_file.replace(adapter)
    return adapter


def measure(adapter: Path, slices: Mapping[str, Slice], *, name: str) -> list[str]:
    """Return the lines of the table for an adapter."""
    from sacrebleu.metrics import CHRF

    spec = AdapterSpec(
        name="student", revision=name, base=GEMMA, file=str(adapter.absolute()),
        sha256=sha256_of(adapter), routes=tuple((s, "en") for s in FILES), purpose="",
    )  # fmt: skip
    student = Student(spec, OwnBase(partial(require, GEMMA), identity=GEMMA.name))
    chrf = CHRF(word_order=2)
    lines = []
    for slice_name, rows in slices.items():
        for language in FILES:
            own = [row for row in rows if row[0] == language]
            segments = [Segment(source, language, "en") for _, source, _ in own]
            found = dict(student.translate(segments, decoding=Decoding()))
            texts = [found[i].text for i in range(len(own))]
            references = [reference for _, _, reference in own]
            score = chrf.corpus_score(texts, [references]).score
            nats = student.log_probabilities(list(zip(segments, references, strict=True)))
            mean = sum(nats) / len(nats)
            fields = (name, slice_name, language, len(own), f"{score:.2f}", f"{mean:.4f}")
            lines.append("\t".join(map(str, fields)))
            print(lines[-1], flush=True)
    return lines


def ntrex(folder: Path) -> Slice:
    """Return the development lines of NTREX."""
    references = (folder / "eng.txt").read_text(encoding="utf-8").splitlines()
    rows = []
    for language, name in FILES.items():
        lines = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        rows += [(language, lines[i], references[i]) for i in NTREX_LINES]
    return rows


def draw(table: str, out: Path, *, tokens: int) -> None:
    """Write the plot of a table: a panel for each kind of data, where all its arms are there.

    Points are the mean log-probability of NTREX's references by the pairs of an arm; version 2
    stands at no pairs.
    """
    rows = [line.split("\t") for line in table.splitlines()]
    nats = {(arm, lang): float(mean) for arm, name, lang, *_, mean in rows if name == "ntrex"}
    parts: list[str] = []
    if len(nats) < len(FILES) * (1 + len(ARMS)):
        return
    for place, kind in enumerate(KINDS):
        series = {
            language: [(0.0, nats["version-2", language])]
            + [
                (share * tokens / TOKENS_A_PAIR, nats[f"{kind}-{name}", language])
                for name, share in SHARES.items()
            ]
            for language in FILES
        }
        parts += panel(
            WIDTH / 2 * place, f"log-probability of references, {kind} data", series,
            floor=min(nats.values()) - 0.02, ceiling=max(nats.values()) + 0.02,
            across_is=f"different pairs, {tokens:,} tokens seen",
        )  # fmt: skip
    out.write_text(drawing(parts), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--ntrex", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=["version-2", *ARMS])
    parser.add_argument("--tokens", type=int, default=390_000, help="that each arm is trained on")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pairs = load(options.data / "pairs.tsv")
    kept = options.out / "held-out.tsv"
    if not kept.exists():
        write(kept, held_out(pairs))
    rows = [p for found in load(kept).values() for p in found]
    slices = {
        "held-out": [(p.language, p.source, p.target) for p in rows],
        "ntrex": ntrex(options.ntrex),
    }
    without = {p.source for p in rows}
    for arm in options.only or ["version-2", *ARMS]:
        table = options.out / f"{arm}.tsv"
        if not table.exists():
            is_first = arm == "version-2"
            adapter = STUDENT.path if is_first else train(options, arm, pairs, without)
            partial_file = table.with_suffix(".partial")
            partial_file.write_text("\n".join(measure(adapter, slices, name=arm)) + "\n")
            partial_file.replace(table)
    tables = [options.out / f"{arm}.tsv" for arm in ["version-2", *ARMS]]
    joined = "".join(t.read_text(encoding="utf-8") for t in tables if t.exists())
    (options.out / "curve.tsv").write_text(joined, encoding="utf-8")
    draw(joined, options.out / "curve.svg", tokens=options.tokens)


if __name__ == "__main__":
    main()
