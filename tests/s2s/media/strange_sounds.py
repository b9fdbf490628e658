"""Sound files as strangers have them, made on the spot: each says what is odd about it."""

import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
ID3V1_IN_LATIN_1 = (b"TAG" + b"Rivi\xe8re".ljust(30, b"\0") + b"Ren\xe9".ljust(30, b"\0")).ljust(128, b"\0")
LYRICS_TAG = b"LYRICSBEGININD0000210LYR00012La, la, l\xe0.000042LYRICS200"


def tone(seconds: float, rate_hz: int, pitch_hz: float = 440.0) -> Samples:
    """Return mono [n]."""
    return (0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def encoded(path: Path, samples: Samples, codec: str, rate_hz: int) -> bytes:
    """Write [n] or [n, 2] as `codec` in the container that the name says; return the file's bytes."""
    layout = "mono" if samples.ndim == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout=layout)
    frame.sample_rate = rate_hz
    with av.open(f"file:{path}", "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(format=stream.format, rate=rate_hz, frame_size=stream.frame_size or 1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path.read_bytes()


def mp3(path: Path, seconds: float = 2.0, rate_hz: int = 44_100) -> bytes:
    """Write a tone as MP3."""
    return encoded(path, tone(seconds, rate_hz), "libmp3lame", rate_hz)


def joined_rates(path: Path) -> Path:
    """Two seconds at 44.1 kHz, then two at 22.05, as a joiner of MP3 files leaves them."""
    path.write_bytes(mp3(path) + mp3(path, rate_hz=22_050))
    return path


def joined_layouts(path: Path) -> Path:
    """Two seconds of stereo, then two of mono, as broadcasts change (ADTS)."""
    stereo = np.stack([tone(2.0, 44_100), tone(2.0, 44_100)], axis=1)
    path.write_bytes(encoded(path, stereo, "aac", 44_100) + encoded(path, tone(2.0, 44_100), "aac", 44_100))
    return path


def damaged(path: Path, seconds: float = 4.0) -> Path:
    """MP3 with 500 bytes of nonsense in its middle."""
    content = bytearray(mp3(path, seconds))
    middle = len(content) // 2
    content[middle : middle + 500] = np.random.default_rng(0).integers(0, 256, 500, np.uint8).tobytes()
    path.write_bytes(content)
    return path


def padded(path: Path) -> Path:
    """MP3 and four kilobytes of padding after its last frame, cut within a false one."""
    path.write_bytes(mp3(path) + b"\xff\xfb\x90\x64" + bytes(4_000))
    return path


def with_lyrics(path: Path) -> Path:
    """MP3 with words of the song behind the sound, as karaoke programs keep them."""
    path.write_bytes(mp3(path) + LYRICS_TAG + ID3V1_IN_LATIN_1)
    return path


def latin_1_tags(path: Path) -> Path:
    """MP3 whose tags are in the encoding of the nineties."""
    path.write_bytes(mp3(path) + ID3V1_IN_LATIN_1)
    return path


def anti_phase(path: Path, seconds: float = 3.0) -> Path:
    """A stereo WAV of one tone, the right channel upside down: a balanced line in a stereo socket."""
    left = tone(seconds, 16_000)
    return pcm(path, np.stack([left, -left], axis=1))


def one_sample(path: Path) -> Path:
    """46 bytes: a header and one sample."""
    return pcm(path, np.array([0.5], np.float32))


def pcm(path: Path, samples: Samples, rate_hz: int = 16_000) -> Path:
    """Write [n] or [n, channels] as 16-bit WAV."""
    with path.open("wb") as file, wave.open(file) as sound:
        sound.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return path
