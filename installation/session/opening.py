"""A show's session log, as its command line asks for it: where it lies, what its header says, what it does not keep."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from installation.desk import Desk
from installation.options import ShowConfig
from installation.output.dated_files import local_now
from installation.output.surface import Surface
from installation.presets.preset import Preset
from installation.product import product_line
from installation.ring import AudioRing
from installation.session.fingerprint import model_sha256, sound_sha256
from installation.session.header import Header, versions
from installation.session.log import SessionLog
from installation.session.tap import ToldRenderer

log = logging.getLogger(__name__)

_FILE: Final = "file:"


def open_session_log(
    config: ShowConfig,
    surface: Surface,
    renderer: ToldRenderer,
    desk: Desk,
    *,
    ring: AudioRing,
    preset: Callable[[], Preset],
    fps: float,
) -> SessionLog:
    """Return the log of a show at `fps`; it writes from the first picture on where `--log` is given."""
    args = config.arguments
    describe = partial(_describe, config, lambda: surface.size, str(surface.context.info["GL_RENDERER"]), preset, fps)
    session_log = SessionLog(
        config.venue.sessions if args.log is None else args.log.absolute(),
        renderer,
        desk,
        ring,
        preset,
        describe,
        keep_days=args.log_keep,
        with_sound=args.log_sound,
    )
    if args.log is not None:
        session_log.begin()
        if not args.log_sound and not config.source.startswith(_FILE):
            log.warning("session log: the sound is not kept (--log-sound keeps it): a film of this session is silent")
    return session_log


def _describe(
    config: ShowConfig, size: Callable[[], tuple[int, int]], driver: str, preset: Callable[[], Preset], fps: float
) -> Header:
    """Return the header. Raises OSError where the model's files cannot be read. Any thread."""
    args, shown = config.arguments, preset()
    return Header(
        product=product_line(),
        versions=versions(),
        driver=driver,
        began=local_now().isoformat(timespec="seconds"),
        seed=args.seed,
        size=size(),
        fps=fps,
        model=str(config.model.resolve()),
        model_sha256=model_sha256(config.model),
        preset_name=shown.path.stem,
        preset=shown.as_document(),
        source=_absolute(config.source),
        source_sha256=_source_sha256(config.source),
        sound=args.log_sound,
        flashes=config.preset.limits_flashes,
    )


def _absolute(source: str) -> str:
    return f"{_FILE}{Path(source.removeprefix(_FILE)).absolute()}" if source.startswith(_FILE) else source


def _source_sha256(source: str) -> str:
    """Return the fingerprint of a sound file; none where the source is no file, or one that cannot be read."""
    if not source.startswith(_FILE):
        return ""
    try:
        return sound_sha256(Path(source.removeprefix(_FILE)))
    except OSError:
        return ""
