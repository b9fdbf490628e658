"""Passes that are edited while they are drawn."""

import logging
from collections.abc import Callable
from pathlib import Path

import moderngl
import numpy as np
import pytest

from installation.reloading.shaders import ShaderReload
from installation.reloading.watch import ShaderFolders, Watch
from installation.render.shader_sources import read_sources
from installation.values import Frame
from tests.installation.render.stage import Stage, flat
from tests.waiting import wait_until

HEAD = '#version 330 core\n// A pass.\n#include "common.glsl"\n#include "own.glsl"\n'
HELD = (
    "uniform sampler2D u_last;\nvoid main() { o_colour = vec4(max(texture(u_last, v_uv).rgb, GAIN * picture()), 1.0); }"
)
GREY = flat((100, 100, 100))


class Studio:
    """A stage, a venue's folder of shaders, and what follows it; looked at by hand."""

    def __init__(self, context: moderngl.Context, folder: Path, *passes: str, **files: str) -> None:
        self.folder = folder / "shaders"
        (self.folder / "include").mkdir(parents=True)
        self.write("include/own.glsl", "const float GAIN = 1.0;")
        for name, body in files.items():
            self.write(f"{name}.frag", HEAD + body)
        texts = read_sources(self.folder)
        self.stage = Stage(context, passes=passes, texts=texts)
        self.pauses: list[Callable[[], object]] = []
        self.folders = ShaderFolders(texts, self._pause)
        self.taken = 0
        self.reload = ShaderReload(self.stage.renderer, self.folders.look, taken=self._count)
        self.reload.poll(0.0)  # the first look knows what there is

    def _pause(self, _seconds: float) -> None:
        if self.pauses:
            self.pauses.pop(0)()

    def _count(self) -> None:
        self.taken += 1

    def write(self, name: str, text: str) -> None:
        """Write as editors do: aside, and renamed into its place."""
        aside = self.folder / f".{Path(name).name}.swp"
        aside.write_text(text)
        aside.rename(self.folder / name)

    def edit(self, name: str, body: str) -> None:
        self.write(name, HEAD + body)
        self.turns()

    def turns(self) -> int:
        """Take turns until the edit is taken up or refused; return how many it took."""
        before, turns = self.taken, 0
        while self.taken == before:
            self.reload.poll(turns / 30)
            turns += 1
            assert turns < 50
        return turns

    def red(self) -> int:
        """The middle of the picture, in red, once one state of the files has dissolved into the other."""
        return self.shows(GREY)

    def shows(self, frame: Frame) -> int:
        shown = self.stage.show(frame)
        while self.stage.renderer.dissolves:
            shown = self.stage.show(frame)
        return int(shown[18, 32, 0])

    @property
    def problem(self) -> str:
        return self.reload.status().problem


def body(factor: str) -> str:
    return f"void main() {{ o_colour = vec4(picture() * {factor} * GAIN, 1.0); }}"


@pytest.mark.gl
def test_an_edited_pass_is_drawn_and_what_it_remembers_stays(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "held", "grade", held=HELD)
    bright, dark = flat((200, 200, 200)), flat((20, 20, 20), serial=2)
    for frame in (bright, dark):
        for _ in range(30):
            studio.shows(frame)
    studio.edit("held.frag", HELD.replace("GAIN *", "GAIN * vec3(1.0, 20.0, 1.0) *"))
    assert studio.shows(dark) > 190  # without a memory it would be as dark as what comes
    assert studio.stage.show(dark)[18, 32, 1] == 255 and studio.problem == ""


@pytest.mark.gl
def test_an_edited_include_changes_what_includes_it(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "one", one=body("1.0"))
    assert abs(studio.red() - 100) <= 1
    studio.write("include/own.glsl", "const float GAIN = 0.5;")
    studio.turns()
    assert abs(studio.red() - 50) <= 1


@pytest.mark.gl
def test_an_error_keeps_the_last_good_pass_says_where_and_goes_when_it_is_mended(
    context: moderngl.Context, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    studio = Studio(context, tmp_path, "grade", "one", one=body("0.5"))
    studio.edit("one.frag", "\nvoid main() { o_colour = nonsense; }")
    assert abs(studio.red() - 50) <= 1
    assert "shaders/one.frag:6: " in studio.problem and "nonsense" in studio.problem
    for _ in range(5):
        studio.reload.poll(9.0)
    assert caplog.text.count("one.frag:6") == 1
    studio.edit("one.frag", body("0.25"))
    assert studio.problem == "" and abs(studio.red() - 25) <= 1 and "mended" in caplog.text
    assert studio.reload.status().refused == 1


@pytest.mark.gl
def test_an_error_in_an_include_names_the_include(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "grade", "one", one=body("0.5"))
    studio.write("include/own.glsl", "const float GAIN = 1.0;\n\nfloat odd() { return nothing; }")
    studio.turns()
    assert "shaders/include/own.glsl:3: " in studio.problem and abs(studio.red() - 50) <= 1


@pytest.mark.gl
def test_one_broken_pass_does_not_hold_up_another(context: moderngl.Context, tmp_path: Path) -> None:
    beside = "uniform vec4 u_none;\nvoid main() { o_colour = texture(u_picture, v_uv) * 0.5; }"
    studio = Studio(context, tmp_path, "one", "two", one=body("1.0"), two=beside)
    studio.write("one.frag", HEAD + "broken")
    studio.edit("two.frag", beside.replace("0.5", "0.25"))
    assert "one.frag:" in studio.problem and abs(studio.red() - 25) <= 1


@pytest.mark.gl
def test_a_pass_that_is_taken_away_stays_on_the_wall_and_is_missed(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "one", one=body("0.5"))
    (studio.folder / "one.frag").unlink()
    studio.turns()
    assert "no pass 'one'" in studio.problem and abs(studio.red() - 50) <= 1
    studio.edit("one.frag", body("0.5"))
    assert studio.problem == ""


@pytest.mark.gl
def test_a_half_written_file_is_not_taken(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "one", one=body("1.0"))
    (studio.folder / "one.frag").write_text(HEAD + "void main() { o_col")
    studio.pauses.append(lambda: (studio.folder / "one.frag").write_text(HEAD + body("0.5")))
    studio.reload.poll(0.0)
    assert studio.taken == 0 and studio.problem == ""
    studio.turns()
    assert studio.problem == "" and abs(studio.red() - 50) <= 1


@pytest.mark.gl
def test_an_edit_is_compiled_in_pieces_and_swapped_in_one(context: moderngl.Context, tmp_path: Path) -> None:
    far = "void main() { o_colour = texture(u_picture, v_uv) * GAIN; }"
    studio = Studio(context, tmp_path, "a", "b", "c", a=far, b=far, c=far)
    studio.write("include/own.glsl", "const float GAIN = 0.5;")
    shown = []
    while studio.taken == 0:
        studio.reload.poll(0.0)
        shown.append(studio.red())
    assert len(shown) == 4 and np.abs(np.array(shown[:-1]) - 100).max() <= 1 and abs(shown[-1] - 12) <= 1


@pytest.mark.gl
def test_a_shader_of_the_house_can_be_edited_too(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "one", one=body("1.0"))
    texts = studio.stage.renderer.texts
    strokes = next(path for path in texts.texts if path.name == "plain.frag")
    edited = texts.with_former([], texts)
    edited.texts[strokes] += "\n// seen"
    assert edited != texts
    studio.stage.renderer.set_texts(edited)
    assert studio.stage.renderer.texts is edited and abs(studio.red() - 100) <= 1


@pytest.mark.gl
def test_a_new_name_that_clashes_is_said_and_changes_nothing(context: moderngl.Context, tmp_path: Path) -> None:
    studio = Studio(context, tmp_path, "grade", "one", one=body("0.5"))
    studio.edit("grade.frag", body("0.0"))
    assert "grade" in studio.problem and "ships" in studio.problem and abs(studio.red() - 50) <= 1
    (studio.folder / "grade.frag").unlink()
    studio.turns()
    assert studio.problem == ""


class Sleepy:
    """A painter whose shaders are never ready."""

    def __init__(self) -> None:
        self.texts, self.given_up = read_sources(), 0

    def prepare_texts(self, _texts: object) -> bool:
        return False

    def set_texts(self, _texts: object) -> None:
        raise AssertionError

    def give_up_texts(self) -> None:
        self.given_up += 1


def test_a_shader_that_is_never_drawn_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "ember.frag").write_text("for ever")
    coming = [read_sources(tmp_path)]
    painter = Sleepy()
    reload = ShaderReload(painter, lambda: coming.pop() if coming else None)
    for now in (0.0, 29.0, 31.0):
        reload.poll(now)
    assert painter.given_up == 1 and reload.status().problem == "ember.frag: not drawn within 30 s"


def test_another_preset_that_is_on_its_way_comes_first() -> None:
    busy = [True]
    coming = [read_sources()]
    painter = Sleepy()
    reload = ShaderReload(painter, lambda: coming.pop() if coming else None, lambda: busy[0])
    for now in (0.0, 100.0):
        reload.poll(now)
    assert reload.status().problem == "" and painter.given_up == 0


def test_a_watch_looks_again_and_again_whatever_happens_and_ends() -> None:
    looks: list[int] = []

    def look() -> int:
        looks.append(1)
        if len(looks) == 1:
            raise OSError("the disk is away")
        return len(looks)

    watch = Watch("test", look)
    assert watch.take() is None
    watch.start()
    assert wait_until(lambda: watch.take() is not None)
    watch.close()
