"""Sound over OSC: datagrams on a real socket of the capture process, read as its loop reads them."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from hypothesis import strategies as st

from installation.audio.osc_pcm import PCM_FORMATS, OscPcm
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.family_osc import bundles_of, messages_of

_LARGEST: Final = 9_000
_LONGEST_SAMPLES: Final = 16_000 * 4
"""That one datagram may become: a second of loss concealed, a little sound at the lowest rate, and what was held."""


def pcm(sequence: int, rate_hz: int, channels: int, kind: bytes, blob: bytes) -> bytes:
    """Return one datagram of sound."""
    sizes = struct.pack(">iii", _wrapped(sequence), _wrapped(rate_hz), _wrapped(channels))
    text = kind + bytes(4 - len(kind) % 4)
    return b"/stream/pcm\0,iiisb\0\0" + sizes + text + struct.pack(">i", len(blob)) + blob + bytes(-len(blob) % 4)


def _wrapped(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31


def _seeds(_folder: Path) -> list[bytes]:
    tone = np.sin(np.arange(256) / 9).astype(np.float32)
    sounds = {"f32le": tone.tobytes(), "f32be": tone.astype(">f4").tobytes(), "s16le": tone.astype("<i2").tobytes()}
    found = [pcm(i, 48_000, 1, name.encode(), blob) for i, (name, blob) in enumerate(sounds.items())]
    found += [pcm(7 + i, rate, 2, b"f32le", tone.tobytes()) for i, rate in enumerate((16_000, 44_100, 4_000, 384_000))]
    features = b"/stream/features\0\0\0\0,ffffff\0" + struct.pack(">6f", *[0.5] * 6)
    return [*found, features]


_SOUND: Final = st.builds(
    pcm,
    st.one_of(st.integers(0, 40), st.sampled_from((2**31 - 1, -(2**31), -1)), st.integers(-(2**31), 2**31 - 1)),
    st.sampled_from((3_999, 4_000, 8_000, 44_100, 48_000, 96_000, 384_000, 384_001, 0, -1, 2**31 - 1, 48_001, 383_999)),
    st.sampled_from((1, 2, 3, 64, 65, 0, -1, 2**31 - 1)),
    st.sampled_from((*(name.encode() for name in PCM_FORMATS), b"s24le", b"", b"\xff\xfe", b"f32le" * 20)),
    st.one_of(
        st.binary(max_size=64), st.builds(lambda b, n: b * n, st.binary(min_size=4, max_size=16), st.integers(1, 300))
    ),
)


@contextmanager
def _opened(_folder: Path) -> Iterator[Callable[[bytes], None]]:
    now = 0.0
    with closing(OscPcm(0)) as sound, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", sound.port))

        def read(datagram: bytes) -> None:
            nonlocal now
            now += 0.01
            sender.send(datagram[:_LARGEST])
            block = sound.read(now)
            if block is not None and not (len(block.samples) <= _LONGEST_SAMPLES and np.isfinite(block.samples).all()):
                raise BrokenPromiseError(f"{len(block.samples)} samples of one datagram, or some that are no numbers")
            if sound.lost_samples > 16_000 * (now + 2.0):
                raise BrokenPromiseError(f"{sound.lost_samples} samples lost in {now:.1f} s")

        yield read


OSC_PCM: Final = Family(
    "osc-pcm",
    _seeds,
    lambda _seeds: st.one_of(
        _SOUND, _SOUND, bundles_of(st.one_of(_SOUND, messages_of(("/stream/pcm", "/stream/features"))))
    ),
    _opened,
    words=(
        b"/stream/pcm\0",
        b",iiisb\0\0",
        b",ffffff\0",
        b"f32le\0\0\0",
        b"s16be\0\0\0",
        b"\x7f\x80\0\0",
        b"\0\x05\xdc\0",
    ),
    share=1420,
)
