"""Painting, drifting or remembering: what the show does about what it hears, and where that leads the latent. Pure.

Nothing that is uncertain is painted or remembered. Everything is in seconds, so that it does not matter how often the
encoder looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from installation.inference.idle import IdleDetector
from installation.inference.memories import Memories
from installation.inference.scene import Scene
from installation.values import Doing

UNKNOWN_AFTER_S: Final = 1.5
"""Doubt that lasts so long is taken for a sound that is not known; a cough in the rain is not."""
KNOWN_AFTER_S: Final = 0.5
"""Two hops: a sound that is known is to be seen soon."""
DRIFT_SLOWNESS: Final = 4.0
"""By so much longer is the glide while the show drifts: at the default about the time from one memory to the next."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each: the level of the last moments over the gate or under it, both in dB, and how sure the model
    is of what sounds, 0..1, above the least or below it. A `certainty` of None is a model that cannot say.
    """

    level_db: float
    gate_db: float
    certainty: float | None = None
    least_certainty: float = 0.0

    @property
    def sounding(self) -> bool:
        """Whether there is a sound to be sure of."""
        return self.level_db >= self.gate_db

    @property
    def certain(self) -> bool:
        """Whether what sounds is certain enough to be painted."""
        return self.certainty is None or self.certainty >= self.least_certainty


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Where the latent is to go, in `slowness` times the glide that the operator chose."""

    scene: Scene
    slowness: float = 1.0


class DoubtDetector:
    """Decides whether what sounds is known: at once in the beginning, later once it has been otherwise for a while."""

    def __init__(self) -> None:
        self.known: bool | None = None
        self._otherwise_since: float | None = None

    def hear(self, now: float, *, certain: bool) -> None:
        """Take in what was heard at `now`; `known` is whether what sounds is taken for known since, None before."""
        if self._otherwise_since is None:
            self._otherwise_since = now
        settled = now - self._otherwise_since >= (KNOWN_AFTER_S if certain else UNKNOWN_AFTER_S)
        if self.known is None or certain == self.known or settled:
            self.known = certain
            self.begin_anew()

    def begin_anew(self) -> None:
        """Forget for how long it has been otherwise."""
        self._otherwise_since = None


class Decider:
    """Decides, hop by hop, what the show does (`doing`) and what the latent aims at. Where there is nothing to
    remember yet it goes among the model's `own` scenes.
    """

    def __init__(self, seed: int, own: Sequence[Scene] = ()) -> None:
        self.doing = Doing.PAINTING
        self._idle_detector, self._doubt_detector = IdleDetector(), DoubtDetector()
        self._memories = Memories(seed, own)

    @property
    def idle(self) -> bool:
        """Whether the room is silent."""
        return self._idle_detector.idle

    def next_aim(self, now: float, evidence: Evidence, scene: Scene) -> Aim | None:
        """Return where to go for `scene`, which was heard at `now`; None where the latent keeps its aim.

        While it drifts the show stays with what it painted last, and then goes slowly among what it remembers; in a
        silent room it goes there at its usual pace.
        """
        was = self.doing
        self.doing = self._decided(now, evidence)
        if self.doing is Doing.PAINTING:
            if not evidence.certain:
                return None
            self._memories.keep(now, scene)
            return Aim(scene)
        if self.doing is Doing.DRIFTING and was is not Doing.DRIFTING:
            self._memories.rest(now)
        recalled = self._memories.recall(now)
        if recalled is None:
            return None
        return Aim(recalled, DRIFT_SLOWNESS if self.doing is Doing.DRIFTING else 1.0)

    def _decided(self, now: float, evidence: Evidence) -> Doing:
        idle = self._idle_detector.is_idle(now, evidence.level_db, evidence.gate_db)
        if evidence.sounding:
            self._doubt_detector.hear(now, certain=evidence.certain)
        else:
            self._doubt_detector.begin_anew()  # of a pause a model may be sure or not: it means nothing
        if idle:
            return Doing.REMEMBERING
        return Doing.DRIFTING if self._doubt_detector.known is False else Doing.PAINTING
