"""What a place looked like at chosen moments: of films and of photographs, as large as a bundle holds them."""

import logging
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from s2s.retrain.photos import VenueClips
from s2s.retrain.place_frames import place_frames
from s2s.retrain.venue import Photograph
from tests.s2s.data.films import numbered, steady, write
from tests.s2s.retrain.places import photograph, pieces_of_sound


def test_a_photograph_stands_for_a_piece_of_sound(tmp_path: Path) -> None:
    data = pieces_of_sound(tmp_path / "data", {"bar": ("bar.wav", 20.0)})
    shown = [Photograph(photograph(tmp_path / f"{grey}.jpg", grey), at_s) for grey, at_s in ((40, 20.1), (200, 20.9))]
    frames = place_frames(tmp_path, VenueClips(data, {"bar.wav": shown}), {"bar": [8, 0]})
    assert [one.name for one in frames] == ["200.jpg"]
    assert frames[0].pixels.shape == (30, 40, 3) and abs(frames[0].pixels.mean() - 200) < 2


def test_a_film_shows_its_chosen_moment_and_one_that_is_gone_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pieces_of_sound(tmp_path / "data", {"bar": ("bar.mp4", 1.0), "gone": ("gone.mp4", 0.0)})
    grey = [numbered(level, (64, 36)) for level in range(30)]
    write(tmp_path / "bar.mp4", steady(30, 10.0), size=(64, 36), pictures=grey)
    clips = VenueClips(data, {})
    monkeypatch.setattr(VenueClips, "ids", ["bar", "gone"])
    with caplog.at_level(logging.WARNING):
        frames = place_frames(tmp_path, clips, {"bar": [7], "gone": [0]})
    assert [one.name for one in frames] == ["bar.mp4, 2 s"]
    assert np.abs(frames[0].pixels.astype(int) - numbered(17, (64, 36))).mean() < 8
    assert "gone.mp4" in caplog.text


def test_after_its_time_no_more_are_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pieces = {f"bar_{number}": ("bar.wav", float(number)) for number in range(9)}
    clips = VenueClips(
        pieces_of_sound(tmp_path / "data", pieces), {"bar.wav": [Photograph(photograph(tmp_path / "a.jpg"))]}
    )
    seconds = count(0.0, 10.0)
    with caplog.at_level(logging.INFO):
        frames = place_frames(tmp_path, clips, dict.fromkeys(pieces, (0,)), most_s=35.0, clock=lambda: next(seconds))
    assert len(frames) == 4 and "4 of 9 photographs of the place are read" in caplog.text
