"""What each preset looks like. `python -m tests.preset_clips [NAME...]` films them anew with the real `--render`.

Beside each preset its picture for the operator page (`NAME.jpg`), and a loop of four seconds (`clips/NAME.webp`), of
sounds of the synthetic world, always the same. With `--sound FILE --into FOLDER` the named ones are filmed to one piece
of sound instead, from its first second on, with a sheet of pictures each. It prints how evenly each moves.
"""

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import av
import numpy as np
import scipy.io.wavfile
from numpy.typing import NDArray
from PIL import Image

from installation.output.thumbnail import thumbnail_jpeg
from installation.presets.naming import PRESET_FOLDER, preset_names
from installation.values import SAMPLE_RATE_HZ, Pixels
from s2s.world.sounds import synthesize
from s2s.world.state import SceneState
from tests.show_runner import ShowRun

FOLDER: Final = PRESET_FOLDER / "clips"
MOST_BYTES: Final = 250_000
ALL_BYTES: Final = 3_000_000
CLIP_PX: Final = (320, 180)
CLIP_S: Final = 4.0
_FPS: Final = 15
_FILM_PX: Final = "640x360"
_LEAD_S: Final = 5.0
"""Before the clip: until the model has heard enough, and the picture has come."""
_UNHEARD_S: Final = 1.0
_SEAM_S: Final = 0.6
"""Of the clip's end, which fades into what came before its beginning: it is a loop."""
_SHEET_STEP_S: Final = 0.5

SCENES: Final = {
    "cinema": "train",
    "dream": "sea",
    "gallery": "sea",
    "glass": "fire",
    "ink": "rooster",
    "mist": "birds",
    "moonlight": "owl",
    "performance": "helicopter",
    "rehearsal": "bell",
    "storm": "sea",
    "world": "underwater",
}
"""What is heard in each preset's clip."""


@dataclass(frozen=True, slots=True)
class Evenness:
    """How far the picture goes from one to the next, in levels of 255 on the mean, and what the flash limiter did."""

    mean: float
    largest: float
    interventions: int

    @classmethod
    def of(cls, film: Sequence[Pixels], interventions: int) -> "Evenness":
        small = [picture[::4, ::4].astype(np.int16) for picture in film]
        steps = [float(np.abs(other - one).mean()) for one, other in itertools.pairwise(small)]
        return cls(float(np.mean(steps)), max(steps), interventions)

    def line(self, name: str) -> str:
        times = self.largest / max(self.mean, 1e-9)
        return f"| {name} | {self.mean:.2f} | {self.largest:.2f} | {times:.1f} | {self.interventions} |"


def sound_of(scene: str, seconds: float) -> NDArray[np.float32]:
    """Return the world's sound of `scene`, near and at noon, as long as asked for, always the same."""
    sound = synthesize(SceneState(scene, seed=3, nearness=0.8, hour=12.0))
    return np.resize(sound, round(seconds * SAMPLE_RATE_HZ)).astype(np.float32)


def filmed(name: str, sound: Path, folder: Path, fps: int, *options: str) -> tuple[list[Pixels], int]:
    """Return the pictures of `name` to `sound`, and how often the flash limiter had to do something."""
    film = folder / f"{name}.mp4"
    words = ("--preset", name, "--source", f"file:{sound}", "--render", str(film))
    with ShowRun(folder, *words, "--size", _FILM_PX, "--fps", str(fps), "--seed", "1", *options) as show:
        if show.wait(1800.0) != 0:
            raise RuntimeError(f"the film of {name} failed:\n{show.log}")
        interventions = int(show.report()["safety"]["flashes"]["interventions"])
    with av.open(str(film)) as container:
        pictures = [picture.to_ndarray(format="rgb24").astype(np.uint8) for picture in container.decode(video=0)]
    return pictures, interventions


def looped(film: Sequence[Pixels]) -> list[Pixels]:
    """Return the last `CLIP_S` seconds of `film`, whose end fades into what came before its beginning."""
    count, seam = round(CLIP_S * _FPS), round(_SEAM_S * _FPS)
    before, clip = film[-count - seam : -count], list(film[-count:])
    for step, earlier in enumerate(before):
        share = (step + 1) / (seam + 1)
        mixed = (1.0 - share) * clip[step - seam] + share * earlier
        clip[step - seam] = mixed.round().astype(np.uint8)
    return clip


def animated(film: Iterable[Pixels], fps: int, most_bytes: int = MOST_BYTES) -> bytes:
    """Return an animated WebP of `film`, made small, as fine as `most_bytes` allow.

    Every picture is a key frame: else each fifth is, and the clip pulses where the film does not.
    """
    small = [Image.fromarray(picture).resize(CLIP_PX, Image.Resampling.LANCZOS) for picture in film]
    for quality in (88, 75, 60, 50, 40, 30, 20, 10):
        file = BytesIO()
        small[0].save(
            file, "WEBP", save_all=True, append_images=small[1:], duration=round(1000 / fps), loop=0,
            quality=quality, method=4, kmax=1,
        )  # fmt: skip
        if file.tell() < most_bytes:
            return file.getvalue()
    raise ValueError(f"a clip of {len(small)} pictures takes {file.tell()} bytes, expected less than {most_bytes}")


def sheet(film: Sequence[Pixels], fps: int) -> Image.Image:
    """Return pictures of `film`, every half second, five in a row."""
    chosen = film[:: max(round(_SHEET_STEP_S * fps), 1)]
    whole = Image.new("RGB", (5 * CLIP_PX[0], -(-len(chosen) // 5) * CLIP_PX[1]))
    for number, picture in enumerate(chosen):
        small = Image.fromarray(picture).resize(CLIP_PX, Image.Resampling.LANCZOS)
        whole.paste(small, (number % 5 * CLIP_PX[0], number // 5 * CLIP_PX[1]))
    return whole


def shoot(name: str) -> Evenness:
    """Film one preset that ships, and write its picture and its clip."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        scipy.io.wavfile.write(sound, SAMPLE_RATE_HZ, sound_of(SCENES[name], _LEAD_S + CLIP_S))
        film, interventions = filmed(name, sound, Path(folder), _FPS)
    (PRESET_FOLDER / f"{name}.jpg").write_bytes(thumbnail_jpeg(film[-round(CLIP_S * _FPS / 2)]))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(animated(looped(film), _FPS))
    return Evenness.of(film[-round(CLIP_S * _FPS) :], interventions)


def compare(name: str, sound: Path, into: Path, fps: int) -> Evenness:
    """Film one preset to a piece of sound; write clip and sheet, without the beginning that has heard nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        film, interventions = filmed(name, sound, Path(folder), fps)
    film = film[round(_UNHEARD_S * fps) :]
    into.mkdir(parents=True, exist_ok=True)
    sheet(film, fps).save(into / f"{name}.jpg", quality=85)
    (into / f"{name}.webp").write_bytes(animated(film, fps, 2 * MOST_BYTES))
    return Evenness.of(film, interventions)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.preset_clips")
    parser.add_argument("names", nargs="*", metavar="NAME", default=preset_names())
    parser.add_argument("--sound", type=Path, help="film the presets to this instead")
    parser.add_argument("--into", type=Path, help="where that is written")
    parser.add_argument("--fps", type=int, default=_FPS, help="of that")
    args = parser.parse_args()
    if (args.sound is None) != (args.into is None):
        parser.error("--sound and --into belong together")
    sys.stdout.write("| preset | mean step | largest | times | interventions |\n|---|---|---|---|---|\n")
    for name in args.names:
        evenness = shoot(name) if args.sound is None else compare(name, args.sound, args.into, args.fps)
        sys.stdout.write(evenness.line(name) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
