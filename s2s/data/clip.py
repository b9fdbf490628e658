"""One clip as it is prepared, and as the members of a tar that hold it. Pure."""

import io
import json
import tarfile
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from s2s.data.clip_index import BLOCK, IndexRow, lengths_of
from s2s.data.corpus import Split
from s2s.data.cutting import Pcm
from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ

FULL_COLOR: Final = 0  # Pillow's name for 4:4:4: at 128 pixels halved colour is seen
_WAV_HEADER_BYTES: Final = 44


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound, int16 [n] at 16 kHz, and frames as JPEG by their size in pixels; `start_s` is the time in its film."""

    id: str
    source: str
    label: str | None
    split: Split
    start_s: float
    sound: Pcm
    frames: Mapping[int, tuple[bytes, ...]]

    @property
    def num_frames(self) -> int:
        """How many frames there are; 0 where there is only sound."""
        return max(map(len, self.frames.values()), default=0)

    def about(self) -> dict[str, Any]:
        """Return what `ID.json` says."""
        return {
            "id": self.id,
            "source": self.source,
            "start_s": self.start_s,
            "duration_s": len(self.sound) / SAMPLE_RATE_HZ,
            "label": self.label,
            "split": self.split,
            "num_frames": self.num_frames,
            "frame_rate_hz": FRAME_RATE_HZ,
        }


def tar_members(clip: Clip) -> tuple[list[bytes], IndexRow]:
    """Return the blocks of a clip's members, in their order, and its row, as if they were at the start of a shard.

    Nothing in them depends on when or by whom they are made: the same clip makes the same bytes.
    """
    about = json.dumps(clip.about()).encode()
    wav = wav_bytes(clip.sound)
    blocks = [*_member(f"{clip.id}.json", about), *_member(f"{clip.id}.wav", wav)]
    for px, frames in clip.frames.items():
        for number, jpeg in enumerate(frames):
            blocks += _member(f"{clip.id}.f{px}.{number:03d}.jpg", jpeg)
    row = IndexRow(
        id=clip.id,
        split=clip.split,
        label=clip.label,
        source=clip.source,
        start_s=clip.start_s,
        num_samples=len(clip.sound),
        num_frames=clip.num_frames,
        shard="",
        offset=0,
        json_bytes=len(about),
        wav_bytes=len(wav),
        frame_bytes={px: lengths_of(map(len, frames)) for px, frames in clip.frames.items()},
    )
    return blocks, row


def wav_bytes(sound: Pcm) -> bytes:
    """Return 16 kHz mono PCM16 as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE_HZ)
        wav.writeframes(sound.astype("<i2", copy=False).tobytes())
    return file.getvalue()


def sound_of_wav(data: bytes) -> NDArray[np.float32]:
    """Return the sound of a file that `wav_bytes` made, [n] within ±1."""
    return np.frombuffer(data, "<i2", offset=_WAV_HEADER_BYTES).astype(np.float32) / np.float32(32768.0)


def jpeg_bytes(pixels: NDArray[np.uint8], quality: int) -> bytes:
    """Return RGB [h, w, 3] as a JPEG file with full colour resolution."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=FULL_COLOR)
    return file.getvalue()


def pixels_of_jpeg(data: bytes) -> NDArray[np.uint8]:
    """Return a JPEG file's pixels, RGB [h, w, 3]. Raises OSError for one that is damaged."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def _member(name: str, data: bytes) -> Iterator[bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), 0o644, 0
    header = info.tobuf(tarfile.USTAR_FORMAT)
    if len(header) != BLOCK:
        raise ValueError(f"{name}: expected a name that fits one tar header")
    yield header
    yield data
    yield bytes(-len(data) % BLOCK)
