"""The topics of stories: told by sentences that describe each, in all languages that have some.

On 80 headlines with their first sentences, 20 in each of four languages and none of them among the
descriptions, the nearest mean is right 80 times; the nearest single description is 75 times, and
the mean of the nearest three 78 (tests/data/topics.tsv).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.engine import Encoder
from pipeline.lang.data import by_language
from pipeline.stories.story import Topic
from pipeline.stories.vectors import centred, unit

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

FEWEST_STORIES = 8  # fewer are told without topics
_CLEAR = 0.05  # cosine that the nearest topic must be ahead by


def topics_of(
    stories: Sequence[Vectors], *, encoder: Encoder, means: Mapping[str, Sequence[float]]
) -> list[Topic]:
    """Return the topic of each story; `stories` are the vectors of their documents (n, dimensions).

    1. A topic is the mean vector of its descriptions in all languages, less the mean of all topics.
    2. A story is the mean of its documents. It has the topic that is nearest, or `OTHER` where
       another one is nearly as near.
    """
    import numpy as np

    topics = [topic for topic in Topic if topic is not Topic.OTHER]
    told = [
        (topic, tag, text)
        for tag, described in by_language("topics").items()
        for topic in topics
        for text in described.get(topic.value, ())
    ]
    vectors = centred(
        [text for *_, text in told], [tag for _, tag, _ in told], encoder=encoder, means=means
    )
    of = np.asarray([topics.index(topic) for topic, *_ in told])
    middles = unit(np.stack([vectors[of == i].mean(axis=0) for i in range(len(topics))]))
    apart = unit(middles - middles.mean(axis=0))
    found = unit(np.stack([story.mean(axis=0) for story in stories])) @ apart.T
    return [_nearest(topics, row.round(4).tolist()) for row in found]


def _nearest(topics: Sequence[Topic], cosines: Sequence[float]) -> Topic:
    ranked = sorted(range(len(topics)), key=lambda i: (-cosines[i], i))
    best, second = ranked[:2]
    return topics[best] if cosines[best] - cosines[second] >= _CLEAR else Topic.OTHER
