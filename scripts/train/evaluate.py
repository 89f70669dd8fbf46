"""chrF2++ of an exported adapter on a development slice, greedy and with beams, with its speed.

    python scripts/train/evaluate.py --adapter FILE --ntrex FOLDER [--first 1001 --last 1033]

NTREX segments 1001 to 1033 of each language: 99 in all. What is reported elsewhere (1 to 500) is
not to be looked at here. Writes hypotheses beside `--out`, if given, for reading.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.engine import Decoding, Segment
from models.repository.manifest import sha256_of
from models.repository.registry import EMBEDDED, GEMMA, AdapterSpec
from models.repository.weights import require
from models.runtime.adapter import OwnBase
from models.student import Student

BASES = {base.name: base for base in (GEMMA, EMBEDDED)}
FILES = {"ru": "rus", "uk": "ukr", "fr": "fra"}


def main() -> None:
    from sacrebleu.metrics import BLEU, CHRF

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--base", choices=sorted(BASES), default=GEMMA.name)
    parser.add_argument("--ntrex", type=Path, required=True)
    parser.add_argument("--first", type=int, default=1001)
    parser.add_argument("--last", type=int, default=1033)
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    base = BASES[options.base]
    spec = AdapterSpec(
        name="student", revision="evaluated", base=base, file=str(options.adapter.absolute()),
        sha256=sha256_of(options.adapter), routes=tuple((s, "en") for s in FILES), purpose="",
    )  # fmt: skip
    student = Student(spec, OwnBase(partial(require, base), identity=base.name))
    chosen = slice(options.first - 1, options.last)
    references = (options.ntrex / "eng.txt").read_text(encoding="utf-8").splitlines()[chosen]
    chrf, bleu = CHRF(word_order=2), BLEU()
    written: dict[str, list[str]] = {"reference": references}
    list(student.translate([Segment("Да.", "ru", "en")], decoding=Decoding()))  # load
    for num_beams in options.beams:
        for language, name in FILES.items():
            lines = (options.ntrex / f"{name}.txt").read_text(encoding="utf-8").splitlines()[chosen]
            segments = [Segment(line, language, "en") for line in lines]
            started, used = time.monotonic(), time.process_time()
            found = dict(student.translate(segments, decoding=Decoding(num_beams=num_beams)))
            wall_s, cpu_s = time.monotonic() - started, time.process_time() - used
            texts = [found[i].text for i in range(len(segments))]
            written[f"{language} {num_beams}"] = texts
            tokens = sum(h.tokens for h in found.values())
            ends = {h.finish for h in found.values()} - {"stop"}
            quality = chrf.corpus_score(texts, [references]).score
            print(
                f"{language} beams {num_beams}: chrF2++ {quality:.1f}"
                f" BLEU {bleu.corpus_score(texts, [references]).score:.1f}; {tokens} tokens,"
                f" {tokens / wall_s:.0f}/s wall, {2 * tokens / cpu_s:.0f}/s of two idle cores;"
                f" ends besides stop: {sorted(ends)}",
                flush=True,
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory {peak:.2f} GB; {chrf.get_signature()}")
    if options.out:
        options.out.write_text(json.dumps(written, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
