"""The learning curve as an SVG: loss against pairs seen, and chrF2++ where it was measured.

    python scripts/train/plot.py --curve curve.tsv --scores scores.tsv --out curve.svg

scores.tsv has the lines "pairs, language, chrF2++" of the development slice, greedy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, PLOT = 720, 300, 46, 30, 230  # each panel PLOT high, half WIDTH wide
COLOURS = {"ru": "#b03a2e", "uk": "#1f618d", "fr": "#1e8449", "loss": "#444"}
WINDOW = 20  # steps that a point of the loss averages

Point = tuple[float, float]


def panel(
    left: float, title: str, series: dict[str, Sequence[Point]], *, floor: float, ceiling: float,
    across_is: str = "sentence pairs seen",
) -> list[str]:  # fmt: skip
    """Return the SVG of one chart; `floor` and `ceiling` bound its vertical axis."""
    width = WIDTH / 2 - LEFT - 24
    right = max(x for points in series.values() for x, _ in points)

    def across(x: float) -> float:
        return left + LEFT + width * x / right

    def down(y: float) -> float:
        return TOP + PLOT * (1 - (y - floor) / (ceiling - floor))

    parts = [f'<text x="{left + LEFT}" y="18" font-weight="bold">{title}</text>']
    parts += [_tick(floor + (ceiling - floor) * i / 4, across, down, right) for i in range(5)]
    for x in (0, right / 2, right):
        parts.append(
            f'<text x="{across(x):.1f}" y="{TOP + PLOT + 16}" text-anchor="middle">{x:,.0f}</text>'
        )
    parts.append(
        f'<text x="{across(right / 2):.1f}" y="{TOP + PLOT + 32}" text-anchor="middle">'
        f"{across_is}</text>"
    )
    for name, points in series.items():
        line = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        colour = COLOURS[name]
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        )
        x, y = points[-1]
        if len(series) > 1:
            parts.append(
                f'<text x="{across(x) - 4:.1f}" y="{down(y) - 6:.1f}" fill="{colour}"'
                f' text-anchor="end">{name} {y:.1f}</text>'
            )
    return parts


def _tick(
    y: float, across: Callable[[float], float], down: Callable[[float], float], right: float
) -> str:
    return (
        f'<line x1="{across(0):.1f}" x2="{across(right):.1f}" y1="{down(y):.1f}" y2="{down(y):.1f}"'
        f' stroke="#ddd"/><text x="{across(0) - 6:.1f}" y="{down(y) + 4:.1f}"'
        f' text-anchor="end">{y:.2f}</text>'
    )


def drawing(parts: Sequence[str]) -> str:
    """Return the SVG file of the panels in `parts`."""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="11">'
    )
    white = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([opening, white, *parts, "</svg>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--curve", type=Path, required=True)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    steps = [line.split("\t") for line in options.curve.read_text().splitlines()]
    loss = []
    for end in range(WINDOW, len(steps) + 1, WINDOW // 2):
        window = steps[end - WINDOW : end]
        loss.append((float(window[-1][1]), sum(float(row[4]) for row in window) / WINDOW))
    scores: dict[str, list[Point]] = {}
    for line in options.scores.read_text().splitlines():
        pairs, language, value = line.split("\t")
        scores.setdefault(language, []).append((float(pairs), float(value)))
    losses = [y for _, y in loss]
    parts = panel(
        0, f"training loss, nats a token (mean of {WINDOW} steps)", {"loss": loss},
        floor=min(losses) - 0.05, ceiling=max(losses) + 0.05,
    )  # fmt: skip
    values = [y for points in scores.values() for _, y in points]
    parts += panel(
        WIDTH / 2, "chrF2++, NTREX 1001-1033, greedy", scores,
        floor=min(values) // 5 * 5, ceiling=max(values) // 5 * 5 + 5,
    )  # fmt: skip
    options.out.write_text(drawing(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
