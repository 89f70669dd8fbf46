"""Our translators beside the 1.5B chat model: the same stage, the same paragraphs, time and memory.

    .venv/bin/python scripts/bench/engines.py --ntrex FOLDER [--paragraphs 256] [--runs 3]

A paragraph is two neighbouring segments of an NTREX document, and a document has all of its own;
Russian, Ukrainian and French take turns document by document. Every run is a process of its own
and takes turns with the other engine's; the time counts from before the weights are loaded until
the last paragraph is translated, ladder and all. "student" translates everything by our small one
(its beams are --beams), "embedded" is the profile as it comes, "chat" everything by the 1.5B.
Prints medians, ratios to "chat" and the peak of the resident memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, groupby
from operator import itemgetter
from pathlib import Path

from documents import document
from translators import FILES

from models.engine import Translator
from pipeline.build import build
from pipeline.config import Config
from pipeline.document import Document
from pipeline.profiles import profile_engines
from pipeline.progress import Silent
from pipeline.runner import Clock, through
from pipeline.state.folder import open_state


def documents(folder: Path, paragraphs: int) -> list[Document]:
    """Return documents that have so many paragraphs together, the last may be cut short."""
    names = (folder / "DOCUMENT_IDS.tsv").read_text("utf-8").splitlines()
    lines = {tag: (folder / f"{f}.txt").read_text("utf-8").splitlines() for tag, f in FILES.items()}
    found: list[Document] = []
    for tag, (name, group) in zip(cycle(FILES), groupby(enumerate(names), key=itemgetter(1))):
        numbers = [number for number, _ in group]
        pairs = [numbers[k : k + 2] for k in range(0, len(numbers), 2)]
        texts = [" ".join(lines[tag][i] for i in pair) for pair in pairs[:paragraphs]]
        paragraphs -= len(texts)
        if texts:
            found.append(document(name, texts, language=tag))
    return found


def engine(name: str) -> Translator:
    """Return the translator of that name."""
    if name == "embedded":
        return profile_engines(Config())[0]
    if name == "chat":
        from models.chat.causal import CausalTranslator, ChatModel
        from models.repository.registry import EMBEDDED
        from models.repository.weights import require

        chat = ChatModel(lambda: require(EMBEDDED), identity="chat")
        return CausalTranslator(chat, zero_shot=True)
    from models.repository.registry import GEMMA, STUDENT
    from models.repository.weights import require
    from models.runtime.adapter import OwnBase
    from models.student import Student

    return Student(STUDENT, OwnBase(lambda: require(GEMMA), identity="base"))


def measured(name: str, wanted: Sequence[Document], *, num_beams: int) -> dict[str, float]:
    """Translate everything once in this process."""
    config = Config()
    beams = 1 if name == "chat" else num_beams
    translator = "small" if name == "student" else "large"
    translate = replace(config.translate, num_beams=beams, translator=translator)
    config = replace(config, translate=translate)
    with tempfile.TemporaryDirectory() as folder, open_state(Path(folder) / "state") as state:
        engines = (engine(name), profile_engines(config)[1])
        desk = build(config, state=state, progress=Silent(), engines=engines)
        began = time.monotonic()
        flow = through(
            wanted, desk.translation(), clock=Clock(), window_documents=desk.window_documents
        )
        done = sum(1 for _ in flow)
        seconds = time.monotonic() - began
    if done != len(wanted):
        raise RuntimeError(f"{done} of {len(wanted)} documents came out")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"seconds": seconds, "peak_gb": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ntrex", type=Path, required=True)
    parser.add_argument("--paragraphs", type=int, default=256)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--beams", type=int, default=0, help="of ours; 0 is what suits it")
    parser.add_argument("--systems", default="student,embedded,chat")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    wanted = documents(options.ntrex, options.paragraphs)
    if options.one:
        print(json.dumps(measured(options.one, wanted, num_beams=options.beams)))
        return
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for _ in range(options.runs):
        for system in options.systems.split(","):
            command = [sys.executable, __file__, *sys.argv[1:], "--one", system]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[system].append(json.loads(done.stdout))
            print(system, found[system][-1], flush=True)
    count, size = sum(len(d.paragraphs) for d in wanted), sum(len(d.text) for d in wanted)
    print(f"{count} paragraphs, {size} characters")
    peer = statistics.median(r["seconds"] for r in found.get("chat", found[system]))
    for system, runs in found.items():
        seconds = statistics.median(r["seconds"] for r in runs)
        peak = max(r["peak_gb"] for r in runs)
        print(f"{system}: {seconds:.1f} s, {peer / seconds:.1f} times; peak {peak:.2f} GB")


if __name__ == "__main__":
    main()
