"""A venue of its own: the world's clips as a hall's microphone has them, soft, dull, long and humming."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from s2s.media.video_writer import write_film
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.studio import SceneChoice, Studio

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Room:
    """`direct` is how much of the energy comes without an echo; levels in dB, of full scale for the hum."""

    reverberation_s: float = 1.6
    direct: float = 0.3
    treble_ends_hz: float = 1800.0
    gain_db: float = -12.0
    hum_hz: float = 100.0
    hum_db: float = -50.0

    def record(self, sound: Sound) -> Sound:
        """Return mono [n] within ±1 as the room's microphone has it."""
        wet = fftconvolve(sound, self._echoes())[: len(sound)]
        dry = np.sqrt(self.direct) * sound + np.sqrt(1 - self.direct) * wet
        dull = sosfilt(butter(2, self.treble_ends_hz, fs=SAMPLE_RATE_HZ, output="sos"), dry)
        hum = np.sin(2 * np.pi * self.hum_hz * np.arange(len(sound)) / SAMPLE_RATE_HZ) * np.sqrt(2)
        recorded = _ratio(self.gain_db) * dull + _ratio(self.hum_db) * hum
        return np.asarray(np.clip(recorded, -1.0, 1.0), np.float32)

    def _echoes(self) -> NDArray[np.float64]:
        """Return an exponentially falling noise of energy 1 that is 60 dB lower after the reverberation time."""
        seconds = np.arange(round(self.reverberation_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        noise = np.random.default_rng(0).standard_normal(len(seconds)) * 10 ** (-3 * seconds / self.reverberation_s)
        return np.asarray(noise / np.sqrt(np.square(noise).sum()))


def _ratio(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def evening_in(room: Room, folder: Path, count: int, first_seed: int, px: int = 128) -> Path:
    """Write `count` labelled films of the world as heard in `room`."""
    rows, drawn = [], SceneChoice(parts=1)
    with Studio(px) as studio:
        for number in range(count):
            one, name = studio.render(drawn.draw(first_seed + number)), f"{number:03d}.mp4"
            write_film(folder / name, one.frames, studio.fps, room.record(one.sound), SAMPLE_RATE_HZ)
            rows.append({"video": name, "label": one.clip.parts[0].scene})
    (folder / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder
