"""Builds a show from its configuration: the one place that knows every part. Cheap and likely failures first.

The workers are started before the window is opened, because they take seconds to come alive and the window does not.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Final

from installation.audio.capture import CaptureConfig, CaptureCore
from installation.clock import MonotonicClock, Pacer
from installation.control.discovery import OSC, OSC_QUERY, Discovery, Service
from installation.control.keyboard import Keyboard
from installation.control.link_clock import LinkClock
from installation.control.midi.clock import FirstClock
from installation.control.midi.control import MidiControl
from installation.control.midi.map import MidiMap
from installation.control.midi.store import MapStore
from installation.control.osc.control import OscControl
from installation.control.oscquery.service import OscQuery
from installation.control.page.service import OperatorPage
from installation.control.page.sources import Sources
from installation.cues.cue_list import CueList, read_cues
from installation.cues.deeds import CueDeeds, CueSources
from installation.cues.schedule import read_schedule
from installation.cues.schedule_deeds import ScheduleDeeds
from installation.desk import Desk
from installation.followed_file import FollowedFile
from installation.generator_pace import GeneratorPace
from installation.hosting import ChildHost
from installation.logs.chronicle import Chronicle
from installation.logs.measuring import measure
from installation.logs.retention import Retention
from installation.mailbox import FrameBox, JsonBox
from installation.metering import Meter
from installation.model_follower import ModelFollower
from installation.model_names import ModelNameError, ModelNames
from installation.options import ShowConfig, StartOnly
from installation.output.snapshot import PixelReader
from installation.output.surface import Surface
from installation.output.thumbnail import Thumbnailer
from installation.output.wall import WallView
from installation.output.windows import OutputWindows
from installation.outputs.opening import open_outputs
from installation.presets.deeds import PresetDeeds
from installation.presets.fader import PresetFader
from installation.presets.follower import PresetFollower
from installation.presets.naming import PRESET_FOLDER, preset_folders, preset_names
from installation.presets.preset import Preset, PresetError, preset_values
from installation.presets.shelf import PresetShelf
from installation.presets.store import PresetStore
from installation.presets.use import load_usable_named, midi_map_of
from installation.presets.watch import PresetWatch
from installation.reloading.surfaces import open_shaders, reloading
from installation.render.pass_warming import PassWarmer
from installation.render.pipeline import Renderer
from installation.render.render_target import is_software
from installation.render.shader_warming import ShaderWarmer
from installation.render.still import pictures_to_come, still_of
from installation.ring import AudioRing
from installation.service.attachment import watch_over
from installation.session.opening import open_session_log
from installation.session.tap import ToldRenderer
from installation.show import Show, worker_params
from installation.show_parts import ControlSurface, Parts
from installation.sinks import open_sinks
from installation.status import CaptureStatus, InferenceStatus
from installation.values import Features
from installation.watching.expectations import OfCapture, OfInference
from installation.worker_params import ParamsSender
from installation.workers import InferenceStart
from s2s.card import read_card
from s2s.serving.keys import View

log = logging.getLogger(__name__)

_HARDWARE_FPS: Final = 60.0
_FASTEST_DISPLAY_FPS: Final = 240.0
_SOFTWARE_FPS: Final = 30.0
"""Software OpenGL draws on the cores that the model needs: half the cadence leaves it one of them."""


def build_show(config: ShowConfig, started_at: float, refit: Callable[[Parts], None] | None = None) -> Show:
    """Wire one show; `refit` may exchange parts before it has them.

    Raises BundleError, ParameterError, DisplayError or ShaderError, each in one line.
    """
    card = read_card(config.model)
    log.info("model: %s %s (%s)", card.name, card.version, card.licence)
    midi_map = midi_map_of(config.preset)
    with ExitStack() as undo:  # what was opened before something failed is given back, the newest first
        show = _wire(config, card.generator.size_px, midi_map, started_at, refit, undo)
        undo.pop_all()
    return show


def _wire(
    config: ShowConfig,
    picture_px: tuple[int, int],
    midi_map: MidiMap,
    started_at: float,
    refit: Callable[[Parts], None] | None,
    undo: ExitStack,
) -> Show:
    preset, args = config.preset, config.arguments
    clock = MonotonicClock()
    desk = Desk({**preset_values(preset), **config.resumed, "/show/preset": preset.path.stem}, preset.routes)
    folders = preset_folders(preset.path, config.venue.presets)
    ring = undo.enter_context(closing(AudioRing()))
    box = undo.enter_context(closing(JsonBox()))
    params = ParamsSender(box)
    frames = undo.enter_context(closing(FrameBox.for_pictures(picture_px)))
    at_first = desk.tick(clock.now(), Features())
    params.send(worker_params(at_first, preset))

    slow_path = InferenceStart(config.model, args.seed, ring, box, frames)
    names = ModelNames([preset.path.parent, Path.cwd(), config.model.resolve().parent, PRESET_FOLDER])
    models = ModelFollower(desk, slow_path, names, demanded=args.model is not None)
    capture, inference = _workers(config, slow_path)
    undo.enter_context(closing(capture))
    undo.enter_context(closing(inference))
    for host in (inference, capture):  # the model takes longest
        host.supervise(clock.now())

    fitting = open_outputs(config)
    surface = undo.enter_context(closing(fitting.surface))
    texts, isf = open_shaders(config.venue.shaders, preset, desk)
    renderer = ToldRenderer(
        surface.context,
        surface.size,
        passes=preset.passes,
        lut=preset.lut,
        seed=args.seed,
        readiness=ShaderWarmer(),
        pass_warmer=PassWarmer() if is_software(surface.context) else None,
        limit_flashes=preset.limits_flashes,
        texts=texts,
        isf=isf,
    )
    still = still_of(config.model)
    renderer.warm_up(surface.target, pictures_to_come(still, picture_px), clock.now(), at_first)
    listed, taught = partial(preset_names, folders), MapStore(config.venue.midi_maps)
    store = PresetStore(config.venue.presets, folders)
    wall, watch = Thumbnailer(), PresetWatch(listed)
    midi = MidiControl(desk, midi_map, config.midi_device, store=taught, presets=lambda: watch.names)
    clock_port, link = MidiControl(desk, MidiMap(), preset.midi_clock), LinkClock(desk)
    osc = OscControl(desk, host=args.osc_port[0], port=args.osc_port[1], outputs=fitting.store, others=[isf])
    load = partial(load_usable_named, folders=folders, shaders=texts.own)
    take_over = partial(adopt, renderer, midi, clock_port, device_demanded=args.midi is not None)
    presets = PresetFollower(desk, preset, load, take_over, lambda coming: renderer.prepare(coming.passes))
    session_log = open_session_log(
        config, surface, renderer, desk, ring=ring, preset=lambda: presets.current, fps=cadence(config, surface)
    )
    cues = CueDeeds(
        desk,
        presets,
        FollowedFile(config.venue.cues, partial(read_cues, presets=listed), CueList()),
        CueSources(load, lambda: watch.names, partial(_model_of, names), lambda: show.features),
        args.seed,
    )
    controls: dict[str, ControlSurface] = {
        "osc": osc,
        "midi": midi,
        "clock": clock_port,
        "link": link,
        "presets": PresetDeeds(desk, presets, store, wall, lambda: models.chosen, shaders=texts.own, isf=isf),
        "fader": PresetFader(desk, presets, load),
        "cues": cues,
        "outputs": fitting.deeds(desk, renderer),
        "schedule": ScheduleDeeds(desk, FollowedFile(config.venue.schedule, read_schedule, None)),
        **reloading(desk, renderer, presets, isf, lambda: models.chosen),
    }
    parts = Parts(
        clock=clock,
        surface=surface,
        renderer=renderer,
        reader=PixelReader(surface.context),
        desk=desk,
        keyboard=Keyboard(desk, watch, surface.toggle_fullscreen, lambda: cues.names, fitting.keys(desk)),
        ring=ring,
        frames=frames,
        params=params,
        capture=capture,
        inference=inference,
        controls=controls,
        pacer=Pacer(pace(config, surface)),
        cadence_fps=cadence(config, surface),
        generator_pace=GeneratorPace(cadence(config, surface)),
        meter=Meter(started_at),
        sinks=[wall, *open_sinks(config, surface, ring, desk, cadence(config, surface)), session_log],
        still=still,
        presets=presets,
        beat_clocks={"midi": FirstClock((clock_port.clock, midi.clock)), "link": link},
        models=models,
        cues=cues.shown,
        start_only=StartOnly.of(config),
        outputs=fitting.store,
        monitors=fitting.monitors,
    )
    if refit is not None:
        refit(parts)
    show = Show(parts, args.duration_s)
    shelf = PresetShelf(folders)
    controls["events"] = Chronicle(config.venue.events if args.logs else None, show.events)
    controls["retention"] = Retention((config.venue.films, config.venue.pictures), args.keep_films)
    page = None if args.page is None else _operator_page(config, args.page, show, parts, shelf, names)
    if page is not None:
        controls["page"] = page
    if args.oscquery is not None:
        query = controls["oscquery"] = _oscquery(
            config, args.oscquery, osc, page, presets=shelf, models=names, parts=parts
        )
        controls["discovery"] = Discovery(partial(_services, osc, args.osc_port[0], query))
    watch_over(config, parts, show)
    for control in controls.values():
        control.start()
    return show


def _workers(
    config: ShowConfig, slow_path: InferenceStart
) -> tuple[ChildHost[CaptureStatus], ChildHost[InferenceStatus]]:
    """Return the hosts of capture and inference, not yet started."""
    demanded, seed, again = config.source_demanded, config.arguments.seed, config.again
    sound = CaptureConfig(source=config.source, demanded=demanded, seed=seed, again=again)
    make_capture = partial(CaptureCore, sound, slow_path.ring, slow_path.params)
    capture = ChildHost("capture", make_capture, CaptureStatus(), expects=OfCapture(), may_give_up=not again)
    inference = ChildHost(
        "inference",
        slow_path,
        InferenceStatus(),
        expects=OfInference(lambda: slow_path.ring.position.written),
        niceness=5,  # a little less urgent than the picture: on a machine with few cores the display keeps its cadence
        cause=slow_path.cause,
        may_give_up=not again,
    )
    return capture, inference


def _operator_page(
    config: ShowConfig, address: tuple[str, int], show: Show, parts: Parts, presets: PresetShelf, models: ModelNames
) -> OperatorPage:
    sources = Sources(
        parts.desk,
        status=show.status,
        picture=show.generated_jpeg,
        presets=presets.names,
        models=models.listed,
        features=lambda: show.features,
        idle=lambda: parts.inference.status().idle,
        events=next(one for one in parts.controls.values() if isinstance(one, Chronicle)).shown,
        measured=partial(measure, parts),
        shelf=presets,
        wall=next((sink for sink in parts.sinks if isinstance(sink, WallView)), None),
        outputs=parts.outputs,
        monitors=parts.monitors,
    )
    host, port = address
    return OperatorPage(
        sources, host=host, port=port, token_file=config.venue.token, view=lambda: View(show.preset.page_view)
    )


def _oscquery(
    config: ShowConfig,
    address: tuple[str, int],
    osc: OscControl,
    page: OperatorPage | None,
    *,
    presets: PresetShelf,
    models: ModelNames,
    parts: Parts,
) -> OscQuery:
    osc_host, (host, port) = config.arguments.osc_port[0], address
    return OscQuery(
        parts.desk,
        osc=lambda: (osc_host, osc.port),
        presets=presets.names,
        models=models.listed,
        host=host,
        port=port,
        token=None if page is None else page.token,
        token_file=config.venue.token,
        outputs=parts.outputs,
    )


def _model_of(names: ModelNames, name: str) -> str:
    try:
        return str(names.folder_of(name))
    except ModelNameError as error:
        raise PresetError(f"model: {error}") from None


def _services(osc: OscControl, osc_host: str, query: OscQuery) -> list[Service]:
    """Return what is to be announced: the listeners that are open now."""
    found = [] if osc.status().problem else [Service(OSC, osc_host, osc.port)]
    return found if query.status().problem else [*found, Service(OSC_QUERY, query.host, query.port)]


def cadence(config: ShowConfig, surface: Surface) -> float:
    """Return how many pictures a second to show."""
    if config.arguments.fps is not None:
        return config.arguments.fps
    return _SOFTWARE_FPS if is_software(surface.context) else _HARDWARE_FPS


def pace(config: ShowConfig, surface: Surface) -> float:
    """Return the rate that the loop itself holds: where vsync sets the cadence, only a bound far above it.

    Two clocks of nearly one rate would beat: every few seconds a picture would come twice or not at all.
    """
    synced = isinstance(surface, OutputWindows) and not is_software(surface.context)
    return _FASTEST_DISPLAY_FPS if synced and config.arguments.fps is None else cadence(config, surface)


def adopt(
    renderer: Renderer, midi: MidiControl, clock_port: MidiControl, preset: Preset, *, device_demanded: bool
) -> None:
    """Give the passes, the controller's map, the clock's port and, unless the command line named one, the controller of
    `preset` to their owners.

    Raises ParameterError or ShaderError, and then has changed nothing.
    """
    midi_map = midi_map_of(preset)
    renderer.set_passes(preset.passes)
    renderer.set_lut(preset.lut)
    midi.remap(midi_map)
    clock_port.select(preset.midi_clock)
    if not device_demanded:
        midi.select(preset.midi_device)
