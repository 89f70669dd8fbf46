"""What the judge of support learns from: sentences with one fact changed, shortened or spliced."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts" / "train"
TEXT = (
    "On Tuesday, the mayor of Port Ellery said that 12 ferries had left Dorset in 2019,"
    " before the harbour was closed."
)
OTHER = "The museum in Karsk has bought a collection of old clocks, its director said."


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for name in ("corruptions", "compressions", "grounding", "grounding_data"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_each_kind_changes_one_fact_and_is_the_same_every_time() -> None:
    from corruptions import corruptions

    found = {c.kind: c.text for c in corruptions(TEXT, names=["Karsk"], seed="1")}
    assert set(found) == {"figure", "date", "name", "role", "negation", "direction"}
    assert len(set(found.values())) == 6
    assert TEXT not in found.values()
    assert "Karsk" in found["name"]
    assert "12 ferries" not in found["figure"]
    assert "not" in found["negation"].split()
    again = {c.kind: c.text for c in corruptions(TEXT, names=["Karsk"], seed="1")}
    assert again == found


def test_a_denial_is_taken_out_not_doubled() -> None:
    from corruptions import corruptions

    found = {c.kind: c.text for c in corruptions("The port was not closed.", names=[], seed="2")}
    assert found["negation"] == "The port was closed."


def test_a_compression_keeps_words_in_order_and_a_splice_joins_two() -> None:
    from compressions import compressed, joined, spliced

    short = compressed(TEXT, seed="1")
    assert short is not None
    assert len(short) < len(TEXT)
    left = iter(TEXT.lower().replace(",", "").rstrip(".").split())
    assert all(word in left for word in short.lower().replace(",", "").rstrip(".").split())
    mixed = spliced(TEXT, OTHER, seed="1")
    assert mixed is not None
    begin = next(i for i in range(len(mixed), 0, -1) if TEXT.startswith(mixed[:i]))
    assert OTHER.endswith(mixed[begin:])
    both = joined(TEXT, OTHER, seed="1")
    assert "ferries" in both or "harbour" in both
    assert "museum" in both
    assert compressed("Nothing to spare here.", seed="1") is None


def test_a_sign_never_gets_a_weight_of_the_wrong_side() -> None:
    from grounding import auroc, descend

    random = np.random.default_rng(1)
    labels = (random.random(400) < 0.5).astype(float)
    values = np.c_[labels + random.normal(0, 1, 400), -labels + random.normal(0, 1, 400)]
    free = descend(values, labels, np.ones(400), l2=1.0)
    assert free[0] > 0 > free[1]
    bound = descend(values, labels, np.ones(400), l2=1.0, least=0.0)
    assert bound[0] > 0
    assert bound[1] == 0
    assert auroc(values[:, 0], labels) > 0.6
    assert auroc(values[:, 1], labels) < 0.4
    assert auroc(np.zeros(4), np.array([0.0, 1.0, 0.0, 1.0])) == 0.5
