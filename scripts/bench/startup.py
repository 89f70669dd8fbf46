"""How long `nightdesk --help` takes: the median of twenty runs; exits with 1 above the limit."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

LIMIT_S = 0.5
RUNS = 20


def main() -> int:
    command = [str(Path(sys.executable).with_name("nightdesk")), "--help"]
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    median = statistics.median(times)
    print(f"nightdesk --help: median {median:.3f} s, slowest {max(times):.3f} s, of {RUNS} runs")
    return int(median > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
