"""A sender by a transport of the test's own: newest wins, nothing blocks, what breaks is tried again."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from installation.output.senders.sender import Absent, Sender
from installation.output.senders.slot import Slot
from installation.output.senders.transport import Format, SenderError
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples
from tests.waiting import wait_until

EVENING = datetime(2026, 11, 29, 21, 47, 5, tzinfo=UTC)
FPS = 10.0


class Receiver:
    """A transport that notes what it gets, and waits or breaks where the test says so."""

    def __init__(self) -> None:
        self.formats: list[Format] = []
        self.got: list[tuple[int, float, Samples]] = []
        self.shapes: list[tuple[int, ...]] = []
        self.closed = 0
        self.refuses = self.breaks = ""
        self.looks = True
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.busy = threading.Event()

    def open(self, wanted: Format) -> Format:
        if self.refuses:
            raise SenderError(self.refuses)
        self.formats.append(wanted)
        return wanted

    def watched(self) -> bool:
        return self.looks

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        self.busy.set()
        assert self.goes_on.wait(10.0)
        if self.breaks:
            raise ConnectionResetError(self.breaks)
        self.got.append((int(pixels[0, 0, 0]), at_s, sound))
        self.shapes.append(pixels.shape)

    def close(self) -> None:
        self.closed += 1


class Stage:
    """Shows picture after picture by a clock of the test's own, and counts how many were read."""

    def __init__(self, ring: AudioRing, receiver: Receiver) -> None:
        self.now, self.read, self.size, self.ring = 100.0, 0, (65, 36), ring
        self.receivers = [receiver]
        self.sender = Sender(
            "ndi:Wall",
            lambda: self.receivers[-1],
            ring,
            lambda: self.size,
            FPS,
            wall_time=lambda: EVENING,
            first_pause_s=0.01,
        )

    def picture(self) -> Pixels:
        self.read += 1
        return np.full((self.size[1], self.size[0], 3), self.read, np.uint8)

    def show(self, pictures: int = 1) -> None:
        """Show so many, a tenth of a second apart."""
        for _ in range(pictures):
            self.now += 1.0 / FPS
            self.sender.offer(self.now, self.picture)

    def one_is_taken(self) -> None:
        """Show one picture as soon as the sender wants one; the test's time stands still until then."""
        assert wait_until(lambda: self.sender.status().words.endswith("pictures sent"))
        before = self.read
        self.show()
        assert self.read == before + 1

    def one_hangs(self, receiver: Receiver) -> None:
        """Show one picture that the receiver does not come back from, and another, for half a minute."""
        receiver.busy.clear()
        self.one_is_taken()
        assert receiver.busy.wait(10.0)
        self.show()
        self.now += 31.0
        self.show()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def stage(receiver: Receiver) -> Iterator[Stage]:
    ring = AudioRing(2.0)
    stage = Stage(ring, receiver)
    yield stage
    receiver.goes_on.set()
    stage.sender.close()
    ring.close()


def test_pictures_arrive_with_even_sides_and_their_moments(stage: Stage, receiver: Receiver) -> None:
    stage.one_is_taken()
    assert wait_until(lambda: receiver.got)
    stage.show()
    assert wait_until(lambda: len(receiver.got) == 2)
    assert receiver.formats == [Format(64, 36, FPS)] and receiver.shapes[0] == (36, 64, 3)
    assert [at for _, at, _ in receiver.got] == pytest.approx([0.0, 0.1])
    assert stage.sender.status().sent == 2 and stage.sender.status().words == "2 pictures sent"


def test_a_slow_receiver_gets_the_newest_and_the_show_never_waits(stage: Stage, receiver: Receiver) -> None:
    receiver.goes_on.clear()
    stage.one_is_taken()
    assert receiver.busy.wait(10.0)
    stage.show(3)
    newest = stage.read
    receiver.goes_on.set()
    assert wait_until(lambda: len(receiver.got) == 2)
    assert receiver.got[-1][0] == newest and stage.sender.status().dropped == 2


def test_a_receiver_that_hangs_costs_no_more_readings_and_is_said(stage: Stage, receiver: Receiver) -> None:
    receiver.goes_on.clear()
    stage.one_is_taken()
    assert receiver.busy.wait(10.0)
    stage.show(80)
    assert stage.read < 10
    status = stage.sender.status()
    assert status.problem == "the receiver has taken no picture since 21:47:05" and status.dropped > 70
    receiver.goes_on.set()
    assert wait_until(lambda: len(receiver.got) == 2)
    stage.show()
    assert stage.sender.status().problem == ""


def test_a_thread_that_hangs_is_left_behind_and_another_takes_over(stage: Stage, receiver: Receiver) -> None:
    receiver.goes_on.clear()
    stage.receivers.append(Receiver())
    stage.one_hangs(receiver)
    assert stage.sender.status().problem == "takes no picture since 21:47:05 (it hung for 30 s)"
    stage.one_is_taken()
    assert wait_until(lambda: stage.receivers[-1].got)
    assert wait_until(lambda: stage.sender.status().problem == "")
    receiver.goes_on.set()
    assert wait_until(lambda: receiver.closed == 1)


def test_threads_that_a_dead_network_holds_are_bounded(stage: Stage, receiver: Receiver) -> None:
    receiver.goes_on.clear()
    for _ in range(5):
        stage.one_hangs(receiver)
    stage.now += 60.0
    stage.show(10)
    assert stage.sender.status().words.endswith("pictures sent")  # the last one is still there, and hangs
    assert len(receiver.formats) == 5


def test_nothing_is_read_while_nobody_looks(stage: Stage, receiver: Receiver) -> None:
    receiver.looks = False
    assert wait_until(lambda: stage.sender.status().words == "ready, nobody looks")
    before = stage.read
    stage.show(5)
    assert stage.read == before and stage.sender.status().problem == ""
    receiver.looks = True
    stage.one_is_taken()


def test_a_receiver_that_goes_away_is_found_again_and_said_meanwhile(
    stage: Stage, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stage.one_is_taken()
    assert wait_until(lambda: receiver.got)
    receiver.breaks, receiver.refuses = "connection reset", "nobody listens"
    stage.show()
    assert wait_until(lambda: "nobody listens" in stage.sender.status().problem)
    assert stage.sender.status().problem == "takes no picture since 21:47:05 (nobody listens)"
    before = stage.read
    stage.show(5)
    assert stage.read == before
    receiver.breaks = receiver.refuses = ""
    stage.one_is_taken()
    assert wait_until(lambda: len(receiver.got) == 2)
    assert wait_until(lambda: stage.sender.status().problem == "")
    said = [record.message for record in caplog.records if record.name.endswith("delivery")]
    assert said == [
        "ndi:Wall takes no picture: connection reset; it is tried again and again",
        "ndi:Wall takes the picture",
    ]


def test_another_size_is_fitted_into_the_first(stage: Stage, receiver: Receiver) -> None:
    stage.one_is_taken()
    assert wait_until(lambda: receiver.got)
    stage.size = (100, 100)
    stage.show()
    assert wait_until(lambda: len(receiver.got) == 2)
    assert receiver.shapes[1] == (36, 64, 3)


def test_the_sound_goes_with_its_picture(stage: Stage, receiver: Receiver) -> None:
    stage.one_is_taken()
    assert wait_until(lambda: receiver.got)
    stage.ring.write(np.full(SAMPLE_RATE_HZ // 10, 0.5, np.float32), 0.0)
    stage.show()
    assert wait_until(lambda: len(receiver.got) == 2)
    assert len(receiver.got[0][2]) == 0
    assert receiver.got[1][2].tolist() == [0.5] * (SAMPLE_RATE_HZ // 10)


def test_a_source_that_fell_silent_leaves_silence(stage: Stage, receiver: Receiver) -> None:
    stage.one_is_taken()
    assert wait_until(lambda: receiver.got)
    stage.now += 2.0
    stage.show()
    assert wait_until(lambda: len(receiver.got) == 2)
    assert len(receiver.got[1][2]) == round(2.1 * SAMPLE_RATE_HZ) and not receiver.got[1][2].any()


def test_a_closed_sender_has_let_go_and_takes_nothing(stage: Stage, receiver: Receiver) -> None:
    stage.one_is_taken()
    stage.sender.close()
    stage.sender.close()
    before = stage.read
    stage.show(3)
    assert receiver.closed == 1 and stage.read == before


def test_what_cannot_be_here_says_so_and_takes_nothing() -> None:
    absent = Absent("spout:x", "spout is for Windows")
    absent.offer(0.0, lambda: pytest.fail("it was read"))
    absent.close()
    assert absent.status().problem == "spout is for Windows"


def test_a_slot_holds_the_newest() -> None:
    slot: Slot[int] = Slot()
    assert [slot.put(1), slot.put(2), slot.full] == [False, True, True]
    assert [slot.take(0.0), slot.take(0.0), slot.full] == [2, None, False]
