"""Reasons for taking a paragraph out, each with its meaning."""

from __future__ import annotations

from pipeline.explained import Explained


class Reason(Explained):
    """One reason for a removal; its value stands in records, `meaning` is for people."""

    # Site chrome that a page gives away by itself.
    ADVERT = "advert", "An advertisement, or a mark of one."
    BREADCRUMB = "breadcrumb", "The way through the site to this page."
    BYLINE = "byline", "Who wrote the article."
    COMMENTS = "comments", "An invitation to comment, or a count of comments."
    COOKIE_NOTICE = "cookie-notice", "A notice about cookies."
    COPYRIGHT = "copyright", "A copyright notice."
    COUNTER = "counter", "A count of views, shares or minutes to read."
    CREDIT = "credit", "Who made a picture, or where a text comes from."
    DATE_LINE = "date-line", "A date and nothing else."
    DISCLAIMER = "disclaimer", "Legal prose of the site."
    E_MAIL_PROTECTION = "e-mail-protection", "A script's words in the place of an address."
    FORUM_TEASER = "forum-teaser", "Headlines of a forum."
    NAVIGATION = "navigation", "A menu of the site."
    RELATED_HEADLINES = "related-headlines", "Headlines of other articles."
    SHARE_BAR = "share-bar", "Buttons for sharing."
    TABLE_OF_CONTENTS = "table-of-contents", "A table of contents."
    TAGS = "tags", "Key words of the site."
    TYPO_REPORT = "typo-report", "An invitation to report mistakes."
    # What letters carry along.
    MAIL_FOOTER = "mail-footer", "The signature of a letter, or its sender's notices at its end."
    QUOTED_HISTORY = "quoted-history", "An earlier letter that is quoted, or the head of one."
    # Site chrome that many pages of a folder share.
    SITE_WIDE = "site-wide", "A line that stands at the edges of many pages of the folder."
    # Copies.
    EXACT_COPY = "exact-copy", "The same text stands elsewhere."
    NORMALISED_COPY = (
        "normalised-copy",
        "The same text stands elsewhere, but for case, spaces and marks.",
    )
    NEAR_COPY = "near-copy", "Nearly the same text stands elsewhere, with no fact changed."
