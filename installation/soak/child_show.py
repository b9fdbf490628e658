"""The show that is soaked: the real program in a process of its own, and what it says on its terminal."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from installation.soak.stage import Stage

PROGRAM: Final = Path(__file__).resolve().parents[2] / "run_show.py"
_URL: Final = re.compile(r"operator page at (http://\S+)")
_LINES_KEPT: Final = 400
_ENDS_WITHIN_S: Final = 40.0


class ChildShow:
    """Starts the program with `arguments` on `stage`; its last lines are `lines`, the page's address `url`."""

    def __init__(self, arguments: Sequence[str], stage: Stage) -> None:
        self.lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self.url = ""
        environment = {**os.environ, "TMPDIR": str(stage.temporary.resolve())}
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *arguments],
            cwd=stage.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C ends the soak, and the soak ends the show
        )
        threading.Thread(target=self._read, name="soak-log", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.poll()

    def end(self) -> int:
        """End it as a technician does, and the hard way where that does not help; return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            time.sleep(0.2)  # for the last lines

    def _read(self) -> None:
        stream = self._process.stderr
        if stream is None:
            return
        for line in stream:
            self.lines.append(line.rstrip("\n"))
            if not self.url and (found := _URL.search(line)):
                self.url = found[1].rstrip("/") + "/"
