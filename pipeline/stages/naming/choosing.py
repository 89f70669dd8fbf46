"""The form of one name and the authority that it is by, in the order of the authorities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.placing import form_out_of_case, place_of
from pipeline.stages.naming.spelling import (
    Authority,
    Entity,
    as_written,
    by_ear,
    by_lexicon,
    by_standard,
    in_texts,
    voted,
)

Choice = tuple[str, Authority]


def known_before(
    key: Key,
    entity: Entity,
    recalled: Choice | None,
    latin: Mapping[tuple[str, str], Counter[str]],
) -> Choice | None:
    """Return the form by the run's own texts in Latin script or by earlier runs, if any.

    `recalled` is that of earlier runs, `latin` that of `sources.latin_words`.
    """
    if recalled and recalled[1] == "text":
        return recalled
    if form := in_texts(key, entity, latin):
        return form, "text"
    return recalled


def choice(key: Key, entity: Entity) -> Choice | None:
    """Return the form of a name that no text has, or None where one spelling is all there is.

    A place of two words has two names, of which one alone is neither.
    """
    if (place := place_of(key, entity.sightings)) and " " not in place:
        return place, "lexicon"
    if form := form_out_of_case(key, entity.sightings, entity.forms):
        return form, "standard"
    if form := by_standard(key, entity) or by_ear(key, entity) or as_written(key, entity):
        return form, "standard"
    if form := by_lexicon(key):
        return form, "lexicon"
    if entity.forms.total() > 1:
        return voted(key, entity), "vote"
    return None
