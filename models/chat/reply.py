"""The answer inside the reply of a chat model.

Small chat models wrap their answer: a polite opening, quotation marks, a code fence, a JSON object,
a closing remark. `clean_reply` takes off what cannot be part of the answer, and nothing within a
sentence: faithful translations, too, have a colon behind "Here is the list of closed streets", and
notes and explanations of their own. The rest is the answer, or an empty string.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Task = Literal["translation", "summary"]

_THOUGHT_END = "</think>"
_FENCE = re.compile(r"^```[\w-]*\s*\n?(.*?)\n?```", re.DOTALL)
_JSON = re.compile(r"\{\s*\"")
_HEAD = re.compile(r"\s*+([^\n:]{1,100}?)[^\S\n]*+(?::\s*|\n\s*)(?=\S|\Z)")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ELIDED = re.compile(r"^[dl]'")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++(?=[\s»”\"')\]]|$)")
_START = r"(?:^|(?<=[.!?…»”\"')\]\n])\s{0,9})"  # of a sentence or a line
_OFFER = re.compile(
    rf"{_START}(?:i hope (?:this|that|it) helps\b|(?:please )?let me know if you"
    r" (?:need|have|want|would like|'d like)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_REMARK = re.compile(
    rf"{_START}(?:please )?(?:translator's )?(?:note|explanation)\s*:(?=.{{0,400}}\b(?:translat\w*|"
    r"original|literal\w*|tense|wording|source text|i (?:have|kept|used|chose|left|changed))\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_BRACKETED = re.compile(
    r"\s{0,9}\((?:note|translator's note|translation|literally)\b[^()]*\)\s*$", re.IGNORECASE
)
_QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'", "„": "“"}
_STEM = 7  # letters: a source may speak of translations, too
_DIALOGUE = ("-", "–", "—")


def clean_reply(text: str, *, source: str, task: Task = "translation") -> str:
    """Return the answer inside a chat model's reply, on one line.

    `source` is the text that the model was given. A wrapping that the source may have, too
    (quotation marks, a remark, talk of a translation), is kept as part of the answer.
    """
    reply = text.strip()
    if _THOUGHT_END not in source:
        reply = reply.rpartition(_THOUGHT_END)[2].strip()
    fenced = _FENCE.match(reply)
    if fenced and "```" not in source:
        reply = fenced.group(1).strip()
    if _JSON.match(reply) and not source.lstrip().startswith("{"):
        reply = _only_string(reply)
    reply = _without_opening(reply, source=source, task=task)
    if task == "translation":  # a summary is compared with its text, sentence by sentence
        reply = _without_closing(reply, source=source)
    return _unquote(" ".join(reply.split()), source=source).strip()


@cache
def _talk() -> Mapping[str, Any]:
    text = (files("models.chat") / "talk.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _opening_words(kind: str) -> frozenset[str]:
    return frozenset(w for words in _talk()["opening"][kind].values() for w in words.split())


@cache
def _remarks() -> re.Pattern[str]:
    words = {w for words in _talk()["remark"].values() for w in words.split()}
    return re.compile(rf"\b(?:{'|'.join(sorted(words))})", re.IGNORECASE)


def _without_opening(reply: str, *, source: str, task: Task) -> str:
    """Take off a line, or the words before a colon, that do nothing but announce the answer.

    An opening names the task and holds no word that could be news. It stays where the source
    speaks of a translation (or a summary) itself.
    """
    head = _HEAD.match(reply)
    if head is None:
        return reply
    found, names = _words(head.group(1)), _opening_words(task)
    first = names | _opening_words("first")
    announces = (
        bool(names & set(found))
        and found[0] in first
        and first | _opening_words("others") >= set(found)
    )
    if not announces or _stems(names) & _stems(_words(source)):
        return reply
    return reply[head.end() :]


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case, without elided articles."""
    return [_ELIDED.sub("", word) for word in _WORD.findall(text.lower().replace("’", "'"))]


def _stems(words: Iterable[str]) -> set[str]:
    return {word[:_STEM] for word in words}


def _without_closing(reply: str, *, source: str) -> str:
    """Take off what the model says about its work behind a translation.

    It must be more than the source says: a reply with no more sentences than the source, or with a
    remark where the source has one, is left alone.
    """
    straight = reply.replace("’", "'")
    if "(" not in source:
        straight = _BRACKETED.sub("", straight)
    if _count(straight) > _count(source):
        straight = _OFFER.sub("", straight)
        if not _remarks().search(source):
            straight = _REMARK.sub("", straight)
    kept = reply[: len(straight)].rstrip()
    return kept or reply


def _count(text: str) -> int:
    return max(1, len(_SENTENCE_END.findall(text.strip())))


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
    """Take off the quotation marks around the whole reply, unless the source has speech itself."""
    marks = {*_QUOTES, *_QUOTES.values()} - {"'"}
    speaks = source.strip().startswith((*_DIALOGUE, "'")) or not marks.isdisjoint(source)
    if len(reply) < 2 or speaks:
        return reply
    closing = _QUOTES.get(reply[0])
    inner = reply[1:-1]
    if closing == reply[-1] and reply[0] not in inner and closing not in inner:
        return inner
    return reply
