"""What barriers decide, as it is kept between steps, and put into the documents of a partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.desk import Desk
from pipeline.document import Document, Rejection, Removal
from pipeline.place import Place
from pipeline.stage import Stage
from pipeline.stages.dedup import Dedup
from pipeline.stages.duplicates.repeats import ShortLine, carried
from pipeline.stages.known_names import KnownNames
from pipeline.stages.naming.votes import Decided
from pipeline.stages.release import Release, Released
from pipeline.stages.same_text import SameText
from pipeline.stages.site_chrome import SiteChrome
from pipeline.stages.spell import Spell


@dataclass(frozen=True, slots=True)
class Copied:
    """The copies among the documents of a partition, by document name and paragraph.

    `lines` are the short lines of the documents that carry all text of one of them.
    """

    removals: dict[str, dict[int, Removal]]
    lines: dict[str, tuple[ShortLine, ...]]


@dataclass(frozen=True, slots=True)
class Linked:
    """The paragraphs of a partition, by document name, that say the same as others."""

    links: dict[str, tuple[tuple[int, Place], ...]]


class Verdicts(Protocol):
    """Where the verdicts of barriers are kept."""

    def verdict(self, kind: Any, step: int, partition: str = "all") -> Any:
        """Return what a barrier has decided for a partition, or for all."""
        ...

    def adopt_names(self) -> None:
        """Let the stages of this process know the names of the whole run."""
        ...


def applied(
    desk: Desk,
    stage: Stage,
    documents: Sequence[Document],
    kept: Verdicts,
    step: int,
    partition: str,
) -> Sequence[Document | Rejection]:
    """Return the documents of a partition as the barrier at a step returns them.

    Raises TypeError for a barrier that cannot be run in parts.
    """
    match stage:
        case Release():
            return stage.apply(documents, kept.verdict(Released, step))
        case SiteChrome():
            return stage.apply(documents, kept.verdict(dict[str, frozenset[str]], step))
        case Dedup():
            copied: Copied = kept.verdict(Copied, step, partition)
            marked = [stage.marked(d, copied.removals.get(d.name, {})) for d in documents]
            return [carried(document, copied.lines, stage=stage.name) for document in marked]
        case KnownNames():
            kept.adopt_names()
            return documents
        case Spell():
            kept.adopt_names()
            return desk.translating.spelt(documents, kept.verdict(Decided, step))
        case SameText():
            links: Linked = kept.verdict(Linked, step, partition)
            return [
                stage.linked(document, links.links.get(document.name, ())) for document in documents
            ]
    raise TypeError(f"the barrier {stage.name} cannot be run in parts")
