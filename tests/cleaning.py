"""Lines as the clean-up leaves them."""

from __future__ import annotations

from pages import page

from pipeline.stages.clean import Clean


def reasons(*lines: str, **options: object) -> list[str | None]:
    """Return for each line why it was removed, or None."""
    [cleaned] = Clean().run([page(*lines, **options)])  # type: ignore[arg-type]
    return [p.removal.reason if p.removal else None for p in cleaned.paragraphs]
