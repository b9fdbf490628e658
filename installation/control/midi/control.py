"""MIDI control of the desk: finds the device by name, listens to it and tells it what it stands for.

The ports live in a process of their own (`ports`, reached by `link`), whose messages wait for the
show's thread, which calls `poll`. A controller may come and go, a driver may be missing or stuck: the show goes on.
"""

import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from installation.control.midi.clock import MidiClock
from installation.control.midi.controller import Controller
from installation.control.midi.link import PortLink
from installation.control.midi.map import MidiMap
from installation.control.midi.names import choose_feedback, choose_port, device_name
from installation.control.midi.store import MapStore
from installation.control.rejections import RejectionCounter
from installation.control_status import MidiStatus
from installation.desk import Desk

_ALSA_SEQUENCER: Final = Path("/dev/snd/seq")
_POLL_S: Final = 0.25
_APIS: Final = {"LINUX_ALSA": "alsa", "UNIX_JACK": "jack"}
_MOST_WAITING: Final = 2_048
_MOST_A_TURN: Final = 256
"""Messages: what a flood may cost one picture is some milliseconds."""

_log = logging.getLogger(__name__)


class MidiControl:
    """Listens to one input port, whenever it appears, and tells its device through the port of the same name.

    `device` is `auto` (the first real port), `none`, or part of a port's name, ignoring case. `jack:` or `alsa:` before
    it chooses the API, as mido's environment variable MIDO_BACKEND (`mido.backends.rtmidi/UNIX_JACK`) also does.
    `store` keeps what controllers are taught; without one nothing is learnt, and nothing told. `presets` are those that
    program changes go to, in their order, as far as is known without waiting for a disk.
    """

    def __init__(
        self,
        desk: Desk,
        mapping: MidiMap,
        device: str = "auto",
        *,
        store: MapStore | None = None,
        presets: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._api, self._requested = split_device(device, os.environ.get("MIDO_BACKEND", ""))
        self._link = PortLink(self._api, self._on_report)
        self._rejections = RejectionCounter("MIDI", _log)
        self._controller = Controller(desk, mapping, self._rejections, store, presets)
        self.clock = MidiClock()
        self._tells = store is not None
        self._waiting: deque[Mapping[str, Any]] = deque(maxlen=_MOST_WAITING)
        self._ports: deque[Mapping[str, Any]] = deque(maxlen=1)
        self._port_names: list[str] = []
        self._opened: str | None = None
        self._feedback: str | None = None
        self._received = 0
        self._missing = ""
        self._next_poll_at = -float("inf")
        self._off = self._requested == "none"

    def start(self) -> None:
        """Start looking for the device. Never raises, never waits for it."""
        if not self._off and self._has_driver():
            self._link.start()

    def remap(self, mapping: MidiMap) -> None:
        """Take another preset's map, from the next message on. Show thread."""
        self._controller.remap(mapping)

    def select(self, device: str) -> None:
        """Listen to another device from the next look at the ports on; the same one stays open. Show thread."""
        api, requested = split_device(device, os.environ.get("MIDO_BACKEND", ""))
        if (api, requested) == (self._api, self._requested):
            return
        if api != self._api or requested == "none":
            self._link.close()
            self._link = PortLink(api, self._on_report)
            self._let_go()
        self._api, self._requested, self._missing = api, requested, ""
        self._off = requested == "none"

    def poll(self, now: float) -> None:
        """Do what has arrived, look after the port process, log what was refused; show thread, monotonic seconds."""
        self._rejections.report(now)
        self._controller.answer(now)
        self._take_waiting()
        self._controller.poll(now)
        if self._off:
            self._controller.stop_learning("no controller is listened to: --midi, or the preset's midi.device, is none")
            return
        if now >= self._next_poll_at:
            self._next_poll_at = now + _POLL_S
            self._look_after_process(now)
        if self._ports:
            self._take_ports(self._ports.popleft())
        if self._feedback is not None and (messages := self._controller.messages(now)):
            self._link.send({"send": messages})

    def status(self) -> MidiStatus:
        """Return the ports in use, those that there are, what the device moves, counts, and what is wrong."""
        controller = self._controller
        return MidiStatus(
            device=self._requested,
            open=self._opened,
            ports=tuple(self._port_names),
            feedback=self._feedback,
            problem=self._link.problem or self._missing,
            received=self._received,
            last=controller.last_event,
            learning=controller.learning,
            learnt=controller.last_learnt,
            bindings=controller.bindings(),
            refused=self._rejections.count,
            last_refusal=self._rejections.last,
        )

    def close(self) -> None:
        """Let go of the ports."""
        self._off = True
        self._link.close()
        self._controller.close()

    def _look_after_process(self, now: float) -> None:
        if self._has_driver():
            self._link.poll(now)
        if self._link.problem:
            self._let_go()

    def _let_go(self) -> None:
        self._port_names, self._opened, self._feedback = [], None, None
        self._ports.clear()
        self._controller.plug(None)
        self._controller.connect(None)

    def _has_driver(self) -> bool:
        if self._api != "alsa" or _ALSA_SEQUENCER.exists():
            return True
        self._miss(f"no MIDI: this machine has no {_ALSA_SEQUENCER} (kernel module snd-seq)")
        return False

    def _miss(self, problem: str) -> None:
        if problem and problem != self._missing:
            _log.info("%s; looking for it", problem)
        self._missing = problem

    def _on_report(self, report: Mapping[str, Any]) -> None:
        """Take in one line of the port process, on the link's thread; the clock counts from when a pulse came."""
        if "ports" in report:
            self._ports.append(report)
        elif "message" in report and not self.clock.take(report["message"], report["at"]):
            if len(self._waiting) == _MOST_WAITING:
                self._rejections.add("messages came faster than they can be followed: the oldest are left out")
            self._waiting.append(report)

    def _take_ports(self, report: Mapping[str, Any]) -> None:
        names, opened, feedback = report["ports"], report["open"], report.get("feedback")
        if opened != self._opened:
            _log.info("MIDI: %s", f"listening to {opened}" if opened else f"{self._opened} is gone")
        self._port_names, self._opened, self._feedback = names, opened, feedback
        self._controller.plug(None if opened is None else device_name(opened))
        self._controller.connect(feedback)
        chosen = choose_port(names, self._requested, opened)
        told = choose_feedback(report.get("outputs", ()), chosen) if self._tells else None
        self._miss("" if chosen else f"no MIDI input for device {self._requested!r}")
        if (chosen, told) != (opened, feedback):
            self._link.send({"open": chosen, "feedback": told})

    def _take_waiting(self) -> None:
        for _ in range(min(len(self._waiting), _MOST_A_TURN)):
            report = self._waiting.popleft()
            self._received += self._controller.take(report["message"], report["at"])


def split_device(device: str, backend: str) -> tuple[str, str]:
    """Return API (`alsa`, `jack`, or empty for the system's own) and the name looked for, `auto` where none is given.

    `backend` is mido's MIDO_BACKEND. On Linux an unspecified API would open a JACK client as soon as ALSA has no port.
    """
    api, _, name = device.partition(":")
    if api in _APIS.values():
        return api, name or "auto"
    return _APIS.get(backend.rpartition("/")[2], "alsa" if sys.platform.startswith("linux") else ""), device
