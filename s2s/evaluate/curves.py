"""How the runs went that a model was made of: what their logs hold, thinned out, for the bundle and for the eye."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydantic
from numpy.typing import NDArray

from s2s.files.quote import one_line
from s2s.training.engine.checkpoint import RUN, read_run_info
from s2s.training.engine.renamed import LOGGED
from s2s.training.engine.run_log import LOG

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVES: Final = "curves.json"
"""The file of a bundle: a list of runs, each with `stage`, `steps`, `minutes` and `curves`, [[step, value], …] each."""
MOST_POINTS: Final = 100
PANELS: Final[Mapping[str, Sequence[str]]] = {
    "image-encoder": ("loss", "nearest_of_class"),
    "generator": ("pixel", "feature", "gap", "loss"),
    "audio-encoder": ("contrast", "distance", "recall_1"),
    "judge": ("loss", "accuracy"),
}
"""What is drawn of each stage, in training and, as `val_…`, on what is held out."""
VALIDATED: Final = "val_"
_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class RunCurves:
    """One run: its stage, how long it was, and every logged value by name as (step, value)."""

    stage: str
    steps: int
    minutes: float
    curves: Mapping[str, Sequence[tuple[int, float]]]

    @classmethod
    def read(cls, folder: Path) -> "RunCurves":
        """Read what the run in `folder` logged, at most `MOST_POINTS` of each curve. Raises FileNotFoundError."""
        stage = read_run_info(folder)["stage"]
        curves: dict[str, list[tuple[int, float]]] = {}
        for line in (folder / LOG).read_text(encoding="utf-8").splitlines():
            values = json.loads(line)
            step = int(values.pop("step"))
            for name, value in values.items():
                curves.setdefault(LOGGED.get(name, name), []).append((step, float(value)))
        seconds = curves.pop("trained_s", [(0, 0.0)])
        steps = max((points[-1][0] for points in curves.values()), default=0)
        return cls(stage, steps, round(seconds[-1][1] / 60, 1), {name: _thinned(one) for name, one in curves.items()})

    def panels(self) -> list[str]:
        """Return the names of what is drawn of its stage, in training, held out as `val_…`, or both."""
        names = PANELS.get(self.stage, ("loss",))
        return [name for name in names if name in self.curves or VALIDATED + name in self.curves]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, as the bundle keeps them."""
        return {"stage": self.stage, "steps": self.steps, "minutes": self.minutes, "curves": dict(self.curves)}


def runs_behind(folders: Sequence[Path]) -> list[RunCurves]:
    """Return the runs in `folders`, before each the one at half the resolution that it has grown from, if still there.

    A folder without a log, as of a network that came out of a bundle, has no curves.
    """
    runs = []
    for folder in folders:
        if not (folder / RUN).exists() or not (folder / LOG).exists():
            continue
        grown_from = read_run_info(folder).get("grown_from")
        runs += runs_behind([Path(grown_from).parent]) if grown_from else []
        runs.append(RunCurves.read(folder))
    return runs


def write_curves(bundle: Path, runs: Sequence[RunCurves]) -> None:
    """Write `curves.json` into the bundle, a line per run."""
    lines = ",\n".join(json.dumps(run.as_dict()) for run in runs)
    (bundle / CURVES).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def read_curves(folder: Path) -> list[RunCurves]:
    """Return the runs that `curves.json` in `folder` tells of; none where there is no such file.

    Raises ValueError in one line for a file that is not as `write_curves` leaves it.
    """
    path = folder / CURVES
    if not path.exists():
        return []
    try:
        return pydantic.TypeAdapter(list[RunCurves]).validate_json(path.read_bytes())
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = one_line(".".join(map(str, first["loc"])))
        raise ValueError(f"{path}: {key or 'the file'}: {first['msg']}; expected what `bundle` wrote") from error


def draw_curves(path: Path, runs: Sequence[RunCurves]) -> None:
    """Draw a row of panels a run: lines for training, dots for what is held out.

    Raises ValueError without matplotlib, and where no run has anything to draw.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError("drawing curves needs matplotlib: pip install matplotlib") from error
    columns = max((len(run.panels()) for run in runs), default=0)
    if not columns:
        raise ValueError("no run logged anything to draw: expected folders that finished stages left")
    figure = Figure((3.2 * columns, 2.1 * len(runs)), layout="constrained")
    axes = figure.subplots(len(runs), columns, squeeze=False)
    for row, run in zip(axes, runs, strict=True):
        for axis in row[len(run.panels()) :]:
            axis.axis("off")
        for axis, name in zip(row, run.panels(), strict=False):
            _draw(axis, run, name)
        row[0].set_ylabel(f"{run.stage}\n{run.steps} steps, {run.minutes:.0f} min", fontsize=8)
    figure.savefig(path, dpi=80)


def _draw(axis: "Axes", run: RunCurves, name: str) -> None:
    for key, style in ((name, {"linewidth": 1.0}), (VALIDATED + name, {"marker": ".", "linewidth": 0.5})):
        if key in run.curves:
            axis.plot(*zip(*run.curves[key], strict=True), label=key, **style)
    axis.set_title(name, fontsize=8)
    axis.tick_params(labelsize=7)
    axis.legend(fontsize=6)


def _thinned(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return evenly spread means of neighbouring points, the last step of each group for all."""
    groups: list[NDArray[np.float64]] = np.array_split(np.array(points), min(len(points), MOST_POINTS))
    return [(int(group[-1, 0]), float(f"{group[:, 1].mean():.{_DIGITS}g}")) for group in groups]
