"""Sounds with pictures made up for the tests: short, few, and gone in a moment."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch

from s2s.spectrogram import log_power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.pairs import Pairs

SECOND = SpectrogramSpec(clip_samples=16_000)
RATE_HZ = 16_000


class Tones:
    """A `PairSource` of `count` tones, each with `pictures_each` grey pictures; those of `broken` cannot be read."""

    def __init__(
        self, count: int, *, broken: Sequence[int] = (), val_from: int = 1000, loud: float = 0.1, pictures: int = 1
    ) -> None:
        self.ids = [f"tone-{number:03d}" for number in range(count)]
        self.broken, self.val_from, self.loud, self.pictures_each = broken, val_from, loud, pictures
        self.choice: dict[str, Any] = {"frames": "middle"}
        self.heard: list[int] = []
        self.stop_at = -1

    def split(self, pair_id: str) -> Literal["train", "val", "test"]:
        if _number(pair_id) > self.val_from:
            return "test"
        return "val" if _number(pair_id) == self.val_from else "train"

    def label(self, pair_id: str) -> str | None:
        return None if _number(pair_id) == 0 else f"octave {_number(pair_id) // 12}"

    def weight(self, pair_id: str) -> float:
        return 3.0 if _number(pair_id) == 0 else 1.0

    def calibrated(self, pair_id: str) -> bool:
        return _number(pair_id) == 2

    def sound(self, pair_id: str) -> np.ndarray:
        number = _number(pair_id)
        if number == self.stop_at:
            raise KeyboardInterrupt
        if number in self.broken:
            raise ValueError("its shard\nis damaged")
        self.heard.append(number)
        time_s = np.arange(RATE_HZ) / RATE_HZ
        return (self.loud * np.sin(2 * np.pi * (200 + 50 * number) * time_s)).astype(np.float32)

    def pictures(self, pair_id: str) -> np.ndarray:
        few = 1 + _number(pair_id) % self.pictures_each
        return np.stack([np.full((64, 64, 3), 40 + 5 * _number(pair_id) + 60 * one, np.uint8) for one in range(few)])


def pairs_of(
    sounds: np.ndarray, features: np.ndarray, spec: SpectrogramSpec = SECOND, *, num_held_out: int = 0
) -> Pairs:
    """Return pairs in memory: sounds [n, clip_samples] and features [n, k, d]; the last ones are held out."""
    levels = log_power(torch.from_numpy(sounds), spec) - np.log(spec.floor)
    num, rows = len(sounds), np.arange(len(sounds))
    return Pairs(
        train=rows[: num - num_held_out],
        held_out=rows[num - num_held_out :],
        test=rows[:0],
        ids=tuple(map(str, rows)),
        classes=(),
        labels=np.full(num, -1),
        weights=np.ones(num),
        calibrated=np.zeros(num, bool),
        spec=spec,
        log_spectrograms=levels.clamp_min(0.0).half().numpy(),
        features=features.astype(np.float32),
    )


def tiny_pairs(num: int = 8, *, num_held_out: int = 0, dim: int = 8, pictures: int = 1, seed: int = 0) -> Pairs:
    """Return noises of different colours with random features, none negative."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(0.01, 0.3, (num, 1))
    sounds = (level * rng.standard_normal((num, SECOND.clip_samples))).clip(-1, 1).astype(np.float32)
    return pairs_of(sounds, rng.uniform(0.0, 1.0, (num, pictures, dim)), num_held_out=num_held_out)


def _number(pair_id: str) -> int:
    return int(pair_id.split("-")[1])
