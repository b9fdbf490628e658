"""Paints what the README shows of the default model: eight pictures of each scene, two at once, and what hands hold.

`PYTHONPATH=. python .github/drawings/paintings.py` writes `.github/pictures/samples.jpg`, `two.jpg` and `held.jpg`.
Every sound is a take of the world that no model has heard, and is painted as the show paints it. Needs OpenGL.
"""

from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sheet import PICTURES

from s2s import bundle
from s2s.bundle import Bundle
from s2s.evaluate.heard_pictures import HeardSounds, hear_all, paint_all
from s2s.evaluate.hearing.mixes import mixed
from s2s.media.montage import captioned_sheet
from s2s.models.memory_generator import STATES
from s2s.sampling.noise import draw_noise
from s2s.world.painter import Painter
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, SceneState, draw_state

_MODEL: Final = Path(__file__).resolve().parents[2] / "s2s" / "pretrained"
_FIRST_SEED: Final = 8_000_000  # models, judges and measures draw their takes elsewhere
_NOISES: Final = 8
_TWO: Final = (
    ("train", "owl"),
    ("sea", "rooster"),
    ("fire", "bell"),
    ("traffic", "helicopter"),
    ("stream", "dog"),
    ("wind", "choir"),
    ("frogs", "rain"),
    ("crowd", "aeroplane"),
)
_NOISES_OF_TWO: Final = 4
_HELD_SCENES: Final = ("rooster", "train", "rain", "stream", "clock", "bell", "dog")
_HELD: Final = (
    ("nearness", {"far": 0.05, "half": 0.5, "near": 0.95}),
    ("hour", {"0 h": 0.0, "6 h": 0.25, "12 h": 0.5, "18 h": 0.75}),
    ("warmth", {"cool": 0.05, "mild": 0.5, "warm": 0.95}),
)
_QUALITY: Final = 82

Pictures = NDArray[np.uint8]


def samples(model: Bundle) -> Pictures:
    """Return a row a scene: the picture of a take, then what eight noises make of its sound."""
    takes = [draw_state(scene, _FIRST_SEED + number) for number, scene in enumerate(SCENES)]
    sizes = model.card.generator
    z = draw_noise(_NOISES, sizes.z_dim, seed=0)
    heard = _heard(model, takes)
    columns = [paint_all(model, heard, z[number : number + 1]) for number in range(_NOISES)]
    with Painter(sizes.size_px[1], width_px=sizes.size_px[0]) as painter:
        own = painter.paint(takes)
    return captioned_sheet(
        [[own[row], *(column[row] for column in columns)] for row in range(len(SCENES))],
        row_captions=SCENES,
        column_captions=["the take", *(f"z {number + 1}" for number in range(_NOISES))],
        cell_px=128,
    )


def two(model: Bundle) -> Pictures:
    """Return a row a mix of two equally loud takes: one laid over the other, then what four noises make of the mix."""
    moments = [
        (draw_state(place, _FIRST_SEED + row), draw_state(thing, _FIRST_SEED + row))
        for row, (place, thing) in enumerate(_TWO)
    ]
    heard = hear_all(model, [mixed(*map(synthesize, moment)) for moment in moments])
    sizes = model.card.generator
    z = draw_noise(_NOISES_OF_TWO, sizes.z_dim, seed=0)
    columns = [paint_all(model, heard, z[number : number + 1]) for number in range(_NOISES_OF_TWO)]
    with Painter(sizes.size_px[1], width_px=sizes.size_px[0]) as painter:
        own = painter.paint_layers(moments)
    return captioned_sheet(
        [[own[row], *(column[row] for column in columns)] for row in range(len(_TWO))],
        row_captions=[" + ".join(names) for names in _TWO],
        column_captions=["the takes", *(f"z {number + 1}" for number in range(_NOISES_OF_TWO))],
        cell_px=128,
    )


def held(model: Bundle) -> Pictures:
    """Return a row a sound: one state after the other held at a few values, the others left to the sound."""
    takes = [draw_state(scene, _FIRST_SEED + SCENES.index(scene)) for scene in _HELD_SCENES]
    heard, z = _heard(model, takes), draw_noise(1, model.card.generator.z_dim, seed=3)
    captions, columns = [], []
    for state, values in _HELD:
        for caption, value in values.items():
            states = heard.held.clone()
            states[:, STATES.index(state)] = torch.tensor([value, 1.0])
            told = HeardSounds(heard.h, heard.whole, states, heard.beside, heard.named, heard.certainty)
            captions.append(caption)
            columns.append(paint_all(model, told, z))
    rows = [[column[row] for column in columns] for row in range(len(takes))]
    return captioned_sheet(rows, row_captions=_HELD_SCENES, column_captions=captions, cell_px=112)


def _heard(model: Bundle, takes: list[SceneState]) -> HeardSounds:
    return hear_all(model, [synthesize(take) for take in takes])


def _keep(sheet: Pictures, name: str) -> None:
    Image.fromarray(sheet).save(PICTURES / name, quality=_QUALITY, optimize=True)


if __name__ == "__main__":
    default = bundle.load(_MODEL)
    _keep(samples(default), "samples.jpg")
    _keep(two(default), "two.jpg")
    _keep(held(default), "held.jpg")
