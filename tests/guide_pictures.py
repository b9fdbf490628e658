"""Before and after of the artist's guides. `python -m tests.guide_pictures` films what they write, with `--render`.

A preset in ten minutes (`presets/README.md`): `gallery`, and what it has become. A pass in ten minutes
(`shaders/README.md`): a preset without it, and with it.
"""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import scipy.io.wavfile
from PIL import Image

from installation.presets.naming import PRESET_FOLDER
from installation.render.shader import SHADERS
from installation.values import SAMPLE_RATE_HZ, Pixels
from tests.manuals import examples
from tests.pass_pictures import jpeg
from tests.preset_clips import filmed, sound_of

PRESET_PICTURE: Final = PRESET_FOLDER / "clips" / "guide.jpg"
PASS_PICTURE: Final = SHADERS / "pictures" / "guide.jpg"
_SIZE: Final = (384, 216)
_GAP_PX: Final = 4
_SECONDS: Final = 5.0
_FPS: Final = 10


def last_picture(preset: str, scene: str, venue: Path) -> Pixels:
    """Return what `preset` shows at last of the world's sound of `scene`."""
    sound = venue / f"{scene}.wav"
    scipy.io.wavfile.write(sound, SAMPLE_RATE_HZ, sound_of(scene, _SECONDS))
    film, _ = filmed(preset, sound, venue, _FPS, "--venue", str(venue))
    return np.asarray(Image.fromarray(film[-1]).resize(_SIZE, Image.Resampling.LANCZOS))


def side_by_side(before: Pixels, after: Pixels) -> Pixels:
    return np.concatenate([before, np.full((_SIZE[1], _GAP_PX, 3), 255, np.uint8), after], axis=1)


def main() -> None:
    harbour = examples("presets/README.md", "yaml")[0]
    (ember,) = examples("shaders/README.md", "glsl")
    with tempfile.TemporaryDirectory() as folder:
        venue = Path(folder)
        (venue / "presets").mkdir()
        (venue / "shaders").mkdir()
        (venue / "presets" / "harbour.yaml").write_text(harbour, encoding="utf-8")
        (venue / "shaders" / "ember.frag").write_text(ember, encoding="utf-8")
        burning = (
            (PRESET_FOLDER / "gallery.yaml").read_text(encoding="utf-8").replace("grade, grain", "grade, ember, grain")
        )
        (venue / "presets" / "burning.yaml").write_text(burning, encoding="utf-8")
        plain, lit = (last_picture(name, "sea", venue) for name in ("gallery", "harbour"))
        PRESET_PICTURE.write_bytes(jpeg(side_by_side(plain, lit)))
        # Which the model takes for a waterfall, at that moment.
        plain, lit = (last_picture(name, "rain", venue) for name in ("gallery", "burning"))
        PASS_PICTURE.write_bytes(jpeg(side_by_side(plain, lit)))


if __name__ == "__main__":
    main()
