"""What one run of the show was asked for: command line and preset, resolved and checked, before anything starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import yaml

from installation.audio.source import SourceError, parse_source
from installation.exit_codes import ExitCode
from installation.output.senders.listing import listed_targets
from installation.output.senders.target import Target, parse_targets
from installation.presets.naming import PRESET_FOLDER
from installation.presets.preset import Preset
from installation.presets.use import load_usable
from installation.values import ParameterValue
from installation.venue import Venue
from s2s.card import DEFAULT_BUNDLE
from s2s.files.quote import one_line


class OptionError(ValueError):
    """An argument that cannot be used; one line."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Arguments:
    """The command line of `run_show.py`, as typed; `installation/README.md` says what each means."""

    preset: str = "gallery"
    source: str | None = None
    model: Path | None = None
    output: str = "auto"
    size: tuple[int, int] | None = None
    fps: float | None = None
    duration_s: float | None = None
    seed: int = 0
    record: Path | None = None
    render: Path | None = None
    snapshot: Path | None = None
    report: Path | None = None
    send: tuple[str, ...] = field(default=(), repr=False)
    osc_port: tuple[str, int] = ("127.0.0.1", 9000)
    page: tuple[str, int] | None = ("127.0.0.1", 8080)
    oscquery: tuple[str, int] | None = ("127.0.0.1", 9002)
    midi: str | None = None
    venue: Path | None = None
    logs: bool = True
    keep_films: float | None = None
    calibrate: int | None = None
    room_late: float | None = None
    screen_late: float | None = None
    apply: bool = False
    resume: bool | None = None
    """Whether to keep what is shown and begin with it; None: where somebody watches over the show."""
    log: Path | None = None
    log_sound: bool = False
    log_keep: float | None = None
    session: Path | None = None


@dataclass(frozen=True, slots=True)
class ShowConfig:
    """The resolved run: `preset` with the command line's overrides applied. `again` marks a show that takes the place
    of one that ran: what it needs was there, and is waited for.
    """

    arguments: Arguments
    preset: Preset
    source: str
    source_demanded: bool
    model: Path
    midi_device: str
    venue: Venue
    resumed: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Values as they were shown last, and the model that a hand had gone to then (empty: none)."""
    resumed_model: str = ""
    send: tuple[Target, ...] = ()
    again: bool = False

    def as_yaml(self) -> str:
        """Return the resolved configuration for `--dry-run`."""
        args = self.arguments
        document: dict[str, Any] = {
            "preset": {**self.preset.as_document(), "path": str(self.preset.path)},
            "source": {"name": self.source, "demanded": self.source_demanded},
            "model": str(self.model),
            "output": args.output,
            "size": None if args.size is None else "{}x{}".format(*args.size),
            "fps": args.fps,
            "duration_s": args.duration_s,
            "seed": args.seed,
            "record": _text(args.record),
            "render": _text(args.render),
            "snapshot": _text(args.snapshot),
            "report": _text(args.report),
            "osc_port": _osc_port(*args.osc_port),
            "page": None if args.page is None else "{}:{}".format(*args.page),
            "oscquery": None if args.oscquery is None else "{}:{}".format(*args.oscquery),
            "midi": self.midi_device,
            "send": [target.name for target in self.send],
            "venue": str(self.venue.folder),
        }
        return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def resolve(arguments: Arguments) -> ShowConfig:
    """Return the checked configuration. Raises PresetError, TargetError or OptionError, each in one line."""
    venue = Venue.of(arguments.venue)
    preset = load_usable(arguments.preset, (venue.presets, PRESET_FOLDER), venue.shaders)
    source = arguments.source or preset.source
    try:
        parse_source(source)
    except SourceError as error:  # a misspelt source is a bad argument; one that does not open is a bad source
        raise OptionError(str(error)) from None
    if re.fullmatch(r"auto|headless|window(:\d+)?", arguments.output) is None:
        raise OptionError(f"--output takes auto, window, window:N or headless, got {arguments.output!r}")
    _check_session(arguments)
    if arguments.render is not None and arguments.session is None and not source.startswith("file:"):
        raise OptionError(f"--render needs a sound file: give --source file:PATH (the source is {source!r})")
    if arguments.render is not None and arguments.send:
        raise OptionError("--send is for a live show, and --render makes a film: give one of them")
    _check_calibration(arguments, source)
    return ShowConfig(
        arguments=arguments,
        preset=preset,
        source=source,
        source_demanded=arguments.source is not None,
        model=arguments.model or model_folder(preset),
        midi_device=arguments.midi or preset.midi_device,
        venue=venue,
        send=() if arguments.render else parse_targets((*arguments.send, *listed_targets(venue.senders))),
    )


def _check_session(args: Arguments) -> None:
    """Raise OptionError for what a session's log is not asked for with."""
    if args.session is not None and args.render is None:
        raise OptionError("--session is for --render: give --render PATH.mp4")
    if args.log is not None and args.render is not None:
        raise OptionError("--log is for a live show: a film of --render is the same every time")
    if args.log_sound and args.log is None:
        raise OptionError("--log-sound is for --log: give --log FOLDER")
    if args.log_keep is not None and args.log is None:
        raise OptionError("--log-keep deletes old sessions in the folder of --log: give --log FOLDER")


def _check_calibration(args: Arguments, source: str) -> None:
    """Raise OptionError for what no calibration can do, or what nothing else can."""
    if args.calibrate is None:
        for name, given in (("room-late", args.room_late), ("screen-late", args.screen_late), ("apply", args.apply)):
            if given:
                raise OptionError(f"--{name} is for --calibrate")
    elif not source.startswith(("mic", "osc")):
        raise OptionError(f"--calibrate listens to a microphone, a line or OSC: give --source mic (it is {source!r})")


@dataclass(frozen=True, slots=True)
class StartOnly:
    """What a show has taken from its first preset and keeps: whether its window fills the screen, and whether flashes
    are limited. None is what the command line decided, whatever a preset names.
    """

    fullscreen: bool | None = None
    limits_flashes: bool = True

    @classmethod
    def of(cls, config: ShowConfig) -> Self:
        """Return what `config` leaves to its preset."""
        args = config.arguments
        no_window = args.output == "headless" or args.size is not None
        return cls(None if no_window else config.preset.fullscreen, config.preset.limits_flashes)

    def note(self, preset: Preset) -> str:
        """Return in words what `preset` asks for that only another start can give; empty where that is nothing."""
        notes = []
        if self.fullscreen is not None and preset.fullscreen is not self.fullscreen:
            notes.append(f"window {'fullscreen' if preset.fullscreen else 'windowed'}: read at the start only")
        if self.limits_flashes and not preset.limits_flashes:
            notes.append("flashes stay limited: only the preset that a show is started with can leave that out")
        return "; ".join(notes)


def model_folder(preset: Preset) -> Path:
    """Return the bundle a preset names: `default`, or a folder relative to the preset's file."""
    if preset.model == "default":
        return DEFAULT_BUNDLE
    try:
        return (preset.path.parent / preset.model).resolve()
    except (OSError, RuntimeError) as error:
        raise OptionError(f"{one_line(preset.path.name)}: model: {one_line(error)}") from None


def _osc_port(host: str, port: int) -> int | str:
    if host == "127.0.0.1":
        return port
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
