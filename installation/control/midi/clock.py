"""The beat that a MIDI clock says: 24 pulses a quarter note, start, stop, continue, song position. Pure.

Told on the thread that hears the port, asked on the show's. Of pulses without a start the first is taken for a beat.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from installation.control.midi.pulse_filter import PulseFilter
from installation.values import Beat

PULSES_A_BEAT: Final = 24
_PULSES_A_SIXTEENTH: Final = 6
_LOST_AFTER_S: Final = 2.0
"""So long the beat goes on by itself when pulses stay away."""
_FEWEST_PULSES: Final = 12
_SLOWEST_BPM: Final = 10.0
_FASTEST_BPM: Final = 400.0


class MidiClock:
    """Follows one port's clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._filter, self._offset, self._running = PulseFilter(), 0, True
        self._heard_at = float("-inf")

    def take(self, message: Mapping[str, Any], at: float) -> bool:
        """Take in a message (mido's field names) that came at `at`; return whether it is the clock's."""
        with self._lock:
            match message:
                case {"type": "clock"}:
                    self._pulse(at)
                case {"type": "start"}:
                    self._move_to(0, running=True)
                case {"type": "continue"}:
                    self._running = True
                case {"type": "stop"}:
                    self._running = False
                case {"type": "songpos", "pos": int(sixteenths)}:
                    self._move_to(sixteenths * _PULSES_A_SIXTEENTH, running=self._running)
                case _:
                    return False
        return True

    def beat(self, now: float, behind_s: float = 0.0) -> Beat | None:
        """Return the beat of `behind_s` before `now`, None without a clock; of a song that stands, no pulse."""
        with self._lock:
            period_s = self._filter.period_s
            if period_s is None or self._filter.pulses < _FEWEST_PULSES or now - self._heard_at > _LOST_AFTER_S:
                return None
            bpm = 60.0 / (PULSES_A_BEAT * period_s)
            if not _SLOWEST_BPM <= bpm <= _FASTEST_BPM:
                return None
            beats = (self._filter.position(now - behind_s) + self._offset) / PULSES_A_BEAT
            return Beat(bpm, beats % 1.0, 1.0 if self._running else 0.0)

    def _pulse(self, at: float) -> None:
        if at - self._heard_at > _LOST_AFTER_S:  # another tempo, perhaps, at the same place of the song
            self._offset += self._filter.pulses + 1
            self._filter = PulseFilter()
        self._heard_at = at
        self._filter.pulse(at)
        if not self._running:
            self._offset -= 1  # the song stands still while the pulses go on

    def _move_to(self, pulse: int, *, running: bool) -> None:
        # What is named is the place of the next pulse, not of the last.
        self._offset = pulse - (self._filter.pulses + 1)
        self._running = running


class FirstClock:
    """The first of several clocks that runs: one port's before another's."""

    def __init__(self, clocks: Sequence[MidiClock]) -> None:
        self._clocks = clocks

    def beat(self, now: float, behind_s: float = 0.0) -> Beat | None:
        """Return its beat as `MidiClock.beat` does, None while none runs."""
        beats = (clock.beat(now, behind_s) for clock in self._clocks)
        return next((beat for beat in beats if beat is not None), None)
