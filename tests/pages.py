"""Pages of a site, a paragraph a line, and a sentence for them in each language."""

from __future__ import annotations

from pipeline.document import Document, Kind, Paragraph, content_id
from pipeline.place import Span

EN = "The ferry company said on Monday that the evening crossing will run again from next week."
FR = "La compagnie a annoncé lundi que la traversée du soir reprendra dès la semaine prochaine."
RU = "Компания сообщила в понедельник, что вечерний паром снова пойдёт со следующей недели."
UK = "Компанія повідомила в понеділок, що вечірній пором знову піде з наступного тижня."


def page(*lines: str, kinds: dict[int, Kind] | None = None, language: str = "und") -> Document:
    """Return a document with one paragraph per line."""
    text = "\n\n".join(lines)
    paragraphs, at = [], 0
    for index, line in enumerate(lines):
        kind = (kinds or {}).get(index, Kind.TEXT)
        span = Span(at, at + len(line))
        paragraphs.append(Paragraph(index, line, span, kind=kind, language=language))
        at += len(line) + 2
    return Document(content_id(text), "page.txt", text, "utf-8", tuple(paragraphs))
