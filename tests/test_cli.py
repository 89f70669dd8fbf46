"""The small commands, and help: the real program from start to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from newsroom import QUAY, Newsroom, nightdesk, server_config


def test_a_server_that_is_not_there_is_a_failure_that_says_so(inbox: Path, tmp_path: Path) -> None:
    config = server_config(tmp_path / "server.toml", "http://127.0.0.1:9/v1")
    outcome = nightdesk("doctor", "--config", config)
    assert outcome.code == 1
    assert "FIX server: http://127.0.0.1:9/v1: no connection: Connection refused" in outcome.out
    assert "server.base_url" in outcome.out


def test_doctor_asks_only_for_what_the_profile_needs(room: Newsroom, tmp_path: Path) -> None:
    bare = {"NIGHTDESK_CACHE": str(tmp_path / "bare")}
    outcome = nightdesk("doctor", "--json", **bare)
    found = {row["what"]: row for row in json.loads(outcome.out)}
    assert outcome.code == 0
    assert found["configuration"]["found"] == str(tmp_path / "server.toml")
    assert found["profile"]["found"] == "server"
    assert "takes connections" in found["server"]["found"]
    assert "threads" in found["device"]["found"] or "capability" in found["device"]["found"]
    assert "not needed" in found["qwen2.5-coder-1.5b-instruct"]["found"]
    outcome = nightdesk("doctor", "--profile", "embedded", **bare)
    assert outcome.code == 1
    assert "FIX qwen2.5-coder-1.5b-instruct: not here\n    nightdesk models fetch" in outcome.out


def test_what_is_remembered_can_be_counted_and_forgotten(room: Newsroom) -> None:
    nightdesk("translate", "-", given=QUAY)
    assert json.loads(nightdesk("cache", "info", "--json").out)["results"] == 1
    assert nightdesk("cache", "clear").err == "forgot 1 result\n"
    assert json.loads(nightdesk("cache", "info", "--json").out)["results"] == 0


def test_models_are_listed_with_where_they_come_from(tmp_path: Path) -> None:
    bare = {"NIGHTDESK_CACHE": str(tmp_path / "bare")}
    rows = json.loads(nightdesk("models", "list", "--json", **bare).out)
    for row in rows:
        assert row["source"]
        assert row["revision"]
        assert row["licence"]
        assert row["size_bytes"] > 5 * 10**7
        assert row["present"] is False
    listed = nightdesk("models", "list", **bare).out
    assert all(f"{row['name']} {row['revision']}  not here" in listed for row in rows)
    outcome = nightdesk("models", "path", **bare)
    assert (outcome.code, outcome.out) == (3, "")
    assert "nightdesk models fetch qwen2.5-coder-1.5b-instruct" in outcome.err


def test_help_and_version_are_on_stdout() -> None:
    outcome = nightdesk("--help")
    assert outcome.code == 0
    for command in ("run", "translate", "summarize", "nightly", "models", "doctor", "cache"):
        assert command in outcome.out
    assert outcome.err == ""
    assert nightdesk("--version").out.startswith("nightdesk ")


def test_help_loads_nothing_heavy() -> None:
    """The time itself is measured by scripts/bench; what would cost it is kept out here."""
    code = (
        "import sys; sys.argv = ['nightdesk', '--help']\n"
        "from pipeline.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "pipeline.cli.app" in loaded
    heavy = {
        *("torch", "transformers", "numpy", "trafilatura", "lxml", "pypdf", "httpx2", "jinja2"),
        *("langdetect", "ftfy", "rapidfuzz", "markdown_it", "charset_normalizer"),
    }
    assert loaded & heavy == set()
