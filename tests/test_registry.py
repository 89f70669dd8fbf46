"""The registered models, and the packages that their weights come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from models.repository.registry import MODELS, PypiSource


def test_the_embedded_packages_are_those_of_the_weights_extra(repository: Path) -> None:
    text = (repository / "pyproject.toml").read_text(encoding="utf-8")
    lines = tomllib.loads(text)["project"]["optional-dependencies"]["weights"]
    extra = [(r.name, str(r.specifier)) for r in map(Requirement, lines)]
    sources = [spec.source for spec in MODELS]
    assert [(name, f"=={s.version}") for s in sources for name in s.distributions] == extra


def test_every_model_says_what_it_is_and_may_be_used_for() -> None:
    for spec in MODELS:
        assert re.fullmatch(r"[0-9a-f]{64}", spec.sha256), spec.name
        assert spec.size_bytes > 0, spec.name
        assert spec.licence, spec.name
        assert spec.purpose, spec.name
        assert all(re.fullmatch(r"[a-z]{2,3}", tag) for tag in spec.languages), spec.name
        assert spec.licence in {"Apache-2.0", "MIT"} or spec.notice, "its own terms need a notice"


def test_a_source_names_its_packages_in_one_line() -> None:
    assert str(PypiSource("one-model", "1.0.2")) == "pypi:one-model==1.0.2"
    assert str(PypiSource("a-part", "0.2.0", parts=3)) == "pypi:a-part{1..3}==0.2.0"


def test_parts_are_numbered_from_one_in_order() -> None:
    source = PypiSource("part", "1", parts=11)
    assert source.distributions[0] == "part1"
    assert source.distributions[-2:] == ("part10", "part11")
