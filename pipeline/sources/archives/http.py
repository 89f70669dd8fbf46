"""HTTP responses as archives keep them: chunked, compressed, or unpacked by the crawler."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import SourceError
from pipeline.sources.gzipped import megabytes

PAGE_TYPES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.I)
_ENCODINGS = frozenset(("", "identity", "gzip", "x-gzip", "deflate", "br", "zstd"))
_AGAIN = "fetch the page again"
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf\s*)?<[!?A-Za-z]")
_HEADERS_BYTES = 65_536
_Decoding = Literal["all", "transfer", "content", "none"]
_DECODINGS: tuple[_Decoding, ...] = ("all", "transfer", "content", "none")


@dataclass(frozen=True, slots=True)
class HttpHeaders:
    """The status of a response, the type of its content, and the charset that is named with it."""

    status: int | None
    content_type: str
    charset: str | None
    encodings: tuple[str, ...]


def response_headers(block: bytes) -> HttpHeaders | None:
    """Return the headers at the start of a response, or None for a block without any."""
    head, end, _ = block[:_HEADERS_BYTES].partition(b"\r\n\r\n")
    if not end:
        head, end, _ = block[:_HEADERS_BYTES].partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    if not lines or not end or not lines[0].startswith("HTTP/"):
        return None
    status = re.match(r"HTTP/\S+\s+(\d{3})\b", lines[0])
    fields: dict[str, list[str]] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), []).append(value.strip())
    media = fields.get("content-type", [""])[-1]
    charset = _CHARSET.search(media)
    encodings = [
        one.strip().lower()
        for name in ("transfer-encoding", "content-encoding")
        for value in fields.get(name, ())
        for one in value.split(",")
    ]
    return HttpHeaders(
        int(status[1]) if status else None,
        media.partition(";")[0].strip().lower(),
        charset[1] if charset else None,
        tuple(one for one in encodings if one != "chunked"),
    )


def response_body(block: bytes, headers: HttpHeaders, *, max_bytes: int) -> bytes:
    """Return the body of a response, unpacked.

    Some crawlers unpack bodies and leave the headers as they were: a body that is markup already
    is taken as it is. Raises SourceError for a body that cannot be unpacked, or not within
    `max_bytes`.
    """
    unknown = next((one for one in headers.encodings if one not in _ENCODINGS), None)
    if unknown is not None:
        raise SourceError(f"is compressed with {unknown!r}, which is not known here", hint=_AGAIN)
    fault = ""
    for decode in _DECODINGS:
        try:
            body = _body(block, decode=decode, count=max_bytes + 1)
        except OSError as error:
            fault = fault or str(error)
            continue
        if fault and _MARKUP.match(body) is None:
            continue
        if len(body) > max_bytes:
            raise SourceError(
                f"unpacks to more than the limit of {megabytes(max_bytes)}",
                hint="raise sources.max_file_mb in the configuration",
            )
        return body
    raise SourceError(f"is damaged, and cannot be unpacked: {fault}", hint=_AGAIN)


def _body(block: bytes, *, decode: _Decoding, count: int) -> bytes:
    """Return at most `count` bytes of a body. Raises OSError where it is damaged."""
    from fastwarc import WarcRecord, WarcRecordType

    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.set_bytes_content(block)
    record.is_http = True
    record.parse_http(auto_decode=decode, quirks_mode=True)
    return bytes(record.reader.read(count))
