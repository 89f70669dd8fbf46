"""What holds for every test: no network, no touching of the user's own files, honest skips."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from newsroom import STORIES, Newsroom, newsroom, server_config
from tiny_weights import PIECES, package_files

REQUIRED = "required"  # of NIGHTDESK_TEST_WEIGHTS: without the weights a test fails


def pytest_configure() -> None:
    """Tell programs that tests start, too, that no model hub is to be asked."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Two processes and whatever else runs here share the cores: pytest-timeout ends what hangs.
    hypothesis.settings.register_profile("nightdesk", deadline=None)
    hypothesis.settings.load_profile("nightdesk")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"


_TIMEOUT_S = {"model": 1800, "slow": 900}  # others: pyproject.toml


@pytest.hookimpl(tryfirst=True)  # before pytest-timeout reads the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give slow tests more time before they count as hung, and begin with their modules.

    Of two processes, one would otherwise wait at the end for the slowest module of the other.
    """
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if item.get_closest_marker("timeout") is None:
            known = [_TIMEOUT_S[m.name] for m in item.iter_markers() if m.name in _TIMEOUT_S]
            if known:
                item.add_marker(pytest.mark.timeout(max(known)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, and say what is missing."""
    lacks: dict[str, Callable[[], str | None]] = {
        "model": _lacks_weights,
        "gpu": _lacks_gpu,
        "browser": _lacks_browser,
        "cluster": _lacks_ray,
    }
    for name, check in lacks.items():
        if item.get_closest_marker(name) is not None and (reason := check()):
            if name == "model" and os.environ.get("NIGHTDESK_TEST_WEIGHTS") == REQUIRED:
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


def _lacks_weights() -> str | None:
    from models.repository.registry import MODELS
    from models.repository.weights import locate

    return None if all(map(locate, MODELS)) else "weights are missing: nightdesk models fetch"


def _lacks_gpu() -> str | None:
    import torch

    return None if torch.cuda.is_available() else "no CUDA device"


def _lacks_browser() -> str | None:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not importlib.util.find_spec("playwright"):
        return "Playwright is not installed"
    return None if found else "no Chromium on PATH: apt-get install chromium"


def _lacks_ray() -> str | None:
    return None if importlib.util.find_spec("ray") else "Ray is not installed"


@pytest.fixture(autouse=True)
def _own_files(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the state and the configuration of whoever runs the tests out of them.

    The cache stays where it is, for the weights are in it and tests only read them.
    """
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("NIGHTDESK_STATE", str(home / "nightdesk"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.delenv("NIGHTDESK_CONFIG", raising=False)
    monkeypatch.delenv("NIGHTDESK_API_KEY", raising=False)
    monkeypatch.delenv("NIGHTDESK_LANGUAGES", raising=False)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection that leaves this machine fail the test that tries it."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_remote(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_remote(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        if not _is_local(host):
            pytest.fail(f"looks up {host!r}: a test must not use the network")
        return getaddrinfo(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _refuse_remote(family: int, address: Any) -> None:
    inet = family in (socket.AF_INET, socket.AF_INET6)
    if inet and not _is_local(address[0]):
        pytest.fail(f"connects to {address!r}: a test must not use the network")


def _is_local(host: str | bytes | None) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout that the tests are in."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A server, and a configuration that sends every command to it."""
    with newsroom() as desk:
        config = server_config(tmp_path / "server.toml", desk.url)
        monkeypatch.setenv("NIGHTDESK_CONFIG", str(config))
        yield desk


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder of stories, none of which repeats another."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, text in STORIES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for weights, and a pip that asks no index."""
    monkeypatch.setenv("NIGHTDESK_CACHE", str(tmp_path / "cache"))
    # Whatever index or proxy pip is set up for, these tests do without.
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def installed(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pieces as installed packages; returns the folder they are in."""
    site = tmp_path / "site"
    for number, piece in enumerate(PIECES, start=1):
        for name, content in package_files(number, piece).items():
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    monkeypatch.syspath_prepend(site)
    return site


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Models this small only wait for each other's threads."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def embedded_engines() -> tuple[Any, Any]:
    """The translator and the summariser of the embedded profile, loaded once for all tests."""
    from pipeline.config import Config
    from pipeline.profiles import profile_engines

    return profile_engines(Config())


@pytest.fixture(scope="session")
def embedded_chat(embedded_engines: tuple[Any, Any]) -> Any:
    """The chat model of the embedded profile, which both of its engines hold."""
    return embedded_engines[1]._model


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models, each in the folder that is named like its architecture."""
    import tiny_models
    from tiny_engines import SUMMARISERS, TRANSLATORS

    root = tmp_path_factory.mktemp("tiny")
    makers = (*TRANSLATORS[1:], *SUMMARISERS[:-1])
    made = {name: getattr(tiny_models, name)(root / name) for name in makers}
    made["marian"] = tiny_models.marian(root / "marian", languages=("ru", "en"))
    made["marian-many"] = tiny_models.marian(
        root / "marian-many", languages=("en", "zle"), marks=(">>rus<<", ">>ukr<<")
    )
    made["marian-loops"] = tiny_models.marian(
        root / "marian-loops", languages=("ru", "en"), no_repeat_ngram_size=0
    )
    return made
