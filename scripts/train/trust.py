"""Fit the trust in translations on people's ratings, and write pipeline/stages/trust/numbers.json.

    python scripts/train/trust.py --train mlqe-pe.ru-en.train.tsv --report mlqe-pe.ru-en.dev.tsv \
        --usual train/ru-en.tsv train/uk-en.tsv train/fr-en.tsv [--rows 4000] [--write]

1. Every translation's signs are taken (pipeline/stages/trust/signs.py); vectors stay in `--cache`.
2. Every tenth source stands a second time beside the translation of another one, with the rating 0.
   People rated no such pair, and without them a regression learns which sources are hard to
   translate, and trusts any text beside an easy one (CARD.md has the numbers).
3. Ridge regression; its penalty is the best of five folds of the training rows, strangers among
   them.
4. `doubtful` is the highest trust under which, in the folds, two of three translations are rated
   below 50.
5. The report is on rows that nothing was fitted or chosen on.

`--usual` are pairs of sentences (domain, source, target): the usual ratio of their lengths.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.engine import Encoder, Hypothesis
from pipeline.config_file import load
from pipeline.evaluate.correlation import pearson, spearman
from pipeline.evaluate.rows import read_rows
from pipeline.evaluate.trust.data import RatedTranslation, rated_translations
from pipeline.profiles import profile_encoder
from pipeline.stages.triage.suspicions import suspicions
from pipeline.stages.trust.estimate import TrustNumbers
from pipeline.stages.trust.signs import PLAIN, Rendered, plain_signs

Matrix = NDArray[np.float64]
NUMBERS = Path(__file__).resolve().parents[2] / "pipeline" / "stages" / "trust" / "numbers.json"
VERSION = 1  # of the numbers: new ones are told from old ones by it
PENALTIES = (100.0, 300.0, 1_000.0, 2_000.0, 3_000.0, 5_000.0, 10_000.0)
FOLDS = 5
STRANGERS = 10  # one for so many rated translations
POOR = 0.5  # a rating that nobody would publish
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--rows", type=int, help="fit on so many of the first rows; default: all")
    parser.add_argument("--usual", type=Path, nargs="+", required=True)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/nightdesk-trust"))
    parser.add_argument("--write", action="store_true", help=f"write {NUMBERS}")
    options = parser.parse_args()
    encoder = profile_encoder(load(None))
    ratios = {path.stem: usual_ratio(path) for path in options.usual}
    train = Rated(options.train, encoder, ratios=ratios, cache=options.cache, rows=options.rows)
    report = Rated(options.report, encoder, ratios=ratios, cache=options.cache)
    penalty, folded = chosen_penalty(train)
    weights, intercept = fitted(*train.with_strangers(np.arange(len(train.ratings))), penalty)
    numbers = TrustNumbers(
        version=VERSION,
        encoder=model_of(encoder.identity),
        ratios=ratios,
        weights=tuple(float(f"{w:.5g}") for w in weights),
        intercept=round(intercept, 5),
        doubtful=doubtful(folded, train.ratings),
    )
    tell(report, numbers, folded=folded, train=train, penalty=penalty)
    if options.write:
        NUMBERS.write_text(json.dumps(asdict(numbers)) + "\n", encoding="utf-8")


class Rated:
    """Rated translations with their signs, and the vectors of both sides."""

    def __init__(
        self,
        path: Path,
        encoder: Encoder,
        *,
        ratios: dict[str, float],
        cache: Path,
        rows: int | None = None,
    ) -> None:
        data = rated_translations(read_rows(path)[:rows], source=None, target=None)
        self.ratings = np.array([one.rating / 100 for one in data])
        self.own = np.array([one.own_likelihood or 0.0 for one in data])
        self.plain = np.array([plain_signs(rendered(one), ratios=ratios) for one in data])
        self.sources, self.targets = vectors(path, data, encoder, cache=cache)

    def signs(self, sources: NDArray[Any], targets: NDArray[Any]) -> Matrix:
        """Return the signs of sources beside translations, both given by their places."""
        products = self.sources[sources] * self.targets[targets]
        # The lengths of strangers are those of the pair that was rated: lengths tell them apart
        # too easily.
        return np.hstack([self.plain[sources], products])

    def with_strangers(self, rows: NDArray[Any]) -> tuple[Matrix, Matrix]:
        """Return signs and ratings of rows, and of some of their sources beside other rows."""
        random = np.random.default_rng(SEED)
        some = rows[::STRANGERS]
        others = random.permutation(some)
        apart = some != others
        matrix = np.vstack([self.signs(rows, rows), self.signs(some[apart], others[apart])])
        return matrix, np.concatenate([self.ratings[rows], np.zeros(int(apart.sum()))])


def rendered(one: RatedTranslation) -> Rendered:
    """Return a rated translation with the faults that the triage finds in it."""
    found = suspicions(one.segment, Hypothesis(one.text, tokens=0, finish="stop", model=""))
    return Rendered(one.segment, one.text, found)


def vectors(
    path: Path, data: Sequence[RatedTranslation], encoder: Encoder, *, cache: Path
) -> tuple[Matrix, Matrix]:
    """Return the vectors of sources and of translations, from the cache where it has them."""
    file = cache / f"{path.stem}.{len(data)}.{crc32(encoder.identity.encode()):x}.npz"
    if not file.exists():
        began = time.monotonic()
        texts = [one.segment.text for one in data] + [one.text for one in data]
        found = encoder.encode(texts)
        print(f"{path.name}: {len(texts)} texts encoded in {time.monotonic() - began:.0f} s")
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(file, sources=found[: len(data)], targets=found[len(data) :])
    loaded = np.load(file)
    return loaded["sources"].astype(np.float64), loaded["targets"].astype(np.float64)


def model_of(identity: str) -> str:
    """Return the name of the model in an encoder's identity, without owner and revision."""
    return identity.split("@", maxsplit=1)[0].rsplit("/", 1)[-1]


def usual_ratio(path: Path) -> float:
    """Return the median of the translation's characters for one of the source's."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return round(median(len(row[2]) / len(row[1]) for row in rows if len(row[1]) >= 30), 3)


def fitted(matrix: Matrix, ratings: Matrix, penalty: float) -> tuple[Matrix, float]:
    """Return weights and intercept of a ridge regression on standardised signs."""
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    scaled = (matrix - mean) / spread
    inner = scaled.T @ scaled + penalty * np.eye(matrix.shape[1])
    weights = np.linalg.solve(inner, scaled.T @ (ratings - ratings.mean())) / spread
    return weights, float(ratings.mean() - mean @ weights)


def chosen_penalty(train: Rated) -> tuple[float, Matrix]:
    """Return the penalty with the best mean correlation in the folds, and what they predict."""
    rows = np.arange(len(train.ratings))
    found = []
    for penalty in PENALTIES:
        told = np.zeros(len(rows))
        mixed = []
        for fold in range(FOLDS):
            inside = rows % FOLDS == fold
            weights, intercept = fitted(*train.with_strangers(rows[~inside]), penalty)
            matrix, ratings = train.with_strangers(rows[inside])
            predicted = (matrix @ weights + intercept).clip(0.0, 1.0)
            told[inside] = predicted[: int(inside.sum())]
            mixed.append(pearson(predicted, ratings))
        found.append((fmean(mixed), penalty, told))
        print(
            f"penalty {penalty:>7.0f}: Pearson {pearson(told, train.ratings):.3f} in {FOLDS} folds,"
            f" {found[-1][0]:.3f} with strangers"
        )
    _, penalty, told = max(found, key=lambda one: one[0])
    return penalty, told


def doubtful(told: Matrix, ratings: Matrix) -> float:
    """Return the highest trust, in hundredths, under which two of three translations are poor."""
    bounds = [b / 100 for b in range(1, 100)]
    good = [b for b in bounds if (told < b).any() and (ratings[told < b] < POOR).mean() >= 2 / 3]
    return max(good, default=0.0)


def tell(
    report: Rated, numbers: TrustNumbers, *, folded: Matrix, train: Rated, penalty: float
) -> None:
    """Print how the numbers do on the rows to be reported, beside simpler signs."""
    rows = np.arange(len(report.ratings))
    everyone = np.arange(len(train.ratings))
    ours = numbers.applied(report.signs(rows, rows))
    strangers = numbers.applied(report.signs(rows, np.roll(rows, 1)))
    source_alone, rest = fitted(train.sources, train.ratings, penalty)
    plain, flat = fitted(train.signs(everyone, everyone), train.ratings, penalty)
    for name, told in (
        ("ours", ours),
        ("ours, without strangers", report.signs(rows, rows) @ plain + flat),
        ("the source alone", report.sources @ source_alone + rest),
        ("cosine", (report.sources * report.targets).sum(axis=1)),
        ("likelihood of its system", report.own),
    ):
        print(
            f"{name:<28}{pearson(told, report.ratings):>8.3f}{spearman(told, report.ratings):>8.3f}"
        )
    plain_strangers = report.signs(rows, np.roll(rows, 1)) @ plain + flat
    print(
        f"mean trust {ours.mean():.2f}, in strangers {strangers.mean():.2f}"
        f" (fitted without: {plain_strangers.mean():.2f}); rating {report.ratings.mean():.2f}"
    )
    under = ours < numbers.doubtful
    poor = report.ratings < POOR
    print(
        f"doubtful below {numbers.doubtful}: {under.mean():.1%} of the rows, of which"
        f" {poor[under].mean():.1%} are poor; {under[poor].mean():.1%} of the poor are found"
    )
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (ours >= low) & (ours < low + 0.2 + (low > 0.7))
        if inside.any():
            told, rated = ours[inside].mean(), report.ratings[inside].mean()
            print(f"trust {told:.2f}: rating {rated:.2f} ({inside.sum()} rows)")
    print(f"signs: {', '.join(PLAIN)}; weights {numbers.weights[: len(PLAIN)]}")


if __name__ == "__main__":
    main()
