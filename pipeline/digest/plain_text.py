"""A digest as plain text: the text part of a mail, and the digest on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pipeline.digest.addresses import address_of
from pipeline.digest.envelope import Envelope, Placed
from pipeline.digest.page import account, counted
from pipeline.digest.passages import line, passage, tidy
from pipeline.digest.quoted import CitedView, VersionView
from pipeline.digest.view import StoryView, story_views
from pipeline.digest.wording import Wording, wording

_WIDTH = 72


def render_text(envelope: Envelope, *, width: int = _WIDTH) -> str:
    """Return the digest as lines of at most `width` characters, but for long addresses."""
    edition = envelope.edition
    words = wording(edition.language)
    stories = story_views(envelope.stories, words=words)
    blocks = [
        f"{line(edition.title)}, {words.day(edition.date)}\n{counted(stories, words=words)}",
        *map(passage, edition.notices),
    ]
    for story in stories:
        blocks += list(_story(story, words=words, width=width))
        if edition.base_url is not None:
            blocks.append(address_of(edition, story.anchor))
    blocks.append("-" * 8)
    if envelope.models:
        blocks.append(words["machine"])
    blocks.append(account(envelope, words=words))
    if envelope.account.rejections:
        refused = envelope.account.rejections
        told = (f"{line(r.name)}: {line(words.refusal(r.reason)[0])}" for r in refused)
        blocks.append("\n".join((f"{words['not_used']}: {len(refused)}", *told)))
    instant = words.instant(edition.generated_at, timezone=edition.timezone)
    blocks.append(words["made"].format(instant=instant, timezone=edition.timezone))
    if edition.base_url is not None:
        blocks.append(f"{words['read_online']}: {address_of(edition)}")
    return "\n\n".join(_wrapped(tidy(block), width) for block in blocks) + "\n"


def render_story_text(envelope: Envelope, placed: Placed, *, width: int = _WIDTH) -> str:
    """Return one story with what is quoted of each source, and the translations below."""
    words = wording(envelope.edition.language)
    story = StoryView(placed, words=words)
    blocks = list(_story(story, words=words, width=width))
    blocks += [f"{words['all_report']}: {_cited(view)}" for view in story.agreed]
    blocks += [f"{who}: {_cited(view)}" for who, view in story.partial_undated]
    blocks += [f"{moment.day}: {_cited(moment.told)}" for moment in story.timeline]
    for view in story.sources:
        for q in view.quoted:
            told = q.quotation.translation
            lines = [f"> [{q.number}] {passage(q.quotation.text)}"]
            lines += [f"    {passage(told)}"] if told else []
            lines += (
                [f"    {words['doubt']}: {words.doubts(q.quotation.doubt)}"]
                if q.quotation.doubt
                else []
            )
            blocks.append("\n".join(lines))
    return "\n\n".join(_wrapped(tidy(block), width) for block in blocks) + "\n"


def _story(story: StoryView, *, words: Wording, width: int) -> Iterator[str]:
    told = line(story.story.headline)
    kicker = words[story.kicker] if story.kicker else ""
    if kicker and story.story.since:
        kicker = f"{kicker}, {words['told_since'].format(day=words.short_day(story.story.since))}"
    kicker = " · ".join(filter(None, (story.topic, kicker)))
    head = [kicker] if kicker else []
    yield "\n".join((*head, told, "=" * min(len(told), width)))
    if story.story.update:
        yield f"{words['developing']}: {passage(story.story.update)}"
    yield " ".join(map(_cited, story.sentences)) or words["no_summary"]
    for attribute, versions in story.conflicts:
        said = "; ".join(line(f"{v.before} {v.value}{v.after}") + _numbers(v) for v in versions)
        yield f"{words['disagree']}: {line(attribute)}\n{said}"
        yield "\n".join(
            f"> [{q.number}] {passage(q.quotation.text)}" for v in versions for q in v.quoted[:1]
        )
    yield "\n".join(
        f"[{view.number}] {line(view.name)}, {words.language(view.source.language)},"
        f" {words.short_day(view.source.date) if view.source.date else words['undated']}"
        + (f"\n    {view.url}" if view.url else "")
        for view in story.sources
    )


def _cited(view: CitedView) -> str:
    return passage(view.text) + _numbers(view)


def _numbers(view: CitedView | VersionView) -> str:
    return "".join(f"[{quoted.number}]" for quoted in view.numbers)


def _wrapped(block: str, width: int) -> str:
    return "\n".join(
        textwrap.fill(
            text,
            width,
            break_long_words=False,
            break_on_hyphens=False,
            subsequent_indent="    " if text.startswith(("[", ">", "    ")) else "",
        )
        for text in block.split("\n")
    )
