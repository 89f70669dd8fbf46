"""Names and their English spellings, out of the training pairs: what the lexicon is made of.

    python scripts/train/names.py --data FOLDER --out pipeline/stages/naming/lexicon.tsv

A source name is paired by sound with a word of the English side, as the product pairs them. Kept
are stems that are no ordinary word of their language (seldom in lower case, nor is the English
form) and whose commonest form is clearly the commonest. The two Cyrillic languages share their
entries under one folded key. Evaluation sentences are not in the pairs (data.py).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from examples import load

from pipeline.stages.naming.forms import CYRILLIC, TRANSLATED, stem
from pipeline.stages.naming.lexicon import folded
from pipeline.stages.naming.pairs import Rendering, mentions_in
from pipeline.stages.naming.romanise import likeness, romanise

LEFT_OUT = frozenset({"python-docs"})
MIN_SHARE = 0.7  # of the commonest form among all forms of a stem
MIN_LIKENESS = 0.75  # of a name and its form
MAX_LOWER_SHARE = 0.25  # of a word's occurrences that begin with a small letter
_WORD = re.compile(r"[^\W\d_][\w'’ʼ-]+")


class Cases:
    """How often each word was written with a small letter, and with a capital."""

    def __init__(self) -> None:
        self._lower: Counter[str] = Counter()
        self._upper: Counter[str] = Counter()

    def read(self, key: str, *, lower: bool) -> None:
        """Count one occurrence of a word under `key`."""
        (self._lower if lower else self._upper)[key] += 1

    def is_ordinary(self, key: str) -> bool:
        """Tell whether a word is no name, or often is none."""
        lower = self._lower[key]
        return lower > MAX_LOWER_SHARE * (lower + self._upper[key])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    own_words, english_words = Cases(), Cases()
    for (language, domain), pairs in load(options.data / "pairs.tsv").items():
        for pair in pairs:
            for word in _WORD.findall(pair.target):
                english_words.read(word.lower(), lower=word[0].islower())
        if language not in CYRILLIC or domain in LEFT_OUT:
            continue
        for pair in pairs:
            for word in _WORD.findall(pair.source):
                own_words.read(folded(stem(word, language)), lower=word[0].islower())
            rendering = Rendering(pair.source, pair.target, language)
            for mention in next(mentions_in([rendering], target="en")):
                own = mention.key.stem.partition(" ")[0]
                if likeness(romanise(own, language), mention.form) >= MIN_LIKENESS:
                    forms[folded(own)][mention.form] += 1
    kept = []
    for key, counts in forms.items():
        form, count = counts.most_common(1)[0]
        if own_words.is_ordinary(key) or english_words.is_ordinary(form.lower()):
            continue
        if form.count("-") != key.count("-"):  # "R-Arizona" is not how Arizona is spelt
            continue
        if form not in TRANSLATED and count >= MIN_SHARE * counts.total():
            kept.append(f"{key}\t{form}\n")
    options.out.write_text("".join(sorted(kept)), encoding="utf-8")
    print(f"{len(forms)} stems seen, {len(kept)} kept")


if __name__ == "__main__":
    main()
