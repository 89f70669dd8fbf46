"""Whether a short run learns as the logged one did: mean losses within the noise of batches.

    python scripts/train/compare.py --curve RUN/curve.tsv --logged scripts/train/curve.tsv

Exit status 1 where the mean loss of the second half differs by more than `--tolerance`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

STEP, LIKELIHOOD = 0, 4  # columns of a curve


def losses(path: Path) -> dict[int, float]:
    """Return the loss for each token (nats, without smoothing) by the number of the step."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {int(row[STEP]): float(row[LIKELIHOOD]) for row in rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--curve", type=Path, required=True)
    parser.add_argument("--logged", type=Path, required=True)
    parser.add_argument("--tolerance", type=float, default=0.15)
    options = parser.parse_args()
    mine, logged = losses(options.curve), losses(options.logged)
    steps = sorted(mine.keys() & logged.keys())
    if len(steps) < 10:
        print(f"only {len(steps)} steps in common: too few to compare")
        return 1
    half = steps[len(steps) // 2 :]
    ours, theirs = (sum(curve[s] for s in half) / len(half) for curve in (mine, logged))
    widest = max(abs(mine[s] - logged[s]) for s in steps)
    print(
        f"steps {half[0]} to {half[-1]}: {ours:.4f}, logged {theirs:.4f};"
        f" widest gap in one step {widest:.4f}"
    )
    return int(abs(ours - theirs) > options.tolerance)


if __name__ == "__main__":
    raise SystemExit(main())
