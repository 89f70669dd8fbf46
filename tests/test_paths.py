"""Paths with a tilde: home folders, and a clear error for a user who has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from newsroom import nightdesk

from models.errors import EngineError
from models.repository.weights import cache_root
from pipeline.errors import UsageError
from pipeline.paths import absolute, expanded

NOBODY = "~no-such-user-here/x"


def test_a_tilde_is_a_home_folder(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expanded("~/a", named_by="--out") == tmp_path / "a"
    assert absolute("~/a/../b", named_by="--out") == tmp_path / "b"


def test_a_user_without_a_home_is_a_mistake_that_names_its_place(monkeypatch) -> None:
    with pytest.raises(UsageError, match="--inbox: ~no-such-user-here/x"):
        absolute(NOBODY, named_by="--inbox")
    monkeypatch.setenv("NIGHTDESK_CACHE", NOBODY)
    with pytest.raises(EngineError, match="NIGHTDESK_CACHE: ~no-such-user-here/x"):
        cache_root()


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("cache", "clear"), {"NIGHTDESK_STATE": NOBODY}),
        (("nightly", "install", "--at", "02:30", "--inbox", NOBODY, "--print"), {}),
        (("nightly", "run", "--inbox", NOBODY), {}),
    ],
)
def test_the_commands_exit_with_2(
    arguments: tuple[str, ...], variables: dict[str, str], tmp_path: Path
) -> None:
    outcome = nightdesk(*arguments, cwd=tmp_path, **variables)
    assert outcome.code == 2, outcome.err
    assert "no-such-user-here" in outcome.err
    assert "Traceback" not in outcome.err
