from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.modulation import Route
from installation.parameters import DEFAULTS, PARAMETERS
from installation.presets.document import preset_text, shown_as_preset
from installation.presets.naming import PRESET_FOLDER, preset_names
from installation.presets.preset import LOOK, Preset
from installation.presets.reading import load_preset, read_preset
from installation.values import FEATURE_NAMES

GALLERY = load_preset("gallery")
FINE = st.floats(-5, 5).map(lambda value: float(f"{value:.6g}"))
ROUTES = st.builds(
    Route,
    st.sampled_from(FEATURE_NAMES),
    st.sampled_from([row.address for row in PARAMETERS.values() if row.is_number]),
    FINE,
    st.just(0.1),
    st.just(0.5),
)
LINES = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=40)


def test_a_saved_look_holds_all_that_a_preset_sets_what_it_names_and_the_scene_but_no_deeds() -> None:
    values = {**DEFAULTS, "/render/zoom": 1.23456789, "/audio/auto": 3.0, "/scene/hour": 3.0, "/audio/gain": -7.0}
    shown = shown_as_preset(replace(GALLERY, parameters={"/audio/auto": 12.0}), values)
    assert set(shown.parameters) == {*LOOK, "/audio/auto", "/scene/hour"}
    assert shown.parameters["/render/zoom"] == 1.23457 and shown.parameters["/audio/auto"] == 3.0


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_that_ships_is_the_same_after_it_was_written(name: str, tmp_path: Path) -> None:
    preset, path = load_preset(name), tmp_path / "presets" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(preset_text(preset, path, None), encoding="utf-8")
    assert read_preset(path) == replace(preset, path=path.resolve())


@settings(max_examples=40, deadline=None)
@given(name=LINES, description=LINES, routes=st.lists(ROUTES, max_size=5), zoom=st.floats(1, 2))
def test_whatever_a_look_is_called_and_does_it_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, description: str, routes: list[Route], zoom: float
) -> None:
    folder = tmp_path_factory.getbasetemp() / "written"
    folder.mkdir(exist_ok=True)
    path = folder / "any.yaml"
    shown = shown_as_preset(GALLERY, {**DEFAULTS, "/render/zoom": zoom})
    preset = replace(shown, name=name, description=description, routes=tuple(routes), path=path.resolve())
    path.write_text(preset_text(preset, path, None), encoding="utf-8")
    assert read_preset(path) == preset


def test_the_file_reads_as_a_hand_would_write_it(tmp_path: Path) -> None:
    lines = preset_text(GALLERY, tmp_path / "x.yaml", None).splitlines()
    assert "passes: [upscale, displace, feedback, bloom, grade, grain]" in lines
    assert "- {from: bass, to: /render/zoom, amount: 0.05, attack: 0.05, release: 0.6}" in lines
    assert "  /latent/glide: 4.0" in lines and "image: dawn.png" in lines


def image_and_model(preset: Preset, path: Path, model: Path | None) -> tuple[str, str]:
    document = yaml.safe_load(preset_text(preset, path, model))
    return document["image"], document["model"]


def test_a_picture_that_ships_is_named_by_its_name_and_one_of_the_venue_so_that_the_folder_can_move(
    tmp_path: Path,
) -> None:
    path = tmp_path / "venue" / "presets" / "mine.yaml"
    path.parent.mkdir(parents=True)
    assert image_and_model(GALLERY, path, None) == ("dawn.png", "default")
    ours = tmp_path / "venue" / "pictures" / "sea.png"
    assert image_and_model(replace(GALLERY, image=ours), path, tmp_path / "venue" / "model") == (
        "../pictures/sea.png",
        "../model",
    )
    elsewhere = tmp_path / "elsewhere.png"
    assert image_and_model(replace(GALLERY, image=elsewhere), path, elsewhere) == (str(elsewhere), str(elsewhere))
    (path.parent / "dawn.png").write_bytes(b"another")
    assert image_and_model(GALLERY, path, None)[0] == str(PRESET_FOLDER / "dawn.png")
