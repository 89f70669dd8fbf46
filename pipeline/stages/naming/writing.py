"""Names as they are written into a text: in the form of each, in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.lang.edits import Edit, applied
from pipeline.stages.naming.gender import in_gender
from pipeline.stages.naming.lexicon import is_english_name
from pipeline.stages.naming.mentions import Key, Mention, Name
from pipeline.stages.naming.name_words import derived
from pipeline.stages.naming.slavic import looks_slavic

_LATIN_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zà-ÿ]{3,}\b")


def as_placed(placed: str, text: str) -> str:
    """Return a translation with the names that stood in Latin letters in its source as they stood.

    1. A name in small letters gets its capital: Provo was put in as Provost, and the model wrote of
       a provost.
    2. A name that is glued to the word or the mark before it is set apart: "inLviv".
    """
    for name in _LATIN_NAME.findall(placed):
        if name not in text:
            text = re.sub(rf"\b{re.escape(name.lower())}\b", name, text)
        text = re.sub(rf"(?<=[a-zà-ÿ.,;:!?]){re.escape(name)}\b", f" {name}", text)
    return text


def form_here(name: Name | Mention, form: str | None) -> str | None:
    """Return the form of a name as it is to stand in one place, `form` being that of its key.

    The glossary decides for its words, and a man's surname is not that of his wife.
    """
    form = name.term.form if name.term else form
    return form and in_gender(form, name.gender, word=name.word, language=name.key.language)


def with_forms(text: str, names: Sequence[tuple[Name, str]]) -> str:
    """Return a text with names in the forms that each comes with."""
    return applied(text, [Edit(name.start, name.end, form) for name, form in names])


def edits_of(mentions: Sequence[Mention], forms: Mapping[Key, str]) -> list[Edit]:
    """Return the edits that give mentions the form of their key, or the glossary's.

    A mention that differs rightly, as Germany and German do, has none.
    """
    return [
        Edit(mention.start, mention.end, form)
        for mention in mentions
        if (form := form_here(mention, forms.get(mention.key)))
        and form != mention.form
        and not _of_its_own(mention, form)
    ]


def _of_its_own(mention: Mention, form: str) -> bool:
    """Tell whether a spelling differs from `form` rightly: German, Tolstaya, Martina."""
    if mention.term and mention.form == form + "a":
        return False  # a genitive: its source word is a form of the glossary's
    if form_here(mention, mention.form) != mention.form:
        return False  # the other gender's
    if derived(form, mention.form):
        return True
    # Hrynka is a case of Hrynko, not his wife's name.
    one_gender = form.endswith("ko") or form.endswith("a") == mention.form.endswith("a")
    return not one_gender and (
        looks_slavic(mention.key.own, mention.key.language) or is_english_name(mention.form)
    )
