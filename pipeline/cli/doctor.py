"""nightdesk doctor: the installation, the device, the weights, the state, and how to mend them."""

from __future__ import annotations

import json
import platform
import shutil
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from pipeline import __version__
from pipeline.cli.options import (
    AsJson,
    ConfigFile,
    Profile,
    config_path,
    configured,
    own_config_path,
    put,
)

if TYPE_CHECKING:
    from pipeline.state.checkup import Checkup

_PACKAGES = ("langdetect", "sentencex", "trafilatura", "pypdf")
_LOCAL_PACKAGES = ("torch", "transformers", "safetensors")
_CONNECT_S = 3.0
_FREE_BYTES_WANTED = 5_000_000_000  # conversion of the embedded weights holds both forms


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its subject, its result, and a fix, which is empty where all is well."""

    what: str
    found: str
    fix: str = ""


def doctor(config: ConfigFile = None, profile: Profile = None, as_json: AsJson = False) -> None:
    """Look at the installation and say what to fix. Exits with 1 if there is something.

    Examples:

      nightdesk doctor

      nightdesk doctor --profile server --config configs/server.toml
    """
    settings = configured(config, profile=profile)
    local = settings.profile != "server"  # models run on this machine
    findings = [
        Finding("nightdesk", f"{__version__} on Python {platform.python_version()}"),
        _config(config),
        Finding("profile", settings.profile),
        *_packages(_PACKAGES, extra=""),
        *_packages(_LOCAL_PACKAGES, extra="[local]", needed=local),
        _device(needed=local),
        *_weights(needed=settings.profile == "embedded"),
        *([] if local else [_server(settings.server.base_url)]),
        *_state(),
    ]
    if as_json:
        rows = [{"what": f.what, "found": f.found, "fix": f.fix} for f in findings]
        put(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{_shown(finding)}\n" for finding in findings))
    if any(f.fix for f in findings):
        raise typer.Exit(1)


def _shown(finding: Finding) -> str:
    line = f"{'FIX' if finding.fix else 'ok '} {finding.what}: {finding.found}"
    return f"{line}\n    {finding.fix}" if finding.fix else line


def _config(named: Path | None) -> Finding:
    path = config_path(named)
    found = f"defaults; your own would be {own_config_path()}" if path is None else str(path)
    return Finding("configuration", found)


def _packages(names: Sequence[str], *, extra: str, needed: bool = True) -> list[Finding]:
    findings = []
    for name in names:
        try:
            findings.append(Finding(name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            fix = f"pip install 'nightdesk{extra}'" if needed else ""
            findings.append(Finding(name, "missing" if needed else "missing, not needed", fix))
    return findings


def _device(*, needed: bool) -> Finding:
    try:
        from models.runtime.device import describe

        return Finding("device", describe())
    except ImportError:
        fix = "pip install 'nightdesk[local]'" if needed else ""
        return Finding("device", "unknown: torch is missing", fix)


def _weights(*, needed: bool) -> list[Finding]:
    from models.repository.registry import ADAPTERS, MODELS
    from models.repository.weights import adapter_problem, cache_root, locate, verify_stamped

    root = cache_root()
    existing = next(p for p in (root, *root.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    absent = {spec.name for spec in MODELS if locate(spec) is None}
    missing = needed and bool(absent)
    lacking = "not here" if needed else "not here, not needed"
    fix = "nightdesk models fetch" if needed else ""
    weights = []
    for spec in MODELS:
        if spec.name in absent:
            weights.append(Finding(spec.name, lacking, fix))
        elif problems := verify_stamped(spec):
            mend = f"nightdesk models fetch {spec.name}"
            weights.append(Finding(spec.name, f"damaged: {problems[0]}", mend))
        else:
            weights.append(Finding(spec.name, "here"))
    for adapter in ADAPTERS:
        problem = adapter_problem(adapter)
        weights.append(
            Finding(adapter.name, problem or "here", "install nightdesk again" if problem else "")
        )
    space_short = missing and free < _FREE_BYTES_WANTED
    space = Finding(
        "cache",
        f"{root}, {free / 1e9:.1f} GB free",
        "free 5 GB, or point NIGHTDESK_CACHE at another disk" if space_short else "",
    )
    return [*weights, space]


def _server(base_url: str) -> Finding:
    address = urlsplit(base_url)
    try:
        port = address.port or (443 if address.scheme == "https" else 80)
        socket.create_connection((address.hostname or "", port), timeout=_CONNECT_S).close()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        fix = "start it, or set server.base_url in the configuration"
        return Finding("server", f"{base_url}: no connection: {why}", fix)
    return Finding("server", f"{base_url} takes connections")


def _state() -> list[Finding]:
    from pipeline.errors import NightdeskError
    from pipeline.state.checkup import check_book, check_memory, check_results
    from pipeline.state.folder import state_folder

    try:
        folder = state_folder()
        return [
            _file("results", check_results(folder)),
            _file("memory", check_memory(folder)),
            _file("nights", check_book(folder)),
        ]
    except NightdeskError as error:
        return [Finding("state", str(error), error.hint)]


def _file(what: str, found: Checkup) -> Finding:
    if found.problem:
        return Finding(what, found.problem, found.fix)
    if not found.size_bytes:
        return Finding(what, f"{found.path}: not there yet")
    counts = "".join(f", {name}: {count}" for name, count in found.counts.items())
    return Finding(what, f"{found.path}, {found.size_bytes} bytes{counts}")
