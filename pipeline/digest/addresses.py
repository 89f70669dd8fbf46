"""Addresses of a digest and of its stories for those who read it elsewhere: in mails and feeds."""

from __future__ import annotations

import hashlib
from urllib.parse import urljoin

from pipeline.digest.envelope import Edition
from pipeline.digest.templating import relative_path

PAGE = "digest.html"
# RFC 4151 wants an authority that whoever makes the tag holds; a desk on somebody's machine has
# none, and `.invalid` (RFC 2606) is claimed by nobody.
_AUTHORITY = "nightdesk.invalid,2026"
_DIGITS = 16


def address_of(edition: Edition, anchor: str = "") -> str:
    """Return the address of a digest, or of a story in it; a relative one where it has no base."""
    page = f"{PAGE}#{anchor}" if anchor else PAGE
    return page if edition.base_url is None else urljoin(_folder(edition.base_url), page)


def path_address(edition: Edition, path: str) -> str:
    """Return the address of a file below the folder of a digest."""
    reference = relative_path(path)
    return reference if edition.base_url is None else urljoin(_folder(edition.base_url), reference)


def story_tag(story_id: str) -> str:
    """Return the tag URI of a story: the same on every night that tells the story."""
    return f"tag:{_AUTHORITY}:story:{_digest(story_id)}"


def digest_tag(title: str, date: str | None = None) -> str:
    """Return the tag URI of a desk's feed, or of its digest of one date."""
    feed = f"tag:{_AUTHORITY}:digest:{_digest(title)}"
    return feed if date is None else f"{feed}:{date}"


def _folder(base_url: str) -> str:
    return base_url if base_url.endswith("/") else f"{base_url}/"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
