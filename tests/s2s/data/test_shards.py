"""Shards and journal: whole after any death, whatever was half written."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from s2s.data.clip import Clip, pixels_of_jpeg, sound_of_wav, tar_members, wav_bytes
from s2s.data.clip_index import IndexRow, index_text, read_index
from s2s.data.corpus import Split
from s2s.data.journal import Journal, read_journals
from s2s.data.outcome import Outcome
from s2s.data.shards import ShardWriter, end_shards, held_bytes


def clip(name: str, split: Split = "train", num_frames: int = 3) -> Clip:
    frames = {px: tuple(f"{name}{number}".encode() * px for number in range(num_frames)) for px in (8, 4)}
    return Clip(name, f"{name}.mp4", None, split, 0.0, np.arange(num_frames * 1_600, dtype=np.int16), frames)


def fragment(path: Path, *clips: Clip) -> tuple[Path, list[IndexRow]]:
    rows = []
    with path.open("wb") as file:
        for each in clips:
            blocks, row = tar_members(each)
            rows.append(row.placed("", file.tell()))
            file.writelines(blocks)
    return path, rows


def writer(folder: Path, held: dict[str, int], most: int = 1 << 20) -> ShardWriter:
    return ShardWriter(folder, 0, 1, most, held)


def names_in(shard: Path) -> list[str]:
    with tarfile.open(shard, "r:") as tar:
        return [name.removesuffix(".wav") for name in tar.getnames() if name.endswith(".wav")]


def test_clips_lie_where_their_rows_say(tmp_path: Path) -> None:
    shards = writer(tmp_path / "shards", {})
    rows = shards.append(*fragment(tmp_path / "one", clip("a"), clip("b", "val"), clip("c")))
    rows += shards.append(*fragment(tmp_path / "two", clip("d")))
    shards.close()
    assert [row.shard for row in rows] == ["train-000000.tar", "val-000000.tar", "train-000000.tar", "train-000000.tar"]
    assert names_in(tmp_path / "shards" / "train-000000.tar") == ["a", "c", "d"]
    for row in rows:
        with tarfile.open(tmp_path / "shards" / row.shard) as tar:
            assert tar.getmember(f"{row.id}.wav").offset_data == row.wav_at
            for px in (8, 4):
                for number in range(3):
                    member = tar.getmember(f"{row.id}.f{px}.{number:03d}.jpg")
                    assert (member.offset_data, member.size) == row.frame_at(px, number)
    with pytest.raises(IndexError, match="a has frames 0 to 2, not 3"):
        rows[0].frame_at(8, 3)


def test_a_shard_that_is_full_is_ended_and_another_begun(tmp_path: Path) -> None:
    shards = writer(tmp_path / "shards", {}, most=1)
    rows = shards.append(*fragment(tmp_path / "one", clip("a"), clip("b"), clip("c", "test")))
    shards.close()
    assert [row.shard for row in rows] == ["train-000000.tar", "train-000001.tar", "test-000000.tar"]
    assert all(names_in(tmp_path / "shards" / row.shard) == [row.id] for row in rows)


@pytest.mark.parametrize("torn", [b"", b"half a clip", bytes(1_024), b"x" * 100_000])
def test_what_was_not_noted_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    folder = tmp_path / "shards"
    rows = writer(folder, {}).append(*fragment(tmp_path / "one", clip("a"), clip("b")))
    with (folder / "train-000000.tar").open("ab") as file:
        file.write(torn)
    (folder / "val-000000.tar").write_bytes(torn)
    again = writer(folder, held_bytes(rows))
    assert not (folder / "val-000000.tar").exists()
    rows += again.append(*fragment(tmp_path / "two", clip("c")))
    again.close()
    assert names_in(folder / "train-000000.tar") == ["a", "b", "c"]
    undisturbed = writer(tmp_path / "other", {})
    undisturbed.append(*fragment(tmp_path / "three", clip("a"), clip("b"), clip("c")))
    undisturbed.close()
    assert (folder / "train-000000.tar").read_bytes() == (tmp_path / "other" / "train-000000.tar").read_bytes()


def test_shards_of_ranks_that_died_are_ended_too(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    rows = ShardWriter(folder, 1, 2, 1 << 20, {}).append(*fragment(tmp_path / "one", clip("a")))
    (folder / "val-r01-000000.tar").write_bytes(b"begun")
    with (folder / rows[0].shard).open("ab") as file:
        file.write(b"half a clip")
    end_shards(folder, held_bytes(rows))
    assert [path.name for path in folder.iterdir()] == ["train-r01-000000.tar"]
    assert names_in(folder / "train-r01-000000.tar") == ["a"]


def test_a_shard_that_lost_clips_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    rows = writer(folder, {}).append(*fragment(tmp_path / "one", clip("a")))
    with (folder / "train-000000.tar").open("r+b") as file:
        file.truncate(1_000)
    with pytest.raises(ValueError, match=r"train-000000.tar has 1000 bytes of \d+: it was changed"):
        writer(folder, held_bytes(rows))


def test_the_same_clip_makes_the_same_bytes_and_gives_its_sound_back() -> None:
    assert tar_members(clip("a"))[0] == tar_members(clip("a"))[0]
    pcm = np.array([-32768, -1, 0, 1, 32767], np.int16)
    np.testing.assert_array_equal(sound_of_wav(wav_bytes(pcm)) * 32768, pcm)


def test_a_name_too_long_for_a_tar_header_is_refused() -> None:
    with pytest.raises(ValueError, match="name"):
        tar_members(clip("a" * 100))


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    _, row = tar_members(clip("a"))
    path = tmp_path / "index.jsonl"
    path.write_text(index_text([row, row.placed("train-000000.tar", 512)]))
    assert list(read_index(path)) == [row, row.placed("train-000000.tar", 512)]
    path.write_text(index_text([row]) + '{"id": "b"}\n')
    with pytest.raises(ValueError, match=r"index.jsonl, line 2 is not whole"):
        list(read_index(path))


def test_a_line_that_was_being_written_is_forgotten(tmp_path: Path) -> None:
    one, other = (Outcome(name, f"{name}.mp4", "train", name, (tar_members(clip(name))[1],)) for name in "ab")
    with Journal(tmp_path, 0) as journal:
        journal.append(one)
    path = tmp_path / "rank-000.jsonl"
    with path.open("ab") as file:
        file.write(other.text().encode()[:-10])
    assert list(read_journals(tmp_path)) == [one]
    with Journal(tmp_path, 0) as journal:
        journal.append(other)
    assert list(read_journals(tmp_path)) == [one, other]


def test_a_journal_that_was_changed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rank-000.jsonl").write_text(json.dumps({"id": "a"}) + "\n")
    with pytest.raises(ValueError, match=r"rank-000.jsonl, line 1 is not whole"):
        list(read_journals(tmp_path))


def test_pixels_are_read_as_rgb() -> None:
    with pytest.raises(OSError, match="cannot identify image file"):
        pixels_of_jpeg(b"no picture")
