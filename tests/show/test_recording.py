"""`--record`: what is shown, with its sound, while the show runs."""

import resource
import shutil
import socket
import time
from pathlib import Path

import av
import pytest

from tests.show_runner import RAIN, ROOT, ShowRun

_STAGE = ("--source", RAIN, "--output", "headless", "--size", "96x54", "--fps", "10")


def test_a_recording_holds_the_pictures_and_the_sound_of_the_run_also_under_a_name_with_colons(
    tmp_path: Path, tiny_model: Path
) -> None:
    began_at = time.monotonic()
    path = ROOT / "2026-11-28T21:00:00.mp4"  # where the show runs: only a bare name could be taken for a protocol
    try:
        with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model), "--record", path.name) as show:
            show.wait_for_film(path, pieces=1)
            assert show.stop() == 0, show.log
        film = shutil.move(path, tmp_path / "evening.mp4")
    finally:
        path.unlink(missing_ok=True)
    with av.open(film) as container:
        frames = sum(1 for _ in container.decode(video=0))
    with av.open(film) as container:
        sound_s = sum(frame.samples for frame in container.decode(audio=0)) / 16_000
    assert 10 <= frames <= 10 * (time.monotonic() - began_at)  # a loaded machine shows fewer than ten a second
    assert sound_s == pytest.approx(frames / 10, abs=0.6)


def test_a_recording_that_cannot_be_written_and_a_taken_port_are_reasons_and_never_stop_the_show(
    tmp_path: Path, tiny_model: Path
) -> None:
    path = tmp_path / "missing" / "evening.mp4"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        page = f"127.0.0.1:{taken.getsockname()[1]}"
        more = ("--model", str(tiny_model), "--record", str(path), "--page", page)
        with ShowRun(tmp_path, *_STAGE, *more) as show:
            for part in ("recording", "page"):
                show.wait_until(lambda part=part: f"{part}: " in show.log.rpartition("degraded ")[2])  # type: ignore[misc]
            assert "recording stopped" in show.log
            assert show.stop() == 0, show.log
            report = show.report()
    assert report["display"]["frames"] > 0
    for part in ("recording", "page"):
        assert report["health"]["reasons"][part] and any(error.startswith(part) for error in report["errors"])


def test_a_full_disk_ends_the_recording_in_words_and_the_film_plays_up_to_there(
    tmp_path: Path, tiny_model: Path
) -> None:
    path = tmp_path / "evening.mp4"
    arguments = ("--source", RAIN, "--output", "headless", "--size", "480x270", "--fps", "10")
    with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), "--record", str(path)) as show:
        show.wait_until(lambda: path.exists() and path.stat().st_size > 20_000)
        limit = path.stat().st_size + 30_000
        resource.prlimit(show.pid, resource.RLIMIT_FSIZE, (limit, limit))  # stands for a disk that is full from here on
        show.wait_for("degraded recording: recording stopped")
        assert show.stop() == 0, show.log
        report = show.report()
    assert any("recording stopped" in error for error in report["errors"])
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) >= 10
