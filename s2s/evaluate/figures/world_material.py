"""Material of the synthetic world: fresh takes that no stage saw, films of it, and sounds that are none of its scenes.

Needs OpenGL.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.bundle import Bundle
from s2s.data.clip_source import Frames
from s2s.data.corpus import Split
from s2s.evaluate.figures.material import FigureMaterial, Films, Gallery, LabelledClip, Shown, spread
from s2s.evaluate.heard_pictures import see
from s2s.evaluate.thing_metrics import FIRST_SEED
from s2s.rates import FRAME_RATE_HZ
from s2s.sampling.manipulate import Sound
from s2s.selection.selectors import BySelfTraining
from s2s.world.composition import composable_pairs
from s2s.world.painter import Painter
from s2s.world.sounds import UNKNOWN_KINDS, synthesize, synthesize_unknown
from s2s.world.state import SCENES, SceneState, draw_state
from s2s.world.studio import SceneChoice, Studio, WorldClip

_TOLD: Final = "takes of the synthetic world that no stage was trained on"
_TOLD_UNSEEN: Final = (
    "They are made up, and none of the world's scenes; ears that name things learn from the like to be unsure."
)
_NEARNESS, _HOUR = 0.6, 12.0  # of what is shown: near enough to be seen, by day
_FILM_SCENES: Final = ("dog", "train", "rooster", "fireworks")
_VISIBLE: Final = (0.15, 0.35)  # of a film's time the thing is there: seldom in the middle
_GALLERY_EACH: Final = 20
SHOWN: Final = Shown(
    louder=("sea", "waterfall", "fire", "train", "helicopter", "dog"),
    mixed=spread(composable_pairs(), 40),
    opposing=(("birds", "wind"), ("dog", "wind"), ("train", "rain")),
    blended=(("wind", "birds"), ("sea", "thunderstorm"), ("train", "rain"), ("stream", "fire")),
    edited=("sea", "fire"),
    edited_more=("waterfall", "fireworks", "train"),
    conditioned=(("traffic", "rain"), ("bell", "underwater"), ("wind", "crowd")),
)


def material_of_world(
    model: Bundle, per_scene: int = 6, *, scenes: tuple[str, ...] = SCENES, films: int = 4, seed: int = 0
) -> FigureMaterial:
    """Draw `per_scene` takes of each scene in the shape of `model`'s pictures, films and a gallery where it has f_V.

    The gallery are takes of the first seeds, from which the world's own models are trained.
    """
    count = len(SCENES) * per_scene
    states = [draw_state(SCENES[n % len(SCENES)], FIRST_SEED + n) for n in range(count)]
    kept = sorted((state for state in states if state.scene in scenes), key=_from_well_shown)
    with Painter(model.generator.height, width_px=model.generator.width) as painter:
        pictures = painter.paint(kept)
        known = [draw_state(scene, n) for n in range(_GALLERY_EACH) for scene in scenes]
        gallery = None if model.image_encoder is None else painter.paint(known)
    clips = [_clip(state, picture) for state, picture in zip(kept, pictures, strict=True)]
    return FigureMaterial(
        _TOLD,
        clips,
        unseen=[_unseen(number, kind) for number, kind in enumerate(UNKNOWN_KINDS)],
        told_unseen=_TOLD_UNSEEN,
        gallery=_gallery(model, gallery),
        films=None if model.image_encoder is None or not films else world_films(model, films),
        shown=SHOWN,
        seed=seed,
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


def _from_well_shown(state: SceneState) -> tuple[int, float]:
    off = abs(state.nearness - _NEARNESS) + abs(state.hour - _HOUR) / 24.0
    return SCENES.index(state.scene), off


def _clip(state: SceneState, picture: NDArray[np.uint8]) -> LabelledClip:
    return LabelledClip(f"{state.scene} {state.seed}", state.scene, synthesize(state).astype(np.float32), picture)


def _unseen(number: int, kind: str) -> LabelledClip:
    words = kind.removesuffix("_unknown").replace("_", " ")
    return LabelledClip(words, words, synthesize_unknown(FIRST_SEED + number, kind=kind))


def _gallery(model: Bundle, pictures: NDArray[np.uint8] | None) -> Gallery | None:
    if pictures is None or model.image_encoder is None:
        return None
    return Gallery(pictures, see(model, pictures))
