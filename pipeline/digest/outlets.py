"""The names of sources for readers, and the addresses that readers may be sent to."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit, urlunsplit

from pipeline.lang.data import tags
from pipeline.stories.story import Source

_HOST = re.compile(r"[\w.:@\[\]-]+")
_SAFE = "%/:@!$&'()*+,;=~?-._"
_WEB = ("http", "https")
_BREAKS = re.compile(r"[_\s]+|(?<=\w)-(?=\w)")
_SHORT_NAME = 26  # characters of a title that stands for a name
_WORD = re.compile(r"[^\W\d_]{3}")
_MADE_UP = re.compile(r"(?=.*\d)[0-9a-f~]{6,}|\d{5,}", re.IGNORECASE)  # a key, a checksum


def outlet_of(source: Source) -> str | None:
    """Return the outlet of a source: its publisher, else its site, else its folder, else None."""
    if source.publisher:
        return source.publisher
    address = web_address(source.url)
    host = None if address is None else urlsplit(address).hostname
    return _folder(source.document) if host is None else host.removeprefix("www.")


def name_of(source: Source) -> str | None:
    """Return the name of a source: its outlet, else what people called its file, else None."""
    return outlet_of(source) or _called(PurePosixPath(_file(source.document)).stem)


def short_name(source: Source, *, titled: str) -> str:
    """Return what a source is called wherever it speaks: its name, else its title, else its file.

    `titled` puts a title, in {title}, between the marks of the digest's language.
    """
    if (name := name_of(source)) is not None:
        return name
    title = " ".join((source.title_translation or source.title).split())
    return titled.format(title=_short(title)) if title else _short(_file(source.document))


def _short(text: str) -> str:
    """Return the first words of a text."""
    if len(text) <= _SHORT_NAME:
        return text.rstrip(" .…")
    return (text[:_SHORT_NAME].rpartition(" ")[0] or text[:_SHORT_NAME]).rstrip(",;:.-–— ") + "…"


def web_address(url: str | None) -> str | None:
    """Return an address that a reader may be sent to: of http or https, else None.

    Characters that no address has (RFC 3986) are percent-encoded, but for those of names of hosts.
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme.lower() in _WEB and parts.hostname is not None
    except ValueError:
        return None
    if not known or not _HOST.fullmatch(parts.netloc):
        return None
    path, query, fragment = (quote(part, safe=_SAFE) for part in parts[2:])
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


def _file(name: str) -> str:
    """Return the file of a document: `feed.jsonl#12` is a part of one."""
    return name.partition("#")[0]


def _folder(name: str) -> str | None:
    """Return the folder that a document lies in, unless it only sorts by language or by number."""
    folder = PurePosixPath(_file(name)).parent.name
    return None if folder.casefold() in tags() else _called(folder)


def _called(name: str) -> str | None:
    """Return a name of a file or folder in words; None for one that a program made up."""
    words = [word for word in _BREAKS.split(name) if word]
    if any(_MADE_UP.fullmatch(word) for word in words):
        return None
    return " ".join(words) if any(_WORD.search(word) for word in words) else None
