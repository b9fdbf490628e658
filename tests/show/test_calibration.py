"""The show measures itself: clicks through a real sound server and back, past other sounds; the delay is written."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile

from installation.presets.reading import load_preset
from tests.show_runner import ShowRun
from tests.sound_server import SoundServer

PARTS = ["playback_to_capture", "capture_to_ring", "ring_to_features", "features_to_drawn", "drawn_to_presented"]
MINE = "name: Mine\ndescription: My room.\nsource: mic\nparameters:\n  /render/grain: 0.1  # like the wall\n"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SoundServer]:
    with SoundServer(tmp_path) as server:
        yield server


@pytest.fixture
def preset(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return path


def hiss_and_knocks(folder: Path) -> Path:
    """Twenty seconds of what may sound in a room meanwhile: hiss, and a knock each 1.3 s."""
    sound = np.random.default_rng(2).standard_normal(20 * 16_000) * 0.003
    for at in range(0, len(sound) - 800, 20_800):
        sound[at : at + 800] *= 60.0
    scipy.io.wavfile.write(folder / "room.wav", 16_000, sound.astype(np.float32))
    return folder / "room.wav"


@pytest.mark.device
@pytest.mark.slow
def test_clicks_are_timed_part_by_part_and_the_delay_is_written_into_the_preset(
    tmp_path: Path, room: SoundServer, tiny_model: Path, preset: Path
) -> None:
    room.play(hiss_and_knocks(tmp_path))
    heard = {name: value for name, value in room.environment.items() if os.environ.get(name) != value}
    command = ["--calibrate", "8", "--apply", "--room-late", "900", "--preset", str(preset)]
    command += ["--model", str(tiny_model), "--output", "headless", "--size", "64x36", "--fps", "20"]
    with ShowRun(tmp_path, *command, environment=heard) as show:
        assert show.wait() == 0, show.log
        printed, found = show.stdout(), show.report()["calibration"]
    assert found["clicks"] == 8 and found["heard"] + found["missed"] == 8
    ms = {part: spread["p50"] for part, spread in found["ms"].items()}
    assert all(ms[part] >= 0.0 for part in PARTS[1:]) and ms["sound_to_picture"] > ms["ring_to_features"]
    delay_ms = found["advice"]["audio_delay_ms"]
    assert delay_ms == round(900.0 - ms["sound_to_picture"]) and found["advice"]["loudspeakers_ms"] == 0.0
    assert load_preset(str(preset)).parameters["/audio/delay"] == delay_ms
    assert "# like the wall" in preset.read_text()
    assert f"/audio/delay {delay_ms:.0f} ms is written to mine.yaml" in printed and "not measured" in printed
