"""A film leaves the last of a disk to what else lives there, and says ahead when that will be."""

from pathlib import Path

import pytest

from installation.output.disk_room import DiskReserveError, Room, RoomAhead, in_words, room_on

GIB = 1 << 30


@pytest.mark.parametrize(("total", "reserve"), [(500 * GIB, GIB), (8 * GIB, 8 * GIB // 20)])
def test_a_gibibyte_is_left_and_of_a_small_disk_a_twentieth(total: int, reserve: int) -> None:
    assert Room(total, total).reserve_bytes == pytest.approx(reserve, abs=1)
    assert Room(total, total).for_film_bytes == pytest.approx(total - reserve, abs=1)


def test_a_film_ends_before_it_touches_the_reserve() -> None:
    ahead = RoomAhead()
    ahead.look(0.0, 0, Room(2 * GIB, 100 * GIB))
    with pytest.raises(DiskReserveError, match=r"the disk has 1\.1 GB left"):
        ahead.look(1.0, 100, Room(GIB, 100 * GIB))


def test_how_long_a_film_may_go_on_follows_from_how_fast_it_has_grown_lately() -> None:
    ahead = RoomAhead()
    free = 3 * GIB
    for second in range(200):
        grown = second * 1_000_000 if second < 100 else 100_000_000 + (second - 100) * 3_000_000
        ahead.look(float(second), grown, Room(free, 100 * GIB))
        assert (ahead.left_s is None) == (second < 5)
        if second == 50:
            assert ahead.left_s == pytest.approx(2 * GIB / 1_000_000)
            assert ahead.warning == ""
    assert ahead.left_s == pytest.approx(2 * GIB / 3_000_000)


@pytest.mark.parametrize(("left_s", "words"), [(50.0, "less than 1 min"), (500.0, "less than 10 min"), (700.0, "")])
def test_an_operator_is_told_ten_minutes_ahead_and_one(left_s: float, words: str) -> None:
    ahead = RoomAhead()
    room = Room(GIB + round(left_s * 1_000_000), 100 * GIB)
    ahead.look(0.0, 0, room)
    ahead.look(10.0, 10_000_000, room)
    assert words in ahead.warning and bool(words) == bool(ahead.warning)


def test_a_real_disk_tells_its_room(tmp_path: Path) -> None:
    room = room_on(tmp_path)
    assert 0 <= room.free_bytes <= room.total_bytes
    with pytest.raises(FileNotFoundError):
        room_on(tmp_path / "missing")


def test_sizes_are_said_as_people_say_them() -> None:
    assert [in_words(count) for count in (7, 4_200, 3_100_000, 12 * 10**9)] == [
        "7 bytes",
        "4.2 kB",
        "3.1 MB",
        "12.0 GB",
    ]
