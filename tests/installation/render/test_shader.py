from pathlib import Path

import moderngl
import pytest

from installation.exit_codes import ExitCode
from installation.render.shader import SHADERS, Shader, ShaderError, read_shader
from installation.render.shader_sources import read_sources
from installation.values import FEATURE_NAMES

FRAGMENTS = sorted(SHADERS.rglob("*.frag"))


@pytest.mark.gl
@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.stem)
def test_every_shader_compiles(context: moderngl.Context, path: Path) -> None:
    Shader(context, path).release()


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.stem)
def test_every_shader_says_what_it_does(path: Path) -> None:
    version, comment, *_ = path.read_text(encoding="utf-8").splitlines()
    assert version == "#version 330 core"
    assert comment.startswith("// ")


def test_every_vertex_shader_belongs_to_a_fragment_shader_or_to_all() -> None:
    lonely = [path.name for path in SHADERS.rglob("*.vert") if not path.with_suffix(".frag").exists()]
    assert sorted(lonely) == ["output.vert", "screen.vert"]  # of the outputs, and of all


@pytest.mark.gl
def test_every_feature_is_offered_to_a_pass_and_none_need_be_used(context: moderngl.Context, tmp_path: Path) -> None:
    path = tmp_path / "own.frag"
    head = '#version 330 core\n#include "common.glsl"\n'
    for name in FEATURE_NAMES:
        path.write_text(f"{head}void main() {{ o_colour = vec4(u_{name}); }}\n")
        shader = Shader(context, path)
        assert [other for other in FEATURE_NAMES if shader.takes(f"u_{other}")] == [name]
        shader.release()


@pytest.mark.gl
def test_a_shader_is_drawn_with_what_it_was_told_last_in_whatever_sequence(
    context: moderngl.Context, tmp_path: Path
) -> None:
    path = tmp_path / "own.frag"
    path.write_text("#version 330 core\nuniform vec3 u_own;\nout vec4 o;\nvoid main() { o = vec4(u_own, 1.0); }\n")
    shader, target = Shader(context, path), context.simple_framebuffer((1, 1), components=3)
    own = [1.0, 0.0, 0.0]
    for told, shown in ((own, (255, 0, 0)), ((0.0, 1.0, 0.0), (0, 255, 0)), (own, (255, 0, 0)), (own, (0, 0, 255))):
        if shown == (0, 0, 255):
            own[:] = 0.0, 0.0, 1.0
        shader.draw(target, {"u_own": told}, {})
        assert tuple(target.read(components=3)) == shown
    shader.draw(target, {}, {})
    assert tuple(target.read(components=3)) == (0, 0, 255)
    target.release()
    shader.release()


def test_an_unknown_pass_names_the_nearest() -> None:
    with pytest.raises(ShaderError, match=r"there is no pass 'feedbak' in shaders/; did you mean 'feedback'\?"):
        read_sources().pass_path("feedbak")
    with pytest.raises(ShaderError, match=r"there are advect, bloom, .*, upscale"):
        read_sources().pass_path("x")
    assert {"upscale", "displace", "feedback", "bloom", "grade", "grain"} <= set(read_sources().passes)


def test_a_missing_file_is_one_line_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ShaderError, match=r"cannot read nothing\.frag"):
        read_shader(tmp_path / "nothing.frag")


def test_a_missing_include_names_who_asked_for_it(tmp_path: Path) -> None:
    path = tmp_path / "own.frag"
    path.write_text('#version 330 core\n#include "nothing.glsl"\n')
    with pytest.raises(ShaderError, match=r"own\.frag:2: cannot read nothing\.glsl"):
        read_shader(path)


@pytest.mark.gl
def test_a_compile_error_is_one_line_with_file_and_line(context: moderngl.Context, tmp_path: Path) -> None:
    path = tmp_path / "broken.frag"
    path.write_text('#version 330 core\n#include "common.glsl"\n\nvoid main() {\n    o_colour = vec4(nonsense);\n}\n')
    with pytest.raises(ShaderError) as caught:
        Shader(context, path)
    message = str(caught.value)
    assert f"{tmp_path.name}/broken.frag:5: " in message
    assert "nonsense" in message
    assert "\n" not in message
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.gl
def test_an_error_in_a_vertex_shader_names_that_file(context: moderngl.Context, tmp_path: Path) -> None:
    (tmp_path / "own.frag").write_text("#version 330 core\nout vec4 o;\nvoid main() { o = vec4(1.0); }\n")
    (tmp_path / "own.vert").write_text("#version 330 core\n\nvoid main() { gl_Position = nonsense; }\n")
    with pytest.raises(ShaderError, match=r"own\.vert:3: .*nonsense"):
        Shader(context, tmp_path / "own.frag")
