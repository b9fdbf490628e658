"""The renderer that draws what a log says: at the sizes that were chosen then, or, for another film, the finest.

Where the size is the log's, every picture is the one that was shown: what a live renderer decides by the time it took
comes from the log instead. Runs on the main thread.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import moderngl

from installation.desk import Desk
from installation.grading.cube_file import Cube, read_cube
from installation.isf.header import IsfHeader, IsfValue
from installation.isf.inputs import IsfInputs
from installation.parameters import DEEDS, DEFAULTS, PARAMETERS
from installation.presets.preset import LOOK
from installation.render.pipeline import Renderer
from installation.render.resolution import ResolutionChooser
from installation.render.shader_sources import ShaderSources
from installation.render.world_painter import SCALES as WORLD_SCALES
from installation.session.entries import Turn
from installation.session.header import Header
from installation.values import Controls, Features, Frame, ParameterValue


class GivenScale(ResolutionChooser):
    """The scale that it is given, whatever a picture takes."""

    def __init__(self, scales: Sequence[float] = (1.0,)) -> None:
        super().__init__(1.0, start=scales[0], scales=scales)
        self.given = 1.0

    @property
    def scale(self) -> float:
        return self.given

    def update(self, frame_s: float, now: float) -> float:  # noqa: ARG002 - the chooser's own signature
        return self.given

    def restart(self) -> None:
        pass


class GivenReadiness:
    """The scenes that a log says were ready."""

    def __init__(self) -> None:
        self.ready: frozenset[str] = frozenset()

    def is_ready(self, scene: str) -> bool:
        return scene in self.ready

    def close(self) -> None:
        pass


class GivenInputs(IsfInputs):
    """The inputs of ISF passes as a log says."""

    def __init__(self) -> None:
        self.given: Mapping[str, IsfValue] = {}

    def declare(self, headers: Mapping[str, IsfHeader]) -> None:
        pass

    def load(self, names: Sequence[str]) -> None:
        pass

    def uniforms(self, now: float) -> dict[str, IsfValue]:  # noqa: ARG002 - as it stood is in the log
        return dict(self.given)


class ReplayedRenderer:
    """Draws turns of a log into pictures of `size`. Raises ShaderError where a pass is not there any more."""

    def __init__(
        self,
        context: moderngl.Context,
        size: tuple[int, int],
        header: Header,
        first: Turn,
        *,
        as_shown: bool,
        texts: ShaderSources,
    ) -> None:
        """`first` is the first turn, `texts` the shaders' files. `as_shown`: at the sizes of then, else the finest."""
        self._as_shown = as_shown
        self._size = size
        self._scale, self._world_scale = GivenScale(), GivenScale(WORLD_SCALES)
        self._readiness, self._hour = GivenReadiness(), 12.0
        self._inputs, self._day = GivenInputs(), first.day
        self._passes, self._lut = first.passes, first.lut
        self._cubes: dict[str, Cube] = {}
        self.renderer = Renderer(
            context,
            size,
            passes=first.passes,
            seed=header.seed,
            readiness=self._readiness,
            wall_hour=lambda: self._hour,
            wall_day=lambda: self._day,
            isf=self._inputs,
            lut=self._cube(first.lut),
            texts=texts,
            limit_flashes=header.flashes,
        )
        self.renderer.size_by(self._scale, self._world_scale)

    def warm_up(self, target: moderngl.Framebuffer, pictures: Sequence[Frame], header: Header) -> None:
        """Draw what a show draws before its first picture, so that drivers and passes are where they were."""
        self.renderer.warm_up(target, pictures, 0.0, Desk(_values(header)).tick(0.0, Features()))

    def draw(self, target: moderngl.Framebuffer, turn: Turn, frame: Frame | None, now: float) -> None:
        """Draw `turn`, with `frame` for its generated picture, as it was or would have been at `now`."""
        if turn.passes != self._passes:
            self.renderer.set_passes(turn.passes)
            self._passes = turn.passes
        if turn.lut != self._lut:
            self.renderer.set_lut(self._cube(turn.lut))
            self._lut = turn.lut
        self._scale.given, self._world_scale.given = (turn.scale, turn.world_scale) if self._as_shown else (1.0, 1.0)
        self._readiness.ready = turn.ready
        self._hour, self._day = self._hour if turn.hour is None else turn.hour, turn.day
        self._inputs.given = turn.isf
        self.renderer.draw(
            target,
            now=now,
            frame=frame,
            features=turn.features,
            controls=_without_words(turn.controls),
            heard=turn.heard,
            photograph=turn.photograph,
        )

    def _cube(self, path: str) -> Cube | None:
        """Return the grading in a file. Raises CubeError."""
        if path and path not in self._cubes:
            self._cubes[path] = read_cube(Path(path))
        return self._cubes.get(path)


def _without_words(controls: Controls) -> Controls:
    """The operator's overlay is of that machine at that moment, and no part of the evening."""
    return controls if not controls.switch("/show/hud") else Controls({**controls.values, "/show/hud": False})


def _values(header: Header) -> dict[str, ParameterValue]:
    """Return what the first preset set at the start, as far as this version knows it."""
    named = header.preset.get("parameters")
    given = named if isinstance(named, dict) else {}
    known = {address: value for address, value in given.items() if address in PARAMETERS and address not in DEEDS}
    return {**{address: DEFAULTS[address] for address in LOOK}, **known}
