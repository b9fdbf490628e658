"""Material of whatever is evaluated: the held-out clips of prepared data, or labelled sounds without pictures."""

import logging
from collections import Counter
from typing import Final

import numpy as np

from s2s.bundle import Bundle
from s2s.data.clip_source import DataError
from s2s.data.prepared import PreparedData
from s2s.evaluate.claims.unseen import LeftOut
from s2s.evaluate.figures.material import FigureMaterial, Films, Gallery, LabelledClip, Shown, spread
from s2s.evaluate.figures.world_material import SHOWN, world_films
from s2s.evaluate.heard_pictures import see
from s2s.evaluate.metrics.clips import Clips, PairClips, SoundClips
from s2s.selection.selectors import BySelfTraining, Selector
from s2s.training.inputs.moments import frame_px

_log = logging.getLogger(__name__)

_MOST_GALLERY: Final = 2000
_FILMS: Final = 4


def material_of_clips(
    model: Bundle,
    clips: PairClips | SoundClips,
    *,
    most_each: int = 8,
    selector: Selector | None = None,
    left_out: LeftOut | None = None,
    seed: int = 0,
) -> FigureMaterial:
    """Read up to `most_each` clips of a class; a clip without a class is one by itself.

    With f_V the gallery are training pictures, evenly spread, and moments of films are selected by `selector`, else by
    the model's own encoders; of the world's takes films are made (needs OpenGL). What cannot be read is left out with a
    warning in the log. Raises DataError where nothing is left.
    """
    counts: Counter[str] = Counter()
    kept = []
    for row, (name, label) in enumerate(zip(clips.ids, clips.labels, strict=True)):
        own = label or name
        if counts[own] < most_each and (clip := _clip(clips, row, own)) is not None:
            counts[own] += 1
            kept.append(clip)
    if not kept:
        raise DataError(f"expected held-out clips to draw figures of, got none of {len(clips.ids)} that can be read")
    pairs = clips if isinstance(clips, PairClips) and model.image_encoder is not None else None
    return FigureMaterial(
        f"held out of {clips.name}",
        kept,
        gallery=None if pairs is None else _gallery(model, pairs),
        films=None if pairs is None else _films(model, pairs, selector),
        left_out=left_out,
        shown=SHOWN if set(SHOWN.louder) <= set(counts) else Shown(),
        seed=seed,
    )


def _clip(clips: Clips, row: int, label: str) -> LabelledClip | None:
    try:
        picture = clips.picture(row) if clips.has_pictures else None
        return LabelledClip(clips.ids[row], label, clips.sound(row), picture)
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", clips.ids[row], " ".join(str(error).split()))
        return None


def _gallery(model: Bundle, clips: PairClips) -> Gallery | None:
    pictures = []
    for number in spread(range(len(clips.training)), _MOST_GALLERY) if clips.has_pictures else ():
        try:
            pictures.append(clips.training_picture(number))
        except (ValueError, OSError) as error:
            _log.warning("%s is left out: %s", clips.training[number], " ".join(str(error).split()))
    if not pictures:
        return None
    whole = np.stack(pictures)
    return Gallery(whole, see(model, whole))


def _films(model: Bundle, clips: PairClips, selector: Selector | None) -> Films | None:
    """Return films to select moments of; None where the data's frames are not of the size that f_V looks at."""
    assert model.image_encoder is not None
    if not isinstance(clips.source, PreparedData):
        return world_films(model, _FILMS)
    if not clips.has_pictures or frame_px(model.image_encoder) not in clips.source.about.settings.px:
        return None
    return Films(clips.source, spread(clips.ids, _FILMS), selector or BySelfTraining(model))
