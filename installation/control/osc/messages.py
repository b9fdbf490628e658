"""OSC packets to messages and back, by python-osc behind guards against what a network can send.

Pure. The guards are for what its parser does on hostile bytes: bundles are opened in `osc_bundle`, unknown type tags,
each of which would write a line into the root logger, are refused here, and what it lacks is read as the like of it.
"""

from dataclasses import dataclass
from typing import Final

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageError
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.parsing import osc_types

from installation.osc_bundle import IMMEDIATELY, OscBundleError, timed_elements
from installation.values import ParameterValue

MAX_PACKET_BYTES: Final = 8192
"""A bundle of every parameter takes a quarter of this."""

_TAKEN: Final = "ihfdsTFNI"
_PASSED_OVER: Final = "crmtSb"
"""Known to OSC 1.0 and of no use to any parameter: they are read, and left out."""
_BRACKETS: Final = str.maketrans("", "", "[]")
_READ_AS: Final = str.maketrans({"I": "T", "c": "i", "S": "s"})
"""python-osc knows neither impulse nor character nor symbol; each has the data of another."""


class OscFormatError(ValueError):
    """A packet or a message that is no OSC, or no OSC that this program takes; the message is one line."""


@dataclass(frozen=True, slots=True)
class ControlMessage:
    """One OSC message: floats are rounded to the seven digits that 32 bits carry, nil is None, impulse is True.

    `arguments` are those of types that can be a value, arrays opened; `is_empty` says that there was none of any type.
    """

    address: str
    arguments: tuple[object, ...] = ()
    is_empty: bool = True


@dataclass(frozen=True, slots=True)
class Packet:
    """What one packet held: `messages` with the NTP time tags of their bundles, and why others cannot be read."""

    messages: tuple[tuple[int, ControlMessage], ...]
    unreadable: tuple[OscFormatError, ...] = ()


def read_packet(packet: bytes) -> Packet:
    """Return the messages of a packet, bundles opened; a message that cannot be read leaves the others as they are.

    Raises OscFormatError where it is too long, or a bundle is no bundle.
    """
    if len(packet) > MAX_PACKET_BYTES:
        raise OscFormatError(f"a control packet has at most {MAX_PACKET_BYTES} bytes, got more")
    try:
        elements = timed_elements(packet)
    except OscBundleError as error:
        raise OscFormatError(str(error)) from error
    messages: list[tuple[int, ControlMessage]] = []
    unreadable: list[OscFormatError] = []
    for time_tag, element in elements:
        try:
            messages.append((time_tag, read_message(element)))
        except OscFormatError as error:
            unreadable.append(error)
    return Packet(tuple(messages), tuple(unreadable))


def read_message(element: bytes) -> ControlMessage:
    """Return the message of these bytes, which are no bundle. Raises OscFormatError."""
    try:
        address, start = _address(element)
        if start >= len(element):
            return ControlMessage(address)
        tags, data_at = osc_types.get_string(element, start)
        tags = _checked_tags(tags)
        if not tags:
            return ControlMessage(address)
        readable = element[:start] + osc_types.write_string("," + tags.translate(_READ_AS)) + element[data_at:]
        values = OscMessage(readable).params
    except OscFormatError:
        raise
    except (MessageError, osc_types.ParseError, ValueError, IndexError, OverflowError) as error:
        raise OscFormatError(f"no OSC message: {element[:16]!r}") from error
    kept = (value for tag, value in zip(tags, values, strict=True) if tag not in _PASSED_OVER)
    return ControlMessage(address, tuple(map(_seven_digits, kept)), is_empty=False)


def write_message(address: str, *values: ParameterValue) -> bytes:
    """Return the packet that says `address value …`."""
    builder = OscMessageBuilder(address=address)
    for value in values:
        builder.add_arg(value)
    packet: bytes = builder.build().dgram
    return packet


def counts_at_once(time_tag: int) -> bool:
    """Return whether a bundle of this NTP time tag waits for nothing; 0 is what senders without a clock write."""
    return time_tag <= IMMEDIATELY


def _address(element: bytes) -> tuple[str, int]:
    """Return the address without slashes at its end, and where the type tags begin."""
    if not element.startswith(b"/"):
        raise OscFormatError(f"no OSC message: {element[:16]!r}")
    address, start = osc_types.get_string(element, 0)
    return address.rstrip("/") or "/", start


def _checked_tags(tags: str) -> str:
    if not tags.startswith(","):
        raise OscFormatError(f"OSC type tags begin with a comma, got {tags[:16]!r}")
    if tags.count("[") != tags.count("]"):
        raise OscFormatError(f"every array of an OSC message ends, got {tags[:16]!r}")
    flat = tags[1:].translate(_BRACKETS)
    strange = sorted(set(flat) - set(_TAKEN + _PASSED_OVER))
    if strange:
        raise OscFormatError(f"OSC types are {' '.join(_TAKEN + _PASSED_OVER)} here, got {strange[0]!r}")
    return flat


def _seven_digits(argument: object) -> object:
    # A fader at the top of 0..0.97 sends 0.97000003: out of range by the width of a float.
    return float(f"{argument:.7g}") if isinstance(argument, float) else argument
