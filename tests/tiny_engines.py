"""Encoder-decoder engines on tiny random models, and all that each of them answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.engine import Decoding, Hypothesis, Passage, Segment
from models.seq2seq.engine import Seq2SeqSummariser, Seq2SeqTranslator

GREEDY = Decoding(max_new_tokens=24)
RUSSIAN = (
    "Трамвайное депо на холме закрыли раньше из-за бури.",
    "Закрыли.",
    "Сорок два водителя ждали снегоуборщик у старого моста до девяти часов, сообщили в совете.",
    "В совете ждали бури до девяти.",
    "Снегоуборщик закрыли у моста.",
)
TRANSLATORS = ("marian", "nllb", "m2m100", "mbart50")
SUMMARISERS = ("mt5", "bart", "pegasus", "mbart50")


def translator(folder: Path, **options: Any) -> Seq2SeqTranslator:
    settings = {"device": "cpu", "dtype": "float32"} | options
    return Seq2SeqTranslator(str(folder), **settings)


def summariser(folder: Path, **options: Any) -> Seq2SeqSummariser:
    settings = {"device": "cpu", "dtype": "float32"} | options
    return Seq2SeqSummariser(str(folder), **settings)


def translated(
    engine: Seq2SeqTranslator,
    texts: Sequence[str],
    *,
    decoding: Decoding = GREEDY,
    pair: tuple[str, str] = ("ru", "en"),
) -> list[Hypothesis]:
    """The hypotheses in the order of `texts`; every text must be answered exactly once."""
    segments = [Segment(text, *pair) for text in texts]
    found = list(engine.translate(segments, decoding=decoding))
    assert sorted(index for index, _ in found) == list(range(len(texts)))
    return [hypothesis for _, hypothesis in sorted(found, key=lambda pair: pair[0])]


def summarised(
    engine: Seq2SeqSummariser, texts: Sequence[str], *, decoding: Decoding = GREEDY
) -> list[Hypothesis]:
    passages = [Passage(text, "en", 3) for text in texts]
    found = list(engine.summarise(passages, decoding=decoding))
    assert sorted(index for index, _ in found) == list(range(len(texts)))
    return [hypothesis for _, hypothesis in sorted(found, key=lambda pair: pair[0])]
