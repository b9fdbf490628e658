"""OSC datagrams to messages and back, by python-osc behind guards against what a network can send.

Pure. The guards are for what its parser does on hostile bytes: bundles are opened in `osc_bundle`, and unknown type
tags, each of which would write a line into the root logger, are refused here.
"""

from dataclasses import dataclass
from typing import Final

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageError
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.parsing import osc_types

from installation.osc_bundle import OscBundleError, elements
from installation.values import ParameterValue

MAX_PACKET_BYTES: Final = 8192
"""A bundle of every parameter takes a quarter of this."""

_TAGS: Final = frozenset("ihfdsTFNI")


class OscFormatError(ValueError):
    """A datagram that is no OSC, or no OSC that this program takes; the message is one line."""


@dataclass(frozen=True, slots=True)
class ControlMessage:
    """One OSC message: floats are rounded to the seven digits that 32 bits carry, nil is None, impulse is True."""

    address: str
    arguments: tuple[object, ...]


def read_packet(packet: bytes) -> list[ControlMessage]:
    """Return the messages of a datagram, bundles opened. Time tags are not waited for: a show acts now.

    Raises OscFormatError.
    """
    if len(packet) > MAX_PACKET_BYTES:
        raise OscFormatError(f"a control datagram has at most {MAX_PACKET_BYTES} bytes, got more")
    try:
        return [_read_message(element) for element in elements(packet)]
    except OscBundleError as error:
        raise OscFormatError(str(error)) from error


def write_message(address: str, value: ParameterValue) -> bytes:
    """Return the datagram that says `address value`."""
    builder = OscMessageBuilder(address=address)
    builder.add_arg(value)
    datagram: bytes = builder.build().dgram
    return datagram


def _read_message(packet: bytes) -> ControlMessage:
    try:
        message = OscMessage(_with_known_tags(packet))
    except (MessageError, osc_types.ParseError, ValueError, IndexError) as error:
        reason = error if isinstance(error, OscFormatError) else f"no OSC message: {packet[:16]!r}"
        raise OscFormatError(str(reason)) from error
    return ControlMessage(message.address, tuple(_seven_digits(argument) for argument in message.params))


def _with_known_tags(packet: bytes) -> bytes:
    if not packet.startswith(b"/"):
        raise OscFormatError(f"no OSC message: {packet[:16]!r}")
    _, start = osc_types.get_string(packet, 0)
    if start >= len(packet):
        return packet
    tags, end = osc_types.get_string(packet, start)
    strange = sorted(set(tags[1:]) - _TAGS)
    if strange:
        raise OscFormatError(f"OSC types are i h f d s T F N I here, got {strange[0]!r}")
    # python-osc does not know the impulse; it carries no data, as true does.
    return packet[:start] + packet[start:end].replace(b"I", b"T") + packet[end:]


def _seven_digits(argument: object) -> object:
    # A fader at the top of 0..0.97 sends 0.97000003: out of range by the width of a float.
    return float(f"{argument:.7g}") if isinstance(argument, float) else argument
