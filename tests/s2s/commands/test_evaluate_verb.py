"""`python -m s2s evaluate`: one report of any bundle; killed and run again, the same report; refusals in one line."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from s2s.__main__ import main
from s2s.bundle import Bundle
from s2s.evaluate import full_report
from s2s.evaluate.claims import LeftOut, inversions
from s2s.evaluate.claims.measuring import Measuring
from s2s.evaluate.figures import FigureMaterial, drawing, latents
from s2s.evaluate.paper.published import TABLE_2
from s2s.evaluate.report.model import Claim, Figure, read_report, write_report
from s2s.files.array_store import ArrayStore
from s2s.files.line_file import LineFile
from s2s.sampling.inversion.search import InversionSettings
from tests.fakes import write_tiny_bundle
from tests.s2s.evaluate.evaluated import CLASSES, write_films, write_judge, write_thing_judge
from tests.s2s.study.studies import write_answered_study, write_small_study

pytestmark = [pytest.mark.heavy, pytest.mark.proc]  # matplotlib, which torchmetrics brings along, asks for fonts
ROOT = Path(__file__).resolve().parents[3]


FEW_FIGURES = ("figure-4", "figure-6", "figure-11")
"""Those that are drawn here; all of them are in the figures' own tests."""
SHORTENED = f"""
from s2s.evaluate.claims import inversions
from s2s.evaluate.figures import drawing, latents
from s2s.sampling.inversion.search import InversionSettings
inversions._SEARCH = latents._SEARCH = InversionSettings(screened=2, restarts=1, max_steps=2)
drawing.FIGURES = [kind for kind in drawing.FIGURES if kind.name in {FEW_FIGURES}]
"""


@pytest.fixture(scope="module", autouse=True)
def _shortened() -> Iterator[None]:
    search = InversionSettings(screened=2, restarts=1, max_steps=2)
    with pytest.MonkeyPatch.context() as patch:
        for module in (inversions, latents):
            patch.setattr(module, "_SEARCH", search)
        patch.setattr(drawing, "FIGURES", [kind for kind in drawing.FIGURES if kind.name in FEW_FIGURES])
        yield


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, films of three classes, and two judges that know nothing."""
    folder = tmp_path_factory.mktemp("parts")
    write_tiny_bundle(folder / "model")
    write_films(folder / "films", 12)
    write_judge(folder / "judge")
    write_thing_judge(folder / "things")
    return folder


def arguments(parts: Path, out: Path, *more: str) -> list[str]:
    judges = ["--judge", str(parts / "judge"), "--judge", str(parts / "things")]
    each = ("louder_each", "edited_each", "mixes", "blends", "composed", "retrieved_each", "inverted", "unseen_each")
    sizes = [word for name in each for word in ("--claims", f"{name}=1")]
    claims = [*sizes, "--claims", 'scenes=["sea", "helicopter"]']
    return [
        "evaluate",
        str(parts / "model"),
        str(parts / "films"),
        str(out),
        "--paper",
        "--threads",
        "1",
        *judges,
        *claims,
        *more,
    ]


@pytest.fixture(scope="module")
def whole(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes out when nothing disturbs it."""
    out = tmp_path_factory.mktemp("whole") / "out"
    assert evaluated(parts, out) == 0
    return out


def evaluated(parts: Path, out: Path) -> int:
    """Evaluate on one thread, as the processes that are killed do, and give the others back."""
    threads = torch.get_num_threads()
    try:
        return main(arguments(parts, out))
    finally:
        torch.set_num_threads(threads)


def without_times(out: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    return {name: value for name, value in report.items() if name != "made"}


def test_films_give_every_number_that_needs_no_truth_and_the_papers_tables(whole: Path) -> None:
    report = read_report(whole)
    names = {metric.name for metric in report.metrics}
    assert {"class_r1", "thing_r1", "fid", "inception_score", "audio_to_image_r1", "noise_diversity"} < names
    assert {"av_align", "av_align_shifted"} < names
    assert [table.name for table in report.tables] == ["table-1", "five-classes", "suitable-classes"]
    assert all(row.cells["r1"] is not None for row in report.tables[0].rows)
    assert report.data == {"name": "films", "kind": "films", "clips": 6, "recordings": 6, "classes": 3}
    missing = {one.what: one.why for one in report.skipped}
    assert "--clip-weights" in missing["clip_r1, clip_r5, clip_photo_r1, clip_photo_r5"]
    assert "--moments" in missing["table 2"]
    assert len((whole / "metrics.jsonl").read_text().splitlines()) == len(report.metrics)
    assert set((whole / "suitable-classes.txt").read_text().split()) <= set(CLASSES)


def test_the_report_shows_the_papers_figures_and_claims_on_one_page(whole: Path) -> None:
    report = read_report(whole)
    assert [figure.name for figure in report.figures] == list(FEW_FIGURES)
    assert all((whole / name).is_file() for figure in report.figures for name in (figure.file, *figure.sounds))
    assert "louder is larger" in {claim.claim for claim in report.claims}
    page = (whole / "report.html").read_text()
    assert all(figure.title in page for figure in report.figures)
    assert page.count("data:image/webp") >= len(report.figures)


def test_run_again_nothing_is_measured_anew_and_another_report_stands_beside(
    parts: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, again, other = read_report(whole), tmp_path / "again", tmp_path / "other"
    shutil.copytree(whole, again)
    other.mkdir()
    write_report(other, replace(report, figures=[], model={**report.model, "name": "Another"}))
    monkeypatch.setattr(Measuring, "read", lambda *_: pytest.fail("measured anew"))
    assert main(arguments(parts, again, "--against", str(other))) == 0
    assert "Another" in (again / "report.html").read_text()
    assert without_times(again) == without_times(whole)


def test_a_model_that_was_trained_without_some_scenes_is_drawn_and_measured(
    parts: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(whole, tmp_path / "again")
    opened: list[LeftOut | None] = []

    def draw(model: Bundle, material: FigureMaterial, out: Path) -> list[Figure]:
        opened.append(material.left_out)
        return []

    def claim(*_: Any, left_out: LeftOut | None, **__: Any) -> list[Claim]:
        opened.append(left_out)
        return []

    monkeypatch.setattr(full_report, "draw_figures", draw)
    monkeypatch.setattr(full_report, "measure_claims", claim)
    assert main(arguments(parts, tmp_path / "again", "--left-out", str(parts / "model"), "dog,owl")) == 0
    in_figures, in_claims = opened
    assert in_figures is not None and in_figures is in_claims
    assert in_figures.scenes == ("dog", "owl")


def test_what_people_answered_is_a_table_of_the_report(parts: Path, whole: Path, tmp_path: Path) -> None:
    asked = write_answered_study(tmp_path / "study", read_report(whole).model)
    shutil.copytree(whole, tmp_path / "again")
    assert main(arguments(parts, tmp_path / "again", "--study", str(asked))) == 0
    table = read_report(tmp_path / "again").tables[-1]
    assert (table.source, table.rows[0].published["recall"]) == ("Table 1 (b)", 0.8029)
    assert "User study" in (tmp_path / "again" / "report.html").read_text()


def test_a_study_of_another_model_or_without_answers_is_refused_first(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_study(tmp_path / "unasked")
    asked = write_answered_study(tmp_path / "asked", {"name": "Another", "version": "3"})
    for study, complaint in ((tmp_path / "unasked", "there are no answers yet"), (asked, "got one of Another 3")):
        assert main(arguments(parts, tmp_path / "out", "--study", str(study))) == 2
        assert complaint in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


HALFWAY = "both-in-a-mix"
KILLED_CLAIMING = f"""
from s2s.files.line_file import LineFile
append = LineFile.append
def killing(self, line):
    if "{HALFWAY}" in line:
        with self.path.open("ab") as file:
            file.write(line.encode()[:20])  # half a line is on the disk
        os.kill(os.getpid(), signal.SIGKILL)
    append(self, line)
LineFile.append = killing
"""


@pytest.mark.parametrize("dies", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["torn", "killed"])
def test_stopped_while_it_reads_and_killed_while_it_measures_it_comes_to_the_same_report(
    dies: bool, parts: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed, a process has no time for anything; torn out of its work, it leaves half a line all the same."""
    killed = tmp_path / "killed"
    for kind, name, stop in ((ArrayStore, "mark", stop_reading), (LineFile, "append", stop_measuring)):
        with pytest.raises(Stopped), pytest.MonkeyPatch.context() as patch:
            patch.setattr(kind, name, stop)
            evaluated(parts, killed)
    assert (killed / "readings" / "pictures-from-sounds" / "done").read_text() == "12"
    if dies:
        assert run_and_die(KILLED_CLAIMING, arguments(parts, killed)) == -signal.SIGKILL
    else:
        with pytest.raises(Stopped), pytest.MonkeyPatch.context() as patch:
            patch.setattr(LineFile, "append", stop_claiming)
            evaluated(parts, killed)
    assert not (killed / "report.json").exists()
    assert evaluated(parts, killed) == 0
    printed = capsys.readouterr().out
    assert "(paper 0.4071)" in printed and "another corpus" in printed
    assert without_times(killed) == without_times(whole)
    for name in ("metrics.jsonl", "claims.jsonl", "suitable-classes.txt"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


class Stopped(BaseException):
    """What no one catches."""


def stop_reading(store: ArrayStore, done: int) -> None:
    (store.folder / "done").write_text(str(done))
    raise Stopped


def stop_measuring(file: LineFile, line: str) -> None:
    file.path.write_bytes(line.encode()[:20])  # half a line is on the disk
    raise Stopped


_append = LineFile.append


def stop_claiming(file: LineFile, line: str) -> None:
    if HALFWAY in line:
        with file.path.open("ab") as claims:
            claims.write(line.encode()[:20])
        raise Stopped
    _append(file, line)


def run_and_die(patch: str, words: list[str]) -> int:
    code = f"import os, signal, sys{SHORTENED}{patch}\nfrom s2s.__main__ import main\nmain(sys.argv[1:])"
    ended = subprocess.run(
        [sys.executable, "-c", code, *words], check=False, cwd=ROOT, capture_output=True, timeout=300
    )
    return ended.returncode


def test_sounds_alone_are_painted_and_judged_and_the_rest_is_said_to_be_missing(parts: Path, tmp_path: Path) -> None:
    for number, scene in enumerate(("rain", "dog_bark")):
        folder = tmp_path / "sounds" / scene
        folder.mkdir(parents=True)
        for clip in range(2):
            noise = np.random.default_rng(2 * number + clip).normal(0.0, 3000.0, 16_000)
            wavfile.write(folder / f"3-{number}{clip}0-A.wav", 16_000, noise.astype(np.int16))
    words = ["evaluate", str(parts / "model"), str(tmp_path / "sounds"), str(tmp_path / "out")]
    assert main([*words, "--judge", str(parts / "things"), "--each", "1"]) == 0
    report = read_report(tmp_path / "out")
    assert {metric.of for metric in report.metrics} == {"pictures from sounds"}
    assert report.tables == [] and report.data["kind"] == "recordings"
    assert any(one.why == "the data are sounds alone, without pictures" for one in report.skipped)


@pytest.mark.slow  # `ablate` trains the same rows
def test_moments_of_films_train_table_2(parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("draw_figures", "measure_claims"):  # seen above
        monkeypatch.setattr(full_report, name, lambda *_, **__: [])
    moments = tmp_path / "moments.json"
    moments.write_text(json.dumps({f"clip-{number}": [1, 0] for number in range(12)}))
    tiny = {"steps": 1, "seeds": 1, "width": 4, "batch": 4, "hop_samples": 318, "px": 32}
    settings = [word for name, value in tiny.items() for word in ("--set", f"{name}={value}")]
    out = tmp_path / "out"
    assert main(arguments(parts, out, "--moments", str(moments), "--each", "1", *settings)) == 0
    table = next(table for table in read_report(out).tables if table.name == "table-2")
    assert [row.label for row in table.rows] == list(TABLE_2) and table.rows[0].published["fid"] == 24.05
    assert len(list((out / "table-2").glob("*-seed0/result.json"))) == 6


def test_another_model_is_not_mixed_into_a_folder(
    parts: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_tiny_bundle(tmp_path / "other", seed=1)
    words = arguments(parts, whole)
    assert main([words[0], str(other), *words[2:]]) == 2
    assert "holds an evaluation with other model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("classes", "more", "complaint"),
    [
        (("dog",), (), "all held-out clips are of one class"),
        (CLASSES, ("--judge", "{model}"), "holds no judge"),
        (CLASSES, ("--judge", "{judge}"), "one classifier"),
        (CLASSES, ("--inception", "{model}/model.yaml"), "no state dict of torchvision's inception_v3"),
        (CLASSES, ("--film", "{model}/missing.mp4"), "no such film"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line_before_anything_is_written(
    classes: tuple[str, ...],
    more: tuple[str, ...],
    complaint: str,
    parts: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    films = write_films(tmp_path / "films", 6, classes)
    given = [word.format(model=parts / "model", judge=parts / "judge") for word in more]
    words = arguments(parts, tmp_path / "out", *given)
    assert main([*words[:2], str(films), *words[3:]]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and complaint in error
    assert not (tmp_path / "out").exists()


def test_a_model_without_scenes_that_the_world_has_not_is_refused_before_anything_is_painted(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(arguments(parts, out, "--left-out", str(parts / "model"), "tram")) == 2
    assert "expected some of 28 scenes" in capsys.readouterr().err
    assert not (out / "readings").exists()
