"""Sound files of any kind -> mono samples at the model's rate.

Torch-free, so that the capture process can use it. Called from any thread; every call opens its own file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

SAMPLE_RATE_HZ: Final = 16_000
_LOWEST_RATE_HZ: Final = 1_000
_HIGHEST_RATE_HZ: Final = 1_000_000
"""Beyond lies no recording but a damaged header; converting it would take seconds, or gigabytes."""
_SOUNDS: Final = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma")
_FILMS: Final = (".mp4", ".mkv", ".webm", ".mov", ".avi")


class AudioFileError(Exception):
    """A file that no sound can be read from; `path` is the file."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


def read_audio(
    path: Path | str, sample_rate_hz: int = SAMPLE_RATE_HZ, *, max_samples: int | None = None
) -> NDArray[np.float32]:
    """Return the sound of a file, sound or film: mono samples [n] at `sample_rate_hz`, full scale ±1.

    Channels are averaged (Sound2Scene mixes down before anything else). What a lossy file decodes to beyond full
    scale is left as it is. At the model's rate one sample is a sound; at another, less than a millisecond is lost in
    the conversion, and refused. With `max_samples` reading stops there, and what follows is not looked at: a clip of
    an hour costs no more than a clip. Raises AudioFileError.
    """
    blocks, heard = [], 0
    for block in decode_audio(path, sample_rate_hz):
        blocks.append(block)
        heard += len(block)
        if max_samples is not None and heard >= max_samples:
            break
    return np.concatenate(blocks)[:max_samples]


def decode_audio(path: Path | str, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Iterator[NDArray[np.float32]]:
    """Yield what `read_audio` returns, block by block as the file is decoded; at least one block, none
    empty.
    """
    file = Path(path)
    heard = False
    try:
        with av.open(str(file)) as container:
            if not container.streams.audio:
                raise AudioFileError(file, "holds no sound; expected a file with an audio track")
            if container.streams.audio[0].codec_context is None:
                raise AudioFileError(file, "holds sound of a kind that cannot be decoded")
            if not _LOWEST_RATE_HZ <= (rate_hz := container.streams.audio[0].rate) <= _HIGHEST_RATE_HZ:
                raise AudioFileError(file, f"says it has {rate_hz} samples a second; expected 1000 to a million")
            for block in mono_blocks(container.decode(container.streams.audio[0]), sample_rate_hz):
                heard = True
                if not np.isfinite(block).all():
                    raise AudioFileError(file, "holds NaN or infinite samples")
                yield block
    except FileNotFoundError as error:
        raise AudioFileError(file, "no such file") from error
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AudioFileError(file, f"cannot be read as sound: {reason}") from error
    if not heard:
        raise AudioFileError(file, "is empty, or shorter than a millisecond; expected some sound")


def sounds_in(folder: Path | str) -> list[Path]:
    """Return the sounds and films of `folder` and the folders in it, sorted; raises AudioFileError for none."""
    root = Path(folder)
    if not root.is_dir():
        raise AudioFileError(root, "no such folder; expected one that holds sounds")
    found = sorted(path for path in root.rglob("*") if path.suffix.lower() in _SOUNDS + _FILMS and path.is_file())
    if not found:
        raise AudioFileError(root, "holds no sound; expected files such as .wav, .flac, .ogg, .mp3 or films")
    return found


def mono_blocks(frames: Iterable[av.AudioFrame], sample_rate_hz: int) -> Iterator[NDArray[np.float32]]:
    """Yield decoded frames, all of one kind, as blocks of mono samples [n] at `sample_rate_hz`."""
    # Only the rate is converted here: FFmpeg's own mix of float samples to mono is 3 dB above the average.
    # Interleaved, not one plane a channel: PyAV looks for planes past the last one where there are more than eight.
    resampler = AudioResampler(format="flt", rate=sample_rate_hz)
    for frame in frames:
        yield from _mixed(resampler.resample(frame))
    yield from _mixed(resampler.resample(None))


def _mixed(frames: list[av.AudioFrame]) -> Iterator[NDArray[np.float32]]:
    for frame in frames:
        if frame.samples:
            channels = frame.to_ndarray().reshape(frame.samples, -1).T  # [channels, n]
            yield np.ascontiguousarray(channels).mean(axis=0, dtype=np.float32)
