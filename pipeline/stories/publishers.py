"""Publishers, and the families of publishers that count as one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from pipeline.document import Origin

_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "gov", "ac", "in"])  # bbc.co.uk, tsn.com.ua


class Publishers:
    """Tells the family of a document's publisher.

    `families` gives, for the end of a host name or for a publisher's name in small letters, the
    family; it is asked before the table that comes with Nightdesk.
    """

    def __init__(self, families: Mapping[str, str] | None = None) -> None:
        given = {key.casefold(): family for key, family in (families or {}).items()}
        self._families = {**_shipped(), **given}

    def family(self, origin: Origin, *, name: str) -> str:
        """Return the family of a publisher: by its address, else by its name.

        A publisher without a family is one by itself; a document of which neither is known is one
        by its own `name`.
        """
        host = host_of(origin)
        parts = host.split(".")
        for at in range(len(parts) - 1):
            if (found := self._families.get(".".join(parts[at:]))) is not None:
                return found
        said = (origin.publisher or "").casefold()
        if (found := self._families.get(said)) is not None:
            return found
        return _site(host) or said or f"file:{PurePosixPath(name).as_posix()}"


def publisher_of(origin: Origin) -> str | None:
    """Return the name of a publisher as a reader is shown it: its own, else that of its site."""
    return origin.publisher or _site(host_of(origin)) or None


def host_of(origin: Origin) -> str:
    """Return the host of a document's address without `www.`, or ""."""
    host = urlsplit(origin.url or "").hostname or ""
    return host.casefold().removeprefix("www.")


def _site(host: str) -> str:
    """Return the last two parts of a host, three where the second is a registry's."""
    parts = host.split(".")
    size = 3 if len(parts) > 2 and parts[-2] in _SECOND_LEVEL else 2
    return ".".join(parts[-size:])


def _shipped() -> dict[str, str]:
    raw = resources.files("pipeline.stories").joinpath("publishers.toml").read_text("utf-8")
    table = tomllib.loads(raw)["families"]
    return {key: family for family, keys in table.items() for key in keys}
