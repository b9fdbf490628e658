"""Photographs as telephones write them: HEIC, read by pi-heif, or named where that is not installed."""

import importlib.util
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from s2s.media.images import ImageFileError, images_in, read_image
from s2s.retrain.times import taken_at
from s2s.retrain.venue import photographs_of

PHOTOGRAPH = Path(__file__).parent / "photograph.heic"
"""64×48 pixels in four quarters: red, green, blue, white; taken on 28 November 2026 at 21:15:30."""
needs_heif = pytest.mark.skipif(importlib.util.find_spec("pi_heif") is None, reason="pi-heif is not installed")


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    return Path(shutil.copy(PHOTOGRAPH, tmp_path / "IMG_0001.HEIC"))


@needs_heif
def test_a_telephones_photograph_is_read_upright_in_its_colours(photograph: Path) -> None:
    pixels = read_image(photograph)
    assert pixels.shape == (48, 64, 3)
    colours = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 220))
    for (y, x), colour in zip(((12, 16), (12, 48), (36, 16), (36, 48)), colours, strict=True):
        assert np.abs(pixels[y, x].astype(int) - colour).max() < 20
    assert read_image(photograph, side_px=16).shape == (16, 16, 3)


@needs_heif
def test_it_is_found_in_a_folder_and_knows_when_it_was_taken(photograph: Path) -> None:
    assert images_in(photograph.parent) == [photograph]
    assert taken_at(photograph) == datetime(2026, 11, 28, 21, 15, 30)
    sound = photograph.with_name("IMG_0001.m4a")
    assert [each.path for each in photographs_of([sound], [photograph])[sound]] == [photograph]


@needs_heif
def test_damage_anywhere_gives_pixels_or_one_clear_line(photograph: Path) -> None:
    whole, rng = photograph.read_bytes(), np.random.default_rng(0)
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(1 + number % 5):
            damaged[int(rng.integers(len(whole)))] = int(rng.integers(256))
        photograph.write_bytes(damaged[: len(whole) if number % 2 else int(rng.integers(len(whole)))])
        try:
            assert read_image(photograph).ndim == 3
        except ImageFileError as error:
            assert "\n" not in str(error)


@pytest.mark.proc
def test_without_the_library_it_is_counted_and_named(photograph: Path) -> None:
    program = (
        "import sys; sys.modules['pi_heif'] = None\n"
        "from pathlib import Path\n"
        "from s2s.files.folders import unread_remark\n"
        "print(unread_remark(Path(sys.argv[1]), ('pictures',)))"
    )
    command = [sys.executable, "-c", program, str(photograph.parent)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    assert said.endswith("1 file is not read though it looks like pictures: IMG_0001.HEIC\n")
