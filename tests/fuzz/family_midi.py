"""MIDI: the bytes of a cable, as mido reads them, moving the desk through a controller with maps and learning."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from installation.control.midi.clock import MidiClock
from installation.control.midi.controller import Controller
from installation.control.midi.learning import LEARN
from installation.control.midi.map import MidiMap
from installation.control.midi.ports import decoded
from installation.control.midi.store import MapStore
from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.values import Features
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.family_midi_maps import MAP

_STATUS: Final = (0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0, 0xF1, 0xF2, 0xF3, 0xF6, 0xF7, 0xF8, 0xFA, 0xFC, 0xFE)
_CONTROLLERS: Final = (0, 1, 6, 7, 32, 38, 39, 63, 64, 96, 97, 98, 99, 100, 101, 119, 120, 123, 127)


def _seeds(_folder: Path) -> list[bytes]:
    nrpn = bytes([0xB0, 99, 1, 0xB0, 98, 2, 0xB0, 6, 64, 0xB0, 38, 3])
    return [bytes([0xB0, 7, 100]), bytes([0x90, 60, 127, 0x80, 60, 0]), bytes([0xE1, 0, 64]), bytes([0xC0, 3]), nrpn]


_MESSAGES: Final = st.one_of(
    st.builds(
        lambda channel, number, value: bytes([0xB0 | channel, number, value]),
        st.integers(0, 15),
        st.sampled_from(_CONTROLLERS),
        st.integers(0, 127),
    ),
    st.builds(
        lambda status, channel, data: bytes([status | channel if status < 0xF0 else status]) + data,
        st.sampled_from(_STATUS),
        st.integers(0, 15),
        st.binary(max_size=3),
    ),
    st.binary(max_size=12),
)


def split_messages(cable: bytes) -> list[bytes]:
    """Return what a driver would hand on: a status byte and what follows until the next."""
    found: list[bytearray] = []
    for byte in cable:
        if byte >= 0x80 or not found:
            found.append(bytearray())
        found[-1].append(byte)
    return [bytes(one) for one in found]


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    desk, clock = Desk(), MidiClock()
    rejections = RejectionCounter("MIDI", logging.getLogger(__name__))
    presets = ("gallery", "rehearsal")
    controller = Controller(desk, MidiMap.parse(MAP), rejections, MapStore(folder / "maps"), lambda: presets)
    controller.plug("A Controller")
    controller.connect("A Controller")
    now = 0.0

    def read(cable: bytes) -> None:
        nonlocal now
        if cable[:1] == b"\xff":  # now and then somebody teaches it
            desk.post(LEARN, "/audio/gain", "test")
        for message in split_messages(cable):
            told = decoded(message)
            if told is None:
                continue
            clock.take(told, now)
            controller.take(told, now)
        now += 0.02
        controller.poll(now)
        controller.messages(now)
        desk.tick(now, Features())
        if len(controller._halves) > 64 or len(controller._grips) > 64:
            raise BrokenPromiseError("what is remembered of a controller grows without bound")

    yield read
    controller.close()


MIDI: Final = Family(
    "midi",
    _seeds,
    lambda _seeds: st.lists(_MESSAGES, max_size=12).map(b"".join),
    _opened,
    words=tuple(bytes([status]) for status in _STATUS),
    share=600,
)
