"""The page of one story, for a night that has more than its front page can hold."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.digest.addresses import PAGE
from pipeline.digest.envelope import Envelope
from pipeline.digest.front import own_page, story_alone
from pipeline.digest.page import set_page
from pipeline.digest.templating import content_policy, html_template, inlined
from pipeline.digest.wording import wording


def story_pages(envelope: Envelope) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of the page of each story that does not unfold in the digest."""
    words = wording(envelope.edition.language)
    style = inlined("digest.css")
    template = html_template("story_page.html.jinja")
    for told in set_page(envelope):
        if told.unfolds:
            continue
        yield (
            own_page(told.view),
            template.render(
                words=words,
                edition=envelope.edition,
                models=envelope.models,
                style=style,
                policy=content_policy(style=style),
                headline=told.view.story.headline,
                anchor=told.view.anchor,
                home=f"../{PAGE}",
                story=story_alone(told.view, words=words),
            ),
        )
