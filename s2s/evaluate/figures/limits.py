"""Figure 13: where a model fails."""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial, LabelledClip
from s2s.evaluate.figures.sheet import Sheet, above_each_other, heard_cell, sound_name
from s2s.evaluate.figures.waveforms import mixing_sheet
from s2s.evaluate.heard_pictures import HeardSounds, hear_all, paint_all, see
from s2s.media.montage import captioned_sheet
from s2s.metrics.scores import class_centroids
from s2s.sampling.noise import draw_noise

_FAILURES: Final = 3


def failures(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 13: mixtures of what sounds alike, and sounds whose picture is taken for that of another class.

    Neither is picked by hand: the sounds are the most alike to f_A, the pictures those that f_V finds farthest off.
    """
    clips = [material.first(label) for label in material.labels]
    if len(clips) < 2:
        raise CannotDrawError(f"two classes are needed, and all sounds are of {clips[0].label}")
    heard = hear_all(model, [clip.sound for clip in clips])
    mixed = mixing_sheet(model, material.seed, _most_alike(clips, heard.whole), "")
    caption = (
        "Where it goes wrong. (a) The classes that sound most alike to the model, alone and mixed: two things often "
        "become one, or a blend of both."
    )
    if (mistaken := _mistaken(model, material, clips, heard)) is None:
        return Sheet(mixed.pixels, caption, mixed.sounds)
    caption += (
        " (b) The sounds whose painted picture the image encoder finds farthest from the pictures of their class, with "
        "the class that it takes it for."
    )
    return Sheet(above_each_other([mixed.pixels, mistaken.pixels]), caption, {**mixed.sounds, **mistaken.sounds})


def _most_alike(clips: Sequence[LabelledClip], whole: Tensor) -> list[tuple[LabelledClip, LabelledClip]]:
    """Return the pairs of clips that sound most alike, no clip in two of them."""
    order = sorted(combinations(range(len(clips)), 2), key=lambda pair: -float(whole[pair[0]] @ whole[pair[1]]))
    chosen: list[tuple[int, int]] = []
    for pair in order:
        if len(chosen) < _FAILURES and not set(pair) & {one for few in chosen for one in few}:
            chosen.append(pair)
    return [(clips[one], clips[other]) for one, other in chosen]


def _mistaken(
    model: Bundle, material: FigureMaterial, clips: Sequence[LabelledClip], heard: HeardSounds
) -> Sheet | None:
    """Return the clips whose painted pictures lie farthest from their class; None where pictures have no place."""
    if model.image_encoder is None or any(clip.picture is None for clip in material.clips):
        return None
    painted = paint_all(model, heard, draw_noise(1, model.generator.z_dim, seed=material.seed))
    likeness = see(model, painted) @ _directions(model, material).T  # [clips, classes]
    own = likeness.diagonal()
    others = likeness.masked_fill(torch.eye(len(clips), dtype=torch.bool), -math.inf)
    worst = (own - others.amax(dim=1)).argsort()[:_FAILURES].tolist()
    rows = [[heard_cell(clips[row].sound, model), painted[row], _own(clips[row])] for row in worst]
    names = [f"{clips[row].label}, seen as\n{clips[int(others[row].argmax())].label}" for row in worst]
    sheet = captioned_sheet(rows, row_captions=names, column_captions=["the sound", "painted", "its own picture"])
    return Sheet(sheet, "", {sound_name(clips[row].label): clips[row].sound for row in worst})


def _directions(model: Bundle, material: FigureMaterial) -> Tensor:
    """Return where f_V sees the classes' own pictures, unit [classes, d]."""
    labels = torch.tensor([material.labels.index(clip.label) for clip in material.clips])
    return class_centroids(see(model, np.stack([_own(clip) for clip in material.clips])), labels)


def _own(clip: LabelledClip) -> NDArray[np.uint8]:
    assert clip.picture is not None
    return clip.picture
