"""The form of one name: each authority is asked in turn, and the first that knows it decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeline.lang.romanise import likeness
from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.placing import (
    form_out_of_case,
    form_unread,
    is_foreign,
    place_of,
)
from pipeline.stages.naming.spelling import (
    ALIKE,
    Authority,
    Entity,
    as_written,
    by_ear,
    by_lexicon,
    by_standard,
    in_texts,
    voted,
)
from pipeline.stages.naming.vouching import is_known_spelling

MAX_LACKING = 2  # letters of a name that a slip in copying drops

Choice = tuple[str, Authority]
Words = Mapping[tuple[str, str], Counter[str]]  # of Latin texts, by language and first sound


def known_form(key: Key, entity: Entity, recalled: Choice | None, *, latin: Words) -> Choice | None:
    """Return the form by the run's own texts, `latin`, or by earlier runs, if any."""
    if recalled and recalled[1] == "text":
        return recalled
    if form := in_texts(key, entity, latin):
        return form, "text"
    return recalled


def chosen(
    key: Key, entity: Entity, recalled: Choice | None, *, latin: Words, spells_unseen: bool
) -> Choice | None:
    """Return the form of a name and why, or None where one spelling is all there is.

    `spells_unseen` is that of `placing.form_unread`.
    """
    if found := known_form(key, entity, recalled, latin=latin):
        return found
    if (place := place_of(key, entity.sightings)) and " " not in place:
        return place, "lexicon"
    for form in (
        form_out_of_case(key, entity.sightings, entity.forms),
        by_standard(key, entity),
        by_ear(key, entity),
        as_written(key, entity),
    ):
        if form:
            return form, "standard"
    if form := by_lexicon(key):
        return form, "lexicon"
    if form := _as_handed_over(key, entity, spells_unseen=spells_unseen):
        return form, "standard"
    if entity.forms.total() > 1:
        return voted(key, entity), "vote"
    return None


def _as_handed_over(key: Key, entity: Entity, *, spells_unseen: bool) -> str | None:
    """Return the form that the model was handed a name in, where it only nearly copied that.

    A foreign name that was handed over by its sound is better spelt by a model that knows it, as
    Walton is of Uolton; one that only lacks letters was copied.
    """
    form = form_unread(key, entity, beside=(), spells_unseen=spells_unseen)
    if form is None or " " in form or any(map(is_known_spelling, entity.forms)):
        return None
    if is_foreign(key, entity, form):
        return form if all(_lacks_letters(found, form) for found in entity.forms) else None
    return form if all(likeness(form, found) >= ALIKE for found in entity.forms) else None


def _lacks_letters(found: str, form: str) -> bool:
    """Tell whether a spelling is a form without one letter or two: Fefilakt of Feofilakt."""
    left = iter(form)
    return len(form) - MAX_LACKING <= len(found) and all(letter in left for letter in found)
