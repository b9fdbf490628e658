"""A number on the page: itself, its interval, the paper's and another report's beside it. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from s2s.evaluate.report.compare import Change
from s2s.evaluate.report.model import Better, Value
from s2s.evaluate.report.numbers import Scale
from s2s.media.page import Html, element, text

_STRIP: Final = (220, 26)  # px
_MARGIN: Final = 0.12  # of what is drawn, to both sides


def cell(value: Value | None, scale: Scale, published: float | None = None) -> Html:
    """Return a number, its interval and how many clips are behind it, and under them what the paper has."""
    if value is None:
        ours = element("span", "not measured", class_="faint")
    else:
        interval = scale.interval(value)
        ours = text(
            element("span", scale.write(value.value), class_="value"),
            element("span", interval, class_="interval") if interval else "",
        )
    paper = "" if published is None else element("span", f"paper {scale.write(published)}", class_="published")
    return text(ours, paper)


def change(pair: Change | None, scale: Scale, better: Better = "") -> Html:
    """Return what another report has in this place, the difference, and whether the intervals part."""
    if pair is None:
        return Html("")
    interval = scale.interval(pair.other)
    bounds = element("span", f"({interval})", class_="interval") if interval else ""
    other = text(f"there {scale.write(pair.other.value)} ", bounds)
    word, class_ = verdict(pair, better)
    said = element("span", f"{scale.change(pair.difference)}, {word}", class_=f"verdict {class_}")
    return element("span", element("span", other), said, class_="other")


def verdict(pair: Change, better: Better) -> tuple[str, str]:
    """Return in a word whether the intervals of a pair part, and the class that colours it."""
    if pair.parts is None:
        return "no interval", "open"
    if not pair.parts:
        return "overlap", "open"
    if not better:
        return "apart", "apart"
    is_better = (pair.difference > 0) == (better == "up")
    return ("apart: better", "better") if is_better else ("apart: worse", "worse")


def strip(value: Value, scale: Scale, chance: float | None, among: Sequence[Value] = ()) -> Html:
    """Return a drawing of a number on its interval, with a mark where chance is; `among` others, on their axis."""
    numbers = [one for each in (value, *among) for one in (each.value, each.low, each.high)]
    shown = [one for one in (*numbers, chance) if one is not None]
    low, high = min(shown), max(shown)
    if low == high:
        return Html("")
    span = (high - low) * (1 + 2 * _MARGIN)
    width, height = _STRIP

    def place(number: float) -> str:
        return f"{width * (number - low + (high - low) * _MARGIN) / span:.1f}"

    return element(
        "svg",
        *_marks(value, chance, place=place),
        viewBox=f"0 0 {width} {height}",
        class_="strip",
        role="img",
        aria_label=_said(value, scale, chance),
    )


def _marks(value: Value, chance: float | None, *, place: Callable[[float], str]) -> Iterator[Html]:
    width, height = _STRIP
    middle = f"{height / 2:g}"
    yield element("line", x1="0", x2=f"{width}", y1=middle, y2=middle, class_="axis")
    if value.low is not None and value.high is not None:
        yield element("line", x1=place(value.low), x2=place(value.high), y1=middle, y2=middle, class_="bounds")
    if chance is not None:
        yield element("line", x1=place(chance), x2=place(chance), y1="3", y2=f"{height - 3}", class_="chance")
    yield element("circle", cx=place(value.value), cy=middle, r="5", class_="dot")


def _said(value: Value, scale: Scale, chance: float | None) -> str:
    interval = scale.interval(value)
    parts = [scale.write(value.value), f"interval {interval}" if interval else "no interval"]
    return ", ".join(parts + ([] if chance is None else [f"chance {scale.write(chance)}"]))
