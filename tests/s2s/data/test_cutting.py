"""Where recordings are cut, by the rules alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.data.cutting import Cut, clip_id, cuts_of, loudest_second_dbfs
from s2s.data.settings import PrepareSettings

S = 16_000


def spans(cuts: list[Cut]) -> list[tuple[float, float]]:
    return [(cut.start_s, round(cut.start_s + cut.num_samples / S, 4)) for cut in cuts]


@pytest.mark.parametrize(
    ("seconds", "settings", "expected"),
    [
        (10.0, PrepareSettings(), [(0, 10)]),
        (10.0078, PrepareSettings(), [(0, 10)]),  # a clip as it is published, a frame too long
        (10.9, PrepareSettings(), [(0, 10)]),
        (11.0, PrepareSettings(), [(0, 10), (10, 11)]),
        (25.3, PrepareSettings(), [(0, 10), (10, 20), (20, 25.3)]),
        (25.3, PrepareSettings(min_s=6.0), [(0, 10), (10, 20)]),
        (25.0, PrepareSettings(hop_s=5.0), [(0, 10), (5, 15), (10, 20), (15, 25)]),
        (25.0, PrepareSettings(hop_s=15.0), [(0, 10), (15, 25)]),
        (0.9, PrepareSettings(), []),
        (0.5, PrepareSettings(min_s=0.5), [(0, 0.5)]),
        (0.0, PrepareSettings(), []),
    ],
)
def test_recordings_are_cut_as_asked(
    seconds: float, settings: PrepareSettings, expected: list[tuple[float, float]]
) -> None:
    assert spans(cuts_of(round(seconds * S), settings)) == expected


@given(st.integers(0, 100 * S), st.integers(1, 200), st.integers(1, 300), st.floats(0.1, 1.0))
def test_cuts_lie_within_the_recording_one_hop_apart_and_none_is_too_short(
    num_samples: int, clip_frames: int, hop_frames: int, least: float
) -> None:
    clip_s = clip_frames / 10
    settings = PrepareSettings(clip_s=clip_s, hop_s=hop_frames / 10, min_s=max(round(least * clip_s, 3), 0.1))
    cuts = cuts_of(num_samples, settings)
    assert [cut.first_frame for cut in cuts] == [hop_frames * number for number in range(len(cuts))]
    for cut in cuts:
        assert settings.min_samples <= cut.num_samples <= clip_frames * 1_600
        assert cut.first_sample + cut.num_samples <= num_samples
        assert (cut.num_frames - 1) * 1_600 < cut.num_samples <= cut.num_frames * 1_600
    assert all(cut.num_samples == clip_frames * 1_600 for cut in cuts[:-1])
    assert bool(cuts) == (num_samples >= settings.min_samples)


def test_the_level_is_that_of_the_loudest_second() -> None:
    sound = np.zeros(10 * S, np.int16)
    assert loudest_second_dbfs(sound) == -200.0
    sound[3 * S : 4 * S] = 3_277
    assert loudest_second_dbfs(sound) == pytest.approx(-20.0, abs=0.01)
    assert loudest_second_dbfs(np.full(100, -32768, np.int16)) == pytest.approx(0.0)
    assert loudest_second_dbfs(np.array([], np.int16)) == -200.0


def test_a_click_in_the_last_samples_is_no_loud_second() -> None:
    sound = np.zeros(2 * S + 10, np.int16)
    sound[-10:] = 32_767
    assert loudest_second_dbfs(sound) == -200.0


def test_cuts_are_named_as_audioset_names_them() -> None:
    assert clip_id("1XjwssJT_ok", 25.0, 10.0) == "1XjwssJT_ok_25000_35000"
    assert clip_id("rain", 20.0, 5.3097) == "rain_20000_25310"
