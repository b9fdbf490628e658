"""Shared memory: named after the show, really there, and cleared when its show is gone."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from installation import shared
from installation.exit_codes import ExitCode
from installation.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[2]
LATER_S = 3_600.0

pytestmark = pytest.mark.skipif(not shared.FOLDER.is_dir(), reason="shared memory is no folder here")

HOLDER = """
import time
from installation.mailbox import Mailbox
if __name__ == "__main__":
    box = Mailbox(1000)
    print(box._memory.name, flush=True)
    time.sleep(600.0)
"""


def later() -> float:
    """An hour from now, on the clock of file stamps: nothing is new-born then."""
    return time.clock_gettime(time.CLOCK_REALTIME) + LATER_S


def own_pieces() -> set[Path]:
    return set(shared.FOLDER.glob(f"sound2scene-{os.getpid()}-*"))


def test_a_piece_bears_the_shows_name_and_all_of_it_is_there() -> None:
    memory = shared.create(100_000)
    try:
        assert memory.name.startswith(f"sound2scene-{os.getpid()}-")
        stat = (shared.FOLDER / memory.name).stat()
        assert stat.st_blocks * 512 >= 100_000
    finally:
        memory.close()
        memory.unlink()


@pytest.mark.proc
def test_what_a_show_left_that_was_killed_with_its_tracker_is_cleared_and_a_living_shows_is_not(tmp_path: Path) -> None:
    script = tmp_path / "holder.py"
    script.write_text(HOLDER)
    command = [sys.executable, str(script)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    living = Mailbox(1000)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as holder:
        assert holder.stdout is not None
        name = holder.stdout.readline().strip()
        tracker = psutil.Process(holder.pid).children()
        shared.clear_leftovers(now=later())
        assert (shared.FOLDER / name).exists()  # its show lives
        holder.send_signal(signal.SIGSTOP)
        for process in (*tracker, psutil.Process(holder.pid)):
            process.kill()
    assert (shared.FOLDER / name).exists()
    assert shared.clear_leftovers(now=later()) >= 1
    assert not (shared.FOLDER / name).exists()
    living.put(b"still here")
    assert (shared.FOLDER / living._memory.name).exists()
    living.close()


def test_foreign_files_and_links_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "psm_other").touch()
    (tmp_path / "precious").touch()
    (tmp_path / "sound2scene-1-link").symlink_to(tmp_path / "precious")
    (tmp_path / "sound2scene-1-dead").touch()
    assert shared.clear_leftovers(tmp_path, now=later()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["precious", "psm_other", "sound2scene-1-link"]


def test_too_little_shared_memory_is_one_line_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _offset: int, _length: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    before = own_pieces()
    with pytest.raises(shared.SharedMemoryError, match=r"No space left on device.*/dev/shm") as caught:
        Mailbox(100_000)
    assert caught.value.exit_code is ExitCode.WORKER and "\n" not in str(caught.value)
    assert own_pieces() <= before  # a box that another test forgot may go, none may come
