"""Two things at once: mixes of two sounds at equal loudness, of scenes that the world can show together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.hearing.sounds import LabelledSound
from s2s.world.composition import composes

_PART_RMS: Final = 0.05  # -26 dBFS each
_ATTEMPTS: Final = 50  # for each mix asked for, of which some would come twice


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """`sound` [n] of two things that are equally loud; `first` owns the place in which `second` is."""

    sound: NDArray[np.float32]
    first: LabelledSound
    second: LabelledSound

    @property
    def scenes(self) -> tuple[str, str]:
        """What sounds."""
        return self.first.of, self.second.of


def composed(names: Sequence[str]) -> tuple[int, int] | None:
    """Return which of two `names` owns the place and which is laid over it, as numbers; None where neither can.

    Where both orders can be, the first named owns it.
    """
    if len(names) == 2:
        for place, over in ((0, 1), (1, 0)):
            if composes(names[place], names[over]):
                return place, over
    return None


def draw_mixes(sounds: Sequence[LabelledSound], count: int, seed: int = 0) -> list[Mix]:
    """Draw up to `count` mixes of `sounds`, no two alike: pairs of scenes evenly, and of each scene any sound."""
    of_scene: dict[str, list[LabelledSound]] = {}
    for one in sounds:
        of_scene.setdefault(one.of, []).append(one)
    pairs = [(a, b) for a in sorted(of_scene) for b in sorted(of_scene) if composes(a, b)]
    rng = np.random.default_rng([seed, *b"mixes"])
    drawn: dict[tuple[int, int], tuple[LabelledSound, LabelledSound]] = {}
    for attempt in range(_ATTEMPTS * count if pairs else 0):
        if attempt % len(pairs) == 0:
            rng.shuffle(pairs)
        first, second = (_any(of_scene[scene], rng) for scene in pairs[attempt % len(pairs)])
        if len(drawn) < count:
            drawn.setdefault((id(first), id(second)), (first, second))
    return [Mix(mixed(first.sound, second.sound), first, second) for first, second in drawn.values()]


def mixed(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of two sounds [n], each brought to one RMS; quieter as a whole where it would pass ±1.

    What is silent stays so.
    """
    sum_ = sum(_PART_RMS * sound / max(float(np.sqrt(np.square(sound).mean())), 1e-9) for sound in (one, other))
    whole = np.asarray(sum_, dtype=np.float32)
    return whole / np.float32(max(1.0, float(np.abs(whole).max())))


def _any(sounds: Sequence[LabelledSound], rng: np.random.Generator) -> LabelledSound:
    return sounds[int(rng.integers(len(sounds)))]
