"""`--render`: the show itself, under a film's own time, with a film for an output.

Frame by frame the same loop runs as fast as the machine can. Two runs with one seed give the same frames: nothing here
looks at real time but the meter, which tells how long the rendering took, and whatever is computed beside the loop
(`film_workers`, the film's encoder) is waited for.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any, Final

from installation.audio.playback import PlaybackCore
from installation.clock import FrameClock, MonotonicClock, Pacer
from installation.control.keyboard import Keyboard
from installation.desk import Desk
from installation.film_workers import Ahead, ApartHost, FilmInferenceStart, FilmWorkers, HereHost, film_hour
from installation.mailbox import FrameBox, JsonBox
from installation.metering import Meter
from installation.model_follower import ModelFollower
from installation.model_names import ModelNames
from installation.options import ShowConfig
from installation.output.film import FilmError, FilmSink
from installation.output.headless import open_headless
from installation.output.snapshot import PixelReader, SnapshotError, save_png
from installation.parameters import DEFAULTS
from installation.presets.follower import PresetFollower
from installation.presets.preset import Preset, preset_values
from installation.presets.use import load_usable_named
from installation.presets.watch import PresetWatch
from installation.reloading.surfaces import open_shaders
from installation.render.pipeline import Renderer
from installation.ring import AudioRing
from installation.show import Show, worker_params
from installation.show_parts import Parts
from installation.soundtrack import Soundtrack
from installation.status import InferenceStatus
from installation.values import SAMPLE_RATE_HZ, Controls, Features, Frame
from installation.worker_params import ParamsSender
from installation.workers import InferenceStart
from s2s.card import read_card
from s2s.media.audio import read_audio

_DEFAULT_SIZE: Final = (1280, 720)
_DEFAULT_FPS: Final = 30.0
_FILM_DAY: Final = (2000, 1, 1)
"""What a calendar in a film shows: the same whenever it is made."""
_WORTH_A_PROCESS: Final = 150
"""Pictures: for fewer, another process takes longer to start than it spares."""


def render(
    config: ShowConfig,
    facts: Mapping[str, Any],
    started_at: float,
    hand_over: Callable[[Callable[[], None]], None] = lambda _stop: None,
) -> dict[str, Any]:
    """Write the film that `config` asks for; return the run's report, which `facts` are part of.

    `hand_over` is given what ends the film early, whole up to there.

    Raises AudioFileError, BundleError, ModelError, ShaderError, DisplayError, FilmError or PaintingError.
    """
    args = config.arguments
    sound = read_audio(Path(config.source.removeprefix("file:")), SAMPLE_RATE_HZ)
    if args.duration_s is not None:
        sound = sound[: round(args.duration_s * SAMPLE_RATE_HZ)]
    soundtrack = Soundtrack(sound, args.fps or _DEFAULT_FPS)
    with ExitStack() as undo:  # what was made before something failed is given back
        parts = _wire(config, soundtrack, started_at, undo)
        show = Show(parts, soundtrack.duration_s)
        undo.pop_all()
    with closing(show):
        hand_over(show.stop)
        exit_code = show.run()
        show.end_outputs()
        if args.snapshot is not None:
            _save_last_frame(args.snapshot, parts)
        return show.report({**facts, "exit_code": int(exit_code)})


def _wire(config: ShowConfig, soundtrack: Soundtrack, started_at: float, undo: ExitStack) -> Parts:
    args, preset, seed = config.arguments, config.preset, config.arguments.seed
    # The overlay tells of this machine at this moment: it would make each film another one.
    values = {**preset_values(preset), "/show/preset": preset.path.stem, "/show/hud": False}
    desk = Desk(values, preset.routes)
    card = read_card(config.model)
    ring = undo.enter_context(closing(AudioRing()))
    box = undo.enter_context(closing(JsonBox()))
    frames = undo.enter_context(closing(FrameBox.for_pictures(card.generator.size_px)))
    params = ParamsSender(box)
    params.send(worker_params(Controls({**DEFAULTS, **values}), preset))
    sound = PlaybackCore(config.source, soundtrack, seed, ring, box)
    capture = undo.enter_context(closing(HereHost("capture", sound)))
    clock = FrameClock(soundtrack.fps)
    began = float(values.get("/scene/hour", DEFAULTS["/scene/hour"]))
    start = FilmInferenceStart(config.model, seed, soundtrack.fps, began, ring, box, frames)
    inference = undo.enter_context(closing(_inference(start, soundtrack.frames)))
    surface = undo.enter_context(closing(open_headless(args.size or _DEFAULT_SIZE)))
    texts, isf = open_shaders(config.venue.shaders, preset)
    renderer = Renderer(
        surface.context,
        surface.size,
        passes=preset.passes,
        lut=preset.lut,
        seed=seed,
        adaptive=False,
        wall_hour=lambda: film_hour(began, clock.now()),
        wall_day=lambda: _FILM_DAY,
        limit_flashes=preset.limits_flashes,
        texts=texts,
        isf=isf,
    )
    undo.enter_context(closing(renderer))
    assert args.render is not None
    return Parts(
        clock=clock,
        surface=surface,
        renderer=renderer,
        reader=PixelReader(surface.context),
        desk=desk,
        keyboard=Keyboard(desk, PresetWatch(tuple), surface.toggle_fullscreen),
        ring=ring,
        frames=frames,
        params=params,
        capture=capture,
        inference=inference,
        controls={},
        pacer=Pacer(soundtrack.fps),
        meter=RenderingMeter(started_at),
        sinks=(FilmSink(args.render, surface.size, soundtrack),),
        still=None,
        presets=PresetFollower(desk, preset, partial(load_usable_named, folders=()), _keep),
        models=ModelFollower(desk, InferenceStart(config.model, seed, ring, box, frames), ModelNames(())),
        go_on=FilmWorkers(clock, soundtrack.duration_s, capture, inference).go_on,
        fatal=(Exception,),  # a film has no use for a picture that stands in for another
    )


def _inference(start: FilmInferenceStart, pictures: int) -> Ahead[InferenceStatus]:
    """Return the slow path of a film of so many pictures: beside the loop where that is worth it, else within it."""
    if pictures >= _WORTH_A_PROCESS:
        return ApartHost("inference", start)
    return HereHost("inference", start())


def _keep(_preset: Preset) -> None:
    """Nobody can ask a film for another preset: it has no control surface."""


class RenderingMeter(Meter):
    """Counts pictures by real time: rates and start-up of a rendering are the machine's, not the film's.

    From sound to light there is no way to measure in a film, where both have the same moment.
    """

    def __init__(self, started_at: float) -> None:
        super().__init__(started_at)
        self._real = MonotonicClock()

    def presented(self, now: float, features: Features) -> None:  # noqa: ARG002 - the meter's own signature
        super().presented(self._real.now(), Features())

    def received(self, frame: Frame, now: float) -> None:  # noqa: ARG002
        super().received(frame, self._real.now())

    def living_s(self, now: float) -> float | None:  # noqa: ARG002
        return super().living_s(self._real.now())


def _save_last_frame(path: Path, parts: Parts) -> None:
    """Save the film's last picture, not one drawn once more: with feedback that would be another."""
    try:
        save_png(path, parts.reader.read(parts.surface.target))
    except SnapshotError as error:
        raise FilmError(f"the film's snapshot cannot be written: {error}") from error
