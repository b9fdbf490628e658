"""The sound of a clip whose things come, go and draw near: each part apart, and all of it as one recorder hears it.

Pure numpy. What is dry follows presence, so that a thing that leaves does not cut its own reverberation; what is
heard follows nearness.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.scene_clip import SceneClip, ScenePart
from s2s.world.sounds.space import (
    FAR_DBFS,
    NEAR_DBFS,
    Listening,
    Place,
    RecordingMicrophone,
    draw_carelessness,
    draw_floor,
    draw_microphone,
    level_at,
    limited,
    loudness,
)
from s2s.world.sounds.synthesis import LEAD_IN_S, SCENES, heard_samples
from s2s.world.sounds.take import Signal, Take, as_signal, decibels, rms
from s2s.world.state import SceneState

_CONTROL_HZ = 200  # presence and nearness need no audio rate


@dataclass(frozen=True, slots=True)
class ClipSound:
    """What is heard of a clip: `sound` [n], float32 within ±1, and what each part adds to it, `parts` [p, n].

    The parts add up to the sound but for the surroundings, which are always there and belong to no part.
    """

    sound: NDArray[np.float32]
    parts: NDArray[np.float32]


def synthesize_clip(clip: SceneClip, *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> ClipSound:
    """Return the sound of `clip`: n = round(duration_s * sample_rate_hz) samples.

    Each part is as loud as its nearness says (see `synthesize`) while it is present, silent but for its dying
    reverberation while it is not, and makes its events (a bark, a stroke of the bell) while it is there. The same clip
    and rate give the same samples. Raises ValueError for a clip that holds no sample or a rate outside 4000..192000 Hz.
    """
    heard = heard_samples(clip.duration_s, sample_rate_hz)
    lead_in = int(LEAD_IN_S * sample_rate_hz)
    rng = np.random.default_rng([clip.seed, *b"recorder"])
    recorder = Take(rng, lead_in + heard, lead_in, sample_rate_hz, 0.5, clip.hour)
    microphone = draw_microphone(recorder)
    heard_parts, beds = zip(*(_hear(clip, part, recorder, microphone) for part in clip.parts), strict=True)
    # Nothing that is ever there may drown in the surroundings, so the farthest moment of any part decides on them.
    farthest = min(_farthest(part, clip.duration_s) for part in clip.parts)
    floor = draw_floor(recorder, farthest, SCENES[clip.parts[0].scene].place)[lead_in:] + beds[0]
    parts = np.stack(heard_parts)
    mixed = parts.sum(axis=0) + floor
    sound = limited(mixed)
    # Where the limiter bends the whole, it bends every part of it alike.
    bent = np.divide(sound, mixed, out=np.ones_like(sound), where=np.abs(mixed) > np.abs(sound))
    return ClipSound(sound, as_signal(parts * bent))


def _hear(clip: SceneClip, part: ScenePart, recorder: Take, microphone: RecordingMicrophone) -> tuple[Signal, Signal]:
    """Return one part and its surroundings [heard samples] as the microphone hears them."""
    times_s = np.arange(-LEAD_IN_S, clip.duration_s + 1 / _CONTROL_HZ, 1 / _CONTROL_HZ)
    presence, nearness = part.presence.sampled(times_s), part.nearness.sampled(times_s)
    scene = SCENES[part.scene]
    state = SceneState(part.scene, part.seed, _typical(nearness, presence), clip.hour)
    take = Take(
        state.rng("sound"),
        recorder.samples,
        recorder.lead_in,
        recorder.sample_rate_hz,
        state.nearness,
        clip.hour,
        _visits(presence),
    )
    dry = scene.make(take)
    gate = take.breakpoints(times_s + LEAD_IN_S, presence * presence * (3.0 - 2.0 * presence))
    careless = np.float32(draw_carelessness(take))
    near_by = take.breakpoints(times_s + LEAD_IN_S, nearness)[take.lead_in :]
    heard = _moving(take, dry * gate, scene.place, microphone, near_by, gate[take.lead_in :])
    heard *= decibels(FAR_DBFS + np.float32(NEAR_DBFS - FAR_DBFS) * near_by) * careless
    if scene.around is None:
        return heard, np.zeros_like(heard)
    return heard, scene.around(take)[take.lead_in :] * np.float32(level_at(take.nearness)) * careless


def _moving(
    take: Take, dry: Signal, place: Place, microphone: RecordingMicrophone, nearness: Signal, gate: Signal
) -> Signal:
    """Return `dry` heard from `nearness` [heard samples], as loud as 1 while the thing is there.

    Air and room are computed at the nearest and the farthest point, and the ear walks from one to the other: both are
    filters of one sound, so a mix of them is a filter between them.
    """
    listening = Listening(take, dry, place, microphone)
    low, high = float(nearness.min()), float(nearness.max())
    near = _levelled(take, listening.at(high), place, gate)
    if high - low < 0.02:
        return near
    far = _levelled(take, listening.at(low), place, gate)
    share = (nearness - np.float32(low)) / np.float32(high - low)
    return far + share * (near - far)


def _levelled(take: Take, heard: Signal, place: Place, gate: Signal) -> Signal:
    """Return `heard` at the loudness 1 over the time that the thing is there."""
    there = heard[gate > 0.5 * gate.max()] if gate.any() else heard
    level = loudness(take, there, place)
    # Below -100 dB there is nothing but what the arithmetic leaves behind: silence, not something to be raised.
    return heard / np.float32(level) if level > 1e-5 * max(rms(heard), 1e-12) and level > 1e-9 else heard * 0.0


def _visits(presence: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Return from when to when, in seconds from the lead-in's beginning, the thing is mostly there and heard."""
    there = presence > 0.5 * min(1.0, float(presence.max()))
    there[: int(LEAD_IN_S * _CONTROL_HZ)] = False
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False)) / _CONTROL_HZ
    return tuple((float(begin), float(end)) for begin, end in edges.reshape(-1, 2))


def _typical(nearness: NDArray[np.float64], presence: NDArray[np.float64]) -> float:
    """Return the nearness averaged over the time that the thing is there."""
    return float(np.average(nearness, weights=presence if presence.any() else None))


def _farthest(part: ScenePart, duration_s: float) -> float:
    """Return the least nearness of `part` while it is there."""
    times_s = np.linspace(0.0, duration_s, int(duration_s * _CONTROL_HZ) + 2)
    nearness, there = part.nearness.sampled(times_s), part.presence.sampled(times_s) > 0.5
    return float(nearness[there].min() if there.any() else nearness.min())
