"""Sounds as small files: what is written is what is read."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from s2s.media.audio import read_audio
from s2s.media.sound_writer import write_flac

RATE_HZ = 16_000
STEPS = 2 / 32_768  # of sixteen bits, two


def tone(num_samples: int, amplitude: float = 0.5) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = (amplitude * np.sin(np.arange(num_samples) * 0.1)).astype(np.float32)
    return samples


@pytest.mark.parametrize("num_samples", [1, 4095, 16_000])
def test_a_flac_file_holds_the_sound_to_sixteen_bits(tmp_path: Path, num_samples: int) -> None:
    sound = tone(num_samples)
    write_flac(tmp_path / "tone.flac", sound, RATE_HZ)
    read = read_audio(tmp_path / "tone.flac", RATE_HZ)
    assert len(read) == num_samples
    assert np.abs(read - sound).max() < STEPS


def test_what_is_beyond_full_scale_is_clipped(tmp_path: Path) -> None:
    write_flac(tmp_path / "loud.flac", tone(1000, amplitude=3.0), RATE_HZ)
    read = read_audio(tmp_path / "loud.flac", RATE_HZ)
    assert np.abs(read - np.clip(tone(1000, amplitude=3.0), -1.0, 1.0)).max() < STEPS


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros((2, 8)), np.array([0.0, np.nan])])
def test_what_is_no_mono_sound_is_refused_and_no_file_is_left(tmp_path: Path, sound: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="expected mono sound"):
        write_flac(tmp_path / "none.flac", sound.astype(np.float32), RATE_HZ)
    assert not any(tmp_path.iterdir())
