"""Names, and what is written of them."""

from __future__ import annotations

from pipeline.lang.edits import applied
from pipeline.stages.naming.mentions import Rendering
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.sources import Page


def unified(*pairs: tuple[str, str], language: str = "ru", names: Names | None = None) -> list[str]:
    return rewritten(names or Names(), [Rendering(s, t, language) for s, t in pairs])


def rewritten(names: Names, renderings: list[Rendering], *, target: str = "en") -> list[str]:
    edits = names.unify(renderings, target=target)
    return [applied(r.target, made) for r, made in zip(renderings, edits, strict=True)]


def know(names: Names, text: str, language: str) -> None:
    """Let `names` learn a run that has nothing but one text in Latin script."""
    names.learn([Page(latin=[(text, language)])], target="en")
