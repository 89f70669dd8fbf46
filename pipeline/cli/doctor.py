"""nightdesk doctor: what is installed, what would run where, and what to mend."""

from __future__ import annotations

import json
import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer

from pipeline import __version__
from pipeline.cli.options import AsJson, ConfigFile, configured

_PACKAGES = ("torch", "transformers", "safetensors", "langdetect", "sentencex", "trafilatura")
_FREE_BYTES_WANTED = 5_000_000_000  # conversion of the embedded weights holds both forms


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `fix` is empty when it is well."""

    what: str
    found: str
    fix: str = ""


def doctor(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Look at the installation and say what to fix. Exits with 1 if there is something."""
    settings = configured(config)
    findings = [
        Finding("nightdesk", f"{__version__} on Python {platform.python_version()}"),
        Finding("profile", settings.profile),
        *_packages(),
        _device(),
        *_weights(),
        _state(),
    ]
    if as_json:
        rows = [{"what": f.what, "found": f.found, "fix": f.fix} for f in findings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(f"{'ok ' if not finding.fix else 'FIX'} {finding.what}: {finding.found}")
            if finding.fix:
                print(f"    {finding.fix}")
    if any(f.fix for f in findings):
        raise typer.Exit(1)


def _packages() -> list[Finding]:
    findings = []
    for name in _PACKAGES:
        try:
            findings.append(Finding(name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            findings.append(Finding(name, "missing", "pip install 'nightdesk[embedded]'"))
    return findings


def _device() -> Finding:
    try:
        from models.device import describe

        return Finding("device", describe())
    except ImportError:
        return Finding("device", "unknown: torch is missing", "pip install 'nightdesk[embedded]'")


def _weights() -> list[Finding]:
    from models.fetch import cache_root, status
    from models.registry import EMBEDDED

    root = cache_root()
    existing = next(p for p in (root, *root.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    found = status(EMBEDDED)
    fix = "" if found.present else "nightdesk models fetch"
    weights = Finding(EMBEDDED.name, "here" if found.present else "not here", fix)
    space_short = not found.present and free < _FREE_BYTES_WANTED
    space = Finding(
        "cache",
        f"{root}, {free / 1e9:.1f} GB free",
        "free 5 GB, or point NIGHTDESK_CACHE at another disk" if space_short else "",
    )
    return [weights, space]


def _state() -> Finding:
    from pipeline.errors import OutputError
    from pipeline.state import open_state, state_path

    path: Path = state_path()
    try:
        with open_state() as state:
            return Finding("state", f"{path}, {state.count()} results")
    except OutputError as error:
        return Finding("state", str(error), error.hint)
