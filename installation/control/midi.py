"""MIDI control of the desk: finds the device by name, listens, and applies the preset's map to what it sends.

The ports live in a process of their own (`midi_ports.py`, reached by `midi_link.py`); the show thread calls `poll`.
A controller may come and go, a driver may be missing or stuck: the show goes on.
"""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from installation.control.bindings import EventKind, MidiEvent, MidiMap, choose_port
from installation.control.midi_clock import MidiClock
from installation.control.midi_link import PortLink
from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.parameters import ParameterError
from installation.status import MidiStatus

_ALSA_SEQUENCER: Final = Path("/dev/snd/seq")
_POLL_S: Final = 0.25
_APIS: Final = {"LINUX_ALSA": "alsa", "UNIX_JACK": "jack"}

_log = logging.getLogger(__name__)


class MidiControl:
    """Listens to one input port, whenever it appears.

    `device` is `auto` (the first real port), `none`, or part of a port's name, ignoring case. `jack:` or `alsa:` before
    it chooses the API, as mido's environment variable MIDO_BACKEND (`mido.backends.rtmidi/UNIX_JACK`) also does.
    """

    def __init__(self, desk: Desk, mapping: MidiMap, device: str = "auto") -> None:
        self._desk = desk
        self._mapping = mapping
        self._api, self._requested = split_device(device, os.environ.get("MIDO_BACKEND", ""))
        self._link = PortLink(self._api, self._on_report)
        self._rejections = RejectionCounter("MIDI", _log)
        self.clock = MidiClock()
        self._port_names: list[str] = []
        self._opened: str | None = None
        self._received = 0
        self._last_event = ""
        self._missing = ""
        self._next_poll_at = -float("inf")
        self._off = self._requested == "none"

    def start(self) -> None:
        """Start looking for the device. Never raises, never waits for it."""
        if not self._off and self._has_driver():
            self._link.start()

    def remap(self, mapping: MidiMap) -> None:
        """Take another preset's map, from the next message on."""
        self._mapping = mapping

    def select(self, device: str) -> None:
        """Listen to another device from the next look at the ports on; the same one stays open. Show thread."""
        api, requested = split_device(device, os.environ.get("MIDO_BACKEND", ""))
        if (api, requested) == (self._api, self._requested):
            return
        if api != self._api or requested == "none":
            self._link.close()
            self._link = PortLink(api, self._on_report)
            self._port_names, self._opened = [], None
        self._api, self._requested, self._missing = api, requested, ""
        self._off = requested == "none"

    def poll(self, now: float) -> None:
        """Look after the port process, log what was refused; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)
        if self._off or now < self._next_poll_at:
            return
        self._next_poll_at = now + _POLL_S
        if self._has_driver():
            self._link.poll(now)
        if self._link.problem:
            self._port_names, self._opened = [], None

    def status(self) -> MidiStatus:
        """Return the port in use, the ports there are, counts, and what is wrong."""
        return MidiStatus(
            device=self._requested,
            open=self._opened,
            ports=tuple(self._port_names),
            problem=self._link.problem or self._missing,
            received=self._received,
            last=self._last_event,
            refused=self._rejections.count,
            last_refusal=self._rejections.last,
        )

    def close(self) -> None:
        """Let go of the port."""
        self._off = True
        self._link.close()

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
        """Take in one line of the port process, on the link's thread."""
        if "message" in report:
            if not self.clock.take(report["message"], report["at"]):
                self._on_message(report["message"])
        elif "ports" in report:
            self._on_ports(report["ports"], report["open"])

    def _on_ports(self, names: list[str], opened: str | None) -> None:
        if opened != self._opened:
            _log.info("MIDI: %s", f"listening to {opened}" if opened else f"{self._opened} is gone")
        self._port_names, self._opened = names, opened
        chosen = choose_port(names, self._requested, opened)
        self._miss("" if chosen else f"no MIDI input for device {self._requested!r}")
        if chosen != opened:
            self._link.send({"open": chosen})

    def _on_message(self, message: Mapping[str, Any]) -> None:
        event = read_event(message)
        if event is None:
            return
        self._received += 1
        self._last_event = f"{event.kind} {event.number} = {event.value}, channel {event.channel}"
        try:
            self._mapping.apply(event, self._desk)
        except ParameterError as error:
            self._rejections.add(str(error))


def split_device(device: str, backend: str) -> tuple[str, str]:
    """Return API (`alsa`, `jack`, or empty for the system's own) and the name looked for, `auto` where none is given.

    `backend` is mido's MIDO_BACKEND. On Linux an unspecified API would open a JACK client as soon as ALSA has no port.
    """
    api, _, name = device.partition(":")
    if api in _APIS.values():
        return api, name or "auto"
    return _APIS.get(backend.rpartition("/")[2], "alsa" if sys.platform.startswith("linux") else ""), device


def read_event(message: Mapping[str, Any]) -> MidiEvent | None:
    """Return the event of one decoded message (mido's field names); None for what cannot be bound."""
    match message:
        case {"type": "control_change", "control": number, "value": value, "channel": channel}:
            return MidiEvent(EventKind.CC, number, channel + 1, value)
        case {"type": "note_on", "note": number, "velocity": value, "channel": channel}:
            return MidiEvent(EventKind.NOTE, number, channel + 1, value)
        case {"type": "program_change", "program": number, "channel": channel}:
            return MidiEvent(EventKind.PROGRAM, number, channel + 1)
    return None
