"""How a machine comes up: with and without microphone, network, controller and display, sixteen times.

    python -m tests.boots [--limit SECONDS]     prints a table, ends with 1 where one does not live

Each boot has servers of its own: PulseAudio (sound in a room), JACK (a controller), Xvfb (a monitor of 640x360), or
none of them; without a network it runs in a namespace that has none, not even the loopback (unshare(1), as root).
"""

import argparse
import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from installation.service.watchdog import STARTING
from installation.standard_output import print_out
from tests.display import VirtualDisplay
from tests.midi_server import Controller, JackServer
from tests.show_runner import ROOT
from tests.sound_server import SoundServer

THINGS: Final = ("microphone", "network", "MIDI", "display")
_BARE: Final = ("DISPLAY", "XAUTHORITY", "PULSE_SERVER", "JACK_DEFAULT_SERVER", "ALSA_CONFIG_PATH", "MIDO_BACKEND")
_LIVES_S: Final = 1.0


class Boot(NamedTuple):
    """What there was, and how it went: seconds to the first picture and to the first that hears, None where it never
    came; and the exit code."""

    there: Mapping[str, bool]
    first_s: float | None
    living_s: float | None
    exit_code: int


@contextmanager
def machine(there: Mapping[str, bool], folder: Path) -> Iterator[dict[str, str]]:
    """Give the environment of a machine that has what is `there`."""
    environment = {name: value for name, value in os.environ.items() if name not in _BARE}
    environment["PULSE_SERVER"] = f"unix:{folder}/nobody"
    with ExitStack() as servers:
        if there["microphone"]:
            server = servers.enter_context(SoundServer(folder))
            environment |= {name: value for name, value in server.environment.items() if os.environ.get(name) != value}
        if there["MIDI"]:
            jack = servers.enter_context(JackServer())
            servers.enter_context(Controller(jack))
            environment |= {name: jack.environment[name] for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER")}
        if there["display"]:
            display = servers.enter_context(VirtualDisplay((640, 360)))
            environment["DISPLAY"] = display.name
        yield environment


def boot(there: Mapping[str, bool], limit_s: float) -> Boot:
    """Start the show as a service does, with nothing demanded, until it lives or the time is over."""
    with tempfile.TemporaryDirectory() as name, machine(there, Path(name)) as environment:
        folder = Path(name)
        report = folder / "report.json"
        command = [sys.executable, "run_show.py", "--venue", str(folder / "venue"), "--report", str(report)]
        command += ["--page", "127.0.0.1:0", "--osc-port", "0", "--oscquery", "127.0.0.1:0"]
        command += ["--midi", "jack:auto" if there["MIDI"] else "auto"]
        if not there["network"]:
            command = ["unshare", "--net", *command]
        with (folder / "log").open("wb") as log, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(folder / "notify"))  # a file: names without one belong to a network
            environment["NOTIFY_SOCKET"] = str(folder / "notify")
            show = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            _wait_for_life(listener, time.monotonic() + limit_s)
            time.sleep(_LIVES_S)
            show.terminate()
            code = show.wait(60.0)
        found: dict[str, Any] = json.loads(report.read_text()) if report.exists() else {}
        times = found.get("startup", {})
        return Boot(there, times.get("first_picture_s"), times.get("living_picture_s"), code)


def _wait_for_life(listener: socket.socket, until: float) -> None:
    """Wait until the show says, as it does to systemd, that a picture of the model is shown."""
    with contextlib.suppress(TimeoutError):
        while (left_s := until - time.monotonic()) > 0:
            listener.settimeout(left_s)
            status = [line for line in listener.recv(4096).decode().splitlines() if line.startswith("STATUS=")]
            if status and status != [f"STATUS={STARTING}"]:
                return


def row(result: Boot) -> str:
    """Return a row of the table."""
    cells = ["yes" if result.there[thing] else "–" for thing in THINGS]
    cells += ["–" if seconds is None else f"{seconds:.1f} s" for seconds in (result.first_s, result.living_s)]
    return f"| {' | '.join([*cells, str(result.exit_code)])} |"


def main() -> int:
    """Boot sixteen times; return 0 where every one came to a living picture and ended in order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--limit", type=float, default=60.0, metavar="SECONDS", help="to the living picture (default: 60)"
    )
    limit_s: float = parser.parse_args().limit
    print_out(f"| {' | '.join([*THINGS, 'first picture', 'living picture', 'exit code'])} |\n|{'---|' * 7}\n")
    results = []
    for answers in itertools.product((True, False), repeat=len(THINGS)):
        results.append(boot(dict(zip(THINGS, answers, strict=True)), limit_s))
        print_out(row(results[-1]) + "\n")
    return 0 if all(result.living_s is not None and result.exit_code == 0 for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
