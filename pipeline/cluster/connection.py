"""The connection to a Ray cluster: one that runs already, or one of this machine for the run."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.errors import UsageError

_STORE_BYTES = 256_000_000  # of a cluster that is started here
_PATIENCE_S = 10.0  # for the head of a cluster to take a connection


def address_of(engine: str) -> str | None:
    """Return the address in `ray://ADDRESS`; None for `ray`, a cluster on this machine.

    Raises UsageError for anything else.
    """
    if engine == "ray":
        return None
    scheme, mark, address = engine.partition("://")
    if scheme == "ray" and mark and address:
        return address
    raise UsageError(
        f"--on {engine}: not an engine that runs are done on",
        hint="write ray for this machine, ray://auto on a node of a cluster, or ray://HOST:6379",
    )


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Connect to the cluster at `address` for the length of a block, or start one here.

    Where this process is connected already, that connection is used, and kept. Nothing is sent to
    anyone but the nodes of the cluster. Raises UsageError without Ray and where no cluster answers.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    try:
        import ray
        from ray.data import DataContext
    except ImportError as error:
        raise UsageError(
            f"--on ray: Ray is not installed: {error}", hint="pip install 'nightdesk[ray]'"
        ) from error
    ours = not ray.is_initialized()
    if ours:
        _check_reachable(address)
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            if address is None:
                ray.init(
                    address="local",
                    include_dashboard=False,
                    object_store_memory=_STORE_BYTES,
                    **quiet,
                )
            else:
                ray.init(address=address, **quiet)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise _no_answer(address, error) from error
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    # A pool is busy when every actor has its one task; Ray's own 1.75 would never be reached.
    context.autoscaling_config.actor_pool_util_upscaling_threshold = 1.0
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield
    finally:
        if ours:
            ray.shutdown()


def _check_reachable(address: str | None) -> None:
    """Raise UsageError where nothing listens at HOST:PORT, for which Ray would wait a minute."""
    host, mark, port = (address or "").rpartition(":")
    if not (mark and port.isdecimal()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE_S).close()
    except (OSError, OverflowError) as error:
        raise _no_answer(address, error) from error


def _no_answer(address: str | None, error: Exception) -> UsageError:
    where = "ray" if address is None else f"ray://{address}"
    hint = (
        "look into /tmp/ray/session_latest/logs: Ray could not be started on this machine"
        if address is None
        else "run this on a node of the cluster, or name its head: ray://HOST:6379"
    )
    return UsageError(f"--on {where}: no cluster answers there: {error}", hint=hint)


def has_gpus() -> bool:
    """Tell whether the cluster has GPUs."""
    import ray

    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return resources.get("GPU", 0.0) > 0
