"""Which moment of every clip of an evening is learnt from: each clip's own evidence, then what the others say of it.

The evidence is kept clip by clip, so that a killed run goes on; the choice itself takes seconds.
"""

import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors.numpy import load_file, save_file

from s2s.data.splits import place_of
from s2s.files.atomic_write import atomic_path
from s2s.retrain.photos import VenueClips
from s2s.retrain.stages import Stages
from s2s.selection.combined import Combined, Evidence
from s2s.selection.consensus import agreed
from s2s.selection.select import top_moments
from s2s.selection.sounding import is_room_alone

_log = logging.getLogger(__name__)

FEWEST_CLIPS: Final = 40
"""Moments are chosen of so many clips, whatever the time."""


def choose_moments(
    clips: VenueClips, recordings: Mapping[str, str], selector: Combined, kept: Path, stages: Stages, seconds: float
) -> dict[str, list[int]]:
    """Return the moments of every clip that `seconds` allow, best first; what speaks for them is kept in `kept`.

    `recordings` says what each clip was cut from. A clip that cannot be read is left out with a warning.
    """
    ids = mixed_by_split(clips)
    looked_at: dict[str, Evidence] = {}
    for clip_id in stages.within(ids, len(ids), "clips", seconds, fewest=FEWEST_CLIPS):
        try:
            looked_at[clip_id] = _evidence(clips, clip_id, selector, kept / f"{clip_id}.safetensors")
        except (ValueError, OSError) as error:
            _log.warning("skipped %s: %s", clip_id, " ".join(str(error).split()))
    looked_at = _with_something_heard(looked_at)
    scores = agreed(list(looked_at.values()), [recordings[clip_id] for clip_id in looked_at])
    return {
        clip_id: top_moments(evidence.of_every_frame(each))
        for (clip_id, evidence), each in zip(looked_at.items(), scores, strict=True)
    }


def _with_something_heard(looked_at: Mapping[str, Evidence]) -> dict[str, Evidence]:
    """Return the clips in which more is heard than the room, and say how many are not among them."""
    is_alone = is_room_alone([(float(one.range_db[0]), float(one.range_db[1])) for one in looked_at.values()])
    if is_alone.any():
        _log.info("%d of %d clips are left out: nothing but the room is heard in them", is_alone.sum(), len(looked_at))
    return {clip_id: one for (clip_id, one), alone in zip(looked_at.items(), is_alone, strict=True) if not alone}


def mixed_by_split(clips: VenueClips) -> list[str]:
    """Return the clips so that whoever stops early has as large a part of every split, of recordings in no order."""
    by_split = {split: deque(ids) for split in ("train", "val", "test") if (ids := _shuffled(clips, split))}
    sizes = {split: len(ids) for split, ids in by_split.items()}
    mixed = []
    while left := [split for split, ids in by_split.items() if ids]:
        mixed.append(by_split[max(left, key=lambda one: len(by_split[one]) / sizes[one])].popleft())
    return mixed


def _shuffled(clips: VenueClips, split: str) -> list[str]:
    return sorted((one for one in clips.ids if clips.split(one) == split), key=lambda one: (place_of(one), one))


def _evidence(clips: VenueClips, clip_id: str, selector: Combined, path: Path) -> Evidence:
    if path.exists():
        there: dict[str, Any] = load_file(path)
        return Evidence(**{**there, "doubt": float(there["doubt"])})
    evidence = selector.evidence(clips, clip_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as partial:
        save_file({one.name: np.array(getattr(evidence, one.name)) for one in fields(Evidence)}, partial)
    return evidence
