"""What a random microphone may and may not do to a sound."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.spectrogram import spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.data import DataError
from s2s.training.hearing import Hearing, coloured_input, heard, noise_floor
from s2s.training.recordings import read_recordings

SPEC = SpectrogramSpec(normalisation="fixed", mean=-12.0, deviation=3.0)
NOTHING = Hearing(
    gain_db=(0.0, 0.0),
    floor_db=(-200.0, -200.0),
    background_share=0.0,
    short_share=0.0,
    tilt_db=0.0,
    lowpass_share=0.0,
)


def tone() -> np.ndarray:
    return (0.1 * np.sin(np.arange(160_000) * 0.3)).astype(np.float32)


def test_a_perfect_microphone_only_moves_the_start() -> None:
    sound = tone()
    out = heard(sound, sound, NOTHING, SPEC, np.random.default_rng(0))
    assert out.dtype == np.float32
    assert_close(np.sort(out), np.sort(sound), atol=1e-6, rtol=0)


def test_colouring_by_nothing_is_the_models_own_input() -> None:
    waveforms = torch.from_numpy(np.stack([tone(), 0.5 * tone(), 2 * tone()]))
    coloured = coloured_input(waveforms, NOTHING, SPEC, np.random.default_rng(0))
    assert_close(coloured, spectrogram(waveforms, SPEC))


def test_gain_moves_the_level_by_what_it_says() -> None:
    louder = Hearing(gain_db=(6.0, 6.0), floor_db=(-200.0, -200.0), background_share=0.0, short_share=0.0)
    out = heard(tone(), tone(), louder, SPEC, np.random.default_rng(0))
    assert 20 * np.log10(np.std(out) / np.std(tone())) == pytest.approx(6.0, abs=0.01)


def test_nothing_leaves_full_scale() -> None:
    loud = Hearing(gain_db=(40.0, 40.0))
    out = heard(tone(), tone(), loud, SPEC, np.random.default_rng(0))
    assert float(np.abs(out).max()) <= 1.0


def test_a_short_history_is_repeated_to_the_clip() -> None:
    short = Hearing(gain_db=(0.0, 0.0), floor_db=(-200.0, -200.0), background_share=0.0, short_share=1.0)
    noise = np.random.default_rng(1).normal(0, 0.1, 160_000).astype(np.float32)
    out = heard(noise, noise, short, SPEC, np.random.default_rng(0))
    assert len(out) == 160_000
    assert len(np.unique(out)) < 6.0 * 16_000 + 2


def test_the_noise_floor_has_unit_power() -> None:
    noise = noise_floor(16_000, np.random.default_rng(0))
    assert float(np.sqrt(np.mean(noise**2))) == pytest.approx(1.0, rel=1e-3)


def test_a_folder_without_recordings_says_what_it_expects(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sea_waves"):
        read_recordings(tmp_path, (1, 2))
