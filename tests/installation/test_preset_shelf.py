import os
from pathlib import Path

import pytest

from installation.control.page.page_json import described
from installation.presets.naming import PRESET_FOLDER
from installation.presets.shelf import ListedPreset, PresetShelf

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def venue(tmp_path: Path) -> Path:
    (tmp_path / "evening.yaml").write_text("name: Evening\ndescription: |\n  Slow\n  and warm.\n")
    (tmp_path / "evening.jpg").write_bytes(JPEG)
    (tmp_path / "broken.yaml").write_text("name: [")
    return tmp_path


def test_presets_are_listed_with_what_they_are_and_where_they_are_from(venue: Path) -> None:
    listed = {preset.name: preset for preset in PresetShelf((venue, PRESET_FOLDER)).listed()}

    assert listed["evening"] == ListedPreset(
        "evening", "Slow and warm.", "venue", venue / "evening.jpg", (venue / "evening.jpg").stat().st_mtime_ns
    )
    assert listed["broken"] == ListedPreset("broken", "", "venue", None)
    assert listed["gallery"].origin == "shipped" and listed["gallery"].description


def test_a_venues_own_preset_comes_before_the_one_that_ships_with_its_name(venue: Path) -> None:
    (venue / "gallery.yaml").write_text("name: Ours\ndescription: ours\n")
    listed = [preset for preset in PresetShelf((venue, PRESET_FOLDER)).listed() if preset.name == "gallery"]
    assert [(preset.description, preset.origin) for preset in listed] == [("ours", "venue")]


def test_an_edited_preset_is_read_again(venue: Path) -> None:
    presets = PresetShelf((venue,))
    presets.listed()
    (venue / "evening.yaml").write_text("name: Evening\ndescription: quick and cold, and longer\n")
    assert presets.listed()[1].description == "quick and cold, and longer"


def test_the_picture_of_a_preset_that_was_saved_again_is_elsewhere_so_that_no_page_keeps_the_old_one(
    venue: Path,
) -> None:
    presets = PresetShelf((venue,))
    before = described(presets.listed())
    os.utime(venue / "evening.jpg", ns=(0, 1))
    assert described(presets.listed())[1]["thumbnail"] != before[1]["thumbnail"]
    assert described(presets.listed())[0] == before[0]


def test_a_thumbnail_is_a_jpeg_beside_its_preset_and_nothing_else(venue: Path) -> None:
    (venue / "broken.jpg").write_bytes(b"<html>")
    (venue / "secret.jpg").write_bytes(JPEG)
    presets = PresetShelf((venue,))

    assert presets.thumbnail("evening") == JPEG
    assert [presets.thumbnail(name) for name in ("broken", "secret", "../evening", "", "x" * 300)] == [None] * 5
