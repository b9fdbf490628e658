"""The show: the main loop and everything it owns. Runs on the main thread of the show process, which owns the window.

A turn never waits for sound, model or operator: it takes the newest of each and draws. Each of its steps stands under
one guard: what raises keeps what it had before. `installation.assembly` wires the parts; `installation.main` turns the
outcome into an exit code.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from installation.account import Account
from installation.audio.features import LISTEN_SAMPLES
from installation.cadence import Cadence
from installation.events import Event
from installation.exit_codes import ExitCode
from installation.feature_delay import FeatureDelay
from installation.garbage import put_aside
from installation.guard import Guard
from installation.heard_words import clock_words
from installation.hud import hud_lines
from installation.incidents import Incidents
from installation.model_follower import ModelRefusal
from installation.output.snapshot import jpeg_bytes, save_png
from installation.output.surface import DisplayError
from installation.parameters import DEFAULTS, parameter
from installation.presets.follower import PresetRefusal
from installation.presets.preset import Preset
from installation.show_parts import Closable, Parts
from installation.show_status import Moment
from installation.status import HeardStatus, PhotographStatus, ShowStatus
from installation.turn_timing import TurnPart
from installation.values import Controls, Features, Frame, ParameterValue, Pixels
from installation.worker_params import WorkerParams
from s2s.files.quote import quoted

log = logging.getLogger(__name__)

_WARM_UP_S: Final = 10.0
"""After so long nothing is loaded any more: what lives then lives as long as the show."""


def worker_params(controls: Controls, preset: Preset, most_fps: float | None = None) -> WorkerParams:
    """Return what the workers need to know of `controls` and `preset`, and how much there is time to generate."""
    return WorkerParams.of(controls, None if preset.image is None else str(preset.image), preset.source, most_fps)


class Show:
    """Runs until told to stop, the window closes, the display is lost, the time is over, or there is nothing to show:
    a worker that never came alive."""

    def __init__(self, parts: Parts, duration_s: float | None) -> None:
        self._parts = parts
        self._duration_s = duration_s
        still = None if parts.still is None else Frame(parts.still, 0, 0.0, 0.0)
        self._moment = Moment(still, Features())
        self._fast_features, self._movement = parts.fast_path, FeatureDelay()
        self._heard, self._photograph = HeardStatus(), PhotographStatus()
        self._hud: list[str] = []
        self._exit_code: int | None = None
        self._controls = Controls(DEFAULTS)
        self._drawn: tuple[Frame | None, Controls] | None = None
        self.errors = Incidents(parts.clock.now)
        self._guard = Guard(self.errors, passing=(DisplayError, *parts.fatal))
        self._account = Account(
            parts, self._moment, Cadence(parts.cadence_fps, parts.generator_pace), self.errors, self._guard
        )
        parts.desk.watch(self._on_change)

    def stop(self) -> None:
        """End after this turn, as wanted. Safe in a signal handler."""
        self._exit_code = ExitCode.OK if self._exit_code is None else self._exit_code

    def run(self) -> int:
        """Show until the end; return the exit code."""
        clock = self._parts.clock
        ends_at = None if self._duration_s is None else clock.now() + self._duration_s
        warm_at: float | None = clock.now() + _WARM_UP_S
        with self._account.cadence.garbage:
            while self._exit_code is None:
                clock.sleep(self._parts.pacer.wait_s(clock.now()))
                try:
                    self._turn(clock.now())
                except DisplayError as error:
                    self.errors.append(str(error))
                    self._end(error.exit_code, str(error))
                if (
                    self._parts.surface.closed
                    or self._parts.keyboard.ended
                    or (ends_at is not None and clock.now() >= ends_at)
                ):
                    self.stop()
                if warm_at is not None and self._moment.living and clock.now() >= warm_at:
                    put_aside()
                    warm_at = None
        self._account.memory.sample(clock.now(), self._pids, force=True)
        self._end_minute(clock.now())
        return self._exit_code

    def _turn(self, now: float) -> None:
        attempt, timing, clock = self._guard.attempt, self._account.cadence.timing, self._parts.clock
        timing.begin(self._parts.pacer.due_at, now)
        for step in (
            self._look_after_workers,
            self._poll_controls,
            self._listen,
            self._hear,
            self._tick_desk,
            self._follow_preset,
            self._follow_model,
            self._send_params,
            self._receive_frame,
            self._update_health,
        ):
            attempt(step, now)
        attempt(self._parts.go_on, now)
        timing.did(TurnPart.TAKE, clock.now())
        drawn = attempt(self._draw, now) or attempt(self._draw_as_before, now)
        timing.did(TurnPart.DRAW, clock.now())
        if drawn:
            attempt(self._offer, now)  # before the flip: after it the back buffer is anyone's
            timing.did(TurnPart.READ, clock.now())
            attempt(self._present, now)
            timing.did(TurnPart.PRESENT, clock.now())
            self._end_turn(clock.now())

    def _end_turn(self, now: float) -> None:
        interval_ms, scale = self._parts.meter.last_interval_ms, self._parts.renderer.internal_scale
        cadence, living = self._account.cadence, self._moment.living
        is_short = self._parts.renderer.keep_to(cadence.least_scale if living else 0.0)
        cadence.end_turn(now, interval_ms, scale, living=living, is_short=is_short)
        if cadence.is_minute_over(now):
            self._end_minute(now)

    def _end_minute(self, now: float) -> None:
        self._account.cadence.end_minute(now, self._parts.frames.serial, self._account.memory.rss_mib)

    def _look_after_workers(self, now: float) -> None:
        for host in (self._parts.capture, self._parts.inference):
            before = host.failure
            host.supervise(now)
            if host.failure is not None and host.failure is not before:
                self.errors.append(host.failure.message)
            if host.refused and host.failure is not None:
                self._end(host.failure.exit_code or ExitCode.UNEXPECTED, host.failure.message)
            elif host.gave_up and not self._moment.living:  # a living picture stays, whatever fails
                self._end(ExitCode.WORKER, f"{host.name} never came alive")
        self._account.memory.sample(now, self._pids)

    def _end(self, exit_code: int, reason: str) -> None:
        if self._exit_code is None:
            self._exit_code = exit_code
            log.error("%s", reason)

    def _poll_controls(self, now: float) -> None:
        keyboard = self._parts.keyboard
        for key in self._parts.surface.poll():
            if key.down:
                keyboard.press(key.name, now, at=key.at, repeat=key.repeat, shift=key.shift)
            else:
                keyboard.release(key.name)
        keyboard.poll(now)
        for control in self._parts.controls.values():
            self._guard.attempt(control.poll, now)

    def _listen(self, now: float) -> None:
        self._fast_features.keep_tempo(self._controls.number("/audio/tempo"))
        heard = self._keep_time(self._fast_features.listen(self._parts.ring.newest(LISTEN_SAMPLES), now), now)
        self._moment.features = self._movement.delayed(heard, now, self._controls.number("/render/delay") / 1e3)

    def _keep_time(self, heard: Features, now: float) -> Features:
        """Return what is heard with the beat of the clock that was chosen, while it runs."""
        chosen = self._controls.text("/audio/clock")
        clock = self._parts.beat_clocks.get(chosen)
        # The room hears the band as late as the show hears the room.
        beat = None if clock is None else clock.beat(now, self._controls.number("/audio/delay") / 1e3)
        self._moment.clock = clock_words(chosen, runs=beat is not None)
        return heard if beat is None else replace(heard, beat=beat.pulse, tempo_bpm=beat.bpm)

    def _hear(self, now: float) -> None:
        """Take in what the slow path says of what sounds, and whether it shows a photograph."""
        slow_path = self._parts.inference.status()
        self._heard, self._photograph = slow_path.heard, slow_path.photograph
        if self._moment.living:
            self._account.heard.tell(now, self._heard)
        if self._heard.certainty is not None:
            self._moment.features = replace(self._moment.features, certainty=self._heard.certainty)

    def _tick_desk(self, now: float) -> None:
        self._controls = self._parts.desk.tick(now, self._moment.features)
        self._parts.meter.control.took(self._parts.desk.taken)

    def _send_params(self, _now: float) -> None:
        params = worker_params(self._controls, self._parts.presets.current, self._account.cadence.most_fps)
        self._parts.params.send(replace(params, model=self._parts.models.request))

    def _receive_frame(self, now: float) -> None:
        frame = self._parts.frames.newest(self._moment.frame.serial if self._moment.frame is not None else 0)
        if frame is not None:
            if not self._moment.living:
                self._parts.renderer.restart()  # until now the workers' start took the time
            self._moment.frame, self._moment.living = frame, True
            self._parts.meter.received(frame, now)

    def _draw(self, now: float) -> None:
        self._paint(now, self._moment.frame, self._controls)
        self._drawn = (self._moment.frame, self._controls)
        self._parts.meter.control.drawn()

    def _draw_as_before(self, now: float) -> None:
        """Draw with what could be drawn last: a picture or a value that cannot is left out, and the rest moves on."""
        frame, controls = self._drawn or (None, Controls(DEFAULTS))
        self._paint(now, frame, controls)

    def _paint(self, now: float, frame: Frame | None, controls: Controls) -> None:
        surface = self._parts.surface
        self._parts.renderer.resize(surface.size)
        self._parts.renderer.draw(
            surface.target,
            now=now,
            frame=frame,
            features=self._moment.features,
            controls=controls,
            heard=self._heard,
            photograph=self._photograph,
            hud=self._hud,
            panel=self._parts.keyboard.panel(now),
        )

    def _offer(self, now: float) -> None:
        read = cache(self._read)  # once a turn for all that want the picture, and not at all where none does
        for sink in self._parts.sinks:
            self._guard.attempt(partial(sink.offer, read=read), now)

    def _present(self, _now: float) -> None:
        self._parts.surface.present()
        self._moment.presented_at = self._parts.clock.now()
        self._parts.meter.presented(self._moment.presented_at, self._moment.features)

    def _update_health(self, now: float) -> None:
        if self._account.monitor.is_due(now):
            # None is said once the end is certain: its reason was said already.
            self._account.check_health(now, aloud=self._exit_code is None)
            self._hud = hud_lines(self.status(), self._moment.features) if self._controls.switch("/show/hud") else []

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address == "/audio/tap" and (bpm := self._fast_features.tap()) is not None:
            row = parameter("/audio/tempo")
            self._parts.desk.correct(row.address, row.clamp(round(bpm, 1)))
        if origin not in ("preset", "show"):
            log.debug("%s: %s = %s", origin, address, value)

    def _follow_preset(self, now: float) -> None:
        outcome = self._parts.presets.poll(now)
        if isinstance(outcome, PresetRefusal):
            self.errors.append(f"preset {quoted(outcome.name)} refused: {outcome.reason}")
        elif outcome is not None:
            self._note_model(self._parts.models.follow(outcome, self._parts.inference))
            self._moment.preset_note = self._parts.start_only.note(outcome)
            log.info("preset: %s%s", outcome.name, self._moment.preset_note and f" ({self._moment.preset_note})")

    def _follow_model(self, now: float) -> None:
        self._note_model(self._parts.models.poll(now, self._parts.inference))

    def _note_model(self, refusal: ModelRefusal | None) -> None:
        if refusal is not None:
            self.errors.append(f"model {quoted(refusal.name)} refused: {refusal.reason}")

    @property
    def _pids(self) -> Mapping[str, int | None]:
        return {"show": os.getpid(), "capture": self._parts.capture.pid, "inference": self._parts.inference.pid}

    def last_picture(self) -> Pixels:
        """Draw the newest picture once more and return it, `[height, width, 3]`. The show's thread alone."""
        self._paint(self._parts.clock.now(), self._moment.frame, self._controls)
        return self._read()

    def save_picture(self, path: Path) -> bool:
        """Save the last picture and say whether it is; a disk that does not take it costs a line. The show's thread."""
        try:
            save_png(path, self.last_picture())
        except OSError as error:
            log.error("%s", error)
            self.errors.append(f"snapshot: {error}")
            return False
        return True

    def _read(self) -> Pixels:
        return self._parts.reader.read(self._parts.surface.target)

    def generated_jpeg(self) -> bytes | None:
        """Return the newest generated picture as JPEG bytes for the operator page. Any thread."""
        frame = self._moment.frame
        return None if frame is None else jpeg_bytes(frame.pixels)

    def status(self) -> ShowStatus:
        """Return how the show is doing, for the operator page and the HUD. Any thread; nothing here blocks."""
        return self._account.status()

    def events(self) -> list[Event]:
        """Return what happened so far, for the operator page. Any thread."""
        return self._account.monitor.events()

    @property
    def features(self) -> Features:
        """What is heard now, as it moves the picture. Any thread."""
        return self._moment.features

    @property
    def preset(self) -> Preset:
        """The preset that is shown. Any thread."""
        return self._parts.presets.current

    def report(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the run's summary; `facts` are what the show itself does not know (source, seed, …)."""
        return self._account.report(facts)

    def end_outputs(self) -> None:
        """Finish films, so that the report can tell how that went; waits for them, but not for ever."""
        ended_at = self._parts.clock.now()  # while films are finished nothing is shown, and that is no fault
        for sink in self._parts.sinks:
            sink.close()
        if self._parts.sinks:
            self._account.check_health(ended_at, aloud=False)

    def close(self) -> None:
        """Give everything back, the newest first; one part that refuses does not keep the others."""
        parts = self._parts
        closers: list[Closable] = [*parts.sinks, *parts.controls.values(), parts.capture, parts.inference]
        closers += [parts.renderer, parts.surface, parts.ring, parts.frames, parts.params]
        for part in closers:
            try:
                part.close()
            except Exception as error:  # whatever it is: the others, and the report, must not go with it
                log.warning("while closing %s: %s", type(part).__name__, error)
