"""`run_show.py --calibrate` from command line to advice: a show is refitted, what it found is told and applied."""

import logging
from collections.abc import Callable
from typing import Any

from installation.audio.source import SourceError
from installation.calibration.advice import Advice, advise
from installation.calibration.preset_edit import write_parameter
from installation.calibration.run import Calibration
from installation.calibration.timing import Measurement, Part
from installation.calibration.wording import UNHEARD, recommendation, table
from installation.exit_codes import ExitCode
from installation.options import ShowConfig
from installation.presets.preset import PresetError
from installation.show_parts import Parts
from installation.standard_output import print_out

log = logging.getLogger(__name__)


class Session:
    """One calibration of one show. Used in this order: `refit`, `begin`, and after the show has run `conclude`."""

    def __init__(self, config: ShowConfig) -> None:
        self.report: dict[str, Any] = {}
        """The report's part, empty before the end."""
        self._config = config
        self._run: Calibration | None = None

    def refit(self, parts: Parts) -> None:
        """Put the calibration into a show that is being built."""
        assert self._config.arguments.calibrate is not None
        self._run = Calibration(parts, self._config.arguments.calibrate)
        self._run.take_part()

    def begin(self, stop: Callable[[], None]) -> None:
        """Let the calibration end the show by `stop` when it is over."""
        assert self._run is not None
        self._run.stop = stop

    def conclude(self) -> ExitCode:
        """Print what was found and what follows, write it where it was asked to be; return the exit code."""
        assert self._run is not None
        if not self._run.is_over:
            log.info("the calibration was ended before its last click: nothing is advised")
            return ExitCode.OK
        try:
            return self._tell(self._run.result(), self._run.render_delay_ms)
        except (SourceError, PresetError) as error:
            log.error("%s", error)
            return error.exit_code

    def _tell(self, found: Measurement, render_delay_ms: float) -> ExitCode:
        self.report = found.as_document()
        if not found.is_sure:
            words = UNHEARD.format(heard=found.heard, clicks=found.clicks, source=self._config.source)
            raise SourceError(words)
        args = self._config.arguments
        show_ms = found.parts[Part.SHOW].p50 + render_delay_ms
        advice = advise(show_ms, args.room_late or 0.0, args.screen_late or 0.0)
        self.report["advice"] = advice.as_document()
        written = self._apply(advice) if args.apply else None
        print_out(f"{table(found)}\n{recommendation(advice, written_to=written)}\n")
        return ExitCode.OK

    def _apply(self, advice: Advice) -> str:
        path = self._config.preset.path
        write_parameter(path, "/audio/delay", advice.audio_delay_ms)
        return path.name
