"""A set of inputs through all stages into one output folder, with the record of the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.engine import Summariser, Translator
from pipeline.build import build, build_encoder
from pipeline.config import Config
from pipeline.digest.compose import compose, edition_of
from pipeline.digest.envelope import Edition
from pipeline.digest.publish import digest_files
from pipeline.digest.recent import Recent
from pipeline.digest.telling import tell_stories
from pipeline.document import Document, Rejection
from pipeline.inputs import inputs, names_below, read_files
from pipeline.output.lock import exclusive
from pipeline.output.report import kinds
from pipeline.output.writer import RunWriter
from pipeline.progress import Progress
from pipeline.run_record import Counting, counts_of, rate, versions
from pipeline.runner import Clock, through
from pipeline.sources.names import printable
from pipeline.stage import Stage, StageKind
from pipeline.stages.dedup import Earlier
from pipeline.stages.material import material
from pipeline.stages.release import Release
from pipeline.state.folder import State


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a run, and its record as it stands in run.json."""

    documents: tuple[Document, ...]
    rejections: tuple[Rejection, ...]
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Survey:
    """The documents of a folder as the clean-up leaves them.

    `not_read` are files of kinds that have no reader; `to_translate` gives, by the name of a
    document, how many characters of it are in another language than the target; `to_summarise` are
    the names of documents with a sentence that a summary can be made of, which a copy has not.
    """

    documents: tuple[Document, ...]
    rejections: tuple[Rejection, ...]
    not_read: tuple[str, ...]
    to_translate: Mapping[str, int]
    to_summarise: frozenset[str]


def run_folder(
    root: Path,
    out: Path,
    *,
    config: Config,
    state: State,
    progress: Progress,
    edition: Edition | None = None,
    recent: Recent | None = None,
) -> Result:
    """Summarise every document below `root` into `out`, and write their digest.

    `edition` is that of the digest, by default today's with the title of the configuration;
    `recent` lets documents through that are new enough, by default all. Raises UsageError when
    `root` has nothing to read, BusyError when another run writes to `out`, OutputError when `out`
    cannot be written, EngineError when a model cannot be run.
    """
    listing = inputs(root, out, progress=progress)
    with exclusive(out):
        items = read_files(root, listing.files, config=config, progress=progress)
        recent = recent or Recent()
        title = printable(os.path.basename(os.path.realpath(root))) or "Nightdesk"  # noqa: PTH119
        return run_items(
            recent(items),
            out,
            not_read=names_below(root, listing.others),
            title=title,
            edition=edition or edition_of(config, now=datetime.now(UTC)),
            too_old=lambda: recent.left_out,
            config=config,
            state=state,
            progress=progress,
        )


def survey_folder(
    root: Path, out: Path, *, config: Config, state: State, progress: Progress
) -> Survey:
    """Return what a run would find below `root`, without a model and without writing.

    Raises UsageError when `root` has nothing to read.
    """
    listing = inputs(root, out, progress=progress)
    desk = build(config, state=state, progress=progress)
    items = read_files(root, listing.files, config=config, progress=progress)
    stages = (*desk.reading, *desk.cleaning)
    found = list(through(items, stages, clock=Clock(), progress=progress))
    documents = tuple(item for item in found if isinstance(item, Document))
    sources = desk.translating.sources
    to_translate = {d.name: sum(len(text) for text, _ in sources(d)) for d in documents}
    as_it_is = (
        {d.language for d in documents}
        if config.summarise.language == "source"
        else {config.languages.target}
    )
    return Survey(
        documents,
        tuple(item for item in found if isinstance(item, Rejection)),
        names_below(root, listing.others),
        to_translate,
        frozenset(
            d.name
            for d in documents
            if (to_translate[d.name] or d.language in as_it_is)
            and material(d, language=d.language).telling
        ),
    )


def run_items(
    items: Iterable[Document | Rejection],
    out: Path,
    *,
    title: str,
    config: Config,
    state: State,
    progress: Progress,
    not_read: Sequence[str] = (),
    earlier: Earlier | None = None,
    engines: tuple[Translator, Summariser] | None = None,
    watched: Callable[[Stage], Stage] | None = None,
    release: Release | None = None,
    timed: bool = True,
    edition: Edition | None = None,
    too_old: Callable[[], int] = int,
) -> Result:
    """Take documents through every stage and write all results below `out`.

    The caller holds the lock on `out`. Each document is written as soon as it is finished, and
    again if it changes once the whole run is known: a name is spelt otherwise, or it says the same
    as a document in another language. `not_read` are the files of kinds that have no reader;
    `earlier` knows paragraphs that stand already; `engines` stand in for those of the profile;
    `watched` is put around each stage; `release` is that of `build`. Written files have no times in
    them unless the run is `timed`, so that an interrupted run ends with the same bytes; the record
    that is returned has them. With an `edition` the digest is written, too; `too_old` tells, once
    all is read, how many documents were left out of `items` for their age.
    """
    clock = Clock()
    started_at = datetime.now(UTC)
    counting = Counting(progress)
    desk = build(
        config, state=state, progress=counting, engines=engines, earlier=earlier, release=release
    )
    writer = RunWriter(out)
    documents: list[Document] = []
    rejections: list[Rejection] = []
    stages = desk.all(
        publish=_Publish(
            writer, engines=desk.engines, clock=clock if timed else None, progress=counting
        )
    )
    if watched is not None:
        stages = tuple(map(watched, stages))
    flow = through(
        items,
        stages,
        clock=clock,
        window_documents=desk.window_documents,
        progress=counting,
    )
    for item in flow:
        if isinstance(item, Rejection):
            rejections.append(item)
            hint = f"; {item.hint}" if item.hint else ""
            progress.remark(f"not used: {item.name}: {item.reason}{hint}")
            continue
        documents.append(item)
    if not_read:
        progress.remark(f"not read: {kinds(not_read)}")
    if edition is not None:
        envelope = compose(
            edition,
            tell_stories(
                documents,
                encoder=build_encoder(config) if engines is None else None,
                config=config,
                progress=progress,
            ),
            documents,
            rejections=rejections,
            not_read=not_read,
            too_old=too_old(),
        )
        for name, text in digest_files(envelope, documents):
            writer.text(name, text)
    run = {
        "counts": {**counts_of(documents, rejections), "not_read": len(not_read)},
        "not_read": list(not_read),
        "engines": dict(desk.engines),
        "profile": config.profile,
        "versions": dict(versions()),
    }
    measured = {
        "started_at": started_at.isoformat(timespec="seconds"),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(clock.elapsed(), 3),
        "seconds_by_stage": {k: round(v, 3) for k, v in clock.seconds.items()},
        "tokens_written": counting.tokens,
        "results_written": counting.results,
        "tokens_per_s": rate(counting.tokens, clock),
        "ladder": desk.ladder.as_json(),
    }
    record = writer.finish(
        documents,
        rejections,
        not_read=kinds(not_read),
        title=title,
        run={**measured, **run} if timed else run,
    )
    record = {**measured, **record}
    return Result(tuple(documents), tuple(rejections), record)


class _Publish:
    """Writes documents; one that it has written already only where it has changed since."""

    name = "publish"
    kind: StageKind = "map"

    def __init__(
        self,
        writer: RunWriter,
        *,
        engines: Mapping[str, Any],
        clock: Clock | None,
        progress: Progress,
    ) -> None:
        self._writer = writer
        self._engines = engines
        self._clock = clock
        self._progress = progress
        self._written: dict[str, Document] = {}

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents as they came; their files are whole then."""
        for document in documents:
            if self._written.get(document.name) != document:
                until = self._clock.until.get(document.name, {}) if self._clock else {}
                seconds = {stage: at for stage, at in until.items() if stage != self.name}
                self._writer.document(document, engines=self._engines, seconds=seconds)
                again = document.name in self._written
                self._progress.detail(f"{'changed' if again else 'finished'}: {document.name}")
                self._written[document.name] = document
        return list(documents)
