"""Pieces of sound with the photographs of their time in the place of frames."""

import logging
from pathlib import Path

import numpy as np
import pytest

from s2s.retrain.photos import VenueClips
from s2s.retrain.venue import Photograph
from tests.s2s.retrain.places import photograph, pieces_of_sound
from tests.s2s.selection.clips import MadeUp, write_prepared

DARK, BRIGHT = 40, 200


@pytest.fixture
def shown(tmp_path: Path) -> tuple[Path, Path]:
    return photograph(tmp_path / "dark.jpg", DARK), photograph(tmp_path / "bright.jpg", BRIGHT)


def greys(clips: VenueClips, clip_id: str) -> list[int]:
    """Return the grey of each frame, to the nearest ten."""
    return [round(float(frame.mean()), -1) for frame in clips.frames(clip_id, 16)]  # type: ignore[misc]


def test_photographs_of_no_time_share_the_piece(tmp_path: Path, shown: tuple[Path, Path]) -> None:
    data = pieces_of_sound(tmp_path / "data", {"bar": ("bar.wav", 0.0)})
    clips = VenueClips(data, {"bar.wav": [Photograph(path) for path in shown]})
    assert clips.frames("bar", 16).shape == (10, 16, 16, 3)
    assert greys(clips, "bar") == [DARK] * 5 + [BRIGHT] * 5
    assert clips.different_frames("bar", 4) == (4, 9)


def test_a_photograph_stands_for_the_time_around_it(tmp_path: Path, shown: tuple[Path, Path]) -> None:
    data = pieces_of_sound(tmp_path / "data", {"bar": ("bar.wav", 20.0)})
    clips = VenueClips(data, {"bar.wav": [Photograph(shown[0], 20.1), Photograph(shown[1], 20.5)]})
    assert greys(clips, "bar") == [DARK] * 4 + [BRIGHT] * 6


def test_a_piece_without_a_photograph_of_its_own_has_the_nearest(tmp_path: Path, shown: tuple[Path, Path]) -> None:
    pieces = {f"bar_{second}": ("bar.wav", float(second)) for second in (0, 1, 8)}
    clips = VenueClips(
        pieces_of_sound(tmp_path / "data", pieces),
        {"bar.wav": [Photograph(shown[0], 1.5), Photograph(shown[1], 7.0)]},
    )
    assert {clip_id: set(greys(clips, clip_id)) for clip_id in clips.ids} == {
        "bar_0": {DARK},
        "bar_1": {DARK},
        "bar_8": {BRIGHT},
    }


def test_a_torn_photograph_is_left_out_with_a_word(
    tmp_path: Path, shown: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    data = pieces_of_sound(tmp_path / "data", {"bar": ("bar.wav", 0.0)})
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"torn")
    with caplog.at_level(logging.WARNING):
        assert set(greys(VenueClips(data, {"bar.wav": [Photograph(torn), Photograph(shown[1])]}), "bar")) == {BRIGHT}
    assert "torn.jpg" in caplog.text
    with pytest.raises(ValueError, match="none of its photographs can be read"):
        VenueClips(data, {"bar.wav": [Photograph(torn)]}).frames("bar", 16)


def test_sounds_without_photographs_are_no_clips_and_films_keep_their_frames(tmp_path: Path) -> None:
    assert VenueClips(pieces_of_sound(tmp_path / "sounds", {"bar": ("bar.wav", 0.0)}), {}).ids == []
    source = MadeUp(2)
    from s2s.data.prepared import PreparedData

    clips = VenueClips(PreparedData.open(write_prepared(tmp_path / "films", source)), {})
    assert clips.ids == source.ids
    assert np.array_equal(clips.frames("clip-1", 128), clips.data.frames("clip-1", 128))
    assert clips.different_frames("clip-1", 4) == (1, 4, 7, 10)
    assert (clips.split("clip-1"), clips.label("clip-1"), clips.frame_rate_hz) == ("train", None, 10.0)
    assert len(clips.sound("clip-1")) == 19_200
