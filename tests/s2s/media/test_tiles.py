"""Cells of a sheet: what is under a picture can be read, and what a sound looks like is what the model hears."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.media.tiles import labelled, spectrogram_picture
from s2s.spectrogram_spec import SpectrogramSpec

SPEC = SpectrogramSpec()


def tone(frequency_hz: float, seconds: float = 10.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time_s = np.arange(round(seconds * SPEC.sample_rate_hz)) / SPEC.sample_rate_hz
    return (0.5 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


@settings(max_examples=30)
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    side_px=st.integers(60, 200),
    words=st.lists(st.text(max_size=80), max_size=3),
)
def test_a_cell_is_square_whatever_it_holds(width: int, height: int, side_px: int, words: list[str]) -> None:
    assert labelled(np.zeros((height, width, 3), np.uint8), words, side_px).shape == (side_px, side_px, 3)


def test_words_lie_under_the_picture_and_not_on_it() -> None:
    picture = np.full((10, 20, 3), 77, np.uint8)
    bare, worded = labelled(picture, [" ", " "], 120), labelled(picture, ["rain-1.png", "0.912"], 120)
    rows = np.flatnonzero((bare != worded).any((1, 2)))
    assert len(rows)
    assert rows.min() > np.flatnonzero((bare == 77).all((1, 2)) | (bare[:, 60] == 77).all(1)).max()


def test_a_name_too_long_keeps_its_beginning_and_its_ending() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    cells = [labelled(picture, [name], 100) for name in ("a" * 90 + ".png", "a" * 60 + ".png", "a" * 90 + ".wav")]
    assert np.array_equal(cells[0], cells[1])
    assert not np.array_equal(cells[0], cells[2])


def test_more_words_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        labelled(np.zeros((4, 4, 3), np.uint8), ["word"] * 10, 100)


@pytest.mark.parametrize(("frequency_hz", "part"), [(100, 0.9), (700, 0.5), (5000, 0.1)])
def test_the_higher_the_tone_the_higher_its_line(frequency_hz: float, part: float) -> None:
    picture = spectrogram_picture(tone(frequency_hz), SPEC, width_px=50, height_px=100)
    assert picture.shape == (100, 50, 3)
    assert abs(int(picture.sum((1, 2)).argmax()) / 100 - part) < 0.06


def test_time_runs_to_the_right_and_silence_is_dark() -> None:
    sound = np.concatenate([np.zeros(80_000, np.float32), tone(1000, 5.0)])
    picture = spectrogram_picture(sound, SPEC, width_px=50, height_px=60).astype(int)
    assert picture[:, :24].max() < 40
    assert picture[:, 26:].max() > 200
    assert spectrogram_picture(np.zeros(160_000, np.float32), SPEC).max() < 40


def test_a_short_sound_is_shown_repeated_as_it_is_heard() -> None:
    short = tone(440, 0.3) * np.hanning(4800).astype(np.float32)
    assert np.array_equal(spectrogram_picture(short, SPEC), spectrogram_picture(np.resize(short, 160_000), SPEC))
