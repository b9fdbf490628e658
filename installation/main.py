"""From a parsed command line to an exit code: resolve, build, run, report. The main thread of the show process."""

import argparse
import dataclasses
import json
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

from installation.audio.source import SourceError
from installation.clock import MonotonicClock
from installation.options import Arguments, ShowConfig, resolve
from installation.render.surface import DisplayError
from installation.report import summary_line
from s2s.file_names import shown
from s2s.user import name_user

log = logging.getLogger(__name__)

_ARGUMENTS: Final = tuple(field.name for field in dataclasses.fields(Arguments))
_MODEL_EXIT_CODE: Final = 3


def run(parsed: argparse.Namespace) -> int:
    """Do what the command line says; every expected failure is one line in the log and an exit code."""
    started_at = MonotonicClock().now()
    name_user()
    if parsed.list_devices:
        return list_everything()
    try:
        config = resolve(arguments_of(parsed))
        if parsed.dry_run:
            sys.stdout.write(shown(config.as_yaml()))
            return 0
        if config.arguments.render is not None:
            from installation.offline import render

            return finish(config, render(config, started_at), 0)
        return show(config, started_at)
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            write_failure(parsed.report, error, 1)
            raise
        log.error("%s", shown(" ".join(str(error).split())))
        write_failure(parsed.report, error, code)
        return code


def arguments_of(parsed: argparse.Namespace) -> Arguments:
    """Return what was typed as the show's own values."""
    values = {**vars(parsed), "duration_s": parsed.duration}
    return Arguments(**{name: values[name] for name in _ARGUMENTS})


def exit_code_of(error: Exception) -> int | None:
    """Return the exit code an expected failure asks for (2 arguments, 3 model, 4 source, 5 display), else None."""
    from installation.parameters import ParameterError
    from s2s.audio import AudioFileError
    from s2s.card import BundleError
    from s2s.file_names import UnreadableFileError

    if isinstance(error, BundleError):
        return _MODEL_EXIT_CODE
    if isinstance(error, AudioFileError):
        return SourceError.exit_code
    if isinstance(error, ParameterError | UnreadableFileError):
        return 2
    code = getattr(error, "exit_code", None)
    return code if isinstance(code, int) else None


def show(config: ShowConfig, started_at: float) -> int:
    """Run the live show; the report is written however it ends."""
    from installation.assembly import build_show
    from installation.render.snapshot import save_png

    live = build_show(config, started_at)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        live.stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    exit_code = 1
    try:
        exit_code = live.run()
        if config.arguments.snapshot is not None:
            save_png(config.arguments.snapshot, live.last_picture())
    finally:
        report = live.report({**facts_of(config), "exit_code": exit_code})
        live.close()
        finish(config, report, exit_code)
    return exit_code


def facts_of(config: ShowConfig) -> dict[str, Any]:
    """Return what the report says of the configuration."""
    return {"source": config.source, "seed": config.arguments.seed, "model": str(config.model)}


def finish(config: ShowConfig, report: dict[str, Any], exit_code: int) -> int:
    """Write the report if one was asked for, and the line that ends every run."""
    if config.arguments.report is not None:
        _write_json(config.arguments.report, report)
    log.info("%s", summary_line(report))
    return exit_code


def write_failure(path: Path | None, error: Exception, exit_code: int) -> None:
    """Write the little there is to report of a show that never began."""
    if path is not None:
        _write_json(path, {"exit_code": exit_code, "errors": [" ".join(str(error).split())]})


def list_everything() -> int:
    """Print microphones, MIDI ports and monitors by the names that options and presets take."""
    from installation.audio.microphone import list_devices
    from installation.control.midi_link import list_ports
    from installation.render.window import list_monitors

    lines = ["microphones (--source mic:NAME; mic:NAME:left or mic:NAME:right for one channel):"]
    lines += _indented(list_devices)
    lines += ["MIDI inputs:", *_indented(list_ports)]
    lines += ["monitors:", *_indented(list_monitors)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _indented(find: Callable[[], Sequence[object]]) -> list[str]:
    """Return what there is, or in words why there is none: one missing library must not hide the other lists."""
    try:
        return [f"  {item}" for item in find()] or ["  none"]
    except (DisplayError, SourceError) as error:
        return [f"  none: {error}"]


def _write_json(path: Path, document: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown(json.dumps(document, indent=2, ensure_ascii=False)) + "\n", encoding="utf-8")
    except OSError as error:
        log.error("the report could not be written: %s", error)
