"""The envelope of a digest: its order, its JSON, and its published schema."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path

import pytest
from editions import Made, envelope_of_made, made_news, many
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from pipeline.digest.compose import compose
from pipeline.digest.envelope import Placing
from pipeline.digest.envelope_json import (
    DIGEST_FILE,
    digest_schema,
    envelope_json,
    envelope_of,
    read_envelope,
)
from pipeline.digest.publish import digest_files
from pipeline.digest.ranking import placed, weight
from pipeline.errors import UsageError
from pipeline.stories.story import State

NEWS = made_news()
ENVELOPE = envelope_of_made(NEWS)


def test_an_envelope_comes_back_from_its_json() -> None:
    record = json.loads(json.dumps(envelope_json(ENVELOPE)))
    assert envelope_of(record) == ENVELOPE
    later = {**record, "a_field_of_tomorrow": 1}
    assert envelope_of(later) == ENVELOPE


def test_the_json_is_in_the_published_schema() -> None:
    Draft202012Validator.check_schema(digest_schema())
    validator = Draft202012Validator(digest_schema(), format_checker=None)
    record = json.loads(json.dumps(envelope_json(ENVELOPE)))
    validator.validate(record)
    del record["stories"][0]["story"]["sources"]
    with pytest.raises(ValidationError, match="sources"):
        validator.validate(record)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema_version": 99}', '{"schema_version": 1, "edition": {}}',
     '{"schema_version": 1, "edition": [], "stories": 3, "account": null}'],
)  # fmt: skip
def test_a_file_that_is_no_digest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / DIGEST_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=DIGEST_FILE):
        read_envelope(tmp_path)
    with pytest.raises(UsageError, match="no digest"):
        read_envelope(tmp_path / "elsewhere")


def test_the_front_page_has_a_lead_some_seconds_and_briefs() -> None:
    order = [(p.placing, p.story.id) for p in ENVELOPE.stories]
    assert [placing for placing, _ in order] == [
        Placing.LEAD, *[Placing.SECOND] * 3, *[Placing.BRIEF] * 7, Placing.APART,
    ]  # fmt: skip
    stories = [p.story for p in ENVELOPE.stories]
    assert (len(stories[0].sources), len(stories[0].languages)) == (5, 4)
    weights = [weight(story) for story in stories[:-1]]
    assert weights == sorted(weights, reverse=True)
    assert stories[-1].sources[0].genre == "opinion"


def test_news_stand_above_what_was_told_and_families_count_once() -> None:
    story = NEWS[5].story()
    told = dataclasses.replace(story, state=State.QUIET, id="other")
    assert [p.story.id for p in placed([told, story])] == [story.id, "other"]
    one = tuple(dataclasses.replace(s, family="one") for s in story.sources)
    assert weight(dataclasses.replace(story, sources=one)) * 3 == weight(story)


def test_the_order_of_stories_and_documents_changes_no_byte() -> None:
    made = list(many(NEWS, 20))
    documents = [d for m in made for d in m.documents]
    first = _bytes(made, documents)
    for seed in range(20):
        order = random.Random(seed)
        order.shuffle(made)
        order.shuffle(documents)
        assert _bytes(made, documents) == first


def _bytes(made: list[Made], documents: list) -> dict[str, str]:
    envelope = compose(ENVELOPE.edition, [m.story() for m in made], documents)
    return dict(digest_files(envelope, documents))
