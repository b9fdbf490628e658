"""What passes of the look do, before and after. `python -m tests.pass_pictures` draws `shaders/pictures/` anew.

Each picture is one that the model that ships paints, twice: without the pass on the left, with it on the right.
"""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

import moderngl
import numpy as np
import torch
from PIL import Image

from installation.grading.cube_file import read_cube
from installation.grading.film_look import FILE
from installation.output.headless import open_headless
from installation.render.shader import SHADERS
from installation.values import Features, Frame, Pixels
from s2s import bundle
from s2s.models.memory_generator import MemoryGenerator
from tests.installation.render.stage import Stage
from tests.reference import ROOT

FOLDER: Final = SHADERS / "pictures"
MOST_BYTES: Final = 30_000
_SIZE: Final = (384, 216)
_GAP_PX: Final = 4
_FPS: Final = 30
_LOUD: Final = Features(level=0.8, bass=0.9, mid=0.6, treble=0.4)


@dataclass(frozen=True, slots=True)
class Example:
    """A pass, how it is set, and which of the model's remembered scenes it is shown on, the last after a cut."""

    name: str
    settings: dict[str, Any]
    scenes: tuple[int, ...]
    features: Features = field(default_factory=Features)
    seconds: float = 1.0
    after_cut_s: float = 0.0


EXAMPLES: Final = (
    Example("advect", {"advect": 0.45}, (4, 5), _LOUD, seconds=3.0, after_cut_s=0.5),
    Example("warp", {"warp": 0.8}, (4,), _LOUD, seconds=4.0),
    Example("mist", {"mist": 1.0}, (5,)),
    Example("bloom", {"bloom": 0.8}, (11,)),
    Example("lens", {"distortion": 0.8, "aberration": 0.8, "aperture": 0.8}, (1,)),
    Example("curves", {"lift": -0.3, "gamma": 0.3, "gain": 0.2, "split": 1.0}, (4,)),
    Example("lut", {"lut": 1.0}, (1,)),
    Example("dither", {"dither": 1.0}, (7,)),
)


@torch.inference_mode()
def scenes(count: int = 12) -> list[Frame]:
    """Return pictures of the model that ships, always the same."""
    generator = bundle.load_generator(ROOT / "s2s" / "pretrained")
    assert isinstance(generator, MemoryGenerator)
    keys = generator.keys[np.random.default_rng(5).integers(0, len(generator.keys), 16)][:count]
    noise = torch.randn(count, generator.z_dim, generator=torch.Generator().manual_seed(1))
    pictures = generator(noise, keys).clamp(-1.0, 1.0)
    pixels = ((pictures + 1.0) * 127.5).round().byte().permute(0, 2, 3, 1).contiguous().numpy()
    return [Frame(picture, number + 1, 0.0, float(number)) for number, picture in enumerate(pixels)]


def drawn(context: moderngl.Context, example: Example, frames: list[Frame], *, with_pass: bool) -> Pixels:
    """Return the picture of `example` at its end, with the pass or as it is without."""
    stage = Stage(context, _SIZE, passes=("upscale", example.name), limit_flashes=False)
    stage.renderer.set_lut(read_cube(FILE))
    off = {"lut": 0.0, **dict.fromkeys(example.settings, 0.0)}
    settings = {**off, **(example.settings if with_pass else {}), "show_morph": 0.0, "strokes": 0.4}
    for second, seconds in zip(example.scenes, (example.seconds, example.after_cut_s), strict=False):
        for _ in range(round(seconds * _FPS)):
            shown = stage.show(frames[second], after_s=1 / _FPS, features=example.features, **settings)
    stage.renderer.close()
    return shown


def jpeg(pixels: Pixels) -> bytes:
    """Return the file of a picture, as fine as the bound allows."""
    for quality in range(90, 30, -4):
        file = BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() < MOST_BYTES:
            return file.getvalue()
    raise ValueError(f"a picture of {pixels.shape} takes {file.tell()} bytes, expected less than {MOST_BYTES}")


def main() -> None:
    surface, frames = open_headless((16, 16)), scenes()
    FOLDER.mkdir(exist_ok=True)
    for example in EXAMPLES:
        before, after = (drawn(surface.context, example, frames, with_pass=chosen) for chosen in (False, True))
        gap = np.full((_SIZE[1], _GAP_PX, 3), 255, np.uint8)
        (FOLDER / f"{example.name}.jpg").write_bytes(jpeg(np.concatenate([before, gap, after], axis=1)))
    surface.close()


if __name__ == "__main__":
    main()
