"""The answer inside the reply of a chat model.

Small chat models wrap their answer: a polite opening, quotation marks, a code fence, a JSON object,
a closing remark. `clean_reply` takes all of these off; the rest is the answer, or an empty string.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from importlib.resources import files

_FENCE = re.compile(r"^```[\w-]*\s*\n?(.*?)\n?```", re.DOTALL)
_CLOSING = re.compile(
    r"(?:(?<!\s)\s++)?(?:\((?:note|translator'?s note|translation)\b[^)]*\)|"
    r"\b(?:note|please note|explanation)\s*:.*|"
    r"\b(?:i hope this helps|let me know if)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'"}


def clean_reply(text: str, *, source: str) -> str:
    """Return the answer inside a chat model's reply, on one line.

    `source` is the text that the model was given. A wrapping that the source has, too (quotation
    marks around it, a word such as "Note:"), is kept as part of the answer.
    """
    reply = text.strip()
    if fenced := _FENCE.match(reply):
        reply = fenced.group(1).strip()
    if reply.startswith("{") and not source.lstrip().startswith("{"):
        reply = _only_string(reply)
    if not _opening().match(source):
        reply = _opening().sub("", reply, count=1)
    if not _CLOSING.search(source):
        reply = _CLOSING.sub("", reply)
    reply = _unquote(" ".join(reply.split()), source=source)
    return reply.strip()


@cache
def _opening() -> re.Pattern[str]:
    """Return the pattern of a polite opening: English, or a first word out of `openings.toml`."""
    text = (files("models.chat") / "openings.toml").read_text(encoding="utf-8")
    first = "|".join(word for words in tomllib.loads(text).values() for word in words)
    return re.compile(
        r"^(?:(?:sure|certainly|of course|okay)[,.!:]?\s+)?"
        r"(?:here(?:'s| is| are)\b[^\n:]{0,80}:|"
        r"(?:the )?(?:(?:english|french|russian|ukrainian) )?"
        r"(?:translation|summary)(?: is| reads)?:|"
        rf"(?:{first})\b[^\n:]{{0,60}}:)\s*",
        re.IGNORECASE,
    )


def _only_string(reply: str) -> str:
    """Return the longest string value of a JSON object, or an empty string for anything else."""
    try:
        value = json.loads(reply)
    except (ValueError, RecursionError):  # no JSON, or nested deeper than json reads
        return ""
    strings = [v for v in value.values() if isinstance(v, str)] if isinstance(value, dict) else []
    longest = max(strings, key=len, default="")
    # JSON within the reply can write half of a surrogate pair, which UTF-8 cannot hold.
    return longest.encode(errors="replace").decode()


def _unquote(reply: str, *, source: str) -> str:
    """Take off the quotation marks around the whole reply, unless the source begins with some."""
    if len(reply) < 2 or source.strip()[:1] in _QUOTES:
        return reply
    closing = _QUOTES.get(reply[0])
    inner = reply[1:-1]
    if closing == reply[-1] and reply[0] not in inner and closing not in inner:
        return inner
    return reply
