import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.osc.backlog import MOST_PACKETS, Backlog, number_key
from installation.control.osc.messages import read_message, write_message

GAIN = b"/audio/gain\0"


def taken(backlog: Backlog[str]) -> list[bytes]:
    return [backlog.take()[0] for _ in range(len(backlog))]


def test_of_many_numbers_for_one_address_the_newest_is_left_in_its_place() -> None:
    backlog: Backlog[str] = Backlog()
    for step in range(1000):
        backlog.put(write_message("/audio/gain", step / 1000), "fader")
    backlog.put(write_message("/latent/blend", 0.5), "other")
    backlog.put(write_message("/audio/gain", 3.0), "last")

    assert (len(backlog), backlog.overtaken, backlog.dropped) == (2, 1000, 0)
    assert backlog.take() == (write_message("/latent/blend", 0.5), "other")
    assert backlog.take() == (write_message("/audio/gain", 3.0), "last")


@pytest.mark.parametrize(
    "packet",
    [
        GAIN,  # a question: each wants its answer
        write_message("/show/preset", "rehearsal"),
        write_message("/subscribe", 9001),
        write_message("/subscribe/", 9001),
        write_message("/audio/tap", True),
        GAIN + b",f\0\0" + struct.pack(">f", math.nan),
        GAIN + b",f\0\0" + struct.pack(">f", -math.inf),
        GAIN + b",d\0\0" + struct.pack(">d", math.nan),
        GAIN + b",f\0\0" + b"\0\0",
        GAIN + b",ff\0" + bytes(8),
        b"#bundle\0" + bytes(8),
        b"garbage\0,f\0\0" + bytes(4),
        b"/" * 40,
        b"",
    ],
)
def test_what_is_no_plain_number_overtakes_nothing(packet: bytes) -> None:
    backlog: Backlog[str] = Backlog()
    for each in (packet, packet, packet):
        backlog.put(each, "")
    assert taken(backlog) == [packet] * 3


def test_once_many_wait_the_same_words_of_one_sender_are_kept_once() -> None:
    backlog: Backlog[str] = Backlog()
    for _ in range(1000):
        backlog.put(b"/*/*\0\0\0\0", "who asks on and on")
    backlog.put(b"/*/*\0\0\0\0", "somebody else")
    assert len(backlog) < 100
    assert taken(backlog)[-1] == b"/*/*\0\0\0\0"


def test_beyond_its_size_the_oldest_are_given_up() -> None:
    backlog: Backlog[str] = Backlog()
    packets = [write_message("/show/preset", f"preset {number}") for number in range(MOST_PACKETS + 100)]
    for packet in packets:
        backlog.put(packet, "")
    assert backlog.dropped == 100
    assert taken(backlog) == packets[100:]


def test_an_empty_one_has_nothing_to_take() -> None:
    with pytest.raises(KeyError, match="no packet"):
        Backlog().take()


@given(st.sampled_from("ihfd"), st.binary(min_size=8, max_size=8))
def test_what_may_overtake_is_one_finite_number(tag: str, data: bytes) -> None:
    packet = GAIN + b"," + tag.encode() + b"\0\0" + data[: 4 if tag in "if" else 8]
    (value,) = read_message(packet).arguments
    assert isinstance(value, int | float)
    assert (number_key(packet) is not None) is math.isfinite(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_kept_or_replaced(packet: bytes) -> None:
    backlog: Backlog[str] = Backlog()
    backlog.put(packet, "")
    backlog.put(packet, "")
    assert taken(backlog)[-1] == packet
