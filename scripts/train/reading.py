"""Fit the probes that tell from a chat model's states whether a claim fits its evidence.

    python scripts/train/reading.py SHARED_DATA --states FOLDER [--seconds N]

The states of the claims' tokens are kept in FOLDER, those of as many claims more as the embedded
chat model reads in that time (two or three a second on two cores). The probes go to
pipeline/stages/grounding/reading.json.

A token's number is a weighted sum of its state, a claim's the soft least of its tokens' numbers:
logistic regression on it, with a penalty on the weights. Claims of which nobody told which words
are wrong are enough for that (multiple instances: Dietterich et al. 1997).
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from grounding import auroc
from grounding_data import Example, Examples, read

from pipeline.stages.grounding.figures import in_units_of
from pipeline.stages.grounding.reading import TEMPERATURE

VERSION = 1
PROBES = Path(__file__).parents[2] / "pipeline" / "stages" / "grounding" / "reading.json"
MODEL = "qwen2.5-coder-1.5b-instruct"
BEHIND = (17, 19)  # layers whose states are kept; of 14, 16, 18, 20, 22, 24 and 27 these told most
# The claims that each probe is fitted on; those in another language help the direct one, too.
FITTED = {
    "direct": ("cliff", "own", "ntrex-dev", "ntrex-choice", "pairs"),
    "across": ("ntrex-dev", "ntrex-choice", "pairs"),
}
PENALTIES = {"direct": 1.0, "across": 0.3}  # what transfers best to sets that are left out
REPORTED = ("cliff", "own", "memerag", "ntrex-dev", "qags", "ntrex")
FOLDS = 5
_DIMENSIONS = 1_024  # principal ones that are weighed: more tell no more
_WHOLE = 300  # claims of a set that count like a set of any size
_BATCH = 128


@dataclass(frozen=True, slots=True)
class States:
    """The states (tokens of all claims, size) of some claims, and the claim of each token."""

    claims: tuple[Example, ...]
    tokens: torch.Tensor
    owner: torch.Tensor

    @property
    def labels(self) -> np.ndarray:
        """The label of each claim."""
        return np.array([claim.label for claim in self.claims])

    def of(self, sets: Sequence[str]) -> np.ndarray:
        """Tell which claims are of these sets."""
        return np.array([claim.data in sets for claim in self.claims])

    @property
    def folds(self) -> np.ndarray:
        """The fold of each claim: the claims of a document are together."""
        return np.array([zlib.crc32(claim.document.encode()) % FOLDS for claim in self.claims])


def key(example: Example) -> str:
    """Return what a claim is known by."""
    return f"{example.document} {example.claim.text}"


def collect(examples: Examples, folder: Path, *, seconds: float) -> None:
    """Read claims of all sets in turn, and keep the states of their tokens."""
    from models.chat.reading import CausalReader
    from pipeline.config import Config
    from pipeline.profiles import profile_encoder, profile_engines
    from pipeline.stages.grounding.retrieve import retrieve

    folder.mkdir(parents=True, exist_ok=True)
    known = {name for path in folder.glob("*.npz") for name in np.load(path)["keys"].tolist()}
    wanted = [e for e in _in_turn(examples.claims) if key(e) not in known]
    _, summariser = profile_engines(Config())
    encoder = profile_encoder(Config())
    reader = CausalReader(summariser.model, behind=BEHIND)
    end = time.monotonic() + seconds
    while wanted and time.monotonic() < end:
        batch, wanted = wanted[:_BATCH], wanted[_BATCH:]
        texts = []
        for example in batch:
            candidates = examples.documents[example.document]
            lines: Sequence[int] = [example.line or 0]
            if example.line is None:
                mine = encoder.encode([example.claim.text])
                cosines = encoder.encode([c.text for c in candidates]) @ mine[0]
                lines = sorted(retrieve(example.claim, candidates, cosines).indices)
            evidence = " ".join(candidates[i].text for i in lines)
            told = in_units_of(
                evidence,
                example.claim.text,
                language=candidates[0].language,
                claim_language=example.claim.language,
            )
            texts.append((evidence, told))
        states = reader.states(texts)
        np.savez(
            folder / f"{time.time_ns()}.npz",
            keys=np.array([key(e) for e in batch]),
            counts=np.array([len(found) for found in states]),
            states=np.concatenate(states).astype(np.float16),
        )
        print(f"{len(wanted)} claims left", flush=True)


def _in_turn(claims: Sequence[Example]) -> list[Example]:
    """Return the claims, all sets spread evenly; a true one stays beside the false one of it."""
    order: list[tuple[float, int, Example]] = []
    for name in {claim.data for claim in claims}:
        groups: dict[tuple[str, int | None], list[Example]] = {}
        for claim in claims:
            if claim.data == name:
                groups.setdefault((claim.document, claim.line), []).append(claim)
        mixed = [*groups.values()]
        Random(7).shuffle(mixed)
        flat = [claim for group in mixed for claim in group]
        order += [(place / len(flat), len(order) + place, c) for place, c in enumerate(flat)]
    return [claim for *_, claim in sorted(order, key=lambda found: found[:2])]


def load(examples: Examples, folder: Path) -> States:
    """Return the states that are kept of claims that there are."""
    by_key = {key(example): example for example in examples.claims}
    claims: list[Example] = []
    tokens: list[np.ndarray] = []
    counts: list[int] = []
    for path in sorted(folder.glob("*.npz")):
        kept = np.load(path)
        lengths = kept["counts"]
        parts = np.split(kept["states"], np.cumsum(lengths)[:-1])
        for name, part in zip(kept["keys"].tolist(), parts, strict=True):
            if name in by_key:
                claims.append(by_key[name])
                tokens.append(part)
                counts.append(len(part))
    owner = torch.from_numpy(np.repeat(np.arange(len(claims)), counts))
    return States(tuple(claims), torch.from_numpy(np.concatenate(tokens)), owner)


class Fitting:
    """Probes fitted on states, scaled and turned to their principal dimensions."""

    def __init__(self, states: States) -> None:
        self.states = states
        sample = states.tokens[:: max(1, len(states.tokens) // 20_000)].float()
        self._mean, self._deviation = sample.mean(dim=0), sample.std(dim=0) + 1e-3
        torch.manual_seed(0)
        _, _, axes = torch.pca_lowrank((sample - self._mean) / self._deviation, q=_DIMENSIONS)
        self._turn = axes / self._deviation[:, None]
        self._turned = torch.cat(
            [(part.float() - self._mean) @ self._turn for part in states.tokens.split(20_000)]
        )

    def fit(self, chosen: np.ndarray, *, penalty: float) -> torch.Tensor:
        """Return weights and intercept fitted on the claims `chosen`."""
        labels = torch.from_numpy(self.states.labels).float()
        weights = torch.from_numpy(_balanced(self.states, chosen)).float()
        keep = torch.from_numpy(chosen)[self.states.owner]
        turned, owner = self._turned[keep], self.states.owner[keep]
        found = torch.zeros(_DIMENSIONS + 1, requires_grad=True)
        search = torch.optim.LBFGS([found], max_iter=150, line_search_fn="strong_wolfe")
        index = torch.from_numpy(np.flatnonzero(chosen))

        def loss() -> torch.Tensor:
            search.zero_grad()
            logits = _soft_least(turned @ found[:-1], owner, len(labels)) + found[-1]
            each = torch.nn.functional.binary_cross_entropy_with_logits(
                logits[index], labels[index], reduction="none"
            )
            total = (weights[index] * each).sum() + penalty * (found[:-1] ** 2).sum() / 2
            total.backward()
            return total

        search.step(loss)  # type: ignore[no-untyped-call]
        return found.detach()

    def logits(self, probe: torch.Tensor) -> np.ndarray:
        """Return the logit of every claim."""
        numbers = self._turned @ probe[:-1]
        least = _soft_least(numbers, self.states.owner, len(self.states.claims))
        return np.asarray(least + probe[-1])

    def plain(self, probe: torch.Tensor) -> tuple[list[float], float]:
        """Return the weights of the states as they come, and the intercept."""
        weights = self._turn @ probe[:-1]
        return weights.tolist(), float(probe[-1] - self._mean @ weights)


def by_folds(fitting: Fitting, chosen: np.ndarray, *, penalty: float) -> np.ndarray:
    """Return the logit of every claim, of `chosen` ones by a probe that has not seen their fold."""
    found = fitting.logits(fitting.fit(chosen, penalty=penalty))
    for fold in range(FOLDS):
        there = fitting.states.folds == fold
        if (chosen & there).any():
            probe = fitting.fit(chosen & ~there, penalty=penalty)
            found[chosen & there] = fitting.logits(probe)[chosen & there]
    return found


def _soft_least(numbers: torch.Tensor, owner: torch.Tensor, claims: int) -> torch.Tensor:
    """Return the soft least number of each claim's tokens."""
    lowest = torch.full((claims,), torch.inf).scatter_reduce(0, owner, numbers, "amin").detach()
    spread = torch.exp(-(numbers - lowest[owner]) / TEMPERATURE)
    count = torch.zeros(claims).index_add(0, owner, torch.ones_like(numbers))
    total = torch.zeros(claims).index_add(0, owner, spread)
    there = count > 0
    least = torch.where(there, lowest, 0.0)
    mean = torch.where(there, total / count.clamp(min=1), 1.0)
    return least - TEMPERATURE * torch.log(mean)


def _balanced(states: States, chosen: np.ndarray) -> np.ndarray:
    """Return weights by which either label of a set counts the same, and small sets less."""
    found = np.zeros(len(states.claims))
    for name in {claim.data for claim in states.claims}:
        here = chosen & states.of([name])
        for label in (0, 1):
            some = here & (states.labels == label)
            if some.any():
                found[some] = min(1.0, here.sum() / _WHOLE) / some.sum()
    return found / found.sum()


def report(states: States, logits: np.ndarray) -> Iterator[str]:
    """Yield a line for each set."""
    for name in REPORTED:
        here = states.of([name])
        if 0 < states.labels[here].sum() < here.sum():
            area = auroc(logits[here], states.labels[here])
            yield f"  {name}: {here.sum()} claims, AUROC {area:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=0.0)
    options = parser.parse_args()
    examples = read(options.data)
    if options.seconds:
        collect(examples, options.states, seconds=options.seconds)
    fitting = Fitting(load(examples, options.states))
    written: dict[str, object] = {"version": VERSION, "model": MODEL, "behind": BEHIND}
    signs: dict[str, dict[str, float]] = {}
    for way, sets in FITTED.items():
        chosen = fitting.states.of(sets)
        logits = by_folds(fitting, chosen, penalty=PENALTIES[way])
        print(way, *report(fitting.states, logits), sep="\n")
        weights, intercept = fitting.plain(fitting.fit(chosen, penalty=PENALTIES[way]))
        written[way] = {"weights": [float(f"{w:.5g}") for w in weights], "intercept": intercept}
        signs[way] = {key(c): float(x) for c, x in zip(fitting.states.claims, logits, strict=True)}
    PROBES.write_text(json.dumps(written) + "\n", encoding="utf-8")
    (options.states / "logits.json").write_text(json.dumps(signs), encoding="utf-8")


if __name__ == "__main__":
    main()
