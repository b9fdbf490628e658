"""Reading prepared clips: any of them, any frame, from anywhere."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from s2s.data.clip import Clip, jpeg_bytes, tar_members
from s2s.data.clip_source import ClipSource
from s2s.data.corpus import Split
from s2s.data.outcome import Outcome
from s2s.data.prepared import PreparedData
from s2s.data.results import final_outcomes, write_results
from s2s.data.settings import About, PrepareSettings
from s2s.data.shards import ShardWriter

SETTINGS = PrepareSettings(px=(16, 8))


def clip(number: int, split: Split, num_frames: int = 2) -> Clip:
    frames = {
        px: tuple(jpeg_bytes(np.full((px, px, 3), number * 5 + shade, np.uint8), 95) for shade in range(num_frames))
        for px in SETTINGS.px
    }
    return Clip(f"clip-{number:02d}", "film.mp4", "rain", split, 0.0, np.full(3_200, number, np.int16), frames)


def write(folder: Path, clips: list[Clip], most_bytes: int = 20_000) -> PreparedData:
    """Write clips as `prepare` does, without films."""
    About("/films", SETTINGS).write_or_check(folder)
    shards = ShardWriter(folder / "shards", 0, 1, most_bytes, {})
    outcomes = []
    for each in clips:
        blocks, row = tar_members(each)
        (folder / "fragment").write_bytes(b"".join(blocks))
        rows = shards.append(folder / "fragment", [row])
        outcomes.append(Outcome(each.id, each.source, each.split, each.id, rows))
    shards.close()
    write_results(folder, final_outcomes(outcomes), SETTINGS)
    return PreparedData.open(folder)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> PreparedData:
    clips = [clip(number, "val" if number % 10 == 0 else "train") for number in range(40)]
    return write(tmp_path_factory.mktemp("prepared"), clips)


def test_it_is_a_source_of_clips(data: PreparedData) -> None:
    source: ClipSource = data
    assert source.frame_rate_hz == 10.0
    assert len(source.ids) == 40
    assert (source.split("clip-10"), source.label("clip-10")) == ("val", "rain")
    assert data.ids_of("val") == ["clip-00", "clip-10", "clip-20", "clip-30"]


def test_every_clip_and_frame_is_its_own(data: PreparedData) -> None:
    assert len({row.shard for row in data.rows.values()}) > 5
    for number in (0, 7, 39):
        name = f"clip-{number:02d}"
        sound = data.sound(name)
        assert sound.dtype == np.float32
        assert sound.shape == (3_200,)
        assert np.all(sound == number / 32768)
        for px in (16, 8):
            frames = data.frames(name, px)
            assert frames.shape == (2, px, px, 3)
            assert np.abs(frames.mean(axis=(1, 2, 3)) - [number * 5, number * 5 + 1]).max() < 1.5
            np.testing.assert_array_equal(data.frame(name, 1, px), frames[1])


def test_threads_and_copies_read_alike(data: PreparedData) -> None:
    copy: PreparedData = pickle.loads(pickle.dumps(data))
    with ThreadPoolExecutor(4) as pool:
        sounds = list(pool.map(copy.sound, data.ids))
    assert [int(sound[0] * 32768) for sound in sounds] == list(range(40))


def test_what_is_not_there_is_said(data: PreparedData) -> None:
    with pytest.raises(ValueError, match="has frames of 16, 8 pixels, not 32: prepare with --px 32"):
        data.frames("clip-00", 32)
    with pytest.raises(IndexError, match="clip-00 has frames 0 to 1, not 2"):
        data.frame("clip-00", 2, 16)
    with pytest.raises(KeyError):
        data.sound("clip-99")


def test_sound_alone_has_no_frames(tmp_path: Path) -> None:
    alone = write(tmp_path, [clip(1, "train", num_frames=0)])
    assert alone.num_frames("clip-01") == 0
    assert alone.frames("clip-01", 16).shape == (0, 16, 16, 3)


def test_an_unfinished_folder_and_a_damaged_shard_are_said(tmp_path: Path) -> None:
    data = write(tmp_path, [clip(1, "train")])
    with (tmp_path / "shards" / "train-000000.tar").open("r+b") as file:
        file.truncate(2_000)
    with pytest.raises(ValueError, match="ends within clip-01: it is damaged"):
        data.sound("clip-01")
    (tmp_path / "index.jsonl").unlink()
    with pytest.raises(ValueError, match=r"is unfinished: run the same `python -m s2s prepare` again"):
        PreparedData.open(tmp_path)
