"""Pictures and sound over real sockets to a receiver that was not written here: FFmpeg, in PyAV or as a program."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from installation.output.senders import srt
from installation.output.senders.stream import Stream
from installation.output.senders.target import parse_target
from installation.output.senders.transport import Format, SenderError
from installation.values import Pixels, Samples
from tests.show_runner import free_udp_port

FPS = 30.0
FORMAT = Format(128, 72, FPS)


def red() -> Pixels:
    return np.full((72, 128, 3), (200, 20, 20), np.uint8)


def tone(number: int) -> Samples:
    moments = np.arange(number * 533, (number + 1) * 533) / 16_000
    return (0.5 * np.sin(2.0 * np.pi * 440.0 * moments)).astype(np.float32)


def send_until(stream: Stream, done: Callable[[], bool], within_s: float = 20.0) -> None:
    """Send faster than in life, until the receiver has what it wants."""
    ends_at, number = time.monotonic() + within_s, 0
    while not done() and time.monotonic() < ends_at:
        stream.send(red(), number / FPS, tone(number))
        number += 1
        time.sleep(0.005)


def assert_red_and_loud(container: av.container.InputContainer) -> None:
    picture: Pixels = np.zeros((0, 0, 3), np.uint8)
    loudest = 0.0
    for frame in container.decode(video=0, audio=0):
        if isinstance(frame, av.VideoFrame):
            picture = frame.to_ndarray(format="rgb24").astype(np.uint8)
        elif isinstance(frame, av.AudioFrame):
            loudest = max(loudest, float(np.abs(frame.to_ndarray()).max()))
        if picture.size and loudest > 0.4:
            break
    assert picture.shape == (72, 128, 3) and 0.4 < loudest < 0.8
    assert picture.mean(axis=(0, 1)) == pytest.approx((200, 20, 20), abs=6)


@pytest.mark.heavy
def test_a_transport_stream_over_udp_is_received_with_its_sound() -> None:
    port = free_udp_port()
    failures: list[BaseException] = []

    def receive() -> None:
        try:
            with av.open(f"udp://127.0.0.1:{port}?timeout=20000000", format="mpegts") as container:
                assert_red_and_loud(container)
        except BaseException as error:
            failures.append(error)

    receiver = threading.Thread(target=receive)
    receiver.start()
    stream = Stream(parse_target(f"udp://127.0.0.1:{port}"))
    stream.open(FORMAT)
    send_until(stream, lambda: not receiver.is_alive())
    stream.close()
    receiver.join(25.0)
    assert failures == []


def test_nobody_at_the_address_is_told_without_the_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    stream = Stream(parse_target(f"rtmp://127.0.0.1:{port}/live/tell-nobody"))
    with pytest.raises(SenderError, match="refused") as refused:
        stream.open(FORMAT)
    stream.close()
    assert "tell-nobody" not in str(refused.value)


def test_without_libsrt_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    srt.libsrt.cache_clear()
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)
    with pytest.raises(SenderError, match="sudo apt install libsrt"):
        Stream(parse_target("srt://127.0.0.1:9000")).open(FORMAT)
    assert not srt.is_there()


def test_addresses_are_laid_out_as_the_system_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    v4, v6 = srt.socket_address("127.0.0.1", 9000), srt.socket_address("::1", 9000)
    assert v4 == int(socket.AF_INET).to_bytes(2, "little") + b"\x23\x28\x7f\0\0\1" + bytes(8)
    assert len(v6) == 28 and v6[2:4] == b"\x23\x28" and v6[8:24] == bytes(15) + b"\1"


@pytest.mark.slow
@pytest.mark.proc
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs the program ffmpeg")
@pytest.mark.parametrize("kind", ["rtmp", "srt"])
def test_ffmpeg_receives_what_is_sent(kind: str, tmp_path: Path) -> None:
    if kind == "srt" and not srt.is_there():
        pytest.skip("needs libsrt")
    port = free_udp_port()
    address = f"rtmp://127.0.0.1:{port}/live/key" if kind == "rtmp" else f"srt://127.0.0.1:{port}"
    source = ["-listen", "1", "-i", address] if kind == "rtmp" else ["-i", f"{address}?mode=listener"]
    film = tmp_path / "received.mkv"
    ffmpeg = subprocess.Popen(["ffmpeg", "-v", "error", *source, "-t", "2", "-c", "copy", str(film)])
    try:
        stream = Stream(parse_target(address))
        connect(stream)
        send_until(stream, lambda: ffmpeg.poll() is not None)
    except SenderError:
        pass  # it has its two seconds, and is gone
    finally:
        stream.close()
        ffmpeg.wait(20.0)
    with av.open(str(film)) as container:
        assert_red_and_loud(container)


def connect(stream: Stream, within_s: float = 10.0) -> None:
    ends_at = time.monotonic() + within_s
    while True:
        try:
            stream.open(FORMAT)
            return
        except SenderError:
            stream.close()
            assert time.monotonic() < ends_at
            time.sleep(0.1)
