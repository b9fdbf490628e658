"""`--record`: what is shown, with its sound, while the show runs."""

import resource
import shutil
import socket
from pathlib import Path

import av
import pytest

from tests.show_runner import ROOT, ShowRun


def test_a_recording_holds_the_pictures_and_the_sound_of_the_run(tmp_path: Path, tiny_model: Path) -> None:
    path = tmp_path / "evening.mp4"
    arguments = ("--source", "demo", "--output", "headless", "--size", "96x54", "--fps", "10", "--duration", "8")
    with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), "--record", str(path)) as show:
        assert show.wait() == 0, show.log
    with av.open(str(path)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    with av.open(str(path)) as container:
        sound_s = sum(frame.samples for frame in container.decode(audio=0)) / 16_000
    assert 20 < frames <= 86  # a loaded machine shows fewer than ten a second
    assert sound_s == pytest.approx(frames / 10, abs=0.6)


def test_a_recording_that_cannot_be_written_and_a_taken_port_are_reasons_and_never_stop_the_show(
    tmp_path: Path, tiny_model: Path
) -> None:
    arguments = ("--source", "demo", "--output", "headless", "--size", "96x54", "--fps", "10", "--duration", "3")
    path = tmp_path / "missing" / "evening.mp4"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        page = f"127.0.0.1:{taken.getsockname()[1]}"
        more = ("--model", str(tiny_model), "--record", str(path), "--page", page)
        with ShowRun(tmp_path, *arguments, *more) as show:
            assert show.wait() == 0, show.log
            assert "recording stopped" in show.log
            report = show.report()
    assert report["display"]["frames"] > 0
    for part in ("recording", "page"):
        assert report["health"]["reasons"][part] and any(error.startswith(part) for error in report["errors"])


def test_a_name_with_colons_ends_neither_the_show_nor_its_end(tmp_path: Path, tiny_model: Path) -> None:
    arguments = ("--source", "demo", "--output", "headless", "--size", "96x54", "--fps", "10", "--duration", "3")
    path = ROOT / "2026-11-28T21:00:00.mp4"  # where the show runs: only a bare name could be taken for a protocol
    try:
        with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), "--record", path.name) as show:
            assert show.wait() == 0, show.log
            assert show.report()["display"]["frames"] > 0
        with av.open(shutil.move(path, tmp_path / "evening.mp4")) as film:
            assert sum(1 for _ in film.decode(video=0)) > 0
    finally:
        path.unlink(missing_ok=True)


def test_a_full_disk_ends_the_recording_in_words_and_the_film_plays_up_to_there(
    tmp_path: Path, tiny_model: Path
) -> None:
    path = tmp_path / "evening.mp4"
    arguments = ("--source", "demo", "--output", "headless", "--size", "480x270", "--fps", "10")
    with ShowRun(tmp_path, *arguments, "--model", str(tiny_model), "--record", str(path)) as show:
        show.wait_for("ok")
        show.wait_until(lambda: path.stat().st_size > 20_000)
        limit = path.stat().st_size + 30_000
        resource.prlimit(show.pid, resource.RLIMIT_FSIZE, (limit, limit))  # stands for a disk that is full from here on
        show.wait_for("degraded recording: recording stopped")
        assert show.stop() == 0, show.log
        report = show.report()
    assert any("recording stopped" in error for error in report["errors"])
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) >= 10
