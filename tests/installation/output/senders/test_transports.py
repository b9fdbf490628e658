"""Every kind of receiver by the one protocol, with fakes of the drivers and libraries that not every machine has."""

import struct
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from installation.output.senders.kinds import KINDS
from installation.output.senders.pictures import fit, packed
from installation.output.senders.target import parse_target
from installation.output.senders.transport import Format, SenderError
from installation.output.senders.v4l2 import CAPABILITY, FORMAT, QUERYCAP, S_FMT, YUV_420, V4l2
from installation.values import Pixels, Samples

WANTED = Format(64, 36, 30.0)
SOUND = np.full(533, 0.25, np.float32)


def picture() -> Pixels:
    """White above, red below."""
    pixels = np.full((36, 64, 3), 255, np.uint8)
    pixels[18:, :, 1:] = 0
    return pixels


class Taken:
    """What a fake receiver got."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.sounds: list[Samples] = []
        self.calls: list[str] = []


def fake(monkeypatch: pytest.MonkeyPatch, name: str, **names: object) -> None:
    module = ModuleType(name)
    vars(module).update(names)
    monkeypatch.setitem(sys.modules, name, module)


class NdiVideo:
    """A frame of cyndilib."""

    def set_resolution(self, width: int, height: int) -> None:
        assert (width, height) == (64, 36)

    def set_frame_rate(self, rate: Fraction) -> None:
        assert rate == 30

    def set_fourcc(self, layout: str) -> None:
        assert layout == "UYVY"


class NdiSender:
    """A sender of cyndilib."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    def set_video_frame(self, frame: object) -> None:
        assert isinstance(frame, NdiVideo)

    def set_audio_frame(self, frame: SimpleNamespace) -> None:
        assert (frame.sample_rate, frame.num_channels) == (48_000, 1)

    def open(self) -> None:
        self.taken.calls.append("open")

    def get_num_connections(self, timeout: float) -> int:
        assert timeout == 0.0
        return 1

    def write_video_async(self, data: Pixels) -> None:
        assert data.flags.writeable and data.ndim == 1  # cyndilib takes nothing else
        self.taken.pictures.append(data.tobytes())

    def write_audio(self, data: Samples) -> None:
        assert data.flags.writeable and data.dtype == np.float32 and data.shape[0] == 1
        self.taken.sounds.append(data[0])

    def close(self) -> None:
        self.taken.calls.append("close")


def fake_ndi(monkeypatch: pytest.MonkeyPatch, taken: Taken) -> None:
    def sender(name: str, *, clock_video: bool, clock_audio: bool) -> NdiSender:
        assert (name, clock_video, clock_audio) == ("Wall", False, False)
        return NdiSender(taken)

    sound = SimpleNamespace(set_max_num_samples=lambda _count: None)
    fake(monkeypatch, "cyndilib.wrapper.ndi_structs", FourCC=SimpleNamespace(UYVY="UYVY"))
    fake(monkeypatch, "cyndilib.sender", Sender=sender)
    fake(monkeypatch, "cyndilib.video_frame", VideoSendFrame=NdiVideo)
    fake(monkeypatch, "cyndilib.audio_frame", AudioSendFrame=lambda: sound)


def fake_spout(monkeypatch: pytest.MonkeyPatch, taken: Taken) -> None:
    class Sender:
        def setSenderName(self, name: str) -> None:
            assert name == "Wall"

        def createOpenGL(self) -> bool:
            taken.calls.append("open")
            return True

        def sendImage(self, data: Samples, width: int, height: int, layout: int, invert: bool, _host: int) -> bool:
            assert (width, height, layout, invert) == (64, 36, 0x1908, False)
            taken.pictures.append(data.tobytes())
            return True

        def releaseSender(self) -> None:
            taken.calls.append("close")

        def closeOpenGL(self) -> None: ...

    fake(monkeypatch, "SpoutGL", SpoutSender=Sender)


def fake_syphon(monkeypatch: pytest.MonkeyPatch, taken: Taken) -> None:
    class Server:
        device = "the graphics card"
        has_clients = True

        def __init__(self, name: str) -> None:
            assert name == "Wall"
            taken.calls.append("open")

        def publish_frame_texture(self, texture: list[bytes], *, is_flipped: bool) -> None:
            assert is_flipped
            taken.pictures.append(texture[0])

        def stop(self) -> None:
            taken.calls.append("close")

    def copy(data: bytes, texture: list[bytes]) -> None:
        texture[:] = [data]

    def create(device: str, width: int, height: int) -> list[bytes]:
        assert (device, width, height) == (Server.device, 64, 36)
        return []

    fake(monkeypatch, "syphon", SyphonMetalServer=Server)
    fake(monkeypatch, "syphon.utils.raw", create_mtl_texture=create, copy_bytes_to_mtl_texture=copy)


def fake_camera(monkeypatch: pytest.MonkeyPatch, taken: Taken) -> None:
    class Camera:
        def __init__(self, width: int, height: int, fps: float, *, device: str | None) -> None:
            assert (width, height, fps, device) == (64, 36, 30.0, "Wall")
            taken.calls.append("open")

        def send(self, pixels: Pixels) -> None:
            taken.pictures.append(pixels.tobytes())

        def close(self) -> None:
            taken.calls.append("close")

    fake(monkeypatch, "pyvirtualcam", Camera=Camera)


FAKES: dict[str, tuple[Callable[[pytest.MonkeyPatch, Taken], None], str]] = {
    "ndi": (fake_ndi, "uyvy422"),
    "spout": (fake_spout, "rgba"),
    "syphon": (fake_syphon, "rgba"),
    "camera": (fake_camera, "rgb24"),
}


@pytest.mark.parametrize("kind", FAKES)
def test_a_kind_opens_sends_the_picture_closes_and_opens_again(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Taken()
    install, layout = FAKES[kind]
    install(monkeypatch, taken)
    transport = KINDS[kind].make(parse_target(f"{kind}:Wall"))
    transport.close()
    for _ in range(2):
        assert transport.open(WANTED) == WANTED and transport.watched()
        transport.send(picture(), 0.0, SOUND)
        transport.send(picture(), 0.1, SOUND[:0])
        transport.close()
        transport.close()
    assert taken.calls == ["open", "close"] * 2
    expected = picture().tobytes() if layout == "rgb24" else packed(picture(), layout).tobytes()
    assert taken.pictures == [expected] * 4


@pytest.mark.parametrize("kind", FAKES)
def test_a_kind_without_its_library_says_which_is_missing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cyndilib.wrapper.ndi_structs", "SpoutGL", "syphon", "pyvirtualcam"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError):
        KINDS[kind].make(parse_target(f"{kind}:Wall")).open(WANTED)


def test_ndi_carries_the_sound_at_48_khz(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Taken()
    fake_ndi(monkeypatch, taken)
    transport = KINDS["ndi"].make(parse_target("ndi:Wall"))
    transport.open(WANTED)
    transport.send(picture(), 0.0, np.full(16_000, 0.25, np.float32))
    sound = np.concatenate(taken.sounds)
    assert 47_000 < len(sound) <= 48_000 and sound[24_000] == pytest.approx(0.25, abs=0.01)


class LoopBack:
    """The driver's side of the two ioctls, as linux/videodev2.h lays them out on 64-bit machines."""

    def __init__(self, *, capabilities: int = 0x85200002, device_caps: int = 0x05200002) -> None:
        self.capabilities, self.device_caps = capabilities, device_caps
        self.keeps: tuple[int, int, int] | None = None
        self.asked: tuple[int, ...] = ()

    def __call__(self, _handle: int, request: int, argument: bytearray, _mutate: bool) -> int:
        if request == QUERYCAP:
            assert len(argument) == 104
            argument[:] = struct.pack(
                "=16s32s32s6I", b"v4l2 loopback", b"Wall", b"platform", 0, self.capabilities, self.device_caps, 0, 0, 0
            )
            return 0
        assert request == S_FMT and len(argument) == 208
        self.asked = struct.unpack_from("=I4x12I", argument)
        if self.keeps is not None:
            struct.pack_into("=3I", argument, 8, *self.keeps)
        return 0


@pytest.fixture
def device(tmp_path: Path) -> Path:
    path = tmp_path / "video9"
    path.touch()
    return path


def test_a_loop_back_is_told_the_format_and_gets_whole_pictures(device: Path) -> None:
    driver = LoopBack()
    transport = V4l2(str(device), driver)
    assert transport.open(WANTED) == WANTED
    # type 2 is VIDEO_OUTPUT, field 1 NONE, colorspace 3 REC709; four bytes before v4l2_pix_format are padding
    assert driver.asked == (2, 64, 36, 0x32315559, 1, 64, 64 * 36 * 3 // 2, 3, 0xFEEDCAFE, 0, 0, 0, 0)
    transport.send(picture(), 0.0, SOUND)
    transport.close()
    written = device.read_bytes()
    assert len(written) == 64 * 36 * 3 // 2
    # Rec. 709 in studio range: white is 235, red 63 in luma; red's Cr is 240.
    assert (written[0], written[64 * 35], written[-1]) == pytest.approx((235, 63, 240), abs=2)


def test_a_loop_back_that_is_read_already_keeps_its_size(device: Path) -> None:
    driver = LoopBack()
    driver.keeps = (32, 18, YUV_420)
    assert V4l2(str(device), driver).open(WANTED) == Format(32, 18, 30.0)


def test_a_camera_another_format_and_no_device_are_told_in_words(device: Path) -> None:
    with pytest.raises(SenderError, match="takes no pictures: it is a camera"):
        V4l2(str(device), LoopBack(device_caps=0x05200001)).open(WANTED)
    driver = LoopBack()
    driver.keeps = (64, 36, 0x56595559)
    with pytest.raises(SenderError, match="keeps another format"):
        V4l2(str(device), driver).open(WANTED)
    with pytest.raises(SenderError, match="is no video loop-back device"):
        V4l2(str(device)).open(WANTED)
    with pytest.raises(SenderError, match="sudo modprobe v4l2loopback video_nr=77"):
        V4l2("/dev/video77").open(WANTED)


def test_the_layouts_of_the_kernels_header_are_kept() -> None:
    assert (CAPABILITY.size, FORMAT.size) == (104, 208)
    assert [(request >> 16) & 0x3FFF for request in (QUERYCAP, S_FMT)] == [104, 208]


def test_an_odd_picture_loses_a_row_and_another_shape_is_shown_between_bars() -> None:
    odd = np.arange(37 * 65 * 3, dtype=np.uint8).reshape(37, 65, 3)
    assert (fit(odd, (64, 36)) == odd[:36, :64]).all()
    square = fit(np.full((40, 40, 3), 200, np.uint8), (64, 36))
    assert square.shape == (36, 64, 3) and square[18, 32, 0] == 200 and square[18, 0, 0] == 0


@pytest.mark.parametrize(("layout", "bytes_a_pixel"), [("uyvy422", 2), ("rgba", 4), ("bgra", 4), ("yuv420p", 1.5)])
def test_pixels_are_packed_without_gaps(layout: str, bytes_a_pixel: float) -> None:
    pixels = np.full((18, 34, 3), (255, 0, 0), np.uint8)
    data = packed(pixels, layout)
    assert len(data) == 18 * 34 * bytes_a_pixel
    assert layout != "rgba" or data[:4].tolist() == [255, 0, 0, 255]
