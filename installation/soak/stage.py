"""The folder of a soak: a venue with presets of its own, a sound, a second model, and room for temporary files."""

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

_RATE_HZ: Final = 16_000
_SOUND_S: Final = 20
EDITED: Final = "soak-edit"
SECOND_MODEL: Final = "second-model"
_PRESET: Final = """name: {title}
description: Of a soak; it goes with its folder.
source: {source}
parameters: {{/show/morph: 1, /latent/glide: {glide}, /render/feedback: {feedback}}}
modulation:
  - {{from: bass, to: /render/zoom, amount: 0.05, attack: 0.05, release: 0.6}}
passes: [{passes}]
"""
BROKEN: Final = {
    "broken, then mended": "name: Broken\ndescription: No such pass.\nsource: demo\npasses: [upscale, upsclae]\n",
    "not YAML, then mended": "name: [Broken\n  - {{{\n",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a soak takes place; `pcm_port` is the port at which its presets expect sound over OSC."""

    folder: Path
    pcm_port: int

    @classmethod
    def build(cls, folder: Path, model: Path, pcm_port: int) -> Self:
        """Write all of it into `folder`. Raises OSError."""
        stage = cls(folder, pcm_port)
        for path in (stage.venue / "presets", stage.temporary):
            path.mkdir(parents=True, exist_ok=True)
        second = folder / SECOND_MODEL
        if not second.exists():
            second.symlink_to(model.resolve(), target_is_directory=True)
        sound = folder / "swells.wav"
        _write_swells(sound)
        sources = {"soak-demo": "demo", "soak-osc": f"osc:{pcm_port}", "soak-file": f"file:{sound}"}
        for number, (name, source) in enumerate(sources.items()):
            stage.preset(name).write_text(_preset_text(name, source, number), encoding="utf-8")
        stage.mend()
        return stage

    @property
    def venue(self) -> Path:
        """The venue's folder."""
        return self.folder / "venue"

    @property
    def temporary(self) -> Path:
        """Where the show puts temporary files, and nobody else."""
        return self.folder / "temporary"

    @property
    def presets(self) -> tuple[str, ...]:
        """The presets between which a soak goes."""
        return ("gallery", "performance", "world", "soak-demo", "soak-osc", "soak-file")

    def preset(self, name: str) -> Path:
        """Return the file of one of the venue's presets."""
        return self.venue / "presets" / f"{name}.yaml"

    def break_edited(self, how: str) -> None:
        """Write what is no preset over the one that is edited."""
        self.preset(EDITED).write_text(BROKEN[how], encoding="utf-8")

    def mend(self) -> None:
        """Write it as it should be."""
        self.preset(EDITED).write_text(_preset_text(EDITED, "demo", 1), encoding="utf-8")


def _preset_text(name: str, source: str, number: int) -> str:
    passes = ("upscale, grade, grain", "upscale, displace, feedback, grade", "upscale, bloom, grade, grain")[number]
    title = name.replace("-", " ").capitalize()
    return _PRESET.format(title=title, source=source, glide=1 + number, feedback=0.2 * number, passes=passes)


def _write_swells(path: Path) -> None:
    """Write noise that swells, with a tone now and then: something to hear that is loud and still by turns."""
    t_s = np.arange(_RATE_HZ * _SOUND_S) / _RATE_HZ
    noise = np.random.default_rng(0).normal(0.0, 0.1, len(t_s))
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * t_s / 10.0)
    tone = 0.2 * np.sin(2 * np.pi * 330.0 * t_s) * (t_s % 5.0 < 1.0)
    samples = np.clip((noise * swell + tone) * 32767, -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
