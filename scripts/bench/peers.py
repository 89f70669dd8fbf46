"""Our chat engine beside other programs that read the same weights: seconds, tokens, memory, chrF.

    .venv/bin/python scripts/bench/peers.py --ntrex FOLDER --gguf FILE --peers PYTHON
        [--paragraphs 64] [--rounds 3] [--only SYSTEM ...] [--json FILE]

PYTHON is that of an environment of its own with openvino-genai and xllamacpp; FILE is the published
GGUF of the embedded chat model, from which our weights come. All get the same chats, greedily, at
most 200 tokens for each: paragraphs of two neighbouring segments of NTREX, Russian, Ukrainian and
French in turn. Every measurement is a process of its own, loading timed apart, and systems take
turns. Prints medians, ratios of seconds to ours, and chrF2++ against NTREX's English.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

MAX_TOKENS = 200
SLOTS = 16  # of llama.cpp, whose cache is shared out among them
ROWS = 64  # of OpenVINO's scheduler
Chats = list[list[dict[str, str]]]
Ready = Callable[[Chats], tuple[list[str], int]]  # chats to replies and the tokens written


def nightdesk(gguf: str, chats: Chats) -> Ready:
    """Load our engine; its weights are those of the GGUF, converted once."""
    from models.runtime.threads import prepare_threads

    prepare_threads()  # before torch is loaded, as the program does
    from models.chat.causal import ChatModel, Request
    from models.repository.registry import EMBEDDED
    from models.repository.weights import require

    chat = ChatModel(lambda: require(EMBEDDED), identity="chat")
    chat.model.eval()

    def answer(chats: Chats) -> tuple[list[str], int]:
        requests = [Request(c, max_new_tokens=MAX_TOKENS, one_line=False) for c in chats]
        found = list(chat.chat(requests, language="en"))
        replies = {index: text for index, _, text in found}
        return [replies[i] for i in range(len(chats))], sum(len(c.ids) for _, c, _ in found)

    return answer


def openvino(gguf: str, chats: Chats) -> Ready:
    """Load OpenVINO GenAI's pipeline with continuous batching, reading the GGUF itself."""
    genai: Any = import_module("openvino_genai")
    scheduler = genai.SchedulerConfig()
    scheduler.max_num_seqs = ROWS
    scheduler.cache_size = 2
    pipe = genai.LLMPipeline(gguf, "CPU", scheduler_config=scheduler)
    tokenizer = pipe.get_tokenizer()
    config = genai.GenerationConfig(max_new_tokens=MAX_TOKENS, apply_chat_template=False)

    def answer(chats: Chats) -> tuple[list[str], int]:
        texts = [tokenizer.apply_chat_template(c, add_generation_prompt=True) for c in chats]
        result = pipe.generate(texts, config)
        return list(result.texts), result.perf_metrics.get_num_generated_tokens()

    return answer


def llamacpp(gguf: str, chats: Chats) -> Ready:
    """Load llama.cpp's server in this process, by xllamacpp, with a slot for each of 16 chats."""
    xllamacpp: Any = import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = gguf
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * 1024
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    server = xllamacpp.Server(params)

    def one(chat: list[dict[str, str]]) -> tuple[str, int]:
        asked = {"messages": chat, "max_tokens": MAX_TOKENS, "temperature": 0}
        said: Any = server.handle_chat_completions(asked)
        said = json.loads(said) if isinstance(said, str | bytes) else said
        return said["choices"][0]["message"]["content"], said["usage"]["completion_tokens"]

    def answer(chats: Chats) -> tuple[list[str], int]:
        with ThreadPoolExecutor(SLOTS) as pool:
            found = list(pool.map(one, chats))
        return [text for text, _ in found], sum(tokens for _, tokens in found)

    return answer


SYSTEMS: dict[str, Callable[[str, Chats], Ready]] = {
    "nightdesk": nightdesk,
    "openvino": openvino,
    "llama.cpp": llamacpp,
}


def run_one(system: str, gguf: str, chats: Chats) -> dict[str, Any]:
    """Load a system and have it answer; return what it took."""
    began = time.monotonic()
    answer = SYSTEMS[system](gguf, chats)
    load_s = time.monotonic() - began
    began = time.monotonic()
    replies, tokens = answer(chats)
    seconds = time.monotonic() - began
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {
        "load_s": load_s, "seconds": seconds, "tokens": tokens, "peak_gb": peak_gb,
        "replies": replies,
    }  # fmt: skip


def chats_of(folder: Path, paragraphs: int) -> tuple[Chats, list[str], list[str]]:
    """Return chats that ask for translations, the languages, and the English that people wrote."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from throughput import texts_of  # beside this script

    from models.chat.prompts import translation_messages

    chats: Chats = []
    languages, wanted = [], []
    for language, (text, english) in texts_of(folder, paragraphs).items():
        for own, reference in zip(text.split("\n\n"), english.split("\n\n"), strict=True):
            chats.append(translation_messages(own, source=language, target="en"))
            languages.append(language)
            wanted.append(reference)
    return chats, languages, wanted


def scores(
    replies: Sequence[str], languages: Sequence[str], wanted: Sequence[str]
) -> dict[str, float]:
    """Return chrF2++ by language."""
    from sacrebleu.metrics import CHRF

    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for language, reply, reference in zip(languages, replies, wanted, strict=True):
        by_language[language].append((" ".join(reply.split()), reference))
    return {
        language: CHRF(word_order=2)
        .corpus_score([r for r, _ in rows], [[e for _, e in rows]])
        .score
        for language, rows in by_language.items()
    }


def main() -> None:
    """Measure and print; with --one answer as a single system, as the parent asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ntrex", type=Path)
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--paragraphs", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(SYSTEMS))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        json.dump(run_one(asked.one, asked.gguf, json.load(sys.stdin)), sys.stdout)
        return
    chats, languages, wanted = chats_of(asked.ntrex, asked.paragraphs)
    measured: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in range(asked.rounds):
        for system in asked.only:
            python = sys.executable if system == "nightdesk" else asked.peers
            command = [python, __file__, "--gguf", asked.gguf, "--one", system]
            ended = subprocess.run(
                command, input=json.dumps(chats), stdout=subprocess.PIPE, text=True, check=True
            )  # fmt: skip
            found = json.loads(ended.stdout.splitlines()[-1])
            found |= scores(found.pop("replies"), languages, wanted)
            measured[system].append(found)
            print(f"round {number + 1}: {system}: {found['seconds']:.1f} s", file=sys.stderr)
    median = {
        system: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        for system, rows in measured.items()
    }
    first = median[asked.only[0]]["seconds"]
    for system, row in median.items():
        chrf = " / ".join(f"{row[tag]:.1f}" for tag in ("ru", "uk", "fr") if tag in row)
        print(
            f"{system:10} {row['seconds']:7.1f} s  {row['tokens'] / row['seconds']:6.1f} tokens/s"
            f"  x{row['seconds'] / first:.2f}  load {row['load_s']:.1f} s"
            f"  {row['peak_gb']:.1f} GB  chrF2++ ru/uk/fr {chrf}"
        )
    if asked.json:
        asked.json.write_text(json.dumps(median, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
