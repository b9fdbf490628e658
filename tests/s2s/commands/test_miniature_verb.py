"""From nothing to a model: once in a few steps, to see that all stages fit; once for real, in minutes, and shown."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from s2s import bundle
from s2s.__main__ import main
from s2s.evaluate import miniature
from s2s.evaluate.miniature import SHARES
from s2s.training.stages.audio_encoder import AudioEncoderSettings
from s2s.training.stages.generator_light import GeneratorSettings
from s2s.training.stages.image_encoder import ImageEncoderSettings
from s2s.training.stages.judge import JudgeSettings
from s2s.world import sounds
from s2s.world.sounds import synthesize
from s2s.world.state import SceneState
from tests.show_runner import ROOT, ShowRun


def small(out: Path, *more: str) -> int:
    size = ["--scenes", "2", "--pictures", "80", "--sounds", "80", "--steps", "2", "--threads", "1"]
    return main(["miniature", str(out), *size, *more])


def narrow(settings: Any, **sizes: Any) -> Callable[..., Any]:
    """Return `settings` for networks that take no time; what the verb asks for itself gives way to `sizes`."""
    return lambda **args: settings(**{**args, **sizes})


@pytest.fixture
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    eyes = {"width": 4, "batch": 8, "projection_dim": 8, "prototypes": 6}
    monkeypatch.setattr(miniature, "ImageEncoderSettings", narrow(ImageEncoderSettings, **eyes))
    painter = {"channels": (8, 8, 8, 8, 8), "z_dim": 8, "batch": 8}
    monkeypatch.setattr(miniature, "GeneratorSettings", narrow(GeneratorSettings, **painter))
    monkeypatch.setattr(miniature, "AudioEncoderSettings", narrow(AudioEncoderSettings, width=4, batch=8))
    monkeypatch.setattr(miniature, "JudgeSettings", narrow(JudgeSettings, batch=8))
    monkeypatch.setattr(sounds, "synthesize", a_second_again_and_again)


def a_second_again_and_again(state: SceneState, duration_s: float, sample_rate_hz: int) -> NDArray[np.float32]:
    return np.tile(synthesize(state, duration_s=1.0, sample_rate_hz=sample_rate_hz), round(duration_s))


@pytest.mark.gl
@pytest.mark.usefixtures("_narrow")
def test_every_stage_runs_and_the_bundle_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert small(tmp_path) == 0
    model = bundle.load(tmp_path / "model")
    assert model.card.generator.size_px == (64, 64)
    assert "miniature" in model.card.provenance
    assert {"R@1, chance", "R@1, pictures from sounds", "R@5, real pictures"} <= model.card.metrics.keys()
    assert model.card.metrics["R@1, chance"] == 0.5
    assert "run_show.py --model" in capsys.readouterr().out
    for stage in ("image-encoder", "generator", "audio-encoder", "judge"):
        assert (tmp_path / stage / "checkpoint.pt").exists()
        assert json.loads((tmp_path / stage / "run.json").read_text())["seed"] == 0
    curves = json.loads((tmp_path / "model" / "curves.json").read_text())
    assert [(run["stage"], run["steps"]) for run in curves] == [(stage, 2) for stage in SHARES]
    assert small(tmp_path) == 0  # a finished one is only measured again


def test_a_world_too_small_to_hold_anything_out_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["miniature", str(tmp_path), "--scenes", "8", "--sounds", "40"]) == 2
    assert "8 scenes need at least 320" in capsys.readouterr().err


@pytest.mark.proc
@pytest.mark.slow
def test_a_model_from_nothing_beats_chance_and_the_show_plays_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "s2s", "miniature", str(tmp_path / "mini"), "--minutes", "6"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=3000)
    metrics = bundle.load(tmp_path / "mini" / "model").card.metrics
    assert float(metrics["R@1, pictures from sounds"]) > 2 * float(metrics["R@1, chance"])
    arguments = ("--model", str(tmp_path / "mini" / "model"), "--source", "demo", "--output", "headless")
    with ShowRun(tmp_path, *arguments, "--size", "64x36") as show:
        show.wait_for("INFO installation.show: ok")
        time.sleep(3.0)
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["model"] == "Miniature" and report["generator"]["frames"] > 0
