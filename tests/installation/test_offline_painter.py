"""`--render` with the world's painter: the same film twice, of what a stand-in for the slow path says is heard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import scipy.io.wavfile
from numpy.typing import NDArray

import run_show
from installation import offline
from installation.film_workers import FilmInferenceStart, HereHost
from installation.mailbox import FrameBox
from installation.main import arguments_of
from installation.options import resolve
from installation.output.film import FilmSink
from installation.status import HeardSource, HeardStatus, InferenceStatus
from installation.values import Pixels
from tests.fakes import write_tiny_bundle

pytestmark = pytest.mark.gl

RED = np.full((32, 32, 3), (200, 0, 0), np.uint8)


class SlowPath:
    """Paints red, and hears rain for five seconds, then a train."""

    def __init__(self, frames: FrameBox) -> None:
        self._frames, self._now = frames, 0.0

    def step(self, now: float) -> float:
        self._now = now
        self._frames.put(RED, heard_at=now, made_at=now)
        return 0.0

    def status(self) -> InferenceStatus:
        scene = "rain" if self._now < 5.0 else "train"
        return InferenceStatus(heard=HeardStatus((HeardSource(scene, 0.9, 0.6),), 0.9, 12.0, 1.0))

    def close(self) -> None:
        pass


def in_place(start: FilmInferenceStart, _pictures: int) -> HereHost[InferenceStatus]:
    return HereHost("inference", SlowPath(start.frames))


def film(
    folder: Path, hand_over: Callable[[Callable[[], None]], None] = lambda _stop: None
) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """Render eleven seconds; return the frames `[n, height, width, 3]` and the report."""
    folder.mkdir()
    scipy.io.wavfile.write(folder / "sound.wav", 16_000, np.zeros(176_000, np.float32))
    (folder / "look.yaml").write_text("name: Look\ndescription: d\nparameters: {/render/painter: 1}\n")
    words = f"--preset {folder / 'look.yaml'} --source file:{folder / 'sound.wav'} --render {folder / 'film.mp4'}"
    words += f" --model {write_tiny_bundle(folder / 'model')} --size 96x54 --fps 5 --seed 3"
    report = offline.render(
        resolve(arguments_of(run_show.build_parser().parse_args(words.split()))), {}, 0.0, hand_over
    )
    with av.open(str(folder / "film.mp4")) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]), report


def test_a_film_that_is_ended_early_is_whole_up_to_there_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(offline, "_inference", in_place)
    stops = list[Callable[[], None]]()

    def offer(sink: FilmSink, now: float, read: Callable[[], Pixels]) -> None:
        take(sink, now, read)
        if now > 1.0:
            stops[0]()

    take = FilmSink.offer
    monkeypatch.setattr(FilmSink, "offer", offer)
    frames, report = film(tmp_path / "a", stops.append)
    assert 5 <= len(frames) <= 7 and report["exit_code"] == 0
    assert f"the film ends early: {55 - len(frames)} pictures of it are missing" in caplog.text


def test_one_seed_gives_one_film_of_the_worlds_scenes_and_the_report_says_who_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "_inference", in_place)
    first, report = film(tmp_path / "a")
    again, _ = film(tmp_path / "b")
    np.testing.assert_array_equal(first, again)
    seen = report["render"]["painter"]
    assert seen["world_s"] > 4.0 < seen["generator_s"]
    assert seen["world_s"] + seen["generator_s"] == pytest.approx(11.0, abs=0.3)
    reds = (first[..., 0].astype(int) - first[..., 1] > 120).mean(axis=(1, 2))
    assert reds[0] > 0.9 and reds[24] < 0.1 and reds[30:45].max() > 0.9 and reds[-1] < 0.1
