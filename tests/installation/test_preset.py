from pathlib import Path

import pytest

from installation.parameters import DEFAULTS
from installation.preset import PresetError, load_preset, mood, preset_names

GOOD = "name: Test\ndescription: A test.\n"


def write(folder: Path, text: str) -> str:
    path = folder / "test.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_that_ships_loads(name: str) -> None:
    preset = load_preset(name)
    assert preset.name and preset.description and preset.passes
    assert preset.image is None or preset.image.is_file()


def test_the_three_presets_of_the_house_ship() -> None:
    assert {"gallery", "performance", "rehearsal"} <= set(preset_names())


def test_a_preset_states_a_whole_mood() -> None:
    values = mood(load_preset("gallery"))
    assert values["/latent/glide"] == 4
    assert values["/render/contrast"] == DEFAULTS["/render/contrast"]
    assert "/show/blackout" not in values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: Only\n", "description is required"),
        (GOOD + "soruce: mic\n", "unknown key 'soruce', did you mean 'source'?"),
        (GOOD + "parameters: {/audio/gian: 3}\n", "did you mean '/audio/gain'?"),
        (GOOD + "parameters: {/audio/gain: 99}\n", "/audio/gain takes -60..24 dB, got 99"),
        (GOOD + "modulation: [{from: bas, to: /render/zoom, amount: 1}]\n", "did you mean 'bass'?"),
        (GOOD + "modulation: [{from: bass, too: /render/zoom, amount: 1}]\n", "did you mean 'to'?"),
        (GOOD + "modulation: [{from: bass, to: /render/fit, amount: 1}]\n", "a feature cannot move it"),
        (GOOD + "modulation: [{from: bass, to: /render/zoom, amount: much}]\n", "modulation.0.amount"),
        (GOOD + "image: missing.png\n", "there is no file"),
        (GOOD + "midi: {devise: auto}\n", "did you mean 'device'?"),
        ("- just\n- a list\n", "YAML mapping"),
        ("name: [unclosed\n", "cannot be read as YAML"),
        ("name: !!python/object/apply:os.system ['true']\ndescription: x\n", "cannot be read as YAML"),
    ],
)
def test_a_bad_preset_is_one_line_that_names_the_file_and_the_fault(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PresetError) as refusal:
        load_preset(write(tmp_path, text))
    message = str(refusal.value)
    assert message.startswith("test.yaml") and words in message and "\n" not in message


def test_a_preset_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(PresetError, match="did you mean 'gallery'"):
        load_preset("galery")
    with pytest.raises(PresetError, match="there is no preset file"):
        load_preset("nowhere/else.yaml")
