"""Sirens in the street: wail, yelp and two tones from a vehicle, or a mechanical siren over a town. Pure numpy."""

import numpy as np
from numpy.typing import NDArray

from s2s.world.sounds.machines import engine_cycle
from s2s.world.sounds.noise import band_curve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import sung

SPEED_OF_SOUND_MS = 343.0
Tune = NDArray[np.float64]  # [samples] of pitch in Hz


def siren(take: Take) -> Signal:
    """Return a siren coming, passing or standing, with the street's echoes and its engine under it."""
    if take.chance(0.12):
        return _mechanical(take)
    tune, level = _tune(take)
    doppler, near = _drive(take)
    out = _horn(take, tune * doppler) * level
    if take.chance(0.2):  # a second vehicle behind the first
        other, other_level = _tune(take)
        out = out + np.roll(_horn(take, other * doppler) * other_level, take.sample_rate_hz) * np.float32(
            gain(take.uniform(-18.0, -4.0))
        )
    engine = engine_cycle(take, 40, take.uniform(5.0, 8.0), firings=2)
    revs = as_signal(take.log_uniform(25.0, 60.0) * (1 + 0.1 * take.drift(1.5)) * doppler)
    motor = sung(engine, revs, take.sample_rate_hz) * np.float32(gain(take.uniform(-34.0, -16.0)))
    tyres = coloured(take, ((60.0, 0.0), (900.0, -4.0), (4000.0, -20.0))) * np.float32(gain(take.uniform(-36.0, -20.0)))
    return as_signal(_echoed(take, (out + motor + tyres) * near))


def _tune(take: Take) -> tuple[Tune, Signal]:
    """Return pitch in Hz and level over time of an electronic siren: it may change its tune on the way."""
    kinds = [str(take.rng.choice(["wail", "yelp", "two tones", "pulses"], p=[0.4, 0.2, 0.33, 0.07]))]
    if take.chance(0.3):
        kinds.append(str(take.rng.choice(["wail", "yelp", "two tones"])))
    tunes = [_TUNES[kind](take) for kind in kinds]
    change = int(take.uniform(0.3, 0.8) * take.samples) if len(tunes) == 2 else take.samples
    hz = np.where(np.arange(take.samples) < change, tunes[0], tunes[-1])
    gaps = take.silence() + 1
    if "pulses" in kinds:
        gaps *= as_signal((take.times() * take.uniform(6.0, 10.0)) % 1.0 < 0.7)
    return hz, gaps


def _wail(take: Take) -> Tune:
    low_hz, high_hz = take.uniform(450.0, 750.0), take.uniform(1150.0, 1700.0)
    period_s = take.uniform(2.5, 6.0)
    u = (take.times().astype(np.float64) / period_s + take.uniform(0.0, 1.0)) % 1.0
    rise = take.uniform(0.25, 0.55)
    sweep = np.where(u < rise, 1 - (1 - u / rise) ** 2, (1 - (u - rise) / (1 - rise)) ** 1.3)
    return np.asarray(low_hz * (high_hz / low_hz) ** sweep)


def _yelp(take: Take) -> Tune:
    low_hz, high_hz = take.uniform(500.0, 800.0), take.uniform(1200.0, 1700.0)
    u = (take.times().astype(np.float64) * take.uniform(2.5, 4.5) + take.uniform(0.0, 1.0)) % 1.0
    sweep = np.minimum(u / 0.6, (1 - u) / 0.4) if take.chance(0.7) else 1 - u
    return np.asarray(low_hz * (high_hz / low_hz) ** sweep)


def _two_tones(take: Take) -> Tune:
    """Return two held tones in turn: a fourth as in Germany and Austria, a second or a third as in France and Italy."""
    low_hz = take.uniform(360.0, 520.0)
    ratio = float(take.rng.choice([1.335, 1.33, 1.2, 1.15, 1.26]))
    u = (take.times().astype(np.float64) / take.uniform(0.9, 1.6) + take.uniform(0.0, 1.0)) % 1.0
    return np.asarray(np.where(u < 0.5, low_hz, low_hz * ratio))


def _pulses(take: Take) -> Tune:
    return np.full(take.samples, take.uniform(700.0, 1300.0))


_TUNES = {"wail": _wail, "yelp": _yelp, "two tones": _two_tones, "pulses": _pulses}


def _horn(take: Take, hz: Tune) -> Signal:
    """Return `hz` through a horn loudspeaker: a hard-driven wave, loud between 500 and 3500 Hz."""
    harmonics = int(np.clip(0.95 * take.nyquist_hz / float(hz.max()), 1, 24))
    wave = sung(engine_cycle(take, harmonics, take.uniform(2.0, 6.0)), as_signal(hz), take.sample_rate_hz)
    points = ((150.0, -26.0), (500.0, -4.0), (take.log_uniform(900.0, 1800.0), 3.0), (3500.0, -3.0), (8000.0, -20.0))
    return unit(filtered(take, wave, points))


def _drive(take: Take) -> tuple[Tune, Signal]:
    """Return pitch ratio and level of a vehicle that passes, comes, goes or stands."""
    speed_ms = take.uniform(6.0, 25.0) if take.chance(0.8) else 0.0
    distance_m = take.near(60.0, 8.0) * take.uniform(0.7, 1.4)
    closest_s = take.lead_in_s + take.uniform(-0.3, 1.3) * (take.duration_s - take.lead_in_s)
    along_m = (take.times().astype(np.float64) - closest_s) * speed_ms
    range_m = np.sqrt(distance_m**2 + np.square(along_m))
    doppler = 1.0 / (1.0 + speed_ms / SPEED_OF_SOUND_MS * along_m / range_m)
    # The far end of a street is not as quiet as free air would have it: its walls lead the sound along.
    return doppler, as_signal((float(range_m.min()) / range_m) ** 0.6)


def _echoed(take: Take, signal: Signal) -> Signal:
    """Add what house fronts throw back: late, duller, each from another distance."""
    out = signal.copy()
    for _ in range(int(take.rng.integers(1, 6))):
        late = int(take.log_uniform(0.03, 0.4) * take.sample_rate_hz)
        thrown = filtered(take, signal, ((400.0, 0.0), (take.log_uniform(1000, 4000), -6.0), (9000.0, -24.0)))
        out[late:] += thrown[: signal.size - late] * np.float32(gain(take.uniform(-22.0, -6.0)))
    return out


def _mechanical(take: Take) -> Signal:
    """Return a rotor siren running up, holding or running down: two rows of ports a minor third apart."""
    t = take.times().astype(np.float64)
    top_hz, period_s = take.uniform(380.0, 650.0), take.uniform(5.0, 12.0)
    u = (t / period_s + take.uniform(0.0, 1.0)) % 1.0
    effort = np.where(u < 0.55, 1 - np.exp(-u / 0.12), (1 - np.exp(-0.55 / 0.12)) * np.exp(-(u - 0.55) / 0.25))
    hz = top_hz * np.maximum(effort, 0.05)
    out = take.silence()
    for ratio in (1.0, 1.2) if take.chance(0.6) else (1.0,):
        harmonics = int(np.clip(0.9 * take.nyquist_hz / (top_hz * ratio), 1, 16))
        out += sung(engine_cycle(take, harmonics, take.uniform(3.0, 6.0)), as_signal(hz * ratio), take.sample_rate_hz)
    rush = filtered(take, take.rng.standard_normal(take.samples, dtype=np.float32), band_curve(300.0, 2500.0, 6.0))
    return as_signal(_echoed(take, (out + unit(rush) * np.float32(0.1)) * as_signal(effort**1.5)))
