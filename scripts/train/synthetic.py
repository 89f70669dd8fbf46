"""Ukrainian news made from Russian news: adds pairs to the table that data.py wrote.

    grep '^ru.news' pairs.tsv > news.tsv; cut -f4 news.tsv | scripts/train/ukrainianise.sh > uk.txt
    python scripts/train/synthetic.py --pairs news.tsv --sources uk.txt >> pairs.tsv

The rules mark what they do not know (*) or cannot inflect (#). A sentence with more than one such
word in eight is left out; in the others these words are spelt as Ukrainian would spell them. The
English is a person's, so the faults are all on the side that the model only reads.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

DOMAIN = "news-by-rule"
MAX_MARKED = 1 / 8  # of the words
_LETTERS = str.maketrans("ыэёъЫЭЁЪ", "иео'ИЕО'")
_MARKED = re.compile(r"[*#@]\S+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True)
    options = parser.parse_args()
    pairs = options.pairs.read_text(encoding="utf-8").splitlines()
    sources = options.sources.read_text(encoding="utf-8").splitlines()
    counts: Counter[str] = Counter()
    for pair, source in zip(pairs, sources, strict=True):
        _, _, line, russian, english = pair.split("\t")
        words = source.split()
        marked = len(_MARKED.findall(source))
        # The rules sometimes lose the space between two words: fewer words are a sign of it.
        if not words or marked / len(words) > MAX_MARKED or len(words) < len(russian.split()) - 1:
            counts["left out"] += 1
            continue
        counts["kept"] += 1
        plain = re.sub(r"[*#@](?=\w)", " ", source).translate(_LETTERS)
        print("uk", DOMAIN, line, " ".join(plain.split()), english, sep="\t")
    print(dict(counts), file=sys.stderr)


if __name__ == "__main__":
    main()
