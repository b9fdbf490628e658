"""The real thing: a private sound server, PortAudio, and the capture core in a child process as in the show."""

import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from installation.audio.capture import CaptureConfig, CaptureCore
from installation.hosting import ChildHost
from installation.mailbox import JsonBox
from installation.ring import AudioRing
from installation.status import CaptureStatus
from installation.values import SAMPLE_RATE_HZ, Samples
from tests.sound_server import MICROPHONE, SoundServer

pytestmark = pytest.mark.device

TIMEOUT_S = 20.0


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """One server for all; who kills or freezes it leaves another, or the same one thawed."""
    with SoundServer(tmp_path_factory.mktemp("room")) as server:
        yield server


@pytest.fixture
def server(room: SoundServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    for name, value in room.environment.items():
        monkeypatch.setenv(name, value)
    yield room
    room.hush()


class Listener:
    """The capture core in its child, as the show hosts it."""

    def __init__(self, source: str, *, demanded: bool = True) -> None:
        self.ring, self.controls = AudioRing(), JsonBox()
        config = CaptureConfig(source=source, demanded=demanded, seed=1)
        self.host = ChildHost(
            "capture", partial(CaptureCore, config, self.ring, self.controls), CaptureStatus(), max_failures=1
        )

    def wait_until(self, what: Callable[[], object]) -> None:
        give_up_at = time.monotonic() + TIMEOUT_S
        while not what():
            assert time.monotonic() < give_up_at, f"waited {TIMEOUT_S} s; {self.host.status()}, {self.host.failure}"
            self.host.supervise(time.monotonic())
            time.sleep(0.02)

    def loudest_hz(self) -> float:
        return loudest_hz(self.ring.newest(SAMPLE_RATE_HZ // 2).samples)

    def close(self) -> None:
        self.host.close()
        self.ring.close()
        self.controls.close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    listeners: list[Listener] = []

    def make(source: str, *, demanded: bool = True) -> Listener:
        listeners.append(Listener(source, demanded=demanded))
        return listeners[-1]

    yield make
    for listener in listeners:
        listener.close()


def write_tone(path: Path, frequency_hz: float, duration_s: float) -> Path:
    rate = 44_100
    sound = 0.3 * np.sin(2 * np.pi * frequency_hz * np.arange(round(rate * duration_s)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((sound * 32_767).astype("<i2").tobytes())
    return path


def loudest_hz(samples: Samples) -> float:
    """The frequency of the strongest tone; 0 when there is hardly any sound."""
    if len(samples) == 0 or np.sqrt(np.mean(samples**2)) < 0.05:
        return 0.0
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE_HZ / len(samples)


def test_a_tone_played_into_the_room_is_heard_at_its_pitch(
    server: SoundServer, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    server.play(write_tone(tmp_path / "tone.wav", 880, 30))
    listener = listen("mic:room mon")
    listener.wait_until(lambda: listener.loudest_hz() == pytest.approx(880, abs=4))
    listener.wait_until(lambda: listener.host.status().source == f"mic: {MICROPHONE}")
    status = listener.host.status()
    assert (status.reason, status.fallback, listener.host.restarts) == ("", False, 0)
    heard_at = listener.ring.position.heard_at
    listener.wait_until(lambda: listener.ring.position.heard_at > heard_at)
    assert time.monotonic() - TIMEOUT_S < listener.ring.position.heard_at <= time.monotonic()


def test_a_killed_sound_server_is_replaced_by_the_performance_and_taken_back(
    server: SoundServer, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    tone = write_tone(tmp_path / "tone.wav", 880, 60)
    server.play(tone)
    listener = listen("mic", demanded=False)
    listener.wait_until(lambda: listener.loudest_hz() == pytest.approx(880, abs=4))
    server.stop()
    listener.wait_until(lambda: listener.host.status().fallback)
    assert "has sent nothing" in listener.host.status().reason or "no input" in listener.host.status().reason
    written = listener.ring.position.written
    listener.wait_until(lambda: listener.ring.position.written > written + SAMPLE_RATE_HZ // 4)
    server.start()
    server.play(tone)
    listener.wait_until(lambda: listener.loudest_hz() == pytest.approx(880, abs=4))
    listener.wait_until(lambda: not listener.host.status().fallback)
    assert listener.host.status().reason == ""
    assert listener.host.restarts == 0


def test_a_frozen_sound_server_does_not_freeze_the_capture(
    server: SoundServer, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    server.play(write_tone(tmp_path / "tone.wav", 440, 60))
    listener = listen(f"mic:{MICROPHONE}")
    listener.wait_until(lambda: listener.loudest_hz() == pytest.approx(440, abs=4))
    server.freeze()
    listener.wait_until(lambda: listener.host.status().reason)
    listener.wait_until(lambda: listener.loudest_hz() == 0.0)
    assert listener.host.status().source == "silence"
    server.thaw()
    listener.wait_until(lambda: listener.loudest_hz() == pytest.approx(440, abs=4))
    listener.wait_until(lambda: not listener.host.status().reason)
    assert listener.host.status().lost_samples > SAMPLE_RATE_HZ
    assert listener.host.restarts == 0


def test_a_name_that_matches_nothing_lists_what_there_is(server: SoundServer, listen: Callable[..., Listener]) -> None:
    listener = listen("mic:Theremin")
    listener.wait_until(lambda: listener.host.failure is not None)
    failure = listener.host.failure
    assert failure is not None
    assert failure.exit_code == 4
    assert "'Theremin'" in failure.message
    assert MICROPHONE in failure.message


SEARCH = """
import ctypes, gc, pyaudio
from installation.audio.microphone import Microphone
from installation.audio.source import SourceError

class Heap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena o s h hd u fs used free keep".split()]

heap = ctypes.CDLL(None).mallinfo2
heap.restype = Heap

def search():
    try:
        Microphone("Theremin")
    except SourceError:
        pass

def look():
    pyaudio.PyAudio().terminate()

def bytes_a_try(attempt, times=30):
    attempt()
    gc.collect()
    before = heap().used
    for _ in range(times):
        attempt()
    gc.collect()
    return (heap().used - before) / times

for attempt in (look, search):
    bytes_a_try(attempt, 10)
print(bytes_a_try(search) - bytes_a_try(look))
"""


def test_looking_for_a_microphone_again_and_again_costs_no_memory_of_ours(server: SoundServer) -> None:
    """Where killed clients have left JACK's metadata locked, libjack itself loses 13 kB a try."""
    done = subprocess.run((sys.executable, "-c", SEARCH), capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert float(done.stdout) < 850  # bytes a try: 1 MiB an hour at one try each three seconds


def test_listing_devices_keeps_alsa_and_jack_quiet(server: SoundServer) -> None:
    program = "from installation.audio.microphone import list_devices; print(*list_devices(), sep='\\n')"
    command = (sys.executable, "-c", program)
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert done.stderr == ""
    assert MICROPHONE in done.stdout
    assert "default" in done.stdout


def write_balanced_line(path: Path) -> Path:
    """A tone of 700 Hz, the right channel upside down."""
    left = (0.3 * 32_767 * np.sin(2 * np.pi * 700 * np.arange(60 * 48_000) / 48_000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 48_000, 0, "NONE", ""))
        file.writeframes(np.stack([left, -left], axis=1).tobytes())
    return path


def test_a_line_whose_channels_cancel_each_other_is_told(
    server: SoundServer, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    server.play(write_balanced_line(tmp_path / "line.wav"))
    listener = listen("mic")
    listener.wait_until(lambda: "the channels cancel each other" in listener.host.status().remark)
    assert np.abs(listener.ring.newest(SAMPLE_RATE_HZ // 2).samples).max() < 0.01


@pytest.mark.parametrize("channel", ["left", pytest.param("right", marks=pytest.mark.slow)])
def test_one_channel_of_such_a_line_is_heard(
    server: SoundServer, listen: Callable[..., Listener], tmp_path: Path, channel: str
) -> None:
    server.play(write_balanced_line(tmp_path / "line.wav"))
    listener = listen(f"mic:{MICROPHONE}:{channel}")
    listener.wait_until(lambda: listener.loudest_hz() == pytest.approx(700, abs=5))
    listener.wait_until(lambda: listener.host.status().source == f"mic: {MICROPHONE}, {channel}")
    assert listener.host.status().remark == ""
