"""A delay written into a preset changes one value and not a letter of the rest."""

from pathlib import Path

import pytest

from installation.calibration.preset_edit import write_parameter
from installation.presets.naming import PRESET_FOLDER
from installation.presets.preset import PresetError
from installation.presets.reading import load_preset

HEAD = "name: Mine  # of my own\ndescription: A test.\n"


def edited(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text)
    write_parameter(path, "/audio/delay", 85.0)
    assert load_preset(str(path)).parameters["/audio/delay"] == 85.0
    assert [file.name for file in folder.iterdir()] == ["mine.yaml"]
    return path.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "parameters:\n    # far\n    /audio/gain: 3\n",
            "parameters:\n    /audio/delay: 85\n    # far\n    /audio/gain: 3\n",
        ),
        ("parameters:\n  /audio/delay: 12.5  # PA\n", "parameters:\n  /audio/delay: 85  # PA\n"),
        ("parameters: {/audio/gain: 3}\n", "parameters: {/audio/delay: 85, /audio/gain: 3}\n"),
        ("source: mic\n", "source: mic\nparameters:\n  /audio/delay: 85\n"),
        ("parameters: {}\n", "parameters: {/audio/delay: 85, }\n"),
    ],
)
def test_every_usual_layout_keeps_its_lines_and_comments(tmp_path: Path, before: str, after: str) -> None:
    assert edited(tmp_path, HEAD + before) == HEAD + after


@pytest.mark.parametrize("name", ["gallery", "performance", "rehearsal", "world", "ink", "glass"])
def test_the_presets_that_ship_can_be_written_to(tmp_path: Path, name: str) -> None:
    for path in PRESET_FOLDER.glob("*.png"):
        (tmp_path.parent / path.name).write_bytes(path.read_bytes())
    text = (PRESET_FOLDER / f"{name}.yaml").read_text().replace("image: ", "image: ../")
    assert len(edited(tmp_path, text).splitlines()) == len(text.splitlines()) + 1


def test_a_layout_that_no_edit_fits_is_left_alone_and_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text('{"name": "Mine", "description": "A test.", "parameters": {"/audio/gain": 3}}\n')
    text = path.read_text()
    with pytest.raises(PresetError, match="write /audio/delay: 85 under its parameters by hand"):
        write_parameter(path, "/audio/delay", 85.0)
    assert path.read_text() == text
