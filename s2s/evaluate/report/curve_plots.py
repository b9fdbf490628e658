"""How the runs behind a model went, drawn in lines: small panels, a run's after another's. Pure."""

import math
from collections.abc import Iterator, Sequence

from s2s.evaluate.curves import VALIDATED, RunCurves
from s2s.evaluate.report.numbers import Scale
from s2s.media.page import Html, element, text

Points = Sequence[tuple[int, float]]

_WIDTH, _HEIGHT = 260, 150  # px
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 22, 22


def curve_plots(runs: Sequence[RunCurves]) -> Iterator[Html]:
    """Yield what was logged of each run that has something to draw; a key of the lines comes first."""
    drawn = [run for run in runs if run.panels()]
    if drawn:
        key = (
            element("span", name, class_=f"key {class_}")
            for name, class_ in (("training", "trained"), ("held out", "held"))
        )
        yield element("p", *key, class_="note")
    for run in drawn:
        name = f"{run.stage}, {run.steps} steps, {run.minutes:.0f} min"
        panels = (panel(name, run.curves.get(name, ()), run.curves.get(VALIDATED + name, ())) for name in run.panels())
        yield element("section", element("h3", name), element("div", *panels, class_="panels"), class_="run")


def panel(name: str, trained: Points, held_out: Points) -> Html:
    """Return one drawing: a line of `trained`, and one with dots of `held_out`, as (step, value), finite ones alone."""
    trained, held_out = ([one for one in points if math.isfinite(one[1])] for points in (trained, held_out))
    every = [*trained, *held_out]
    if not every:
        return Html("")
    frame = _Frame(every)
    lines = [_line(frame, points, class_) for points, class_ in ((trained, "trained"), (held_out, "held")) if points]
    view = f"0 0 {_WIDTH} {_HEIGHT}"
    return element(
        "svg",
        *_axes(frame, name),
        *lines,
        viewBox=view,
        class_="panel",
        role="img",
        aria_label=f"{name}: {_said(frame, trained, held_out)}",
    )


def _said(frame: "_Frame", trained: Points, held_out: Points) -> str:
    ends = {
        words: [f"{frame.scale.write(value)} at step {step}" for step, value in (points[0], points[-1])]
        for words, points in (("training", trained), ("held out", held_out))
        if points
    }
    return "; ".join(f"{words} {first}, {last}" for words, (first, last) in ends.items())


class _Frame:
    """Where steps and values lie in a panel."""

    def __init__(self, points: Points) -> None:
        values = [value for _, value in points]
        self.last = max(1, *(step for step, _ in points))
        self.low, self.high = min(values), max(values)
        self.scale = Scale.of("", values)

    def across(self, step: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / self.last

    def up(self, value: float) -> float:
        share = 0.5 if self.high == self.low else (value - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share


def _axes(frame: _Frame, name: str) -> Iterator[Html]:
    left, right, low = f"{_LEFT}", f"{_WIDTH - _RIGHT}", f"{_HEIGHT - _BOTTOM}"
    yield element("text", name.replace("_", " "), x=left, y="13", class_="name")
    for value in dict.fromkeys((frame.low, frame.high)):
        y = frame.up(value)
        yield element("line", x1=left, x2=right, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="axis")
        yield element("text", frame.scale.write(value), x=f"{_LEFT - 5}", y=f"{y + 3.5:.1f}", text_anchor="end")
    yield element("text", "0", x=left, y=f"{_HEIGHT - 6}")
    yield element("text", f"{frame.last} steps", x=right, y=f"{_HEIGHT - 6}", text_anchor="end")
    yield element("line", x1=left, x2=left, y1=f"{_TOP}", y2=low, class_="axis")


def _line(frame: _Frame, points: Points, class_: str) -> Html:
    places = [(f"{frame.across(step):.1f}", f"{frame.up(value):.1f}") for step, value in points]
    line = element("polyline", points=" ".join(",".join(place) for place in places))
    dots = () if class_ == "trained" and len(places) > 1 else (element("circle", cx=x, cy=y, r="2") for x, y in places)
    return element("g", text(line, *dots), class_=class_)
