import multiprocessing
import os
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest

from installation.mailbox import FrameBox, JsonBox, Mailbox

spawn = multiprocessing.get_context("spawn")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox(100_000)
    yield mailbox
    mailbox.close()


def test_the_newest_message_wins_and_serials_tell_what_was_missed(mailbox: Mailbox) -> None:
    assert mailbox.newest() is None
    for number in range(5):
        mailbox.put(b"message %d" % number)
    message = mailbox.newest()
    assert message is not None
    assert (message.payload, message.serial) == (b"message 4", 5)
    assert mailbox.newest(after=5) is None
    assert mailbox.serial == 5


def test_parts_are_joined_without_copying_them_first(mailbox: Mailbox) -> None:
    mailbox.put(b"one ", memoryview(b"two "), b"", b"three")
    message = mailbox.newest()
    assert message is not None
    assert message.payload == b"one two three"


def test_a_message_that_does_not_fit_is_refused_and_the_last_one_stays(mailbox: Mailbox) -> None:
    mailbox.put(b"fits")
    with pytest.raises(ValueError, match="may have 100000 bytes, got 100001"):
        mailbox.put(b"x" * 100_001)
    message = mailbox.newest()
    assert message is not None
    assert message.payload == b"fits"


def test_mappings_and_frames_arrive_as_they_were_put() -> None:
    json_box, frame_box = JsonBox(), FrameBox(64, 64)
    try:
        json_box.put({"/audio/gain": -3.5, "image": None, "on": True})
        assert json_box.newest() == ({"/audio/gain": -3.5, "image": None, "on": True}, 1)
        pixels = np.random.default_rng(0).integers(0, 256, (32, 48, 3), np.uint8)
        frame_box.put(pixels, heard_at=1.5, made_at=2.5, wish=b"of this")
        frame = frame_box.newest()
        assert frame is not None and frame.wish == b"of this"
        np.testing.assert_array_equal(frame.pixels, pixels)
        assert (frame.serial, frame.heard_at, frame.made_at) == (1, 1.5, 2.5)
        with pytest.raises(ValueError, match="height, width, 3"):
            frame_box.put(np.zeros((4, 4, 4), np.uint8), heard_at=0.0, made_at=0.0)
    finally:
        json_box.close()
        frame_box.close()


def put_without_end(mailbox: Mailbox) -> None:
    number = 0
    while True:
        number += 1
        mailbox.put(bytes([number % 256]) * (50_000 + number % 50_000))


@pytest.mark.proc
def test_no_message_is_ever_torn_and_a_killed_writer_is_succeeded(mailbox: Mailbox) -> None:
    child = spawn.Process(target=put_without_end, args=(mailbox,), daemon=True)
    child.start()
    give_up_at, seen, whole = time.monotonic() + 20.0, 0, 0
    while whole < 150:
        assert time.monotonic() < give_up_at, f"{whole} whole messages in 20 s"
        message = mailbox.newest(seen)
        if message is None:
            continue
        seen, whole = message.serial, whole + 1
        assert message.payload == bytes([seen % 256]) * (50_000 + seen % 50_000)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join(20.0)
    serial = mailbox.serial
    assert mailbox.put(b"after the crash") == serial + 1
    message = mailbox.newest(serial)
    assert message is not None
    assert message.payload == b"after the crash"


@pytest.mark.parametrize("size_px", [(128, 128), (1024, 576), (576, 1024)])
def test_a_frame_box_has_room_for_the_models_pictures_and_for_another_models(size_px: tuple[int, int]) -> None:
    box = FrameBox.for_pictures(size_px)
    for width, height in (size_px, (512, 512), (256, 144)):
        box.put(np.zeros((height, width, 3), np.uint8), heard_at=0.0, made_at=0.0)
        newest = box.newest()
        assert newest is not None and newest.pixels.shape == (height, width, 3)
    box.close()
