"""Trains a translator: adapters on Gemma 3 270M or Qwen 2.5 1.5B, on idle cores or on a GPU.

    nice -n 19 python scripts/train/train.py --base FOLDER --data FOLDER --run FOLDER
    python scripts/train/train.py ... --device cuda --workers 8 --minutes 7 --mix long

Checkpoints (adapters, optimiser, position) go to `--run` every few minutes and on SIGTERM; the
same command goes on where it was. Learning rate: warm-up, constant, and linear to zero in the
last part before `--stop-at`; a file named stop-at in the run folder overrides it while running.
Every `--log-every`th step is a line in curve.tsv.
"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import torch
from adapter import AdaptedLinear, adapt
from examples import MADE, MIXES, Example, Stream, load
from fused import fuse
from safetensors import safe_open
from safetensors.torch import save_file
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.repository.manifest import sha256_of
from models.runtime.adapter import load_adapter
from models.runtime.device import pick_dtype

SMOOTHING = 0.1
BETAS = (0.9, 0.98)
MAX_NORM = 1.0
WARM_UP_STEPS = 30
# Positions whose logits are held at once: on a CPU 25 MB of float32, which stay in its cache.
LOGIT_ROWS = {"cpu": 128, "cuda": 4_096}


class SmoothedLoss(torch.autograd.Function):
    """Cross-entropy of hidden states (positions, size) against a fixed output matrix, summed.

    The gradient is made together with the loss, a few positions at a time, so that the logits
    of a whole batch are never held.
    """

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, head: torch.Tensor, gold: torch.Tensor) -> Any:
        grad = torch.empty_like(hidden)
        total, likelihood = hidden.new_zeros(2, dtype=torch.float32)
        rows = LOGIT_ROWS[hidden.device.type]
        for start in range(0, len(hidden), rows):
            part = slice(start, start + rows)
            logits = (hidden[part] @ head.T).float()
            lse = logits.logsumexp(dim=1, keepdim=True)
            nll = lse.squeeze(1) - logits.gather(1, gold[part, None]).squeeze(1)
            mean = lse.squeeze(1) - logits.mean(dim=1)
            total = total + ((1 - SMOOTHING) * nll + SMOOTHING * mean).sum()
            likelihood = likelihood + nll.sum()
            logits.sub_(lse).exp_().sub_(SMOOTHING / len(head))
            logits.scatter_add_(1, gold[part, None], logits.new_full((len(lse), 1), SMOOTHING - 1))
            grad[part] = logits.to(head.dtype) @ head
        ctx.save_for_backward(grad)
        ctx.mark_non_differentiable(likelihood)
        return total, likelihood

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        (grad,) = ctx.saved_tensors
        return grad * grads[0].to(grad.dtype), None, None


@dataclass(slots=True)
class Schedule:
    """When to stop, and the learning rate until then (times in seconds since the epoch)."""

    peak: float
    started: float
    stop_at: float
    decay_share: float
    steps: int | None = None  # the rate falls with these, not with the time

    def rate(self, step: int, *, now: float) -> float:
        """Return the learning rate of a step."""
        decay = max(1.0, self.decay_share * (self.stop_at - self.started))
        left = (self.stop_at - now) / decay
        if self.steps:
            left = (self.steps - step) / max(1.0, self.decay_share * self.steps)
        return self.peak * max(0.0, min(1.0, (step + 1) / WARM_UP_STEPS, left))


def clock(text: str) -> float:
    """Return the next moment (UTC) at which a clock shows `text`, as HH:MM."""
    now = datetime.now(UTC)
    hour, minute = map(int, text.strip().split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (moment if moment > now else moment + timedelta(days=1)).timestamp()


def output_rows(pairs: Any, tokenizer: Any, *, both: bool) -> dict[str, list[int]]:
    """Return, by language, the sorted ids of tokens that occur in it twice, or spell the rest.

    Without `both` that is English alone, with it also the languages of the sources.
    """
    texts = {"en": [" " + p.target for found in pairs.values() for p in found]}
    for language, domain in pairs if both else ():
        if domain not in MADE:
            sources = [" " + p.source for p in pairs[language, domain]]
            texts[language] = texts.get(language, []) + sources
    spelling = {tokenizer.eos_token_id}
    for token, number in tokenizer.get_vocab().items():
        word = token.replace("▁", " ")
        if token.startswith("<0x") or (word.isascii() and len(word) <= 2):
            spelling.add(number)
    rows = {}
    for language, written in texts.items():
        counts: Counter[int] = Counter()
        for encoded in tokenizer(written, add_special_tokens=False)["input_ids"]:
            counts.update(encoded)
        rows[language] = sorted(spelling | {id_ for id_, count in counts.items() if count > 1})
    return rows


def collate(batch: list[Example], place: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return ids (rows, width), flat positions that predict a target token, and those tokens."""
    width = len(batch[0].ids)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    positions, gold = [], []
    for row, example in enumerate(batch):
        length, answer = len(example.ids), example.target_length
        ids[row, :length] = torch.tensor(example.ids)
        positions.append(torch.arange(length - answer - 1, length - 1) + row * width)
        gold.append(place[ids[row, length - answer : length]])
    places, tokens = torch.cat(positions), torch.cat(gold)
    known = tokens >= 0  # rare tokens have no row: they are spelt out when it is run
    return ids, places[known], tokens[known]


def save(folder: Path, layers: dict[str, AdaptedLinear], optimiser: Any, about: Any) -> None:
    """Write a checkpoint beside the last one and put it in its place."""
    tensors = {}
    for name, layer in layers.items():
        for side in ("a", "b"):
            parameter = getattr(layer, side)
            tensors[f"{name}.{side}"] = parameter.detach()
            for key, value in optimiser.state.get(parameter, {}).items():
                tensors[f"{name}.{side}.{key}"] = value
    partial = folder / "checkpoint.partial"
    save_file(tensors, partial, metadata={"about": json.dumps(about)})
    partial.replace(folder / "checkpoint.safetensors")


def restore(path: Path, layers: dict[str, AdaptedLinear], optimiser: Any) -> Any:
    """Put a checkpoint into layers and optimiser; return what was written about it."""
    with safe_open(path, framework="pt") as file:
        names = set(file.keys())
        for name, layer in layers.items():
            for side in ("a", "b"):
                parameter = getattr(layer, side)
                parameter.data.copy_(file.get_tensor(f"{name}.{side}"))
                optimiser.state[parameter] = {
                    key: file.get_tensor(f"{name}.{side}.{key}").to(parameter.device)
                    for key in ("step", "exp_avg", "exp_avg_sq")
                    if f"{name}.{side}.{key}" in names
                }
            layer.merge()
        return json.loads(file.metadata()["about"])


def start_from(path: Path, layers: dict[str, AdaptedLinear]) -> None:
    """Put the factors of an exported adapter, of the same rank and alpha, into layers."""
    adapter = load_adapter(path, sha256=sha256_of(path))
    for name, layer in layers.items():
        if adapter.scale != layer.scale:
            raise ValueError(f"{path}: scale {adapter.scale}, not {layer.scale}")
        layer.a.data.copy_(adapter.factors[name][0])
        layer.b.data.copy_(adapter.factors[name][1])
        layer.merge()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--start-from", type=Path, help="an exported adapter to train on from")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--alpha", type=float, default=32.0)
    parser.add_argument("--peak-rate", type=float, default=6e-4)
    parser.add_argument("--batch-tokens", type=int, default=1536)
    parser.add_argument("--max-tokens", type=int, default=320, help="longer examples are skipped")
    parser.add_argument("--mix", choices=sorted(MIXES), default="short")
    parser.add_argument("--reversed-share", type=float, default=0.0, help="out of English")
    parser.add_argument("--device", choices=sorted(LOGIT_ROWS), default="cpu")
    parser.add_argument("--workers", type=int, default=0, help="processes that make batches")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stop-at", default="23:59", help="HH:MM, UTC")
    parser.add_argument("--minutes", type=float, help="stop after so many, not at a time of day")
    parser.add_argument("--decay-share", type=float, default=0.15)
    parser.add_argument("--max-steps", type=int, default=1 << 30)
    parser.add_argument("--decay-by-steps", action="store_true", help="not by the time")
    parser.add_argument("--no-fuse", action="store_true", help="run without the compiler")
    parser.add_argument("--log-every", type=int, default=1)
    parser.add_argument("--checkpoint-every-s", type=float, default=180.0)
    return parser.parse_args()


class Made(IterableDataset[list[Example]]):
    """The batches of a stream, made by workers of a DataLoader."""

    def __init__(self, stream: Stream, *, start: int) -> None:
        self._stream, self._start = stream, start

    def __iter__(self) -> Iterator[list[Example]]:
        info = get_worker_info()
        worker, workers = info.id, info.num_workers
        # The workers took turns: of the batches before, these were this one's.
        seen = (self._start + workers - 1 - worker) // workers
        return self._stream.batches(start=seen, worker=worker, workers=workers)


class Run:
    """What is trained, where it stands, and how it goes on."""

    def __init__(self, options: argparse.Namespace) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.options = options
        tokenizer = AutoTokenizer.from_pretrained(options.base)
        pairs = load(options.data / "pairs.tsv")
        self.stream = Stream(
            pairs, tokenizer, batch_tokens=options.batch_tokens, seed=options.seed,
            mix=MIXES[options.mix], max_tokens=options.max_tokens,
            reversed_share=options.reversed_share,
        )  # fmt: skip
        rows_file = options.run / "output_rows.json"
        if not rows_file.exists():
            both = options.reversed_share > 0
            rows_file.write_text(json.dumps(output_rows(pairs, tokenizer, both=both)))

        dtype = pick_dtype("auto", device=options.device)
        model = AutoModelForCausalLM.from_pretrained(options.base, dtype=dtype)
        self.backbone = model.get_decoder().to(options.device)
        if not options.no_fuse:
            fuse()
        self.layers = adapt(self.backbone, rank=options.rank, alpha=options.alpha)
        self.parameters = [p for layer in self.layers.values() for p in (layer.a, layer.b)]
        self.optimiser = torch.optim.AdamW(self.parameters, betas=BETAS, weight_decay=0.0)

        by_language = json.loads(rows_file.read_text())
        rows = torch.tensor(sorted(set().union(*by_language.values())))
        embeddings = model.get_output_embeddings().weight
        self.head = embeddings[rows].detach().to(options.device)
        self.place = torch.full((len(embeddings),), -1)
        self.place[rows] = torch.arange(len(rows))

        self.about = {"step": 0, "tokens": 0, "pairs": 0}
        self.about |= {"rank": options.rank, "alpha": options.alpha, "started": time.time()}
        if (checkpoint := options.run / "checkpoint.safetensors").exists():
            self.about |= restore(checkpoint, self.layers, self.optimiser)
        elif options.start_from:
            start_from(options.start_from, self.layers)
        stop_at = clock(options.stop_at)
        if options.minutes:
            stop_at = time.time() + 60 * options.minutes
        self.schedule = Schedule(
            options.peak_rate, self.about["started"], stop_at, options.decay_share,
            options.max_steps if options.decay_by_steps else None,
        )  # fmt: skip
        print(f"step {self.about['step']}, {len(rows)} output rows", flush=True)

    def save(self) -> None:
        save(self.options.run, self.layers, self.optimiser, self.about)

    def batches(self) -> Iterator[list[Example]]:
        """Yield batches from where the run stands, made in this process or by workers."""
        start, workers = self.about["step"], self.options.workers
        if not workers:
            return self.stream.batches(start=start)
        made = Made(self.stream, start=start)
        return iter(DataLoader(made, batch_size=None, num_workers=workers, prefetch_factor=8))

    def step(self, batch: list[Example]) -> tuple[str | int, ...] | None:
        """Learn from one batch; return the fields of a line of the log, where one is due."""
        # 1. loss and gradients; padding is on the right, where no target token looks
        ids, positions, gold = (part.to(self.options.device) for part in collate(batch, self.place))
        hidden = self.backbone(input_ids=ids, use_cache=False).last_hidden_state
        hidden = hidden.flatten(0, 1)[positions]
        loss, likelihood = SmoothedLoss.apply(hidden, self.head, gold)
        (loss / len(gold)).backward()
        # 2. one step of the optimiser, then merge
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, MAX_NORM)
        rate = self.schedule.rate(self.about["step"], now=time.time())
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        for layer in self.layers.values():
            layer.merge()
        # 3. the log
        self.about["step"] += 1
        self.about["tokens"] += sum(len(example.ids) for example in batch)
        self.about["pairs"] += len(batch)
        if self.about["step"] % self.options.log_every:
            return None
        return (
            self.about["step"], self.about["pairs"], self.about["tokens"],
            f"{float(loss.detach()) / len(gold):.4f}", f"{float(likelihood) / len(gold):.4f}",
            f"{float(norm):.3f}", f"{rate:.2e}", int(time.time()), f"{time.process_time():.0f}",
        )  # fmt: skip


def main() -> None:
    options = arguments()
    options.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    run = Run(options)
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: ended.append(received))
    override, read = options.run / "stop-at", ""
    saved = time.monotonic()
    with (options.run / "curve.tsv").open("a", encoding="utf-8") as curve:
        for batch in run.batches():
            if override.exists() and (text := override.read_text()) != read:
                read, run.schedule.stop_at = text, clock(text)
            over = time.time() >= run.schedule.stop_at or run.about["step"] >= options.max_steps
            if ended or over:
                break
            if line := run.step(batch):
                print(*line, sep="\t", file=curve, flush=True)
            if time.monotonic() - saved > options.checkpoint_every_s:
                run.save()
                saved = time.monotonic()
    run.save()


if __name__ == "__main__":
    main()
