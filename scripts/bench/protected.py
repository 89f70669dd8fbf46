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
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

from models.causal import CausalTranslator, ChatModel
from models.engine import Decoding, Segment
from models.fetch import require
from models.registry import EMBEDDED
from pipeline.document import Document, Paragraph, Span, content_id
from pipeline.progress import Silent
from pipeline.stages.translate import Translate
from pipeline.stages.triage.ladder import LadderRecord
from pipeline.stages.triage.measures import localise
from pipeline.stages.triage.protect import mask, restore, unmask

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
    chat = ChatModel(partial(require, EMBEDDED), identity="embedded")
    engine = CausalTranslator(chat)
    segments = [Segment(source, language, "en") for language, _, source, _ in lines]
    results: dict[str, list[str]] = {}
    record = LadderRecord()

    def decoded(wanted: list[Segment]) -> list[str]:
        found = dict(engine.translate(wanted, decoding=Decoding()))
        return [found[i].text for i in range(len(wanted))]

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
            stage = Translate(
                engine, languages=("ru", "uk", "fr"), target="en", decoding=Decoding(),
                max_segment_chars=400, window_documents=1_000, progress=Silent(), samples=4,
                record=record,
            )  # fmt: skip
            documents = [_document(s) for s in segments]
            found = [d for d in stage.run(documents) if isinstance(d, Document)]
            results[method] = [d.paragraphs[0].translation.text for d in found]  # type: ignore[union-attr]
        good = Counter(
            k for (_, k, _, w), t in zip(lines, results[method], strict=True) if survives(w, t)
        )
        all_ = Counter(kind for _, kind, _, _ in lines)
        share = {kind: f"{good[kind]}/{count}" for kind, count in all_.items()}
        print(
            f"{method:8} {good.total()}/{len(lines)} {share} {time.monotonic() - began:.0f} s",
            flush=True,
        )
        if options.show:
            for (_, kind, source, wanted), target in zip(lines, results[method], strict=True):
                if not survives(wanted, target):
                    print(f"    {kind}: {source} -> {target}")
    print(json.dumps(record.as_json(), ensure_ascii=False))


def _checked(segment: Segment, text: str) -> str:
    restored = restore(segment.text, text)
    return localise(segment.text, restored, source_language=segment.source, target_language="en")


def _document(segment: Segment) -> Document:
    text = segment.text
    paragraph = Paragraph(0, text, Span(0, len(text)), language=segment.source)
    return Document(content_id(text), "line", text, "utf-8", (paragraph,), language=segment.source)


if __name__ == "__main__":
    main()
