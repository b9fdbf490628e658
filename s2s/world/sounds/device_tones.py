"""What devices sing: beeps, rings, ringtones, dial tones, keypads, sweeps, modems. Pure numpy."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from s2s.world.sounds.noise import band
from s2s.world.sounds.take import Signal, Take, as_signal
from s2s.world.sounds.tunes import SCALES, pitch_hz

KEYPAD_HZ = ((697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0))  # rows and columns (ITU-T Q.23)


def tones(take: Take) -> Signal:
    """Return what one device sings: beeps, a ring, a ringtone, a dial tone, a keypad, a sweep, a modem."""
    kinds = (_beeps, _ring, _ringtone, _dial_tone, _keypad, _sweep, _modem)
    return kinds[int(take.rng.integers(len(kinds)))](take)


def _wave(take: Take, hz: Signal, edge: float) -> Signal:
    """Return a sine at `hz` [samples], squared off by `edge`."""
    tone = np.sin(np.cumsum(hz, dtype=np.float64) * (2 * np.pi / take.sample_rate_hz))
    return as_signal(np.tanh((1.0 + edge) * tone))


def _gate(take: Take, on_s: float, off_s: float, group: int = 1, rest_s: float = 0.0) -> Signal:
    """Return 1 where a pattern of `group` pulses and a rest sounds, with soft edges [samples]."""
    cycle_s = group * (on_s + off_s) + rest_s
    place_s = (take.times() + take.uniform(0.0, cycle_s)) % cycle_s
    within_s = place_s % (on_s + off_s)
    sounding = (within_s < on_s) & (place_s < group * (on_s + off_s))
    return as_signal(uniform_filter1d(sounding.astype(np.float32), int(0.002 * take.sample_rate_hz)))


def _beeps(take: Take) -> Signal:
    hz = np.full(take.samples, take.log_uniform(400.0, 4200.0), np.float32)
    group = int(take.rng.integers(1, 5))
    gate = _gate(take, take.log_uniform(0.04, 0.5), take.log_uniform(0.04, 0.4), group, take.log_uniform(0.1, 1.5))
    return _wave(take, hz, take.log_uniform(0.01, 6.0)) * gate


def _ring(take: Take) -> Signal:
    """Return a telephone: two pitches in quick trill, in long rings."""
    low_hz, ratio, trill_hz = take.log_uniform(350.0, 1800.0), take.uniform(1.1, 1.5), take.uniform(12.0, 28.0)
    high = np.sin(2 * np.pi * trill_hz * take.times()) > 0
    on_s, off_s, rest_s = take.uniform(0.4, 1.6), take.uniform(0.15, 0.4), take.uniform(0.3, 2.0)
    gate = _gate(take, on_s, off_s, int(take.rng.integers(1, 3)), rest_s)
    return _wave(take, as_signal(low_hz * np.where(high, ratio, 1.0)), take.log_uniform(0.05, 4.0)) * gate


def _ringtone(take: Take) -> Signal:
    note_s, length = take.log_uniform(0.07, 0.3), int(take.rng.integers(4, 14))
    scale = SCALES[int(take.rng.integers(len(SCALES)))]
    root_hz = take.log_uniform(350.0, 1100.0)
    pitches_hz = [pitch_hz(root_hz, scale, int(degree)) for degree in take.rng.integers(0, 14, length)]
    hz = np.array(pitches_hz, np.float32)[(take.times() / note_s).astype(np.int64) % length]
    return _wave(take, hz, take.log_uniform(0.05, 6.0)) * _gate(take, note_s * length * 0.98, 0.1)


def _dial_tone(take: Take) -> Signal:
    """Return a line that waits or is engaged: one tone or two, steady or broken."""
    first_hz, ratio = take.uniform(330.0, 500.0), take.uniform(1.05, 1.35)
    tone = _wave(take, np.full(take.samples, first_hz, np.float32), 0.01)
    if take.chance(0.6):
        tone = tone + _wave(take, np.full(take.samples, first_hz * ratio, np.float32), 0.01)
    return tone if take.chance(0.3) else tone * _gate(take, take.uniform(0.25, 2.0), take.uniform(0.25, 3.0))


def _keypad(take: Take) -> Signal:
    step_s, low, high = take.uniform(0.12, 0.5), *KEYPAD_HZ
    step = (take.times() / step_s).astype(np.int64)
    keys = take.rng.integers(4, size=(2, int(step[-1]) + 1))
    tones_hz = (np.array(low, np.float32)[keys[0]][step], np.array(high, np.float32)[keys[1]][step])
    return (_wave(take, tones_hz[0], 0.01) + _wave(take, tones_hz[1], 0.01)) * _gate(take, 0.6 * step_s, 0.4 * step_s)


def _sweep(take: Take) -> Signal:
    period_s, low_hz = take.log_uniform(0.08, 12.0), take.log_uniform(60.0, 1200.0)
    place = (take.times() / period_s + take.uniform(0, 1)) % 1.0
    place = 1.0 - place if take.chance(0.4) else place
    hz = low_hz * take.uniform(1.3, 0.8 * take.nyquist_hz / low_hz) ** place
    return _wave(take, as_signal(hz), take.log_uniform(0.01, 1.0))


def _modem(take: Take) -> Signal:
    step = (take.times() * take.log_uniform(8.0, 300.0)).astype(np.int64)
    shift_hz, levels = take.uniform(100.0, 900.0), int(take.rng.choice([2, 2, 4, 8]))
    bits = take.rng.integers(levels, size=int(step[-1]) + 1)[step]
    carrier = _wave(take, as_signal(take.uniform(700.0, 2200.0) + shift_hz * bits / levels), 0.01)
    scramble = band(take, 400.0, 3300.0) * np.float32(take.uniform(0.0, 0.8)) * (take.drift(2.0) > 0)
    return as_signal(carrier + scramble)
