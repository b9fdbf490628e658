"""The world's painter behind the whole chain of passes, looked at pixel by pixel."""

from collections.abc import Iterator

import moderngl
import numpy as np
import pytest

from installation.render import world_painter
from installation.render.crossing import FADE_S, SETTLE_S
from installation.render.render_target import RenderTarget
from installation.render.world_scene import WorldPicture
from installation.status import HeardSource, HeardStatus, PhotographStatus
from installation.values import Pixels
from s2s.world.painter import Painter
from s2s.world.state import SceneState
from tests.installation.render.stage import Stage, flat, scene

pytestmark = pytest.mark.gl

WINDOW = (288, 162)
SHOWN_S = SETTLE_S + FADE_S + 0.5
TURN_S = 0.1
PASSES = ("upscale", "displace", "feedback", "bloom", "grade", "grain")


def heard(*names: str) -> HeardStatus:
    """Return what is heard at noon, plainly: a scene's own hour does not count."""
    return HeardStatus(tuple(HeardSource(name, 0.9, 0.5) for name in names), 0.9, 12.0, 1.0)


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[WorldPicture]:
    """Every picture that the world's painter was asked for."""
    pictures: list[WorldPicture] = []
    draw = world_painter.WorldPainter.draw

    def keeping(self: world_painter.WorldPainter, picture: WorldPicture, size: tuple[int, int]) -> RenderTarget:
        pictures.append(picture)
        return draw(self, picture, size)

    monkeypatch.setattr(world_painter.WorldPainter, "draw", keeping)
    return pictures


def play(stage: Stage, what: HeardStatus, duration_s: float, *, painter: float = 1.0) -> Pixels:
    for _ in range(round(duration_s / TURN_S)):
        shown = stage.show(flat((200, 0, 0)), after_s=TURN_S, heard=what, painter=painter)
    return shown


@pytest.fixture(scope="module")
def painted(context: moderngl.Context) -> Iterator[Painter]:
    with Painter(WINDOW[1], width_px=WINDOW[0], context=context) as painter:
        yield painter


@pytest.mark.parametrize(
    "names", [pytest.param(("helicopter",), marks=pytest.mark.slow), ("sea", "helicopter")], ids="+".join
)
def test_the_window_shows_what_the_worlds_own_painter_paints_of_the_same_moment(
    context: moderngl.Context, painted: Painter, kept: list[WorldPicture], names: tuple[str, ...]
) -> None:
    stage = Stage(context, WINDOW, ())
    shown = play(stage, heard(*names), 2 * SHOWN_S + 4.0)
    assert [part.scene for part in kept[-1].parts] == list(names) and kept[-1].share == 1.0
    assert difference(shown, painted.paint_layers([kept[-1].parts])[0]) < 1.0
    assert stage.renderer.painter.words == f"the world's own shaders: {' over '.join(reversed(names))}"


def test_of_two_sources_both_are_seen(context: moderngl.Context, painted: Painter, kept: list[WorldPicture]) -> None:
    shown = play(Stage(context, WINDOW, ()), heard("helicopter", "sea"), 2 * SHOWN_S + 4.0)
    sea, helicopter = kept[-1].parts
    thing = painted.thing_masks([(sea, helicopter)])[0] > 250
    alone = painted.paint([sea])[0]
    assert sea.scene == "sea" and 0.01 < thing.mean() < 0.5
    assert difference(shown[~thing], alone[~thing]) < 3.0 < 20.0 < difference(shown[thing], alone[thing])


@pytest.mark.parametrize("passes", [(), PASSES], ids=["plain", "gallery's passes"])
def test_with_the_painter_at_0_pictures_are_the_same_bytes_whatever_is_heard(
    context: moderngl.Context, passes: tuple[str, ...]
) -> None:
    without, beside = Stage(context, WINDOW, passes), Stage(context, WINDOW, passes)
    for number in range(8):
        frame = scene(serial=1 + number // 3)
        shown = [
            stage.show(frame, heard=what, feedback=0.4, grain=0.2, bloom=0.3, strokes=0.5)
            for stage, what in ((without, HeardStatus()), (beside, heard("sea", "helicopter")))
        ]
        np.testing.assert_array_equal(shown[0], shown[1])
    assert beside.renderer.painter.words == "the generator's picture"
    assert beside.renderer.seen.world_s == 0.0 < beside.renderer.seen.generator_s


def test_after_it_was_asked_for_and_no_more_the_generators_picture_is_as_before(context: moderngl.Context) -> None:
    stage = Stage(context, WINDOW, ("upscale",))
    frame = scene()
    before = [stage.show(frame) for _ in range(2)][-1]
    for _ in range(40):
        world = stage.show(frame, after_s=TURN_S, heard=heard("rain"), painter=1.0)
    after = stage.show(frame, heard=heard("rain"))
    assert difference(before, world) > 10.0
    assert np.abs(before.astype(int) - after).max() <= 1  # the dither's dice fall anew


def test_before_a_photograph_of_the_place_the_world_gives_way(context: moderngl.Context) -> None:
    stage, frame = Stage(context, WINDOW, ()), flat((200, 0, 0))
    photographs = [PhotographStatus(share, "bar") for share in (0.0, 0.5, 1.0)]
    shown = []
    for photograph in photographs:
        for _ in range(40):
            seen = stage.show(frame, after_s=TURN_S, heard=heard("rain"), photograph=photograph, painter=1.0)
        shown.append(seen.astype(float))
    assert difference(shown[2], frame.pixels[0, 0]) < 1.0 < 10.0 < difference(shown[0], shown[2])
    assert difference(shown[1], (shown[0] + shown[2]) / 2) < 10.0
    assert stage.renderer.painter.words == "a photograph of the place: bar"
    assert stage.renderer.seen.photograph_s > stage.renderer.seen.world_s > 0.0


def test_half_way_both_painters_are_seen(context: moderngl.Context) -> None:
    what = heard("rain")
    shown = {at: play(Stage(context, WINDOW, ()), what, SHOWN_S, painter=at).astype(float) for at in (0.0, 0.5, 1.0)}
    assert np.abs(shown[0.5] - 0.5 * (shown[0.0] + shown[1.0])).max() <= 1.5


def test_a_name_that_the_world_does_not_have_shows_the_generators_picture_and_is_said(
    context: moderngl.Context,
) -> None:
    stage = Stage(context, WINDOW, ())
    generated = stage.show(flat((200, 0, 0)))
    np.testing.assert_array_equal(play(stage, heard("people sneezing"), SHOWN_S), generated)
    words = "the generator's picture: the world has no scene for 'people sneezing'"
    assert stage.renderer.painter.words == words


def test_one_scene_goes_over_into_another_through_the_generators_picture(context: moderngl.Context) -> None:
    stage = Stage(context, WINDOW, ())
    play(stage, heard("rain"), SHOWN_S)
    reds = [float((play(stage, heard("train"), TURN_S) == (200, 0, 0)).all(axis=2).mean()) for _ in range(60)]
    assert reds[0] < 0.01 and max(reds) == 1.0 and reds[-1] < 0.01
    assert stage.renderer.painter.scenes == ("train",)


def test_a_shader_that_does_not_compile_leaves_the_generators_picture_and_says_why(
    context: moderngl.Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("s2s.world.canvas.fragment_source", lambda _scene: "#version 330\nvoid main() { nonsense; }")
    stage = Stage(context, WINDOW, ())
    shown = play(stage, heard("rain"), SHOWN_S)
    assert (shown == (200, 0, 0)).all()
    assert stage.renderer.painter.words.startswith("the generator's picture: this OpenGL cannot compile rain:")
    assert len(caplog.messages) == 1


def test_while_the_picture_is_frozen_the_world_stands_still(context: moderngl.Context) -> None:
    stage = Stage(context, WINDOW, ())
    before = play(stage, heard("rain"), SHOWN_S)
    frozen = [
        stage.show(flat((0, 0, 200), serial=2), after_s=0.2, heard=heard("train"), painter=1.0, show_freeze=True)
        for _ in range(30)
    ]
    assert difference(frozen[-1], before) < 1.0


def test_on_a_cpu_it_paints_smaller_where_it_would_take_too_long(context: moderngl.Context) -> None:
    stage = Stage(context, (640, 360), (), adaptive=True, budget_s=1e-4)
    sizes = set()
    for _ in range(240):
        stage.show(flat((200, 0, 0)), after_s=TURN_S, heard=heard("sea"), painter=1.0)
        target = stage.renderer._world._target
        sizes |= {target.size} if target else set()
    assert min(sizes) == (80, 45)
    assert max(sizes) == (103, 58)  # of passes 258 pixels wide: a power of two is gone out of the way of


def test_a_moment_needs_no_more_than_its_state(context: moderngl.Context, painted: Painter) -> None:
    """What the canvas draws depends on nothing that was drawn before, blended or not."""
    states = [SceneState("sea", 3, 0.5, 12.0), SceneState("helicopter", 4, 0.5, 12.0)]
    before = painted.paint_layers([states])
    play(Stage(context, WINDOW, ()), heard("train", "rain"), SHOWN_S)
    np.testing.assert_array_equal(before, painted.paint_layers([states]))


def test_what_two_painters_take_is_compiled_a_piece_a_picture_before_both_are_seen(context: moderngl.Context) -> None:
    live, film = Stage(context, WINDOW, ("upscale",), adaptive=True, budget_s=1.0), Stage(context, WINDOW, ("upscale",))
    chain = live.renderer._chain
    compiled = []
    for _ in range(4):
        live.show(flat((200, 0, 0)))
        film.show(flat((200, 0, 0)))
        compiled.append((chain._is_second_drawn, chain._mixed is not None))
    assert compiled == [(True, False), (True, True), (True, True), (True, True)]
    assert film.renderer._chain._second is None
