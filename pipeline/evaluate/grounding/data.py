"""Claims about documents, each labelled supported or not by people.

The columns tell which of these a row is:

- `article`, `summary_sentences` (each `sentence`, `responses` with `response` yes or no): QAGS
  (Wang et al. 2020). A sentence is supported where most people say yes.
- `doc`, `summ`, `error_type` ("correct", or the kinds of errors): CLIFF as kept by AggreFact.
- `context` (each `text`), `answer` (each `sentence`, `factuality`): MEMERAG. Sentences that people
  called neither "Supported" nor "Not Supported" are left out and counted.
- `document` (a text, or a list of its sentences), `claim`, `supported` (true or false), and where
  they are to be had `language`, `claim_language` and `translation` (a list, one for each sentence
  of `document`): data of one's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import check_language
from pipeline.errors import UsageError
from pipeline.evaluate.rows import Row, tags_of
from pipeline.lang.sentences import sentences

_VERDICTS = {"Supported": True, "Not Supported": False}
_COLUMNS = "article, doc, context or document"


@dataclass(frozen=True, slots=True)
class Source:
    """A document: its sentences, the tag of its language, and a translation of each, if any."""

    sentences: tuple[str, ...]
    language: str
    translations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A claim about a document, in sentences, and whether people found all of it supported."""

    document: int  # index into GroundingData.sources
    sentences: tuple[str, ...]
    language: str
    supported: bool
    row: int


@dataclass(frozen=True, slots=True)
class GroundingData:
    """The documents and the labelled claims about them; `left_out` claims had no clear label."""

    sources: tuple[Source, ...]
    claims: tuple[Labelled, ...]
    left_out: int = 0


def grounding_data(rows: Sequence[Row], *, language: str | None = None) -> GroundingData:
    """Read labelled claims; `language` is that of rows that do not name theirs.

    Raises UsageError for a row of other columns, or where no language is known.
    """
    default = language or _named(rows[0].path)
    sources: list[Source] = []
    claims: list[Labelled] = []
    places: dict[tuple[str, ...], int] = {}
    left_out = 0
    for row in rows:
        tag = _tag(row, "language", default)
        source = _source(row, tag)
        # Rows about one document are resampled together.
        place = places.setdefault(source.sentences, len(sources))
        if place == len(sources):
            sources.append(source)
        for text, supported in _claims(row):
            if supported is None:
                left_out += 1
                continue
            own = _tag(row, "claim_language", tag)
            claims.append(Labelled(place, _cut(text, own), own, supported, row.number))
    if len({claim.supported for claim in claims}) < 2:
        raise UsageError(
            f"{rows[0].path}: all {len(claims)} claims have the same label",
            hint="give supported claims and unsupported ones: one kind alone measures nothing",
        )
    return GroundingData(tuple(sources), tuple(claims), left_out)


def _named(path: Path) -> str | None:
    tags = tags_of(path)
    return tags[0] if tags else None


def _tag(row: Row, name: str, default: str | None) -> str:
    if name in row.fields:
        return check_language(row.text(name))
    if default is None:
        raise row.wrong(
            "does not name its language",
            hint='give --lang, or a field "language", or name the file like claims.fr.jsonl',
        )
    return check_language(default)


def _source(row: Row, language: str) -> Source:
    fields = row.fields
    if "article" in fields or "doc" in fields:
        text = row.text("article" if "article" in fields else "doc")
        return Source(_cut(text, language), language)
    if "context" in fields:
        found = [s for part in row.rows_in("context") for s in _cut(part.text("text"), language)]
        return Source(tuple(found), language)
    if "document" not in fields:
        raise row.wrong(f"has none of the columns {_COLUMNS}")
    document = fields["document"]
    if not isinstance(document, list):
        return Source(_cut(row.text("document"), language), language)
    translations = fields.get("translation", [])
    if not _are_texts(document) or not _are_texts(translations):
        raise row.wrong("'document' and 'translation' are lists of something else than texts")
    if translations and len(translations) != len(document):
        raise row.wrong(
            f"'translation' has {len(translations)} sentences, 'document' {len(document)}"
        )
    return Source(tuple(document), language, tuple(translations))


def _claims(row: Row) -> Iterator[tuple[str, bool | None]]:
    """Yield the claims of a row, each with its label; None where people saw no clear one."""
    fields = row.fields
    if "summary_sentences" in fields:
        for inner in row.rows_in("summary_sentences"):
            votes = Counter(r.text("response") for r in inner.rows_in("responses"))
            yes, no = votes["yes"], votes["no"]
            yield inner.text("sentence"), None if yes == no else yes > no
    elif "summ" in fields:
        yield row.text("summ"), row.text("error_type") == "correct"
    elif "answer" in fields:
        for inner in row.rows_in("answer"):
            yield inner.text("sentence"), _VERDICTS.get(inner.text("factuality"))
    else:
        supported = fields.get("supported")
        if not isinstance(supported, bool):
            raise row.wrong("'supported' is neither true nor false")
        yield row.text("claim"), supported


def _cut(text: str, language: str) -> tuple[str, ...]:
    lines = (line for line in text.split("\n") if line.strip())
    return tuple(s.strip() for line in lines for s in sentences(line, language=language))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)
