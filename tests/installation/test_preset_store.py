import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from installation.presets.naming import PRESET_FOLDER, preset_thumbnail
from installation.presets.preset import PresetError
from installation.presets.reading import load_preset, read_preset
from installation.presets.store import VERSIONS_KEPT, PresetStore

GALLERY = load_preset("gallery")
BY_HAND = "# Of my own hand.\nname: Mine\ndescription: Warm.\nimage: sea.png\nparameters: {/render/zoom: 1.5}\n"


@pytest.fixture
def store(tmp_path: Path) -> PresetStore:
    return PresetStore(tmp_path / "venue" / "presets", (PRESET_FOLDER,))


def zoomed(zoom: float) -> dict[str, float]:
    return {"/render/zoom": zoom}


def files(store: PresetStore) -> list[str]:
    return sorted(str(path.relative_to(store.folder)) for path in store.folder.rglob("*") if path.is_file())


def test_nothing_is_there_before_something_is_saved_and_then_the_file_its_picture_and_no_more(
    store: PresetStore,
) -> None:
    assert not store.folder.exists()
    saved = store.save("mine", replace(GALLERY, name="mine"), None, b"jpeg")
    assert saved.path == store.folder / "mine.yaml" and saved == read_preset(saved.path)
    assert files(store) == ["mine.jpg", "mine.yaml"]
    folders = (store.folder, PRESET_FOLDER)
    assert preset_thumbnail("mine", folders) == store.folder / "mine.jpg"
    assert preset_thumbnail("nothing", folders) is None
    store.save("gallery", GALLERY, None, None)
    assert preset_thumbnail("gallery", folders) is None  # the picture that ships is of the one that ships


def test_the_last_ten_versions_are_kept_and_gone_back_to(store: PresetStore) -> None:
    for number in range(13):
        saved = store.save("mine", replace(GALLERY, parameters=zoomed(1 + number / 100)), None, None)
    back = [store.version(saved.path, number).parameters["/render/zoom"] for number in range(VERSIONS_KEPT + 1)]
    assert back == pytest.approx([1.12 - number / 100 for number in range(11)])
    assert len(store.versions("mine")) == VERSIONS_KEPT == 10
    assert store.version(saved.path, 3).path == saved.path  # to all who ask it is the preset


def test_what_is_saved_again_unchanged_is_no_version(store: PresetStore) -> None:
    for _ in range(3):
        saved = store.save("mine", GALLERY, None, None)
    assert store.versions("mine") == []
    with pytest.raises(PresetError, match="mine has no earlier versions, asked for 1"):
        store.version(saved.path, 1)


def test_a_file_of_a_hand_is_kept_as_a_version_with_its_comments_and_still_finds_its_picture(
    store: PresetStore,
) -> None:
    store.folder.mkdir(parents=True)
    path = store.folder / "mine.yaml"
    path.write_text(BY_HAND)
    (store.folder / "sea.png").write_bytes((PRESET_FOLDER / "dawn.png").read_bytes())
    before = read_preset(path)
    store.save("mine", replace(before, parameters=zoomed(1.9)), None, None)
    assert store.versions("mine")[0].read_text() == BY_HAND
    assert store.version(path, 1) == before and before.image == store.folder / "sea.png"


def test_a_preset_that_ships_is_saved_into_the_venue_and_stays_as_its_version(store: PresetStore) -> None:
    shipped = (PRESET_FOLDER / "gallery.yaml").read_bytes()
    saved = store.save("gallery", replace(GALLERY, parameters=zoomed(1.7)), None, None)
    assert (PRESET_FOLDER / "gallery.yaml").read_bytes() == shipped
    assert load_preset("gallery", (store.folder, PRESET_FOLDER)) == saved
    assert store.version(saved.path, 1) == replace(GALLERY, path=saved.path)


def test_a_preset_is_renamed_with_its_picture_its_versions_and_its_comments(store: PresetStore) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "mine.yaml").write_text(BY_HAND.replace("image: sea.png\n", ""))
    saved = store.save("mine", replace(GALLERY, name="Mine"), None, b"jpeg")
    saved.path.write_text("# still here\n" + saved.path.read_text())
    renamed = store.rename(saved.path, "ours")
    assert renamed.name == "ours" and renamed.path == store.folder / "ours.yaml"
    assert files(store) == ["ours.jpg", "ours.yaml", "versions/ours/000001.yaml"]
    assert renamed.path.read_text().startswith("# still here\n")


@pytest.mark.parametrize("name", ["", ".hidden", " padded", "a/b", "..", "line\nbreak", "a" * 101, "\ud800"])
def test_a_bad_name_is_refused_and_nothing_is_written(store: PresetStore, name: str) -> None:
    with pytest.raises(PresetError) as refusal:
        store.save(name, GALLERY, None, None)
    assert "\n" not in str(refusal.value) and "is saved under a name" in str(refusal.value)
    assert not store.folder.exists()


def test_what_is_not_of_this_venue_is_not_renamed_and_a_name_that_is_taken_is_not_given_twice(
    store: PresetStore,
) -> None:
    with pytest.raises(PresetError, match="gallery is not of this venue: save it as 'mine' instead"):
        store.rename(GALLERY.path, "mine")
    saved = store.save("mine", GALLERY, None, None)
    with pytest.raises(PresetError, match="there is a preset 'world' already, in "):
        store.rename(saved.path, "world")
    assert files(store) == ["mine.yaml"]


def test_a_folder_that_cannot_be_made_is_named_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "venue").write_text("a file")
    with pytest.raises(PresetError, match=r"mine cannot be saved in .*/venue/presets: Not a directory"):
        PresetStore(tmp_path / "venue" / "presets").save("mine", GALLERY, None, None)


def test_a_full_disk_leaves_what_was_there_and_no_remains(store: PresetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.save("mine", GALLERY, None, None)
    text = before.path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PresetError, match=r"mine cannot be saved in .*: No space left on device"):
        store.save("mine", replace(GALLERY, name="other"), None, None)
    assert before.path.read_bytes() == text and files(store) == ["mine.yaml"]


def test_a_name_too_long_for_the_disk_is_one_line(store: PresetStore) -> None:
    with pytest.raises(PresetError, match=r"cannot be saved in .*: File name too long"):
        store.save("\N{EARTH GLOBE EUROPE-AFRICA}" * 90, GALLERY, None, None)
