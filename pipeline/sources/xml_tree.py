"""XML that people send: parsed without entities of its own, DTDs or the network, and mended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w:.-]{1,40})", re.I)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?[^>]{0,400}>\s*|<!--.{0,4000}?-->\s*|<!DOCTYPE[^<>\[]{0,400}"
    rb"(?:\[[^\]]{0,4000}\]\s*)?>\s*){0,20}<([A-Za-z_][\w.-]{0,40}(?::[\w.-]{1,60})?)",
    re.DOTALL,
)
_HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root of a tree; `damaged` says what is wrong with its source, or is empty."""

    root: _Element
    damaged: str = ""


def parse_xml(data: bytes | str, *, what: str) -> Parsed:
    """Return XML as a tree; faults are passed over as far as that is possible.

    Entities that the XML defines are not replaced, and nothing outside of `data` is read. `what`
    names the part in messages. Raises SourceError where no element is found.
    """
    from lxml import etree  # type: ignore[import-untyped]

    source = data.encode("utf-8", "replace") if isinstance(data, str) else data
    fault = ""
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            recover=recover,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8" if isinstance(data, str) else None,
        )
        try:
            root = etree.fromstring(source, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            fault = fault or str(error).partition(", line")[0]
            continue
        if root is not None:
            note = f"{what} is damaged ({fault}): text may be missing" if fault else ""
            return Parsed(root, note)
    raise SourceError(
        f"{what} is no XML: {fault or 'it has no element'}", hint="copy or download it again"
    )


def local_name(element: _Element) -> str:
    """Return the name of an element without its namespace; nothing for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def root_name(data: bytes) -> str:
    """Return the name of the root element, with its prefix, or nothing where there is none."""
    found = _ROOT.match(data[:_HEAD_BYTES].replace(b"\0", b""))  # of UTF-16, too
    return "" if found is None else found[1].decode("ascii", "replace")


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that an XML declaration names, or None."""
    found = _DECLARED.search(data[:_HEAD_BYTES])
    return None if found is None else found[1].decode("ascii")


def without_declaration(text: str) -> str:
    """Return XML without its declaration, whose encoding a text has no more."""
    found = _DECLARATION.match(text)
    return text if found is None else text[found.end() :]
