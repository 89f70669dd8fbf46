"""How well and how fast repeated paragraphs are found, beside other tools.

    scripts/bench/dedup.py quality --texts FOLDER
    scripts/bench/dedup.py order   --texts FOLDER [--shuffles 20]
    scripts/bench/dedup.py speed   --texts FOLDER [--sizes 10000,100000,1000000] [--tools ours,...]
    scripts/bench/dedup.py ntrex   --ntrex FOLDER --out FOLDER

FOLDER holds .txt files, paragraphs between blank lines. The other tools need the extra `bench`.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

import dedup_data as data
import dedup_speed as speed
from documents import document

from pipeline.document import Document, Paragraph
from pipeline.lang.normalise import normalise
from pipeline.output.ledger import entries
from pipeline.stages.dedup import Dedup

_SEED = 20261124


def sources(originals: Sequence[data.Original]) -> list[Document]:
    """Return the folder's documents, dated before every copy."""
    grouped: dict[str, list[str]] = {}
    for original in originals:
        grouped.setdefault(original.document, []).append(original.text)
    return [document(name, texts, date="2026-01-01") for name, texts in grouped.items()]


def quality(folder: Path, *, show: int) -> None:
    """Print precision, recall and F1 for each class, and over all of them."""
    originals = data.read_folder(folder)
    documents = sources(originals)
    place: dict[tuple[str, int], str] = {}
    for each in documents:
        for paragraph in each.paragraphs:
            place[each.name, paragraph.index] = normalise(paragraph.text)
    total: Counter[str] = Counter()
    lost = sum(p.removal is not None and place[d.name, p.index] != _named(p, place)
               for d in Dedup().run(documents) for p in d.paragraphs)  # fmt: skip
    print(f"{len(documents)} documents, {len(originals)} paragraphs; {lost} originals lost")
    print(f"{'class':20} {'made':>5} {'removed':>8} {'right':>6} precision recall    F1")
    for each in data.classes(originals):
        chance = random.Random(f"{_SEED} {each.name}")
        made: list[tuple[data.Original, str]] = []
        for original in originals:
            text = each.make(original, chance)
            if text is not None:
                made.append((original, text))
        copies = [
            document(f"copy-{k:06}", [text], date="2026-01-02") for k, (_, text) in enumerate(made)
        ]
        tally = Counter(made=len(made))
        shown = 0
        for result in Dedup().run([*documents, *copies]):
            if not result.name.startswith("copy-"):
                continue
            original, text = made[int(result.name[5:])]
            [paragraph] = result.paragraphs
            removed = paragraph.removal is not None
            right = (
                removed
                and each.copy
                and _named(paragraph, place, copies) == normalise(original.text)
            )
            tally["removed"] += removed
            tally["right"] += right
            if (removed != each.copy) and shown < show:
                shown += 1
                print(f"    {original.text}\n    {text}\n")
        bar = each.copy and each.name != "noise 15 %"
        for key, value in tally.items():
            total[f"{key} {'copies' if each.copy else 'negatives'}"] += value
            if bar and each.name.startswith("noise"):
                total[f"{key} noise"] += value
        _row(each.name, tally, copy=each.copy)
    removed = total["removed copies"] + total["removed negatives"]
    print(f"precision, all classes        {total['right copies'] / removed:.4f}")
    print(f"recall, noise up to 10 %      {total['right noise'] / total['made noise']:.4f}")
    print(f"recall, all copies            {total['right copies'] / total['made copies']:.4f}")
    print(
        f"hard negatives removed        {total['removed negatives'] / total['made negatives']:.4f}"
    )


def _named(
    paragraph: Paragraph, place: dict[tuple[str, int], str], copies: Sequence[Document] = ()
) -> str | None:
    """Return the normalised text of the original that the removal names, or of a copy of it."""
    if paragraph.removal is None or paragraph.removal.kept is None:
        return None
    kept = paragraph.removal.kept
    return place.get((kept.document, kept.paragraph))


def _row(name: str, tally: Counter[str], *, copy: bool) -> None:
    made, removed, right = tally["made"], tally["removed"], tally["right"]
    if not copy:
        print(f"{name:20} {made:5} {removed:8}        removed {removed / max(1, made):.4f}")
        return
    precision = right / removed if removed else 1.0
    recall = right / made if made else 1.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    print(f"{name:20} {made:5} {removed:8} {right:6} {precision:9.4f} {recall:.4f} {f1:.4f}")


def order(folder: Path, *, shuffles: int) -> None:
    """Compare the ledgers of shuffled inputs and of 1, 2 and 4 workers, byte for byte."""
    originals = data.read_folder(folder)
    chance = random.Random(_SEED)
    documents = sources(originals)
    kinds = data.classes(originals)
    for k, original in enumerate(originals):
        text = kinds[k % len(kinds)].make(original, chance)
        if text is not None:
            documents.append(document(f"copy-{k:06}", [text], date=f"2026-01-{2 + k % 5:02}"))
    ledgers = Counter()
    for run in range(shuffles):
        chance.shuffle(documents)
        workers = (1, 2, 4)[run % 3]
        done = Dedup(workers=workers).run(documents)
        lines = sorted(str(e.as_json()) for d in done for e in entries(d))
        ledgers["\n".join(lines)] += 1
    print(f"{shuffles} shuffles, 1, 2 and 4 workers: {len(ledgers)} different ledgers")
    print(f"{next(iter(ledgers)).count(chr(10)) + 1} entries each")
    if len(ledgers) != 1:
        sys.exit(1)


def ntrex(folder: Path, out: Path) -> None:
    """Write each NTREX document in four languages as a file of paragraphs of 1 to 3 segments.

    Every second document goes to `out`/dev, for development, the others to `out`/report.
    """
    names = (folder / "DOCUMENT_IDS.tsv").read_text(encoding="utf-8").split()
    for language in ("eng", "rus", "ukr", "fra"):
        lines = (folder / f"{language}.txt").read_text(encoding="utf-8").split("\n")
        grouped: dict[str, list[str]] = {}
        for name, line in zip(names, lines, strict=False):
            grouped.setdefault(name, []).append(line.strip())
        for number, (name, segments) in enumerate(grouped.items()):
            blocks, at = [], 0
            while at < len(segments):
                take = (1, 2, 1, 3, 2)[len(blocks) % 5]
                blocks.append(" ".join(segments[at : at + take]))
                at += take
            part = out / ("dev" if number % 2 == 0 else "report")
            part.mkdir(parents=True, exist_ok=True)
            text = "\n\n".join(blocks) + "\n"
            (part / f"{name}.{language}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("quality", "order", "speed", "ntrex"))
    parser.add_argument("--texts", type=Path, help="folder of .txt files")
    parser.add_argument("--show", type=int, default=0, help="print so many errors of each class")
    parser.add_argument("--shuffles", type=int, default=20)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--tools", default=",".join(speed.TOOLS))
    parser.add_argument("--ntrex", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.what == "ntrex":
        ntrex(given.ntrex, given.out)
    elif given.what == "quality":
        quality(given.texts, show=given.show)
    elif given.what == "order":
        order(given.texts, shuffles=given.shuffles)
    else:
        sizes = [int(size) for size in given.sizes.split(",")]
        speed.compare(given.texts, sizes=sizes, tools=given.tools.split(","), seed=_SEED)


if __name__ == "__main__":
    main()
