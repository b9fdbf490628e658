"""The hidden state that a world's sound and picture share. Pure data; no torch, no GL.

Everything random about a take is drawn from `seed` in float64 on the CPU, so that two seeds never give the same
picture or sound by loss of precision.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

SCENES: Final[tuple[str, ...]] = (
    "rain", "thunderstorm", "sea", "stream", "wind", "fire", "birds", "crickets",
    "bell", "train", "helicopter", "traffic", "crowd", "choir", "underwater", "rooster",
    "waterfall", "frogs", "owl", "clock", "aeroplane", "siren", "chainsaw", "applause",
    "fireworks", "drums", "strings", "dog",
)  # fmt: skip

FIRST_SCENES: Final = SCENES[:16]
"""Those that the world began with; data written then do not say which they hold."""

LAID_OVER: Final = frozenset({
    "rain", "thunderstorm", "wind", "birds", "crickets", "bell", "helicopter", "crowd", "choir", "rooster",
    "owl", "aeroplane", "siren", "applause", "fireworks", "dog",
})  # fmt: skip
"""Scenes whose thing can be laid over another scene's place."""


SHELTERED: Final = frozenset({"choir", "underwater", "clock", "applause", "drums", "strings"})
"""Places where no weather and no helicopter comes: nothing is laid over them."""


@dataclass(frozen=True, slots=True)
class SceneState:
    """One moment of one scene.

    `scene` is one of `SCENES`; `seed` fixes every other choice; `nearness` runs from 0 (far, quiet, small in the
    picture) to 1 (near, loud, large); `hour` is the time of day from 0 to 24, midnight at 0. `presence` runs from 0
    (the thing that sounds is absent, hidden or turned away, and silent) to 1 (there and sounding); `seconds` is the
    time within the clip, for what moves.
    """

    scene: str
    seed: int
    nearness: float
    hour: float
    presence: float = 1.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.scene not in SCENES:
            raise ValueError(f"scene must be one of {', '.join(SCENES)}; got {self.scene!r}")
        if not 0.0 <= self.nearness <= 1.0:
            raise ValueError(f"nearness must lie in 0..1, got {self.nearness}")
        if not 0.0 <= self.hour < 24.0:
            raise ValueError(f"hour must lie in 0..24, got {self.hour}")

        if not 0.0 <= self.presence <= 1.0:
            raise ValueError(f"presence must lie in 0..1, got {self.presence}")

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the generator for one use ("picture", "sound"), independent of every other use of this take."""
        words = (purpose + ":" + self.scene).encode()
        return np.random.default_rng([self.seed, *words])


def draw_state(scene: str, seed: int) -> SceneState:
    """Draw one take of `scene`: nearness and hour uniform over their ranges, both fixed by `seed`."""
    rng = np.random.default_rng([seed, *scene.encode()])
    return SceneState(scene, seed, nearness=float(rng.uniform(0.0, 1.0)), hour=float(rng.uniform(0.0, 24.0)))
