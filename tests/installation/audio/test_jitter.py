import random

from hypothesis import given
from hypothesis import strategies as st

from installation.audio.jitter import Gap, JitterBuffer

PATIENCE_S = 0.06


def arrive(buffer: JitterBuffer[int], arrivals: list[tuple[float, int]]) -> list[int | Gap]:
    """Put and take packets as they arrive, and take once more when all patience is over."""
    heard: list[int | Gap] = []
    for now, number in arrivals:
        buffer.put(number, number, now)
        heard += buffer.take(now)
    return heard + buffer.take(arrivals[-1][0] + 2 * PATIENCE_S)


@given(start=st.integers(-(2**31), 2**31 - 1), seed=st.integers(0, 1000))
def test_packets_that_overtake_each_other_within_patience_come_out_in_order(start: int, seed: int) -> None:
    chance = random.Random(seed)
    sent = [0.01 * number for number in range(60)]
    delayed = sorted((at + (chance.uniform(0, 0.05) if number else 0.0), number) for number, at in enumerate(sent))
    # The first packet says where the stream begins; the numbers wrap as 32-bit ones do.
    arrivals = [(at, (start + number + 2**31) % 2**32 - 2**31) for at, number in delayed]
    heard = arrive(JitterBuffer(PATIENCE_S), arrivals)
    assert heard == [(start + number + 2**31) % 2**32 - 2**31 for number in range(60)]


@given(missing=st.sets(st.integers(1, 38), max_size=30))
def test_what_is_lost_is_told_once_and_the_rest_stays_in_order(missing: set[int]) -> None:
    arrivals = [(0.01 * number, number) for number in range(40) if number not in missing]
    buffer: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    heard = arrive(buffer, arrivals)
    assert [item for item in heard if not isinstance(item, Gap)] == [number for _, number in arrivals]
    assert sum(item.packets for item in heard if isinstance(item, Gap)) == len(missing)


def test_packets_in_order_wait_for_nothing() -> None:
    buffer: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    for number in range(10):
        buffer.put(number, number, 0.01 * number)
        assert buffer.take(0.01 * number) == [number]


def test_a_gap_is_given_up_after_patience_and_not_before() -> None:
    buffer: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    buffer.put(0, 0, 0.0)
    buffer.put(2, 2, 0.01)
    assert buffer.take(0.01) == [0]
    assert buffer.take(0.01 + 0.9 * PATIENCE_S) == []
    assert buffer.take(0.01 + 1.1 * PATIENCE_S) == [Gap(1), 2]


def test_twins_and_late_packets_are_dropped() -> None:
    buffer: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    heard = arrive(buffer, [(0.0, 0), (0.0, 0), (0.01, 1), (0.02, 1), (0.03, 2), (0.04, 0)])
    assert heard == [0, 1, 2]
    assert buffer.late_packets == 3


def test_a_sender_that_counts_anew_is_heard_again() -> None:
    far: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    assert arrive(far, [(0.0, 100_000), (0.01, 0), (0.02, 1)]) == [100_000, 0, 1]
    near: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    heard = arrive(near, [(0.0, 100)] + [(0.01 * number, number) for number in range(1, 30)])
    assert heard == [100, *range(9, 30)]
    paused: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    assert arrive(paused, [(0.0, 100), (5.0, 1), (5.01, 2)]) == [100, 1, 2]


def test_a_flood_with_holes_stays_bounded() -> None:
    buffer: JitterBuffer[int] = JitterBuffer(PATIENCE_S)
    for number in range(0, 2000, 2):
        buffer.put(number, number, 0.0)
        if number % 100 == 0:
            buffer.take(0.0)
        assert len(buffer._waiting) < 200
