"""A retraining that is killed at any of its stages ends as one that was not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import write_tiny_bundle
from tests.s2s.retrain.places import dataset

ROOT = Path(__file__).resolve().parents[3]
LAST = 5
"""Stages: reading, choosing, computing, teaching, comparing."""

pytestmark = [pytest.mark.proc, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("place")
    dataset(root / "evening", 10)
    write_tiny_bundle(root / "tiny")
    return root


def begin(place: Path, out: Path) -> "subprocess.Popen[str]":
    words = ["retrain", str(place / "evening"), str(out), "--model", str(place / "tiny"), "--minutes", "5"]
    command = [sys.executable, "-m", "s2s", *words, "--steps", "2", "--workers", "1", "--force"]
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=surroundings, stderr=subprocess.PIPE, text=True)


def kill_at(stage: int, place: Path, out: Path) -> None:
    """Start it, and kill -9 it as soon as it says that a stage begins."""
    with begin(place, out) as running:
        assert running.stderr is not None
        heard = next((line for line in running.stderr if line.startswith(f"{stage}/{LAST} ")), None)
        running.send_signal(signal.SIGKILL)
    assert heard is not None and running.returncode == -signal.SIGKILL


def finish(place: Path, out: Path) -> dict[str, bytes]:
    """Let it come to its end, and return what it made."""
    with begin(place, out) as running:
        said = running.communicate()[1]
    assert running.returncode == 0, said
    made = ("model/audio_encoder.safetensors", "moments.json")
    return {name: (out / name).read_bytes() for name in made}


def test_it_ends_as_if_nothing_had_been(place: Path, tmp_path: Path) -> None:
    """Killed at one stage after another, in one and the same folder."""
    for stage in range(1, LAST + 1):
        kill_at(stage, place, tmp_path / "killed")
    assert finish(place, tmp_path / "killed") == finish(place, tmp_path / "whole")
