"""Shaders compiled ahead in a process of its own, and what happens without it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import moderngl
import pytest

from installation.render import shader_warming
from installation.render.shader_warming import AtOnce, ShaderWarmer, warm
from s2s.world.state import SCENES
from tests.waiting import wait_until

pytestmark = [pytest.mark.gl, pytest.mark.proc]


@pytest.fixture
def warmer() -> Iterator[ShaderWarmer]:
    made = ShaderWarmer()
    yield made
    made.close()


def test_a_scene_is_ready_once_another_process_has_drawn_it(warmer: ShaderWarmer) -> None:
    assert not warmer.is_ready("helicopter")  # of all the soonest compiled
    assert wait_until(lambda: warmer.is_ready("helicopter"), within_s=180.0)  # by a process of least urgency


def test_a_child_that_dies_leaves_the_show_to_compile_by_itself(warmer: ShaderWarmer) -> None:
    assert not warmer.is_ready("strings")
    assert warmer._process is not None
    warmer._process.kill()
    assert wait_until(lambda: warmer.is_ready("strings"))


def test_closed_nothing_is_waited_for_and_no_process_is_left(warmer: ShaderWarmer) -> None:
    warmer.is_ready("rain")
    process = warmer._process
    warmer.close()
    assert process is not None and not process.is_alive()
    assert warmer.is_ready("dog") and warmer._process is None


def test_a_film_waits_for_the_compiler_instead() -> None:
    assert all(AtOnce().is_ready(scene) for scene in SCENES)


def test_what_is_asked_for_is_drawn_first_and_everything_once(
    context: moderngl.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(shader_warming, "warm_up", lambda _canvas, scene: drawn.append(scene))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    monkeypatch.setattr("moderngl.create_context", lambda **_: context)
    ours, theirs = Pipe()
    ours.send("dog")
    told: list[Any] = []
    reader = threading.Thread(target=lambda: told.extend(ours.recv() for _ in SCENES))
    reader.start()
    warm(theirs)
    reader.join(10.0)
    assert drawn[0] == "dog" and sorted(drawn) == sorted(SCENES) and told == drawn


IN_A_PROCESS = """
from installation.output.headless import open_headless
from installation.render.render_target import RenderTarget
from installation.render.shader_warming import warm_up
from s2s.world.canvas import Canvas
from s2s.world.state import SceneState

context = open_headless((8, 8)).context
target = RenderTarget(context, (16, 16))
target.framebuffer.use()
state = SceneState("helicopter", 1, 0.5, 12.0)
"""
SHOWS = """
canvas = Canvas(context)
for laid_over in (False, True):
    canvas.draw(state, state, (16, 16), laid_over=laid_over)
context.finish()
"""


def cached_bytes(folder: Path, work: str) -> int:
    """Return how much the driver keeps in `folder` once a process of its own has done `work`."""
    environment = {**os.environ, "MESA_SHADER_CACHE_DIR": str(folder)}
    subprocess.run([sys.executable, "-c", IN_A_PROCESS + work], check=True, env=environment, timeout=120)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_what_was_warmed_up_is_found_in_the_drivers_cache_also_where_it_is_laid_over_another_scene(
    context: moderngl.Context, tmp_path: Path
) -> None:
    if "llvmpipe" not in str(context.info["GL_RENDERER"]):
        pytest.skip("looks into the cache of Mesa's llvmpipe")
    nothing, warm_cache = cached_bytes(tmp_path, ""), cached_bytes(tmp_path, "warm_up(context, 'helicopter')")
    assert nothing < warm_cache == cached_bytes(tmp_path, SHOWS)
