"""Pictures as a visitor's telephone takes them: askew, cropped, too light or too dark, of a cast, soft and noisy.

Pure; whatever is drawn comes from the generator that is given.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Picture = NDArray[np.uint8]  # [height, width, 3]
_SHAKE: Final = 0.006  # of a side, from one frame to the next
_GAMMA: Final = 2.2


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """Somebody with a telephone. `corners` [4, 2] are how far each corner of what it takes lies within the scene, as
    shares of its sides, from the upper left one against the clock; `cast` are the gains of red, green and blue.
    """

    corners: NDArray[np.float64]
    exposure_stops: float
    cast: tuple[float, float, float]
    blur_px: float
    noise: float
    vignette: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """Draw one: a stop either way, casts from candles to shade, the noise of a dim room."""
        warmth, tint = rng.uniform(-0.18, 0.18), rng.uniform(-0.06, 0.06)
        return cls(
            corners=rng.uniform(0.01, 0.16, (4, 2)),
            exposure_stops=float(rng.uniform(-0.9, 0.7)),
            cast=(1.0 + warmth, 1.0 + tint, 1.0 - warmth),
            blur_px=float(rng.uniform(0.0, 1.1)),
            noise=float(rng.uniform(0.01, 0.06)),
            vignette=float(rng.uniform(0.0, 0.45)),
        )

    def takes(self, scene: Picture, rng: np.random.Generator) -> Picture:
        """Return one frame of `scene`, of its size; the hand shakes, and the sensor's noise is another each time."""
        height, width = scene.shape[:2]
        inward = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * self.corners
        corners = (np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) + inward + rng.normal(0.0, _SHAKE, 2)) * (width, height)
        image = Image.fromarray(scene).transform(
            (width, height), Image.Transform.QUAD, corners.ravel().tolist(), Image.Resampling.BILINEAR
        )
        if self.blur_px > 0.0:
            image = image.filter(ImageFilter.GaussianBlur(self.blur_px))
        light = np.power(np.asarray(image, np.float64) / 255.0, _GAMMA) * self._shade(height, width)
        seen = np.power(light * np.multiply(self.cast, 2.0**self.exposure_stops), 1.0 / _GAMMA)
        seen += rng.normal(0.0, self.noise, seen.shape)
        return np.asarray((np.clip(seen, 0.0, 1.0) * 255.0).round(), np.uint8)

    def _shade(self, height: int, width: int) -> NDArray[np.float64]:
        down, across = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
        return np.asarray(1.0 - self.vignette * (down**2 + across**2)[..., None] / 2.0)
