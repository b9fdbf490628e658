"""AV-Align of films whose answer is known: flashes with the clicks, between them, with every other one."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from s2s.evaluate.metrics.av_align import (
    AlignOptions,
    align,
    aligned,
    change_times,
    of_clips,
    of_film,
    onset_times,
    picture_changes,
)
from s2s.evaluate.metrics.clips import open_clips
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence
from s2s.media.video_writer import write_film
from tests.s2s.evaluate.evaluated import write_films
from tests.s2s.evaluate.made_up import evidence_of

RATE_HZ = 16_000
FPS = 25.0
CLICKS_S = tuple(float(time) for time in np.arange(0.6, 9.0, 0.8))


def clicks(times_s: tuple[float, ...], duration_s: float = 10.0) -> NDArray[np.float32]:
    sound = 1e-4 * np.random.default_rng(0).standard_normal(round(duration_s * RATE_HZ))
    for time_s in times_s:
        start = round(time_s * RATE_HZ)
        sound[start : start + 1600] += 0.5 * np.exp(-np.arange(1600) / 300) * np.sin(np.arange(1600) * 0.5)
    return sound.astype(np.float32)


def flashes(times_s: tuple[float, ...], duration_s: float = 10.0) -> NDArray[np.uint8]:
    """Return frames [n, 8, 8, 3] that are bright for one frame at each time."""
    frames = np.full((round(duration_s * FPS), 8, 8, 3), 30, np.uint8)
    for time_s in times_s:
        frames[round(time_s * FPS)] = 220
    return frames


def alignment(clicks_s: tuple[float, ...], flashes_s: tuple[float, ...], *, shifted: bool = False) -> float | None:
    changes = picture_changes(flashes(flashes_s))
    return align(clicks(clicks_s), changes, FPS, AlignOptions(shifted=shifted))


def test_onsets_are_where_the_clicks_are() -> None:
    assert onset_times(clicks(CLICKS_S)) == pytest.approx(CLICKS_S, abs=0.04)


def test_flashes_with_the_clicks_are_one_and_between_them_none() -> None:
    assert alignment(CLICKS_S, CLICKS_S) == 1.0
    assert alignment(CLICKS_S, tuple(time + 0.4 for time in CLICKS_S)) == 0.0


def test_flashes_with_every_other_click_are_their_share_of_all_peaks() -> None:
    assert alignment(CLICKS_S, CLICKS_S[::2]) == pytest.approx(len(CLICKS_S[::2]) / len(CLICKS_S))


def test_a_picture_that_moves_without_end_is_no_better_than_chance() -> None:
    every = tuple(float(time) for time in np.arange(0.0, 10.0, 2 / FPS))
    with_sound, without = alignment(CLICKS_S, every), alignment(CLICKS_S, every, shifted=True)
    assert with_sound is not None and without is not None
    assert with_sound < 0.2 and abs(with_sound - without) < 0.05


def test_a_peak_is_in_one_pair_at_most() -> None:
    assert aligned(np.array([1.0, 1.01]), np.array([1.0]), 0.04) == 0.5
    assert aligned(np.array([1.0]), np.array([0.98, 1.02, 3.0]), 0.04) == pytest.approx(1 / 3)
    assert aligned(np.empty(0), np.empty(0), 0.04) is None


def test_silence_and_a_still_picture_have_no_peak() -> None:
    assert not len(onset_times(np.zeros(RATE_HZ, np.float32)))
    assert not len(change_times(picture_changes(flashes(())), FPS))
    assert alignment((), ()) is None or alignment((), ()) == 0.0


def test_a_film_that_was_recorded_is_measured_at_its_own_rate(tmp_path: Path) -> None:
    path = tmp_path / "show.mp4"
    frames = flashes(CLICKS_S).repeat(8, axis=1).repeat(8, axis=2)
    write_film(path, frames, FPS, sound=clicks(CLICKS_S), sample_rate_hz=RATE_HZ)
    found = of_film(path, AlignOptions())
    assert found.value.value > 0.9 and found.value.count == 1
    assert "at 25 frames a second" in found.note
    assert of_film(path, AlignOptions(shifted=True)).value.value < 0.3


def test_films_whose_square_appears_with_the_tone_are_aligned(tmp_path: Path) -> None:
    clips = open_clips(write_films(tmp_path / "films"))
    evidence = Evidence(clips, {}, {})
    together = of_clips(evidence, "films", AlignOptions()).value
    assert together.value > 0.9 and together.count == 6
    assert of_clips(evidence, "films", AlignOptions(shifted=True)).value.value < 0.2


def test_sounds_alone_have_no_picture_that_moves() -> None:
    with pytest.raises(CannotMeasureError, match="only films"):
        of_clips(evidence_of({}, labels=["dog", "rain"]), "films", AlignOptions())
