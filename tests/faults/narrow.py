"""The real program where a folder is small or cannot be written: `narrow.py FOLDER=HOW … -- OPTIONS`.

HOW is a number for a file system of its own of so many MiB, `ro` for the folder as it is but read-only, `rw` for one
that stays writable inside such a one. Linux, as root: the mounts are this process's alone.
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_CLONE_NEWNS: Final = 0x00020000  # linux/sched.h


def available() -> bool:
    """Return whether this machine lets a process have mounts of its own."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Mount, and become the show."""
    end = sys.argv.index("--")
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no mounts of one's own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for one in sys.argv[1:end]:
        folder, _, how = one.partition("=")
        if how in ("ro", "rw"):
            subprocess.run(["mount", "--bind", folder, folder], check=True)
            subprocess.run(["mount", "-o", f"remount,{how},bind", folder], check=True)
        else:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={how}m", "tmpfs", folder], check=True)
    os.execv(sys.executable, [sys.executable, str(ROOT / "run_show.py"), *sys.argv[end + 1 :]])


if __name__ == "__main__":
    main()
