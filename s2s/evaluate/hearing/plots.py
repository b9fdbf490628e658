"""Figures of a hearing report: loudness, unknown sounds, certainty; and sheets of mixes. Needs matplotlib."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.hearing.report import HearingReport
from s2s.evaluate.hearing.scenes import BOTH, SceneShares
from s2s.evaluate.hearing.sounds import WORLD
from s2s.evaluate.hearing.two import TwoReport
from s2s.evaluate.hearing.unknown import UnknownReport
from s2s.media.montage import contact_sheet, save_png
from s2s.media.tiles import labelled, spectrogram_picture
from s2s.spectrogram_spec import SpectrogramSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN: Final = 24  # mixes on a sheet
_COLUMNS: Final = 8
_TILE_PX: Final = 224


def check_can_draw() -> None:
    """Raise ValueError without matplotlib, before minutes are spent on numbers that could not be drawn."""
    try:
        import matplotlib.figure  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise ValueError("drawing what is heard needs matplotlib: pip install matplotlib") from error


def write_pictures(out: Path, report: HearingReport, spec: SpectrogramSpec) -> list[Path]:
    """Write every figure and sheet that `report` has something for into folder `out`; return their paths."""
    figures = {
        "loudness": _loudness([one for one in report.scenes if one.source != WORLD]),
        "unknown": _unknown(report.unknown),
        "certainty": _certainty(report.unknown),
    }
    written = []
    for name, figure in figures.items():
        if figure is not None:
            written.append(out / f"{name}.png")
            figure.savefig(written[-1], dpi=96)
    for number, two in enumerate(report.mixes.values(), start=1):
        written.append(out / f"mixes-{number}.png")
        save_png(written[-1], mix_sheet(two, spec))
    return written


def _loudness(scenes: list[SceneShares]) -> "Figure | None":
    """Draw R@1 against gain, a panel a way of naming, a line with its interval a hall."""
    sources = [one.source for one in scenes]
    shown = [one for one in scenes if one.source == (BOTH if BOTH in sources else sources[0])] if sources else []
    ways, halls = (list(dict.fromkeys(names)) for names in ([one.way for one in shown], [one.hall for one in shown]))
    if not shown:
        return None
    figure, axes = _panels(len(ways))
    for axis, way in zip(axes, ways, strict=True):
        for shift, hall in enumerate(halls):
            row = [one for one in shown if one.way == way and one.hall == hall]
            values = np.array([one.first.value for one in row])
            around = np.abs(np.array([(one.first.low, one.first.high) for one in row]).T - values)
            axis.errorbar([one.gain_db + 0.4 * shift for one in row], values, around, label=hall, marker=".", capsize=2)
        _label(axis, way, "gain, dB", "scene named first")
    return figure


def _unknown(unknown: UnknownReport) -> "Figure | None":
    """Draw ROCs, a panel for each score and set of known sounds, a line a kind of unknown ones."""
    panels = list(dict.fromkeys((score, known) for score, known, _ in unknown.rocs))
    if not panels:
        return None
    figure, axes = _panels(len(panels))
    for axis, panel in zip(axes, panels, strict=True):
        for (*told, kind), one in unknown.rocs.items():
            if tuple(told) == panel:
                axis.plot(one.false_alarms, one.recognised, label=f"{kind} {one.area:.2f}", linewidth=1.2)
        axis.plot([0, 1], [0, 1], color="grey", linewidth=0.5)
        _label(axis, f"{panel[0]}; known: {panel[1]}", "known called unknown", "unknown recognised")
    return figure


def _certainty(unknown: UnknownReport) -> "Figure | None":
    """Draw how often a certainty was right, a panel a set of sounds, with how many sounds there were."""
    if not unknown.reliabilities:
        return None
    figure, axes = _panels(len(unknown.reliabilities))
    for axis, (name, one) in zip(axes, unknown.reliabilities.items(), strict=True):
        axis.bar(np.arange(10) / 10 + 0.05, one.counts / one.counts.sum(), width=0.09, color="lightgrey")
        axis.plot([0, 1], [0, 1], color="grey", linewidth=0.5)
        axis.plot(one.certainty, one.right, marker="o", label=f"off by {one.expected_error:.3f}")
        _label(axis, name, "certainty", "right (bars: share of sounds)")
    return figure


def _panels(count: int) -> "tuple[Figure, NDArray[Any]]":
    from matplotlib.figure import Figure

    figure = Figure((4.6 * count, 3.8), layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def _label(axis: "Axes", title: str, across: str, up: str) -> None:
    axis.set_title(title, fontsize=9)
    axis.set_xlabel(across, fontsize=8)
    axis.set_ylabel(up, fontsize=8)
    axis.set_ylim(0, 1.02)
    axis.tick_params(labelsize=7)
    axis.legend(fontsize=7)


def mix_sheet(two: TwoReport, spec: SpectrogramSpec) -> NDArray[np.uint8]:
    """Return a sheet of mixes: the world's own picture of both, or the sound of recordings; beside it the model's.

    Under them what is there, and what was named and what the judge finds.
    """
    chosen = np.unique(np.linspace(0, len(two.mixes) - 1, _SHOWN).round().astype(int))
    tiles = [tile for number in chosen for tile in _tiles(two, int(number), spec)]
    return contact_sheet(np.stack(tiles), _COLUMNS, 4)


def _tiles(two: TwoReport, number: int, spec: SpectrogramSpec) -> Iterator[NDArray[np.uint8]]:
    mix = two.mixes[number]
    own = spectrogram_picture(mix.sound, spec) if two.own is None else two.own[number]
    seen_in_own = f"judge: {' + '.join(two.judged_own[number][:2])}" if two.judged_own else ""
    found = f"judge: {' + '.join(two.judged[number][:2])}" if two.judged else ""
    yield labelled(own, ["is: " + " + ".join(mix.scenes), seen_in_own], _TILE_PX)
    yield labelled(two.painted[number], ["named: " + " + ".join(two.named[number]), found], _TILE_PX)
