"""`--record`: what is shown, with its sound, while the show runs."""

from pathlib import Path

import av
import numpy as np
import pytest

from installation.recording import in_step
from tests.show_runner import ShowRun


def test_a_recording_holds_the_pictures_and_the_sound_of_the_run(tmp_path: Path, tiny_model: Path) -> None:
    path = tmp_path / "evening.mp4"
    arguments = ("--source", "demo", "--output", "headless", "--size", "96x54", "--fps", "10", "--duration", "8")
    with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), "--record", str(path)) as show:
        assert show.wait() == 0, show.log
    with av.open(str(path)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    with av.open(str(path)) as container:
        sound_s = sum(frame.samples for frame in container.decode(audio=0)) / 16_000
    assert frames == pytest.approx(80, abs=6)
    assert sound_s == pytest.approx(8.0, abs=0.6)


def test_a_recording_that_cannot_be_written_never_stops_the_show(tmp_path: Path, tiny_model: Path) -> None:
    arguments = ("--source", "demo", "--output", "headless", "--size", "96x54", "--fps", "10", "--duration", "3")
    path = tmp_path / "missing" / "evening.mp4"
    with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), "--record", str(path)) as show:
        assert show.wait() == 0, show.log
        assert "recording stopped" in show.log
        assert show.report()["display"]["frames"] > 10


@pytest.mark.parametrize(
    ("new", "sounded", "expected", "length"),
    [
        (1_600, 16_000, 17_600, 1_600),
        (1_600, 16_000, 18_000, 1_600),
        (0, 0, 32_000, 32_000),
        (9_600, 16_000, 17_600, 1_600),
    ],
)
def test_sound_stays_in_step_with_the_pictures(new: int, sounded: int, expected: int, length: int) -> None:
    sound = np.arange(1, new + 1, dtype=np.float32)
    kept = in_step(sound, sounded, expected)
    assert len(kept) == length
    assert new == 0 or kept[-1] == sound[-1]
