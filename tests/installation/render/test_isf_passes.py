"""ISF shaders of others, drawn as passes of this show."""

from pathlib import Path

import moderngl
import numpy as np
import pytest

from installation.isf.inputs import IsfInputs
from installation.render.passes import Group
from installation.render.shader import ShaderError
from installation.render.shader_sources import ShaderSources, read_sources
from tests.installation.render.isf_files import TINT, TRAIL, write_all
from tests.installation.render.stage import Stage, flat, scene


@pytest.fixture
def sources(tmp_path: Path) -> ShaderSources:
    return read_sources(write_all(tmp_path / "shaders"))


def test_an_isf_file_is_a_pass_beside_those_that_ship_and_a_group_of_its_own(sources: ShaderSources) -> None:
    assert {"tint", "side blur", "rings", "grade"} <= set(sources.passes)
    assert sources.isf_header("grade") is None and {"tint", "side blur", "rings"} <= set(sources.isf_headers)


@pytest.mark.gl
def test_inputs_reach_the_shader_and_glide(context: moderngl.Context, sources: ShaderSources) -> None:
    isf = IsfInputs(sources.isf_headers, {"tint": {"amount": 0.0}})
    stage = Stage(context, passes=("tint", "grade"), texts=sources, isf=isf)
    grey = flat((120, 120, 120))
    assert np.abs(stage.show(grey).astype(int) - 120).max() <= 1
    isf.post("/isf/tint/amount", [1.0])
    stage.show(grey)
    red = stage.show(grey, after_s=1.0)
    assert red[..., 0].min() > 240 and red[..., 1:].max() < 10
    isf.post("/isf/tint/negative", [True])
    cyan = stage.show(grey)
    assert cyan[..., 0].max() < 10 and cyan[..., 1:].min() > 240


@pytest.mark.gl
def test_a_vertex_shader_of_its_own_and_old_words_are_understood(
    context: moderngl.Context, sources: ShaderSources
) -> None:
    isf = IsfInputs(sources.isf_headers)
    stage = Stage(context, passes=("side blur",), texts=sources, isf=isf)
    edge = scene(64)
    blurred = stage.show(edge, after_s=0.5)
    isf.post("/isf/side_blur/width", [0.0])
    stage.show(edge)
    sharp = stage.show(edge, after_s=1.0)
    across = [np.abs(np.diff(shown.astype(float), axis=1)).max() for shown in (blurred, sharp)]
    assert across[0] < 0.7 * across[1]
    plain = Stage(context, passes=(), texts=sources).show(edge)
    assert np.abs(sharp.astype(int) - plain).max() <= 2  # and no corner has changed its place


@pytest.mark.gl
def test_a_generator_is_laid_over_the_picture_by_its_alpha(context: moderngl.Context, sources: ShaderSources) -> None:
    stage = Stage(context, passes=("rings",), texts=sources)
    shown = stage.show(flat((120, 0, 120)))
    assert (shown[0, 0] == (120, 0, 120)).all()  # outside of the rings
    assert (shown.reshape(-1, 3) == (0, 255, 0)).all(axis=1).any()


@pytest.mark.gl
def test_a_persistent_pass_is_shown_what_it_drew_last(context: moderngl.Context, tmp_path: Path) -> None:
    (tmp_path / "trail.fs").write_text(TRAIL)
    stage = Stage(context, passes=("trail",), texts=read_sources(tmp_path), limit_flashes=False)
    for _ in range(12):
        stage.show(flat((200, 200, 200)))
    shown = [int(stage.show(flat((40, 40, 40), serial=2), after_s=1.0)[18, 32, 0]) for _ in range(3)]
    assert np.abs(np.array(shown) - (120, 80, 60)).max() <= 8


@pytest.mark.gl
def test_what_is_no_number_is_not_handed_on(context: moderngl.Context, tmp_path: Path) -> None:
    (tmp_path / "odd.fs").write_text(
        '/*{"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/\n'
        "void main() { float zero = TIME * 0.0; gl_FragColor = vec4(zero / zero); }\n"
    )
    stage = Stage(context, passes=("odd",), texts=read_sources(tmp_path))
    assert np.abs(stage.show(flat((90, 90, 90))).astype(int) - 90).max() <= 1


@pytest.mark.gl
@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (TINT.replace("mix(here", "mixed(here"), r"shaders/tint\.fs:20: .*mixed"),
        (TINT.replace('"tone"', '"discard"'), r"shaders/tint\.fs:1: "),
        (TINT.replace("void main()", "void other()"), r"shaders/tint\.fs:1: has no void main"),
        (TINT.replace('"TYPE": "bool"', '"TYPE": "audio"'), r"shaders/tint\.fs:1: negative is of TYPE 'audio'"),
    ],
)
def test_an_error_names_the_line_of_the_artists_file(
    context: moderngl.Context, tmp_path: Path, broken: str, words: str
) -> None:
    folder = write_all(tmp_path / "shaders")
    (folder / "tint.fs").write_text(broken)
    with pytest.raises(ShaderError, match=words) as caught:
        Stage(context, passes=("tint",), texts=read_sources(folder))
    assert folder / "tint.fs" in caught.value.files


def test_a_file_that_is_none_is_refused_when_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.fs").write_text("void main() {}")
    sources = read_sources(tmp_path)
    assert "odd" not in sources.isf_headers
    with pytest.raises(ShaderError, match=r"odd\.fs:1: an ISF file begins with"):
        Group.of(("odd",), sources)
