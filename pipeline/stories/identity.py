"""Stories known again from night to night: their ids, their state, and what is new in them.

1. Groups of tonight are compared with the stories of earlier nights as groups are with each other.
   The closest pair comes first; a story of an earlier night goes on in one group, and groups that
   go on with the same story are one.
2. A story that goes on keeps its id. Sentences of tonight that no earlier night told, by their
   vectors and their figures, are new: with any, the story is developing, else quiet.
3. A story that nothing was told of for `RESOLVED` nights is resolved: it is kept to be known again,
   and goes on with "Update:" like the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

from models.engine import Encoder
from pipeline.document import Document
from pipeline.stories.candidates import candidate_pairs
from pipeline.stories.details import Details, details_of
from pipeline.stories.pair import Model, Pairs
from pipeline.stories.publishers import Publishers
from pipeline.stories.story import Genre, State, Story
from pipeline.stories.vectors import views_of

if TYPE_CHECKING:
    from pipeline.stories.stories import Grouping

GOES_ON = 0.5  # mean score of a group's documents with the closest ones of an earlier story
QUIET_NIGHTS = 3
# Nights that must lie between two tellings, by the kind of the text: a live page changes all day.
COOLDOWN: Mapping[Genre, int] = {Genre.LIVE: 2, Genre.OPINION: 7, Genre.ROUND_UP: 7}


@dataclass(frozen=True, slots=True)
class EarlierStory:
    """A story as earlier nights left it.

    `documents` are its latest, as far as grouping needs them; `told` are the sentences that nights
    have told of it. `since` is the first night, `last` the latest that told it; ISO 8601.
    """

    id: str
    since: str
    last: str
    headline: str
    documents: tuple[Document, ...]
    told: tuple[str, ...]
    genre: Genre = Genre.NEWS

    def state_on(self, night: str) -> State:
        """Return how the story stands on a night that has nothing of it."""
        return State.RESOLVED if _nights(self.last, night) > QUIET_NIGHTS else State.QUIET


class Earlier(Protocol):
    """The stories of earlier nights, and the night that is being made."""

    @property
    def night(self) -> str:
        """The date of tonight, ISO 8601."""
        ...

    def stories(self) -> Sequence[EarlierStory]:
        """Return the stories of the last nights before tonight, in the order of their ids."""
        ...


def going_on(
    found: Grouping,
    before: Sequence[EarlierStory],
    *,
    encoder: Encoder,
    model: Model,
    publishers: Publishers,
) -> list[tuple[tuple[int, ...], EarlierStory | None]]:
    """Return tonight's groups, each with the earlier story that goes on in it, or None.

    A group goes on with the story that it is closest to. All groups that go on with one story are
    one group, so that no night tells a story twice.
    """
    if not before or not found.groups:
        return [(group, None) for group in found.groups]
    linked: dict[str, list[int]] = {}
    alone: list[tuple[int, ...]] = []
    closest = _closest(found, before, encoder=encoder, model=model, publishers=publishers)
    for group in found.groups:
        if (name := closest(group)) is None:
            alone.append(group)
        else:
            linked.setdefault(name, []).extend(group)
    by_id = {story.id: story for story in before}
    both: list[tuple[tuple[int, ...], EarlierStory | None]] = [(group, None) for group in alone]
    both += [(tuple(sorted(group)), by_id[name]) for name, group in linked.items()]
    return sorted(both, key=lambda pair: pair[0])


def _closest(
    found: Grouping,
    before: Sequence[EarlierStory],
    *,
    encoder: Encoder,
    model: Model,
    publishers: Publishers,
) -> Callable[[tuple[int, ...]], str | None]:
    """Return a function from a group to the id of the earlier story that it is closest to."""
    earlier = [details_of(d, publishers=publishers) for story in before for d in story.documents]
    owner = [story.id for story in before for _ in story.documents]
    details = (*found.details, *earlier)
    views = views_of(
        [d.passages for d in details],
        [d.language for d in details],
        encoder=encoder,
        means=model.means,
    )
    pairs, tonight = Pairs(details, views, model=model), len(found.details)
    rivals: dict[int, set[str]] = {}
    for one, other in candidate_pairs(details, views):
        if one < tonight <= other:
            rivals.setdefault(one, set()).add(owner[other - tonight])
    documents: dict[str, list[int]] = {}
    for at, name in enumerate(owner):
        documents.setdefault(name, []).append(tonight + at)

    def closest(group: tuple[int, ...]) -> str | None:
        names = sorted({name for member in group for name in rivals.get(member, ())})
        scored = [(-_likeness(group, documents[name], details, pairs), name) for name in names]
        best = min(scored, default=(0.0, ""))
        return best[1] if -best[0] >= GOES_ON else None

    return closest


def _likeness(
    group: Sequence[int], others: Sequence[int], details: Sequence[Details], pairs: Pairs
) -> float:
    """Return the mean score of each document of a group with its closest one of a story."""
    if any(details[i].genre is not details[j].genre for i in group for j in others):
        return 0.0
    best = (max(pairs.score(i, j).probability for j in others) for i in group)
    return round(sum(best) / len(group), 4)


def continued(story: Story, before: EarlierStory, *, night: str, has_news: bool) -> Story:
    """Return a story of tonight as the continuation of an earlier one: its id and its state.

    `has_news`: the sentences of `story` are those that no earlier night has told.
    """
    resting = _nights(before.last, night) < COOLDOWN.get(before.genre, 0)
    known = replace(story, id=before.id, since=before.since)
    if not has_news or resting:
        return replace(known, state=State.QUIET)
    return replace(known, state=State.DEVELOPING, update=story.sentences[0].text)


def _nights(earlier: str, later: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
