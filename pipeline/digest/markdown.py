"""A digest as Markdown (CommonMark), in which no text of a document becomes markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.digest.envelope import Envelope
from pipeline.digest.page import account, counted
from pipeline.digest.quoted import CitedView, QuotedView
from pipeline.digest.templating import markdown_template, relative_path
from pipeline.digest.view import StoryView, story_views
from pipeline.digest.wording import wording
from pipeline.output.own_files import MARK

if TYPE_CHECKING:
    from markupsafe import Markup


def render_markdown(envelope: Envelope) -> str:
    """Return `digest.md`; each citation leads to the words in the page of their document."""
    words = wording(envelope.edition.language)
    stories = story_views(envelope.stories, words=words)
    return markdown_template("digest.md.jinja").render(
        edition=envelope.edition,
        account=envelope.account,
        models=envelope.models,
        words=words,
        stories=stories,
        count=counted(stories, words=words),
        read=account(envelope, words=words),
        cite=_cite,
        cites=_cites,
        mark=MARK,
    )


def _cites(story: StoryView, view: CitedView) -> Markup:
    from markupsafe import Markup

    return Markup("").join(_cite(story, quoted) for quoted in view.numbers)


def _cite(story: StoryView, quoted: QuotedView) -> Markup:
    from markupsafe import Markup

    link = relative_path(story.sources[quoted.number - 1].source.link)
    return Markup(f"[\\[{quoted.number}\\]]({link}#{quoted.spot})")
