"""Changes of passes: compiled in pieces before they are shown, kept after they were."""

import moderngl
import numpy as np
import pytest

from installation.render import chain as chains
from installation.render.pass_warming import PassWarmer
from installation.render.passes import Group, Passes
from installation.render.shader import ShaderError
from installation.render.shader_sources import read_sources
from tests.installation.render.stage import Stage
from tests.waiting import wait_until

pytestmark = pytest.mark.gl

LONG = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
SHORT = ("grade", "grain")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The groups of passes that were compiled, in their order."""
    groups: list[tuple[str, ...]] = []

    class Counted(Passes):
        def __init__(self, context: moderngl.Context, group: Group) -> None:
            groups.append(group.names)
            super().__init__(context, group)

    monkeypatch.setattr(chains, "Passes", Counted)
    return groups


def test_a_chain_is_made_ready_one_piece_a_turn_and_changing_to_it_then_compiles_nothing(
    context: moderngl.Context, compiled: list[tuple[str, ...]]
) -> None:
    stage = Stage(context, passes=SHORT)
    counts = []
    while not stage.renderer.prepare(LONG):
        counts.append(len(compiled))
    assert len(counts) >= 3 and max(np.diff(counts)) == 1
    before = list(compiled)
    stage.renderer.set_passes(LONG)
    assert compiled == before


def test_going_back_and_forth_compiles_each_pass_once(
    context: moderngl.Context, compiled: list[tuple[str, ...]]
) -> None:
    stage = Stage(context, passes=LONG)
    for passes in (SHORT, LONG, SHORT, LONG):
        stage.renderer.set_passes(passes)
    assert len(compiled) == len(set(compiled))


def test_what_waits_is_bounded(context: moderngl.Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_KEPT", 2)
    stage = Stage(context, passes=LONG)
    for passes in (SHORT, ("displace",), ("bloom",), ("grain",), LONG):
        stage.renderer.set_passes(passes)
    assert len(stage.renderer._chain._spare._groups) <= 2


def test_a_pass_that_does_not_exist_is_refused_before_anything_changes(context: moderngl.Context) -> None:
    stage = Stage(context, passes=SHORT)
    with pytest.raises(ShaderError, match="did you mean 'bloom'"):
        stage.renderer.prepare(("upscale", "blom"))


@pytest.mark.proc
def test_a_child_draws_a_new_chain_once_and_ends() -> None:
    warmer, texts = PassWarmer(), read_sources()
    assert not warmer.is_ready(SHORT, {}, texts)
    assert wait_until(lambda: warmer.is_ready(SHORT, {}, texts), within_s=60.0)
    assert warmer.is_ready(SHORT, {}, texts)
    warmer.close()
    assert warmer.is_ready(LONG, {}, texts)  # nobody is left to wait for
