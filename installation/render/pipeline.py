"""The renderer: generated pictures, what is heard, sound features and controls in, one finished picture out.

Lives on the show's main thread, with the surface's OpenGL context. Never imports torch, never waits for a frame.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import moderngl

from installation.clock import local_day, local_hour
from installation.grading.cube_file import Cube
from installation.isf.inputs import IsfInputs
from installation.render.blue_noise import blue_noise
from installation.render.chain import Chain
from installation.render.dissolve import Place
from installation.render.extension import Extension
from installation.render.frame_texture import FrameTexture
from installation.render.framing import cover, internal_size, place, scaled
from installation.render.lut import Grading
from installation.render.painter_words import NO_PHOTOGRAPH, SeenTime, painter_status, reason_against
from installation.render.pass_warming import PassWarmer
from installation.render.render_target import is_software
from installation.render.resolution import ResolutionChooser
from installation.render.shader import Uniform
from installation.render.shader_sources import ShaderSources
from installation.render.shader_warming import AtOnce, Readiness
from installation.render.swell import Swell
from installation.render.uniforms import ShowTime, feature_uniforms, parameter_uniforms
from installation.render.upscale import Source, noise_texture
from installation.render.wall import Shown, Wall
from installation.render.world_painter import WorldPainter
from installation.render.world_scene import WorldPicture
from installation.status import FlashStatus, HeardStatus, PainterStatus, PhotographStatus
from installation.values import Controls, Features, Frame

_HARDWARE_BUDGET_S: Final = 0.011
"""Two thirds of a 60 Hz turn; the rest is for the window system and everything else of the show."""
_SOFTWARE_BUDGET_S: Final = 0.032
"""On a CPU: a 30 Hz turn has 33 ms, and all else of the show takes 3 or 4. Turns that are two milliseconds late are
seen by nobody, passes at less than half of the window's height are."""
_WORLD_PART: Final = 0.45
"""Of the budget on a CPU, for the world's painter while it is seen; the passes make do with the rest."""
_LEAST_PART: Final = 0.4
"""Of the budget, that the picture keeps whatever its outputs take."""
_NOTHING_HEARD: Final = HeardStatus()
_Told: TypeAlias = tuple[HeardStatus, PhotographStatus]
_Kind: TypeAlias = tuple[object, ...]
"""What makes two pictures that follow each other so unlike that the one dissolves into the other."""


class Renderer:
    """Draws the show. All drawing state is here; what it shows comes with each `draw`."""

    def __init__(
        self,
        context: moderngl.Context,
        size: tuple[int, int],
        *,
        passes: Sequence[str],
        seed: int,
        adaptive: bool = True,
        budget_s: float | None = None,
        scale: float = 1.0,
        readiness: Readiness | None = None,
        pass_warmer: PassWarmer | None = None,
        wall_hour: Callable[[], float] = local_hour,
        wall_day: Callable[[], tuple[int, int, int]] = local_day,
        texts: ShaderSources | None = None,
        isf: IsfInputs | None = None,
        limit_flashes: bool = True,
        lut: Cube | None = None,
    ) -> None:
        """`size` is the window's in pixels. Without `adaptive` the passes run at `scale` of it and output is
        reproducible; with it one `draw` takes about `budget_s`, by default what suits the machine's kind of OpenGL.
        `readiness` says which scenes of the world can be drawn without a stall, by default all; `pass_warmer`
        makes chains ready that are new. Both are closed with this. `limit_flashes`: for the safety of the audience.
        `lut` is the preset's grading.
        `texts` are the shaders' files, by default those that ship; `isf` is where the inputs of ISF passes stand.

        Raises ShaderError for a pass that does not exist or does not compile.
        """
        self._size = size
        self._chain, self._pass_warmer = Chain(context, passes, texts), pass_warmer
        self._passes = tuple(passes)
        self._isf = isf or IsfInputs(self._chain.texts.isf_headers)
        self._isf.load(self._passes)
        self._wall_hour, self._wall_day = wall_hour, wall_day
        self._frame_texture = FrameTexture(context, at_once=not adaptive)
        self._extension = Extension(context)
        self._wall = Wall(context, size, limit_flashes=limit_flashes)
        self._context = context
        self._seed, self._time, self._swell = seed, ShowTime(seed), Swell()
        self._grading, self._blue_noise = Grading(context, lut), noise_texture(context, blue_noise())
        self._chooser = _chooser(context, budget_s) if adaptive else None
        self._budget_s = self._chooser.budget_s if self._chooser else 0.0
        self._world = WorldPainter(
            context,
            seed=seed,
            readiness=readiness or AtOnce(),
            wall_hour=wall_hour,
            budget_s=_WORLD_PART * self._budget_s if adaptive and is_software(context) else None,
        )
        self.painter = PainterStatus()
        self.seen = SeenTime()
        self._scale = scale
        self._picture: moderngl.Texture | None = None
        self._framed = ((1, 1), False)
        self._kind: _Kind | None = None
        self._was_frozen = False
        self._uniforms: dict[str, Uniform] = {}
        self.draw_s = self.aside_s = 0.0
        """What the last picture took, and what of a turn others take who draw beside this, as outputs do."""

    @property
    def internal_scale(self) -> float:
        """The passes' height as a part of the window's, now."""
        return self._chooser.scale if self._chooser else self._scale

    @property
    def world_scale(self) -> float:
        """The same of the world's painter."""
        return self._world.scale(self.internal_scale)

    def keep_to(self, least: float) -> bool:
        """Draw the passes at `least` of the window's height at least; return whether that takes too long."""
        if self._chooser is None:
            return False
        self._chooser.least = least
        return self._chooser.is_short

    def size_by(self, passes: ResolutionChooser, world: ResolutionChooser) -> None:
        """Let others choose at what size is drawn, for a picture that is drawn again."""
        self._chooser = passes
        self._world.size_by(world)

    @property
    def flashes(self) -> FlashStatus:
        """What the flash limiter did; any thread."""
        return self._wall.flashes

    def prepare(self, passes: Sequence[str]) -> bool:
        """Do one more piece of the work that `set_passes` needs; return whether it costs no picture any more.

        Raises ShaderError as `set_passes` does.
        """
        return self._prepare(passes, self._chain.texts)

    def _prepare(self, passes: Sequence[str], texts: ShaderSources) -> bool:
        if self._chain.has(passes, texts):
            return True
        if self._pass_warmer is not None and not self._pass_warmer.is_ready(passes, self._uniforms, texts):
            return False
        return self._chain.prepare(passes, self._uniforms, texts)

    def set_passes(self, passes: Sequence[str]) -> None:
        """Change the chain; what it shows dissolves into what the new one does.

        Raises ShaderError and keeps the old one when the new one does not work.
        """
        if tuple(passes) != self._passes:
            self.dissolve()
        self._chain.set(passes)
        self._picture, self._passes = None, tuple(passes)
        self._isf.load(self._passes)

    def dissolve(self) -> None:
        """What is drawn next is another picture than what is on the wall: cross to it, whatever it is."""
        if self._picture is not None:
            self._wall.dissolve(Shown(self._picture, self._lies, None))

    @property
    def dissolves(self) -> bool:
        """Whether one picture gives way to another now."""
        return self._wall.dissolves

    @property
    def _lies(self) -> Place:
        """Where the picture lies in the window."""
        size, fit = self._framed
        return place(self._size, size, fit=fit)

    def set_lut(self, lut: Cube | None) -> None:
        """Change the grading, within the seconds of /show/morph."""
        self._grading.take(lut)

    @property
    def texts(self) -> ShaderSources:
        """The shaders' files that the picture is drawn from."""
        return self._chain.texts

    def prepare_texts(self, texts: ShaderSources) -> bool:
        """Do one more piece of the work that `set_texts` needs; return whether it costs no picture any more.

        Raises ShaderError as `set_texts` does.
        """
        return self._prepare(self._chain.names, texts)

    def set_texts(self, texts: ShaderSources) -> None:
        """Draw the same passes from other files, into which the picture dissolves; what a pass remembers stays.

        Raises ShaderError and keeps the old ones where the new ones do not work.
        """
        self.dissolve()
        self._chain.set(self._chain.names, texts)
        self._isf.declare(texts.isf_headers)
        self._picture = None

    def give_up_texts(self) -> None:
        """Nobody waits any more for what `prepare_texts` has begun."""
        if self._pass_warmer is not None:
            self._pass_warmer.give_up()

    def warm_up(self, target: moderngl.Framebuffer, pictures: Sequence[Frame], now: float, controls: Controls) -> None:
        """Draw pictures that nobody is shown: the driver compiles now what the first living ones would wait for.

        `pictures` are alike in size to those that will come, in that order.
        """
        for frame in pictures:
            for _ in range(2):  # the second one of a size finds what the first has left to linger
                self.dissolve()
                self.draw(target, now=now, frame=frame, features=Features(), controls=controls)
        self._wall.warm_up(target)
        for part in (self._frame_texture, self._chain, self._wall):
            part.forget()
        self._kind = None
        self._picture, self._time, self._swell, self.seen = None, ShowTime(self._seed), Swell(), SeenTime()
        self.restart()

    def restart(self) -> None:
        """Choose the passes' resolution anew, as at the start."""
        if self._chooser is not None:
            self._chooser.restart()

    def resize(self, size: tuple[int, int]) -> None:
        """The target has another size from now on."""
        self._size = self._wall.size = size

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
        """Draw the picture of `now` and wait until it is finished.

        `frame` is the newest generated picture, the same one until there is another; None before the first.
        `photograph` says how much of it is a photograph of the place, before which the world's painter, who paints
        `heard`, gives way. `hud` is shown while /show/hud is on, `panel`, labels and words, in any case.
        """
        started = time.monotonic()
        frozen = controls.switch("/show/freeze") and self._picture is not None
        since_s = self._time.move(now, frozen=frozen)
        self._swell.move(features, self._time.step_s)
        self._grading.move(since_s, controls.number("/show/morph"))
        uniforms = {**self._time.uniforms(), **feature_uniforms(features), **parameter_uniforms(controls)}
        uniforms |= {**self._swell.uniforms(), **self._grading.uniforms(uniforms["u_lut"])}
        uniforms |= {"u_date": (*self._wall_day(), self._wall_hour() * 3600.0), **self._isf.uniforms(now)}
        if not frozen:
            self._keep_what_changes(frame, controls)
            self._run_passes(frame, (heard, photograph), uniforms, controls)
        self._was_frozen = frozen
        self.seen.add(self.painter, since_s)
        shown = None if self._picture is None else Shown(self._picture, self._lies, self._chain.finished)
        self._wall.draw(target, shown, uniforms, controls, now=now, since_s=since_s)
        self._wall.draw_over(target, hud, panel, controls, now)
        # Without this only the sending of commands would be measured, and the driver might queue frames up.
        self._context.finish()
        self.draw_s = time.monotonic() - started
        if self._chooser is not None and not frozen:
            left_s = max(self._budget_s - self.aside_s, _LEAST_PART * self._budget_s)
            self._chooser.budget_s = left_s * (1.0 - _WORLD_PART if self._world.draw_s else 1.0)
            self._chooser.update(self.draw_s - self._world.draw_s, now)

    def _keep_what_changes(self, frame: Frame | None, controls: Controls) -> None:
        """Begin to dissolve where a choice or a model makes the next picture another at once, or a stop ends."""
        shape = None if frame is None else frame.pixels.shape
        kind: _Kind = (controls.text("/render/fit"), controls.text("/render/between"), shape)
        if self._was_frozen or (self._kind is not None and kind != self._kind):
            self.dissolve()
        self._kind = kind

    def _run_passes(self, frame: Frame | None, told: _Told, uniforms: dict[str, Uniform], controls: Controls) -> None:
        source = generated = self._frame_texture.update(frame, self._time.elapsed_s, controls.text("/render/between"))
        if not self._frame_texture.has_picture:
            return
        world = self._follow_world(*told, controls)
        share = controls.number("/render/painter") * (1.0 - told[1].share) * world.share
        meets, zoom = controls.text("/render/fit"), controls.number("/render/zoom")
        if meets == "extend" and share < 1.0:
            source = self._extension.draw(source, self._size)
        size = internal_size(self._size, source.size, fit=meets == "fit", scale=self.internal_scale)
        sources = [Source(source, cover(size, source.size, zoom=zoom))] if share < 1.0 else []
        if share > 0.0:
            part = self._world.scale(self.internal_scale) / self.internal_scale
            painted = self._world.draw(world, scaled(size, part))
            sources.append(Source(painted, cover(size, painted.size, zoom=zoom), share))
        elif self._chooser is not None:  # a film may wait for the compiler
            self._chain.prepare_second(uniforms)
        seen = cover(size, source.size, zoom=zoom)
        whole = (source.size[0] / generated.size[0], source.size[1] / generated.size[1])
        uniforms["u_motion_cover"] = (seen[0] * whole[0], seen[1] * whole[1])
        uniforms["u_moved"] = self._frame_texture.moved * (1.0 - share)
        self._uniforms = uniforms
        self._picture = self._chain.draw(sources, size, uniforms, self._offered())
        self._framed = source.size, meets == "fit"

    def _offered(self) -> Mapping[str, moderngl.Texture]:
        """Return the pictures that any pass may read."""
        motion = self._frame_texture.motion
        moves = {} if motion is None else {"u_motion": motion}
        return {**self._grading.textures(), "u_blue_noise": self._blue_noise, **moves}

    def _follow_world(self, heard: HeardStatus, photograph: PhotographStatus, controls: Controls) -> WorldPicture:
        """Return what the world's painter has to show, and say who is seen; nothing while nobody asks for it."""
        self._world.rest()
        painter = controls.number("/render/painter") * (1.0 - photograph.share)
        if painter <= 0.0:
            self.painter = painter_status(0.0, WorldPicture(), photograph=photograph)
            return WorldPicture()
        world = self._world.follow(heard, controls, self._time.step_s)
        reason = reason_against(world, heard, self._world.problem)
        self.painter = painter_status(painter * world.share, world, reason, photograph)
        return world

    def close(self) -> None:
        """Give the graphics card its memory back."""
        self._world.close()
        if self._pass_warmer is not None:
            self._pass_warmer.close()
        self._chain.release()
        self._frame_texture.release()
        self._extension.release()
        self._wall.release()
        self._grading.release()
        self._blue_noise.release()


def _chooser(context: moderngl.Context, budget_s: float | None) -> ResolutionChooser:
    software = is_software(context)
    if budget_s is None:
        budget_s = _SOFTWARE_BUDGET_S if software else _HARDWARE_BUDGET_S
    return ResolutionChooser(budget_s, start=0.5 if software else 1.0)
