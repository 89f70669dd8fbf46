"""The stories of a digest as they are set: what unfolds in the page, and what has its own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipeline.digest.envelope import Placing
from pipeline.digest.quoted import QuotedView
from pipeline.digest.templating import html_template, relative_path
from pipeline.digest.view import StoryView
from pipeline.digest.wording import Wording
from pipeline.stories.story import Topic

if TYPE_CHECKING:
    from markupsafe import Markup

STORIES = "stories"
_IN_FRONT = 5  # of what only some report, in view below the lead; the rest unfolds
_IN_BRIEF = MappingProxyType({"second": 4, "brief": 3})  # sentences; the rest unfolds
_MOST_NAMES = 5  # of sources in the line below a story
_LEVELS = MappingProxyType({Placing.SECOND: 2, Placing.BRIEF: 3, Placing.APART: 3})  # of headings


@dataclass(frozen=True, slots=True)
class SetStory:
    """A story as HTML. `unfolds` tells whether all of it is there, or on a page of its own."""

    view: StoryView
    html: Markup | str = ""
    unfolds: bool = True


def set_stories(
    stories: Sequence[StoryView],
    *,
    words: Wording,
    classes: Callable[[StoryView], str],
    room: int,
) -> tuple[SetStory, ...]:
    """Return the stories as HTML, in their order, in `room` bytes where that can be.

    A story that unfolds has its quotations in the page. Stories unfold from the first on as long as
    there is room for all; where there is none any more, the rest lead to pages of their own.
    """
    here = _macros(words, classes, unfolds=True, href=_in_page, inside_of=_fold)
    away = _macros(words, classes, unfolds=False, href=_in_own_page, inside_of=_own_page)
    whole = [_set(here, story) for story in stories]
    if sum(map(_size, whole)) <= room:
        return tuple(SetStory(v, h) for v, h in zip(stories, whole, strict=True))
    short = [_set(away, story) for story in stories]
    taken, count = sum(map(_size, short)), 0
    for full, brief in zip(whole, short, strict=True):
        taken += _size(full) - _size(brief)
        if taken > room:
            break
        count += 1
    return tuple(
        SetStory(view, full if n < count else brief, unfolds=n < count)
        for n, (view, full, brief) in enumerate(zip(stories, whole, short, strict=True))
    )


def own_page(story: StoryView) -> str:
    """Return the path of the page of a story, relative to the digest."""
    return f"{STORIES}/{story.anchor}.html"


@dataclass(frozen=True, slots=True)
class Keys:
    """The class names of languages, outlets and topics, by which the page is filtered."""

    languages: Mapping[str, str]
    outlets: Mapping[str, str]
    topics: Mapping[Topic, str]

    @classmethod
    def of(cls, stories: Sequence[StoryView]) -> Keys:
        """Return a name for each language and outlet, as they first come, and for each topic."""
        tags = dict.fromkeys(tag for story in stories for tag in story.story.languages)
        names = dict.fromkeys(name for story in stories for name in story.outlets)
        topics = [topic for topic in Topic if any(s.story.topic == topic for s in stories)]
        return cls(
            {tag: f"l{n}" for n, tag in enumerate(tags)},
            {name: f"o{n}" for n, name in enumerate(names)},
            {topic: f"t{n}" for n, topic in enumerate(topics)},
        )

    def classes(self, story: StoryView) -> str:
        """Return the class names of a story."""
        mine = [self.languages[tag] for tag in story.story.languages]
        topic = story.story.topic
        mine += [] if topic is None else [self.topics[topic]]
        return " ".join([*mine, *(self.outlets[name] for name in story.outlets)])


def story_alone(story: StoryView, *, words: Wording) -> Markup:
    """Return all of a story as HTML, to stand on its own page."""
    macros = _macros(words, _no_classes, unfolds=True, href=_in_page, inside_of=_fold, above="../")
    html: Markup = macros.alone(story)
    return html


def _macros(
    words: Wording,
    classes: Callable[[StoryView], str],
    *,
    unfolds: bool,
    href: Callable[[StoryView, QuotedView], str],
    inside_of: Callable[[StoryView], str],
    above: str = "",
) -> Any:
    """Return the macros of a story; `above` leads from their page to the folder of the digest."""

    def to(path: str) -> str:
        return above + relative_path(path)

    def cite(story: StoryView, quoted: QuotedView) -> str:
        return f"{to(quoted.link)}#{quoted.spot}" if quoted.is_told else href(story, quoted)

    return html_template("story.jinja").make_module(
        {
            "words": words,
            "classes": classes,
            "unfolds": unfolds,
            "href": cite,
            "inside_of": inside_of,
            "to": to,
            "most_names": _MOST_NAMES,
            "in_front": _IN_FRONT,
            "in_brief": _IN_BRIEF,
        }
    )


def _set(macros: Any, story: StoryView) -> Markup:
    kind = "second" if story.placing is Placing.SECOND else "brief"
    html: Markup = (
        macros.lead(story)
        if story.placing is Placing.LEAD
        else macros.told(story, kind, _LEVELS[story.placing])
    )
    return html


def _size(html: Markup) -> int:
    return len(html.encode())


def _in_page(_: StoryView, quoted: QuotedView) -> str:
    return f"#{quoted.anchor}"


def _in_own_page(story: StoryView, quoted: QuotedView) -> str:
    return f"{own_page(story)}#{quoted.anchor}"


def _fold(story: StoryView) -> str:
    return f"#{story.anchor}-in"


def _own_page(story: StoryView) -> str:
    return own_page(story)


def _no_classes(_: StoryView) -> str:
    return ""
