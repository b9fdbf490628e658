"""Clicks are told from everything else by their intervals, and found to the sample."""

import numpy as np
import pytest

from installation.audio.features import LISTEN_SAMPLES, FastPath
from installation.calibration.clicks import CLICK_S, click, click_times_s, click_track
from installation.calibration.matching import find_click, match
from installation.calibration.stage import Beginnings
from installation.values import SAMPLE_RATE_HZ, AudioBlock

TIMES_S = click_times_s(20)


def test_intervals_are_uneven_the_same_each_time_and_never_too_fast_for_eyes() -> None:
    intervals = np.diff(TIMES_S)
    assert intervals.min() >= 0.5 and intervals.max() <= 0.9 and np.unique(intervals.round(3)).size > 15
    assert click_times_s(20) == TIMES_S


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_the_track_holds_each_click_where_it_is_said_to_be(rate_hz: int) -> None:
    track, one = click_track(TIMES_S, rate_hz), click(rate_hz)
    for at_s in TIMES_S:
        start = round(at_s * rate_hz)
        np.testing.assert_array_equal(track[start : start + len(one)], one)
    assert np.count_nonzero(track) <= len(TIMES_S) * CLICK_S * rate_hz and np.abs(track).max() < 1.0


@pytest.mark.parametrize("late_s", [-0.1, 0.03, 0.4, 1.3])
def test_clicks_are_matched_whatever_their_delay_among_other_beginnings(late_s: float) -> None:
    rng = np.random.default_rng(3)
    clicks = np.array(TIMES_S) + late_s + rng.normal(0.0, 0.004, len(TIMES_S))
    missing, noise = [4, 11], rng.uniform(0.0, TIMES_S[-1], 25)
    kept = np.delete(clicks, missing)
    heard = np.sort(np.concatenate([kept, noise]))
    found = match(TIMES_S, heard.tolist())
    right = [(played, beginning) for played, beginning in found.pairs if heard[beginning] == clicks[played]]
    assert len(right) >= 16 and found.missed <= 2 and found.others == len(heard) - len(found.pairs)


def test_what_is_no_click_matches_next_to_nothing() -> None:
    even = np.arange(0.0, TIMES_S[-1] + 1.0, 0.5)
    assert len(match(TIMES_S, even.tolist()).pairs) < 10
    assert match(TIMES_S, []) == match(TIMES_S, [99.0, 99.5][:0])
    assert match(TIMES_S, [99.0]).missed == len(TIMES_S)


@pytest.mark.parametrize("noise_db", [-60.0, -20.0])
def test_the_shows_own_ear_hears_every_click_in_noise_and_each_is_found_to_the_sample(noise_db: float) -> None:
    times_s = TIMES_S[:8]
    track = click_track(times_s, SAMPLE_RATE_HZ)
    noise = np.random.default_rng(1).standard_normal(len(track)) * 10 ** (noise_db / 20) * 0.3
    sound, ear, beginnings, heard = (0.3 * track + noise).astype(np.float32), FastPath(), Beginnings(), []
    for turn in range(1, int(len(sound) / SAMPLE_RATE_HZ * 60)):
        now, end = turn / 60, round(turn / 60 * SAMPLE_RATE_HZ)
        features = ear.listen(AudioBlock(sound[max(end - LISTEN_SAMPLES, 0) : end], now), now)
        if beginnings.begins(features.onset, now) and end > 4_000:
            heard.append(end - 4_000 + find_click(sound[end - 4_000 : end + 400]))
    found = match(times_s, [sample / SAMPLE_RATE_HZ for sample in heard])
    assert found.missed == 0
    off = [abs(heard[beginning] - times_s[played] * SAMPLE_RATE_HZ) for played, beginning in found.pairs]
    assert max(off) <= 1.0


def test_a_sound_shorter_than_a_click_is_refused() -> None:
    with pytest.raises(ValueError, match="192 samples"):
        find_click(np.zeros(100, np.float32))
