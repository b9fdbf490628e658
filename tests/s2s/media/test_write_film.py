from pathlib import Path

import av
import numpy as np
import pytest

from s2s.media.montage import Pixels
from s2s.media.video_writer import write_film

GREYS = [np.full((32, 48, 3), 10 * number, np.uint8) for number in range(24)]


def test_a_film_has_its_pictures_and_its_sound_for_as_long_as_they_last(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "film.mp4"
    write_film(path, iter(GREYS), 24, 2.0 * np.sin(np.arange(40_000) * 0.2).astype(np.float32))
    with av.open(str(path)) as container:
        shown = [frame.to_ndarray(format="rgb24").mean() for frame in container.decode(video=0)]
    assert shown == pytest.approx([10 * number for number in range(24)], abs=3)
    with av.open(str(path)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert len(heard) == pytest.approx(16_000, abs=2_048)  # the rest of the sound has no picture
    assert float(np.abs(heard).max()) < 1.5  # clipped before it was encoded
    assert [file.name for file in path.parent.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("sound", [None, np.zeros(3_000, np.float32)])
def test_sound_may_be_missing_or_end_early(tmp_path: Path, sound: "np.ndarray | None") -> None:
    write_film(tmp_path / "film.mp4", GREYS, 24, sound)
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert len(container.streams.audio) == (sound is not None)
        assert sum(1 for _ in container.decode(video=0)) == 24


def broken() -> "list[Pixels]":
    return [GREYS[0], np.zeros((8, 8, 3), np.uint8)]


@pytest.mark.parametrize(("frames", "reason"), [([], "at least one picture"), (broken(), "expected pixels of shape")])
def test_a_film_that_fails_leaves_what_was_there(tmp_path: Path, frames: "list[Pixels]", reason: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("the old one")
    with pytest.raises(ValueError, match=reason):
        write_film(path, frames, 24)
    assert path.read_text() == "the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


def test_a_place_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        write_film(tmp_path / "file" / "film.mp4", GREYS, 24)
