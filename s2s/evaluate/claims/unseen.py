"""Classes that were never seen (paper, section 6, figure 12): where their sounds land."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from s2s.bundle import Bundle
from s2s.evaluate.claims.measuring import FIRST_SEED, ClaimSizes, above, mean_value, sound_of
from s2s.evaluate.heard_pictures import Pictures, see
from s2s.evaluate.report.model import Claim, Skipped
from s2s.metrics.scores import class_centroids
from s2s.sampling.embed import embed_sound
from s2s.world.painter import Painter
from s2s.world.state import SCENES, SceneState, draw_state

_KIN: Final = 3  # scenes that look most like a left-out one
_PICTURES: Final = 20  # of each scene, whose mean direction stands for it
_WHAT: Final = "sounds of classes that were never seen"
_HOW: Final = (
    "needs a model that was trained without some scenes: `python -m s2s miniature OUT --scenes 24 --sounds 960` makes "
    "one of all but the last four, in OUT/model"
)


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """A model whose ears were trained on scenes `of` the world but for `scenes`; f_V and G may know those, as the
    paper's know more than its f_A.
    """

    model: Bundle
    scenes: tuple[str, ...]
    of: tuple[str, ...] = SCENES

    def __post_init__(self) -> None:
        if not self.scenes or set(self.scenes) - set(self.of) or len(self.known) < _KIN:
            got = ", ".join(self.scenes) or "none"
            raise ValueError(f"expected some of {len(self.of)} scenes, {_KIN} of them left; got {got}")
        if self.model.image_encoder is None:
            raise ValueError(f"{self.model.path}: expected a bundle with an image encoder, to look at scenes")

    @property
    def known(self) -> tuple[str, ...]:
        """The scenes that it was trained on."""
        return tuple(scene for scene in self.of if scene not in self.scenes)

    def takes(self, scene: str, count: int, seed: int) -> list[SceneState]:
        """Return `count` takes of a scene that it never heard."""
        first = FIRST_SEED + 1_000_000 * seed + 500_000
        return [draw_state(scene, first + n) for n in range(count)]

    def directions(self, scenes: tuple[str, ...]) -> Tensor:
        """Return where its own f_V sees pictures of scenes, unit [scenes, d]. Needs OpenGL."""
        takes = [draw_state(scene, FIRST_SEED + n) for scene in scenes for n in range(_PICTURES)]
        with Painter(self.model.generator.height, width_px=self.model.generator.width) as painter:
            pictures: Pictures = painter.paint(takes)
        return class_centroids(see(self.model, pictures), torch.arange(len(scenes)).repeat_interleave(_PICTURES))

    def lands_on(self, h: Tensor, known: Tensor) -> list[str]:
        """Return the scene of `known`, `directions` of those it knows, that lies nearest to each of `h` [n, d]."""
        return [self.known[int(one)] for one in (h @ known.T).argmax(dim=1)]


def unseen_land_among_kin(left_out: LeftOut | None, sizes: ClaimSizes, seed: int) -> list[Claim | Skipped]:
    """Return how often a sound of a left-out scene lands on a scene that looks like it, to the model's own f_V.

    f_V, whether it has seen the left-out scenes or not, says of their pictures which three known ones are most alike.
    """
    if left_out is None:
        return [Skipped(_WHAT, _HOW)]
    takes = [take for scene in left_out.scenes for take in left_out.takes(scene, sizes.unseen_each, seed)]
    known = left_out.directions(left_out.known)
    landed = left_out.lands_on(torch.cat([embed_sound(left_out.model, sound_of(take)).cpu() for take in takes]), known)
    kin = _kin(left_out, known)
    hits = [float(on in kin[take.scene]) for take, on in zip(takes, landed, strict=True)]
    each = [landed[first : first + sizes.unseen_each] for first in range(0, len(landed), sizes.unseen_each)]
    card = left_out.model.card
    note = "; ".join([f"of {card.name} {card.version}", *map(_most_often, left_out.scenes, each)])
    value, chance = mean_value(np.array(hits), seed), round(_KIN / len(left_out.known), 4)
    asked = (
        f"the known scene nearest to a sound of a left-out one is among the {_KIN} that look most like it, more often "
        "than by chance"
    )
    holds = above(value, chance)
    return [Claim("unseen-kin", "unseen classes land on kindred ones", asked, value, chance, holds, note)]


def _kin(left_out: LeftOut, known: Tensor) -> dict[str, set[str]]:
    """Return, for every left-out scene, the known ones whose pictures look most like its own."""
    nearest = (left_out.directions(left_out.scenes) @ known.T).topk(_KIN, dim=1).indices.tolist()
    return {
        scene: {left_out.known[place] for place in places}
        for scene, places in zip(left_out.scenes, nearest, strict=True)
    }


def _most_often(scene: str, landed: list[str]) -> str:
    counts = Counter(landed).most_common(_KIN)
    return f"{scene}: " + ", ".join(f"{name} {count / len(landed):.2f}" for name, count in counts)
