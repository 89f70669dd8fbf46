"""Sentence pairs to train on: read, filtered, counted, written once as one table.

    python scripts/train/data.py --pairs DIR --exclude PATH [PATH ...] --out FOLDER
        [--collected FILE ...] [--rated FILE] [--exclude-whole FILE ...]

`--pairs` holds ru-en.tsv, uk-en.tsv and fr-en.tsv (domain, source, target). `--collected` are
tables of collect.py and short_pairs.py, `--rated` is one of MLQE-PE: translations that people rated
with `MIN_RATING` and more are the domain `rated`. Every text of every `--exclude` file, or of the
files below a folder, is an evaluation sentence (excluded.py): a pair that has one on either side,
compared without case, punctuation and spaces, is dropped. Texts of `--exclude-whole` are excluded
however short they are, but as wholes alone.

Writes pairs.tsv (language, domain, number of the line, source, target; in the order of the input,
so that neighbours stay neighbours), counts.tsv and sources.tsv (pairs and words by language, kind,
package and licence). Pairs of the collected kinds that are like news have `/near` behind their
kind, so that a mix can draw them more often; of `interface` and `labels` the most news-like
`MAX_INTERFACE` and any `MAX_LABELS` of a language are kept.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from excluded import is_excluded, normalised, read_excluded, texts_of
from likeness import NEAR, is_raw, likeness

from models.langid.identifier import ProfileIdentifier

LANGUAGES = ("ru", "uk", "fr")
MAX_CHARS = 900  # about 250 tokens: longer ones are paragraphs of a manual
MIN_RATIO, MAX_RATIO = 0.4, 2.5  # characters of the source to characters of the target
MIN_RATING = 85.0  # of 100, the mean of three raters: well translated, and well put
MAX_INTERFACE, MAX_LABELS = 20_000, 12_000  # of a language
TIERED = frozenset({"stories", "prose", "books", "interface"})
BATCH = 2_000
JUDGED_CHARS = 40  # shorter texts are too short to tell languages apart with certainty
# Mark-up of manuals: roles and links that no newspaper has. Pairs with more than one are dropped.
_MARKUP = re.compile(r":[a-z:]+:`|``|`_|\|\w+\||\\[*_]|<[^>]+>|::$|%\(|\{\w*\}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and its English, with where it comes from."""

    language: str
    domain: str
    line: int
    source: str
    target: str

    @property
    def texts(self) -> tuple[str, str]:
        """Source and target."""
        return self.source, self.target


def read(path: Path, language: str) -> Iterator[Pair]:
    """Yield the pairs of a table; raises ValueError that names the line without three fields."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.rstrip("\n").split("\t")
            if len(fields) != 3:
                raise ValueError(f"{path}:{number}: {len(fields)} fields, not 3")
            domain, source, target = (" ".join(f.split()) for f in fields)
            yield Pair(language, domain, number, source, target)


def collected(path: Path) -> Iterator[tuple[Pair, str, str]]:
    """Yield the pairs of a table of collect.py, each with its package and licence."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.rstrip("\n").split("\t")
            if len(fields) != 6:
                raise ValueError(f"{path}:{number}: {len(fields)} fields, not 6")
            language, kind, package, licence, source, target = fields
            near = kind in TIERED and likeness(source, target) >= NEAR
            yield (
                Pair(language, f"{kind}/near" if near else kind, number, source, target),
                (package),
                licence,
            )


def rated(path: Path) -> Iterator[Pair]:
    """Yield the well rated translations of a table of MLQE-PE (Russian)."""
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)):
            if float(row["mean"]) >= MIN_RATING:
                yield Pair("ru", "rated", number, row["original"], row["translation"])


def capped(found: Iterable[tuple[Pair, str, str]]) -> list[tuple[Pair, str, str]]:
    """Return collected pairs without the least news-like strings of programs over the cap."""
    kept, over = [], {}
    for item in found:
        kind = item[0].domain.partition("/")[0]
        if kind in ("interface", "labels"):
            over.setdefault((item[0].language, kind), []).append(item)
        else:
            kept.append(item)
    for (_, kind), items in over.items():
        if kind == "interface":
            items.sort(key=lambda item: -likeness(item[0].source, item[0].target))
        else:  # in an order that is the same every time, and mixes packages
            items.sort(key=lambda item: zlib.crc32(item[0].source.encode()))
        kept += items[: MAX_INTERFACE if kind == "interface" else MAX_LABELS]
    return kept


class Filter:
    """Says why a pair is not to be trained on; remembers what it has seen."""

    def __init__(self, excluded: Collection[str]) -> None:
        self._excluded = excluded
        self._seen: set[tuple[str, str]] = set()
        self._identifier = ProfileIdentifier(languages=(*LANGUAGES, "en"))

    def reasons(self, pairs: Sequence[Pair], *, identified: bool = False) -> list[str | None]:
        """Return for each pair the reason to drop it, or None to keep it.

        `identified` pairs are known to be in their languages: collect.py has asked.
        """
        reasons = [self._reason(pair) for pair in pairs]
        if identified:
            return reasons
        doubtful = [
            at
            for at, (pair, reason) in enumerate(zip(pairs, reasons, strict=True))
            if reason is None and len(pair.source) >= JUDGED_CHARS
        ]
        sources = self._identifier.identify_all([pairs[at].source for at in doubtful])
        targets = self._identifier.identify_all([pairs[at].target for at in doubtful])
        for at, own, other in zip(doubtful, sources, targets, strict=True):
            if own.language != pairs[at].language:
                reasons[at] = "source language"
            elif other.language != "en":
                reasons[at] = "target language"
            if reasons[at]:
                self._seen.discard((pairs[at].language, normalised(pairs[at].source)))
        return reasons

    def _reason(self, pair: Pair) -> str | None:
        source, target = normalised(pair.source), normalised(pair.target)
        if not source or not target:
            return "empty"
        if is_excluded(pair.source, self._excluded):
            return "evaluation sentence, source"
        if is_excluded(pair.target, self._excluded):
            return "evaluation sentence, target"
        if (pair.language, source) in self._seen:
            return "copy"
        if max(len(pair.source), len(pair.target)) > MAX_CHARS:
            return "too long"
        if (pair.language, pair.domain) == ("uk", "python-docs") and is_raw(*pair.texts):
            return "raw machine translation"
        ratio = len(pair.source) / len(pair.target)
        if len(pair.target) > 20 and not MIN_RATIO <= ratio <= MAX_RATIO:
            return "length ratio"
        # Control tokens that a text spells out look like mark-up, and are there to be copied.
        marks = sum(len(_MARKUP.findall(text)) for text in pair.texts)
        if marks > 2 and pair.domain != "tokens":
            return "mark-up"
        if source == target and len(pair.target) > 20:
            return "untranslated"
        self._seen.add((pair.language, source))
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--collected", type=Path, nargs="*", default=[])
    parser.add_argument("--rated", type=Path)
    parser.add_argument("--exclude", type=Path, nargs="+", required=True)
    parser.add_argument("--exclude-whole", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    excluded = set().union(*read_excluded(options.exclude).values())
    excluded |= {normalised(t) for path in options.exclude_whole for t in texts_of(path)} - {""}
    own = [
        (pair, f"shared/{pair.domain}", "see models/weights/README.md")
        for language in LANGUAGES
        for pair in read(options.pairs / f"{language}-en.tsv", language)
    ]
    if options.rated:
        own += [(pair, "mlqe-pe", "CC0") for pair in rated(options.rated)]
    others = capped(item for path in options.collected for item in collected(path))
    counts: Counter[tuple[str, str, str]] = Counter()
    sources: Counter[tuple[str, ...]] = Counter()
    words: Counter[tuple[str, ...]] = Counter()
    check = Filter(excluded)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "pairs.tsv").open("w", encoding="utf-8") as table:
        for items, identified in ((own, False), (others, True)):
            for start in range(0, len(items), BATCH):
                batch = items[start : start + BATCH]
                found = check.reasons([pair for pair, _, _ in batch], identified=identified)
                for (pair, package, licence), reason in zip(batch, found, strict=True):
                    counts[pair.language, pair.domain, reason or "kept"] += 1
                    if reason is None:
                        key = (pair.language, pair.domain, package, licence)
                        sources[key] += 1
                        words[key] += len(pair.source.split()) + len(pair.target.split())
                        fields = (pair.language, pair.domain, str(pair.line), *pair.texts)
                        print("\t".join(fields), file=table)
    rows = ["\t".join((*key, str(count))) for key, count in sorted(counts.items())]
    (options.out / "counts.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    by_source = ["\t".join((*key, str(n), str(words[key]))) for key, n in sorted(sources.items())]
    (options.out / "sources.tsv").write_text("\n".join(by_source) + "\n", encoding="utf-8")
    print("\n".join(rows), f"\nevaluation sentences: {len(excluded)}")


if __name__ == "__main__":
    main()
