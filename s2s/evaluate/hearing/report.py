"""All that is measured of one bundle's hearing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from s2s.bundle import Bundle
from s2s.evaluate.hearing.ears import Ears
from s2s.evaluate.hearing.halls import BANDS_HZ, HALLS
from s2s.evaluate.hearing.mixes import draw_mixes
from s2s.evaluate.hearing.nearness import nearness_and_hour
from s2s.evaluate.hearing.scenes import SceneShares, name_scenes, shares_of
from s2s.evaluate.hearing.sounds import WORLD, LabelledSound, known_recordings, unknown_sounds, world_takes
from s2s.evaluate.hearing.two import TwoReport, hear_two
from s2s.evaluate.hearing.unknown import Heard, UnknownReport, recognise_unknown
from s2s.models.thing_judge import ThingJudge

RECORDED: Final = "recordings"
MIXES: Final = {WORLD: 120, RECORDED: 100}
INTERVALS: Final = (
    "95 %; of shares Wilson's at the number of sounds that their recordings are worth (cluster-robust variance, "
    "Student's t for few recordings); of ROC areas the bootstrap's over recordings"
)


@dataclass(frozen=True, slots=True)
class HearingSounds:
    """Folders of sounds, each optional: ESC-10, recordings by scene, unknown sounds by kind; takes of each scene."""

    esc10: Path | None = None
    more: Path | None = None
    unknown: Path | None = None
    takes: int = 13


@dataclass(frozen=True, slots=True, eq=False)
class HearingReport:
    """Every part. `scenes` are shares in all conditions; `mixes` what was made of two things at once, by set."""

    about: dict[str, Any]
    scenes: Sequence[SceneShares]
    unknown: UnknownReport
    mixes: dict[str, TwoReport]
    world: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "about": self.about,
            "scenes": [one.as_dict() for one in self.scenes],
            "unknown": self.unknown.as_dict(),
            "mixes": {name: one.as_dict() for name, one in self.mixes.items()},
            "world": self.world,
        }


def measure_hearing(model: Bundle, played: HearingSounds, judge: ThingJudge | None = None) -> HearingReport:
    """Measure how `model` hears. Needs OpenGL and f_V; minutes of two cores.

    Raises DataError for a folder that holds no sounds as it should, ValueError for a bundle without f_V.
    """
    known = known_recordings(played.esc10, played.more)
    strangers = unknown_sounds(played.esc10, played.more, played.unknown)
    ears = Ears.of(model)
    takes = world_takes(played.takes)
    of_takes = ears.hear(np.stack([one.sound for one in takes]), WORLD)
    scenes = shares_of(takes, of_takes)
    heard = [Heard(takes, of_takes)]
    if known:
        as_they_are, more = name_scenes(ears, known)
        scenes, heard = [*scenes, *more], [*heard, Heard(known, as_they_are)]
    unknown = Heard(strangers, ears.hear(np.stack([one.sound for one in strangers]), "unknown")) if strangers else None
    return HearingReport(
        _about(model, [*takes, *known, *strangers]),
        scenes,
        recognise_unknown(heard, unknown),
        _two_at_once(ears, {WORLD: takes, RECORDED: known}, judge),
        nearness_and_hour(model, takes, of_takes),
    )


def _two_at_once(ears: Ears, sets: dict[str, list[LabelledSound]], judge: ThingJudge | None) -> dict[str, TwoReport]:
    drawn = {name: draw_mixes(sounds, MIXES[name]) for name, sounds in sets.items()}
    return {name: hear_two(ears, mixes, judge, f"mixes, {name}") for name, mixes in drawn.items() if mixes}


def _about(model: Bundle, sounds: Sequence[LabelledSound]) -> dict[str, Any]:
    counts: dict[str, dict[str, int]] = {}
    for one in sounds:
        row = counts.setdefault(one.source, {})
        row[one.of] = row.get(one.of, 0) + 1
    halls = {
        hall.name: {
            "decay, s": dict(zip([f"{hz:g} Hz" for hz in BANDS_HZ], hall.decay_s, strict=True)),
            "direct to reverberant, dB": hall.direct_db,
        }
        for hall in HALLS
    }
    named = {"name": model.card.name, "version": model.card.version, "source heads": model.source_heads is not None}
    return {"bundle": named, "sounds": counts, "halls": halls, "intervals": INTERVALS}
