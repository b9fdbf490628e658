"""The recorder: whatever goes wrong in it ends the recording, in words, and nothing waits for it for ever."""

import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from installation.output import recording
from installation.output.disk_room import Room
from installation.output.fragments import drop_torn_end
from installation.output.recording import Recorder
from installation.ring import AudioRing
from installation.values import Pixels
from s2s.media.video_writer import VideoFile
from tests.waiting import wait_until

pytestmark = pytest.mark.heavy

SIZE = (64, 36)
FPS = 10.0


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    ring = AudioRing(2.0)
    yield ring
    ring.close()


_RANDOM = np.random.default_rng(0)


def noise() -> Pixels:
    return _RANDOM.integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)


def shown_s(path: Path) -> float:
    """How long the pictures of a film are, decoded strictly."""
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0)) / FPS


def write_fragmented(path: Path, duration_s: float, *, close: bool) -> VideoFile:
    film = VideoFile(path, SIZE, FPS, 16_000, fragmented=True)
    for _ in range(round(duration_s * FPS)):
        film.write(noise())
        film.write_sound(np.zeros(1_600, np.float32))
    if close:
        film.close()
    return film


def test_a_fragmented_film_is_whole_when_it_is_closed_and_plays_when_it_never_is(tmp_path: Path) -> None:
    write_fragmented(tmp_path / "whole.mp4", 6.0, close=True)
    assert shown_s(tmp_path / "whole.mp4") == pytest.approx(6.0)
    unfinished = write_fragmented(tmp_path / "killed.mp4", 30.0, close=False)
    (tmp_path / "copy.mp4").write_bytes((tmp_path / "killed.mp4").read_bytes())
    assert shown_s(tmp_path / "copy.mp4") > 20.0
    unfinished.close()


@pytest.mark.parametrize("left", [0.3, 0.6, 0.9])
def test_a_film_that_was_cut_off_anywhere_plays_to_its_last_whole_piece(tmp_path: Path, left: float) -> None:
    path = tmp_path / "torn.mp4"
    write_fragmented(path, 20.0, close=True)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * left)])
    assert drop_torn_end(path) > 0
    assert 0.5 * left * 20.0 < shown_s(path) <= 20.0
    assert drop_torn_end(path) == 0


def test_what_is_no_film_is_cut_to_nothing_worse(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    assert drop_torn_end(path) == 0


def offer_until(recorder: Recorder, limit_s: float = 60.0) -> None:
    """Offer pictures at the film's rate, by a clock of the test's own, until the recording has failed."""
    now, ends_at = 0.0, time.monotonic() + limit_s
    while not recorder.failure:
        assert time.monotonic() < ends_at, "it goes on"
        recorder.offer(now, noise)
        now += 1.0 / FPS
        time.sleep(0.001)


def test_a_disk_that_is_full_ends_the_recording_in_words_and_the_film_plays_up_to_there(
    tmp_path: Path, ring: AudioRing
) -> None:
    path = tmp_path / "evening.mp4"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))  # stands for a full disk
    try:
        recorder = Recorder(path, SIZE, FPS, ring)
        offer_until(recorder)
        recorder.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert recorder.failure.startswith("recording stopped: ") and "too large" in recorder.failure
    assert recorder.status().problem == recorder.failure
    assert shown_s(path) > 1.0


def test_any_exception_in_the_encoder_ends_the_recording_and_the_close_waits_for_nothing(
    tmp_path: Path, ring: AudioRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise ValueError("Protocol not found")

    monkeypatch.setattr(recording, "VideoFile", refuse)
    recorder = Recorder(tmp_path / "2026-11-28T21:00:00.mp4", SIZE, FPS, ring)
    assert wait_until(lambda: recorder.failure)
    for turn in range(40):
        recorder.offer(turn / FPS, noise)
    began = time.monotonic()
    recorder.close()
    recorder.close()
    assert time.monotonic() - began < 5.0
    assert recorder.failure == "recording stopped: Protocol not found"


def test_a_film_that_would_take_the_last_of_the_disk_ends_whole_and_before_that(
    tmp_path: Path, ring: AudioRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evening.mp4"
    total = 10_000_000
    monkeypatch.setattr(
        recording, "room_on", lambda at: Room(total - (path.stat().st_size * 20 if at == path else 0), total)
    )
    recorder = Recorder(path, SIZE, FPS, ring)
    offer_until(recorder)
    recorder.close()
    assert "which films leave to the rest" in recorder.failure
    assert shown_s(path) > 1.0 and drop_torn_end(path) == 0


def test_a_film_is_not_begun_on_a_full_disk_and_leaves_no_empty_file(
    tmp_path: Path, ring: AudioRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evening.mp4"
    path.touch()  # as `claim` does
    monkeypatch.setattr(recording, "room_on", lambda _at: Room(0, 10_000_000))
    recorder = Recorder(path, SIZE, FPS, ring)
    assert wait_until(lambda: recorder.failure)
    recorder.close()
    assert not path.exists()


def test_a_film_that_cannot_be_finished_keeps_nobody_waiting(
    tmp_path: Path, ring: AudioRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_film: VideoFile) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(VideoFile, "close", refuse)
    recorder = Recorder(tmp_path / "evening.mp4", SIZE, FPS, ring, close_timeout_s=30.0)
    recorder.offer(0.0, noise)
    began = time.monotonic()
    recorder.close()
    assert time.monotonic() - began < 25.0
    assert recorder.failure == "recording stopped: no space left"


@pytest.mark.parametrize("display_hz", [7.0, 24.0, 60.0])
def test_a_clap_is_seen_and_heard_within_a_frame_at_any_rate_of_the_display(
    tmp_path: Path, ring: AudioRing, display_hz: float
) -> None:
    path, fps, clap_s = tmp_path / "clap.mp4", 25.0, 1.6
    recorder = Recorder(path, SIZE, fps, ring)
    dark, light = (np.full((SIZE[1], SIZE[0], 3), level, np.uint8) for level in (0, 255))
    rng, now, played = np.random.default_rng(2), 50.0, 0
    ring.write(np.zeros(16_000, np.float32), now - 0.013)
    while now < 53.0:
        picture = light if now - 50.0 >= clap_s else dark
        recorder.offer(now, lambda picture=picture: picture)  # type: ignore[misc]
        now += rng.uniform(0.5, 1.5) / display_hz
        heard = round((now - 0.013 - 49.987) * 16_000)  # a block arrives 13 ms after the last
        sound = np.zeros(heard - played, np.float32)
        sound[max(round((clap_s + 0.013) * 16_000) - played, 0) :] = 0.5
        ring.write(sound, now - 0.013)
        played = heard
        wait_until(lambda: not recorder.waiting)
    recorder.close()
    assert recorder.failure == "" and recorder.dropped == 0
    with av.open(str(path)) as film:
        shown = [(frame.time or 0.0, frame.to_ndarray(format="gray").mean()) for frame in film.decode(video=0)]
    with av.open(str(path)) as film:
        heard_s = next(
            (frame.time or 0.0) + float(loud[0]) / 16_000
            for frame in film.decode(audio=0)
            if len(loud := np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.2))
        )
    began_s = shown[0][0]  # encoders delay pictures and sound alike
    seen_s = next(moment for moment, level in shown if level > 128)
    assert heard_s - began_s == pytest.approx(clap_s, abs=0.01)
    # The display shows the clap with its next picture, and the film has that at its place.
    assert -1.0 / fps <= seen_s - began_s - clap_s <= 1.5 / display_hz + 1.0 / fps
    assert len(shown) == pytest.approx(3.0 * fps, abs=fps * 1.5 / display_hz + 1)


@pytest.mark.parametrize("goes_on", [True, False])
def test_an_encoder_that_falls_behind_catches_up_and_encodes_no_picture_twice_meanwhile(
    tmp_path: Path, ring: AudioRing, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    path, may_go_on, written_s = tmp_path / "evening.mp4", threading.Event(), list[float]()

    class Slow(VideoFile):
        def write(self, pixels: Pixels, at_s: float | None = None) -> None:
            may_go_on.wait()
            written_s.append(at_s or 0.0)
            super().write(pixels, at_s)

    monkeypatch.setattr(recording, "VideoFile", Slow)
    recorder = Recorder(path, SIZE, FPS, ring)
    for turn in range(300):  # half a minute in which the encoder does nothing
        recorder.offer(turn / FPS, noise)
    may_go_on.set()
    if goes_on:
        wait_until(lambda: not recorder.waiting)
        recorder.offer(30.0, noise)
    recorder.close()
    assert recorder.failure == "" and recorder.dropped > 250
    assert len(written_s) <= 10 and written_s[-1] == pytest.approx(30.0 if goes_on else 29.9)
    with av.open(str(path)) as film:
        moments_s = [frame.time or 0.0 for frame in film.decode(video=0)]
    assert moments_s[-1] - moments_s[0] == pytest.approx(written_s[-1])


def test_a_disk_that_no_longer_answers_does_not_keep_the_show_from_ending(
    tmp_path: Path, ring: AudioRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "VideoFile", lambda *_arguments, **_options: time.sleep(600.0))
    recorder = Recorder(tmp_path / "evening.mp4", SIZE, FPS, ring, close_timeout_s=0.2)
    for turn in range(40):
        recorder.offer(turn / FPS, noise)
    recorder.close()
    assert "not finished within 0.2 s" in recorder.failure and recorder.dropped > 0
