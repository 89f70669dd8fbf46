"""Short texts as the translators render them: headings, names, labels, questions, orders.

    python scripts/train/short_segments.py --out FOLDER [--systems product fast large small chat]

Translates the 300 texts of tests/data/short-segments.tsv (100 of each language) and judges each by
its pattern. `product` is the product as it comes, `fast` with configs/fast.toml, both through
`nightdesk eval mt`; `large`, `small` and `chat` are the two trained translators and the untuned
chat model alone. `--adapter FILE` is another adapter for `small`. A system whose translations are
in FOLDER is not asked again: an interrupted run goes on. Prints the table by kind, and what is not
right.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.engine import Decoding, Segment, Translator

REPOSITORY = Path(__file__).resolve().parents[2]
LANGUAGES = ("ru", "uk", "fr")
PRODUCTS = {"product": [], "fast": [f"--config={REPOSITORY / 'configs' / 'fast.toml'}"]}
BARE = ("large", "small", "chat")
MAX_GROWTH, MAX_ADDED = 2.0, 15  # characters of a rendering beside its source: more is an answer
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class Case:
    """A short text, its kind, and the pattern of what a right rendering of it holds."""

    kind: str
    pattern: str
    language: str
    text: str


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a table; raises ValueError that names a line without five fields."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 2 + len(LANGUAGES):
            raise ValueError(f"{path}:{number}: {len(fields)} fields, not {2 + len(LANGUAGES)}")
        kind, pattern, *texts = fields
        cases += [Case(kind, pattern, *pair) for pair in zip(LANGUAGES, texts, strict=True)]
    return cases


def verdict(case: Case, rendering: str) -> str:
    """Return "right", or the fault: "untranslated", "lost", "answered".

    What is lost is a rendering all the same, with another word than the right one.
    A question stays one, nothing else becomes one, and none grows much longer than its text.
    """
    if _CYRILLIC.search(rendering) or not rendering.strip():
        return "untranslated"
    asks = rendering.rstrip(" \"'”»)").endswith("?")
    if len(rendering) > MAX_GROWTH * len(case.text) + MAX_ADDED or asks != ("?" in case.text):
        return "answered"
    return "right" if re.search(case.pattern, rendering, re.IGNORECASE) else "lost"


def through_product(cases: Sequence[Case], out: Path, *, name: str) -> list[str]:
    """Return the renderings of a language's cases by the product."""
    source, reference = out / f"{name}.source.txt", out / f"{name}.reference.txt"
    source.write_text("".join(f"{case.text}\n" for case in cases), encoding="utf-8")
    reference.write_text("".join(f"{case.kind}\n" for case in cases), encoding="utf-8")
    saved = out / f"{name}.partial"
    system = name.partition("-")[0]
    command = [
        str(Path(sys.executable).with_name("nightdesk")), "eval", "mt", "--quiet", "--json",
        "--source", str(source), "--reference", str(reference), "--lang", cases[0].language,
        "--save", str(saved), *PRODUCTS[system],
    ]  # fmt: skip
    environment = os.environ | {"NIGHTDESK_STATE": str(out / "state" / name)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    lines = saved.read_text(encoding="utf-8").splitlines()
    saved.unlink()
    return lines


def bare(system: str, adapter: Path | None) -> Translator:
    """Return an engine alone."""
    from models.repository.manifest import sha256_of
    from models.repository.registry import EMBEDDED, GEMMA, LARGE_STUDENT, STUDENT, AdapterSpec
    from models.repository.weights import require
    from models.runtime.adapter import OwnBase
    from models.student import Student

    if system == "chat":
        from models.chat.causal import CausalTranslator, ChatModel

        return CausalTranslator(ChatModel(partial(require, EMBEDDED), identity=EMBEDDED.name))
    spec, base = (LARGE_STUDENT, EMBEDDED) if system == "large" else (STUDENT, GEMMA)
    if adapter is not None and system == "small":
        spec = AdapterSpec(
            name="student", revision="measured", base=base, file=str(adapter.absolute()),
            sha256=sha256_of(adapter), routes=tuple((s, "en") for s in LANGUAGES), purpose="",
        )  # fmt: skip
    return Student(spec, OwnBase(partial(require, base), identity=base.name))


def rendered(cases: Sequence[Case], out: Path, system: str, adapter: Path | None) -> list[str]:
    """Return what a system makes of the cases, remembered in files by language."""
    found: dict[Case, str] = {}
    engine: Translator | None = None
    for language in LANGUAGES:
        own = [case for case in cases if case.language == language]
        file = out / f"{system}-{language}.txt"
        if not file.exists():
            if system in PRODUCTS:
                lines = through_product(own, out, name=f"{system}-{language}")
            else:
                engine = engine or bare(system, adapter)
                segments = [Segment(case.text, language, "en") for case in own]
                beams = 1 if system == "chat" else 2
                answers = dict(engine.translate(segments, decoding=Decoding(num_beams=beams)))
                lines = [" ".join(answers[i].text.split()) for i in range(len(own))]
            partial_file = file.with_suffix(".partial")
            partial_file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            partial_file.replace(file)
        found |= zip(own, file.read_text(encoding="utf-8").splitlines(), strict=True)
    return [found[case] for case in cases]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--systems", nargs="+", choices=[*PRODUCTS, *BARE], default=["product"])
    parser.add_argument("--adapter", type=Path)
    parser.add_argument(
        "--cases", type=Path, default=REPOSITORY / "tests" / "data" / "short-segments.tsv"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    cases = read_cases(options.cases)
    for system in options.systems:
        renderings = rendered(cases, options.out, system, options.adapter)
        verdicts = [verdict(c, r) for c, r in zip(cases, renderings, strict=True)]
        found = ", ".join(f"{name} {count}" for name, count in Counter(verdicts).most_common())
        print(f"{system}, {len(cases)} texts: {found}")
        for kind in dict.fromkeys(case.kind for case in cases):
            row = []
            for language in LANGUAGES:
                both = zip(cases, verdicts, strict=True)
                some = [v for c, v in both if (c.kind, c.language) == (kind, language)]
                row.append(f"{language} {some.count('right')}/{len(some)}")
            print(f"  {kind}: {', '.join(row)}")
        for case, text, judged in zip(cases, renderings, verdicts, strict=True):
            if judged != "right":
                print(f"  {judged}\t{case.language}\t{case.text}\t{text}")


if __name__ == "__main__":
    main()
