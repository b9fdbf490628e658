"""A private PulseAudio server whose null sink is heard through its monitor: a real microphone without a sound card.

Everything lives in a folder of the test's own; `environment` leads PortAudio, ALSA and PulseAudio's tools to it.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

MICROPHONE: Final = "Room Monitor"
"""The name under which PortAudio offers the microphone; it is also the default one."""

_START_TIMEOUT_S: Final = 10.0
_STOP_TIMEOUT_S: Final = 5.0

_ALSA_CONFIG: Final = """
</usr/share/alsa/alsa.conf>
pcm."{microphone}" {{ type pulse, server "unix:{socket}", device "room.monitor", hint {{ show on }} }}
pcm.loudspeaker {{ type pulse, server "unix:{socket}", device "room" }}
pcm.microphone {{ type pulse, server "unix:{socket}", device "room.monitor" }}
pcm.!default {{ type asym, playback.pcm "loudspeaker", capture.pcm "microphone" }}
ctl.!default {{ type pulse, server "unix:{socket}" }}
"""


class SoundServer:
    """`pulseaudio` with a sink named `room`. What is played into it is what the microphone hears."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "native"
        self._process: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []
        config = folder / "asound.conf"
        config.write_text(_ALSA_CONFIG.format(microphone=MICROPHONE, socket=self._socket))
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_SERVER": f"unix:{self._socket}",
            "ALSA_CONFIG_PATH": str(config),
            "JACK_NO_START_SERVER": "1",
        }

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers."""
        # Without norewinds the sink works two seconds ahead, and its monitor as far behind.
        modules = (
            "module-null-sink sink_name=room rate=48000 channels=2 norewinds=1",
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
        )
        flags = ("-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--realtime=no")
        command = ("pulseaudio", *flags, "--high-priority=no", *(f"--load={module}" for module in modules))
        log = (self._folder / "pulseaudio.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        give_up_at = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                self.stop()
                raise RuntimeError(f"pulseaudio does not run: {(self._folder / 'pulseaudio.log').read_text()[-2000:]}")
            time.sleep(0.05)

    def play(self, path: Path) -> None:
        """Begin to play a sound file into the sink; returns at once."""
        command = ("paplay", "--device=room", str(path))
        self._players.append(
            subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )

    def hush(self) -> None:
        """Stop all that is being played."""
        for player in self._players:
            _kill(player)
        self._players.clear()

    def stop(self) -> None:
        """Kill the server and its players, as a crash would."""
        self.hush()
        if self._process is not None:
            _kill(self._process)
            self._process = None
        self._socket.unlink(missing_ok=True)

    def restart(self) -> None:
        """Kill the server and start another in its place."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let the server hang: it keeps its connections and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        os.kill(self.pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            command = ("pactl", "list", "short", "sources")
            listed = subprocess.run(command, env=self.environment, capture_output=True, timeout=2.0, check=False)
            return b"room.monitor" in listed.stdout
        return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(_STOP_TIMEOUT_S)
