"""Pictures to train on: of prepared films and of the world, decoded once, no recording on both sides."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from s2s.data.clip import Clip
from s2s.data.clip_source import DataError
from s2s.data.prepared import PreparedData
from s2s.training.inputs.images import UNKNOWN, ImageOptions, Pictures, open_pictures, write_pictures
from s2s.training.inputs.sources import open_source
from s2s.world.takes import WorldCounts, WorldTakes
from tests.s2s.data.test_prepared import clip, write

ASKED = ImageOptions(px=16, per_clip=2)


def clips() -> list[Clip]:
    """Ten films of ten frames, each of one shade: 5 times the film's number and the frame's."""
    splits = {3: "val", 7: "val", 8: "test"}
    return [clip(number, splits.get(number, "train"), num_frames=10) for number in range(10)]  # type: ignore[arg-type]


@pytest.fixture
def data(tmp_path: Path) -> PreparedData:
    return write(tmp_path / "data", clips())


def shades(pictures: Pictures, rows: np.ndarray) -> list[int]:
    return [round(shade) for shade in pictures.of(rows).mean(axis=(1, 2, 3)).tolist()]


def test_of_every_film_frames_are_taken_that_lie_evenly_in_it(data: PreparedData, tmp_path: Path) -> None:
    pictures = write_pictures(data, tmp_path / "cache", ASKED)
    assert pictures.px == 16
    trained_on = [0, 1, 2, 4, 5, 6, 9]
    assert shades(pictures, pictures.train) == [5 * film + frame for film in trained_on for frame in (2, 7)]
    assert shades(pictures, pictures.held_out) == [5 * film + frame for film in (3, 7) for frame in (2, 7)]


def test_films_to_test_on_are_left_alone_and_no_recording_is_on_both_sides(data: PreparedData, tmp_path: Path) -> None:
    pictures = write_pictures(data, tmp_path / "cache", ASKED)
    assert len(pictures.pixels) == 9 * 2
    assert not set(pictures.train) & set(pictures.held_out)


def test_labels_are_numbers_of_classes_and_nobody_need_have_named_them(tmp_path: Path) -> None:
    labels = [*["wind", None, "rain"] * 3, "rain"]
    named = [replace(each, label=label) for each, label in zip(clips(), labels, strict=True)]
    pictures = write_pictures(write(tmp_path / "data", named), tmp_path / "cache", ASKED)
    assert pictures.classes == ("rain", "wind")
    assert pictures.labels[:6].tolist() == [1, 1, UNKNOWN, UNKNOWN, 0, 0]


def test_frames_may_be_chosen_film_by_film(data: PreparedData, tmp_path: Path) -> None:
    chosen = {"clip-00": [9, 0], "clip-03": [4], "clip-09": [99]}
    pictures = write_pictures(data, tmp_path / "cache", ASKED, chosen)
    assert shades(pictures, pictures.train) == [9, 0, 5 * 9 + 9]
    assert shades(pictures, pictures.held_out) == [5 * 3 + 4]


def test_what_was_decoded_is_not_decoded_again(
    data: PreparedData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_pictures(data, tmp_path / "cache", ASKED)
    monkeypatch.setattr(PreparedData, "frames", None)
    again = write_pictures(data, tmp_path / "cache", ASKED)
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.train, again.train)
    assert isinstance(again.pixels, np.memmap)


def test_a_run_that_was_killed_while_it_decoded_begins_again(
    data: PreparedData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = PreparedData.frames

    def killed_at_five(source: PreparedData, clip_id: str, px: int) -> np.ndarray:
        if clip_id == "clip-05":
            raise KeyboardInterrupt
        return whole(source, clip_id, px)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(PreparedData, "frames", killed_at_five)
        write_pictures(data, tmp_path / "cache", ASKED)
    pictures = write_pictures(data, tmp_path / "cache", ASKED)
    assert shades(pictures, pictures.train[-2:]) == [5 * 9 + 2, 5 * 9 + 7]


def test_a_cache_of_other_frames_films_or_sides_is_refused(data: PreparedData, tmp_path: Path) -> None:
    write_pictures(data, tmp_path / "cache", ASKED)
    first, *rest = clips()
    moved = [replace(first, split="val"), *rest]
    others = [write(tmp_path / "fewer", clips()[:8]), write(tmp_path / "moved", moved)]
    asks = [(data, ImageOptions(8, 2)), (data, ImageOptions(16, 3)), *((other, ASKED) for other in others)]
    for source, asked in asks:
        with pytest.raises(DataError, match="holds other pictures: choose another --cache"):
            write_pictures(source, tmp_path / "cache", asked)
    with pytest.raises(DataError, match="holds other pictures"):
        write_pictures(data, tmp_path / "cache", ASKED, {"clip-00": [1]})


def test_films_that_cannot_be_read_are_left_out_with_a_word(
    data: PreparedData, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    row = data.rows["clip-01"]
    shard = tmp_path / "data" / "shards" / row.shard
    with shard.open("r+b") as file:
        file.seek(row.frame_at(16, 0)[0])
        file.write(b"\0" * 200)
    with caplog.at_level(logging.WARNING):
        pictures = write_pictures(data, tmp_path / "cache", ASKED)
    assert [line.split(":")[0] for line in caplog.messages] == ["clip-01 is left out"]
    assert shades(pictures, pictures.train[:4]) == [2, 7, 5 * 2 + 2, 5 * 2 + 7]
    assert len(pictures.train) == 6 * 2
    assert len(pictures.labels) == len(pictures.pixels)


def test_sound_alone_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = write(tmp_path / "data", [clip(0, "train", num_frames=0), clip(1, "train")])
    pictures = write_pictures(source, tmp_path / "cache", ASKED)
    assert shades(pictures, pictures.train) == [5, 6]
    assert caplog.messages == ["clip-00 is left out: it has no frames"]


def test_where_nothing_can_be_read_nothing_is_kept(data: PreparedData, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="of 9 clips none gave a picture of 32 pixels"):
        write_pictures(data, tmp_path / "cache", ImageOptions(px=32))
    with pytest.raises(DataError, match="of 0 clips none"):
        write_pictures(write(tmp_path / "tests", [clip(0, "test")]), tmp_path / "none", ASKED)
    assert not list(tmp_path.glob("*/pictures.json"))


def test_films_that_are_all_held_out_leave_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures to train on"):
        write_pictures(write(tmp_path / "data", [clip(0, "val")]), tmp_path / "cache", ASKED)


def test_rows_come_in_any_order_and_any_number(data: PreparedData, tmp_path: Path) -> None:
    pictures = write_pictures(data, tmp_path / "cache", ASKED)
    rows = np.array([5, 0, 5, 3, 17])
    assert np.array_equal(pictures.of(rows), np.array(pictures.pixels)[rows])
    assert pictures.of(rows[:0]).shape == (0, 16, 16, 3)


def world(folder: Path, num_pictures: int, num_scenes: int) -> Path:
    """Write a world of takes that are as grey as their number."""
    folder.mkdir()
    counts = {"num_pictures": num_pictures, "num_sounds": 0, "picture_px": 8, "num_scenes": num_scenes}
    (folder / "about.json").write_text(json.dumps(counts))
    greys = np.arange(num_pictures, dtype=np.uint8)[:, None, None, None]
    for name, array in (("pictures", greys * np.ones((8, 8, 3), np.uint8)), ("sounds", np.zeros((0, 1), np.int16))):
        np.save(folder / f"{name}.npy", array)
        (folder / f"{name}.done").write_text(str(len(array)))
    return folder


def test_the_world_is_taken_as_it_lies_and_its_last_takes_are_held_out(tmp_path: Path) -> None:
    pictures = open_pictures(open_source(world(tmp_path / "world", 120, 3)), tmp_path / "cache", ASKED)
    assert shades(pictures, pictures.train) == list(range(114))
    assert shades(pictures, pictures.held_out) == list(range(114, 120))
    assert not (tmp_path / "cache").exists()


def test_of_every_scene_of_the_world_equally_many_takes_are_held_out(tmp_path: Path) -> None:
    pictures = Pictures.of_world(WorldTakes.open(world(tmp_path / "world", 200, 7)))
    counts = np.bincount(pictures.labels[pictures.held_out], minlength=7)
    assert counts.tolist() == [1] * 7
    assert len(pictures.classes) == 7
    assert len(pictures.train) + len(pictures.held_out) == 200


def test_a_tiny_world_is_all_trained_on() -> None:
    data = WorldTakes(WorldCounts(4, 0, 8, num_scenes=2), np.zeros((4, 8, 8, 3), np.uint8), np.zeros((0, 1), np.int16))
    assert (len(Pictures.of_world(data).train), len(Pictures.of_world(data).held_out)) == (4, 0)


def test_films_are_decoded_by_the_rank_that_writes_alone(data: PreparedData, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_pictures(data, tmp_path / "cache", ASKED, writes=False)
    written = open_pictures(data, tmp_path / "cache", ASKED)
    read = open_pictures(data, tmp_path / "cache", ASKED, writes=False)
    assert np.array_equal(written.pixels, read.pixels)


def test_at_least_one_picture_of_a_film_is_asked_for() -> None:
    with pytest.raises(ValueError, match="at least one picture a clip"):
        ImageOptions(per_clip=0)
