"""Fit the score of a pair of documents (pipeline/stories/pair.json). CPU, minutes; see the card.

    python scripts/train/stories.py --pairs semeval2022-8.dev.jsonl --parallel DIR

`--pairs` is a JSONL file of `text1`, `text2`, `lang1`, `lang2` and `overall`, a person's similarity
from 1 (the same story) to 4. `--parallel` is a folder of `{ru,fr,uk}-en.tsv` (domain, source,
target): news lines that follow each other make a text, and its translation is the same story.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from models.engine import Encoder
from pipeline.document import Document, Paragraph, content_id
from pipeline.place import Span
from pipeline.stories.details import details_of
from pipeline.stories.fitting import fit
from pipeline.stories.pair import FEATURES, features, similarities
from pipeline.stories.publishers import Publishers
from pipeline.stories.vectors import encode, views_of

BLOCKS = 100  # texts of each pair of languages
LINES = 7
SENTENCES = 200  # short ones, to carry the mean from one language to another
HARD = 2  # other texts, the closest, beside each text and its translation
PARALLEL_WEIGHT = 0.5  # of such a pair beside one that a person has judged
FOR = [True] * (len(FEATURES) - 1) + [False]


def document(lines: list[str], language: str) -> Document:
    """Return a text of these paragraphs."""
    text = "\n".join(lines)
    paragraphs, at = [], 0
    for index, line in enumerate(lines):
        span = Span(at, at + len(line))
        paragraphs.append(Paragraph(index, line, span, language=language))
        at += len(line) + 1
    key = content_id(f"{language} {text}")
    return Document(key, key, text, "utf-8", tuple(paragraphs), language=language)


def judged(path: Path) -> Iterator[tuple[Document, Document, float]]:
    """Yield pairs with the probability that people give them: 1 for 1, 0 for 4."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        one, other = (document([row[f"text{i}"]], row[f"lang{i}"]) for i in (1, 2))
        yield one, other, (4 - row["overall"]) / 3


def blocks(path: Path, language: str) -> list[tuple[Document, Document]]:
    """Return texts of consecutive news lines with their translations, spread over the file."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    news = [row for row in rows if row[0] == "news"]
    step = len(news) // BLOCKS
    cut = (news[i * step : i * step + LINES] for i in range(BLOCKS)) if step > LINES else ()
    return [(document([r[1] for r in b], language), document([r[2] for r in b], "en")) for b in cut]


def language_means(
    documents: list[Document], folder: Path, encoder: Encoder
) -> dict[str, list[float]]:
    """Return the mean vector of each language; for one without news that of a neighbour, moved.

    The way from Russian to Ukrainian is that between the means of their short sentences.
    """
    details = [details_of(d, publishers=Publishers()) for d in documents]
    found: dict[str, np.ndarray] = {}
    for language in sorted({d.language for d in details}):
        texts = sorted({t for d in details if d.language == language for t in d.passages.texts})
        found[language] = encode(texts, encoder=encoder).mean(axis=0)
    short = {tag: _short(folder / f"{tag}-en.tsv") for tag in ("ru", "uk")}
    ru, uk = (encode(short[tag], encoder=encoder).mean(axis=0) for tag in ("ru", "uk"))
    found["uk"] = found["ru"] + uk - ru
    found[""] = np.mean([found[tag] for tag in sorted(found)], axis=0)
    return {tag: [round(float(x), 4) for x in mean] for tag, mean in found.items()}


def _short(path: Path) -> list[str]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return sorted({row[1] for row in rows if row[0] == "tatoeba"})[::40][:SENTENCES]


def main(encoder_of: Callable[[], Encoder]) -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--parallel", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("pipeline/stories/pair.json"))
    options = parser.parse_args()
    encoder = encoder_of()
    people = list(judged(options.pairs))
    parallel = [b for tag in ("ru", "fr") for b in blocks(options.parallel / f"{tag}-en.tsv", tag)]
    news = [d for pair in parallel for d in pair]
    means = language_means(news, options.parallel, encoder)
    documents = {d.id: d for one, other, _ in people for d in (one, other)}
    documents |= {d.id: d for d in news}
    ordered = [documents[key] for key in sorted(documents)]
    at = {d.id: i for i, d in enumerate(ordered)}
    details = [details_of(d, publishers=Publishers()) for d in ordered]
    views = views_of(
        [d.passages for d in details], [d.language for d in details], encoder=encoder, means=means
    )
    pairs = [(at[one.id], at[other.id], y, 1.0) for one, other, y in people]
    translated = {(at[one.id], at[other.id]) for one, other in parallel}
    pairs += [(i, j, 1.0, PARALLEL_WEIGHT) for i, j in sorted(translated)]
    there = sorted({at[d.id] for d in news})
    for i in there:
        own = {j for pair in translated if i in pair for j in pair}
        likeness = views.wholes[there] @ views.wholes[i]
        near = [there[k] for k in np.argsort(-likeness, kind="stable") if there[k] not in own]
        pairs += [(i, j, 0.0, PARALLEL_WEIGHT / HARD) for j in near[:HARD]]
    rows = [features(details[i], details[j], *similarities(views, i, j)) for i, j, _, _ in pairs]
    weights, bias = fit(
        rows, [p[2] for p in pairs], weights=[p[3] for p in pairs], speaking_for=FOR
    )
    model = {
        "encoder": encoder.identity,
        "weights": {n: round(w, 4) for n, w in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 4),
        "means": means,
    }
    options.out.write_text(json.dumps(model, ensure_ascii=False) + "\n", encoding="utf-8")
    print({k: v for k, v in model.items() if k != "means"}, len(pairs), "pairs")
