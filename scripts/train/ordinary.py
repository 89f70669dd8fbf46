"""Ordinary French and English words, out of the training pairs: ordinary.tsv.

    python scripts/train/ordinary.py --pairs pairs.tsv --out pipeline/stages/naming

A title has capitals ("le Conseil de l'Europe"), and its translation is nearly a copy of it, as
Council is. Kept are words that stand in lower case, too, and not seldom.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

MIN_LOWER = 3  # occurrences in lower case
MIN_ALONE = 10  # the same, of a word that never has a capital
MAX_CAPITALS = 4  # occurrences with a capital for one in lower case
MIN_CHARS = 4
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def main() -> None:
    """Write ordinary.txt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    seen: dict[str, Counter[str]] = {"fr": Counter(), "en": Counter()}
    for line in options.pairs.open(encoding="utf-8"):
        language, _, _, source, target, *_ = line.rstrip("\n").split("\t")
        seen["en"].update(_WORD.findall(target))
        if language == "fr":
            seen["fr"].update(_WORD.findall(source))
    lines = [f"{language}\t{word}" for language in seen for word in sorted(_kept(seen[language]))]
    (options.out / "ordinary.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines))


def _kept(seen: Counter[str]) -> list[str]:
    """Return the ordinary words among those that were seen so often."""
    return [
        word
        for word, lower in seen.items()
        if word.islower()
        and len(word) >= MIN_CHARS
        and lower >= (MIN_LOWER if seen[word.capitalize()] else MIN_ALONE)
        and seen[word.capitalize()] <= MAX_CAPITALS * lower
    ]


if __name__ == "__main__":
    main()
