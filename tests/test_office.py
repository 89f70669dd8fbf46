"""Documents of word processors, and books: what their writers put in comes out."""

from __future__ import annotations

import pytest
from format_facts import Fact, facts, missing, read_all


@pytest.mark.parametrize("fact", facts("office"), ids=str)
def test_all_that_was_written_comes_out(fact: Fact) -> None:
    assert list(missing(fact, read_all(fact.path))) == []
