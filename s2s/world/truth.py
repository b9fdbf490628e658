"""What is known of a clip of the world, moment by moment: for measuring, never for training. Pure data.

A frame k of the truth is the tenth of a second from k / 10 s on, as in the published selection files.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from s2s.rates import FRAME_RATE_HZ
from s2s.world.scene_clip import SceneClip

SILENCE_DB: Final = -120.0
THERE: Final = 0.5
"""The presence from which a thing counts as shown."""
_DIGITS: Final = 4

Values = NDArray[np.float64]  # [frames]


@dataclass(frozen=True, slots=True)
class PartTruth:
    """One scene's part of a clip: `presence` 0..1, `size` (the share of the picture that its thing covers, 0..1), and
    `loudness_db`, the level of its own sound in dB below full scale; [frames] each.
    """

    scene: str
    presence: Values
    size: Values
    loudness_db: Values


@dataclass(frozen=True, slots=True)
class Truth:
    """A whole clip's truth; `parts` as in its clip, the one that owns the place first."""

    seed: int
    hour: float
    parts: tuple[PartTruth, ...]

    @property
    def num_frames(self) -> int:
        """Tenths of a second in the clip."""
        return len(self.parts[0].presence)

    def shown(self) -> NDArray[np.bool_]:
        """Return, for every frame, whether the thing that owns the clip is there, [frames]."""
        return self.parts[0].presence >= THERE

    def best_moments(self, count: int = 10) -> list[int]:
        """Return the frames that show most of what sounds, best first.

        A frame's worth is the sum over parts of presence · size · amplitude, the amplitude relative to the part's
        loudest; of equal ones the earlier is better.
        """
        worth = sum((_worth(part) for part in self.parts), start=np.zeros(self.num_frames))
        # Rounded: what differs by the last digits of a sum is equal.
        return [int(frame) for frame in np.argsort(-worth.round(6), kind="stable")[:count]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as `from_dict` takes them."""
        return {
            "seed": self.seed,
            "hour": round(self.hour, _DIGITS),
            "frame_rate_hz": FRAME_RATE_HZ,
            "parts": [
                {"scene": part.scene, **{name: _rounded(getattr(part, name)) for name in _CURVES}}
                for part in self.parts
            ],
            "best_moments": self.best_moments(),
        }

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Build from plain values. Raises KeyError or TypeError for anything that `to_dict` would not give."""
        parts = [
            PartTruth(part["scene"], *(np.asarray(part[name], np.float64) for name in _CURVES))
            for part in fields["parts"]
        ]
        return cls(int(fields["seed"]), float(fields["hour"]), tuple(parts))


_CURVES: Final = ("presence", "size", "loudness_db")


def truth_of(clip: SceneClip, sizes: Sequence[Sequence[float]], part_sounds: NDArray[np.float32]) -> Truth:
    """Put together what is known: `sizes` [frames][parts] as painted, `part_sounds` [parts, samples] as heard."""
    moments = clip.moments(FRAME_RATE_HZ)
    if not (len(sizes) == len(moments) and len(part_sounds) == len(clip.parts)):
        raise ValueError(
            f"expected {len(moments)} sizes and {len(clip.parts)} sounds, got {len(sizes)} and {len(part_sounds)}"
        )
    parts = [
        PartTruth(
            scene=part.scene,
            presence=np.array([moment[number].presence for moment in moments]),
            size=np.array([size[number] for size in sizes]),
            loudness_db=loudness_db(part_sounds[number], len(moments)),
        )
        for number, part in enumerate(clip.parts)
    ]
    return Truth(clip.seed, clip.hour, tuple(parts))


def loudness_db(sound: NDArray[np.float32], num_frames: int) -> Values:
    """Return the RMS level of each of `num_frames` equal pieces of `sound` [n], dB below full scale, -120 or more."""
    pieces = np.array_split(sound.astype(np.float64), num_frames)
    powers = np.array([np.mean(np.square(piece)) for piece in pieces])
    levels: Values = 10.0 * np.log10(np.maximum(powers, 10.0 ** (SILENCE_DB / 10.0)))
    return levels


def read_truth(path: Path) -> Truth:
    """Read a truth file. Raises ValueError in one line for anything else, OSError where it cannot be read."""
    try:
        return Truth.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: is no truth of a world's clip: {' '.join(str(error).split())}") from error


def _worth(part: PartTruth) -> Values:
    amplitude = 10.0 ** ((part.loudness_db - part.loudness_db.max()) / 20.0)
    worth: Values = part.presence * part.size * amplitude
    return worth


def _rounded(values: Values) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]
