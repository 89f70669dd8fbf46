"""Sentence pairs to train on: read, filtered, counted, written once as one table.

    python scripts/train/data.py --pairs DIR --exclude FILE [FILE ...] --out FOLDER

`--pairs` holds ru-en.tsv, uk-en.tsv and fr-en.tsv (domain, source, target). Every line of every
`--exclude` file is an evaluation sentence: a pair that has one on either side, compared without
case, punctuation and spaces, is dropped. Writes pairs.tsv (language, domain, number of the line,
source, target; in the order of the input, so that neighbours stay neighbours) and counts.tsv.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from models.langid.identifier import ProfileIdentifier  # noqa: E402

LANGUAGES = ("ru", "uk", "fr")
MAX_CHARS = 900  # about 250 tokens: longer ones are paragraphs of a manual
MIN_RATIO, MAX_RATIO = 0.4, 2.5  # characters of the source to characters of the target
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


def normalised(text: str) -> str:
    """Return the letters and digits of `text`, without case: what two copies have in common."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def read(path: Path, language: str) -> Iterator[Pair]:
    """Yield the pairs of a table; raises ValueError that names the line without three fields."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.rstrip("\n").split("\t")
            if len(fields) != 3:
                raise ValueError(f"{path}:{number}: {len(fields)} fields, not 3")
            domain, source, target = (" ".join(f.split()) for f in fields)
            yield Pair(language, domain, number, source, target)


class Filter:
    """Says why a pair is not to be trained on; remembers what it has seen."""

    def __init__(self, excluded: set[str]) -> None:
        self._excluded = excluded
        self._seen: set[tuple[str, str]] = set()
        self._identifier = ProfileIdentifier(languages=(*LANGUAGES, "en"))

    def reason(self, pair: Pair) -> str | None:
        """Return the reason to drop `pair`, or None to keep it."""
        source, target = normalised(pair.source), normalised(pair.target)
        if not source or not target:
            return "empty"
        if source in self._excluded or target in self._excluded:
            return "evaluation sentence"
        if (pair.language, source) in self._seen:
            return "copy"
        if max(len(pair.source), len(pair.target)) > MAX_CHARS:
            return "too long"
        ratio = len(pair.source) / len(pair.target)
        if len(pair.target) > 20 and not MIN_RATIO <= ratio <= MAX_RATIO:
            return "length ratio"
        if len(_MARKUP.findall(pair.source)) + len(_MARKUP.findall(pair.target)) > 2:
            return "mark-up"
        if source == target and len(pair.target) > 20:
            return "untranslated"
        if len(pair.source) >= JUDGED_CHARS:
            if self._identifier.identify(pair.source).language != pair.language:
                return "source language"
            if self._identifier.identify(pair.target).language != "en":
                return "target language"
        self._seen.add((pair.language, source))
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--exclude", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    excluded = {
        key
        for path in options.exclude
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(key := normalised(line)) > 12  # "Yes." in an evaluation set is no leak
    }
    counts: Counter[tuple[str, str, str]] = Counter()
    check = Filter(excluded)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "pairs.tsv").open("w", encoding="utf-8") as table:
        for language in LANGUAGES:
            for pair in read(options.pairs / f"{language}-en.tsv", language):
                reason = check.reason(pair)
                counts[language, pair.domain, reason or "kept"] += 1
                if reason is None:
                    fields = (language, pair.domain, str(pair.line), pair.source, pair.target)
                    print("\t".join(fields), file=table)
    rows = ["\t".join((*key, str(count))) for key, count in sorted(counts.items())]
    (options.out / "counts.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print("\n".join(rows), f"\nevaluation sentences: {len(excluded)}")


if __name__ == "__main__":
    main()
