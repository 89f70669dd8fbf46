"""The languages of a translation, in the form that each family of models expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.errors import EngineError
from models.languages import languages, require_language

_OTHER_MODEL = 'name a model for "{}-{}" in hub.translators'


@dataclass(frozen=True, slots=True)
class Route:
    """Text before the source, the source language's code, and the first token of the target."""

    prefix: str = ""
    src_lang: str | None = None
    forced_bos_token_id: int | None = None


def find_route(tokenizer: Any, *, name: str, source: str, target: str) -> Route:
    """Return the route of the model of `tokenizer` from `source` into `target`, BCP-47 tags.

    Models without language tokens, such as BART, get the empty route. Raises EngineError, which
    names the model by `name`, for a language that it does not have.
    """
    if hasattr(tokenizer, "supported_language_codes"):
        return _marian_route(tokenizer, name=name, source=source, target=target)
    if not hasattr(type(tokenizer), "src_lang"):
        return Route()
    src_lang, _ = _language(tokenizer, source, name=name)
    _, first = _language(tokenizer, target, name=name)
    return Route(src_lang=src_lang, forced_bos_token_id=first)


def _language(tokenizer: Any, tag: str, *, name: str) -> tuple[str, int]:
    """Return a language as the tokenizer names it, and the id of its token."""
    codes = require_language(tag)
    for code, token in (
        (codes.flores, codes.flores),
        (codes.mbart, codes.mbart),
        (codes.m2m, f"__{codes.m2m}__"),
    ):
        id_ = tokenizer.convert_tokens_to_ids(token) if code else None
        if code and id_ is not None and id_ != tokenizer.unk_token_id:
            return code, id_
    raise EngineError(
        f"{name} has no token for the language {tag!r}",
        hint="name a model that knows it in hub.translator, or in hub.translators for its pair",
    )


def _marian_route(tokenizer: Any, *, name: str, source: str, target: str) -> Route:
    for own, asked, way in (
        (tokenizer.source_lang, source, "from"),
        (tokenizer.target_lang, target, "into"),
    ):
        # Groups of languages (zle, mul) are in no table, and their members are not known here.
        if own in languages() and languages()[own].flores != require_language(asked).flores:
            raise EngineError(
                f"{name} translates {way} {own!r}, not {way} {asked!r}",
                hint=_OTHER_MODEL.format(source, target),
            )
    marks = tokenizer.supported_language_codes
    if not marks:
        return Route()
    codes = require_language(target)
    for code in (codes.iso639_3, target, codes.flores, codes.m2m):
        if code and f">>{code}<<" in marks:
            return Route(prefix=f">>{code}<< ")
    raise EngineError(
        f"{name} does not translate into {target!r}; it has {', '.join(sorted(marks))}",
        hint=_OTHER_MODEL.format(source, target),
    )
