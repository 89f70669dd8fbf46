"""nightdesk nightly status and history: is last night's digest there, and what came before."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from pipeline.cli.nightly.desk import Out, Zone, folder_of_nights
from pipeline.cli.options import AsJson, ConfigFile, configured, put

if TYPE_CHECKING:
    from pipeline.nightly.status import Row

_CODES = {"well": 0, "poor": 1, "late": 3}


def status(
    out: Out = None, tz: Zone = None, config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Say whether the last digest is there and well: made for a health check.

    Exits with 0 when all is well, with 1 when the last night was poor or a delivery is not done,
    with 3 when a digest is missing three hours after its time (nightly.at).

    Example:

      nightdesk nightly status --config configs/nightly.toml --json
    """
    from pipeline.nightly.due import check_timezone
    from pipeline.nightly.night_desk import book_of, system_clock
    from pipeline.nightly.status import state_of
    from pipeline.state.folder import book_path

    settings = configured(config)
    folder = folder_of_nights(out, settings)
    zone = check_timezone(tz or settings.nightly.timezone)
    book = book_of(folder, book_path())
    found = state_of(book, folder, options=settings.nightly, zone=zone, now=system_clock())
    if as_json:
        put(json.dumps(found.record(), ensure_ascii=False, indent=2) + "\n")
    else:
        put(f"{found.health}: last digest {found.last or 'none'}, next at {found.next_at}\n")
        put("".join(f"  {line}\n" for line in found.why))
    if code := _CODES[found.health]:
        raise typer.Exit(code)


def history(out: Out = None, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """List the nights: documents, inputs that were not used, faults, deliveries.

    Example:

      nightdesk nightly history --config configs/nightly.toml
    """
    from pipeline.nightly.night_desk import book_of
    from pipeline.nightly.status import rows_of
    from pipeline.state.folder import book_path

    folder = folder_of_nights(out, configured(config))
    rows = rows_of(book_of(folder, book_path()), folder)
    if as_json:
        put(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n")
        return
    put("".join(f"{_shown(row)}\n" for row in rows) or "no night yet\n")


def _shown(row: Row) -> str:
    if row.published_at is None and row.documents is None:
        return f"{row.night}  published by another state, or not finished"
    delivered = ", ".join(f"{status} {count}" for status, count in sorted(row.deliveries.items()))
    parts = [
        row.night,
        f"documents {row.documents}",
        f"not used {row.refused}",
        f"{row.seconds:.0f} s" if row.seconds is not None else "",
        f"starts {row.attempts}" if row.attempts > 1 else "",
        f"deliveries: {delivered}" if delivered else "",
        ", ".join(row.faults),
    ]
    return "  ".join(part for part in parts if part)
