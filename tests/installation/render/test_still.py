"""The model's still: shown where it can be, and never worth a show."""

import logging
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from installation.render.still import read_still, still_of


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG file that says it has so many pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 64)
    chunks = [struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) for body in (header, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_good_still_is_read_in_colour(tmp_path: Path) -> None:
    Image.new("L", (8, 4), 90).save(tmp_path / "thumbnail.png")
    pixels = read_still(tmp_path / "thumbnail.png")
    assert pixels is not None and pixels.shape == (4, 8, 3) and pixels.dtype == np.uint8


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", png(12_000, 12_000), png(4_097, 1), png(100_000, 100_000), png(64, 64), png(0, 0)],
    ids=["empty", "text", "huge", "wide", "bomb", "truncated", "nothing"],
)
def test_a_still_that_cannot_be_used_costs_one_line_and_no_memory(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "thumbnail.png").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_still(tmp_path / "thumbnail.png") is None
    assert len(caplog.records) == 1 and "thumbnail.png is not shown" in caplog.text


def test_a_show_opens_with_a_picture_of_its_model_where_there_is_one_else_with_the_sheet(tmp_path: Path) -> None:
    assert still_of(tmp_path) is None
    for name, grey in (("thumbnail.png", 90), ("still.png", 120)):
        Image.new("RGB", (8, 4), (grey,) * 3).save(tmp_path / name)
        shown = still_of(tmp_path)
        assert shown is not None and np.all(shown == grey)
    (tmp_path / "still.png").write_bytes(b"no picture")
    shown = still_of(tmp_path)
    assert shown is not None and np.all(shown == 90)


def test_a_model_without_a_still_is_no_news(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read_still(tmp_path / "thumbnail.png") is None
    assert caplog.records == []
