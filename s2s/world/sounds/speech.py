"""One or two people speaking, and what a single throat does besides: crying, laughing, coughing, sneezing.

Pure numpy and scipy. Source and filter: glottal pulses and hiss, through resonances that move between targets.
"""

from dataclasses import dataclass, field

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import VOWELS

FRAME_S = 0.01  # one setting of the throat
SPEAKERS_HZ = ((75.0, 150.0), (150.0, 270.0), (240.0, 420.0))  # a man, a woman, a child
INFANT = 1.7  # how much higher an infant's resonances lie than a man's

Knots = list[tuple[float, float]]  # (s, value)


@dataclass(slots=True)
class Throat:
    """What a speaker does, as knots over time: pitch, voice and hiss levels, three resonances, the hiss's colour."""

    tilt_db: float
    pitch_hz: Knots = field(default_factory=list)
    voice: Knots = field(default_factory=list)
    hiss: Knots = field(default_factory=list)
    hiss_hz: Knots = field(default_factory=list)
    formants_hz: tuple[Knots, Knots, Knots] = field(default_factory=lambda: ([], [], []))
    jitter: float = 0.01

    def shape(self, at_s: float, formants_hz: NDArray[np.float64]) -> None:
        for knots, hz in zip(self.formants_hz, formants_hz, strict=True):
            knots.append((at_s, float(hz)))

    def sound(self, take: Take) -> Signal:
        """Return what comes out of the mouth [samples], at unit RMS; a level of 1 is as loud in voice as in hiss."""
        hop = max(1, int(FRAME_S * take.sample_rate_hz))
        at_s = np.arange(take.samples // hop + 2, dtype=np.float64) * np.float64(hop / take.sample_rate_hz)
        hz = as_signal(np.fft.rfftfreq(4 * hop, 1 / take.sample_rate_hz))[None]
        voiced = _moved(_pulses(take, self, at_s), _levelled(self._tract(hz, at_s), _sampled(at_s, self.voice)), hop)
        noise = take.rng.standard_normal(take.samples, dtype=np.float32)
        colour = _resonance(hz, _sampled(at_s, self.hiss_hz), 0.4)
        return unit(as_signal(voiced + _moved(noise, _levelled(colour, _sampled(at_s, self.hiss)), hop)))

    def _tract(self, hz: Signal, at_s: NDArray[np.float64]) -> Signal:
        """Return the amplitude of glottis and mouth [frames, bins]: each resonance weaker than the one below."""
        tract = 0.03 * _resonance(hz, np.array([3600.0]), 0.1)
        for rank, knots in enumerate(self.formants_hz):
            tract = tract + np.float32(0.55**rank) * _resonance(hz, _sampled(at_s, knots), 0.07)
        return as_signal(tract * (np.maximum(hz, 60.0) / 200.0) ** np.float32(-self.tilt_db / 6.02))


def _sampled(at_s: NDArray[np.float64], knots: Knots) -> NDArray[np.float64]:
    times_s, values = np.array(sorted(knots)).T
    return np.asarray(np.interp(at_s, times_s, values))


def _resonance(hz: Signal, centre_hz: NDArray[np.float64], width: float) -> Signal:
    """Return a resonance's amplitude [frames, bins] around `centre_hz` [frames]."""
    centre = as_signal(centre_hz)[:, None]
    return as_signal(1.0 / np.sqrt(1.0 + np.square((hz - centre) / (30.0 + 0.5 * width * centre))))


def _levelled(gains: Signal, level: NDArray[np.float64]) -> Signal:
    """Return a filter [frames, bins] that turns a source of unit power into one of `level` [frames]."""
    power = np.mean(np.square(gains), axis=1)
    return gains * as_signal(level / np.sqrt(power))[:, None]


def _pulses(take: Take, throat: Throat, at_s: NDArray[np.float64]) -> Signal:
    """Return one pulse a glottal cycle [samples], no two cycles quite alike, at unit power whatever the pitch."""
    pitch_hz = np.interp(take.times(), at_s, _sampled(at_s, throat.pitch_hz))
    wander = 1.0 + throat.jitter * (take.drift(0.05) + take.drift(0.3))
    phase = np.cumsum(pitch_hz * np.maximum(wander, 0.2)) / take.sample_rate_hz
    first = np.flatnonzero(np.diff(np.floor(phase)) > 0)
    late = (np.ceil(phase[first]) - phase[first]) / np.maximum(phase[first + 1] - phase[first], 1e-9)
    level = np.maximum(0.1, 1.0 + 4.0 * throat.jitter * take.rng.standard_normal(first.size))
    level *= np.sqrt(take.sample_rate_hz / pitch_hz[first])
    out = np.zeros(take.samples + 1)
    np.add.at(out, first, level * (1.0 - late))
    np.add.at(out, first + 1, level * late)
    return as_signal(out[: take.samples])


def _moved(source: Signal, gains: Signal, hop: int) -> Signal:
    """Return `source` through a filter [frames, bins] that changes every `hop` samples, by overlapping frames."""
    frames, size = gains.shape[0], 4 * hop
    padded = np.zeros((frames + 2) * hop, np.float32)
    padded[hop : hop + source.size] = source[: padded.size - hop]
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    cut = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop][:frames] * window
    heard = scipy.fft.irfft(scipy.fft.rfft(cut, size) * gains[: cut.shape[0]], size)
    out = np.zeros(((frames + 6), hop), np.float32)
    for part in range(4):
        out[part : part + heard.shape[0]] += heard[:, part * hop : (part + 1) * hop]
    return as_signal(out.reshape(-1)[hop : hop + source.size])


def speech(take: Take) -> Signal:
    """Return one speaker, or two who take turns."""
    speakers = 1 if take.chance(0.65) else 2
    turn_s = take.log_uniform(1.0, 4.0)
    shared = (take.times() / turn_s + take.uniform(0, 1)).astype(np.int64)
    out = take.silence()
    for number in range(speakers):
        turn = (shared % speakers == number) | (take.rng.random() < 0.1)
        smooth = uniform_filter1d(turn.astype(np.float32), int(0.01 * take.sample_rate_hz))
        out += _speaker(take) * smooth * np.float32(gain(take.uniform(-6.0, 0.0)))
    return out


def _speaker(take: Take) -> Signal:
    pitch_hz = take.log_uniform(*SPEAKERS_HZ[int(take.rng.choice(3, p=[0.45, 0.4, 0.15]))])
    size = float(np.clip((pitch_hz / 120.0) ** 0.28, 0.9, 1.4)) * take.uniform(0.94, 1.06)
    throat = Throat(take.uniform(2.0, 8.0), jitter=take.log_uniform(0.004, 0.03))
    per_second, range_octaves = take.uniform(3.0, 7.0), take.uniform(0.05, 0.5)
    at_s = -take.uniform(0.0, 0.5)
    while at_s < take.duration_s:
        syllables = int(take.rng.integers(3, 18))
        for number in range(syllables):
            fall = range_octaves * (0.5 - number / syllables) + 0.25 * range_octaves * float(take.rng.standard_normal())
            length_s = float(take.rng.lognormal(np.log(1.0 / per_second), 0.22))
            _syllable(take, throat, at_s, length_s, pitch_hz * 2**fall, size)
            at_s += length_s
        throat.voice.append((at_s + 0.02, 0.0))
        at_s += 0.08 + float(take.rng.exponential(0.45))
    return throat.sound(take)


def _syllable(take: Take, throat: Throat, at_s: float, length_s: float, pitch_hz: float, size: float) -> None:
    """Set knots for a consonant and the vowel after it."""
    closed_s = min(0.45 * length_s, take.uniform(0.03, 0.1))
    manner = take.rng.choice(["fricative", "plosive", "nasal", "glide"], p=[0.28, 0.32, 0.2, 0.2])
    hold = {"fricative": 0.03, "plosive": 0.0, "nasal": 0.35, "glide": 0.6}[str(manner)]
    _consonant(take, throat, str(manner), at_s, closed_s)
    throat.voice += [(at_s + 0.01, hold), (at_s + closed_s, hold)]
    stress = float(take.rng.lognormal(0.0, 0.3))
    throat.voice += [(at_s + closed_s + 0.025, stress), (at_s + 0.8 * length_s, 0.8 * stress), (at_s + length_s, 0.3)]
    throat.pitch_hz += [(at_s, pitch_hz), (at_s + 0.7 * length_s, pitch_hz * float(take.rng.lognormal(0.0, 0.06)))]
    here, there = (VOWELS[int(row)] * size for row in take.rng.integers(len(VOWELS), size=2))
    locus = np.array([250.0, take.uniform(900, 2300), 2500.0]) * size  # where the mouth comes from
    throat.shape(at_s + 0.5 * closed_s, locus)
    throat.shape(at_s + closed_s + 0.05, here)
    throat.shape(at_s + 0.9 * length_s, here + (there - here) * take.uniform(0.0, 0.7))


def _consonant(take: Take, throat: Throat, manner: str, at_s: float, closed_s: float) -> None:
    centre_hz = take.log_uniform(1500.0, 6500.0)
    throat.hiss_hz += [(at_s, centre_hz), (at_s + closed_s, centre_hz)]
    level = take.log_uniform(0.06, 0.5)
    if manner == "fricative":
        edge_s = closed_s + 0.02
        throat.hiss += [(at_s, 0.0), (at_s + 0.3 * edge_s, level), (at_s + 0.8 * edge_s, level), (at_s + edge_s, 0.0)]
    elif manner == "plosive":
        throat.hiss += [(at_s + closed_s - 0.011, 0.0), (at_s + closed_s, 1.6 * level), (at_s + closed_s + 0.03, 0.0)]
    else:
        throat.hiss += [(at_s, 0.01), (at_s + closed_s, 0.01)]


def cry_or_laugh(take: Take) -> Signal:
    """Return one person crying, laughing, coughing or sneezing: bouts with breath between."""
    manner = str(take.rng.choice(["cry", "laugh", "cough", "sneeze"], p=[0.35, 0.35, 0.2, 0.1]))
    size = take.uniform(1.4, INFANT) if manner == "cry" else take.uniform(0.95, 1.4)
    pitch_hz = {"cry": take.uniform(320, 560), "laugh": take.log_uniform(140, 480)}.get(
        manner, take.log_uniform(90, 260)
    )
    throat = Throat(take.uniform(2.0, 6.0), jitter=take.log_uniform(0.006, 0.06))
    at_s = -take.uniform(0.0, 0.3)
    bout = {"cry": _wail, "laugh": _laugh, "cough": _cough, "sneeze": _sneeze}[manner]
    gap_s = take.log_uniform(0.15, 1.5)
    while at_s < take.duration_s:
        at_s = bout(take, throat, at_s, pitch_hz, VOWELS[int(take.rng.choice([0, 0, 1, 5]))] * size)
        at_s += gap_s * float(take.rng.lognormal(0.0, 0.4))
    return throat.sound(take)


def _breath(take: Take, throat: Throat, begin_s: float, end_s: float, level: float) -> None:
    middle_s = begin_s + take.uniform(0.2, 0.7) * (end_s - begin_s)
    throat.hiss += [(begin_s, 0.0), (middle_s, level), (end_s, 0.0)]
    throat.hiss_hz.append((middle_s, take.log_uniform(800.0, 4000.0)))


def _wail(take: Take, throat: Throat, at_s: float, pitch_hz: float, mouth: NDArray[np.float64]) -> float:
    length_s, high = take.log_uniform(0.4, 1.8), float(take.rng.lognormal(0.15, 0.12))
    for share, bend, loud in ((0.0, 0.8, 0.0), (0.15, high, 1.0), (0.6, high * 0.95, 0.9), (1.0, 0.7, 0.0)):
        throat.pitch_hz.append((at_s + share * length_s, pitch_hz * bend))
        throat.voice.append((at_s + share * length_s, loud))
        throat.shape(at_s + share * length_s, mouth * take.uniform(0.92, 1.08))
    _breath(take, throat, at_s + length_s, at_s + length_s + 0.3, take.uniform(0.05, 0.5))
    return at_s + length_s + 0.1


def _laugh(take: Take, throat: Throat, at_s: float, pitch_hz: float, mouth: NDArray[np.float64]) -> float:
    period_s = take.uniform(0.13, 0.28)
    count = int(take.rng.integers(3, 11))
    for number in range(count):
        start_s, bend = at_s + number * period_s, take.uniform(1.0, 1.4) * (1.25 - 0.5 * number / count)
        throat.pitch_hz += [(start_s, pitch_hz * bend), (start_s + 0.6 * period_s, pitch_hz * bend * 0.85)]
        loud = take.uniform(0.5, 1.0) * (1.0 - 0.6 * number / count)
        throat.voice += [(start_s, 0.0), (start_s + 0.3 * period_s, loud), (start_s + 0.65 * period_s, 0.0)]
        _breath(take, throat, start_s + 0.6 * period_s, start_s + period_s, take.uniform(0.05, 0.35))
        throat.shape(start_s, mouth * take.uniform(0.97, 1.03))
    return at_s + count * period_s


def _cough(take: Take, throat: Throat, at_s: float, pitch_hz: float, mouth: NDArray[np.float64]) -> float:
    for _ in range(int(take.rng.integers(1, 4))):
        length_s, loud = take.uniform(0.12, 0.4), take.uniform(0.1, 0.8)
        throat.hiss += [(at_s, 0.0), (at_s + 0.012, take.uniform(0.8, 2.0)), (at_s + length_s, 0.0)]
        throat.hiss_hz += [(at_s, take.log_uniform(600, 3000)), (at_s + length_s, take.log_uniform(600, 3000))]
        throat.voice += [(at_s + 0.03, 0.0), (at_s + 0.06, loud), (at_s + length_s, 0.0)]
        throat.pitch_hz += [(at_s, pitch_hz * 1.3), (at_s + length_s, pitch_hz * 0.7)]
        throat.shape(at_s, mouth * take.uniform(0.9, 1.1))
        at_s += length_s + take.uniform(0.03, 0.4)
    return at_s


def _sneeze(take: Take, throat: Throat, at_s: float, pitch_hz: float, mouth: NDArray[np.float64]) -> float:
    """Set knots for air drawn in, a gasp of voice, and the burst; return when it is over."""
    burst_s = at_s + take.uniform(0.3, 0.9)
    _breath(take, throat, at_s, burst_s - 0.05, take.uniform(0.05, 0.3))
    end_s, hiss_hz = burst_s + take.uniform(0.2, 0.5), take.log_uniform(1500.0, 5000.0)
    throat.hiss += [(burst_s, 0.0), (burst_s + 0.02, take.uniform(0.8, 2.0)), (end_s, 0.0)]
    throat.hiss_hz += [(burst_s, hiss_hz), (end_s, hiss_hz * take.uniform(0.3, 0.8))]
    throat.voice += [(burst_s - 0.1, 0.0), (burst_s, take.uniform(0.2, 1.0)), (burst_s + 0.1, 0.0)]
    throat.pitch_hz += [(burst_s - 0.1, pitch_hz * 1.2), (burst_s, pitch_hz * 1.8), (end_s, pitch_hz)]
    throat.shape(burst_s, mouth * take.uniform(0.9, 1.1))
    return end_s
