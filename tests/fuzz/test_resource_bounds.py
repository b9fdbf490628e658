"""A small file or message costs little, whatever it claims to be: memory and recursion have bounds, which a fault would
exceed by far.
"""

import io
import json
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import pytest

from installation.control.midi.store import read_map
from installation.control.osc.messages import read_packet
from installation.control.page.live_messages import MessageError, read_message
from installation.cues.cue_list import CueError, read_cues
from installation.grading.cube_file import CubeError, parse_cube
from installation.isf.header import IsfError, read_header
from installation.osc_bundle import OscBundleError, elements
from installation.outputs.layout import LayoutError, read_layout
from installation.presets.preset import PresetError
from installation.presets.reading import read_preset
from installation.session.blocks import MAGIC, BlockReader
from s2s.card import BundleError, read_card
from s2s.files.document import DocumentError, parse_json, parse_yaml
from tests.fuzz.family_bundles import weights
from tests.fuzz.media_bytes import chunk, png, png_of, wav
from tests.test_lock import ROOT

BOMB: Final = "a0: &a0 [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(30))
DEEP: Final = "[" * 100_000 + "]" * 100_000
MAPS: Final = "x: " + "{a: " * 5_000 + "1" + "}" * 5_000
WIDE: Final = "".join(f"k{number}: 1\n" for number in range(20_000))
_PACKED: Final = 3 << 27
LONG_NUMBER: Final = "x: " + "9" * 100_000


def grown_mib(work: Callable[[], object]) -> float:
    """Return the most that `work` held at a time."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def refused(kind: type[Exception], work: Callable[[], object]) -> Callable[[], None]:
    """Return `work` as something that has to be refused by a `kind` in one short line."""

    def do() -> None:
        with pytest.raises(kind) as error:
            work()
        assert str(error.value).isprintable() and len(str(error.value)) < 400

    return do


@pytest.mark.parametrize("text", [BOMB, DEEP, MAPS, WIDE, LONG_NUMBER], ids=["bomb", "deep", "maps", "wide", "digits"])
def test_a_file_of_the_venue_costs_little_whatever_it_says(tmp_path: Path, text: str) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("name: x\ndescription: x\n" + text if text is not DEEP else text)
    readers: list[Callable[[], None]] = [
        refused(DocumentError, lambda: parse_yaml(path.read_bytes())),
        refused(PresetError, lambda: read_preset(path)),
        refused(CueError, lambda: read_cues(path, list)),
        refused(LayoutError, lambda: read_layout(path)),
        refused(BundleError, lambda: read_card(tmp_path)),
    ]
    assert max(grown_mib(reader) for reader in readers) < 40
    assert read_map(path).is_refused


def test_a_message_costs_little_however_deep_it_is() -> None:
    deep = DEEP[:2_000] + "]" * 2_000
    said = [deep, '{"a":' * 700 + "1" + "}" * 700, '{"type":"set","address":"/x","value":' + "[" * 1_500]
    for text in said:
        assert grown_mib(refused(MessageError, partial(read_message, text))) < 4
        assert grown_mib(refused(DocumentError, partial(parse_json, text.encode()))) < 4
        assert grown_mib(refused(IsfError, partial(read_header, f"/*{text}*/"))) < 4


def test_bundles_inside_of_bundles_end() -> None:
    packet = b"/x\0\0,\0\0\0"
    for _ in range(300):
        packet = b"#bundle\0" + bytes(8) + struct.pack(">i", len(packet)) + packet
    with pytest.raises(OscBundleError, match="nested"):
        elements(packet)
    with pytest.raises(OscBundleError, match="size"):
        elements(b"#bundle\0" + bytes(8) + struct.pack(">i", -4) + b"/x\0\0")
    many = b"#bundle\0" + bytes(8) + (struct.pack(">i", 8) + b"/x\0\0,\0\0\0") * 600
    assert len(read_packet(many).messages) == 600


def test_a_cube_holds_what_its_size_says_or_is_refused_before_it_is_made() -> None:
    for claim in (
        "LUT_3D_SIZE 65",
        "LUT_1D_SIZE 65536",
        "LUT_3D_SIZE 4096",
        "LUT_3D_SIZE 99999999",
        "LUT_1D_SIZE " + "9" * 5_000,
    ):
        assert grown_mib(refused(CubeError, partial(parse_cube, f"{claim}\n0 0 0\n".encode(), Path("x")))) < 8


def test_a_block_of_a_session_does_not_become_a_thousand_times_as_large(tmp_path: Path) -> None:
    packed = zlib.compress(bytes(2**27), 1)
    for claimed in (100, 2**26, 2**32 - 1):
        path = tmp_path / "turns.log"
        path.write_bytes(MAGIC + struct.pack("<4sIII", b"BLK1", len(packed), zlib.crc32(packed), claimed) + packed)
        with path.open("rb") as file:
            reader = BlockReader(file)
            assert grown_mib(partial(list, reader)) < 150
        assert reader.damage


def flac_of_silence(path: Path, minutes: int) -> None:
    """Write silence, of which an hour is a small file."""
    with av.open(f"file:{path}", "w") as container:
        stream = container.add_stream("flac", rate=44_100, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        for number in range(minutes):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 60 * 4_410), np.int16), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = 44_100, number * 60 * 4_410
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def film_that_lies(path: Path) -> None:
    """Write a film whose pictures say in their own headers that they are 65 500 pixels a side."""
    with av.open(f"file:{path}", "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "yuvj420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 32, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(picture.reformat(format="yuvj420p")))
        container.mux(stream.encode(None))
    content, mark = path.read_bytes(), b"\xff\xc0\x00\x11\x08"
    assert mark in content
    at = content.index(mark) + len(mark)
    path.write_bytes(content[:at] + struct.pack(">HH", 65_500, 65_500) + content[at + 4 :])


def packed_checkpoint() -> bytes:
    """Return a checkpoint of 400 MB of zeros, compressed as PyTorch does not."""
    weights = b"".join((b"ctorch._utils\n_rebuild_tensor_v2\n", b"((X\7\0\0\0storagectorch\nByteStorage\n"))
    weights += b"X\1\0\0\0" + b"0X\3\0\0\0cpuJ" + struct.pack("<i", _PACKED) + b"tQK\0J" + struct.pack("<i", _PACKED)
    weights += b"\x85K\1\x85\x89ccollections\nOrderedDict\n)RtR"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x/data.pkl", b"\x80\x02}X\1\0\0\0w" + weights + b"s.")
        archive.writestr("x/version", "3\n")
        archive.writestr("x/byteorder", "little")
        archive.writestr("x/data/0", bytes(_PACKED))
    return file.getvalue()


def picture_of_zeros(colour: int, channels: int) -> bytes:
    """Return a PNG of just below a hundred million pixels, all of them clear or black."""
    width_px, height_px, packed = 9_990, 10_000, zlib.compressobj(1)
    rows = bytes(1 + width_px * channels) * 100
    data = b"".join(packed.compress(rows) for _ in range(height_px // 100)) + packed.flush()
    return png_of(width_px, height_px, 8, colour, data)


@pytest.mark.proc
@pytest.mark.parametrize(
    ("colour", "channels"),
    [
        pytest.param(6, 4, id="clear"),  # the one that costs most
        pytest.param(4, 2, id="grey", marks=pytest.mark.slow),
        pytest.param(2, 3, id="plain", marks=pytest.mark.slow),
    ],
)
def test_the_largest_picture_is_decoded_once_and_what_is_transparent_costs_no_more(
    tmp_path: Path, colour: int, channels: int
) -> None:
    """Decoded it takes 400 MB and what comes of it 300 MB, each of which was there up to three times."""
    (tmp_path / "large.png").write_bytes(picture_of_zeros(colour, channels))
    report = peak_of(tmp_path)
    assert set(report["told"].values()) == {"read: (64, 64, 3)"}
    assert report["grown_mib"] < 800


def peak_of(folder: Path) -> dict[str, Any]:
    """Return what a process tells that reads all files of a folder."""
    command = [sys.executable, "-m", "tests.fuzz.peak", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.proc
def test_no_sound_picture_film_or_weights_takes_more_memory_than_it_is_worth(tmp_path: Path) -> None:
    text = chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(2**27), 9))
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2**27), 9))
    sizes = {"bomb": (50_000, 50_000), "strip": (2**31 - 1, 1), "zero": (0, 9)}
    files = {f"{name}.png": png(*size, 1, 0, bytes(6_251) * 200) for name, size in sizes.items()}
    files |= {"text.png": png(12, 9, 8, 0, bytes(117), text), "profile.png": png(12, 9, 8, 0, bytes(117), profile)}
    files |= {
        "gif.gif": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x80\0\0" + bytes(6) + b",\0\0\0\0" + b"\xff" * 5
    }
    files |= {
        "wide.bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0)
    }
    files |= {f"channels-{n}.wav": wav(1, n, 44_100, 16, 2**32 - 1, bytes(4_000)) for n in (0, 255, 65_535)}
    files |= {f"rate-{n}.wav": wav(1, 1, n, 16, 2**31, bytes(4_000)) for n in (0, 1, 999_999, 2**32 - 1)}
    entry = {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}
    files |= {"claims.safetensors": weights({"x": entry}, b""), "head.safetensors": weights({}, b"", 2**40)}
    files |= {"many.safetensors": weights({"x": {**entry, "shape": [0] * 20_000, "data_offsets": [0, 0]}}, b"")}
    files |= {"deep.safetensors": weights(b"[" * 100_000, b"")}
    files |= {
        "swells.pth": b"\x80\x02c__builtin__\nbytearray\n\x8a\x05\0\0\0\0\x02\x85R.",
        "packed.pth": packed_checkpoint(),
    }
    folder = tmp_path / "files"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    flac_of_silence(folder / "silence.flac", 20)
    film_that_lies(folder / "lies.avi")
    assert max(path.stat().st_size for path in folder.iterdir()) < 2_000_000

    report = peak_of(folder)
    assert report["grown_mib"] < 400
    wrong = {name: said for name, said in report["told"].items() if not said.startswith(("read: ", "refused: "))}
    assert wrong == {} and report["told"]["silence.flac"] == "read: 160000"
    for name in (
        "bomb.png",
        "strip.png",
        "wide.bmp",
        "gif.gif",
        "claims.safetensors",
        "head.safetensors",
        "swells.pth",
        "packed.pth",
    ):
        assert report["told"][name].startswith("refused: "), (name, report["told"][name])
