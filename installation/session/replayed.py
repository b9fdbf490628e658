"""The renderer that draws what a log says: at the sizes that were chosen then, or, for another film, the finest.

Where the size is the log's, every picture is the one that was shown: what a live renderer decides by the time it took
comes from the log instead. Runs on the main thread.
"""

from collections.abc import Sequence

import moderngl

from installation.desk import Desk
from installation.parameters import DEEDS, DEFAULTS, PARAMETERS
from installation.presets.preset import LOOK
from installation.render.pipeline import Renderer
from installation.render.resolution import ResolutionChooser
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


class ReplayedRenderer:
    """Draws turns of a log into pictures of `size`. Raises ShaderError where a pass is not there any more."""

    def __init__(
        self, context: moderngl.Context, size: tuple[int, int], header: Header, passes: Sequence[str], *, as_shown: bool
    ) -> None:
        """`passes` are the first turn's. `as_shown` draws at the sizes of then, else at the finest."""
        self._as_shown = as_shown
        self._size = size
        self._scale, self._world_scale = GivenScale(), GivenScale(WORLD_SCALES)
        self._readiness, self._hour = GivenReadiness(), 12.0
        self._passes = tuple(passes)
        self.renderer = Renderer(
            context,
            size,
            passes=passes,
            seed=header.seed,
            readiness=self._readiness,
            wall_hour=lambda: self._hour,
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
        self._scale.given, self._world_scale.given = (turn.scale, turn.world_scale) if self._as_shown else (1.0, 1.0)
        self._readiness.ready = turn.ready
        self._hour = self._hour if turn.hour is None else turn.hour
        self.renderer.draw(
            target,
            now=now,
            frame=frame,
            features=turn.features,
            controls=_without_words(turn.controls),
            heard=turn.heard,
            photograph=turn.photograph,
        )


def _without_words(controls: Controls) -> Controls:
    """The operator's overlay is of that machine at that moment, and no part of the evening."""
    return controls if not controls.switch("/show/hud") else Controls({**controls.values, "/show/hud": False})


def _values(header: Header) -> dict[str, ParameterValue]:
    """Return what the first preset set at the start, as far as this version knows it."""
    named = header.preset.get("parameters")
    given = named if isinstance(named, dict) else {}
    known = {address: value for address, value in given.items() if address in PARAMETERS and address not in DEEDS}
    return {**{address: DEFAULTS[address] for address in LOOK}, **known}
