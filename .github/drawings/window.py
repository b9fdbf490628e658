"""Photographs the window of a real running show while it hears recordings, one after the other, through a microphone.

    PYTHONPATH=. python .github/drawings/window.py RECORDING… [--preset gallery]

Each recording is brought to one loudness, repeated and played into a sound server's room until the show has had time to
follow. Writes `.github/pictures/scenes.jpg` and prints what was heard. Needs PulseAudio and Xvfb (`./setup.sh --dev`).
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from sheet import PICTURES

from s2s.media.audio import read_audio
from s2s.media.sound_writer import write_flac
from tests.display import VirtualDisplay
from tests.show_runner import ShowRun
from tests.sound_server import SoundServer

_SIZE: Final = (1280, 720)
_CELL: Final = (480, 270)
_COLUMNS: Final = 3
_RATE_HZ: Final = 16_000
_RMS: Final = 0.1
_HEARS_S: Final = 14.0  # the model's window, and what glides after it
_QUALITY: Final = 82


def looped(recording: Path, folder: Path) -> Path:
    """Return a sound file as long as the show listens, made of `recording`."""
    sound = np.resize(read_audio(recording, _RATE_HZ), round((_HEARS_S + 2.0) * _RATE_HZ))
    levelled = sound * (_RMS / max(float(np.sqrt(np.mean(sound**2))), 1e-4))
    out = folder / f"{recording.stem}.flac"
    write_flac(out, np.clip(levelled, -1.0, 1.0).astype(np.float32), _RATE_HZ)
    return out


def photographs(recordings: list[Path], preset: str) -> list[Image.Image]:
    """Return what the window shows at the end of each of `recordings`; prints what the show says it hears."""
    shots = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sounds = [looped(recording, folder) for recording in recordings]
        with VirtualDisplay(_SIZE) as display, SoundServer(folder) as room:
            where = {**room.environment, **display.environment}
            with ShowRun(folder, "--preset", preset, "--source", "mic", environment=where) as show:
                show.wait_for("installation.show: ok", limit_s=120.0)
                for number, sound in enumerate(sounds):
                    said = len(show.lines)
                    room.hush()
                    room.play(sound)
                    time.sleep(_HEARS_S)
                    display.screenshot(folder / f"{number}.png")
                    shots.append(Image.open(folder / f"{number}.png").convert("RGB"))
                    heard = " | ".join(line.strip() for line in show.lines[said:] if "heard:" in line)
                    sys.stdout.write(f"{recordings[number].name}: {heard}\n")
                show.stop()
    return shots


def contact_sheet(shots: list[Image.Image]) -> Image.Image:
    """Return the photographs, three beside each other."""
    rows = -(-len(shots) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * _CELL[0], rows * _CELL[1]))
    for number, shot in enumerate(shots):
        row, column = divmod(number, _COLUMNS)
        sheet.paste(shot.resize(_CELL, Image.Resampling.LANCZOS), (column * _CELL[0], row * _CELL[1]))
    return sheet


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("recordings", type=Path, nargs="+", metavar="RECORDING")
    parser.add_argument("--preset", default="gallery")
    args = parser.parse_args()
    contact_sheet(photographs(args.recordings, args.preset)).save(
        PICTURES / "scenes.jpg", quality=_QUALITY, optimize=True
    )
