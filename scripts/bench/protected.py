"""How many protected spans survive translation: untouched, put right afterwards, masked, all of it.

    .venv/bin/python scripts/bench/protected.py [--every N] [--language ru]

Translates tests/data/protected.tsv into English with the embedded weights and counts the lines in
which every wanted span stands. "plain" is what the model wrote, "checked" has damaged copies and
number formats put right, "masked" hides opaque spans behind marks, "stage" is the translate stage
with its ladder.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from documents import document

from models.engine import Decoding, Segment
from pipeline.build import build
from pipeline.config import Config
from pipeline.document import Document
from pipeline.facts.measures import localise
from pipeline.facts.protected import mask, put_back, unmask
from pipeline.profiles import profile_engines
from pipeline.progress import Silent
from pipeline.runner import Clock, through
from pipeline.state.folder import open_state

LINES = Path(__file__).resolve().parents[2] / "tests" / "data" / "protected.tsv"


def survives(wanted: str, target: str) -> bool:
    """Tell whether one alternative of each wanted span is in `target`."""
    spans = [wanted] if wanted.startswith(("http", "www")) else wanted.split("&")
    return all(any(form in target for form in span.split("|")) for span in spans)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--language")
    parser.add_argument("--methods", default="plain,checked,masked,stage")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    lines = [line.split("\t") for line in LINES.read_text("utf-8").splitlines()][:: options.every]
    lines = [line for line in lines if options.language in {None, line[0]}]
    engines = profile_engines(Config())
    segments = [Segment(source, language, "en") for language, _, source, _ in lines]
    results: dict[str, list[str]] = {}

    def decoded(wanted: list[Segment]) -> list[str]:
        found = dict(engines[0].translate(wanted, decoding=Decoding(num_beams=4)))
        return [found[i].text for i in range(len(wanted))]

    with tempfile.TemporaryDirectory() as folder, open_state(Path(folder) / "state") as state:
        desk = build(Config(), state=state, progress=Silent(), engines=engines)
        for method in options.methods.split(","):
            began = time.monotonic()
            if method == "plain":
                results[method] = decoded(segments)
            elif method == "checked":
                results[method] = [
                    _checked(s, t) for s, t in zip(segments, results["plain"], strict=True)
                ]
            elif method == "masked":
                masked = [mask(s.text) for s in segments]
                texts = decoded(
                    [replace(s, text=t) for s, (t, _) in zip(segments, masked, strict=True)]
                )
                results[method] = [
                    _checked(s, unmask(text, spans))
                    for s, text, (_, spans) in zip(segments, texts, masked, strict=True)
                ]
            else:
                documents = through(
                    [document("line", [s.text], language=s.source) for s in segments],
                    desk.translation(),
                    clock=Clock(),
                    window_documents=desk.window_documents,
                )
                results[method] = [_written(d) for d in documents if isinstance(d, Document)]
            _report(method, lines, results[method], show=options.show)
            print(f"{'':8} {time.monotonic() - began:.0f} s", flush=True)
        print(json.dumps(desk.ladder.as_json(), ensure_ascii=False))


def _report(method: str, lines: list[list[str]], texts: list[str], *, show: bool) -> None:
    good = Counter(k for (_, k, _, w), t in zip(lines, texts, strict=True) if survives(w, t))
    share = {k: f"{good[k]}/{n}" for k, n in Counter(kind for _, kind, _, _ in lines).items()}
    print(f"{method:8} {good.total()}/{len(lines)} {share}")
    for (_, kind, source, wanted), target in zip(lines, texts, strict=True):
        if show and not survives(wanted, target):
            print(f"    {kind}: {source} -> {target}")


def _written(document: Document) -> str:
    (paragraph,) = document.paragraphs
    return paragraph.translation.text if paragraph.translation else paragraph.text


def _checked(segment: Segment, text: str) -> str:
    restored = put_back(segment.text, text)
    return localise(segment.text, restored, source_language=segment.source, target_language="en")


if __name__ == "__main__":
    main()
