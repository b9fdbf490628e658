"""A film's own time and sound: every sample is played and written once, at its moment."""

from collections.abc import Iterator

import numpy as np
import pytest

from installation.audio.playback import PlaybackCore
from installation.clock import FrameClock
from installation.mailbox import JsonBox
from installation.ring import AudioRing
from installation.soundtrack import Soundtrack
from installation.values import SAMPLE_RATE_HZ, Samples
from installation.worker_params import ParamsSender, WorkerParams


def noise(count: int) -> Samples:
    return (0.1 * np.random.default_rng(0).standard_normal(count)).astype(np.float32)


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    ring = AudioRing(4.0)
    yield ring
    ring.close()


@pytest.fixture
def box() -> Iterator[JsonBox]:
    box = JsonBox()
    yield box
    box.close()


def test_a_films_clock_stands_at_exact_frames_however_long_it_is_told_to_sleep() -> None:
    clock = FrameClock(30.0)
    moments = []
    for wait_s in (0.0, 0.5, 0.01):
        clock.sleep(wait_s)
        moments.append(clock.now())
    assert moments == [1 / 30, 2 / 30, 3 / 30]


@pytest.mark.parametrize(("samples", "frames"), [(SAMPLE_RATE_HZ, 24), (1, 1), (SAMPLE_RATE_HZ + 999, 25)])
def test_a_film_has_whole_frames_and_its_last_one_takes_the_rest_of_the_sound(samples: int, frames: int) -> None:
    track = Soundtrack(np.zeros(samples, np.float32), 24.0)
    heard = [track.heard((number + 1) / track.fps) for number in range(track.frames)]
    assert len(heard) == frames and heard[-1] == samples and heard == sorted(heard)


def test_playback_puts_each_sample_into_the_ring_once_as_gain_asks(ring: AudioRing, box: JsonBox) -> None:
    track = Soundtrack(noise(SAMPLE_RATE_HZ + 7), 10.0)
    core = PlaybackCore("file:rain.wav", track, 0, ring, box)
    ParamsSender(box).send(WorkerParams({"/audio/gain": 20.0}))
    clock = FrameClock(10.0)
    for _ in range(track.frames):
        clock.sleep(0.0)
        assert core.step(clock.now()) == 0.0
    np.testing.assert_allclose(ring.newest(len(track.samples)).samples, 10.0 * track.samples[:], rtol=1e-5)
    assert ring.position.written == len(track.samples) + SAMPLE_RATE_HZ and core.status().ended
    core.close()


def test_a_film_begins_as_if_its_first_second_had_been_heard(ring: AudioRing, box: JsonBox) -> None:
    track = Soundtrack(noise(2 * SAMPLE_RATE_HZ), 10.0)
    core = PlaybackCore("file:rain.wav", track, 0, ring, box)
    core.step(0.1)
    begun = track.samples[: SAMPLE_RATE_HZ // 10]
    np.testing.assert_array_equal(ring.newest(len(begun)).samples, begun)
    before = ring.newest(len(begun) + SAMPLE_RATE_HZ).samples[:SAMPLE_RATE_HZ]
    np.testing.assert_array_equal(before[::-1], track.samples[:SAMPLE_RATE_HZ])
    core.close()


def test_a_film_hears_its_sound_as_late_as_the_delay_says(ring: AudioRing, box: JsonBox) -> None:
    track = Soundtrack(noise(SAMPLE_RATE_HZ), 10.0)
    core = PlaybackCore("file:rain.wav", track, 0, ring, box)
    ParamsSender(box).send(WorkerParams({"/audio/delay": 250.0}))
    for frame in range(1, 11):
        core.step(frame / 10.0)
    late = SAMPLE_RATE_HZ // 4
    heard = ring.newest(len(track.samples)).samples
    np.testing.assert_array_equal(heard[late:], track.samples[:-late])
    core.close()


def test_playback_mixes_the_performance_in_by_its_seed(ring: AudioRing, box: JsonBox) -> None:
    track = Soundtrack(np.zeros(1_600, np.float32), 10.0)
    ParamsSender(box).send(WorkerParams({"/audio/mix": 1.0}))
    heard = []
    for seed in (1, 1, 2):
        core = PlaybackCore("file:none.wav", track, seed, ring, box)
        core.step(0.1)
        core.close()
        heard.append(ring.newest(1_600).samples)
    np.testing.assert_array_equal(heard[0], heard[1])
    assert not np.array_equal(heard[1], heard[2])
