"""A loop-back video device on Linux: what is written here, any program that reads a camera sees.

Written directly, by the Video4Linux API, version 2 (linux/videodev2.h; the kernel's documentation, "Video Output
Interface"): three ioctls and `write`. The device is made by the kernel module v4l2loopback.
"""

import os
import struct
from collections.abc import Callable
from typing import Any, Final

from installation.output.senders.pictures import packed
from installation.output.senders.transport import Format, SenderError
from installation.values import Pixels, Samples

QUERYCAP: Final = 0x80685600
"""VIDIOC_QUERYCAP = _IOR('V', 0, struct v4l2_capability of 104 bytes)."""
S_FMT: Final = 0xC0D05605
"""VIDIOC_S_FMT = _IOWR('V', 5, struct v4l2_format of 208 bytes, as on every 64-bit machine)."""
CAPABILITY: Final = struct.Struct("=16s32s32sIII12x")
"""driver, card, bus_info, version, capabilities, device_caps."""
FORMAT: Final = struct.Struct("=I4x12I152x")
"""type; then of v4l2_pix_format width, height, pixelformat, field, bytesperline, sizeimage, colorspace, priv, flags,
ycbcr_enc, quantization, xfer_func."""
CAN_OUTPUT: Final = 0x2
HAS_DEVICE_CAPS: Final = 0x80000000
VIDEO_OUTPUT: Final = 2
FIELD_NONE: Final = 1
REC_709: Final = 3
PRIV_MAGIC: Final = 0xFEEDCAFE
"""Says that the words after `priv` count."""
YUV_420: Final = int.from_bytes(b"YU12", "little")
"""V4L2_PIX_FMT_YUV420: three planes one after the other, without gaps."""

Ioctl = Callable[[int, int, bytearray, bool], Any]


def system_ioctl(handle: int, request: int, argument: bytearray, mutate: bool) -> Any:
    """Call the kernel's ioctl; imported late, because Windows has none."""
    import fcntl

    return fcntl.ioctl(handle, request, argument, mutate)


class V4l2:
    """Writes to the device at `path`, such as /dev/video9."""

    def __init__(self, path: str, ioctl: Ioctl = system_ioctl) -> None:
        self._path, self._ioctl = path, ioctl
        self._handle: int | None = None

    def open(self, wanted: Format) -> Format:
        """Open the device and agree on a size: one that somebody reads already keeps its own. Raises SenderError."""
        try:
            self._handle = os.open(self._path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
        except FileNotFoundError:
            number = self._path.removeprefix("/dev/video")
            raise SenderError(
                f"there is no {self._path}: sudo modprobe v4l2loopback video_nr={number} exclusive_caps=1 "
                "(package v4l2loopback-dkms)"
            ) from None
        try:
            self._ask_whether_it_takes_pictures(self._handle)
            return self._agree(self._handle, wanted)
        except OSError as error:
            raise SenderError(f"{self._path} is no video loop-back device ({error.strerror})") from error

    def watched(self) -> bool:
        """A loop-back does not tell who looks."""
        return True

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Write one picture."""
        del at_s, sound
        if self._handle is None:
            raise SenderError(f"{self._path} is not open")
        picture = packed(pixels, "yuv420p").data
        written = os.write(self._handle, picture)
        if written != len(picture):
            raise SenderError(f"{self._path} took {written} of a picture's {len(picture)} bytes")

    def close(self) -> None:
        """Let go of the device."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _ask_whether_it_takes_pictures(self, handle: int) -> None:
        answer = bytearray(CAPABILITY.size)
        self._ioctl(handle, QUERYCAP, answer, True)
        _, card, _, _, of_all, of_this = CAPABILITY.unpack(answer)
        if not (of_this if of_all & HAS_DEVICE_CAPS else of_all) & CAN_OUTPUT:
            name = card.partition(b"\0")[0].decode(errors="replace")
            raise SenderError(f"{self._path} ({name}) takes no pictures: it is a camera, or a reader holds it")

    def _agree(self, handle: int, wanted: Format) -> Format:
        size_bytes = wanted.width * wanted.height * 3 // 2
        pixel_format = (wanted.width, wanted.height, YUV_420, FIELD_NONE, wanted.width, size_bytes, REC_709, PRIV_MAGIC)
        answer = bytearray(FORMAT.pack(VIDEO_OUTPUT, *pixel_format, 0, 0, 0, 0))
        self._ioctl(handle, S_FMT, answer, True)
        _, width, height, layout, *_ = FORMAT.unpack(answer)
        if layout != YUV_420 or width % 2 or height % 2 or not width or not height:
            raise SenderError(f"{self._path} keeps another format: end the programs that read it")
        return Format(width, height, wanted.fps)
