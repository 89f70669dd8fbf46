"""The feeds that are subscribed to, as TOML or OPML names them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import SourceError, UsageError
from pipeline.sources.xml_tree import local_name, parse_xml

_HINT = '''write [[feeds]] with url = "https://..." and, if you like, name = "..."'''
_UNSAFE = re.compile(r"[^\w.-]+")
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed: its address, and the name of its folder in the inbox."""

    url: str
    name: str


def subscriptions(path: Path) -> list[Subscription]:
    """Return the feeds that a file lists, each address once, each under a name of its own.

    Raises UsageError for a file that cannot be read or lists none, naming what is wrong.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror or error}", hint="check the path"
        ) from error
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    listed = list(_of_opml(data, path) if is_xml else _of_toml(data, path))
    if not listed:
        raise UsageError(f"{path}: lists no feed", hint=_HINT)
    found: dict[str, Subscription] = {}
    names: set[str] = set()
    for url, name in listed:
        if url in found:
            continue
        own = free = _folder_name(name or urlsplit(url).hostname or "feed")
        number = 2
        while free.casefold() in names:
            free = f"{own}-{number}"
            number += 1
        names.add(free.casefold())
        found[url] = Subscription(url, free)
    return list(found.values())


def _of_toml(data: bytes, path: Path) -> Iterator[tuple[str, str]]:
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is neither TOML nor OPML: {error}", hint=_HINT) from error
    unknown = sorted(set(table) - {"feeds"})
    if unknown:
        raise UsageError(f"{path}: unknown key {unknown[0]!r}", hint=_HINT)
    feeds = table.get("feeds", [])
    for number, feed in enumerate(feeds if isinstance(feeds, list) else [feeds], start=1):
        yield _listed(feed, f"{path}: feed {number}")


def _listed(feed: Any, where: str) -> tuple[str, str]:
    entry = {"url": feed} if isinstance(feed, str) else feed
    if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
        raise UsageError(f"{where}: has no url", hint=_HINT)
    unknown = sorted(set(entry) - {"url", "name"})
    if unknown:
        raise UsageError(f"{where}: unknown key {unknown[0]!r}", hint=_HINT)
    return _address(entry["url"], where), str(entry.get("name", ""))


def _of_opml(data: bytes, path: Path) -> Iterator[tuple[str, str]]:
    try:
        root = parse_xml(data, what="OPML").root
    except SourceError as error:
        raise UsageError(f"{path}: {error}", hint=error.hint) from error
    for outline in root.iter():
        named = {key.lower(): value for key, value in outline.attrib.items()}
        if local_name(outline).lower() == "outline" and named.get("xmlurl", "").strip():
            name = named.get("title") or named.get("text") or ""
            yield _address(named["xmlurl"], str(path)), name


def _address(url: str, where: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        secret = parts.username is not None or parts.password is not None
    except ValueError:
        usable, secret = False, False
    if not usable:
        raise UsageError(f"{where}: {url!r} is no http or https address", hint=_HINT)
    if secret:
        raise UsageError(
            f"{where}: the address holds a user name", hint="take an address without a password"
        )
    return url


def _folder_name(name: str) -> str:
    return _UNSAFE.sub("-", name.casefold()).strip(".-")[:_NAME_CHARS].rstrip(".-") or "feed"
