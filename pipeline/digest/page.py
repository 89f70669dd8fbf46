"""The page of a digest: one file of HTML that loads nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.digest.coverage import coverage
from pipeline.digest.envelope import Envelope, Placing
from pipeline.digest.front import Keys, SetStory, set_stories
from pipeline.digest.templating import content_policy, html_template, inlined
from pipeline.digest.view import StoryView, story_views
from pipeline.digest.wording import Wording, wording
from pipeline.stories.story import Topic

_LARGEST = 298_000  # bytes: what a phone on a train loads before its reader gives up
_MOST_OUTLETS = 12  # of a language, by name below its bar
_LEAST_OF_TOPIC = _LEAST_TOPICS = 2  # briefs of a topic, and topics, to make sections
_FEW_BRIEFS = 8  # are told without headings


def render_html(envelope: Envelope) -> str:
    """Return `digest.html`, made of the envelope and of nothing else.

    All text of documents and models is escaped. The page reads without its script, which adds
    a search, keys and the opening of what a link leads to. On a night that would make too large
    a page the last stories have pages of their own, see `front`.
    """
    return _page(envelope, set_page(envelope))


def set_page(envelope: Envelope) -> tuple[SetStory, ...]:
    """Return the stories as the page has them, in the room that all else leaves to them."""
    words = wording(envelope.edition.language)
    stories = story_views(envelope.stories, words=words)
    room = _LARGEST - len(_page(envelope, [SetStory(s) for s in stories]).encode())
    return set_stories(stories, words=words, classes=Keys.of(stories).classes, room=room)


def _page(envelope: Envelope, told: Sequence[SetStory]) -> str:
    words = wording(envelope.edition.language)
    stories = [story.view for story in told]
    html = {story.view.anchor: story.html for story in told}
    keys = Keys.of(stories)
    style = inlined("digest.css", more=_filters(keys.languages, keys.outlets, keys.topics))
    script = inlined("digest.js")
    return html_template("digest.html.jinja").render(
        words=words,
        edition=envelope.edition,
        account=envelope.account,
        models=envelope.models,
        stories=stories,
        lead=[html[s.anchor] for s in _placed(stories, Placing.LEAD)],
        seconds=[html[s.anchor] for s in _placed(stories, Placing.SECOND)],
        groups=[
            (name, [html[s.anchor] for s in group]) for name, group in groups(stories, words=words)
        ],
        languages=[(key, tag) for tag, key in keys.languages.items()],
        sources=[(key, name) for name, key in sorted(keys.outlets.items())],
        most_outlets=_MOST_OUTLETS,
        topics=[(key, words[f"topic_{topic}"]) for topic, key in keys.topics.items()],
        bars=coverage(stories),
        count=counted(stories, words=words),
        read=account(envelope, words=words),
        style=style,
        script=script,
        policy=content_policy(style=style, script=script),
    )


def groups(
    stories: Sequence[StoryView], *, words: Wording
) -> tuple[tuple[str, tuple[StoryView, ...]], ...]:
    """Return the briefs, then what stands apart, each group with its heading.

    Briefs stand by topic where there are several of two topics at least. Else many briefs stand by
    language, those of several languages first.
    """
    briefs = _placed(stories, Placing.BRIEF)
    apart = (words["apart"], _placed(stories, Placing.APART))
    if by_topic := _by_topic(briefs, words=words):
        return tuple(group for group in (*by_topic, apart) if group[1])
    if len(briefs) <= _FEW_BRIEFS:
        return tuple(group for group in ((words["briefs"], briefs), apart) if group[1])
    by_language: dict[str, list[StoryView]] = {}
    for story in briefs:
        tags = story.story.languages
        name = words.language(tags[0]) if len(tags) == 1 else words["many_languages"]
        by_language.setdefault(name, []).append(story)
    many = by_language.pop(words["many_languages"], [])
    found = [(words["many_languages"], many), *by_language.items()]
    return tuple((name, tuple(group)) for name, group in (*found, apart) if group)


def _by_topic(
    briefs: Sequence[StoryView], *, words: Wording
) -> tuple[tuple[str, tuple[StoryView, ...]], ...]:
    """Return the briefs by topic, those of topics that have but one behind; none for few topics."""
    counts = Counter(story.story.topic for story in briefs if story.topic)
    topics = [topic for topic in Topic if counts[topic] >= _LEAST_OF_TOPIC]
    if len(topics) < _LEAST_TOPICS:
        return ()
    groups = [(t, tuple(s for s in briefs if s.story.topic == t)) for t in topics]
    rest = tuple(story for story in briefs if story.story.topic not in topics)
    found = [(words[f"topic_{topic}"], group) for topic, group in groups]
    return (*found, (words["topic_other"], rest))


def counted(stories: Sequence[StoryView], *, words: Wording) -> str:
    """Return how many stories there are from how many sources in how many languages, in words."""
    if not stories:
        return words["nothing_new"]
    sources = {source.family for story in stories for source in story.story.sources}
    languages = {tag for story in stories for tag in story.story.languages}
    return words["from"].format(
        stories=words.count("stories", len(stories)),
        sources=words.count("sources", len(sources)),
        languages=words.count("languages", len(languages)),
    )


def account(envelope: Envelope, *, words: Wording) -> str:
    """Return what was read, left out and marked, and how old it is, in words."""
    account = envelope.account
    found = [f"{words.count('documents', account.documents)}."]
    if account.paragraphs:
        found.append(
            words["kept_out"].format(removed=account.removed, paragraphs=account.paragraphs)
        )
    if account.translated:
        found.append(
            words["to_check"].format(flagged=account.flagged, translated=account.translated)
        )
    texts = {(s.document_id, s.document): s.date for p in envelope.stories for s in p.story.sources}
    dates = sorted(filter(None, texts.values()))
    if dates and dates[0] != dates[-1]:
        found.append(
            words["dated"].format(
                oldest=words.short_day(dates[0]), newest=words.short_day(dates[-1])
            )
        )
    elif dates:
        found.append(words["dated_one"].format(oldest=words.short_day(dates[0])))
    if undated := len(texts) - len(dates):
        found.append(words["without_date"].format(n=undated))
    if account.too_old:
        found.append(words["too_old"].format(n=account.too_old))
    return " ".join(found)


def _placed(stories: Sequence[StoryView], placing: Placing) -> tuple[StoryView, ...]:
    return tuple(story for story in stories if story.placing is placing)


def _filters(*keys: Mapping[Any, str]) -> str:
    """Return rules that hide what a choice of language, source or topic leaves out."""
    return "".join(
        f'body:has(option[value="{key}"]:checked) .story:not(.{key}) {{ display: none; }}\n'
        for found in keys
        for key in found.values()
    )
