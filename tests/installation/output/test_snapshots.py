"""Pictures saved while the show runs: none is waited for, and what a disk does not take is said once."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from installation.output import snapshots as module
from installation.output.dated_files import claim, dated_name
from installation.output.snapshots import Snapshots
from installation.values import Pixels
from tests.waiting import wait_until

EVENING = datetime(2026, 11, 29, 21, 47, 5, tzinfo=UTC)


def picture(grey: int = 80) -> Pixels:
    return np.full((4, 6, 3), grey, np.uint8)


def snapshots_into(folder: Path) -> Snapshots:
    return Snapshots(folder, lambda: EVENING, close_timeout_s=5.0)


def test_names_hold_nothing_that_a_file_system_refuses_and_sort_as_the_time_goes() -> None:
    assert dated_name(EVENING, ".png") == "2026-11-29_21-47-05.png"
    assert dated_name(EVENING, ".mp4", 2) == "2026-11-29_21-47-05_2.mp4"


def test_two_files_of_one_second_have_two_names(tmp_path: Path) -> None:
    paths = [claim(tmp_path / "not yet", EVENING, ".png") for _ in range(3)]
    assert len(set(paths)) == 3 and all(path.exists() for path in paths)


def test_the_next_picture_is_saved_once_however_often_it_was_asked_for(tmp_path: Path) -> None:
    snapshots = snapshots_into(tmp_path / "pictures")
    snapshots.offer(0.0, picture)
    for _ in range(1_000):
        snapshots.take()
    for turn in range(5):
        snapshots.offer(1.0 + turn / 30, lambda: picture(80))
    snapshots.close()
    snapshots.close()
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["2026-11-29_21-47-05.png"]
    with Image.open(tmp_path / "pictures" / "2026-11-29_21-47-05.png") as image:
        assert np.array_equal(np.asarray(image), picture(80))
    assert snapshots.status().saved == 1 and snapshots.status().file == "2026-11-29_21-47-05.png"


def test_nothing_is_read_or_made_while_nobody_asks(tmp_path: Path) -> None:
    snapshots = snapshots_into(tmp_path / "pictures")
    snapshots.offer(0.0, lambda: pytest.fail("a picture costs milliseconds"))
    snapshots.close()
    assert not (tmp_path / "pictures").exists()


def test_a_full_disk_is_one_line_and_a_reason_for_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, _pixels: Pixels) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(module, "save_png", refuse)
    snapshots = snapshots_into(tmp_path)
    now = 0.0
    for _ in range(5):
        snapshots.take()
        snapshots.offer(now, picture)
        now += 0.6
    snapshots.close()
    snapshots.offer(now, picture)
    assert "No space left on device" in snapshots.status().problem
    assert len([line for line in caplog.messages if "not saved" in line]) == 1
    assert list(tmp_path.iterdir()) == []
    snapshots.offer(now + 61.0, picture)
    assert snapshots.status().problem == ""


def test_a_disk_that_hangs_costs_the_show_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(module, "save_png", lambda _path, _pixels: let_go.wait(60.0))
    snapshots = Snapshots(tmp_path, lambda: EVENING, close_timeout_s=0.1)
    for turn in range(8):
        snapshots.take()
        snapshots.offer(turn * 1.0, picture)
    snapshots.offer(9.0, picture)
    assert "too slow for so many" in snapshots.status().problem
    snapshots.close()
    let_go.set()


def test_a_folder_that_cannot_be_made_is_said_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    snapshots = snapshots_into(tmp_path / "file" / "pictures")
    snapshots.take()
    snapshots.offer(0.0, picture)

    def problem() -> str:
        snapshots.offer(1.0, picture)
        return snapshots.status().problem

    assert wait_until(problem)
    assert "Not a directory" in snapshots.status().problem
    snapshots.close()
