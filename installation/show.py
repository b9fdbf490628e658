"""The show: the main loop and everything it owns. Runs on the main thread of the show process, which owns the window.

A turn never waits for sound, model or operator: it takes the newest of each and draws. `installation.assembly` wires
the parts; `installation.main` turns the outcome into an exit code.
"""

import logging
import os
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from installation.audio.features import FastPath
from installation.clock import Clock
from installation.control.keyboard import Keyboard
from installation.desk import Desk
from installation.health import judge_host, judge_pictures, judge_sound, worst
from installation.hosting import Host
from installation.hud import hud_lines
from installation.mailbox import FrameBox, JsonBox
from installation.metering import MemoryMeter, Meter
from installation.pacing import Pacer
from installation.parameters import DEFAULTS
from installation.preset import Preset, mood
from installation.preset_follower import PresetFollower, PresetRefusal
from installation.recording import Recorder
from installation.render.pipeline import Renderer
from installation.render.reading import PixelReader
from installation.render.snapshot import jpeg_bytes
from installation.render.surface import Surface
from installation.report import build_report
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Condition, Controls, Features, Frame, Health, ParameterValue, Pixels
from s2s.quote import quoted

log = logging.getLogger(__name__)

LISTEN_SAMPLES: Final = 1024
_HUD_EVERY_S: Final = 0.25
_ERRORS_KEPT: Final = 100


class ControlSurface(Protocol):
    """A control surface: started once, looked after once a turn, gives its state in words."""

    def start(self) -> None: ...

    def poll(self, now: float) -> None: ...

    def status(self) -> Mapping[str, object]: ...

    def close(self) -> None: ...


class Closable(Protocol):
    """Anything that has to be given back."""

    def close(self) -> None: ...


@dataclass(slots=True)
class Parts:
    """What a show is made of. Shared memory and hosts are closed by the show."""

    clock: Clock
    surface: Surface
    renderer: Renderer
    reader: PixelReader
    desk: Desk
    keyboard: Keyboard
    ring: AudioRing
    frames: FrameBox
    wishes: JsonBox
    capture: Host
    inference: Host
    controls: dict[str, ControlSurface]
    pacer: Pacer
    meter: Meter
    recorder: Recorder | None
    still: Pixels | None
    presets: PresetFollower


def wishes_of(controls: Controls, preset: Preset) -> dict[str, object]:
    """Return what the workers need to know: every value by address, and the preset's image."""
    return {**controls.values, "image": None if preset.image is None else str(preset.image)}


class Show:
    """Runs until told to stop, the window closes, the time is over, or a worker fails for good."""

    def __init__(self, parts: Parts, preset: Preset, duration_s: float | None) -> None:
        self._parts = parts
        self._preset = preset
        self._duration_s = duration_s
        self._ears = FastPath()
        self._memory = MemoryMeter()
        self._features = Features()
        self._frame = None if parts.still is None else Frame(parts.still, 0, 0.0, 0.0)
        self._living = False
        self._hud: list[str] = []
        self._hud_at = float("-inf")
        self._wishes: dict[str, object] = {}
        self._exit_code: int | None = None
        self._health, self._judged = Health(), False
        self._controls = Controls(DEFAULTS)
        self.errors: deque[str] = deque(maxlen=_ERRORS_KEPT)
        parts.desk.watch(self._on_change)

    def stop(self) -> None:
        """End after this turn, as wanted. Safe in a signal handler."""
        self._exit_code = 0 if self._exit_code is None else self._exit_code

    def run(self) -> int:
        """Show until the end; return the exit code."""
        clock = self._parts.clock
        ends_at = None if self._duration_s is None else clock.now() + self._duration_s
        while self._exit_code is None:
            clock.sleep(self._parts.pacer.wait_s(clock.now()))
            self._turn(clock.now())
            if self._parts.surface.closed or (ends_at is not None and clock.now() >= ends_at):
                self.stop()
        self._memory.sample(clock.now(), self._pids, force=True)
        return self._exit_code

    def _turn(self, now: float) -> None:
        self._look_after_workers(now)
        self._take_wishes(now)
        self._features = self._listen(now)
        self._controls = self._parts.desk.tick(now, self._features)
        self._follow_preset(now)
        self._tell_workers(self._controls)
        self._receive_frame(now)
        self._draw(now)
        if self._parts.recorder is not None:
            self._parts.recorder.offer(now, self._read)  # before the flip: after it the back buffer is anyone's
        self._parts.surface.present()
        self._parts.meter.presented(self._parts.clock.now(), self._features)

    def _look_after_workers(self, now: float) -> None:
        for host in (self._parts.capture, self._parts.inference):
            before = host.failure
            host.supervise(now)
            if host.failure is not None and host.failure is not before:
                self.errors.append(host.failure.message)
            if host.refused and host.failure is not None:
                self._fail(host.failure.exit_code or 1, host)
            elif host.gave_up:
                self._fail(6, host)
        self._memory.sample(now, self._pids)

    def _fail(self, exit_code: int, host: Host) -> None:
        if self._exit_code is None:
            self._exit_code = exit_code
            log.error("%s", host.failure.message if host.failure else f"{host.name} failed for good")

    def _take_wishes(self, now: float) -> None:
        for key in self._parts.surface.poll():
            self._parts.keyboard.press(key.name)
        for control in self._parts.controls.values():
            control.poll(now)

    def _listen(self, now: float) -> Features:
        return self._ears.listen(self._parts.ring.newest(LISTEN_SAMPLES), now)

    def _tell_workers(self, controls: Controls) -> None:
        wishes = wishes_of(controls, self._preset)
        if wishes != self._wishes:
            self._wishes = wishes
            self._parts.wishes.put(wishes)

    def _receive_frame(self, now: float) -> None:
        frame = self._parts.frames.newest(self._frame.serial if self._frame is not None else 0)
        if frame is not None:
            self._frame, self._living = frame, True
            self._parts.meter.received(frame, now)

    def _draw(self, now: float) -> None:
        controls = self._controls
        if now - self._hud_at >= _HUD_EVERY_S:
            self._hud_at = now
            self._health = self._judge(now)
            self._hud = hud_lines(self.status(), self._features) if controls.switch("/show/hud") else []
        surface = self._parts.surface
        self._parts.renderer.resize(surface.size)
        self._parts.renderer.draw(
            surface.target, now=now, frame=self._frame, features=self._features, controls=controls, hud=self._hud
        )

    def _judge(self, now: float) -> Health:
        parts = self._parts
        made_at = self._frame.made_at if self._frame is not None and self._living else None
        health = worst(
            {
                "capture": judge_host(parts.capture),
                "inference": judge_host(parts.inference),
                "sound": judge_sound(parts.capture.status()),
                "pictures": judge_pictures(made_at, now),
            }
        )
        # The first judgement is said in any case, and none once the end is certain: its reason was said already.
        if self._exit_code is None and (not self._judged or health.condition is not self._health.condition):
            self._judged = True
            reasons = "; ".join(f"{part}: {words}" for part, words in health.reasons.items())
            log.log(
                logging.INFO if health.condition is Condition.OK else logging.WARNING,
                "%s %s",
                health.condition,
                reasons,
            )
        return health

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if origin not in ("preset", "show"):
            log.debug("%s: %s = %s", origin, address, value)

    def _follow_preset(self, now: float) -> None:
        outcome = self._parts.presets.poll(now)
        if isinstance(outcome, PresetRefusal):
            self.errors.append(f"preset {quoted(outcome.name)} refused: {outcome.reason}")
        elif outcome is not None:
            self._preset = outcome
            self._parts.desk.route(outcome.routes)
            self._parts.desk.morph(mood(outcome), float(self._parts.desk.get("/show/morph")))
            log.info("preset: %s", outcome.name)

    @property
    def _pids(self) -> Mapping[str, int | None]:
        return {"show": os.getpid(), "capture": self._parts.capture.pid, "inference": self._parts.inference.pid}

    def last_picture(self) -> Pixels:
        """Draw the newest picture once more and return it, `[height, width, 3]`. The show's thread alone."""
        self._draw(self._parts.clock.now())
        return self._read()

    def _read(self) -> Pixels:
        return self._parts.reader.read(self._parts.surface.target)

    def generated_jpeg(self) -> bytes | None:
        """Return the newest generated picture as JPEG bytes for the operator page. Any thread."""
        frame = self._frame
        return None if frame is None else jpeg_bytes(frame.pixels)

    def status(self) -> dict[str, Any]:
        """Return how the show is doing, for the operator page and the HUD. Any thread; nothing here blocks."""
        parts, meter = self._parts, self._parts.meter
        return {
            "condition": str(self._health.condition),
            "reasons": dict(self._health.reasons),
            "preset": self._preset.name,
            "preset_refused": self._parts.presets.refusal,
            "sound": dict(parts.capture.status()),
            "slow_path": dict(parts.inference.status()),
            "display": {"fps": round(meter.fps, 1), "interval_ms": meter.interval_ms.summary(50, 95)},
            "fast_ms": meter.fast_ms.summary(50, 95),
            "controls": {name: dict(control.status()) for name, control in parts.controls.items()},
        }

    def report(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the run's summary; `facts` are what the show itself does not know (source, seed, …)."""
        parts = self._parts
        now = parts.clock.now()
        living_s = parts.meter.living_picture_s
        run = {
            "restarts": parts.capture.restarts + parts.inference.restarts,
            "preset": self._preset.name,
            "render": {"internal_scale": round(parts.renderer.internal_scale, 3), "size": list(parts.surface.size)},
            "heard_s": round(parts.ring.position.written / SAMPLE_RATE_HZ, 2),
            "living_s": None if living_s is None else now - parts.meter.started_at - living_s,
            "recording_dropped": None if parts.recorder is None else parts.recorder.dropped,
            **facts,
        }
        return build_report(
            meter=parts.meter,
            memory=self._memory,
            capture=parts.capture.status(),
            inference=parts.inference.status(),
            run=run,
            errors=list(self.errors),
        )

    def close(self) -> None:
        """Give everything back, the newest first; one part that refuses does not keep the others."""
        parts = self._parts
        closers: list[Closable] = [*parts.controls.values(), parts.capture, parts.inference]
        if parts.recorder is not None:
            closers.insert(0, parts.recorder)
        closers += [parts.renderer, parts.surface, parts.ring, parts.frames, parts.wishes]
        for part in closers:
            try:
                part.close()
            except (OSError, RuntimeError, ValueError) as error:
                log.warning("while closing %s: %s", type(part).__name__, error)
