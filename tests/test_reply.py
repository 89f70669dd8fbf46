"""A chat model's wrapping comes off; what the text has itself stays."""

from __future__ import annotations

import pytest

from models.chat.reply import clean_reply

ARTICLE = "Завод снова открыт."


@pytest.mark.parametrize(
    "reply",
    [
        "The plant is open again.",
        "Here is the translation: The plant is open again.",
        "Sure! Here's the English translation of the text:\n\nThe plant is open again.",
        "Translation: The plant is open again.",
        '"The plant is open again."',
        "“The plant is open again.”",
        "```\nThe plant is open again.\n```",
        "```text\nThe plant is open again.\n```",
        '{"translation": "The plant is open again."}',
        "The plant is open again. (Note: literal translation)",
        "The plant is open again.\n\nNote: I kept the tense.",
        "The plant is open again. Let me know if you need anything else!",
        "  The plant is\nopen again.  ",
    ],
)
def test_wrapping_is_taken_off(reply: str) -> None:
    assert clean_reply(reply, source=ARTICLE) == "The plant is open again."


def test_half_a_json_object_is_no_answer() -> None:
    assert clean_reply('{"translation": "The pla', source=ARTICLE) == ""


def test_nested_deeper_than_json_reads_is_no_answer() -> None:
    assert clean_reply('{"a":' * 100_000, source=ARTICLE) == ""


def test_an_answer_in_json_can_be_encoded() -> None:
    reply = clean_reply(r'{"translation": "The quay \ud800 is closed."}', source=ARTICLE)
    assert reply.encode()
    assert reply == "The quay ? is closed."


def test_quotation_marks_of_the_source_stay() -> None:
    source = "«Мы рады», — сказал он. «Очень»."
    assert clean_reply('"We are glad," he said. "Very."', source=source).startswith('"We')


def test_two_quotations_are_not_one_pair() -> None:
    reply = '"Yes," he said. "No."'
    assert clean_reply(reply, source="Он сказал да и нет.") == reply


def test_a_note_that_the_source_has_stays() -> None:
    source = "Note: the shop is closed on Monday."
    assert clean_reply("Note : fermé le lundi.", source=source) == "Note : fermé le lundi."


@pytest.mark.parametrize("sentence", ["Here is where it began.", "In summary: sales fell."])
def test_ordinary_sentences_stay(sentence: str) -> None:
    assert clean_reply(sentence, source=ARTICLE) == sentence
