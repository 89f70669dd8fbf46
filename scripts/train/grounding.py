"""Fit the weights of the judge of support, and measure it.

    python scripts/train/grounding.py SHARED_DATA --cache FILE [--reading FILE]
        [--rendering FILE] [--seconds 200]

Signs are kept in FILE, so that a second fit computes nothing again. The weights go to
pipeline/stages/grounding/weights.toml. No model is needed but the encoder. --reading has what
scripts/train/reading.py tells of claims by the states of the chat model (logits.json), --rendering
keeps the signs that the small translator gives claims across languages, those of as many claims
more as it reads in that time. The levels of either, and of both, are fitted on the claims that they
tell of.

1. What speaks for a claim (coverage, cosine) is weighed on texts whose falsehood shows in their
   wording: CLIFF, and splices. What the chat model reads is weighed beside it on CLIFF alone, the
   only labels by people: what was made here is told too well by a probe that has seen its like.
2. Its sum is kept, and the faults are weighed on all texts, corruptions included.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
from grounding_data import CHOSEN_ON, TRAINED, Example, Examples, read

from pipeline.build import LEAST_SUPPORT
from pipeline.stages.grounding.features import Way, features, way_of
from pipeline.stages.grounding.reading import READ, READ_ACROSS
from pipeline.stages.grounding.retrieve import Evidence, retrieve
from pipeline.stages.grounding.strange_names import foreign_name, strangeness

VERSION = "4"
WEIGHTS = Path(__file__).parents[2] / "pipeline" / "stages" / "grounding" / "weights.toml"
FOR = ("coverage", "cosine", READ, READ_ACROSS)
# Most sentences that join two of a source are wrong (Lebanoff et al. 2019): true ones are rare.
JOINED_WEIGHT = 0.2
_BATCH = 8
REJECTED = 0.03  # of the true claims across languages that models have read


def signs_of(examples: Examples, cache: Path) -> list[Mapping[str, float]]:
    """Return the signs of every claim, from the cache or newly computed.

    Evidence in another language is given, not found: the encoder finds the line of a translation
    among 400 in 97 of 100 cases, and weights must not learn from its mistakes.
    """
    known = json.loads(cache.read_text(encoding="utf-8")) if cache.exists() else {}
    found = []
    for example in examples.claims:
        key = _key(example)
        if key not in known:
            candidates = examples.documents[example.document]
            evidence = retrieve(example.claim, candidates)
            if example.line is not None:
                evidence = Evidence((example.line,), (1.0,))
            known[key] = dict(features(example.claim, candidates, evidence))
        found.append(known[key])
    _add_strangeness(examples, known)
    cache.write_text(json.dumps(known), encoding="utf-8")
    return found


def _add_strangeness(examples: Examples, known: Mapping[str, dict[str, float]]) -> None:
    """Add the encoder's sign of names to the signs of claims across languages that lack it."""
    from pipeline.config import Config
    from pipeline.profiles import profile_encoder

    wanted = [
        (e, e.line)
        for e in examples.claims
        if e.line is not None and "strange_name" not in known[_key(e)]
    ]
    if not wanted:
        return
    asked = [(e.claim, [examples.documents[e.document][line]]) for e, line in wanted]
    found = strangeness(asked, profile_encoder(Config()))
    for (example, _), sign in zip(wanted, found, strict=True):
        known[_key(example)] |= sign.signs


def renderings_of(
    examples: Examples, cache: Path, *, seconds: float, among: Collection[str] | None = None
) -> Mapping[str, Mapping[str, float]]:
    """Return the signs that the translator gives claims across languages, by claim.

    A true claim and the false one made of it are read together, in a random order; of those with
    a key in `among`, where that is given.
    """
    from models.routing.routed import RoutedTranslator
    from pipeline.config import Config
    from pipeline.profiles import profile_engines
    from pipeline.stages.grounding.rendering import renderings

    known = json.loads(cache.read_text(encoding="utf-8")) if cache.exists() else {}
    wanted = [e for e in examples.claims if e.line is not None and _key(e) not in known]
    wanted = [e for e in wanted if among is None or _key(e) in among]
    Random(2).shuffle(wanted)
    wanted.sort(key=lambda e: Random(f"{e.document} {e.line}").random())
    end = time.monotonic() + seconds
    translator, _ = profile_engines(Config())
    if not isinstance(translator, RoutedTranslator) or translator.proofreader is None:
        raise TypeError("the profile embedded has no proofreader")
    while wanted and time.monotonic() < end:
        batch, wanted = wanted[: 2 * _BATCH], wanted[2 * _BATCH :]
        asked = [(e.claim, [examples.documents[e.document][e.line or 0]]) for e in batch]
        found = renderings(asked, translator.proofreader)
        known |= {_key(e): dict(r.signs) for e, r in zip(batch, found, strict=True)}
        cache.write_text(json.dumps(known), encoding="utf-8")
    return known


def _rendered(signs: Mapping[str, float], told: Mapping[str, float]) -> dict[str, float]:
    """Return the signs of words and of the translator; strange and unlikely names make one sign."""
    both = {**signs, **told}
    return both | foreign_name(both.pop("strange_name"), both.pop("unlikely_name"))


def _key(example: Example) -> str:
    return f"{example.document} {example.claim.text}"


def fit(
    claims: Sequence[Example],
    signs: Sequence[Mapping[str, float]],
    *,
    l2: float = 30.0,
    near: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Return the intercept and the weight of each sign; `l2` is the penalty on faults.

    A fault is pulled towards its weight in `near`, where it has one, else towards 0.
    """
    names = sorted({name for found in signs for name in found})
    pro, contra = [n for n in names if n in FOR], [n for n in names if n not in FOR]
    labels = np.array([example.label for example in claims], float)
    weights = _balanced(claims)
    weights_for, intercept = {}, 0.0
    offset = np.zeros(len(claims))
    if pro:
        natural = np.array([_is_natural(e, read=READ in pro) for e in claims])
        values = _matrix(signs, pro)
        found = descend(values[natural], labels[natural], weights[natural], least=0.0, l2=3.0)
        offset = values @ found[:-1] + found[-1]
        weights_for, intercept = dict(zip(pro, found[:-1].tolist(), strict=True)), found[-1]
    values = _matrix(signs, contra)
    centre = np.array([(near or {}).get(name, 0.0) for name in contra])
    found = descend(values, labels, weights, most=0.0, l2=l2, offset=offset, centre=centre)
    intercept += found[-1]
    return {
        "intercept": float(intercept),
        **weights_for,
        **dict(zip(contra, found[:-1].tolist(), strict=True)),
    }


def _is_natural(example: Example, *, read: bool) -> bool:
    """Tell whether what speaks for a claim is weighed on this one, `read` by the chat model too."""
    if read or example.line is not None:
        return example.data == "cliff" or example.line is not None
    return example.label == 1 or example.data == "cliff" or example.kind == "spliced"


def descend(
    values: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    *,
    least: float = -np.inf,
    most: float = np.inf,
    l2: float,
    offset: np.ndarray | float = 0.0,
    centre: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return the weights of a logistic regression within bounds, the intercept last.

    Signs are scaled to a standard deviation of 1; projected gradients with momentum (FISTA). The
    penalty is on the distance from `centre`.
    """
    scale = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
    inputs = np.c_[values / scale, np.ones(len(values))]
    penalty = np.r_[np.full(values.shape[1], l2), 1e-6]
    middle = np.r_[centre * scale, 0.0]
    step = 1 / (0.25 * np.linalg.norm((inputs * weights[:, None]).T @ inputs, 2) + l2)
    now = ahead = np.zeros(inputs.shape[1])
    momentum = 1.0
    for _ in range(20_000):
        chances = 1 / (1 + np.exp(-(inputs @ ahead + offset)))
        gradient = inputs.T @ (weights * (chances - labels)) + penalty * (ahead - middle)
        then = ahead - step * gradient
        then[:-1] = then[:-1].clip(least, most)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = then + (momentum - 1) / following * (then - now)
        done = np.abs(then - now).max() < 1e-8
        now, momentum = then, following
        if done:
            break
    return np.r_[now[:-1] / scale, now[-1]]


def _balanced(claims: Sequence[Example]) -> np.ndarray:
    """Return weights by which every set, and in it either label, counts the same."""
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, example in enumerate(claims):
        groups[example.data, example.label].append(i)
    weights = np.zeros(len(claims))
    for places in groups.values():
        weights[places] = 1 / len(places)
    weights *= [JOINED_WEIGHT if example.kind == "joined" else 1.0 for example in claims]
    return weights * len(claims) / weights.sum()


def _room(
    trained: Sequence[tuple[Example, Mapping[str, float]]], weights: Mapping[str, float]
) -> float:
    """Return what the intercept lacks for `LEAST_SUPPORT` to reject that share of true claims."""
    names = [name for name in weights if name != "intercept"]
    true = _matrix([s for e, s in trained if e.label], names)
    logits = true @ [weights[name] for name in names] + weights["intercept"]
    return float(np.log(LEAST_SUPPORT / (1 - LEAST_SUPPORT)) - np.quantile(logits, REJECTED))


def _matrix(signs: Sequence[Mapping[str, float]], names: Sequence[str]) -> np.ndarray:
    return np.array([[found.get(name, 0.0) for name in names] for found in signs])


def auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve: ties count half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    ones = labels.sum()
    return float((ranks[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(labels) - ones)))


def report(
    claims: Sequence[Example], signs: Sequence[Mapping[str, float]], weights: Mapping[str, float]
) -> Iterator[str]:
    """Yield a line for each set, with the share of either label that is rejected below 0.5."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, example in enumerate(claims):
        groups[example.data].append(i)
        if example.kind and example.data != "own":
            groups[f"  {example.data} {example.kind}"].append(i)
    names = [name for name in weights if name != "intercept"]
    logits = _matrix(signs, names) @ [weights[n] for n in names] + weights["intercept"]
    for name, places in groups.items():
        labels = np.array([claims[i].label for i in places])
        found = logits[places]
        rejected = [f"{(found[labels == v] < 0).mean():.3f}" for v in (1, 0) if (labels == v).any()]
        area = f"AUROC {auroc(found, labels):.3f}  " if 0 < labels.sum() < len(labels) else ""
        yield f"{name}: {len(places)} claims  {area}rejected of true, false: {', '.join(rejected)}"


def _way(example: Example, examples: Examples) -> Way:
    return way_of(example.claim, examples.documents[example.document])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--reading", type=Path)
    parser.add_argument("--rendering", type=Path)
    parser.add_argument("--seconds", type=float, default=0.0)
    options = parser.parse_args()
    examples = read(options.data)
    lines = [f'version = "{VERSION}"']
    signs = signs_of(examples, options.cache)
    everything = list(zip(examples.claims, signs, strict=True))
    direct = [(e, s) for e, s in everything if _way(e, examples) == "direct"]
    parts = {
        "direct.words": direct,
        "across.words": [(e, s) for e, s in everything if _way(e, examples) == "across"],
    }
    read_of = json.loads(options.reading.read_text("utf-8")) if options.reading else {}
    for name, sign in (("direct", READ), ("across", READ_ACROSS)):
        known = read_of.get(name, {})
        parts[f"{name}.reading"] = [
            (e, {**s, sign: known[_key(e)]}) for e, s in parts[f"{name}.words"] if _key(e) in known
        ]
    if options.rendering:
        among = set(read_of.get("across", ())) or None
        told = renderings_of(examples, options.rendering, seconds=options.seconds, among=among)
        for name, before in (("rendering", "words"), ("both", "reading")):
            parts[f"across.{name}"] = [
                (e, _rendered(s, told[_key(e)]))
                for e, s in parts[f"across.{before}"]
                if told.get(_key(e))
            ]
    parts = {name: part for name, part in parts.items() if part}
    fitted: dict[str, Mapping[str, float]] = {}
    for name, part in parts.items():
        # Claims that a translator has read are few: those of the threshold are learnt from, too.
        sets = (*TRAINED, CHOSEN_ON) if name in {"across.rendering", "across.both"} else TRAINED
        trained = [(e, s) for e, s in part if e.data in sets]
        weights = fit([e for e, _ in trained], [s for _, s in trained])
        if name in {"across.reading", "across.rendering", "across.both"}:
            weights["intercept"] += _room(trained, weights)
        fitted[name] = weights
        lines += ["", f"[weights.{name}]"]
        lines += [f"{sign} = {value:.4f}" for sign, value in weights.items()]
        print(name, *report([e for e, _ in part], [s for _, s in part], weights), sep="\n")
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
