"""Stories measured: our grouping and pair score beside simpler ones, on the same texts."""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.engine import Encoder
from pipeline.evaluate.clusters import adjusted_rand, auroc, b_cubed, pearson, spearman
from pipeline.evaluate.story_sets import SAME, Pair, StorySet, Text
from pipeline.lang.function_words import any_function_word
from pipeline.stories.details import Details, details_of
from pipeline.stories.fitting import fit, folds_by_story, probabilities
from pipeline.stories.grouping import average_link
from pipeline.stories.pair import FEATURES, features, shipped_model, similarities
from pipeline.stories.publishers import Publishers
from pipeline.stories.stories import group
from pipeline.stories.vectors import Views, unit, views_of

FOLDS = 10
_THRESHOLDS = [round(0.02 * step, 2) for step in range(1, 50)]
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_FOR = [True] * (len(FEATURES) - 1) + [False]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A system's groups against the known ones; `threshold` is None for the shipped one."""

    system: str
    threshold: float | None
    groups: int
    precision: float
    recall: float
    f1: float
    rand: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PairRow:
    """A system's scores against people's, for the pairs of some languages."""

    system: str
    languages: str
    pairs: int
    pearson: float
    spearman: float
    auroc: float | None


def measure_groups(found: StorySet, *, encoder: Encoder) -> list[GroupRow]:
    """Group the texts by our stories and by each baseline.

    A baseline is average-link on one cosine. Its threshold is the best there is for these very
    texts, which flatters it: ours is the shipped one.
    """
    documents = [text.document for text in found.texts]
    gold = dict(zip((d.id for d in documents), found.stories, strict=True))
    started = time.monotonic()
    ours = group(documents, encoder=encoder, model=shipped_model(), publishers=Publishers())
    seconds = time.monotonic() - started
    names = [gold[d.document.id] for d in ours.details]
    rows = [_group_row("stories", None, ours.groups, names, seconds)]
    by_id = {text.document.id: text for text in found.texts}
    texts = [by_id[d.document.id] for d in ours.details]
    for system, likeness in _baselines(texts, ours.details, encoder=encoder):
        rows.append(_best(system, likeness, names))
    return rows


def _best(system: str, likeness: Matrix, names: Sequence[str]) -> GroupRow:
    started = time.monotonic()
    rows = [
        _group_row(system, threshold, groups, names, 0.0)
        for threshold, groups in average_link(likeness, _THRESHOLDS)
    ]
    best = max(rows, key=lambda row: row.f1)
    seconds = time.monotonic() - started
    return GroupRow(
        best.system,
        best.threshold,
        best.groups,
        best.precision,
        best.recall,
        best.f1,
        best.rand,
        seconds,
    )


def _group_row(
    system: str,
    threshold: float | None,
    groups: Sequence[Sequence[int]],
    names: Sequence[str],
    seconds: float,
) -> GroupRow:
    precision, recall, f1 = b_cubed(groups, names)
    rand = adjusted_rand(groups, names)
    return GroupRow(system, threshold, len(groups), precision, recall, f1, rand, seconds)


def measure_pairs(found: StorySet, *, encoder: Encoder) -> list[PairRow]:
    """Score the pairs by our features, fitted by cross-validation, and by each baseline.

    The weights that score a pair come from pairs of other stories: pairs that share a document are
    in one fold. The shipped means of the languages are used, which no pair of the set went into.
    """
    texts = [text for pair in found.pairs for text in (pair.one, pair.other)]
    details = [details_of(t.document, publishers=Publishers()) for t in texts]
    views = views_of(
        [d.passages for d in details],
        [d.language for d in details],
        encoder=encoder,
        means=shipped_model().means,
    )
    rows = [
        features(details[i], details[i + 1], *similarities(views, i, i + 1))
        for i in range(0, len(texts), 2)
    ]
    targets = [(4 - pair.overall) / 3 for pair in found.pairs]
    folds = folds_by_story([pair.ids for pair in found.pairs], folds=FOLDS)
    scores = [0.0] * len(rows)
    for fold in range(FOLDS):
        train = [i for i, f in enumerate(folds) if f != fold]
        test = [i for i, f in enumerate(folds) if f == fold]
        weights, bias = fit(
            [rows[i] for i in train], [targets[i] for i in train], speaking_for=_FOR
        )
        for i in test:
            scores[i] = float(probabilities([rows[i]], weights, bias)[0])
    result = _pair_rows(f"stories, {FOLDS} folds", scores, found.pairs)
    for system, likeness in _baselines(texts, details, encoder=encoder):
        cosines = [float(likeness[i, i + 1]) for i in range(0, len(texts), 2)]
        result += _pair_rows(system, cosines, found.pairs)
    return result


def _pair_rows(system: str, scores: Sequence[float], pairs: Sequence[Pair]) -> list[PairRow]:
    rows = []
    for languages in ["all", *sorted({pair.languages for pair in pairs})]:
        some = [i for i, pair in enumerate(pairs) if languages in {"all", pair.languages}]
        own = [scores[i] for i in some]
        people = [-pairs[i].overall for i in some]
        same = [pairs[i].overall <= SAME for i in some]
        rows.append(
            PairRow(
                system,
                languages,
                len(some),
                pearson(own, people),
                spearman(own, people),
                auroc(own, same),
            )
        )
    return rows


def _baselines(
    texts: Sequence[Text], details: Sequence[Details], *, encoder: Encoder
) -> list[tuple[str, Matrix]]:
    """Return the cosines of all texts by each simpler system."""
    views = views_of(
        [d.passages for d in details], [d.language for d in details], encoder=encoder, means={}
    )
    foreign = [t for t in texts if t.document.language != "en"]
    translated = all(t.translation is not None for t in foreign)
    name = "TF-IDF on translations" if translated else "TF-IDF on the originals"
    return [
        (name, tf_idf([t.translation or t.document.text for t in texts])),
        ("encoder alone", _cosines(lambda v: v.wholes, views)),
        ("titles alone", _cosines(lambda v: v.titles, views)),
    ]


def _cosines(of: Callable[[Views], NDArray[np.float32]], views: Views) -> Matrix:
    """Return cosines, spread between 0 and 1: those of an encoder are all between 0.7 and 1."""
    vectors = of(views)
    raw = np.asarray(vectors @ vectors.T, dtype=np.float64)
    low, high = float(raw.min()), float(raw.max())
    return np.asarray((raw - low) / max(high - low, 1e-9), dtype=np.float64)


def tf_idf(texts: Sequence[str]) -> Matrix:
    """Return the cosines of bags of words, logarithmic and weighted by rarity: (texts, texts)."""
    bags = [
        Counter(w for w in _WORD.findall(text.lower()) if w not in any_function_word())
        for text in texts
    ]
    documents = Counter(word for bag in bags for word in bag)
    column = {word: i for i, word in enumerate(sorted(documents))}
    vectors = np.zeros((len(texts), len(column)), np.float32)
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            rarity = math.log(len(texts) / documents[word]) + 1
            vectors[row, column[word]] = (1 + math.log(count)) * rarity
    vectors = unit(vectors)
    return np.asarray(vectors @ vectors.T, dtype=np.float64)
