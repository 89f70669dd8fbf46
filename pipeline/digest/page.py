"""The page of a digest: one file of HTML that loads nothing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from pipeline.digest.coverage import coverage
from pipeline.digest.envelope import Envelope, Placing
from pipeline.digest.templating import content_policy, html_template, inlined, relative_path
from pipeline.digest.view import QuotedView, StoryView, story_views
from pipeline.digest.wording import Wording, wording

_LARGEST = 300_000  # bytes: what a phone on a train loads before its reader gives up
_FEW_BRIEFS = 8  # are told without headings
_IN_FRONT = 5  # of what only some report, in view below the lead; the rest unfolds
_MOST_NAMES = 5  # of sources in the line below a story


def render_html(envelope: Envelope) -> str:
    """Return `digest.html`, made of the envelope and of nothing else.

    All text of documents and models is escaped. The page reads without its script, which adds
    a search, keys and the opening of what a link leads to. On a night that would make too large
    a page the quotations of briefs are left to the pages of their documents.
    """
    page = _render(envelope, slim=frozenset())
    if len(page.encode()) <= _LARGEST:
        return page
    return _render(envelope, slim=frozenset([Placing.BRIEF, Placing.APART]))


def _render(envelope: Envelope, *, slim: Container[Placing]) -> str:
    words = wording(envelope.edition.language)
    stories = story_views(envelope.stories, words=words)
    languages = _keys("l", (tag for story in stories for tag in story.story.languages))
    sources = _keys("o", (name for story in stories for name in story.outlets))
    style = inlined("digest.css", more=_filters(languages, sources))
    script = inlined("digest.js")

    def is_slim(story: StoryView) -> bool:
        return story.placing in slim

    def href(story: StoryView, quoted: QuotedView) -> str:
        if not is_slim(story):
            return f"#{quoted.anchor}"
        link = story.sources[quoted.number - 1].source.link
        return f"{relative_path(link)}#{quoted.spot}"

    def classes(story: StoryView) -> str:
        mine = [languages[tag] for tag in story.story.languages]
        return " ".join([*mine, *(sources[name] for name in story.outlets)])

    return html_template("digest.html.jinja").render(
        words=words,
        classes=classes,
        href=href,
        is_slim=is_slim,
        most_names=_MOST_NAMES,
        in_front=_IN_FRONT,
        edition=envelope.edition,
        account=envelope.account,
        models=envelope.models,
        stories=stories,
        lead=_placed(stories, Placing.LEAD),
        seconds=_placed(stories, Placing.SECOND),
        groups=groups(stories, words=words),
        languages=[(key, tag) for tag, key in languages.items()],
        sources=[(key, name) for name, key in sorted(sources.items())],
        bars=coverage(stories, words=words),
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

    Many briefs stand by language, those of several languages first.
    """
    briefs = _placed(stories, Placing.BRIEF)
    apart = (words["apart"], _placed(stories, Placing.APART))
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


def _keys(letter: str, names: Iterable[str]) -> dict[str, str]:
    """Return a class name for each of `names`, in the order in which they first come."""
    return {name: f"{letter}{n}" for n, name in enumerate(dict.fromkeys(names))}


def _filters(*keys: Mapping[str, str]) -> str:
    """Return rules that hide what a choice of language or source leaves out: without a script."""
    return "".join(
        f'body:has(option[value="{key}"]:checked) .story:not(.{key}) {{ display: none; }}\n'
        for found in keys
        for key in found.values()
    )
