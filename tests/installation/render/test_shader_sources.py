"""All shader files at one moment: those that ship, a venue's own, and what is wrong with them."""

from pathlib import Path

import pytest

from installation.render.shader import SHADERS, ShaderError, read_shader
from installation.render.shader_sources import ShaderSources, read_sources

PASS = '#version 330 core\n// A pass.\n#include "own.glsl"\nvoid main() { o_colour = vec4(1.0); }\n'


def venue(folder: Path, **files: str) -> ShaderSources:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".", 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_sources(folder)


def test_a_venues_passes_and_includes_join_those_that_ship(tmp_path: Path) -> None:
    sources = venue(tmp_path, ember_frag=PASS, include__own_glsl="// mine\nout vec4 o_colour;")
    assert (
        sources.pass_path("ember") == tmp_path / "ember.frag" and sources.pass_path("grade") == SHADERS / "grade.frag"
    )
    text = read_shader(tmp_path / "ember.frag", sources)
    assert text.files == (tmp_path / "ember.frag", tmp_path / "include" / "own.glsl") and "// mine" in text.text
    assert sources.clashes == ()


def test_a_name_that_is_taken_does_not_win_silently(tmp_path: Path) -> None:
    sources = venue(tmp_path, grade_frag=PASS, twice_frag=PASS, twice_fs="/*{}*/", include__common_glsl="")
    assert sources.pass_path("grade") == SHADERS / "grade.frag" and sources.pass_path("twice").suffix == ".frag"
    assert [line.partition(" is no")[0] for line in sources.clashes[:2]] == [
        f"{tmp_path.name}/grade.frag",
        f"{tmp_path.name}/twice.fs",
    ]
    assert "ships" in sources.clashes[0] and "common.glsl" in sources.clashes[2]
    assert sources.include("common.glsl") == SHADERS / "include" / "common.glsl"


def test_a_name_that_no_preset_could_write_is_said(tmp_path: Path) -> None:
    sources = venue(tmp_path)
    (tmp_path / "a,b.fs").write_text("/*{}*/")
    sources = read_sources(tmp_path)
    assert "a,b" not in sources.passes and "letters, digits" in sources.clashes[0]


@pytest.mark.parametrize(("body", "why"), [(b"\xff\xfe\x00", "not UTF-8"), (b"x" * 300_000, "longer than 256 KiB")])
def test_a_file_that_is_no_text_is_refused_when_it_is_used(tmp_path: Path, body: bytes, why: str) -> None:
    (tmp_path / "ember.frag").write_bytes(body)
    sources = read_sources(tmp_path)
    with pytest.raises(ShaderError, match=why):
        sources.lines(sources.pass_path("ember"), "passes: ember")


def test_a_folder_that_is_not_there_has_no_passes(tmp_path: Path) -> None:
    assert read_sources(tmp_path / "nowhere").passes == read_sources().passes


def test_hidden_and_other_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / ".ember.frag.swp").write_text("")
    (tmp_path / ".ember.frag").write_text("")
    (tmp_path / "ember.frag~").write_text("")
    assert read_sources(tmp_path) == read_sources()


def test_two_states_with_one_content_are_equal_and_former_texts_can_be_had_back(tmp_path: Path) -> None:
    before = venue(tmp_path, ember_frag=PASS)
    assert before == read_sources(tmp_path) and hash(before) == hash(read_sources(tmp_path))
    (tmp_path / "ember.frag").write_text("broken")
    (tmp_path / "other.frag").write_text(PASS)
    after = read_sources(tmp_path)
    assert after != before
    back = after.with_former([tmp_path / "ember.frag"], before)
    assert back.texts[tmp_path / "ember.frag"] == PASS and "other" in back.passes
    assert after.with_former([tmp_path / "other.frag", tmp_path / "ember.frag"], before) == before
