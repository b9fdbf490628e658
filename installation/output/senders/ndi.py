"""NDI, by name in the network, with sound. The only importer of cyndilib, whose wheels carry the NDI runtime."""

import importlib
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np

from installation.output.senders.pictures import packed
from installation.output.senders.transport import Format
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples

_SOUND_HZ: Final = 48_000
"""The rate that every NDI receiver takes."""


class Ndi:
    """Announces `name`; pictures as UYVY, which is what NDI encodes from, sound as 48 kHz mono."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sender: Any = None

    def open(self, wanted: Format) -> Format:
        """Announce the picture. Raises ImportError without cyndilib, RuntimeError where NDI itself refuses."""
        layouts = importlib.import_module("cyndilib.wrapper.ndi_structs").FourCC
        sender = importlib.import_module("cyndilib.sender").Sender(self._name, clock_video=False, clock_audio=False)
        video = importlib.import_module("cyndilib.video_frame").VideoSendFrame()
        video.set_resolution(wanted.width, wanted.height)
        video.set_frame_rate(Fraction(wanted.fps).limit_denominator(1001))
        video.set_fourcc(layouts.UYVY)
        sender.set_video_frame(video)
        sound = importlib.import_module("cyndilib.audio_frame").AudioSendFrame()
        sound.sample_rate, sound.num_channels = _SOUND_HZ, 1
        sound.set_max_num_samples(_SOUND_HZ)
        sender.set_audio_frame(sound)
        sender.open()
        self._sender = sender
        self._resampler = av.AudioResampler("fltp", "mono", _SOUND_HZ)
        return wanted

    def watched(self) -> bool:
        """Whether a receiver is connected."""
        return bool(self._sender.get_num_connections(0.0))

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Send both; NDI encodes the picture in threads of its own."""
        del at_s
        for start in range(0, len(sound), SAMPLE_RATE_HZ // 2):  # never more at once than the frame has room for
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + SAMPLE_RATE_HZ // 2], "fltp", "mono")
            frame.sample_rate = SAMPLE_RATE_HZ
            for part in self._resampler.resample(frame):
                self._sender.write_audio(np.ascontiguousarray(part.to_ndarray(), np.float32))
        self._sender.write_video_async(packed(pixels, "uyvy422"))

    def close(self) -> None:
        """Take the name back."""
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.close()
