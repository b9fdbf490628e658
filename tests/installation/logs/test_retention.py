"""Films and pictures that are too old are deleted where that was asked for, and nothing else ever is."""

import os
from pathlib import Path

from installation.clock import unix_time_s
from installation.logs.retention import DAY_S, Retention, forget_older
from tests.waiting import wait_until


def film(folder: Path, name: str, at_s: float) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(b"film")
    os.utime(path, (at_s, at_s))
    return path


def test_through_a_year_there_are_never_more_than_a_fortnights_films(tmp_path: Path) -> None:
    own = film(tmp_path, "the opening, keep.mp4", 0.0)
    counts = []
    for day in range(365):
        film(tmp_path, f"2026-{1 + day // 31:02d}-{1 + day % 31:02d}_20-00-00.mp4", day * DAY_S)
        forget_older(tmp_path, 14.0, day * DAY_S + 3600.0)
        counts.append(len(list(tmp_path.glob("2026*"))))
    assert max(counts) == 14 and counts[-1] == 14
    assert own.exists()


def test_only_what_the_show_has_named_is_deleted(tmp_path: Path) -> None:
    names = (
        "2026-01-01_10-00-00.mp4",
        "2026-01-01_10-00-00_2.png",
        "2026-01-01_10-00-00.txt",
        "best of.mp4",
        "2026.png",
    )
    for name in names:
        film(tmp_path, name, 0.0)
    (tmp_path / "2026-01-02_10-00-00.mp4").mkdir()
    assert forget_older(tmp_path, 1.0, 100 * DAY_S) == list(names[:2])
    assert forget_older(tmp_path / "nowhere", 1.0, 0.0) == []


def test_the_show_looks_only_where_it_was_told_to(tmp_path: Path) -> None:
    old = film(tmp_path / "films", "2020-01-01_10-00-00.mp4", 0.0)
    young = film(tmp_path / "films", "2020-01-02_10-00-00.mp4", unix_time_s())
    idle = Retention([tmp_path / "films"], None)
    idle.poll(0.0)
    idle.close()
    assert old.exists()

    asked = Retention([tmp_path / "films", tmp_path / "pictures"], 30.0)
    asked.start()
    asked.poll(0.0)
    assert wait_until(lambda: not old.exists())
    asked.close()
    assert young.exists() and asked.status().problem == ""
