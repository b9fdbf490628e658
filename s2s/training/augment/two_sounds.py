"""Sounds of one thing and of two, in rooms, by microphones and at levels drawn at random: what finished ears hear."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor

from s2s.data.clip_source import Sound
from s2s.spectrogram import fit_clip, log_power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.spectrogram_augment import (
    SpectrogramAugmentation,
    SpectrogramBatch,
    augment_spectrograms,
)
from s2s.training.engine.step_context import SampleRng
from s2s.world.composition import composes

_RMS: Final = 0.05  # -26 dBFS: of each of two, before levels are drawn
_APART_DB: Final = 6.0  # at most, of two things at once
_LEVELS_DB: Final = (-20.0, 6.0)
_AS_HEARD: Final = SpectrogramAugmentation(
    gain_db=(0.0, 0.0), calibrated_gain_db=(0.0, 0.0), background_share=0.0, short_share=0.15
)
"""Nothing else sounds. With rooms but no microphones a second thing is heard in 0.18 of real recordings, not 0.07."""


class OfScene(NamedTuple):
    """A mono sound of any length at the model's rate, of one of the names that it knows."""

    scene: str
    sound: Sound


@dataclass(frozen=True, slots=True, eq=False)
class TwoSounds:
    """Draws of `sounds`: each alone once, then `mixes` of two that the world can paint together."""

    sounds: Sequence[OfScene]
    mixes: int
    seed: int = 0

    def drawn(self) -> Iterator[tuple[tuple[str, ...], Sound]]:
        """Yield what sounds and how: those alone, then the mixes, pairs of scenes evenly."""
        rng = np.random.default_rng([self.seed, *b"two sounds"])
        for one in self.sounds:
            yield (one.scene,), _at_level(np.asarray(one.sound, np.float32), rng)
        of_scene: dict[str, list[Sound]] = {}
        for one in self.sounds:
            of_scene.setdefault(one.scene, []).append(one.sound)
        pairs = [(a, b) for a in sorted(of_scene) for b in sorted(of_scene) if composes(a, b)]
        for number in range(self.mixes if pairs else 0):
            if number % len(pairs) == 0:
                rng.shuffle(pairs)
            a, b = pairs[number % len(pairs)]
            first, second = (_levelled(of_scene[scene][int(rng.integers(len(of_scene[scene])))]) for scene in (a, b))
            length = max(len(first), len(second))
            apart = np.float32(10.0 ** (rng.uniform(-_APART_DB, _APART_DB) / 20.0))
            yield (a, b), _at_level(apart * np.resize(first, length) + np.resize(second, length), rng)


def in_rooms(sounds: Sequence[Sound], spec: SpectrogramSpec, generator: torch.Generator) -> Tensor:
    """Return the log power [n, bins, frames] of `sounds`, each by a microphone in a room drawn at random."""
    clips = torch.stack([fit_clip(sound, spec) for sound in sounds])
    clean = (log_power(clips, spec) - math.log(spec.floor)).clamp_min(0.0).float()
    alone = SpectrogramBatch(clean, torch.zeros_like(clean), torch.ones(len(clean), dtype=torch.bool))
    rng = SampleRng.whole_batch(generator, len(sounds))
    heard = augment_spectrograms(alone, _AS_HEARD, spec, rng).clamp_min(0.0)
    return heard.double() + math.log(spec.floor)


def _levelled(sound: Sound) -> Sound:
    rms = max(float(np.sqrt(np.square(sound).mean())), 1e-9)
    return np.asarray(_RMS / rms * sound, np.float32)


def _at_level(sound: Sound, rng: np.random.Generator) -> Sound:
    gain = np.float32(10.0 ** (rng.uniform(*_LEVELS_DB) / 20.0))
    return np.asarray((gain * sound).clip(-1.0, 1.0), np.float32)
