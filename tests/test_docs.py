"""README.md and configs/default.toml say what the program is."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import typing
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.config import Config


@pytest.fixture(scope="module")
def docs(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs", repository / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_of_commands_in_readme_is_the_programs(docs: ModuleType, repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert readme == docs.written(readme), "run: python scripts/docs.py"


def test_every_command_is_listed_with_a_sentence(docs: ModuleType) -> None:
    found = dict(docs.commands())
    names = {re.split(r" [A-Z\[]", call)[0] for call in found}
    assert {"nightdesk run", "nightdesk nightly install", "nightdesk eval mt"} <= names
    assert len(found) > 12
    for call, sentence in found.items():
        assert re.fullmatch(r"[A-Z].+\.", sentence), call


def test_the_help_of_each_command_has_examples_that_call_it(docs: ModuleType) -> None:
    for call, text in docs.helps():
        words = call.split()
        lines = [line.strip() for line in text.splitlines()]
        begin = next(i for i, line in enumerate(lines) if line in ("Example:", "Examples:"))
        for example in filter(None, lines[begin + 1 :]):
            assert call in example, f"{call}: {example}"
        assert any(example.startswith(words[0]) for example in lines[begin + 1 :]), call


def test_the_man_page_is_the_programs_and_every_command_and_option_is_in_it(
    docs: ModuleType, repository: Path
) -> None:
    page = (repository / "configs" / "nightdesk.1").read_text(encoding="utf-8")
    assert page == docs.man(), "run: python scripts/docs.py"
    shown = page.replace("\\-", "-")
    assert all(f'.SS "{call}"' in shown for call, _ in docs.commands())
    assert "\\fB--dry-run\\fR\nRead and clean up only" in shown
    assert "nightdesk run inbox/ --out today/" in shown
    assert not re.search(r"(?m)^'|^\.(?!TH |SH |SS |PP$|TP$|B )", page), "no request by accident"
    if shutil.which("groff"):
        checked = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z"],
            input=page,
            text=True,
            capture_output=True,
            check=True,
        )
        assert checked.stderr == ""


def test_a_readme_that_differs_is_told(docs: ModuleType, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "docs.py"
    script.write_bytes((repository / "scripts" / "docs.py").read_bytes())
    readme = tmp_path / "README.md"
    readme.write_text(f"above\n{docs.BEGIN}\nstale words\n{docs.END}\nbelow\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(repository)}

    def called(*options: str) -> int:
        return subprocess.run(
            [sys.executable, script, *options], env=environment, capture_output=True, check=False
        ).returncode

    assert called("--check") == 1
    assert called() == 0
    assert called("--check") == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("above\n")
    assert text.endswith("below\n")
    assert "stale words" not in text


def test_every_key_is_in_the_default_file_with_its_default(repository: Path) -> None:
    table = tomllib.loads((repository / "configs" / "default.toml").read_text(encoding="utf-8"))
    assert _keys(table) == set(_defaults(Config))


def _keys(table: dict[str, typing.Any], before: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        found |= (
            _keys(value, f"{before}{name}.") | {f"{before}{name}"}
            if isinstance(value, dict)
            else {f"{before}{name}"}
        )
    return found


def _defaults(cls: type, before: str = "") -> typing.Iterator[str]:
    for name, kind in typing.get_type_hints(cls).items():
        yield f"{before}{name}"
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            yield from _defaults(kind, f"{before}{name}.")


def test_findings_stand_alone_and_are_listed(repository: Path) -> None:
    folder = repository / "findings"
    scripts = sorted(path.name for path in folder.glob("*.sh"))
    listed = re.findall(r"\]\(([\w-]+\.sh)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == scripts
    assert len(scripts) >= 3
    for name in scripts:
        text = (folder / name).read_text(encoding="utf-8")
        assert os.access(folder / name, os.X_OK)
        subprocess.run(["bash", "-n", folder / name], check=True)
        (source,) = re.findall(r"<<'PYTHON'\n(.*)\nPYTHON\n", text, flags=re.DOTALL)
        compile(source, name, "exec")
        assert "sys.exit(not (" in source, "it must fail where the behaviour changes"
        assert re.findall(r"'[\w-]+==[\d.]+'", text), "pinned packages"
        assert not re.search(r"\b(import|from) (pipeline|models)\b", source)
