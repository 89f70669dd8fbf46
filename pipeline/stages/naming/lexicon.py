"""Names that are known: Russian and Ukrainian stems with their English spellings.

What a name sounds like does not tell how it is written: "Уоррен" is Warren, "Кавано" Kavanaugh.
The list was counted in the training pairs of our translator (scripts/train/names.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

_FOLD = str.maketrans("эёыйіїєґ", "ееииииег", "ьъ'’ʼ")


def folded(stem: str) -> str:
    """Return a stem in the letters that both languages share: "Элизабет" is "Елізабет"."""
    return stem.lower().translate(_FOLD)


def english_form(stem: str) -> str | None:
    """Return how English spells the name with this Russian or Ukrainian stem, if that is known."""
    return _forms().get(folded(stem))


@cache
def _forms() -> Mapping[str, str]:
    text = resources.files(__package__).joinpath("lexicon.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines())
