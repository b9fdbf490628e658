"""A private JACK server with its dummy driver, and controllers plugged into it: real MIDI ports without a sound card.

Every client is a process of its own: libjack keeps one server's state for the life of a process.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_START_TIMEOUT_S: Final = 10.0
_STOP_TIMEOUT_S: Final = 5.0
_MAX_SERVERS: Final = 4

_CONTROLLER: Final = """
import sys, rtmidi
port = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, sys.argv[1])
port.open_virtual_port(sys.argv[2])
if sys.argv[3]:
    lamps = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, sys.argv[3])
    lamps.open_virtual_port(sys.argv[2])
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "shown":
        print([timed[0] for timed in iter(lamps.get_message, None)], flush=True)
    else:
        port.send_message([int(byte) for byte in line.split()])
        print("sent", flush=True)
"""


class JackServer:
    """`jackd -d dummy` under a name of its own; `environment` leads other programs to it, `device` names the API."""

    def __init__(self) -> None:
        self.name, self._claim = _claim_name()
        self.environment = {**os.environ, "JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it takes clients."""
        give_up_at = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < give_up_at:
            if self._process is None or self._process.poll() is not None:
                self._process = self._launch()
            wait = ("jack_wait", "-s", self.name, "-w", "-t", "1")
            waited = subprocess.run(wait, check=False, capture_output=True, timeout=_START_TIMEOUT_S)
            if waited.returncode == 0 and b"not running" not in waited.stdout:
                return
        code = None if self._process is None else self._process.poll()
        self.crash()
        raise RuntimeError(f"jackd {self.name} did not start (exit code {code}); try jackd -n {self.name} -d dummy")

    def crash(self) -> None:
        """Kill the server and remove what it leaves in shared memory."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_STOP_TIMEOUT_S)
            self._process = None
        for left in Path("/dev/shm").glob(f"*{self.name}*"):
            left.unlink(missing_ok=True)

    def stop(self) -> None:
        """End the server and give its name back."""
        self.crash()  # a client that hangs can hold up anything gentler
        os.close(self._claim)

    def _launch(self) -> "subprocess.Popen[bytes]":
        # A test run that is killed takes its server with it: an orphan would keep the name.
        tied = ("setpriv", "--pdeathsig", "KILL")
        command = ("jackd", "--no-realtime", "-n", self.name, "-d", "dummy", "-r", "48000", "-p", "1024")
        return subprocess.Popen((*tied, *command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Controller:
    """A MIDI controller with one output port, `client:port`, plugged into `server` while the context lasts.

    `lamps` is the client of its input port, where there is one: what rings, lamps and motors are told.
    """

    def __init__(self, server: JackServer, client: str = "Desk", port: str = "knobs", lamps: str = "") -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-c", _CONTROLLER, client, port, lamps),
            env=server.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._expect("ready")

    def send(self, *data: int) -> None:
        """Send one message's bytes."""
        self._ask(" ".join(map(str, data)))
        self._expect("sent")

    def shown(self) -> list[list[int]]:
        """Return the messages it was told since the last call."""
        self._ask("shown")
        assert self._process.stdout is not None
        messages: list[list[int]] = json.loads(self._process.stdout.readline())
        return messages

    def control_change(self, control: int, value: int, channel: int = 1) -> None:
        self.send(0xB0 + channel - 1, control, value)

    def unplug(self) -> None:
        """Take the port away."""
        self._process.kill()
        self._process.wait(_STOP_TIMEOUT_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def _ask(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def _expect(self, word: str) -> None:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        if said != word:
            raise RuntimeError(f"the MIDI controller was to say {word!r}, it said {said!r}")


def _claim_name() -> tuple[str, int]:
    """Return a server name that no other test run uses, and the file descriptor that keeps it.

    Names are few and come back, because JACK counts a killed server against its limit of eight until the name returns.
    """
    for number in range(_MAX_SERVERS):
        name = f"s2s-test-{number}"
        path = Path(tempfile.gettempdir(), f"{name}-of-{os.getuid()}.lock")
        claim = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(claim)
            continue
        return name, claim
    raise RuntimeError(f"{_MAX_SERVERS} test runs hold a JACK server already")
