"""Which passes are drawn as one, and that what is drawn as one is what they draw one by one."""

from pathlib import Path

import moderngl
import numpy as np
import pytest

from installation.output.snapshot import PixelReader
from installation.render.chain import Chain
from installation.render.fusing import fused_fragment, grouped
from installation.render.passes import WHOLE, Group, Passes, Uniforms, groups_of
from installation.render.shader import ShaderError
from installation.render.shader_sources import read_sources
from tests.installation.render.stage import scene

ALL = ("displace", "feedback", "bloom", "grade", "grain")


def test_a_pass_that_reads_elsewhere_begins_a_group_and_one_that_remembers_ends_it() -> None:
    assert grouped(ALL, read_sources(), whole=WHOLE) == [("displace", "feedback"), ("bloom", "grade", "grain")]
    assert grouped(("feedback", "grade", "grain"), read_sources()) == [("feedback",), ("grade", "grain")]
    assert grouped(("grain", "displace"), read_sources()) == [("grain",), ("displace",)]
    assert grouped((), read_sources()) == []


def test_includes_and_declarations_are_there_once() -> None:
    sources = read_sources()
    text = fused_fragment([sources.pass_path(name) for name in ("bloom", "grade", "grain")], sources).text
    for once in ("#version", "uniform sampler2D u_picture;", "float hash(", "void main()", "out vec4 o_colour;"):
        assert text.count(once) == 1, once
    assert text.count("texture(u_picture") == 1


def write_pass(folder: Path, name: str, body: str) -> None:
    text = f'#version 330 core\n// A pass of one\'s own.\n#include "common.glsl"\n{body}\n'
    (folder / f"{name}.frag").write_text(text)


def test_two_passes_that_use_one_name_are_drawn_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_pass(tmp_path, name, "const float GAIN = 2.0;\nvoid main() { o_colour = vec4(picture() * GAIN, 1.0); }")
    assert grouped(("one", "two"), read_sources(tmp_path)) == [("one",), ("two",)]


def test_a_pass_that_only_speaks_of_the_picture_in_a_comment_joins(tmp_path: Path) -> None:
    write_pass(tmp_path, "one", "void main() { o_colour = vec4(picture(), 1.0); }")
    write_pass(tmp_path, "two", "// not u_picture\nvoid main() { o_colour = vec4(picture().bgr, 1.0); }")
    assert grouped(("one", "two"), read_sources(tmp_path)) == [("one", "two")]


@pytest.mark.gl
def test_an_error_in_a_fused_pass_names_its_own_file_and_line(context: moderngl.Context, tmp_path: Path) -> None:
    write_pass(tmp_path, "one", "void main() { o_colour = vec4(picture(), 1.0); }")
    write_pass(tmp_path, "two", "\nvoid main() { o_colour = vec4(nonsense); }")
    with pytest.raises(ShaderError, match=r"two\.frag:5: .*nonsense"):
        Chain(context, ["one", "two"], read_sources(tmp_path))


@pytest.mark.gl
def test_passes_that_do_not_go_together_are_drawn_one_by_one(context: moderngl.Context, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_pass(tmp_path, name, "struct Ink { vec3 tone; };\nvoid main() { o_colour = vec4(picture(), 1.0); }")
    assert grouped(("one", "two"), read_sources(tmp_path)) == [("one", "two")]
    Chain(context, ["one", "two"], read_sources(tmp_path)).release()


@pytest.mark.gl
@pytest.mark.parametrize("names", [("displace", "feedback"), ("bloom", "grade", "grain")])
def test_passes_drawn_as_one_draw_what_they_draw_one_by_one(context: moderngl.Context, names: tuple[str, ...]) -> None:
    told = {"u_displacement": 0.5, "u_bass": 0.5, "u_feedback": 0.6, "u_swirl": 0.3, "u_dt": 0.03, "u_time": 3.0}
    told |= {"u_bloom": 0.5, "u_level": 0.4, "u_hue": 30.0, "u_saturation": 1.2, "u_contrast": 1.1, "u_brightness": 0.9}
    told |= {"u_vignette": 0.3, "u_onset": 0.2, "u_grain": 0.4, "u_treble": 0.3}
    uniforms: Uniforms = {**told, "u_chance": (0.3, 0.7)}
    pixels = scene(64).pixels
    picture = context.texture((64, 64), 3, pixels.tobytes(), alignment=1)

    def drawn(groups: list[tuple[str, ...]]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        chain = [Passes(context, Group.of(group, read_sources())) for group in groups]
        for _ in range(12):  # until what lingered at the start is gone
            shown = picture
            for item in chain:
                shown = item.draw(shown, (64, 64), uniforms)
        target = context.framebuffer([shown])
        return PixelReader(context).read(target)

    apart = drawn([(name,) for name in names])
    assert np.abs(drawn([names]).astype(int) - apart).max() <= 1
    assert np.abs(apart.astype(int) - pixels).max() > 10


def test_the_last_passes_end_with_the_step_to_bytes_unless_something_lingers_there(tmp_path: Path) -> None:
    assert [group.finished for group in groups_of(ALL, read_sources())] == [False, True]
    assert [group.finished for group in groups_of(("grade", "feedback"), read_sources())] == [False]
    (tmp_path / "inked.frag").write_text(
        "#version 330 core\nin vec2 v_uv;\nout vec4 ink;\nvoid main() { ink = vec4(v_uv, 0.0, 1.0); }"
    )
    assert [group.finished for group in groups_of(("inked",), read_sources(tmp_path))] == [False]


@pytest.mark.gl
def test_a_pass_may_use_any_names_and_still_be_the_last(context: moderngl.Context, tmp_path: Path) -> None:
    body = "float finish(float draw) { return draw; }\nvoid main() { o_colour = vec4(vec3(finish(0.1)), 1.0); }"
    write_pass(tmp_path, "one", body)
    (group,) = groups_of(("one",), read_sources(tmp_path))
    assert group.finished
    Passes(context, group).release()


@pytest.mark.gl
def test_finished_passes_draw_bytes_whose_mean_is_what_was_meant(context: moderngl.Context) -> None:
    """Between two steps of 8 bits: neither band nor bias."""
    meant = 20.3 / 255.0
    picture = context.texture((64, 64), 3, np.full((64, 64, 3), meant, np.float32), dtype="f4")
    uniforms: Uniforms = {"u_grain": 0.0, "u_chance": (0.3, 0.7)}
    drawn = Passes(context, groups_of(("grain",), read_sources())[0])
    texture = drawn.draw(picture, (64, 64), uniforms)
    pixels = PixelReader(context).read(context.framebuffer([texture]))
    assert texture.dtype == "f1"
    assert set(np.unique(pixels)) == {20, 21}
    assert pixels.mean() == pytest.approx(20.3, abs=0.05)
