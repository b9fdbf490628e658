"""What is found in a folder, and what it is called."""

import json
from pathlib import Path

import pytest

from s2s.data.corpus import FolderCorpus, ids_of, recording_of, safe_name


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_films_are_found_in_all_folders_and_sounds_when_asked_for(tmp_path: Path) -> None:
    fill(tmp_path, "b.MP4", "deep/er/a.webm", "wind.wav", "notes.txt", "._b.MP4", ".hidden.mov")
    assert [video.id for video in FolderCorpus(tmp_path).videos()] == ["b", "a"]
    assert [video.id for video in FolderCorpus(tmp_path, sounds=True).videos()] == ["b", "a", "wind"]


def test_a_folder_called_like_a_film_is_no_film(tmp_path: Path) -> None:
    fill(tmp_path, "trip.mov/sea.mp4")
    assert [video.path.name for video in FolderCorpus(tmp_path).videos()] == ["sea.mp4"]


def test_linked_folders_are_entered_and_never_twice(tmp_path: Path) -> None:
    fill(tmp_path / "elsewhere", "sea.mp4")
    fill(tmp_path / "source", "rain.mp4")
    (tmp_path / "source" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "source" / "loop").symlink_to(tmp_path / "source")
    assert sorted(video.id for video in FolderCorpus(tmp_path / "source").videos()) == ["rain", "sea"]


def test_an_index_beside_the_films_gives_them_labels(tmp_path: Path) -> None:
    fill(tmp_path, "rain.mp4", "deep/sea.mp4", "plain.mp4")
    rows = [{"video": "rain.mp4", "label": "rain"}, {"video": "deep/sea.mp4", "label": "sea"}, {"id": "else"}, 3]
    (tmp_path / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    labels = {video.id: video.label for video in FolderCorpus(tmp_path).videos()}
    assert labels == {"rain": "rain", "sea": "sea", "plain": None}
    (tmp_path / "index.jsonl").write_text("{")
    with pytest.raises(ValueError, match=r"index.jsonl is not JSON, one object a line"):
        FolderCorpus(tmp_path).videos()


def test_of_labelled_films_some_classes_alone_are_taken(tmp_path: Path) -> None:
    fill(tmp_path, "rain.mp4", "sea.mp4", "plain.mp4")
    rows = [{"video": f"{name}.mp4", "label": name} for name in ("rain", "sea")]
    (tmp_path / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert [video.id for video in FolderCorpus(tmp_path, classes=("sea",)).videos()] == ["sea"]
    with pytest.raises(ValueError, match="has no films of hail; its classes are rain, sea"):
        FolderCorpus(tmp_path, classes=("hail", "sea")).videos()
    (tmp_path / "index.jsonl").unlink()
    with pytest.raises(ValueError, match=r"its classes are none: an index\.jsonl beside films gives them"):
        FolderCorpus(tmp_path, classes=("sea",)).videos()


def test_nothing_to_prepare_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no film; expected files that end in"):
        FolderCorpus(fill(tmp_path, "wind.wav")).videos()
    with pytest.raises(ValueError, match="no such folder"):
        FolderCorpus(tmp_path / "missing").videos()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("1XjwssJT_ok_25000_35000", "1XjwssJT_ok_25000_35000"),
        ("-abc-_", "-abc-_"),
        ("Église à 5 h.30 (2)", "Eglise-a-5-h-30-2-"),
        ("../../etc/passwd", "-etc-passwd"),
        ("x" * 300, "x" * 56),
    ],
)
def test_names_become_plain(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_name_without_plain_letters_still_has_a_name_of_its_own() -> None:
    names = {safe_name(name) for name in ("雨", "風", "...", "\udcff")}
    assert len(names) == 4
    assert all(name.startswith("clip-") for name in names)


def test_ids_are_never_the_same_and_do_not_hang_on_the_order() -> None:
    paths = [Path(name) for name in ("a/rain.mp4", "b/rain.mp4", "b/Rain.mkv", "wind.mp4", "rain 1.mp4", "rain:1.mp4")]
    ids = ids_of(paths)
    assert len({name.casefold() for name in ids}) == len(paths)
    assert ids[3] == "wind"
    assert ids_of(paths[::-1]) == ids[::-1]


def test_a_file_called_like_a_cut_of_another_is_told_apart() -> None:
    plain, cut = ids_of([Path("rain.mp4"), Path("rain_0_10000.mp4")])
    assert plain == "rain"
    assert cut.startswith("rain_0_10000-")
    assert ids_of([Path("rain_0_10000.mp4")]) == ["rain_0_10000"]


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("1XjwssJT_ok_25000_35000", "1XjwssJT_ok"),
        ("VID_20240131_123456", "VID_20240131_123456"),
        ("GOPR_0001_0002", "GOPR_0001_0002"),
        ("rain", "rain"),
    ],
)
def test_clips_of_one_recording_are_known(name: str, recording: str) -> None:
    assert recording_of(name) == recording
