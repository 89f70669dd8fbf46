"""Stories in the order of a front page: by sources, languages and novelty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.digest.envelope import Placed, Placing
from pipeline.stories.story import Genre, State, Story

_NOVELTY: Mapping[State, float] = MappingProxyType(
    {State.NEW: 1.0, State.DEVELOPING: 0.75, State.QUIET: 0.2, State.RESOLVED: 0.1}
)
_MOST_SECONDS = 6


def placed(stories: Sequence[Story]) -> tuple[Placed, ...]:
    """Return the stories in the order in which they are told, with their places.

    1. A story counts its publishers, each family once, times its languages, times its novelty.
    2. The first story is the lead. A third of the others, but at least two and at most six, may be
       seconds; a third second and any further one needs two publishers. The rest are briefs.
    3. Stories without a single news text stand apart, behind all others.

    The result does not depend on the order of `stories`.
    """
    ranked = sorted(stories, key=_rank)
    news = [story for story in ranked if _is_news(story)]
    apart = [story for story in ranked if not _is_news(story)]
    allowed = min(max(2, len(news) // 3), _MOST_SECONDS)
    others = enumerate(news[1 : 1 + allowed])
    seconds = sum(n < 2 or _publishers(story) > 1 for n, story in others)
    placings = [
        *(Placing.LEAD for _ in news[:1]),
        *(Placing.SECOND for _ in range(seconds)),
        *(Placing.BRIEF for _ in news[1 + seconds :]),
        *(Placing.APART for _ in apart),
    ]
    return tuple(map(Placed, placings, [*news, *apart]))


def weight(story: Story) -> float:
    """Return the weight of a story: publishers x languages x novelty."""
    return _publishers(story) * len(story.languages) * _NOVELTY[story.state]


def _publishers(story: Story) -> int:
    return len({source.family for source in story.sources})


def _rank(story: Story) -> tuple[float, int, int, str, str]:
    newest = max((source.date or "" for source in story.sources), default="")
    age = -int(newest.replace("-", "")[:8] or 0)
    return -weight(story), -len(story.sources), age, story.headline, story.id


def _is_news(story: Story) -> bool:
    return any(source.genre is Genre.NEWS for source in story.sources)
