"""Short events strewn over time: drops, bubbles, crackles, clicks, and any longer event set at a moment.

Pure numpy. Grains of one call are rendered as a matrix [grain, sample], so thousands a second cost milliseconds.
"""

import numpy as np
from numpy.typing import NDArray

from s2s.world.sounds.take import Signal, Take

Values = NDArray[np.float64]  # [grains]
Starts = NDArray[np.int64]  # [grains]
MAX_MATRIX = 2_000_000  # samples of grains rendered at once: 8 MB


def arrivals(take: Take, per_second: float, density: Signal | None = None) -> Starts:
    """Return Poisson arrival times in samples; `density` [samples], 0..1, thins them where it is low."""
    count = int(take.rng.poisson(per_second * take.duration_s))
    starts = take.rng.integers(0, take.samples, count)
    if density is None:
        return starts
    return starts[take.rng.random(count) < density[starts]]


def power_law(take: Take, count: int, exponent: float, largest: float = 100.0) -> Values:
    """Return amplitudes from 1 to `largest` with density a^-exponent: many small, few great."""
    power = 1.0 - exponent
    draw = take.rng.random(count)
    return np.asarray((1.0 + draw * (largest**power - 1.0)) ** (1.0 / power))


def strew(out: Signal, starts: Starts, grains: Signal) -> None:
    """Add `grains` [grains, length] into `out` at `starts`; what passes the end is cut."""
    length = grains.shape[1]
    beyond = np.zeros(out.size + length, np.float32)  # so that nothing has to be tested against the end
    places = np.asarray(starts.astype(np.int32)[:, None] + np.arange(length, dtype=np.int32), np.int32).ravel()
    np.add.at(beyond, places, grains.ravel())
    out += beyond[: out.size]


def rings(
    take: Take, starts: Starts, hz: Values, decay_s: Values, level: Values, glide: Values | float = 0.0
) -> Signal:
    """Return decaying sines [samples]: a struck thing, or a bubble whose pitch rises by `glide` (fraction a decay)."""
    out = take.silence()
    glide = np.broadcast_to(np.asarray(glide, np.float64), starts.shape)
    order = np.argsort(decay_s)
    while order.size:  # longest first, in groups of like length, so that short grains do not pay for long ones
        length = max(8, int(6.0 * decay_s[order[-1]] * take.sample_rate_hz))
        keep = (decay_s[order] * 1.5 < decay_s[order[-1]]).sum()
        keep = max(int(keep), order.size - max(1, MAX_MATRIX // length))
        chosen, order = order[keep:], order[:keep]
        strew(out, starts[chosen], _ring(take, hz[chosen], decay_s[chosen], level[chosen], glide[chosen], length))
    return out


def _ring(take: Take, hz: Values, decay_s: Values, level: Values, glide: Values, length: int) -> Signal:
    t = (np.arange(length) / take.sample_rate_hz).astype(np.float32)
    rate = (1.0 / decay_s).astype(np.float32)[:, None]
    audible = hz < 0.95 * take.nyquist_hz
    bend = (0.5 * glide).astype(np.float32)[:, None] * rate
    phase = (2 * np.pi * hz).astype(np.float32)[:, None] * (t + bend * t * t)
    return np.asarray(np.sin(phase) * np.exp(-t * rate) * (level * audible).astype(np.float32)[:, None], np.float32)


def bursts(take: Take, starts: Starts, decay_s: Values, level: Values) -> Signal:
    """Return bursts of white noise [samples] with sharp beginnings and exponential ends; colour them afterwards."""
    out = take.silence()
    order = np.argsort(decay_s)
    while order.size:
        length = max(4, int(6.0 * decay_s[order[-1]] * take.sample_rate_hz))
        keep = int((decay_s[order] * 1.5 < decay_s[order[-1]]).sum())
        keep = max(keep, order.size - max(1, MAX_MATRIX // length))
        chosen, order = order[keep:], order[:keep]
        fall = np.arange(length, dtype=np.float32) / np.float32(-take.sample_rate_hz)
        grains = np.exp(fall / decay_s[chosen].astype(np.float32)[:, None])
        grains *= take.rng.standard_normal(grains.shape, dtype=np.float32)
        strew(out, starts[chosen], grains * level[chosen].astype(np.float32)[:, None])
    return out


def put(out: Signal, event: Signal, at: int) -> None:
    """Add one event into `out` from sample `at`, which may lie before the beginning."""
    first, last = max(0, at), min(out.size, at + event.size)
    if first < last:
        out[first:last] += event[first - at : last - at]


def event_starts(take: Take, interval_s: float, spread: float) -> Starts:
    """Return the starts of recurring events in samples: in every visit the first soon after it begins, then jittered.

    `spread` is the deviation of an interval as a fraction of `interval_s`.
    """
    starts_s = [np.empty(0)]
    for begin_s, end_s in take.visits:
        # A very short visit must still hold its event, so the wait never exceeds a quarter of it.
        first_s = begin_s + take.uniform(0.0, min(interval_s, 0.25 * (end_s - begin_s)))
        count = int((end_s - begin_s) / interval_s * 2) + 4
        intervals_s = interval_s * np.maximum(0.3, 1.0 + spread * take.rng.standard_normal(count))
        following_s = first_s + np.concatenate(([0.0], np.cumsum(intervals_s)))
        starts_s.append(following_s[following_s < end_s])
    return (np.concatenate(starts_s) * take.sample_rate_hz).astype(np.int64)


def powers(rotation: complex, count: int) -> NDArray[np.complex64]:
    """Return rotation**0 … rotation**(count-1): an outer product of two short series, far cheaper than sin and exp."""
    block = int(np.ceil(np.sqrt(count)))
    inner = (rotation ** np.arange(block)).astype(np.complex64)
    outer = ((rotation**block) ** np.arange(block)).astype(np.complex64)
    return (outer[:, None] * inner).reshape(-1)[:count]
