"""Plots over the time of a soak, as SVG. Pure; colours come from the page's style sheet."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from installation.soak.series import Series

_WIDTH: Final = 860
_HEIGHT: Final = 150
_LEFT: Final = 64
_BOTTOM: Final = 22
_TOP: Final = 8
_MOST_POINTS: Final = 600


def plot(lines: Sequence[Series], duration_s: float, marks: Iterable[tuple[float, str]] = ()) -> str:
    """Return one plot of series of one unit, each in a colour of its own; `marks` are faults `(at_s, words)`."""
    values = [value for series in lines for value in series.value]
    low, high = _range(values)
    parts = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(_label(lines), quote=True)}">']
    for value in (low, (low + high) / 2, high):
        y = _y(value, low, high)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_tick(value)}</text>')
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _LEFT + (_WIDTH - _LEFT) * share
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        minutes = f"{duration_s * share / 60:.{0 if duration_s > 1200 else 1}f} min"
        parts.append(f'<text class="tick" x="{x:.1f}" y="{_HEIGHT - 4}" text-anchor="{anchor}">{minutes}</text>')
    for at_s, words in marks:
        x = _x(at_s, duration_s)
        parts.append(
            f'<line class="fault" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}">'
            f"<title>{escape(words)}</title></line>"
        )
    for number, series in enumerate(lines):
        for points in series.lines():
            parts.append(_line(points, duration_s, low, high, number))
    return "".join([*parts, "</svg>"])


def _line(points: list[tuple[float, float]], duration_s: float, low: float, high: float, number: int) -> str:
    step = -(-len(points) // _MOST_POINTS)
    thinned = points[::step] if len(points) > 1 else [*points, (points[0][0] + 1.0, points[0][1])]
    path = " ".join(f"{_x(t, duration_s):.1f},{_y(v, low, high):.1f}" for t, v in thinned)
    return f'<polyline class="line c{number % 4}" points="{path}"/>'


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: never so close that noise looks like a mountain."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    least = max(abs(high) * 0.02, 1e-3)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    return low, high


def _x(t_s: float, duration_s: float) -> float:
    return _LEFT + (_WIDTH - _LEFT) * min(max(t_s / max(duration_s, 1e-9), 0.0), 1.0)


def _y(value: float, low: float, high: float) -> float:
    return _TOP + (_HEIGHT - _BOTTOM - _TOP) * (1.0 - (value - low) / (high - low))


def _tick(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _label(lines: Sequence[Series]) -> str:
    return ", ".join(series.name for series in lines) + " over time"
