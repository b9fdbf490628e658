"""What goes wrong with the sound server, and with the microphone that it offers."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from scipy.io import wavfile

from tests.faults.watched_show import Measured, WatchedShow, fault
from tests.sound_server import SoundServer

_LONG_S: Final = 120


def server_killed(folder: Path, model: Path) -> Measured:
    """Kill the sound server, and start it again."""
    with _heard(folder, model) as (server, show):
        with fault(show) as one:
            server.stop()
            one.said("sound: ")
            time.sleep(3.0)
            server.start()
            _play(server, folder)
            one.cured()
            measured = one.recovered()
        show.end()
    return measured


def sink_unloaded(folder: Path, model: Path) -> Measured:
    """Take the microphone's device away, and bring it back."""
    with _heard(folder, model) as (server, show):
        with fault(show) as one:
            _pactl(server, "unload-module", "module-null-sink")
            one.said("sound: ")
            time.sleep(3.0)
            _pactl(
                server, "load-module", "module-null-sink", "sink_name=room", "rate=48000", "channels=2", "norewinds=1"
            )
            _play(server, folder)
            one.cured()
            measured = one.recovered()
        show.end()
    return measured


def server_stopped(folder: Path, model: Path) -> Measured:
    """Let the sound server hang, and go on."""
    with _heard(folder, model) as (server, show):
        with fault(show) as one:
            server.freeze()
            one.said("sound: ")
            time.sleep(2.0)
            server.thaw()
            one.cured()
            measured = one.recovered()
        show.end()
    return measured


@contextmanager
def _heard(folder: Path, model: Path) -> Iterator[tuple[SoundServer, WatchedShow]]:
    """A show that hears a microphone into which something is played."""
    place = folder / "sound"
    place.mkdir()
    with SoundServer(place) as server:
        _play(server, folder)
        arguments = ("--source", "mic", "--model", str(model))
        with WatchedShow(folder, *arguments, environment=server.environment) as show:
            yield server, show


def _play(server: SoundServer, folder: Path) -> None:
    path = folder / "sound" / "noise.wav"
    if not path.exists():
        noise = 3_000.0 * np.random.default_rng(0).standard_normal(16_000 * _LONG_S)
        wavfile.write(path, 16_000, noise.clip(-32_768, 32_767).astype(np.int16))
    server.play(path)


def _pactl(server: SoundServer, *command: str) -> None:
    subprocess.run(("pactl", *command), env=server.environment, check=True, capture_output=True)
