"""Learn `models/langid/pairs.tsv`: what tells Ukrainian from Russian and English from French.

    python scripts/bench/langid_train.py --train ../shared/data/train > models/langid/pairs.tsv

Logistic regression over runs of letters in single words, on top of the letter models that
langdetect's profiles give. Only statistics leave the texts: no sentence of them is in the file.
Takes some minutes and gives the same file every time.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.langid.known import Script, known
from models.langid.pairs import pair_grams
from models.langid.profiles import letter_models
from models.langid.words import read

SOURCES = {  # parts of the training data with a licence that is stated and free
    "tatoeba": "Tatoeba, CC BY 2.0 FR",
    "tico19": "TICO-19, CC0",
    "python-docs": "translations of the Python documentation, CC0",
    "debian-news": "Debian project news, MIT",
    "debian-other": "Debian web pages, MIT",
}
PAIRS: tuple[tuple[str, str, Script], ...] = (("ru", "uk", "Cyrl"), ("fr", "en", "Latn"))
GRAMS_KEPT = 12_000
RARE = 3  # words that a gram must occur in
DAMPING = 0.25  # a word seen n times as often counts n ** DAMPING times as much
LOAN = 20  # a word this many times as frequent in the other language is a loan there
SCALE = 0.2  # brings the profiles' nats to the size of the other features
RIDGE = 1.0
MARKUP = re.compile(r":[a-z]+:`[^`]*`|`[^`]*`|<[^>]*>|\w+[._/]\w[\w./]*|&\w+;")


def vocabulary(folder: Path, tag: str) -> Counter[str]:
    """Count the words of one language in all files that have it."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.glob("*-en.tsv")):
        if tag not in ("en", path.name[:2]):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            domain, source, target = line.split("\t")[:3]
            if domain in SOURCES:
                words = read(MARKUP.sub(" ", target if tag == "en" else source))
                counts.update(words.cyrillic + words.latin)
    letters = known()[tag].evidence.alphabet | {"'"}
    return Counter({word: n for word, n in counts.items() if letters.issuperset(word)})


def examples(first: Counter[str], second: Counter[str]) -> list[tuple[str, int, float]]:
    """Return (word, 0 for first or 1 for second, weight), both languages weighing the same."""
    per_million = [1e6 / sum(counts.values()) for counts in (first, second)]
    found = []
    for word in sorted(first.keys() | second.keys()):
        rates = (first[word] * per_million[0], second[word] * per_million[1])
        for side in (0, 1):
            if rates[side] and rates[1 - side] <= LOAN * rates[side]:
                found.append((word, side, rates[side] ** DAMPING))
    total = [sum(w for _, side, w in found if side == s) for s in (0, 1)]
    return [(word, side, w * len(found) / 2 / total[side]) for word, side, w in found]


def fit(rows, columns, values, *, width, labels, weights, steps=400):
    """Return ridge-penalised logistic weights, by accelerated gradient descent."""
    squares = np.bincount(rows, values**2, minlength=len(labels)) * weights
    scale = np.sqrt(np.bincount(columns, values**2 * weights[rows], minlength=width) + RIDGE)
    values = values / scale[columns]
    penalty = RIDGE / scale**2
    # A bound on the curvature of the loss: the largest eigenvalue, by power iteration.
    vector = np.ones(width)
    for _ in range(20):
        product = np.bincount(rows, values * vector[columns], minlength=len(labels)) * weights
        vector = np.bincount(columns, values * product[rows], minlength=width)
        bound = np.linalg.norm(vector)
        vector /= bound
    rate = 1 / (0.25 * bound + penalty.max())
    now = ahead = np.zeros(width)
    for step in range(steps):
        logits = np.bincount(rows, values * ahead[columns], minlength=len(labels))
        error = (1 / (1 + np.exp(-logits)) - labels) * weights
        gradient = np.bincount(columns, values * error[rows], minlength=width) + penalty * ahead
        following = ahead - rate * gradient
        ahead = following + step / (step + 3) * (following - now)
        now = following
    del squares
    return now / scale, scale


def learn(first: str, second: str, script: Script, folder: Path) -> list[str]:
    """Return the lines of the file for one pair."""
    letters = letter_models(script)
    a, b = letters.languages.index(first), letters.languages.index(second)
    found = examples(vocabulary(folder, first), vocabulary(folder, second))
    labels = np.array([side for _, side, _ in found], dtype=float)
    weights = np.array([weight for _, _, weight in found])
    offsets = []
    for word, _, _ in found:
        scores = letters.score(word.replace("'", " "))
        offsets.append((scores[b] - scores[a]) * SCALE)
    words = [sorted(pair_grams(word)) for word, _, _ in found]
    counts = Counter(gram for grams in words for gram in grams)
    kept = sorted(gram for gram, n in counts.items() if n >= RARE)
    for last in (False, True):
        index = {gram: i for i, gram in enumerate(kept)}
        width = len(kept) + 2
        pairs = [(r, index[g]) for r, grams in enumerate(words) for g in grams if g in index]
        n = len(found)
        rows = np.concatenate([[r for r, _ in pairs], np.arange(n), np.arange(n)]).astype(int)
        columns = np.concatenate(
            [[c for _, c in pairs], np.full(n, width - 2), np.full(n, width - 1)]
        ).astype(int)
        values = np.concatenate([np.ones(len(pairs)), offsets, np.ones(n)])
        solved, scale = fit(rows, columns, values, width=width, labels=labels, weights=weights)
        print(first, second, len(kept), "grams", n, "words", file=sys.stderr)
        if not last:
            importance = np.abs(solved[:-2]) * scale[:-2]
            best = np.argsort(-importance, kind="stable")[:GRAMS_KEPT]
            kept = sorted(kept[i] for i in best)
    lines = [f"[{first} {second} {solved[-2] * SCALE:.4f} {solved[-1]:.4f}]"]
    for gram, weight in zip(kept, solved, strict=False):
        if round(weight * 100):
            lines.append(f"{gram}\t{round(weight * 100)}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True, help="folder with XX-en.tsv")
    arguments = parser.parse_args()
    lines = [
        "# Model card. Log-odds, in hundredths, that a run of letters speaks for the second of",
        "# two languages; `_` is a word's edge. Learnt by scripts/bench/langid_train.py with",
        "# logistic regression on the words of:",
        *(f"#   {source}" for source in SOURCES.values()),
        "# For telling languages apart; it says nothing about dialects or the quality of a text.",
        "# Weak on names, loan words and words that both languages share.",
    ]
    for first, second, script in PAIRS:
        lines += learn(first, second, script, arguments.train)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
