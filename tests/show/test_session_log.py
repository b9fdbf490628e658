"""`--log` and `--render --session`: what a show has shown is drawn again, to the last pixel."""

import resource
import signal
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
import scipy.io.wavfile
from numpy.typing import NDArray
from PIL import Image
from pythonosc.udp_client import SimpleUDPClient

import run_show
from installation.main import run
from installation.session.place import find_session
from installation.session.reading import Session
from tests.show_runner import ShowRun

pytestmark = pytest.mark.gl
LIVE = ("--output", "headless", "--fps", "10")


def noise(folder: Path) -> str:
    """Write a second and a half of noise that comes and goes; return it as a source."""
    moments = np.arange(24_000) / 16_000
    swelling = 0.3 * np.random.default_rng(5).standard_normal(24_000) * np.sin(4.0 * moments) ** 2
    scipy.io.wavfile.write(folder / "noise.wav", 16_000, swelling.astype(np.float32))
    return f"file:{folder / 'noise.wav'}"


def film_of(folder: Path, session: Path, name: str, *arguments: str) -> tuple[NDArray[np.uint8], Path]:
    """Render the session in `session`; return the frames `[n, height, width, 3]` and the film's snapshot."""
    path, snapshot = folder / f"{name}.mp4", folder / f"{name}.png"
    render = ("--render", str(path), "--session", str(session), "--snapshot", str(snapshot))
    with ShowRun(folder, *render, *arguments) as show:
        assert show.wait() == 0, show.log
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]), snapshot


def test_the_last_picture_of_an_evening_is_drawn_again_to_the_last_pixel(tmp_path: Path, tiny_model: Path) -> None:
    shown, sessions = tmp_path / "shown.png", tmp_path / "sessions"
    model = ("--model", str(tiny_model), "--size", "96x54", "--source", noise(tmp_path))
    with (
        ShowRun(tmp_path, *LIVE, *model, "--log", str(sessions), "--snapshot", str(shown)) as show,
        closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as client,
    ):
        show.wait_for("INFO installation.show: ok")
        for address, value in (("/show/morph", 0.5), ("/show/preset", "performance"), ("/render/hue", 90.0)):
            client.send_message(address, value)
        show.wait_for("preset: Performance")
        assert show.stop() == 0, show.log
    frames, again = film_of(tmp_path, sessions, "again")
    assert again.read_bytes() == shown.read_bytes()
    assert len(frames) > 10 and not np.array_equal(frames[0], frames[-1])


@pytest.mark.slow
def test_two_films_of_an_evening_are_equal_and_one_twice_as_large_shows_the_same(
    tmp_path: Path, tiny_model: Path
) -> None:
    sessions = tmp_path / "sessions"
    arguments = ("--model", str(tiny_model), "--size", "96x54", "--source", noise(tmp_path), "--duration", "6")
    with ShowRun(tmp_path, *LIVE, *arguments, "--log", str(sessions)) as show:
        assert show.wait() == 0, show.log
    first, snapshot = film_of(tmp_path, sessions, "first")
    again, other = film_of(tmp_path, sessions, "again")
    np.testing.assert_array_equal(first, again)
    assert snapshot.read_bytes() == other.read_bytes()
    large, _ = film_of(tmp_path, sessions, "large", "--size", "192x108", "--fps", "20")
    assert large.shape[1:] == (108, 192, 3) and abs(len(large) - 2 * len(first)) <= 3
    for number in (len(first) // 3, len(first) - 2):
        small = np.asarray(Image.fromarray(large[2 * number]).resize((96, 54), Image.Resampling.BOX), np.float32)
        assert np.abs(small - first[number]).mean() < 12.0


@pytest.mark.slow
def test_a_show_that_is_killed_leaves_a_log_that_is_drawn_up_to_there(tmp_path: Path, tiny_model: Path) -> None:
    sessions = tmp_path / "sessions"
    arguments = ("--model", str(tiny_model), "--size", "96x54", "--source", "demo", "--log", str(sessions))
    with ShowRun(tmp_path, *LIVE, *arguments, "--log-sound") as show:
        show.wait_for("ok")
        show.wait_until(lambda: any(sessions.glob("*/sound/*.flac")))
        show.stop(signal.SIGKILL)
    turns = Session(sessions).extent().turns
    frames, _ = film_of(tmp_path, sessions, "film")
    assert turns > 50 and len(frames) > 50


@pytest.mark.slow
def test_a_full_disk_ends_the_log_and_not_the_show(tmp_path: Path, tiny_model: Path) -> None:
    sessions = tmp_path / "sessions"
    arguments = ("--model", str(tiny_model), "--size", "96x54", "--source", "demo", "--log", str(sessions))
    with ShowRun(tmp_path, *LIVE, *arguments) as show:
        show.wait_for("ok")
        path = find_session(sessions) / "turns.log"
        limit = path.stat().st_size + 3_000
        resource.prlimit(show.pid, resource.RLIMIT_FSIZE, (limit, limit))  # stands for a disk that is full from here on
        show.wait_for("degraded session log: session log stopped")
        assert show.stop() == 0, show.log
        assert any("session log stopped" in error for error in show.report()["errors"])
    assert Session(sessions).extent().turns > 0


def test_what_is_no_session_is_one_line_and_no_film(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    film = ["--render", str(tmp_path / "film.mp4"), "--session", str(tmp_path)]
    assert run(run_show.build_parser().parse_args(film)) == 2
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"there is no session log in {tmp_path} (looked for session.json)"[:400]
    ]
    assert not (tmp_path / "film.mp4").exists()
