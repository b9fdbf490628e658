import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.osc.messages import (
    MAX_PACKET_BYTES,
    ControlMessage,
    OscFormatError,
    read_message,
    read_packet,
    write_message,
)

BUNDLE_HEADER = b"#bundle\0" + struct.pack(">Q", 1)


def element(content: bytes) -> bytes:
    return struct.pack(">i", len(content)) + content


def padded(text: bytes) -> bytes:
    return text + bytes(4 - len(text) % 4)


def message(address: bytes, tags: bytes, data: bytes = b"") -> bytes:
    return padded(address) + padded(b"," + tags) + data


def messages(packet: bytes) -> list[ControlMessage]:
    return [each for _, each in read_packet(packet).messages]


@pytest.mark.parametrize(
    ("value", "read"), [(0.97, 0.97), (-6.0, -6.0), (3, 3), (True, True), (False, False), ("gallery", "gallery")]
)
def test_a_value_survives_the_way_through_a_datagram(value: float | bool | str, read: object) -> None:
    assert messages(write_message("/a/b", value)) == [ControlMessage("/a/b", (read,), is_empty=False)]


def test_a_float_of_32_bits_is_read_as_the_decimal_it_stands_for() -> None:
    assert struct.unpack(">f", struct.pack(">f", 0.97))[0] > 0.97

    assert read_message(message(b"/a/b", b"f", struct.pack(">f", 0.97))).arguments == (0.97,)


@pytest.mark.parametrize("packet", [b"/audio/gain\0", message(b"/audio/gain", b""), message(b"/audio/gain", b"[]")])
def test_a_message_that_carries_nothing_is_empty(packet: bytes) -> None:
    assert read_message(packet) == ControlMessage("/audio/gain")


@pytest.mark.parametrize("address", [b"/audio/gain/", b"/audio/gain//"])
def test_a_slash_at_the_end_of_an_address_means_nothing(address: bytes) -> None:
    assert read_message(padded(address)).address == "/audio/gain"


@pytest.mark.parametrize(
    ("tags", "data", "arguments"),
    [
        (b"i", struct.pack(">i", -3), (-3,)),
        (b"h", struct.pack(">q", 2**40), (2**40,)),
        (b"d", struct.pack(">d", 0.5), (0.5,)),
        (b"T", b"", (True,)),
        (b"F", b"", (False,)),
        (b"I", b"", (True,)),
        (b"N", b"", (None,)),
        (b"s", b"-6\0\0", ("-6",)),
        (b"[f]", struct.pack(">f", 0.5), (0.5,)),
        (b"[[i]]", struct.pack(">i", 1), (1,)),
        (b"[ff]", struct.pack(">ff", 0.5, 1.0), (0.5, 1.0)),
        (b"iINi", struct.pack(">ii", 1, 2), (1, True, None, 2)),
        (b"cf", struct.pack(">if", 65, 0.5), (0.5,)),
        (b"rf", struct.pack(">If", 0xFF00FFFF, 0.5), (0.5,)),
        (b"mf", struct.pack(">If", 0x00904040, 0.5), (0.5,)),
        (b"tf", struct.pack(">Qf", 2**63, 0.5), (0.5,)),
        (b"Sf", b"gain\0\0\0\0" + struct.pack(">f", 0.5), (0.5,)),
        (b"bf", struct.pack(">i", 3) + b"abc\0" + struct.pack(">f", 0.5), (0.5,)),
        (b"r", struct.pack(">I", 7), ()),
    ],
)
def test_every_type_of_osc_1_0_is_read_or_read_over(tags: bytes, data: bytes, arguments: tuple[object, ...]) -> None:
    read = read_message(message(b"/a/b", tags, data))

    assert read.arguments == arguments
    assert not read.is_empty  # a colour alone is no question


def test_bundles_are_opened_in_order_also_inside_bundles() -> None:
    inner = BUNDLE_HEADER + element(write_message("/b/b", 2)) + element(write_message("/c/c", 3))
    packet = BUNDLE_HEADER + element(write_message("/a/a", 1)) + element(inner)

    assert [message.address for message in messages(packet)] == ["/a/a", "/b/b", "/c/c"]


def test_a_message_keeps_the_time_of_its_bundle_and_never_an_earlier_one_than_that_around_it() -> None:
    def timed(tag: int, *contents: bytes) -> bytes:
        return b"#bundle\0" + struct.pack(">Q", tag) + b"".join(map(element, contents))

    early, late = timed(50, write_message("/e/e", 1)), timed(500, write_message("/l/l", 1))
    packet = timed(100, write_message("/a/a", 1), early, late)

    assert [time_tag for time_tag, _ in read_packet(packet).messages] == [100, 100, 500]


@pytest.mark.parametrize("bad", [message(b"/a", b"q"), message(b"/a", b"d"), b"garbage!", message(b"/a", b"[f")])
def test_a_message_that_cannot_be_read_leaves_the_rest_of_its_bundle(bad: bytes) -> None:
    packet = BUNDLE_HEADER + element(write_message("/a/a", 1)) + element(bad) + element(write_message("/c/c", 3))

    assert [each.address for each in messages(packet)] == ["/a/a", "/c/c"]
    assert len(read_packet(packet).unreadable) == 1


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
        bytes(MAX_PACKET_BYTES + 1),
    ],
)
def test_what_is_no_osc_is_refused_in_one_short_line(packet: bytes) -> None:
    try:
        (reason,) = map(str, read_packet(packet).unreadable)
    except OscFormatError as refusal:
        reason = str(refusal)

    assert len(reason) < 120 and "\n" not in reason


def test_bundles_in_bundles_without_end_are_refused() -> None:
    packet = write_message("/a/b", 1)
    for _ in range(300):
        packet = BUNDLE_HEADER + element(packet)

    with pytest.raises(OscFormatError, match="nested at most 4 deep"):
        read_packet(packet)


def test_strange_types_do_not_reach_the_root_logger(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OscFormatError, match="OSC types are"):
        read_message(b"/a\0\0,z\0\0")

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


@given(st.text("ihfdsTFNIcrmtSb[]", max_size=12), st.binary(max_size=80))
def test_whatever_types_are_claimed_the_arguments_are_plain_values(tags: str, data: bytes) -> None:
    with contextlib.suppress(OscFormatError):
        arguments = read_message(message(b"/a", tags.encode(), data)).arguments
        assert all(each is None or isinstance(each, bool | int | float | str) for each in arguments)
