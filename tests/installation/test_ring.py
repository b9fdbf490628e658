import multiprocessing
import os
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples

CAPACITY_S = 0.25
CAPACITY = 4000

spawn = multiprocessing.get_context("spawn")


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    ring = AudioRing(CAPACITY_S)
    yield ring
    ring.close()


def ramp(start: int, count: int) -> Samples:
    """Samples that say their own number; float32 tells them apart up to 2**24."""
    return np.arange(start, start + count, dtype=np.float32)


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 30_000), max_size=12), wanted=st.integers(0, 6000))
def test_the_ring_holds_the_end_of_a_growing_array(sizes: list[int], wanted: int) -> None:
    ring, everything = AudioRing(CAPACITY_S), np.zeros(0, np.float32)
    try:
        for number, size in enumerate(sizes):
            block = ramp(len(everything), size)
            everything = np.concatenate([everything, block])
            ring.write(block, heard_at=float(number))
            count = min(wanted, CAPACITY, len(everything))
            newest = ring.newest(wanted)
            np.testing.assert_array_equal(newest.samples, everything[len(everything) - count :])
            assert ring.position.written == len(everything)
    finally:
        ring.close()


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 6000), max_size=12))
def test_since_gives_every_sample_once_and_counts_what_came_too_late(sizes: list[int]) -> None:
    ring, seen, heard, lost = AudioRing(CAPACITY_S), 0, [np.zeros(0, np.float32)], 0
    try:
        for size in sizes:
            ring.write(ramp(ring.position.written, size), heard_at=0.0)
            reading = ring.since(seen)
            seen, lost = reading.written, lost + reading.lost
            heard.append(reading.block.samples)
        numbers = np.concatenate(heard)
        assert len(numbers) + lost == sum(sizes)
        assert lost == sum(max(size - CAPACITY, 0) for size in sizes)
        assert np.all(np.diff(numbers) > 0)
    finally:
        ring.close()


def test_nothing_is_there_before_the_first_sample(ring: AudioRing) -> None:
    assert len(ring.newest(100).samples) == 0
    assert ring.position.written == 0
    assert len(ring.since(0).block.samples) == 0


def test_the_stamp_belongs_to_the_newest_sample(ring: AudioRing) -> None:
    ring.write(ramp(0, 100), heard_at=5.0)
    ring.write(ramp(100, 3 * SAMPLE_RATE_HZ), heard_at=8.0)  # longer than the ring: written in pieces
    assert ring.position.heard_at == 8.0
    assert ring.newest(10).heard_at == 8.0


def test_stereo_is_refused(ring: AudioRing) -> None:
    with pytest.raises(ValueError, match=r"mono samples \[n\], got the shape \(2, 5\)"):
        ring.write(np.zeros((2, 5), np.float32), heard_at=0.0)


def write_without_end(ring: AudioRing) -> None:
    block, number = 160, 0
    while True:
        ring.write(ramp(number % 2**20, block), heard_at=float(number + block))
        number += block
        if number % 16_000 == 0:
            time.sleep(0.001)


def write_three(ring: AudioRing) -> None:
    for number in range(3):
        ring.write(ramp(1000 * number, 1000), heard_at=float(number))
    ring.close()


@pytest.mark.proc
def test_a_spawned_child_writes_what_its_parent_reads(ring: AudioRing) -> None:
    child = spawn.Process(target=write_three, args=(ring,))
    child.start()
    child.join(20.0)
    assert child.exitcode == 0
    np.testing.assert_array_equal(ring.newest(3000).samples, ramp(0, 3000))
    assert ring.position.heard_at == 2.0


@pytest.mark.proc
def test_a_reader_never_sees_a_torn_copy_and_outlives_a_killed_writer(ring: AudioRing) -> None:
    child = spawn.Process(target=write_without_end, args=(ring,), daemon=True)
    child.start()
    give_up_at = time.monotonic() + 20.0
    while ring.position.written < 20 * CAPACITY:
        assert time.monotonic() < give_up_at, "the child writes nothing"
    for _ in range(300):
        block = ring.newest(CAPACITY)
        np.testing.assert_array_equal(np.diff(block.samples) % 2**20, np.ones(CAPACITY - 1))
        # Stamp and samples are of one and the same write: the stamp counts the samples.
        assert block.samples[-1] % 2**20 == (block.heard_at - 1) % 2**20
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join(20.0)
    written = ring.position.written
    ring.write(ramp(0, 500), heard_at=1.0)  # the next writer goes on where the dead one stopped
    assert ring.position.written == written + 500
    np.testing.assert_array_equal(ring.newest(500).samples, ramp(0, 500))


def test_a_writer_that_lost_its_core_between_its_stores_is_waited_for(
    ring: AudioRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.write(ramp(0, 100), heard_at=1.0)
    ring._words[0] |= 1
    ring._words[1] = 150  # and is scheduled again when the reader sleeps

    def goes_on(_: float) -> None:
        ring._stamps[2] = 2.0
        ring._words[0] += 1

    monkeypatch.setattr("installation.ring.time.sleep", goes_on)
    assert (ring.position.written, ring.position.heard_at) == (150, 2.0)


def test_a_writer_that_died_between_its_stores_does_not_stop_readers_or_its_successor(ring: AudioRing) -> None:
    ring.write(ramp(0, 100), heard_at=1.0)
    ring._words[0] |= 1  # as SIGKILL in the middle of a publication leaves it
    assert ring.position.written == 100
    np.testing.assert_array_equal(ring.newest(100).samples, ramp(0, 100))
    ring.write(ramp(100, 50), heard_at=2.0)
    assert ring._words[0] % 2 == 0
    assert (ring.position.written, ring.position.heard_at) == (150, 2.0)
