"""Words that are written with a capital, out of the training sources: the case of ALL CAPS lines.

    python scripts/train/cased.py --pairs FOLDER --out pipeline/stages/naming/cased.tsv

FOLDER holds the tables `ru-en.tsv uk-en.tsv fr-en.tsv` (domain, source, target). Each line of the
output is a language and a word. Of a name it is the stem with its capital ("Росси"); of an
abbreviation the word as it is written ("США"). Russian and Ukrainian names have one folded key.

1. Only words inside sentences that have small letters count: a heading's capitals say nothing.
2. A stem is a name if it has a capital there at least `MIN_NAME` times, in nearly all places.
3. A word is an abbreviation if it has capitals only, at least `MIN_ABBREVIATION` times, in nearly
   all places.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.lexicon import folded
from pipeline.stages.naming.name_words import opens_sentence
from pipeline.stages.naming.slavic import stem

LEFT_OUT = frozenset({"python-docs", "debian-other", "debian-news"})
MIN_ABBREVIATION = 2
MAX_LOWER_SHARE = 0.1
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    names: Counter[tuple[str, str]] = Counter()
    abbreviations: Counter[tuple[str, str]] = Counter()
    lower: Counter[tuple[str, str]] = Counter()
    whole_lower: Counter[tuple[str, str]] = Counter()
    for language, text in _sources(options.pairs):
        if sum(map(str.islower, text)) < sum(map(str.isupper, text)):
            continue
        script = "cyrillic" if language in cyrillic() else language
        for match in _WORD.finditer(text):
            word = match.group()
            key = (script, folded(stem(word, language)))
            if word.islower():
                lower[key] += 1
                whole_lower[script, word.upper()] += 1
            elif len(word) > 1 and word.isupper():
                abbreviations[script, word] += 1
            elif word[0].isupper() and not opens_sentence(text, match.start()):
                names[key] += 1
    lines = {
        f"{script}\t{own.capitalize()}"
        for (script, own), count in names.items()
        if len(own) > 2
        and own.isascii() <= (script != "cyrillic")
        and lower[script, own] <= MAX_LOWER_SHARE * (count + lower[script, own])
    }
    lines |= {
        f"{script}\t{word}"
        for (script, word), count in abbreviations.items()
        if count >= MIN_ABBREVIATION
        and whole_lower[script, word] <= MAX_LOWER_SHARE * (count + whole_lower[script, word])
    }
    options.out.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")
    print(f"{options.out}: {len(lines)} lines")


def _sources(folder: Path) -> Iterator[tuple[str, str]]:
    for language in ("ru", "uk", "fr"):
        for line in (folder / f"{language}-en.tsv").read_text(encoding="utf-8").splitlines():
            domain, source, _ = line.split("\t")[:3]
            if domain not in LEFT_OUT:
                yield language, source


if __name__ == "__main__":
    main()
