"""Letters: what was written comes out, what they carry along goes to the ledger."""

from __future__ import annotations

import pytest
from format_facts import Fact, facts, missing, read_all


@pytest.mark.parametrize("fact", facts("mail"), ids=str)
def test_all_that_was_written_comes_out(fact: Fact) -> None:
    assert list(missing(fact, read_all(fact.path))) == []
