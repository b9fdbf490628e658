"""Small valid media files, made on the spot, and their containers with fields that lie."""

import io
import struct
import zlib
from pathlib import Path
from typing import Final

import av
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image

from tests.s2s.media.strange_sounds import encoded, tone

_SOUNDS: Final = (
    ("a.wav", "pcm_s16le"),
    ("a.flac", "flac"),
    ("a.ogg", "libopus"),
    ("a.mp3", "libmp3lame"),
    ("a.aac", "aac"),
)
_FILMS: Final = (("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.webm", "libvpx"), ("a.avi", "mpeg4"), ("a.gif", "gif"))
_PICTURES: Final = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "ICO")
_SIZES: Final = (0, 1, 2, 63, 65_535, 65_536, 100_000, 2**24, 2**31 - 1, 2**31, 2**32 - 1)


def sounds(folder: Path) -> list[bytes]:
    """Return a twentieth of a second of a tone in each kind of file."""
    return [encoded(folder / name, tone(0.05, 48_000), codec, 48_000) for name, codec in _SOUNDS]


def films(folder: Path) -> list[bytes]:
    """Return three small pictures in each kind of film."""
    return [_film(folder / name, codec) for name, codec in _FILMS]


def pictures(_folder: Path) -> list[bytes]:
    """Return a small picture in each kind of file, one of them turned and one with transparency."""
    rgb = Image.fromarray(np.arange(12 * 9 * 3, dtype=np.uint8).reshape(9, 12, 3))
    found = [_saved(rgb, kind) for kind in _PICTURES]
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = io.BytesIO()
    rgb.save(turned, "JPEG", exif=exif)
    others = [_saved(rgb.convert(mode), "PNG") for mode in ("RGBA", "P", "L", "1", "I;16")]
    return [*found, turned.getvalue(), *others, _saved(rgb.convert("CMYK"), "TIFF")]


def _saved(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def _film(path: Path, codec: str) -> bytes:
    with av.open(f"file:{path}", "w") as container:
        stream = container.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = 32, 16
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        for number in range(3):
            pixels = np.full((16, 32, 3), 40 * number, np.uint8)
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=stream.pix_fmt))
            )
        container.mux(stream.encode(None))
    return path.read_bytes()


def wav(kind: int, channels: int, rate_hz: int, bits: int, claimed: int, data: bytes, more: bytes = b"") -> bytes:
    """Return a WAV file whose header says what it is told to; `claimed` are the bytes of sound that it promises."""
    frame = channels * bits // 8
    fmt = struct.pack(
        "<HHIIHH", kind % 2**16, channels % 2**16, rate_hz % 2**32, rate_hz * frame % 2**32, frame % 2**16, bits % 2**16
    )
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + more + b"data" + struct.pack("<I", claimed % 2**32) + data
    return b"RIFF" + struct.pack("<I", len(body) % 2**32) + body


def wavs() -> SearchStrategy[bytes]:
    """Draw WAV files of any claims."""
    return st.builds(
        wav,
        st.sampled_from((1, 3, 6, 7, 2, 17, 85, 0, 0xFFFE, 0xFFFF)),
        st.sampled_from((1, 2, 3, 8, 64, 0, 255, 256, 65_535)),
        st.sampled_from((0, 1, 7, 999, 8_000, 44_100, 192_000, 999_999, 1_000_001, 2**31 - 1, 2**32 - 1)),
        st.sampled_from((0, 1, 8, 12, 16, 24, 32, 64, 65_535)),
        st.sampled_from((0, 1, 100, 2**31 - 1, 2**31, 2**32 - 1)),
        st.binary(max_size=200),
        st.one_of(
            st.just(b""),
            st.builds(
                lambda name, size, data: name + struct.pack("<I", size) + data,
                st.sampled_from((b"LIST", b"fact", b"bext", b"id3 ", b"\0\0\0\0")),
                st.sampled_from((*range(0, 20, 4), 2**32 - 1)),
                st.binary(max_size=12),
            ),
        ),
    )


def png(width: int, height: int, depth: int, colour: int, data: bytes, more: bytes = b"") -> bytes:
    """Return a PNG whose header says what it is told to, every checksum right: else no reader looks any further."""
    return png_of(width, height, depth, colour, zlib.compress(data), more)


def png_of(width: int, height: int, depth: int, colour: int, packed: bytes, more: bytes = b"") -> bytes:
    """Return a PNG around rows that are compressed already."""
    header = struct.pack(">IIBBBBB", width % 2**32, height % 2**32, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pngs() -> SearchStrategy[bytes]:
    """Draw PNG files of any claims."""
    names = st.sampled_from(
        (b"PLTE", b"tRNS", b"iCCP", b"zTXt", b"iTXt", b"eXIf", b"acTL", b"fcTL", b"gAMA", b"pHYs", b"IHDR")
    )
    return st.builds(
        png,
        st.sampled_from((*_SIZES, 12)),
        st.sampled_from((*_SIZES, 9)),
        st.sampled_from((1, 2, 4, 8, 16, 0, 3, 255)),
        st.sampled_from((0, 2, 3, 4, 6, 1, 255)),
        st.binary(max_size=400),
        st.lists(st.builds(chunk, names, st.binary(max_size=40)), max_size=3).map(b"".join),
    )
