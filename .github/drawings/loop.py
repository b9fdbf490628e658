"""Makes the loop on the README's first screen: twelve seconds of a real run, with the sound that it hears drawn below.

    PYTHONPATH=. python .github/drawings/loop.py sea=sea.ogg fire=fire.ogg train=train.ogg --preset performance

The sounds share the twelve seconds, brought to one loudness, and are played twice by `run_show.py --render`; the second
round is kept, whole, so that the end goes over into the beginning as it would in the room. Writes `loop.webp`.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from sheet import PICTURES

from s2s.media.audio import read_audio
from s2s.media.sound_writer import write_flac

_ROOT: Final = Path(__file__).resolve().parents[2]

_LOOP_S: Final = 12
_FPS: Final = 12
_SIZE: Final = (480, 270)
_STRIP_PX: Final = 38
_RATE_HZ: Final = 44100
_RMS: Final = 0.08
_PAPER, _INK, _HEARD = (23, 25, 28), (112, 116, 120), (236, 176, 84)


def heard(sounds: list[Path]) -> NDArray[np.float32]:
    """Return the sounds one after the other, each as long as the others and as loud: samples [n], full scale ±1."""
    num_samples = _LOOP_S * _RATE_HZ // len(sounds)
    parts = [np.resize(read_audio(sound, _RATE_HZ), num_samples) for sound in sounds]
    levelled = [part * (_RMS / max(float(np.sqrt(np.mean(part**2))), 1e-4)) for part in parts]
    return np.clip(np.concatenate(levelled), -1.0, 1.0).astype(np.float32)


def rendered(sound: NDArray[np.float32], preset: str) -> list[Image.Image]:
    """Return the pictures of the second of two rounds, as the show renders them."""
    with tempfile.TemporaryDirectory() as folder:
        write_flac(Path(folder) / "twice.flac", np.tile(sound, 2), _RATE_HZ)
        film = Path(folder) / "film.mp4"
        what = ["--preset", preset, "--source", f"file:{folder}/twice.flac", "--render", str(film)]
        shape = ["--size", "{}x{}".format(*_SIZE), "--fps", str(_FPS)]
        subprocess.run([sys.executable, "run_show.py", *what, *shape], cwd=_ROOT, check=True)
        with av.open(str(film)) as container:
            pictures = [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    return pictures[_LOOP_S * _FPS : 2 * _LOOP_S * _FPS]


def strip(sound: NDArray[np.float32], names: list[str], now: float) -> Image.Image:
    """Return the sound of the loop as a waveform with what is playing, `now` from 0 to 1."""
    width = _SIZE[0]
    picture = Image.new("RGB", (width, _STRIP_PX), _PAPER)
    draw = ImageDraw.Draw(picture)
    columns = sound[: len(sound) // width * width].reshape(width, -1)
    heights = np.minimum(np.sqrt(np.mean(columns**2, axis=1)) / _RMS, 2.0) * 5.0 + 1.0
    for x, height in enumerate(heights):
        draw.line([(x, 26 - height), (x, 26 + height)], fill=_HEARD if x <= now * width else _INK)
    font = ImageFont.load_default(11)
    for number, name in enumerate(names):
        playing = int(now * len(names)) == number
        draw.text((number * width / len(names) + 6, 2), name, font=font, fill=_HEARD if playing else _INK)
    return picture


def main() -> None:
    """Render and write the loop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", nargs="+", metavar="NAME=FILE")
    parser.add_argument("--preset", default="performance")
    parser.add_argument("--quality", type=int, default=78)
    asked = parser.parse_args()
    names, files = zip(*(sound.split("=", 1) for sound in asked.sounds), strict=True)
    sound = heard([Path(file).resolve() for file in files])
    frames = []
    for number, picture in enumerate(rendered(sound, asked.preset)):
        frame = Image.new("RGB", (_SIZE[0], _SIZE[1] + _STRIP_PX))
        frame.paste(picture, (0, 0))
        frame.paste(strip(sound, list(names), number / (_LOOP_S * _FPS)), (0, _SIZE[1]))
        frames.append(frame)
    how = {"quality": asked.quality, "method": 4, "duration": round(1000 / _FPS), "loop": 0}
    frames[0].save(PICTURES / "loop.webp", save_all=True, append_images=frames[1:], **how)


if __name__ == "__main__":
    main()
