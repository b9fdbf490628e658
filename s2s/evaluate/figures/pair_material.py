"""Material of any prepared corpus: pairs of sound and picture that no stage was trained or stopped by."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from s2s.bundle import Bundle
from s2s.data.clip_source import DataError
from s2s.evaluate.figures.material import FigureMaterial, Films, Gallery, LabelledClip, spread
from s2s.evaluate.heard_pictures import see
from s2s.media.montage import Pixels
from s2s.training.inputs.pairs import PairSource

_log = logging.getLogger(__name__)

MOST_GALLERY: Final = 2000


def pair_material(
    model: Bundle, pairs: PairSource, told: str, *, most_each: int = 8, films: Films | None = None, seed: int = 0
) -> FigureMaterial:
    """Read up to `most_each` test pairs of a class, or where there are none those of validation.

    A pair without a class is a class by itself. With f_V the gallery are training pictures, evenly spread. What cannot
    be read is left out with a warning in the log. Raises DataError where nothing is left.
    """
    ids = _of_split(pairs, "test") or _of_split(pairs, "val")
    counts: Counter[str] = Counter()
    clips = []
    for pair_id in ids:
        label = pairs.label(pair_id) or pair_id
        if counts[label] < most_each and (clip := _clip(pairs, pair_id, label)) is not None:
            counts[label] += 1
            clips.append(clip)
    if not clips:
        raise DataError(f"expected held-out pairs to draw figures of, got none of {len(ids)} that can be read")
    return FigureMaterial(told, clips, gallery=_gallery(model, pairs), films=films, seed=seed)


def _clip(pairs: PairSource, pair_id: str, label: str) -> LabelledClip | None:
    picture = _picture(pairs, pair_id)
    try:
        return None if picture is None else LabelledClip(pair_id, label, pairs.sound(pair_id), picture)
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", pair_id, " ".join(str(error).split()))
        return None


def _gallery(model: Bundle, pairs: PairSource) -> Gallery | None:
    if model.image_encoder is None:
        return None
    ids = spread(_of_split(pairs, "train"), MOST_GALLERY)
    pictures = [picture for pair_id in ids if (picture := _picture(pairs, pair_id)) is not None]
    if not pictures:
        return None
    whole = np.stack(pictures)
    return Gallery(whole, see(model, whole))


def _picture(pairs: PairSource, pair_id: str) -> Pixels | None:
    try:
        return np.asarray(pairs.pictures(pair_id)[0])
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", pair_id, " ".join(str(error).split()))
        return None


def _of_split(pairs: PairSource, split: str) -> Sequence[str]:
    return [one for one in pairs.ids if pairs.split(one) == split]
