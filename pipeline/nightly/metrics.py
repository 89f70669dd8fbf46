"""The figures of the last night, as a text file for node_exporter's textfile collector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.output.atomic import output_errors
from pipeline.state.book import Delivery, Entry


def write_metrics(
    path: Path, *, nights: Iterable[Entry], deliveries: Iterable[Delivery], now: datetime
) -> None:
    """Write the figures of the last published night at `path`, whole or not at all.

    Raises OutputError where it cannot be written.
    """
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    published = [entry for entry in nights if entry.published_at]
    registry = CollectorRegistry()

    def gauge(name: str, about: str, value: float, **labels: str) -> None:
        full = f"nightdesk_{name}"
        made = gauges.get(full)
        if made is None:
            made = gauges[full] = Gauge(full, about, list(labels), registry=registry)
        (made.labels(**labels) if labels else made).set(value)

    gauges: dict[str, Gauge] = {}
    if published:
        last = published[-1]
        _of_night(gauge, last.record)
        made = datetime.fromisoformat(last.published_at or last.begun_at)
        gauge("last_digest_timestamp_seconds", "When it was published.", made.timestamp())
        age = (now - made).total_seconds()
        gauge("last_digest_age_seconds", "Its age when this was written.", age)
    counts = Counter(delivery.status for delivery in deliveries)
    for status in ("queued", "sending", "sent", "failed", "unsure", "withdrawn"):
        gauge("deliveries", "Deliveries by what became of them.", counts[status], status=status)
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_to_textfile(str(path), registry)


def _of_night(gauge: Any, record: Mapping[str, Any]) -> None:
    condition = record.get("condition", {})
    gauge("documents", "Documents that the last digest tells.", condition.get("documents", 0))
    gauge("rejections", "Inputs that it could not use.", condition.get("refused", 0))
    gauge("tokens_written", "Tokens that the models wrote for it.", record.get("tokens", 0))
    gauge("feeds_failed", "Feeds that failed.", len(condition.get("feeds_failed", ())))
    gauge("poor", "1 where the night was poor.", float(bool(condition.get("faults"))))
    for stage, seconds in record.get("seconds_by_stage", {}).items():
        gauge("stage_seconds", "Seconds by stage.", seconds, stage=stage)
