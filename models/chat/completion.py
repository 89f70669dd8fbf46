"""A chat completion as the server's JSON has it, and the reply that it holds.

Format: https://platform.openai.com/docs/api-reference/chat/object
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from models.engine import Finish

CHARS_PER_TOKEN = 4  # of a reply whose tokens the server does not count
_MOST_TOKENS = 2**31  # a count above it is nonsense, and no column of a database holds it
_CUT = frozenset({"length", "content_filter"})
_THOUGHT = re.compile(r"(?:(?<!\s)\s++)?<think>.*?(?:</think>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ChatReply:
    """The text that a server wrote, and how it ended.

    `tokens` is the server's own count, or an estimate if it gives none. `text` can be encoded in
    UTF-8.
    """

    text: str
    tokens: int
    finish: Finish


def parsed_reply(body: Any) -> ChatReply:
    """Return the reply in the JSON value `body`, without the thoughts that precede it.

    Raises ValueError, LookupError, TypeError or AttributeError for a value that is no chat
    completion. So is one whose text holds half of a surrogate pair: JSON can write it, UTF-8
    cannot, and no file or database takes it.
    """
    choice = body["choices"][0]
    content = choice["message"]["content"]
    if content is not None and not isinstance(content, str):
        raise TypeError(f"the content is no text: {type(content).__name__}")
    text = _THOUGHT.sub("", content or "", count=1)
    text.encode()  # UnicodeEncodeError is a ValueError
    reason = choice.get("finish_reason")
    return ChatReply(
        text=text,
        tokens=_counted(body.get("usage"), text),
        finish="length" if isinstance(reason, str) and reason in _CUT else "stop",
    )


def _counted(usage: Any, text: str) -> int:
    """Return the tokens of a reply by the server's count, where it is one, else by its length."""
    counted = usage.get("completion_tokens") if isinstance(usage, dict) else None
    if type(counted) is int and 0 <= counted < _MOST_TOKENS:  # a bool is an int, too
        return counted
    return -(-len(text) // CHARS_PER_TOKEN)
