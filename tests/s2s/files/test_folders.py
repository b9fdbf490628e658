"""The one lister of folders: what is taken, what is left, and what is said of it."""

import logging
from pathlib import Path

import pytest

from s2s.files.folders import FILMS, PICTURES, SOUNDS, endings_of, files_under, listed, unread_remark
from s2s.media.audio import AudioFileError, sounds_in
from s2s.media.images import images_in


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, "rain.wav", "._rain.wav", ".sea.wav", ".Trashes/501/wind.wav", "deep/er/fire.flac", "notes.txt")
    assert [path.name for path in sounds_in(tmp_path)] == ["fire.flac", "rain.wav"]


def test_folders_that_are_linked_in_are_entered_once_and_never_in_a_circle(tmp_path: Path) -> None:
    fill(tmp_path / "nas", "evening/rain.wav", "evening/dawn.jpg")
    shelf = fill(tmp_path / "shelf", "sea.wav")
    (shelf / "linked").symlink_to(tmp_path / "nas")
    (shelf / "again").symlink_to(tmp_path / "nas" / "evening")
    (tmp_path / "nas" / "back").symlink_to(shelf)
    assert sorted(path.name for path in sounds_in(shelf)) == ["rain.wav", "sea.wav"]
    assert [path.name for path in images_in(shelf)] == ["dawn.jpg"]


def test_a_link_to_a_sound_is_a_sound_and_one_to_nowhere_is_named(tmp_path: Path) -> None:
    fill(tmp_path / "nas", "rain.wav")
    folder = fill(tmp_path / "show")
    folder.mkdir()
    (folder / "rain.wav").symlink_to(tmp_path / "nas" / "rain.wav")
    (folder / "gone.wav").symlink_to(tmp_path / "nas" / "gone.wav")
    assert listed(folder, ("sounds",)) == [folder / "rain.wav"]
    assert "1 file is not read though it looks like sounds: gone.wav" in unread_remark(folder, ("sounds",))


def test_what_looks_like_one_and_is_not_read_is_counted_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path, "a.jpg", *(f"IMG_{number}.CR3" for number in range(5)), "song.mid", "notes.txt")
    with caplog.at_level(logging.WARNING):
        assert images_in(tmp_path) == [tmp_path / "a.jpg"]
    assert (
        "5 files are not read though they look like pictures: IMG_0.CR3, IMG_1.CR3, IMG_2.CR3 and 2 more" in caplog.text
    )
    assert "song.mid" not in caplog.text
    with pytest.raises(AudioFileError, match="holds no sound"):
        sounds_in(tmp_path)
    assert "1 file is not read though it looks like sounds or films: song.mid" in caplog.text


def test_capitals_and_film_endings_count_and_folders_named_like_files_do_not(tmp_path: Path) -> None:
    fill(tmp_path, "B.WAV", "c.MTS", "trip.mov/sea.mp4")
    assert [path.name for path in sounds_in(tmp_path)] == ["B.WAV", "c.MTS", "sea.mp4"]


def test_no_ending_is_of_two_kinds() -> None:
    assert not (SOUNDS & FILMS or SOUNDS & PICTURES or FILMS & PICTURES)
    assert endings_of(("sounds", "films")) == SOUNDS | FILMS


def test_a_folder_without_a_name_that_is_text_is_listed(tmp_path: Path) -> None:
    fill(tmp_path, "B\udce4ch/rain.wav", "B\udce4ch/song.mid")
    assert len(list(files_under(tmp_path, SOUNDS))) == 1
    assert "B\N{REPLACEMENT CHARACTER}ch/song.mid" in unread_remark(tmp_path, ("sounds",))
