"""Shaders compiled ahead in a process of its own, and what happens without it."""

import threading
from collections.abc import Iterator
from multiprocessing import Pipe
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
    assert not warmer.is_ready("dog")
    assert wait_until(lambda: warmer.is_ready("dog"), within_s=60.0)


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
    monkeypatch.setattr(shader_warming.signal, "signal", lambda *_: None)
    monkeypatch.setattr(shader_warming.os, "nice", lambda _: 0)
    monkeypatch.setattr(shader_warming.moderngl, "create_context", lambda **_: context)
    ours, theirs = Pipe()
    ours.send("dog")
    told: list[Any] = []
    reader = threading.Thread(target=lambda: told.extend(ours.recv() for _ in SCENES))
    reader.start()
    warm(theirs)
    reader.join(10.0)
    assert drawn[0] == "dog" and sorted(drawn) == sorted(SCENES) and told == drawn
