"""The renderer of a live show that tells what it is asked to draw, to whoever writes it down.

Lives on the show's main thread. Nothing is copied but what is small: values are frozen, and a generated picture that
can be painted again goes along as what it was painted of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import moderngl

from installation.clock import local_day, local_hour
from installation.grading.cube_file import Cube
from installation.isf.header import IsfHeader, IsfValue
from installation.isf.inputs import IsfInputs
from installation.render.painter_words import NO_PHOTOGRAPH
from installation.render.pipeline import Renderer
from installation.render.shader_warming import AtOnce, Readiness
from installation.session.entries import Picture, Turn
from installation.status import HeardStatus, PhotographStatus
from installation.values import Controls, Features, Frame

_NOTHING_HEARD = HeardStatus()


class ToldReadiness:
    """Says of scenes what another one says, the same for a whole turn, and remembers it."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self._said: dict[str, bool] = {}
        self.ready: frozenset[str] = frozenset()

    def begin_turn(self) -> None:
        """Ask anew."""
        self._said = {}

    def is_ready(self, scene: str) -> bool:
        if scene not in self._said:
            self._said[scene] = self._readiness.is_ready(scene)
            if self._said[scene] and scene not in self.ready:
                self.ready |= {scene}
        return self._said[scene]

    def close(self) -> None:
        self._readiness.close()


class ToldInputs(IsfInputs):
    """Other inputs of ISF passes, as they were asked for last."""

    def __init__(self, inputs: IsfInputs) -> None:
        self._inputs = inputs
        self.told: Mapping[str, IsfValue] = {}

    def declare(self, headers: Mapping[str, IsfHeader]) -> None:
        self._inputs.declare(headers)

    def load(self, names: Sequence[str]) -> None:
        self._inputs.load(names)

    def uniforms(self, now: float) -> dict[str, IsfValue]:
        found = self._inputs.uniforms(now)
        self.told = found
        return found


class ToldRenderer(Renderer):
    """A renderer whose `taker`, where there is one, is given every turn that is drawn."""

    def __init__(
        self,
        context: moderngl.Context,
        size: tuple[int, int],
        *,
        passes: Sequence[str],
        readiness: Readiness | None = None,
        wall_hour: Callable[[], float] = local_hour,
        wall_day: Callable[[], tuple[int, int, int]] = local_day,
        isf: IsfInputs | None = None,
        lut: Cube | None = None,
        **settings: Any,
    ) -> None:
        """As a `Renderer` is made; `settings` are the others of its own."""
        self.taker: Callable[[Turn], None] | None = None
        self._readiness = ToldReadiness(readiness or AtOnce())
        self._clock_hour, self._clock_day = wall_hour, wall_day
        self._hour: float | None = None
        self._day = (2000, 1, 1)
        self._inputs = ToldInputs(isf or IsfInputs())
        self._lut = lut
        self._newest: tuple[Frame, Picture] | None = None
        super().__init__(
            context,
            size,
            passes=passes,
            readiness=self._readiness,
            wall_hour=self._told_hour,
            wall_day=self._told_day,
            isf=self._inputs,
            lut=lut,
            **settings,
        )

    def set_lut(self, lut: Cube | None) -> None:
        super().set_lut(lut)
        self._lut = lut

    def draw(
        self,
        target: moderngl.Framebuffer,
        *,
        now: float,
        frame: Frame | None,
        features: Features,
        controls: Controls,
        heard: HeardStatus = _NOTHING_HEARD,
        photograph: PhotographStatus = NO_PHOTOGRAPH,
        hud: Sequence[str] = (),
        panel: Sequence[tuple[str, str]] = (),
    ) -> None:
        scales = self.internal_scale, self.world_scale
        self._hour = None
        self._readiness.begin_turn()
        try:
            super().draw(
                target,
                now=now,
                frame=frame,
                features=features,
                controls=controls,
                heard=heard,
                photograph=photograph,
                hud=hud,
                panel=panel,
            )
        finally:  # half a turn moves time and fades as well
            if self.taker is not None:
                turn = Turn(
                    now,
                    self._size,
                    *scales,
                    features,
                    controls,
                    replace(heard, likeliest=()),
                    photograph,
                    self._picture_of(frame),
                    self._passes,
                    self._readiness.ready,
                    self._hour,
                    lut="" if self._lut is None else str(self._lut.path),
                    isf=self._inputs.told,
                    day=self._day,
                )
                self.taker(turn)

    def _picture_of(self, frame: Frame | None) -> Picture | None:
        if frame is None:
            return None
        if self._newest is None or self._newest[0] is not frame:
            pixels = None if frame.wish else frame.pixels
            self._newest = frame, Picture((frame.serial, frame.made_at), frame.wish, pixels)
        return self._newest[1]

    def _told_hour(self) -> float:
        """Return the hour of the wall, once a turn."""
        if self._hour is None:
            self._hour = self._clock_hour()
        return self._hour

    def _told_day(self) -> tuple[int, int, int]:
        self._day = self._clock_day()
        return self._day
