"""Known sounds, loud and soft, dry and in halls: how often their scene is named first, or among five."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.hearing.ears import Answers, Ears, Ranking
from s2s.evaluate.hearing.halls import HALLS, impulse_response, in_hall
from s2s.evaluate.hearing.intervals import Share, share_by_recording
from s2s.evaluate.hearing.sounds import LabelledSound

GAINS_DB: Final = (0, -10, -20, -30)
DRY: Final = "dry"
BOTH: Final = "both sets"


@dataclass(frozen=True, slots=True, eq=False)
class SceneShares:
    """How often the scene was named, of the sounds of `source`, in `hall` at `gain_db`, by one `way` of naming."""

    source: str
    hall: str
    gain_db: int
    way: str
    first: Share
    among_five: Share
    by_scene: dict[str, Share]
    confusion: dict[str, dict[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "set": self.source,
            "hall": self.hall,
            "gain, dB": self.gain_db,
            "by": self.way,
            "R@1": self.first.as_dict(),
            "R@5": self.among_five.as_dict(),
            "R@1 by scene": {scene: share.as_dict() for scene, share in self.by_scene.items()},
            "confusion": self.confusion,
        }


def name_scenes(
    ears: Ears, known: Sequence[LabelledSound], gains_db: Sequence[int] = GAINS_DB
) -> tuple[Answers, list[SceneShares]]:
    """Play `known` sounds at every gain, dry and in every hall.

    Returns the answers to them as they are, dry at 0 dB, and what was named in all conditions.
    """
    shares: list[SceneShares] = []
    as_they_are: Answers | None = None
    for hall, sounds in _in_halls(np.stack([one.sound for one in known])):
        for gain_db in gains_db:
            answers = ears.hear(sounds * np.float32(10 ** (gain_db / 20)), f"{hall}, {gain_db} dB")
            as_they_are = answers if as_they_are is None else as_they_are
            shares += shares_of(known, answers, hall, gain_db)
    assert as_they_are is not None
    return as_they_are, shares


def shares_of(known: Sequence[LabelledSound], answers: Answers, hall: str = DRY, gain_db: int = 0) -> list[SceneShares]:
    """Return what was named of `known` sounds, set by set and together, by every way of naming."""
    sources = list(dict.fromkeys(one.source for one in known))
    everywhere = np.ones(len(known), dtype=bool)
    sets = {source: np.array([one.source == source for one in known]) for source in sources}
    sets |= {BOTH: everywhere} if len(sources) > 1 else {}
    return [
        _shares(known, ranking, chosen, (source, hall, gain_db, way))
        for source, chosen in sets.items()
        for way, ranking in answers.ways.items()
    ]


def _shares(
    known: Sequence[LabelledSound], ranking: Ranking, chosen: NDArray[np.bool_], told: tuple[str, str, int, str]
) -> SceneShares:
    truth = [one.of for one in known]
    first, five = ranking.among(truth, 1), ranking.among(truth, 5)
    scenes = np.array(truth)
    by_scene = {
        scene: _share(known, first, chosen & (scenes == scene)) for scene in sorted(set(scenes[chosen].tolist()))
    }
    confusion: dict[str, dict[str, int]] = {scene: {} for scene in by_scene}
    named = [names for names, taken in zip(ranking.best(1), chosen, strict=True) if taken]
    for scene, (name,) in zip(scenes[chosen].tolist(), named, strict=True):
        confusion[scene][name] = confusion[scene].get(name, 0) + 1
    return SceneShares(*told, _share(known, first, chosen), _share(known, five, chosen), by_scene, confusion)


def _share(known: Sequence[LabelledSound], right: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Share:
    recordings = [one.recording for one, taken in zip(known, chosen, strict=True) if taken]
    return share_by_recording(right[chosen], recordings)


def _in_halls(sounds: NDArray[np.float32]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    yield DRY, sounds
    for hall in HALLS:
        yield hall.name, in_hall(sounds, impulse_response(hall))
