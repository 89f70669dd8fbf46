"""Encoder-decoder models on CTranslate2 beside torch: seconds, processor seconds, memory.

    .venv/bin/python scripts/bench/ctranslate.py [--segments 64] [--rounds 3] [--beams 1 4]

The model has the shape of OPUS-MT (74 million parameters) and random weights: what it writes is
noise, of the same length on both, and a step costs what it costs for a real one. Each measurement
is a process of its own, weights loaded and converted before the clock starts; systems take turns.
Prints medians and the ratios to torch in float32.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[2] / "tests")]
SYSTEMS = {"torch": "float32", "ctranslate2": "auto"}
SHAPE = {
    "d_model": 512, "encoder_layers": 6, "decoder_layers": 6, "encoder_attention_heads": 8,
    "decoder_attention_heads": 8, "encoder_ffn_dim": 2_048, "decoder_ffn_dim": 2_048,
    "max_position_embeddings": 512,
}  # fmt: skip
VOCABULARY = 58_000
TOKENS = 48  # written for each segment


def make(folder: Path) -> None:
    """Write a model of that shape: a tiny one's tokenizer, with places to the full vocabulary."""
    import tiny_models
    from transformers import MarianConfig, MarianMTModel

    tiny_models.marian(folder, languages=("ru", "en"))
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    del vocabulary["<pad>"]
    vocabulary |= {f"w{n}": n for n in range(len(vocabulary), VOCABULARY - 1)}
    vocabulary["<pad>"] = pad = VOCABULARY - 1
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    config = MarianConfig(
        vocab_size=VOCABULARY, eos_token_id=0, pad_token_id=pad, decoder_start_token_id=pad, **SHAPE
    )
    MarianMTModel(config).save_pretrained(folder)


def measure(folder: Path, dtype: str, *, segments: int, beams: int) -> dict[str, float]:
    """Translate once to warm up, and once on the clock."""
    import tiny_models

    from models.engine import Decoding, Segment
    from models.seq2seq.engine import Seq2SeqTranslator

    engine = Seq2SeqTranslator(str(folder), device="cpu", dtype=dtype)
    sentences = tiny_models.SENTENCES[1], tiny_models.SENTENCES[5]
    texts = [Segment(sentences[n % 2], "ru", "en") for n in range(segments)]
    decoding = Decoding(num_beams=beams, max_new_tokens=TOKENS, max_length_ratio=9.0)
    list(engine.translate(texts[:2], decoding=decoding))
    began, cpu = time.monotonic(), time.process_time()
    tokens = sum(found.tokens for _, found in engine.translate(texts, decoding=decoding))
    return {
        "seconds": time.monotonic() - began,
        "cpu_s": time.process_time() - cpu,
        "tokens": tokens,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def main() -> None:
    """Measure and print; with --one in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        folder, dtype = asked.one
        found = measure(Path(folder), dtype, segments=asked.segments, beams=asked.beams[0])
        print(json.dumps(found))
        return
    rows: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        make(folder)
        environment = os.environ | {"NIGHTDESK_CACHE": str(Path(name) / "cache")}
        for _ in range(asked.rounds):
            for beams in asked.beams:
                for system, dtype in SYSTEMS.items():
                    command = [
                        sys.executable, str(HERE), "--one", str(folder), dtype,
                        "--segments", str(asked.segments), "--beams", str(beams),
                    ]  # fmt: skip
                    ended = subprocess.run(
                        command, stdout=subprocess.PIPE, text=True, check=True, env=environment
                    )
                    rows[beams, system].append(json.loads(ended.stdout.splitlines()[-1]))
    for (beams, system), found in rows.items():
        median = {key: statistics.median(row[key] for row in found) for key in found[0]}
        first = statistics.median(row["cpu_s"] for row in rows[beams, "torch"])
        print(
            f"{beams} beams  {system:12} {median['seconds']:6.1f} s  {median['cpu_s']:6.1f} CPU s"
            f"  x{median['cpu_s'] / first:.2f}  {median['tokens']:.0f} tokens"
            f"  {median['peak_gb']:.2f} GB"
        )


if __name__ == "__main__":
    main()
