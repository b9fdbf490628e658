"""What only the world's takes can answer: how near the thing is, and at what hour of the day."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.bundle import Bundle
from s2s.evaluate.hearing.ears import Answers, NamedSources
from s2s.evaluate.hearing.sounds import LabelledSound
from s2s.metrics.scores import mean_rank_correlation
from s2s.models.memory_generator import MemoryGenerator
from s2s.world.state import SCENES

Rows = NDArray[np.float64]
CHANCE_HOURS: Final = 6.0
"""The mean error of an hour drawn at random."""


def nearness_and_hour(model: Bundle, takes: Sequence[LabelledSound], answers: Answers) -> dict[str, Any]:
    """Return Spearman's ρ of nearness against the truth, scene by scene and averaged, and the error of the hour.

    Nearness is that of the true scene, asked by name, of whichever is named first, and, where the generator reads one
    from h, that; the hour's error is the mean in hours, of all takes and of the half whose hour is firmest.
    """
    states = [one.state for one in takes if one.state is not None]
    assert len(states) == len(takes)
    truth = np.array([state.nearness for state in states])
    scenes = np.array([SCENES.index(state.scene) for state in states])
    told: dict[str, Rows] = {}
    if isinstance(model.generator, MemoryGenerator) and model.knows_states:
        told["the generator, from h"] = model.generator.nearness(answers.h.to(model.device)).double().cpu().numpy()
    if answers.sources is not None:
        told |= _of_heads(answers.sources, [state.scene for state in states])
    rho = {way: round(mean_rank_correlation(values, truth, scenes), 4) for way, values in told.items()}
    hours = np.array([state.hour for state in states])
    return {"nearness, rank correlation": rho, "hour": _hours(answers.sources, hours)}


def _of_heads(sources: NamedSources, scenes: Sequence[str]) -> dict[str, Rows]:
    names = sources.presence.names
    first = [names.index(name) for (name,) in sources.presence.best(1)]
    rows = np.arange(len(scenes))
    told = {"source heads, the first named": sources.nearness[rows, first]}
    if set(scenes) <= set(names):
        own = [names.index(scene) for scene in scenes]
        told["source heads, of the true scene"] = sources.nearness[rows, own]
    return told


def _hours(sources: NamedSources | None, truth: Rows) -> dict[str, float] | None:
    if sources is None:
        return None
    apart = hours_apart(sources.hour, truth)
    firmest = sources.firmness >= np.median(sources.firmness)
    errors = {"mean error, hours": apart.mean(), "of the firmer half": apart[firmest].mean(), "by chance": CHANCE_HOURS}
    return {name: round(float(value), 3) for name, value in errors.items()}


def hours_apart(one: Rows, other: Rows) -> Rows:
    """Return how far hours of the day lie apart, 0..12, the shorter way round the clock."""
    return np.abs((one - other + 12.0) % 24.0 - 12.0)
