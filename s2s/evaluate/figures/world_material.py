"""Material of the synthetic world: which scenes figures show, and films that no stage saw. Needs OpenGL."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.bundle import Bundle
from s2s.data.clip_source import Frames
from s2s.data.corpus import Split
from s2s.evaluate.figures.material import Films, Shown, spread
from s2s.evaluate.thing_metrics import FIRST_SEED
from s2s.rates import FRAME_RATE_HZ
from s2s.sampling.manipulate import Sound
from s2s.selection.selectors import BySelfTraining
from s2s.world.composition import composable_pairs
from s2s.world.studio import SceneChoice, Studio, WorldClip

_FILM_SCENES: Final = ("dog", "train", "rooster", "fireworks")
_VISIBLE: Final = (0.15, 0.35)  # of a film's time the thing is there: seldom in the middle
SHOWN: Final = Shown(
    louder=("sea", "waterfall", "fire", "train", "helicopter", "dog"),
    mixed=spread(composable_pairs(), 40),
    opposing=(("birds", "wind"), ("dog", "wind"), ("train", "rain")),
    blended=(("wind", "birds"), ("sea", "thunderstorm"), ("train", "rain"), ("stream", "fire")),
    edited=("sea", "fire"),
    edited_more=("waterfall", "fireworks", "train"),
    conditioned=(("traffic", "rain"), ("bell", "underwater"), ("wind", "crowd")),
)


def world_films(model: Bundle, count: int) -> Films:
    """Return films in which the thing is there for a short while, selected by the model's own encoders."""
    clips = StudioClips(tuple(FIRST_SEED + number for number in range(count)))
    presence = {clip_id: clips.presence(clip_id) for clip_id in clips.ids}
    return Films(clips, clips.ids, BySelfTraining(model), presence)


@dataclass(slots=True)
class StudioClips:
    """A `ClipSource` of films of the world, painted when they are asked for; the last one is kept."""

    seeds: tuple[int, ...]
    frame_rate_hz: float = FRAME_RATE_HZ
    _last: tuple[str, int, WorldClip] | None = field(default=None, repr=False)

    @property
    def ids(self) -> list[str]:
        """Scene and seed of each."""
        return [f"{self._choice(seed).scenes[0]} {seed}" for seed in self.seeds]

    def split(self, clip_id: str) -> Split:  # noqa: ARG002 - all are alike
        """Return test: no stage draws their seeds."""
        return "test"

    def label(self, clip_id: str) -> str:
        """Return the scene."""
        return clip_id.split()[0]

    def sound(self, clip_id: str) -> Sound:
        """Return the sound, mono [n] at 16 kHz."""
        return self._rendered(clip_id).sound

    def frames(self, clip_id: str, px: int) -> Frames:
        """Return all frames, [100, px, px, 3]."""
        return self._rendered(clip_id, px).frames

    def presence(self, clip_id: str) -> NDArray[np.float64]:
        """Return how much the thing is there in each frame, 0..1 [100]."""
        clip = self._choice(self._seed(clip_id)).draw(self._seed(clip_id))
        return np.array([states[0].presence for states in clip.moments(FRAME_RATE_HZ)])

    def _rendered(self, clip_id: str, px: int | None = None) -> WorldClip:
        if self._last is None or self._last[0] != clip_id or px not in (None, self._last[1]):
            height_px = px or 128
            with Studio(height_px) as studio:
                rendered = studio.render(self._choice(self._seed(clip_id)).draw(self._seed(clip_id)))
            self._last = (clip_id, height_px, rendered)
        return self._last[2]

    def _seed(self, clip_id: str) -> int:
        seed = int(clip_id.split()[-1])
        if seed not in self.seeds:
            raise KeyError(clip_id)
        return seed

    def _choice(self, seed: int) -> SceneChoice:
        return SceneChoice((_FILM_SCENES[seed % len(_FILM_SCENES)],), _VISIBLE, 1)
