"""Whatever `prepare` wrote is opened by what it says it is, not by how its files are called."""

from pathlib import Path

import numpy as np
import pytest

from s2s.data.clip_source import DataError
from s2s.data.prepared import PreparedData
from s2s.training.inputs.sources import open_source
from s2s.world.takes import WorldTakes
from tests.s2s.data.test_prepared import clip, write


def write_takes(folder: Path, about: str) -> Path:
    """Write eight takes of two scenes, 8 pixels, the first four with sound."""
    folder.mkdir()
    (folder / "about.json").write_text(about)
    arrays: dict[str, np.ndarray] = {
        "pictures": np.arange(8 * 8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 8, 3),
        "sounds": np.ones((4, 16), np.int16),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
        (folder / f"{name}.done").write_text(str(len(array)))
    return folder


COUNTS = '"num_pictures": 8, "num_sounds": 4, "picture_px": 8, "num_scenes": 2'


@pytest.mark.parametrize("about", [f'{{"corpus": "world", {COUNTS}}}', f"{{{COUNTS}}}"], ids=["today", "before"])
def test_takes_of_the_world_are_known_by_what_they_say_also_those_of_before(about: str, tmp_path: Path) -> None:
    source = open_source(write_takes(tmp_path / "data", about))
    assert isinstance(source, WorldTakes)
    assert source.ids == ["take-000000", "take-000001", "take-000002", "take-000003"]
    assert [source.label(one) for one in source.ids] == ["rain", "thunderstorm", "rain", "thunderstorm"]
    assert source.frames("take-000003", 8).shape == (1, 8, 8, 3)
    assert np.array_equal(source.frames("take-000003", 8)[0], source.pictures[3])
    with pytest.raises(ValueError, match="8 pixels high, asked for 16"):
        source.frames("take-000003", 16)
    with pytest.raises(KeyError):
        source.label("clip-07")


def test_clips_of_films_are_clips_whatever_lies_beside_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "data", [clip(0, "train")]).folder
    np.save(folder / "pictures.npy", np.zeros(1))
    assert isinstance(open_source(folder), PreparedData)


def test_an_empty_folder_and_one_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no prepared clips"):
        open_source(tmp_path)
    (tmp_path / "about.json").write_text("{")
    with pytest.raises(DataError, match="is not JSON"):
        open_source(tmp_path)
    (tmp_path / "about.json").write_text('{"format": 7}')
    with pytest.raises(ValueError, match="something else than prepared clips"):
        open_source(tmp_path)
