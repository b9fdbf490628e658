import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.osc.messages import MAX_PACKET_BYTES, OscFormatError
from installation.control.osc.stream import Framing, StreamReader, framed

PACKET = st.binary(max_size=40).map(lambda tail: b"/a" + tail)


@given(st.lists(PACKET, min_size=1), st.sampled_from(Framing), st.lists(st.integers(0, 400)))
def test_packets_come_out_as_they_were_sent_however_the_stream_is_cut(
    packets: list[bytes], framing: Framing, cuts: list[int]
) -> None:
    stream = b"".join(framed(packet, framing) for packet in packets)
    ends = sorted({min(cut, len(stream)) for cut in cuts} | {len(stream)})
    reader, read, start = StreamReader(), [], 0
    for end in ends:
        read += reader.feed(stream[start:end])
        start = end

    assert read == packets
    assert reader.framing is framing


@pytest.mark.parametrize(
    "stream",
    [
        b"\xc0/a\0\0\xc0\xc0/b\0\0\xc0",  # OSC 1.1: an END on both sides
        b"/a\0\0\xc0/b\0\0\xc0",  # RFC 1055 as first written: at the end alone
        b"\xc0\xc0\xc0/a\0\0\xc0\xc0\xc0/b\0\0\xc0\xc0",
    ],
)
def test_slip_is_read_with_an_end_on_one_side_or_on_both(stream: bytes) -> None:
    assert StreamReader().feed(stream) == [b"/a\0\0", b"/b\0\0"]


def test_end_and_escape_inside_a_packet_are_data() -> None:
    assert StreamReader().feed(b"\xc0/\xdb\xdc\xdb\xdd\xc0") == [b"/\xc0\xdb"]


def test_a_frame_with_an_escape_that_is_none_does_not_end_the_stream() -> None:
    broken, good = StreamReader().feed(b"\xc0/a\xdb\x00\xc0\xc0/b\0\0\xc0")

    assert broken.startswith(b"/a") and good == b"/b\0\0"


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01",  # a browser that wants TLS
        struct.pack(">I", MAX_PACKET_BYTES + 1),
        b"\x00\xff\xff\xff",
        b"\xc0" + b"a" * (2 * MAX_PACKET_BYTES + 1),
        b"\xff",
    ],
)
def test_a_stream_that_is_no_osc_is_refused_in_one_short_line(stream: bytes) -> None:
    with pytest.raises(OscFormatError) as refusal:
        StreamReader().feed(stream)
    assert len(str(refusal.value)) < 120


@given(st.lists(st.binary(max_size=100), max_size=20), st.sampled_from([b"\xc0", b"\0", b"/", b""]))
def test_no_bytes_do_anything_but_pass_or_be_refused(received: list[bytes], first: bytes) -> None:
    reader = StreamReader()
    with contextlib.suppress(OscFormatError):
        for each in [first, *received]:
            reader.feed(each)
