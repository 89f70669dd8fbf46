"""A digest as the body of a mail: HTML with its styles on the elements, and text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipeline.digest.addresses import address_of
from pipeline.digest.envelope import Envelope
from pipeline.digest.page import account, counted
from pipeline.digest.plain_text import render_text
from pipeline.digest.quoted import CitedView
from pipeline.digest.templating import html_template
from pipeline.digest.view import story_views
from pipeline.digest.wording import wording

if TYPE_CHECKING:
    from markupsafe import Markup


def mail_subject(envelope: Envelope) -> str:
    """Return the subject of the mail: the title, the day and the first headline, on one line."""
    words = wording(envelope.edition.language)
    first = [placed.story.headline for placed in envelope.stories[:1]]
    parts = [envelope.edition.title, words.short_day(envelope.edition.date), *first]
    return " ".join(" · ".join(parts).split())


def render_mail_html(envelope: Envelope) -> str:
    """Return the HTML body of the mail: the same stories as the page, without script or picture.

    Styles stand on the elements, as many mail programs drop a style sheet. Links into the page are
    there where the edition has a base address.
    """
    import css_inline
    from markupsafe import Markup

    def numbers(view: CitedView) -> Markup:
        return Markup("").join(Markup(" [{}]").format(quoted.number) for quoted in view.numbers)

    edition = envelope.edition
    words = wording(edition.language)
    stories = story_views(envelope.stories, words=words)
    page = html_template("mail.html.jinja").render(
        words=words,
        numbers=numbers,
        edition=edition,
        account=envelope.account,
        models=envelope.models,
        stories=stories,
        count=counted(stories, words=words),
        read=account(envelope, words=words),
        address=None if edition.base_url is None else partial(address_of, edition),
    )
    # The page has no links to style sheets; nothing is ever loaded for it all the same.
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


def render_mail_text(envelope: Envelope) -> str:
    """Return the text body of the mail, in lines of at most 72 characters."""
    return render_text(envelope)
