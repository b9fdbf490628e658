import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.osc_messages import (
    MAX_PACKET_BYTES,
    ControlMessage,
    OscFormatError,
    read_packet,
    write_message,
)

BUNDLE_HEADER = b"#bundle\0" + struct.pack(">Q", 1)


def element(content: bytes) -> bytes:
    return struct.pack(">i", len(content)) + content


@pytest.mark.parametrize(
    ("value", "read"), [(0.97, 0.97), (-6.0, -6.0), (3, 3), (True, True), (False, False), ("gallery", "gallery")]
)
def test_a_value_survives_the_way_through_a_datagram(value: float | bool | str, read: object) -> None:
    assert read_packet(write_message("/a/b", value)) == [ControlMessage("/a/b", (read,))]


def test_a_float_of_32_bits_is_read_as_the_decimal_it_stands_for() -> None:
    assert struct.unpack(">f", struct.pack(">f", 0.97))[0] > 0.97

    assert read_packet(b"/render/feedback\0\0\0\0,f\0\0" + struct.pack(">f", 0.97))[0].arguments == (0.97,)


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert read_packet(b"/audio/gain\0") == [ControlMessage("/audio/gain", ())]


def test_nil_and_impulse_are_read_with_the_arguments_around_them() -> None:
    packet = b"/a\0\0,iINi\0\0\0" + struct.pack(">ii", 1, 2)

    assert read_packet(packet) == [ControlMessage("/a", (1, True, None, 2))]


def test_bundles_are_opened_in_order_also_inside_bundles() -> None:
    inner = BUNDLE_HEADER + element(write_message("/b/b", 2)) + element(write_message("/c/c", 3))
    packet = BUNDLE_HEADER + element(write_message("/a/a", 1)) + element(inner)

    assert [message.address for message in read_packet(packet)] == ["/a/a", "/b/b", "/c/c"]


def test_a_bundle_for_later_counts_now() -> None:
    in_the_year_2036 = b"#bundle\0" + struct.pack(">Q", 2**64 - 1)

    assert read_packet(in_the_year_2036 + element(write_message("/audio/gain", 3.0))) == [
        ControlMessage("/audio/gain", (3.0,))
    ]


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\0",
        b"garbage",
        b"/",
        b"/audio/gain",
        b"/audio/gain\0,i\0\0\0",
        b"/audio/gain\0,\xff\xfe\0",
        b"/\xff\xff\0,f\0\0\0\0\0\0",
        b"/a\0\0ff\0\0" + bytes(8),
        b"/a\0\0,b\0\0" + struct.pack(">i", 2**31 - 1),
        b"/a\0\0,[[[" + bytes(8),
        BUNDLE_HEADER[:9],
        BUNDLE_HEADER + b"\0\0",
        BUNDLE_HEADER + struct.pack(">i", 0),
        BUNDLE_HEADER + struct.pack(">i", -4),
        BUNDLE_HEADER + struct.pack(">i", 2**31 - 1) + b"/a\0\0",
        BUNDLE_HEADER + element(b"garbage!"),
        bytes(MAX_PACKET_BYTES + 1),
    ],
)
def test_what_is_no_osc_is_refused_in_one_short_line(packet: bytes) -> None:
    with pytest.raises(OscFormatError) as refused:
        read_packet(packet)

    assert len(str(refused.value)) < 120 and "\n" not in str(refused.value)


def test_bundles_in_bundles_without_end_are_refused() -> None:
    packet = write_message("/a/b", 1)
    for _ in range(300):
        packet = BUNDLE_HEADER + element(packet)

    with pytest.raises(OscFormatError, match="nested at most 4 deep"):
        read_packet(packet)


def test_strange_types_do_not_reach_the_root_logger(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OscFormatError, match="OSC types are"):
        read_packet(b"/a\0\0,z\0\0")

    assert caplog.records == []


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_pass_or_be_refused(packet: bytes) -> None:
    for prefix in (b"", b"/a\0\0,", BUNDLE_HEADER):
        with contextlib.suppress(OscFormatError):
            read_packet(prefix + packet)


@given(st.data())
def test_no_damage_to_a_good_packet_does_anything_worse(data: st.DataObject) -> None:
    packet = bytearray(
        BUNDLE_HEADER + element(write_message("/audio/gain", 0.5)) + element(write_message("/a/b", "text"))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(OscFormatError):
        read_packet(bytes(packet[: data.draw(st.integers(0, len(packet)))]))
