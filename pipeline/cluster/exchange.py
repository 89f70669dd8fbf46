"""Barriers that compare texts, as Ray tasks: each share of the partitions, and each band, in turn.

A share is some of the partitions, a band some of the shingles; there are as many of one as of the
other, at most about twice the root of the number of partitions. What goes from one task to
another is in Ray's object store; the verdicts are written down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pipeline.cluster import bands, texts
from pipeline.cluster.codec import encoded
from pipeline.cluster.tasks import Tasks, shares_of
from pipeline.cluster.verdicts import Copied, Linked
from pipeline.cluster.workplace import workplace
from pipeline.document import Document
from pipeline.place import Place
from pipeline.stages.dedup import Dedup
from pipeline.stages.duplicates.repeats import ShortLine, carriers_of, short_lines
from pipeline.stages.duplicates.sketch import sketch
from pipeline.stages.same_text import Said, SameText


def compare_texts(tasks: Tasks, step: int, partitions: Sequence[str]) -> Any:
    """Find what a comparing barrier looks for; return references that are there when it is done.

    1. Every share is sketched, and the texts of all are numbered.
    2. Dedup looks for texts that are the same: those with one key come together by their key.
    3. The shingles of all others come together by band, where they suggest pairs.
    4. Pairs come together by their later text; both texts are asked for, and compared.
    5. One task decides, from pairs of numbers alone.
    6. Places are asked for, and each share writes down the verdicts of its partitions.
    """
    shares = shares_of(partitions)
    count, every = len(shares), range(len(shares))
    sketched = [tasks.run(_sketched, tasks.setup, step, s, returns=3) for s in shares]
    *numbers, numbering = tasks.run(_numbered, *(g for g, *_ in sketched), returns=count + 1)

    def asked(numbers_of: Sequence[Any]) -> list[list[Any]]:
        """Return for each band the answers of every share to what the bands ask for."""
        found = [
            tasks.run(_texts, sketched[s][2], numbers[s], *(band[s] for band in numbers_of),
                      returns=count)
            for s in every
        ]  # fmt: skip
        return [[found[s][band] for s in every] for band in every]

    keyed = [tasks.run(_keyed, tasks.setup, step, sketched[s][1], numbers[s], count,
                       returns=count) for s in every]  # fmt: skip
    shared = [tasks.run(_shared, numbering, *(keyed[s][b] for s in every), returns=count + 1)
              for b in every]  # fmt: skip
    texts_by_band = asked([shared[b][1:] for b in every])
    same = [tasks.run(_same, numbering, shared[b][0], *texts_by_band[b]) for b in every]
    all_same = tasks.run(_joined, *same)

    banded = [tasks.run(_banded, sketched[s][1], numbers[s], all_same, count, returns=count)
              for s in every]  # fmt: skip
    suggested = [tasks.run(_suggested, tasks.setup, step, numbering, count,
                           *(banded[s][b] for s in every), returns=count)
                 for b in every]  # fmt: skip
    agreed = [tasks.run(_agreed, numbering, *(suggested[b][m] for b in every), returns=count + 1)
              for m in every]  # fmt: skip
    texts_of_pairs = asked([agreed[m][1:] for m in every])
    compared = [tasks.run(_compared, tasks.setup, step, agreed[m][0], *texts_of_pairs[m])
                for m in every]  # fmt: skip
    settled = tasks.run(
        _settled, tasks.setup, step, numbering, count, all_same, *compared, returns=2 * count
    )
    links, wanted = settled[:count], settled[count:]
    # `wanted[s]` has for each share what it wants of share `s`.
    places = [tasks.run(_places, sketched[s][2], numbers[s], wanted[s], returns=count)
              for s in every]  # fmt: skip
    marked = [
        tasks.run(_marked, tasks.setup, step, sketched[s][2], numbers[s], links[s],
                  *(places[q][s] for q in every), returns=count + 1)
        for s in every
    ]  # fmt: skip
    lines = [
        tasks.run(_lines, tasks.setup, step, sketched[s][2], marked[s][0],
                  *(marked[p][1 + s] for p in every), returns=count)
        for s in every
    ]  # fmt: skip
    return [
        tasks.run(_written, tasks.setup, step, shares[s], marked[s][0],
                  *(lines[q][s] for q in every))
        for s in every
    ]  # fmt: skip


def _stage(setup: bytes, step: int) -> Dedup | SameText:
    stage = workplace(setup).steps[step].barrier
    if not isinstance(stage, Dedup | SameText):
        raise TypeError(f"step {step} compares no texts")
    return stage


def _documents(
    setup: bytes, step: int, partitions: Iterable[str]
) -> Iterator[tuple[str, Document]]:
    for partition in partitions:
        for document in workplace(setup).documents([partition], before=step):
            yield partition, document


def _chosen(
    setup: bytes, step: int, wanted: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, Document]]:
    """Yield the documents of those names, by partition; no others are decoded."""
    for partition, names in wanted.items():
        for document in workplace(setup).documents([partition], before=step, only=names):
            yield partition, document


def _sketched(setup: bytes, step: int, share: Sequence[str]) -> tuple[Any, ...]:
    return texts.sketched(_stage(setup, step), _documents(setup, step, share))


def _numbered(*shares: Any) -> tuple[Any, ...]:
    numbers, numbering = texts.numbered(shares)
    return (*numbers, numbering)


def _keyed(setup: bytes, step: int, sketches: Any, numbers: Any, count: int) -> list[Any]:
    if isinstance(_stage(setup, step), SameText):
        sketches, numbers = sketch([]), numbers[:0]  # a copy is not looked for
    return bands.by_key(sketches, numbers, count)


def _shared(numbering: texts.Numbering, *parts: Any) -> tuple[Any, ...]:
    keys, numbers = bands.shared_keys(parts)
    return ((keys, numbers), *bands.wanted(numbers, numbering, len(parts)))


def _texts(found: texts.Texts, numbers: Any, *wanted: Any) -> list[dict[int, Said]]:
    return texts.chosen(found, numbers, wanted)


def _together(parts: Sequence[dict[Any, Any]]) -> dict[Any, Any]:
    return dict(chain.from_iterable(part.items() for part in parts))


def _same(numbering: texts.Numbering, keyed: Any, *parts: dict[int, Said]) -> list[bands.Link]:
    keys, numbers = keyed
    return bands.same(keys, numbers, _together(parts), leading=numbering.leading)


def _joined(*parts: list[Any]) -> list[Any]:
    return [one for part in parts for one in part]


def _banded(sketches: Any, numbers: Any, same: Sequence[bands.Link], count: int) -> list[Any]:
    import numpy as np

    gone = np.array([link.text for link in same], dtype=np.int64)
    return bands.banded(sketches, numbers, gone, count)


def _suggested(
    setup: bytes, step: int, numbering: texts.Numbering, count: int, *parts: Any
) -> list[Any]:
    stage = _stage(setup, step)
    if isinstance(stage, Dedup) and stage.threshold is None:
        parts = tuple(part[:0] for part in parts)  # near copies stay
    return bands.suggested(parts, total=numbering.total, leading=numbering.leading, bands=count)


def _agreed(numbering: texts.Numbering, *parts: Any) -> tuple[Any, ...]:
    pairs = bands.agreed_pairs(parts)
    return (pairs, *bands.wanted(pairs.ravel(), numbering, len(parts)))


def _compared(setup: bytes, step: int, pairs: Any, *parts: dict[int, Said]) -> Any:
    return bands.comparison(_stage(setup, step))(pairs, _together(parts))


def _settled(
    setup: bytes, step: int, numbering: texts.Numbering, count: int, same: Any, *compared: Any
) -> list[Any]:
    import numpy as np

    stage = _stage(setup, step)
    found = [one for part in compared for one in part]
    if isinstance(stage, SameText):
        links = bands.both_ways(stage, found)
    else:
        links = bands.copies(same, found, total=numbering.total)
    homes = numbering.home(np.array([link.text for link in links], dtype=np.int64)).tolist()
    others = numbering.home(np.array([link.other for link in links], dtype=np.int64)).tolist()
    of_share: list[list[bands.Link]] = [[] for _ in range(count)]
    wanted: list[list[set[int]]] = [[set() for _ in range(count)] for _ in range(count)]
    for link, home, other in zip(links, homes, others, strict=True):
        of_share[home].append(link)
        wanted[other][home].add(link.other)
    return [*of_share, *wanted]


def _places(found: texts.Texts, numbers: Any, wanted: Sequence[set[int]]) -> list[dict[int, Place]]:
    """Return the places of the texts that each share asks for."""
    import numpy as np

    asked = [np.array(sorted(one), dtype=np.int64) for one in wanted]
    answers = texts.chosen(found, numbers, asked)
    return [{number: said.place for number, said in one.items()} for one in answers]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What becomes of the documents of a share, by partition and name.

    `carriers` are the documents that carry all text of one of them.
    """

    marks: dict[str, dict[str, Any]]
    carriers: dict[str, frozenset[str]]


def _marked(
    setup: bytes,
    step: int,
    found: texts.Texts,
    numbers: Any,
    links: Sequence[bands.Link],
    *places: dict[int, Place],
) -> tuple[Any, ...]:
    """Return the marks of a share's documents, and the carriers that it asks each share about."""
    import numpy as np

    stage, place = _stage(setup, step), _together(places)
    own = np.array([link.text for link in links], dtype=np.int64)
    (here,) = texts.chosen(found, numbers, [own])
    partition_of = found.partitions()
    marks: dict[str, dict[str, Any]] = {}
    for link in links:
        mine, other = here[link.text].place, place[link.other]
        of_partition = marks.setdefault(partition_of[mine.document], {})
        if isinstance(stage, SameText):
            of_partition.setdefault(mine.document, []).append((mine.paragraph, other))
        else:
            of_partition.setdefault(mine.document, {})[mine.paragraph] = stage.removal(
                other, similarity=link.similarity, exact=link.exact
            )
    asked: list[list[str]] = [[] for _ in places]
    if isinstance(stage, SameText):
        return (_Marks(marks, {}), *asked)
    carriers = {
        document.name: frozenset(
            carriers_of(stage.marked(document, marks[partition][document.name]), stage=stage.name)
        )
        for partition, document in _chosen(setup, step, marks)
    }
    home = {p.document: share for share, part in enumerate(places) for p in part.values()}
    for name in sorted(frozenset[str]().union(*carriers.values())):
        asked[home[name]].append(name)
    return (_Marks(marks, carriers), *asked)


def _lines(
    setup: bytes, step: int, found: texts.Texts, known: _Marks, *asked: Sequence[str]
) -> list[dict[str, tuple[ShortLine, ...]]]:
    """Return for each share that asks the short lines of the carriers that are in this one."""
    stage = _stage(setup, step)
    wanted = {name for names in asked for name in names}
    if isinstance(stage, SameText) or not wanted:
        return [{} for _ in asked]
    partition_of = found.partitions()
    of_partition: dict[str, list[str]] = {}
    for name in sorted(wanted):
        of_partition.setdefault(partition_of[name], []).append(name)
    lines = {
        document.name: short_lines(
            stage.marked(document, known.marks.get(partition, {}).get(document.name, {}))
        )
        for partition, document in _chosen(setup, step, of_partition)
    }
    return [{name: lines[name] for name in names} for names in asked]


def _written(setup: bytes, step: int, share: Sequence[str], known: _Marks, *lines: Any) -> int:
    """Write down the verdicts of a share's partitions."""
    place, stage = workplace(setup), _stage(setup, step)
    short = _together(lines)
    for partition in share:
        marks = known.marks.get(partition, {})
        if isinstance(stage, SameText):
            data = encoded(Linked({name: tuple(found) for name, found in marks.items()}), Linked)
        else:
            needed = sorted(frozenset[str]().union(*(known.carriers[name] for name in marks)))
            data = encoded(Copied(marks, {name: short[name] for name in needed}), Copied)
        place.storage.write(place.verdict_file(step, partition), data)
    return len(share)
