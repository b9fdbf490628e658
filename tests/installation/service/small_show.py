"""A show of a dozen lines, for the parent's tests: beats as the real one does, and behaves as it is told.

    python small_show.py FOLDER BEHAVIOUR [BEHAVIOUR …]     the last one counts for all later starts

Each start adds a line to FOLDER/starts: its process, and that of a worker it leaves behind unless it ends in order.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from installation.service.notify import notifier

folder, behaviours = Path(sys.argv[1]), sys.argv[2:]
starts = folder / "starts"
before = len(starts.read_text().splitlines()) if starts.exists() else 0
behaviour = behaviours[min(before, len(behaviours) - 1)]
listener = notifier()
worker = subprocess.Popen(["sleep", "60"])


def end(number: int, _frame: object) -> None:
    """End in order."""
    (folder / "signal").write_text(signal.Signals(number).name)
    worker.kill()
    worker.wait()
    sys.exit(0)


for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN if behaviour == "deaf" else end)
with starts.open("a") as file:
    file.write(f"{os.getpid()} {worker.pid}\n")
if behaviour.startswith("exit"):
    if behaviour.endswith("ready"):
        listener.tell("READY=1")
    sys.exit(int(behaviour.removeprefix("exit").removesuffix("ready")))
if behaviour == "mute":
    time.sleep(60)
listener.tell("READY=1")
while True:
    if behaviour != "stuck":
        listener.tell("WATCHDOG=1")
    time.sleep(0.05)
