"""From what a chat model replied to the text that was asked for.

Small chat models wrap their answer: a polite opening, quotation marks, a code fence, a JSON
object, a closing remark. All of these are taken off here; what remains is the answer, or an
empty string when nothing does.
"""

from __future__ import annotations

import json
import re

_FENCE = re.compile(r"^```[\w-]*\s*\n?(.*?)\n?```", re.DOTALL)
_OPENING = re.compile(
    r"^(?:(?:sure|certainly|of course|okay)[,.!:]?\s+)?"
    r"(?:here(?:'s| is| are)\b[^\n:]{0,80}:|"
    r"(?:the )?(?:(?:english|french|russian|ukrainian) )?(?:translation|summary)(?: is| reads)?:|"
    r"(?:voici|traduction|résumé|перевод|переклад|резюме|підсумок)\b[^\n:]{0,60}:)\s*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:\((?:note|translator'?s note|translation)\b[^)]*\)|"
    r"\b(?:note|please note|explanation)\s*:.*|"
    r"\b(?:i hope this helps|let me know if)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'"}


def clean_reply(text: str, *, source: str) -> str:
    """Return the answer inside a chat model's reply, on one line.

    `source` is the text the model was given: what it has itself (quotation marks around it, a
    word such as "Note:") is not taken for wrapping.
    """
    reply = text.strip()
    if fenced := _FENCE.match(reply):
        reply = fenced.group(1).strip()
    if reply.startswith("{") and not source.lstrip().startswith("{"):
        reply = _only_string(reply)
    if not _OPENING.match(source):
        reply = _OPENING.sub("", reply, count=1)
    if not _CLOSING.search(source):
        reply = _CLOSING.sub("", reply)
    reply = _unquote(" ".join(reply.split()), source=source)
    return reply.strip()


def _only_string(reply: str) -> str:
    """Return the longest string value of a JSON object, or nothing: half a JSON is no answer."""
    try:
        value = json.loads(reply)
    except (ValueError, RecursionError):  # no JSON, or nested deeper than json reads
        return ""
    strings = [v for v in value.values() if isinstance(v, str)] if isinstance(value, dict) else []
    longest = max(strings, key=len, default="")
    # JSON within the reply can write half of a surrogate pair, which UTF-8 cannot hold.
    return longest.encode(errors="replace").decode()


def _unquote(reply: str, *, source: str) -> str:
    """Take off one pair of quotation marks around everything that the source does not have."""
    if len(reply) < 2 or source.strip()[:1] in _QUOTES:
        return reply
    closing = _QUOTES.get(reply[0])
    inner = reply[1:-1]
    if closing == reply[-1] and reply[0] not in inner and closing not in inner:
        return inner
    return reply
