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
from typing import TYPE_CHECKING, Any, Final

from installation.audio.source import SourceError
from installation.clock import MonotonicClock
from installation.exit_codes import ExitCode
from installation.logs.keeping import keep_log
from installation.options import Arguments, ShowConfig
from installation.output.surface import DisplayError
from installation.report import summary_line
from installation.restarting.restart import Restarts
from installation.service.command_line import do as deed
from installation.service.last_shown import resumed
from installation.service.notify import notifier
from installation.shared import clear_leftovers
from installation.standard_output import print_out
from s2s.card import BundleError, read_card
from s2s.files.names import shown
from s2s.files.user import name_user

if TYPE_CHECKING:
    from installation.calibration.session import Session

log = logging.getLogger(__name__)

_ARGUMENTS: Final = tuple(field.name for field in dataclasses.fields(Arguments))


def run(parsed: argparse.Namespace) -> int:
    """Do what the command line says; every expected failure is one line in the log and an exit code."""
    started_at = MonotonicClock().now()
    name_user()
    notifier()  # before any worker inherits what only the show may say
    try:
        if parsed.list_devices or parsed.version or parsed.diagnose:
            return tell_of_itself(parsed)
        restarts = Restarts(arguments_of(parsed))
        if (code := deed(parsed, sys.argv[1:], restarts.resolve)) is not None:
            return code
        config = restarts.resolve()
        if not config.preset.limits_flashes:
            log.warning("the flash limiter is OFF: preset %s says safety: {flashes: false}", config.preset.name)
        if parsed.dry_run:
            read_card(config.model)
            print_out(shown(config.as_yaml() + senders_here()))
            return ExitCode.OK
        if config.arguments.render is not None:
            report = render_film(config, started_at)
            return finish(config, report, report["exit_code"])
        return show(restarts.mark(resumed(config)), restarts, started_at, calibration_of(config))
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            write_failure(parsed.report, error, ExitCode.UNEXPECTED)
            raise
        log.error("%s", shown(" ".join(str(error).split())))
        write_failure(parsed.report, error, code)
        return code


def arguments_of(parsed: argparse.Namespace) -> Arguments:
    """Return what was typed as the show's own values."""
    values = {**vars(parsed), "duration_s": parsed.duration, "send": tuple(parsed.send)}
    return Arguments(**{name: values[name] for name in _ARGUMENTS})


def exit_code_of(error: Exception) -> ExitCode | None:
    """Return the exit code an expected failure asks for, None for one that nobody foresaw."""
    from installation.parameter import ParameterError
    from s2s.files.names import UnreadableFileError
    from s2s.media.audio import AudioFileError

    if isinstance(error, BundleError):
        return ExitCode.MODEL
    if isinstance(error, AudioFileError):
        return ExitCode.SOURCE
    if isinstance(error, ParameterError | UnreadableFileError):
        return ExitCode.USAGE
    code = getattr(error, "exit_code", None)
    return code if isinstance(code, ExitCode) else None


class EndBySignal:
    """SIGTERM, Ctrl-C and a terminal that goes (SIGHUP) end the show in order, also while it is being built.

    The building is not torn apart at whatever line it has come to: what is half made, a process between its making
    and its start, cannot be given back. It goes on to its end, and the show ends before its first turn. Who cannot
    wait, because the building hangs, asks again.
    """

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None
        self._signalled = False

    def listen(self) -> None:
        """Take the signals from now on; one that was to be ignored from the start, as under nohup, still is."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            number: signal.Signals | None = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and (name != "SIGHUP" or signal.getsignal(number) is not signal.SIG_IGN):
                signal.signal(number, self._on_signal)

    @property
    def asked(self) -> bool:
        """Whether somebody wants the end."""
        return self._signalled

    def hand_over(self, stop: Callable[[], None]) -> None:
        """Call `stop` at a signal, at once if there was one."""
        self._stop = stop
        if self._signalled:
            stop()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        signalled_before, self._signalled = self._signalled, True
        if self._stop is not None:
            self._stop()
        elif signalled_before:
            raise SystemExit(ExitCode.OK)


def senders_here() -> str:
    """Return for `--dry-run` which programs a picture could be sent to from this machine, as YAML."""
    import yaml

    from installation.output.senders.kinds import readiness

    return yaml.safe_dump({"senders": readiness()}, sort_keys=False, allow_unicode=True, width=1000)


def calibration_of(config: ShowConfig) -> "Session | None":
    """Return what measures a show from within, if that was asked for."""
    if config.arguments.calibrate is None:
        return None
    from installation.calibration.session import Session

    return Session(config)


def show(config: ShowConfig, restarts: Restarts, started_at: float, calibration: "Session | None" = None) -> int:
    """Run the live show; the report is written however it ends."""
    end = EndBySignal()
    end.listen()
    keep_log(config.venue.logs if config.arguments.logs else None)
    from installation.assembly import build_show  # takes a moment, in which a signal may come, too

    clear_leftovers()
    restarts.look_for_display()
    try:
        live = build_show(config, started_at, restarts.fit if calibration is None else calibration.refit)
    except SystemExit:
        early = InterruptedError("ended by a signal before the first picture")
        write_failure(config.arguments.report, early, ExitCode.OK)
        return ExitCode.OK
    exit_code: int = ExitCode.UNEXPECTED
    try:
        end.hand_over(live.stop)
        restarts.hand_over(live.stop)
        if calibration is not None:
            calibration.begin(live.stop)
        exit_code = restarts.outcome(live.run())
        if calibration is not None and exit_code == ExitCode.OK:
            exit_code = calibration.conclude()
        snapshot = None if exit_code in (ExitCode.DISPLAY, ExitCode.RESTART) else config.arguments.snapshot
        if snapshot is not None and not live.save_picture(snapshot):
            exit_code = exit_code or ExitCode.USAGE
    finally:
        notifier().tell("STOPPING=1")  # films take their time
        live.end_outputs()
        report = live.report({**facts_of(config), "exit_code": exit_code})
        finish(config, report if calibration is None else {**report, "calibration": calibration.report}, exit_code)
        live.close()
    return restarts.conclude(exit_code, end_wanted=end.asked)


def render_film(config: ShowConfig, started_at: float) -> dict[str, Any]:
    """Make the film that was asked for, of a sound or of a logged session; return its report.

    A signal ends the film with the picture that it has come to, and what is there plays.
    """
    end = EndBySignal()
    end.listen()
    if config.arguments.session is not None:
        from installation.offline_session import render_session

        return render_session(config, facts_of(config), started_at, end.hand_over)
    from installation.offline import render

    return render(config, facts_of(config), started_at, end.hand_over)


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
    from installation.control.midi.link import list_ports
    from installation.output.window_screens import list_monitors

    lines = ["microphones (--source mic:NAME; mic:NAME:left or mic:NAME:right for one channel):"]
    lines += _indented(list_devices)
    lines += ["MIDI inputs:", *_indented(list_ports)]
    lines += ["monitors (--output window:NUMBER; outputs.yaml takes the number or the name):"]
    lines += _indented(list_monitors)
    print_out("\n".join(lines) + "\n")
    return ExitCode.OK


def tell_of_itself(parsed: argparse.Namespace) -> int:
    """Print what there is to plug in, which product this is, or with `--diagnose` all that a bug report needs; whatever
    fails, the page says so.
    """
    if parsed.list_devices:
        return list_everything()
    from installation.diagnosis.gathering import diagnose
    from installation.product import product_line
    from s2s.card import DEFAULT_BUNDLE

    if parsed.version:
        print_out(product_line() + "\n")
        return ExitCode.OK
    print_out(diagnose(parsed.model or DEFAULT_BUNDLE, parsed.report, parsed.osc_port, parsed.page))
    return ExitCode.OK


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
