"""Sounds of one thing and of two: who sounds, how loud, and as the model hears them in rooms."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.spectrogram import fit_clip, normalise, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment import two_sounds
from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION
from s2s.training.augment.two_sounds import OfScene, TwoSounds, in_rooms
from s2s.world.composition import composes

SPEC = SpectrogramSpec(floor=1e-12, normalisation="fixed", mean=-20.0, deviation=4.0)


def tone(scene: str, hz: float, seconds: float = 1.0) -> OfScene:
    at = np.arange(round(16_000 * seconds)) / 16_000
    return OfScene(scene, (0.2 * np.sin(2 * np.pi * hz * at)).astype(np.float32))


SOUNDS = (tone("helicopter", 500.0), tone("sea", 2_000.0, 2.0), tone("owl", 4_000.0))


def loudness(sound: np.ndarray, hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(sound))
    return float(spectrum[round(hz * len(sound) / 16_000)])


def test_each_sounds_alone_once_and_mixes_are_of_two_that_can_be_painted_together() -> None:
    drawn = list(TwoSounds(SOUNDS, mixes=40).drawn())
    assert [scenes for scenes, _ in drawn[:3]] == [("helicopter",), ("sea",), ("owl",)]
    pairs = Counter(scenes for scenes, _ in drawn[3:])
    assert sum(pairs.values()) == 40 and all(composes(*pair) for pair in pairs)
    assert max(pairs.values()) - min(pairs.values()) <= 1


def test_two_are_within_six_decibels_of_each_other_and_as_long_as_the_longer() -> None:
    mixes = [
        (scenes, sound) for scenes, sound in TwoSounds(SOUNDS, mixes=40).drawn() if set(scenes) == {"helicopter", "sea"}
    ]
    assert mixes
    for _, sound in mixes:
        assert len(sound) == 32_000 and float(np.abs(sound).max()) <= 1.0
        assert abs(20.0 * np.log10(loudness(sound, 500.0) / loudness(sound, 2_000.0))) < 6.1


def test_the_same_seed_draws_the_same() -> None:
    one, again, other = (list(TwoSounds(SOUNDS, 5, seed=seed).drawn()) for seed in (0, 0, 1))
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(one, again, strict=True))
    assert any(not np.array_equal(a[1], b[1]) for a, b in zip(one, other, strict=True))


def as_given(log_power: Tensor) -> Tensor:
    """What a model is given of log power [n, bins, frames]."""
    return normalise(log_power, SPEC).float().unsqueeze(1)


def test_by_a_perfect_microphone_the_model_is_given_what_it_always_is_from_some_moment_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(two_sounds, "_AS_HEARD", NO_AUGMENTATION)
    sounds = [one.sound for one in SOUNDS]
    expected = spectrogram(torch.stack([fit_clip(sound, SPEC) for sound in sounds]), SPEC)
    heard = as_given(in_rooms(sounds, SPEC, torch.Generator().manual_seed(0)))
    assert_close(heard.sort(dim=-1).values, expected.sort(dim=-1).values, atol=1e-3, rtol=0.0)


def test_a_room_goes_on_sounding_where_the_sound_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_sounds, "_AS_HEARD", replace(NO_AUGMENTATION, room_share=1.0))
    burst = np.zeros(160_000, np.float32)
    burst[16_000:16_400] = np.random.default_rng(0).uniform(-0.5, 0.5, 400)
    heard = as_given(in_rooms([burst], SPEC, torch.Generator().manual_seed(0)))
    dry = spectrogram(fit_clip(burst, SPEC)[None], SPEC)
    sounding = [int((one.mean(dim=2) > float(dry.min()) + 0.5).sum()) for one in (dry, heard)]
    assert sounding[0] < 8 and sounding[1] > sounding[0] + 15


def test_a_microphone_is_another_each_time() -> None:
    once, again = as_given(in_rooms([SOUNDS[0].sound] * 2, SPEC, torch.Generator().manual_seed(0)))
    assert float((once.mean(dim=2) - again.mean(dim=2)).abs().max()) > 0.1
