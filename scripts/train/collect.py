"""Sentence pairs out of Debian's packages: fetched, unpacked, read, filtered, counted.

    python scripts/train/collect.py --out FOLDER [--only NAME ...] [--minutes 60]

The packages, with versions, sha256 and licences, are in collect.tsv, where their files lie in
collect-layouts.tsv. FOLDER must not be in the repository. Of each package there is then a table
pairs/PACKAGE.tsv (language, kind, package, licence, source, English), written whole, so that the
same command goes on where it was stopped; all.tsv has each pair once, counts.tsv how many were
kept and left out, by package, licence, language, kind and reason. A package that cannot be had is
named, the others are read, and the exit code is 1. Archives are deleted once they are unpacked.

Kinds: what collect.tsv says of a package's whole sentences (five words and more); `labels` of one
to four words; `books` and their `headings`; `names` of the packages that hold names alone.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from books import read_page
from catalogues import read_mo, read_qm
from data import LANGUAGES
from debian import Layout, Package, PackageError, fetch, read_layouts, read_packages, unpack
from excluded import normalised
from messages import MAX_LABEL_WORDS, MIN_WORDS, Dropped, tidy, words

from models.langid.identifier import ProfileIdentifier

HERE = Path(__file__).resolve().parent
READER = 2  # a table that another reader wrote is read again
JUDGED_CHARS = 40  # shorter texts are too short to tell languages apart with certainty
MAX_NAME_CHARS = 40
BATCH = 2_000
MAX_DISK_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A pair in a package, with the language of its source and its kind."""

    language: str
    kind: str
    source: str
    target: str


class Reader:
    """Reads the unpacked files of packages; counts what it leaves out."""

    def __init__(self, trees: Path, layouts: dict[str, Layout]) -> None:
        self._trees, self._layouts = trees, layouts
        self._identifier = ProfileIdentifier(languages=(*LANGUAGES, "en"))

    def read(self, package: Package, counts: Counter[tuple[str, str, str]]) -> Iterator[Found]:
        """Yield the pairs of a package; count all by language, kind and reason."""
        seen: set[tuple[str, str]] = set()
        batch: list[Found] = []
        for found in self._messages(package, counts):
            key = (found.language, normalised(found.source))
            if key in seen:
                counts[found.language, found.kind, "copy"] += 1
                continue
            seen.add(key)
            batch.append(found)
            if len(batch) == BATCH:
                yield from self._in_their_languages(batch, counts)
                batch = []
        yield from self._in_their_languages(batch, counts)

    def _messages(
        self, package: Package, counts: Counter[tuple[str, str, str]]
    ) -> Iterator[Found]:  # fmt: skip
        for layout in (self._layouts[name] for name in package.reads):
            for language in LANGUAGES:
                if language not in layout.tags:
                    continue
                for kind, source, english in self._raw(package, layout, language, counts):
                    for pair in tidy(source, english, language=language):
                        if isinstance(pair, Dropped):
                            counts[language, kind, pair.reason] += 1
                        elif chosen := _kind(kind, *pair):
                            yield Found(language, chosen, *pair)
                        else:
                            counts[language, kind, "number of words"] += 1

    def _raw(
        self, package: Package, layout: Layout, language: str,
        counts: Counter[tuple[str, str, str]],
    ) -> Iterator[tuple[str, str, str]]:  # fmt: skip
        files = _files(self._trees / package.name, layout, language)
        english = _files(self._trees / package.english, layout, "en")
        for page, file in files.items():
            try:
                if layout.format in ("catalogue", "qt"):
                    read = read_mo if layout.format == "catalogue" else read_qm
                    for message, translation in read(file):
                        yield package.kind, translation, message
                elif page not in english:
                    counts[language, "books", "page without English"] += 1
                else:
                    is_html = layout.format == "html"
                    for own, other in read_page(file, english[page], is_html=is_html):
                        yield "headings" if own.is_heading else "books", own.text, other.text
            except ValueError as error:
                counts[language, package.kind, "file not read"] += 1
                print(error, file=sys.stderr)

    def _in_their_languages(
        self, batch: list[Found], counts: Counter[tuple[str, str, str]]
    ) -> Iterator[Found]:
        long = [f for f in batch if len(f.source) >= JUDGED_CHARS]
        sources = self._identifier.identify_all([f.source for f in long])
        targets = self._identifier.identify_all([f.target for f in long])
        wrong = {
            id(found): side
            for found, own, other in zip(long, sources, targets, strict=True)
            for side, is_right in (
                ("target language", other.language == "en"),
                ("source language", own.language == found.language),
            )
            if not is_right
        }
        for found in batch:
            reason = wrong.get(id(found), "kept")
            counts[found.language, found.kind, reason] += 1
            if reason == "kept":
                yield found


def _kind(kind: str, source: str, target: str) -> str | None:
    count = words(target)
    if kind == "names":
        plain = target.isascii() and not set("[(,;:/") & {*source, *target}  # "Malay, Creole"
        return kind if plain and len(target) <= MAX_NAME_CHARS else None
    if kind == "headings":
        return kind
    if count >= MIN_WORDS and words(source) >= MIN_WORDS - 1:
        return kind
    if count <= MAX_LABEL_WORDS and words(source) <= MAX_LABEL_WORDS + 1 and kind != "books":
        return "labels"
    return None


def _files(tree: Path, layout: Layout, language: str) -> dict[tuple[str, ...], Path]:
    """Return the files of a layout in a language, by the names they share in all languages."""
    if language not in layout.tags or not tree.is_dir():
        return {}
    pattern = layout.paths(language)
    found = {}
    for path in sorted(tree.rglob("*")):
        match = pattern.fullmatch(path.relative_to(tree).as_posix())
        if match and path.is_file():
            found[match.groups()] = path
    return found


def bring(package: Package, folder: Path, layouts: dict[str, Layout]) -> None:
    """Fetch and unpack a package, unless that is done; raises PackageError."""
    tree = folder / "trees" / package.name
    done = tree / f".unpacked-{package.sha256[:16]}"
    if done.exists():
        return
    used = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    if used + package.size > MAX_DISK_BYTES:
        raise PackageError(f"{package.name}: {folder} holds {used:,} bytes, no room for it")
    (folder / "debs").mkdir(parents=True, exist_ok=True)
    archive = fetch(package, folder / "debs")
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    wanted = [layouts[n].paths(tag) for n in package.reads for tag in layouts[n].tags]
    unpack(archive, tree, wanted=wanted)
    done.touch()
    archive.unlink()


def read_once(package: Package, folder: Path, reader: Reader) -> None:
    """Write the tables of a package, unless the same package was read by the same reader."""
    table, counted = tables(package, folder)
    if counted.exists():
        return
    counts: Counter[tuple[str, str, str]] = Counter()
    lines = [
        "\t".join((f.language, f.kind, package.name, package.licence, f.source, f.target))
        for f in reader.read(package, counts)
    ]
    _write(table, lines)
    _write(counted, ["\t".join((*key, str(n))) for key, n in sorted(counts.items())])


def tables(package: Package, folder: Path) -> tuple[Path, Path]:
    """Return where the pairs of a package are written, and their counts."""
    name = f"{package.name}-{package.sha256[:8]}-{READER}"
    return folder / "pairs" / f"{name}.tsv", folder / "pairs" / f"{name}.counts.tsv"


def join(packages: Iterable[Package], folder: Path) -> None:
    """Write all.tsv and counts.tsv out of the tables of all packages that were read."""
    seen: set[tuple[str, str]] = set()
    kept: Counter[tuple[str, ...]] = Counter()
    lines = []
    counts = []
    for package in packages:
        table, counted = tables(package, folder)
        if not counted.exists():
            continue
        for line in table.read_text(encoding="utf-8").splitlines():
            language, kind, _, licence, source, target = line.split("\t")
            if (key := (language, normalised(source) + "|" + normalised(target))) not in seen:
                seen.add(key)
                lines.append(line)
                kept[package.name, licence, language, kind, "kept"] += 1
            else:
                kept[package.name, licence, language, kind, "copy of another package's"] += 1
        for line in counted.read_text(encoding="utf-8").splitlines():
            language, kind, reason, number = line.split("\t")
            if reason != "kept":
                kept[package.name, package.licence, language, kind, reason] += int(number)
    _write(folder / "all.tsv", lines)
    counts = ["\t".join((*key, str(number))) for key, number in sorted(kept.items())]
    _write(folder / "counts.tsv", counts)
    summary: Counter[tuple[str, str]] = Counter()
    for (_, _, language, kind, reason), number in kept.items():
        if reason == "kept":
            summary[kind, language] += number
    for (kind, language), number in sorted(summary.items()):
        print(kind, language, number, sep="\t")


def _write(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    partial.replace(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--table", type=Path, default=HERE / "collect.tsv")
    parser.add_argument("--only", nargs="+", default=[], help="read these packages alone")
    parser.add_argument("--minutes", type=float, default=60.0, help="no package is begun later")
    options = parser.parse_args()
    folder = options.out.resolve()
    if folder.is_relative_to(HERE.parents[1]):
        parser.error(f"--out {folder} is in the repository, which holds none of the data")
    layouts = read_layouts(HERE / "collect-layouts.tsv")
    packages = read_packages(options.table)
    by_name = {package.name: package for package in packages}
    if unknown := set(options.only) - set(by_name):
        parser.error(f"{options.table} has no {', '.join(sorted(unknown))}")
    chosen = [p for p in packages if not options.only or p.name in options.only]
    reader = Reader(folder / "trees", layouts)
    until = time.monotonic() + 60 * options.minutes
    missing = 0
    for package in chosen:
        if time.monotonic() > until:
            print(f"{package.name}: not begun, {options.minutes} minutes are over", file=sys.stderr)
            missing += 1
            continue
        try:
            if not tables(package, folder)[1].exists():
                bring(by_name[package.english], folder, layouts)
                bring(package, folder, layouts)
                read_once(package, folder, reader)
        except PackageError as error:
            print(f"left out: {error}", file=sys.stderr)
            missing += 1
    join(packages, folder)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
