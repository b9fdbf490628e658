"""What is told of how a model learnt: what its runs logged, thinned, and a drawing of it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from s2s.evaluate.curves import CURVES, MOST_POINTS, RunCurves, draw_curves, read_curves, runs_behind, write_curves


def a_run(folder: Path, stage: str = "judge", steps: int = 8, **settings: str) -> Path:
    """Write what a run leaves that logs every second step and validates in the end."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"stage": stage, **settings}))
    lines = [{"step": step, "trained_s": 30.0 * step, "loss": 1 / step} for step in range(2, steps + 1, 2)]
    as_dict = "".join(json.dumps(line) + "\n" for line in [*lines, {"step": steps, "val_loss": 0.25}])
    (folder / "log.jsonl").write_text(as_dict)
    return folder


def test_a_runs_curves_are_what_it_logged(tmp_path: Path) -> None:
    run = RunCurves.read(a_run(tmp_path / "judge"))
    assert (run.stage, run.steps, run.minutes) == ("judge", 8, 4.0)
    assert run.curves == {"loss": [(2, 0.5), (4, 0.25), (6, 0.16667), (8, 0.125)], "val_loss": [(8, 0.25)]}


def test_a_long_curve_is_thinned_to_means_that_keep_its_end_and_its_mean(tmp_path: Path) -> None:
    run = RunCurves.read(a_run(tmp_path / "judge", steps=2000))
    assert len(run.curves["loss"]) == MOST_POINTS and run.curves["loss"][-1][0] == 2000
    whole = np.mean([1 / step for step in range(2, 2001, 2)])
    assert np.mean([value for _, value in run.curves["loss"]]) == pytest.approx(whole, rel=1e-4)


def test_a_generator_that_has_grown_brings_the_run_it_grew_from(tmp_path: Path) -> None:
    small = a_run(tmp_path / "g64", "generator", steps=4)
    large = a_run(tmp_path / "g128", "generator", grown_from=str(small / "checkpoint.pt"))
    nothing = tmp_path / "from a bundle"
    assert [run.steps for run in runs_behind([nothing, large])] == [4, 8]


def test_a_bundle_keeps_the_numbers(tmp_path: Path) -> None:
    runs = [RunCurves.read(a_run(tmp_path / "judge"))]
    write_curves(tmp_path, runs)
    kept = json.loads((tmp_path / CURVES).read_text())
    assert kept == [{"stage": "judge", "steps": 8, "minutes": 4.0, "curves": kept[0]["curves"]}]
    assert kept[0]["curves"]["loss"][0] == [2, 0.5]


def test_what_a_bundle_keeps_is_read_again(tmp_path: Path) -> None:
    runs = [RunCurves.read(a_run(tmp_path / "judge"))]
    assert read_curves(tmp_path) == []
    write_curves(tmp_path, runs)
    assert read_curves(tmp_path) == runs
    assert runs[0].panels() == ["loss"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"stage": "judge"}]', "0.steps: Field required; expected what `bundle` wrote"),
        ("{", "the file: Invalid JSON"),
    ],
)
def test_curves_of_another_kind_are_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / CURVES).write_text(text)
    with pytest.raises(ValueError, match=rf"curves\.json: {re.escape(said)}"):
        read_curves(tmp_path)


@pytest.mark.proc  # matplotlib asks the system for its fonts at its first use
def test_the_drawing_has_a_row_a_run_and_ink_in_each(tmp_path: Path) -> None:
    runs = [RunCurves.read(a_run(tmp_path / stage, stage)) for stage in ("judge", "image-encoder")]
    draw_curves(tmp_path / "curves.png", runs)
    drawn = np.asarray(Image.open(tmp_path / "curves.png").convert("L"))
    assert all((row < 128).sum() > 200 for row in np.array_split(drawn, len(runs)))


@pytest.mark.proc  # matplotlib asks the system for its fonts at its first use
def test_without_a_log_there_is_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no run logged anything to draw"):
        draw_curves(tmp_path / "curves.png", runs_behind([tmp_path]))
    assert not (tmp_path / "curves.png").exists()
