"""Texts that tests of copies are made of, and what becomes of them."""

from __future__ import annotations

from pipeline.document import Document, Kind, Paragraph, content_id
from pipeline.place import Span
from pipeline.stages.dedup import Dedup

BOAT = (
    "The town of Reyny will run its own evening boat from the first of March, the council decided "
    "after a debate of four hours, and the old company will hand over the quay and the ticket hall."
)


SNOW = (
    "Heavy snow closed the mountain road above Reyny for the third time this winter, and a school "
    "bus with twelve pupils had to wait two hours until a plough from the valley came through."
)


PRIX = (
    "Le prix du billet restera fixé à 12 euros jusqu'à l'été, a promis le maire de Reyny devant "
    "les habitants réunis dans la halle, et les abonnés garderont leur réduction de moitié."
)


PORT = (
    "Порт Рейни примет в этом году на восемь судов больше, чем в прошлом, сообщил начальник порта "
    "Павел Орлов, и для них на северном берегу уже строят новый причал длиной двести метров."
)


VOTE = (
    "Міська рада Рейні не підтримала продаж старого порома, бо мешканці зібрали понад тисячу "
    "підписів і просили залишити його музеєві, повідомила депутатка Олена Гай."
)


def document(
    name: str, *lines: str, date: str | None = None, kinds: dict[int, Kind] | None = None
) -> Document:
    """Return a document with one paragraph per line."""
    text = "\n\n".join(lines)
    paragraphs, at = [], 0
    for index, line in enumerate(lines):
        kind = (kinds or {}).get(index, Kind.TEXT)
        paragraphs.append(Paragraph(index, line, Span(at, at + len(line)), kind=kind))
        at += len(line) + 2
    return Document(content_id(text), name, text, "utf-8", tuple(paragraphs), date=date)


def dedup(*documents: Document, **options: object) -> dict[str, Document]:
    """Return the documents after the stage, by name."""
    done = list(Dedup(**options).run(documents))  # type: ignore[arg-type]
    assert [d.name for d in done] == [d.name for d in documents]
    return {d.name: d for d in done if isinstance(d, Document)}


def fates(done: Document) -> list[tuple[str, str, int] | None]:
    """Return reason, kept document and kept paragraph of every removed paragraph."""
    return [
        (p.removal.reason, p.removal.kept.document, p.removal.kept.paragraph)
        if p.removal and p.removal.kept
        else None
        for p in done.paragraphs
    ]
