"""Birds, crickets and a rooster. Pure numpy; each caller is drawn once and then repeats itself with small changes."""

from dataclasses import dataclass

import numpy as np

from s2s.world.sounds.grains import event_starts, put
from s2s.world.sounds.noise import band, band_curve, filtered
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import formant_gain


@dataclass(frozen=True, slots=True)
class Syllable:
    """One note of a bird: a pitch contour in Hz over its length, tremor of pitch and level, silence after it."""

    length_s: float
    contour_hz: tuple[float, ...]
    tremor_hz: float
    tremor_depth: float
    overtone: float
    rest_s: float
    repeats: int


def birds(take: Take) -> Signal:
    """Return birds singing, each with a grammar of its own."""
    out = take.silence()
    for number in range(int(take.rng.integers(1, 6))):
        out += _bird(take, leads=number == 0) * np.float32(gain(take.uniform(-18.0, 0.0) * (number > 0)))
    return out


def _bird(take: Take, *, leads: bool) -> Signal:
    """Return one bird; the one that leads is singing when a visit begins, others join when they like."""
    out = take.silence()
    base_hz = take.log_uniform(400.0, 1100.0) if take.chance(0.08) else take.log_uniform(1700.0, 6500.0)
    song = [_draw_syllable(take, base_hz) for _ in range(int(take.rng.integers(1, 6)))]
    pause_s = take.log_uniform(0.3, 3.0)
    strict = take.chance(0.6)
    for begin_s, end_s in take.visits:
        at_s = begin_s - take.uniform(0.0, 0.2) if leads else begin_s + take.uniform(-1.0, 0.5) * pause_s
        while at_s < end_s:
            for number in range(len(song)):
                syllable = song[number if strict else int(take.rng.integers(len(song)))]
                at_s = _sing(take, out, syllable, at_s)
            at_s += pause_s * float(take.rng.lognormal(0.0, 0.4))
    return out


def _sing(take: Take, out: Signal, syllable: Syllable, at_s: float) -> float:
    """Add `syllable` with its repeats into `out`; return when the next may begin."""
    loud = float(take.rng.lognormal(0.0, 0.2))
    for _ in range(max(1, int(syllable.repeats * take.uniform(0.7, 1.3)))):
        put(out, _chirp(take, syllable) * np.float32(loud), int(at_s * take.sample_rate_hz))
        at_s += (syllable.length_s + syllable.rest_s) * take.uniform(0.95, 1.05)
    return at_s


def _draw_syllable(take: Take, base_hz: float) -> Syllable:
    trill = take.chance(0.25)
    length_s = take.log_uniform(0.02, 0.07) if trill else take.log_uniform(0.05, 0.4)
    turns = int(take.rng.integers(2, 5))
    span = take.uniform(0.02, 0.35)
    contour = tuple(float(base_hz * np.exp(span * take.rng.standard_normal())) for _ in range(turns))
    warble = take.chance(0.3)
    return Syllable(
        length_s=length_s,
        contour_hz=contour,
        tremor_hz=take.uniform(15.0, 90.0) if warble else 0.0,
        tremor_depth=take.uniform(0.01, 0.12) if warble else 0.0,
        overtone=take.uniform(0.0, 0.35) if take.chance(0.5) else 0.03,
        rest_s=take.log_uniform(0.01, 0.05) if trill else take.log_uniform(0.02, 0.25),
        repeats=int(take.rng.integers(4, 16)) if trill else int(take.rng.integers(1, 4)),
    )


def _chirp(take: Take, syllable: Syllable) -> Signal:
    count = max(32, int(syllable.length_s * take.sample_rate_hz))
    u = np.linspace(0.0, 1.0, count)
    hz = np.interp(u, np.linspace(0, 1, len(syllable.contour_hz)), syllable.contour_hz)
    hz = np.minimum(hz * take.uniform(0.985, 1.015), 0.92 * take.nyquist_hz)
    tremor = np.sin(2 * np.pi * syllable.tremor_hz * u * syllable.length_s)
    phase = 2 * np.pi * np.cumsum(hz * (1 + syllable.tremor_depth * tremor)) / take.sample_rate_hz
    tone = np.sin(phase)
    if float(hz.max()) * 2.2 < take.nyquist_hz:
        tone = tone + syllable.overtone * np.sin(2 * phase + 0.7)
    shape = np.sin(np.pi * u**0.8) ** 0.7 * (1 + 0.5 * tremor * (syllable.tremor_depth > 0.05))
    return (tone * shape).astype(np.float32)


def crickets(take: Take) -> Signal:
    """Return crickets on a warm night: chirpers of a few pulses, trillers without end, sometimes a haze of them."""
    out = take.silence()
    warmth = take.uniform(0.7, 1.3)  # all callers of one night hurry together (Dolbear 1897)
    centre_hz = take.log_uniform(2800.0, 6200.0)
    for _ in range(int(take.rng.integers(2, 9))):
        out += _cricket(take, centre_hz * take.uniform(0.88, 1.12), warmth) * np.float32(gain(take.uniform(-20.0, 0.0)))
    if take.chance(0.4):
        haze = band(take, centre_hz * 0.92, centre_hz * 1.1, 40.0) * take.swell(1.0, 1.5)
        out += haze * np.float32(gain(take.uniform(-26.0, -6.0)))
    return out


def _cricket(take: Take, carrier_hz: float, warmth: float) -> Signal:
    """Return one cricket: a steady carrier gated by wing strokes, strokes grouped into chirps or run into a trill."""
    rate_hz = take.log_uniform(22.0, 70.0) * warmth
    t = take.times().astype(np.float64)
    beat = t * rate_hz * (1 + 0.01 * take.uniform(-1, 1)) + take.uniform(0, 1)
    stroke = np.maximum(0.0, np.sin(np.pi * np.minimum(1.0, (beat % 1.0) / take.uniform(0.45, 0.8)))) ** 1.3
    if take.chance(0.6):
        pulses, period = int(take.rng.integers(2, 7)), 0
        period = pulses + int(take.rng.integers(2, 24))
        number = np.floor(beat) % period
        stroke = stroke * (number < pulses) * (0.6 + 0.4 * np.minimum(1.0, number / 2))
    else:
        stroke = stroke * take.swell(1.5, 1.5)
    sag = 1 - 0.02 * (beat % 1.0)
    phase = 2 * np.pi * np.cumsum(min(carrier_hz, 0.92 * take.nyquist_hz) * sag) / take.sample_rate_hz
    return unit((stroke * (np.sin(phase) + 0.08 * np.sin(2 * phase))).astype(np.float32))


# A crow's four syllables: where each ends, and its pitch at beginning, middle and end over the highest (means; every
# bird draws its own around them). The third and fourth often run into one long cry that sinks only at its end.
CROW_ENDS = np.array([0.12, 0.28, 0.46, 1.0])
CROW_PITCH = np.array([[0.84, 0.93, 0.90], [0.90, 0.98, 0.95], [0.94, 1.0, 0.98], [0.98, 0.97, 0.90]])
CROW_WILD = (0.25, 0.35, 0.5, 0.15)  # how often each breaks into noise


def rooster(take: Take) -> Signal:
    """Return a rooster crowing, with others answering and hens about."""
    out = take.silence()
    top_hz, length_s = take.log_uniform(600.0, 1000.0), take.uniform(1.1, 2.5)
    for start in event_starts(take, take.uniform(2.5, 6.0), 0.3):
        put(out, _crow(take, top_hz * take.uniform(0.95, 1.05), length_s), int(start))
    if take.chance(0.35):
        for start in event_starts(take, take.uniform(3.0, 7.0), 0.4):
            other = _crow(take, take.log_uniform(520.0, 1050.0), take.uniform(1.2, 2.4))
            put(
                out,
                other * np.float32(gain(take.uniform(-26.0, -12.0))),
                int(start + take.uniform(0, 2) * take.sample_rate_hz),
            )
    if take.chance(0.35):
        for start in event_starts(take, take.log_uniform(0.25, 1.5), 0.5):
            put(out, _cluck(take) * np.float32(gain(take.uniform(-34.0, -16.0))), int(start))
    return out


def _crow(take: Take, top_hz: float, length_s: float) -> Signal:
    """Return one crow: harmonics of nearly level pitches under an open throat, here and there breaking into noise."""
    rate = take.sample_rate_hz
    count = int(length_s * rate)
    u = np.linspace(0.0, 1.0, count)
    pitch, level, wild = _crow_contour(take, u, length_s)
    sag = take.uniform(0.0, 0.25) * np.clip((u - take.uniform(0.75, 0.95)) / 0.2, 0.0, 1.0) ** 1.5
    jitter = np.interp(u, np.linspace(0, 1, int(length_s * 120)), take.rng.normal(0.0, 0.003, int(length_s * 120)))
    hz = top_hz * pitch * (1 - sag) * (1 + jitter)
    phase = 2 * np.pi * np.cumsum(hz) / rate
    throat_hz = np.array([take.uniform(900, 1500), take.uniform(1400, 2100), take.uniform(2600, 3700)])
    lift, fall_db = take.uniform(1.0, 3.5), take.uniform(3.0, 7.0)
    out = np.zeros(count)
    for order in range(1, 13):
        heard = (order * hz < 0.93 * take.nyquist_hz) * order ** (-fall_db / 6.02)
        swelling = 1.0 + lift * np.exp(-np.square(np.log(order * hz / throat_hz[1]) / 0.25))  # the open beak
        out += (
            heard * swelling * formant_gain(order * hz, throat_hz, 0.2) * np.sin(order * phase + take.uniform(0, 6.28))
        )
    out /= max(float(np.sqrt(np.mean(out**2))), 1e-9)
    return as_signal(_broken(take, out, phase, wild, throat_hz) * level)


def _broken(take: Take, tone: np.ndarray, phase: np.ndarray, wild: np.ndarray, throat_hz: np.ndarray) -> np.ndarray:
    """Return `tone` as an overblown syrinx gives it where `wild` is high: its period doubles and it turns to noise."""
    noise = take.rng.standard_normal(tone.size, dtype=np.float32)
    noise = filtered(take, noise, band_curve(throat_hz[0] * 0.8, throat_hz[2] * 0.8, 18.0))
    noise = noise / max(float(np.std(noise)), 1e-9)
    breath = take.log_uniform(0.003, 0.05)
    return np.asarray(tone * (1.0 + wild * np.sin(0.5 * phase)) * (1.0 - 0.7 * wild) + noise * (breath + 0.7 * wild))


def _crow_contour(take: Take, u: np.ndarray, length_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pitch and level over a crow's length `u`, both over their greatest, and how wild it is, 0..1."""
    first = int(take.rng.choice([0, 0, 0, 1, 2]))
    ends = CROW_ENDS[first:] - (CROW_ENDS[first - 1] if first else 0.0)
    ends = np.append(np.sort(ends[:-1] / ends[-1] * np.exp(take.rng.normal(0.0, 0.2, ends.size - 1))), 1.0)
    pitch, level, wild, start = np.full_like(u, 0.9), np.zeros_like(u), np.zeros_like(u), 0.0
    pause_s, apart = take.uniform(0.02, 0.09), take.uniform(0.0, 1.0)
    for number, end in enumerate(np.minimum(ends, 1.0)):
        joined = take.uniform(0.2, 0.8) if take.chance(apart) else 0.0
        stop = end if joined or end >= 1.0 else max(start, end - pause_s / length_s)
        within = (u >= start) & (u <= stop)
        v = (u[within] - start) / max(stop - start, 1e-6)
        since_s = v * (stop - start) * length_s
        drawn = CROW_PITCH[first + number] * np.exp(take.rng.normal(0.0, 0.025, 3))
        leap = 1.0 - (0.0 if joined else take.uniform(0.0, 0.25)) * np.exp(-since_s / 0.02)
        pitch[within] = np.interp(v, [0.0, take.uniform(0.2, 0.5), 1.0], drawn) * leap
        rise = np.minimum(1.0, joined * (number > 0) + since_s / 0.02)
        fall = np.minimum(1.0, joined * (end < 1.0) + (1 - v) * (stop - start) * length_s / take.log_uniform(0.02, 0.2))
        level[within] = rise * fall * take.uniform(0.6, 1.0)
        wild[within] = take.uniform(0.5, 1.0) if take.chance(CROW_WILD[first + number]) else take.uniform(0.0, 0.1)
        start = end
    return pitch, level, wild


def _cluck(take: Take) -> Signal:
    count = int(take.uniform(0.05, 0.14) * take.sample_rate_hz)
    u = np.linspace(0.0, 1.0, count)
    phase = 2 * np.pi * np.cumsum(take.uniform(350.0, 700.0) * (1 - 0.35 * u)) / take.sample_rate_hz
    tone = sum(np.sin(order * phase) / order**0.7 for order in range(1, 6))
    return as_signal(tone * np.sin(np.pi * u**0.5) ** 2)
