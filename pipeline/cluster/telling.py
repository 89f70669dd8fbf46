"""Stories and the digest of a run, as Ray tasks: vectors come together, texts only by story.

What one task sees of every document: its beginning, names and figures (about 4 kB), and three
vectors of the encoder (4 bytes a dimension each). The texts of a story's documents come together
where it is told. One task has all stories, as the page of a digest has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from models.errors import WeightsError
from pipeline.cluster.storage import Storage
from pipeline.cluster.tasks import Tasks, shares_of
from pipeline.cluster.workplace import Workplace, workplace
from pipeline.digest.compose import account_of, composed, models_of
from pipeline.digest.document_page import document_pages
from pipeline.digest.envelope import Account, Edition, Envelope
from pipeline.digest.publish import digest_files
from pipeline.digest.telling import tell_stories
from pipeline.document import Document, Rejection
from pipeline.output.names import html_path
from pipeline.progress import Silent
from pipeline.stories.details import Details, details_of
from pipeline.stories.pair import shipped_model
from pipeline.stories.publishers import Publishers
from pipeline.stories.stories import grouping_of, in_order, telling
from pipeline.stories.story import Story
from pipeline.stories.tell import central
from pipeline.stories.topics import FEWEST_STORIES, topics_of
from pipeline.stories.vectors import Views, views_of

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

Key = tuple[str, int]  # the place of a document among all: its file, and its number in it


@dataclass(frozen=True, slots=True)
class Known:
    """A document without its text; `details` are there where documents are grouped."""

    key: Key
    id: str
    name: str
    page: str
    details: Details | None


@dataclass(frozen=True, slots=True)
class Described:
    """The documents of a share, their vectors, and what became of its inputs.

    `problem` says why there are no vectors although there is an encoder, or is empty.
    """

    known: tuple[Known, ...]
    views: Views | None
    problem: str
    account: Account
    models: frozenset[str]


@dataclass(frozen=True, slots=True)
class Groups:
    """The documents of each story that a share tells, the most central first.

    Where they are not `by_event`, each story is of one document and of its copies. `wholes` are the
    vectors of each story's documents (n, dimensions), where there are stories enough for topics.
    """

    by_event: bool
    keys: tuple[tuple[Key, ...], ...]
    wholes: tuple[Vectors, ...]


def tell(
    tasks: Tasks,
    partitions: Sequence[str],
    out: str,
    *,
    edition: Edition,
    not_read: Sequence[str],
) -> tuple[Any, Any]:
    """Write the digest of a run below `out`; return references of the paths of its files.

    The second is that of a problem with the encoder, or of nothing.

    1. The documents of each share are described, and grouped in one task.
    2. Each group is told by the share of its first document; others send theirs there.
    3. One task composes and writes the digest; each share writes the pages of its documents.
    """
    shares = shares_of(partitions)
    count, every = len(shares), range(len(shares))
    described = [tasks.run(_described, tasks.setup, s) for s in shares]
    problem, *wanted = tasks.run(_grouped, count, *described, returns=1 + 2 * count)
    groups, asked = wanted[:count], wanted[count:]
    sent = [tasks.run(_sent, tasks.setup, shares[s], asked[s], returns=count) for s in every]
    told = [tasks.run(_told, tasks.setup, groups[t], *(sent[s][t] for s in every)) for t in every]
    files, *parts = tasks.run(
        _composed, out, edition, list(not_read), count, *described, *told, returns=1 + count
    )
    pages = [tasks.run(_paged, tasks.setup, shares[s], out, parts[s]) for s in every]
    return tasks.run(_all_files, files, *pages), problem


def _items(place: Workplace, share: Sequence[str]) -> list[tuple[Key, Document | Rejection]]:
    """Return the finished documents of a share, and its rejections, with their places."""
    return [
        ((row.file, row.number), row.item)
        for partition in share
        for row in place.load(partition, before=len(place.steps))
    ]


def _described(setup: bytes, share: Sequence[str]) -> Described:
    place = workplace(setup)
    items = _items(place, share)
    found = [(key, item) for key, item in items if isinstance(item, Document)]
    documents = [document for _, document in found]
    rejections = [item for _, item in items if isinstance(item, Rejection)]
    publishers = Publishers(place.setup.config.stories.families)
    encoder = place.encoder
    details: list[Details] = []
    views, problem = None, ""
    if encoder is not None:
        details = [details_of(d, publishers=publishers) for d in documents]
        try:
            views = views_of(
                [d.passages for d in details],
                [d.language for d in details],
                encoder=encoder,
                means=shipped_model().means,
            )
        except WeightsError as error:
            details, problem = [], f"{error}; {error.hint}"
    return Described(
        tuple(
            Known(key, d.id, d.name, html_path(d), _without_text(details[at]) if details else None)
            for at, (key, d) in enumerate(found)
        ),
        views,
        problem,
        account_of(documents, rejections, not_read=(), too_old=0),
        frozenset(model for d in documents for model in models_of(d)),
    )


def _without_text(details: Details) -> Details:
    return replace(details, document=replace(details.document, text="", paragraphs=()))


def _grouped(count: int, *described: Described) -> list[Any]:
    """Return the problem, the groups that each share tells, and what it is asked for by each."""
    problem = next((d.problem for d in described if d.problem), "")
    known = [(share, one) for share, d in enumerate(described) for one in d.known]
    groups: list[list[tuple[int, Known]]]
    vectors: list[Vectors] = []
    by_event = len(known) > 1 and all(one.details is not None for _, one in known)
    if by_event:
        groups, vectors = _by_event(known, [d.views for d in described if d.views is not None])
    else:
        same: dict[str, list[tuple[int, Known]]] = {}
        for share, one in sorted(known, key=lambda k: k[1].key):
            same.setdefault(one.id, []).append((share, one))
        groups = list(same.values())
    of_share: list[list[tuple[Key, ...]]] = [[] for _ in range(count)]
    wholes: list[list[Vectors]] = [[] for _ in range(count)]
    asked: list[list[set[Key]]] = [[set() for _ in range(count)] for _ in range(count)]
    for nth, group in enumerate(groups):
        teller = group[0][0]
        of_share[teller].append(tuple(one.key for _, one in group))
        if len(groups) >= FEWEST_STORIES:
            wholes[teller] += vectors[nth : nth + 1]
        for share, one in group:
            asked[share][teller].add(one.key)
    told = (Groups(by_event, tuple(k), tuple(w)) for k, w in zip(of_share, wholes, strict=True))
    return [problem, *told, *asked]


def _by_event(
    known: Sequence[tuple[int, Known]], views: Sequence[Views]
) -> tuple[list[list[tuple[int, Known]]], list[Vectors]]:
    """Return the documents of each event together, the most central first, and their vectors."""
    import numpy as np

    ranked = sorted(range(len(known)), key=lambda at: (known[at][1].id, known[at][1].name))
    chosen = [
        at
        for nth, at in enumerate(ranked)
        if nth == 0 or known[ranked[nth - 1]][1].id != known[at][1].id
    ]
    details = [d for at in chosen if (d := known[at][1].details) is not None]
    titles, leads, wholes = (
        np.concatenate([getattr(part, name) for part in views])[chosen]
        for name in ("titles", "leads", "wholes")
    )
    found = grouping_of(details, Views(titles, leads, wholes), model=shipped_model())
    groups = [
        [known[chosen[members[at]]] for at in central(members, found.pairs)]
        for members in found.groups
    ]
    return groups, [found.pairs.wholes(members) for members in found.groups]


def _sent(
    setup: bytes, share: Sequence[str], asked: Sequence[set[Key]]
) -> list[dict[Key, Document]]:
    """Return the documents that each share asks for."""
    items = _items(workplace(setup), share)
    found = {key: item for key, item in items if isinstance(item, Document)}
    return [{key: found[key] for key in sorted(keys)} for keys in asked]


def _told(setup: bytes, groups: Groups, *sent: dict[Key, Document]) -> list[Story]:
    """Return the stories of groups of documents."""
    place = workplace(setup)
    config, encoder = place.setup.config, place.encoder
    documents = dict(chain.from_iterable(part.items() for part in sent))
    publishers = Publishers(config.stories.families)
    stories: list[Story] = []
    for group in groups.keys:
        members = [documents[key] for key in group]
        if encoder is None or not groups.by_event:
            stories += tell_stories(members, encoder=None, config=config, progress=Silent())
            continue
        details = [details_of(d, publishers=publishers) for d in members]
        stories.append(
            telling(
                details, (), encoder=encoder, model=shipped_model(),
                target=config.languages.target,
            ).story
        )  # fmt: skip
    if encoder is not None and groups.wholes:
        topics = topics_of(groups.wholes, encoder=encoder, means=shipped_model().means)
        stories = [replace(s, topic=t) for s, t in zip(stories, topics, strict=True)]
    return stories


def _composed(
    out: str, edition: Edition, not_read: Sequence[str], count: int, *parts: Any
) -> list[Any]:
    """Write the digest but for the pages of documents; return its paths, and what those show."""
    described: Sequence[Described] = parts[:count]
    stories = in_order(chain.from_iterable(parts[count:]))
    envelope = composed(
        edition,
        stories,
        pages={(one.id, one.name): one.page for d in described for one in d.known},
        account=_added([d.account for d in described], not_read=not_read),
        models={model for d in described for model in d.models},
    )
    storage, names = Storage(out), []
    for name, text in digest_files(envelope, ()):
        storage.write(name, text.encode())
        names.append(name)
    home = {(one.id, one.name): s for s, d in enumerate(described) for one in d.known}
    of_share: list[list[Any]] = [[] for _ in range(count)]
    for placed in envelope.stories:
        for share in {home[s.document_id, s.document] for s in placed.story.sources}:
            of_share[share].append(placed)
    return [names, *(replace(envelope, stories=tuple(found)) for found in of_share)]


def _added(accounts: Sequence[Account], *, not_read: Sequence[str]) -> Account:
    rejections = [r for a in accounts for r in a.rejections]
    numbers = ("documents", "paragraphs", "removed", "translated", "flagged")
    total = account_of((), rejections, not_read=not_read, too_old=0)
    return replace(total, **{name: sum(getattr(a, name) for a in accounts) for name in numbers})


def _paged(setup: bytes, share: Sequence[str], out: str, envelope: Envelope) -> list[str]:
    """Write the pages of the documents of a share."""
    storage, names = Storage(out), []
    items = _items(workplace(setup), share)
    documents = [item for _, item in items if isinstance(item, Document)]
    for name, text in document_pages(envelope, documents):
        storage.write(name, text.encode())
        names.append(name)
    return names


def _all_files(*parts: Sequence[str]) -> list[str]:
    return sorted(chain.from_iterable(parts))
