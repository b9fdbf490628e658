from pathlib import Path

import pytest

from installation.parameters import DEFAULTS
from installation.presets.document import preset_text
from installation.presets.naming import PRESET_FOLDER, find_named, preset_folders, preset_names
from installation.presets.preset import PresetError, preset_values
from installation.presets.reading import load_preset, read_preset
from installation.presets.use import load_usable

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


def test_a_preset_states_the_whole_look() -> None:
    values = preset_values(load_preset("gallery"))
    assert values["/latent/glide"] == 4
    assert values["/render/contrast"] == DEFAULTS["/render/contrast"]
    assert "/show/blackout" not in values


def test_a_preset_may_name_another_port_for_the_clock_and_names_none_by_itself(tmp_path: Path) -> None:
    assert load_preset("gallery").midi_clock == "none"
    preset = load_preset(write(tmp_path, GOOD + "midi: {device: LPD8, clock: Live}\n"))
    assert (preset.midi_device, preset.midi_clock) == ("LPD8", "Live")
    assert preset.as_document()["midi"] == {"device": "LPD8", "clock": "Live", "map": []}


def test_what_belongs_to_the_room_stays_whichever_preset_comes() -> None:
    assert not {"/audio/delay", "/render/delay"} & preset_values(load_preset("gallery")).keys()


def test_how_sure_the_model_is_may_move_a_parameter(tmp_path: Path) -> None:
    text = GOOD + "modulation: [{from: certainty, to: /render/saturation, amount: 0.4}]\n"
    (route,) = load_preset(write(tmp_path, text)).routes
    assert (route.feature, route.address, route.amount) == ("certainty", "/render/saturation", 0.4)


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
        (GOOD + "passes: [upscale, lut]\nlut: missing.cube\n", "lut: there is no file"),
        (GOOD + "passes: [upscale, lut]\nlut: dawn.png\n", "lut: takes a file that ends in .cube, got 'dawn.png'"),
        (GOOD + "lut: film.cube\n", "lut: 'film.cube' is seen where passes has lut"),
        (GOOD + "midi: {devise: auto}\n", "did you mean 'device'?"),
        (GOOD + "parameters: {/show/preset: gallery}\n", "/show/preset is not for presets"),
        (GOOD + "parameters: {/show/model: default}\n", "they have the key model"),
        (GOOD + "image: 'x\\0'\n", "image"),
        (GOOD + f"image: {'x' * 300}\n", "image: 'xxx"),
        (
            GOOD + "modulation: [{from: bass, to: /render/zoom, amount: .nan}]\n",
            "modulation.0.amount: numbers are finite",
        ),
        (GOOD + "modulation: [{from: bass, to: /render/zoom, amount: 'nan'}]\n", "modulation.0.amount: "),
        (GOOD + "modulation: [{from: bass, to: /render/zoom, amount: 1.0e+300}]\n", "modulation.0.amount: "),
        (GOOD + f"modulation: [{{from: bass, to: /render/zoom, amount: {'9' * 400}}}]\n", "a number of 400 letters"),
        (GOOD + f"parameters: {{/audio/gain: {'9' * 5000}}}\n", "a number of 5000 letters"),
        (GOOD + "parameters: {/audio/gain: 2026-13-45}\n", "/audio/gain takes -60..24 dB, got '2026-13-45'"),
        (GOOD + "source: 2026-13-45\nimage: 2026-11-28\n", "image: there is no file"),
        (GOOD + "parameters: " + "[" * 900 + "]" * 900, "is nested more than 16 levels deep"),
        (GOOD + "parameters: {" + ", ".join(f"/a/b{i}: 1" for i in range(20_000)) + "}\n", "has more than 65536 bytes"),
        (GOOD + "".join(f"k{i}: 1\n" for i in range(1_900)), "unknown key 'k0'"),
        (GOOD + "parameters: {" + "x" * 900 + ": 1}\n", "there is no parameter 'xxxx"),
        (
            "a0: &a0 [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(13)),
            "4000 values",
        ),
        ('name: "a\\nb"\ndescription: x\n', "name: expected one line"),
        ('name: "\\ud800"\ndescription: x\n', "test.yaml"),
        ("name: " + "x" * 60_000 + "\ndescription: x\n", "name: string should have at most 1000 characters, got 'xxx"),
        ("- just\n- a list\n", "YAML mapping"),
        ("name: [unclosed\n", "cannot be read as YAML"),
        ("name: !!python/object/apply:os.system ['true']\ndescription: x\n", "cannot be read as YAML"),
    ],
)
def test_a_bad_preset_is_one_line_that_names_the_file_and_the_fault(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PresetError) as refusal:
        load_preset(write(tmp_path, text))
    message = str(refusal.value)
    assert message.startswith("test.yaml") and words in message
    assert message.isprintable() and len(message) < 400


def test_a_preset_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(PresetError, match="did you mean 'gallery'"):
        load_preset("galery")
    with pytest.raises(PresetError, match="there is no preset file"):
        load_preset("nowhere/else.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("passes: [upscale, grian]", "did you mean 'grain'"),
        ("passes: [grain, grain]", "listed 2 times"),
        (f"passes: [{'x' * 5000}]", "there is no pass 'xxx"),
        ("midi: {map: [{cc: true, to: /audio/gain}]}", "cc takes 0..127, got True"),
        ("midi: {map: [{cc: 7, to: [a]}]}", "there is no parameter"),
        (f"midi: {{map: [{{cc: 7, to: [{'x' * 5000}]}}]}}", "there is no parameter"),
        (f"midi: {{map: [{'x' * 5000}]}}", "midi.map.0"),
        ("midi: {map: [{note: 1, to: /show/preset, value: ../x}]}", "got '/'"),
        ("source: microphone", "microphone"),
        (f"source: osc:{'9' * 900}", "needs a UDP port"),
        ("image: missing.png", "there is no file"),
    ],
)
def test_what_no_show_can_use_is_refused_before_it_starts(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PresetError) as refusal:
        load_usable(write(tmp_path, GOOD + text + "\n"))
    message = str(refusal.value)
    assert message.startswith("test.yaml") and words in message
    assert message.isprintable() and len(message) < 400


def test_a_name_leads_to_the_shows_folders_and_nowhere_else(tmp_path: Path) -> None:
    for name in ("evening.yaml", "gallery.yml", ".hidden.yaml", "notes.txt"):
        (tmp_path / name).write_text(GOOD)
    folders = preset_folders(tmp_path / "evening.yaml")
    assert {"evening", "gallery", "performance"} <= set(preset_names(folders))
    assert ".hidden" not in preset_names(folders)
    assert find_named("evening", folders) == tmp_path / "evening.yaml"
    assert find_named("gallery", folders) == tmp_path / "gallery.yml"  # one's own comes first
    for name in (
        "",
        ".hidden",
        "../evening",
        "/etc/passwd",
        str(tmp_path / "evening"),
        "evening.yaml",
        "x" * 300,
        "夜" * 99,
    ):
        with pytest.raises(PresetError, match="there is no preset"):
            find_named(name, folders)


@pytest.mark.parametrize("view", ["none", "open", "token"])
def test_a_preset_says_who_may_look_at_the_page(tmp_path: Path, view: str) -> None:
    preset = load_preset(write(tmp_path, f"{GOOD}page: {{view: {view}}}\n"))
    assert preset.page_view == view and preset.as_document()["page"] == {"view": view}


@pytest.mark.parametrize(
    ("page", "words"), [("{veiw: open}", "did you mean 'view'"), ("{view: all}", "page.view"), ("open", "page")]
)
def test_a_view_that_is_none_is_refused(tmp_path: Path, page: str, words: str) -> None:
    with pytest.raises(PresetError, match=words):
        load_preset(write(tmp_path, f"{GOOD}page: {page}\n"))


@pytest.mark.parametrize(("text", "limited"), [("", True), ("safety: {flashes: false}\n", False)])
def test_flashes_are_limited_unless_the_file_says_otherwise(tmp_path: Path, text: str, limited: bool) -> None:
    path = tmp_path / "night.yaml"
    path.write_text(f"name: Night\ndescription: Ours.\n{text}")
    preset = load_preset(str(path))
    assert preset.limits_flashes is limited and preset.as_document()["safety"] == {"flashes": limited}
    assert "safety" not in preset_text(preset, tmp_path / "kept.yaml", None)


@pytest.mark.parametrize("value", ["0", "'no'", "null"])
def test_what_is_no_plain_false_does_not_switch_the_limiter_off(tmp_path: Path, value: str) -> None:
    path = tmp_path / "night.yaml"
    path.write_text(f"name: Night\ndescription: Ours.\nsafety: {{flashes: {value}}}\n")
    with pytest.raises(PresetError, match=r"safety\.flashes"):
        load_preset(str(path))


GRADED = "name: Own\ndescription: Graded.\npasses: [upscale, lut]\nlut: film.cube\n"
DARK = "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n"


def test_a_grading_is_looked_for_beside_the_preset_then_in_the_folders_of_the_show_then_among_those_that_ship(
    tmp_path: Path,
) -> None:
    beside, venue = tmp_path / "beside", tmp_path / "venue"
    for folder in (beside, venue):
        folder.mkdir()
    path = beside / "own.yaml"
    path.write_text(GRADED)

    def found() -> Path:
        lut = read_preset(path, folders=(venue,)).lut
        assert lut is not None
        return lut.path

    assert found() == PRESET_FOLDER / "film.cube"
    (venue / "film.cube").write_text(DARK)
    assert found() == venue / "film.cube"
    (beside / "film.cube").write_text(DARK)
    assert found() == beside / "film.cube"
    (beside / "film.cube").write_text("LUT_3D_SIZE 1000000\n")
    with pytest.raises(PresetError, match=r"own\.yaml: lut: film\.cube: LUT_3D_SIZE takes 2\.\.65, got '1000000'"):
        found()


def test_a_grading_that_ships_is_saved_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GRADED)
    preset = read_preset(path)
    path.write_text(preset_text(preset, path, None))
    assert "lut: film.cube\n" in path.read_text()
    assert read_preset(path) == preset


ISF = '/*{"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}, {"NAME": "amount", "TYPE": "float", "MAX": 2}]}*/\n'


@pytest.mark.parametrize(
    ("isf", "words"),
    [
        ("{tnt: {amount: 1}}", "there is no ISF pass 'tnt', did you mean 'tint'"),
        ("{grade: {amount: 1}}", "there is no ISF pass 'grade'"),
        ("{tint: {amont: 1}}", "tint has no input 'amont', did you mean 'amount'"),
        ("{tint: {amount: 3}}", "tint: amount takes 0…2, got 3"),
        ("{tint: {amount: [1, 2]}}", "tint: amount takes 0…2"),
        ("{tint: {amount: .nan}}", "own.yaml: "),
        ("{tint: 3}", "isf.tint"),
        ("[tint]", "isf: "),
        ("{odd: {}}", r"odd\.fs:1: an ISF file begins"),
    ],
)
def test_inputs_of_isf_passes_are_checked_against_their_headers(tmp_path: Path, isf: str, words: str) -> None:
    (tmp_path / "tint.fs").write_text(ISF + "void main() {}\n")
    (tmp_path / "odd.fs").write_text("void main() {}\n")
    path = tmp_path / "own.yaml"
    path.write_text(f"name: Own\ndescription: Mine.\npasses: [upscale, tint]\nisf: {isf}\n")
    with pytest.raises(PresetError, match=words):
        load_usable(str(path), shaders=tmp_path)


def test_inputs_of_isf_passes_survive_being_written_again(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("name: Own\ndescription: Mine.\nisf: {tint: {amount: 1.5, bright: true, tone: [1, 0.5, 0, 1]}}\n")
    preset = load_preset(str(path))
    assert preset.isf == {"tint": {"amount": 1.5, "bright": True, "tone": (1.0, 0.5, 0.0, 1.0)}}
    path.write_text(preset_text(preset, path, None))
    assert load_preset(str(path)).isf == preset.isf
