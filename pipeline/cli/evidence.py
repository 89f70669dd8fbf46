"""nightdesk evidence."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.files import missing
from pipeline.cli.options import AsJson, ConfigFile, configured, put
from pipeline.cli.paragraphs import read_documents
from pipeline.cli.recorded import recorded, well_formed
from pipeline.errors import UsageError

_CONTEXT_CHARS = 160  # on either side of a place
_LEAST_ALIKE = 60  # of 100: a sentence that is asked for by its words


def evidence(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A file of the input folder; or a record of a run (.json), - for one on stdin.",
        ),
    ],
    sentence: Annotated[
        str | None,
        typer.Argument(
            metavar="[SENTENCE]",
            help="The number of a sentence of the summary, from 1, or some of its words; default:"
            " all sentences.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the results of the run.")
    ] = Path("nightdesk-out"),
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show where the original says a sentence of its summary, with what stands around it.

    Looks into the results in DIR, and needs no model.

    Examples:

      nightdesk evidence inbox/wire.txt 2 --out today/

      nightdesk evidence inbox/wire.txt "closed until spring" --out today/

      nightdesk summarize wire.txt --json | nightdesk evidence - 1
    """
    found: list[dict[str, Any]] = []
    for record, source in _records(file, out, config):
        with well_formed(source):
            found += _told(record, sentence)
    if as_json:
        put(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        put("\n\n".join(map(_shown, found)) + "\n")


def _records(file: str, out: Path, config: Path | None) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Yield the records that are asked about, each with the file that it is in."""
    from pipeline.output.record import parse_record, read_record

    if file == "-":
        yield parse_record(sys.stdin.read(), path=Path("stdin")), Path("stdin")
        return
    path = Path(file)
    if what := missing(path):
        raise UsageError(f"{file}: {what}", hint="give a file of the input folder, or a record")
    if path.suffix == ".json":
        yield read_record(path), path
        return
    for document in read_documents(path, configured(config), None):
        kept = recorded(out, document)
        if kept is None:
            raise UsageError(
                f"{out}: has no results for {document.name} as it is now",
                hint=f"run `nightdesk run FOLDER --out {out}` first, or name its folder with --out",
            )
        yield kept


def _told(record: Mapping[str, Any], wanted: str | None) -> list[dict[str, Any]]:
    """Return the sentences that are asked for, each with its places and what is around them."""
    summary = record["summary"]
    if summary is None:
        raise UsageError(
            f"{record['name']}: has no summary", hint="`nightdesk explain FILE` shows what was kept"
        )
    sentences = summary["sentences"]
    numbers = range(len(sentences)) if wanted is None else [_chosen(sentences, wanted, record)]
    return [
        {
            "document": record["name"],
            "sentence": number + 1,
            **sentences[number],
            "evidence": [
                {**place, **_around(record["text"], place["place"]["span"])}
                for place in sentences[number]["evidence"]
            ],
        }
        for number in numbers
    ]


def _chosen(sentences: Sequence[Mapping[str, Any]], wanted: str, record: Mapping[str, Any]) -> int:
    """Return the index of the sentence with a number, or of the one that has these words."""
    if wanted.isdecimal():
        number = int(wanted)
        if 1 <= number <= len(sentences):
            return number - 1
        raise UsageError(
            f"{record['name']}: its summary has no sentence {number}",
            hint=f"it has {len(sentences)}; give a number from 1, or some words of a sentence",
        )
    from rapidfuzz.fuzz import partial_ratio

    low = wanted.casefold()
    alike = [partial_ratio(low, s["text"].casefold()) for s in sentences]
    best = max(range(len(alike)), key=lambda i: alike[i])
    if alike[best] < _LEAST_ALIKE:
        raise UsageError(
            f"{record['name']}: no sentence of its summary reads like {wanted[:60]!r}",
            hint="leave the words out to see all sentences",
        )
    return best


def _around(text: str, span: Sequence[int]) -> dict[str, str]:
    """Return what stands before and behind a place, from a word on and to the end of one."""
    start, end = span
    before = text[max(0, start - _CONTEXT_CHARS) : start]
    behind = text[end : end + _CONTEXT_CHARS]
    if start > _CONTEXT_CHARS:
        before = before.partition(" ")[2]
    if end + _CONTEXT_CHARS < len(text):
        behind = behind.rpartition(" ")[0]
    return {"before": before, "text": text[start:end], "behind": behind}


def _shown(told: Mapping[str, Any]) -> str:
    outcome = told.get("outcome")
    lines = [f"{told['document']}, sentence {told['sentence']}: {told['text']}"]
    if outcome is not None:
        lines.append(f"  {outcome}, support {told['support']:.2f}")
    for place in told["evidence"]:
        start, end = place["place"]["span"]
        lines.append(
            f"  paragraph {place['place']['paragraph']}, characters {start} to {end}"
            f" ({place['language']}):"
        )
        before, words, behind = (" ".join(place[k].split()) for k in ("before", "text", "behind"))
        lines.append(f"    … {before} >>>{words}<<< {behind} …")
        if place.get("translation"):
            lines.append(f"    “{place['translation']}”")
    if not told["evidence"]:
        lines.append("  no place in the original is known for it")
    return "\n".join(lines)
