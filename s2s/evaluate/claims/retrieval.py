"""Sounds that find pictures (paper, section 4.3, C): is the nearest of many pictures one of the sound's scene."""

from typing import Final

import numpy as np
import torch

from s2s.evaluate.claims.measuring import FIRST_SEED, Measuring, above, mean_value, scene_numbers, sound_of
from s2s.evaluate.heard_pictures import see
from s2s.evaluate.report.model import Claim
from s2s.sampling.embed import embed_sound
from s2s.world.state import draw_state

_PICTURES_EACH: Final = 20


def sound_finds_picture(measuring: Measuring) -> list[Claim]:
    """Return how often the picture nearest to a sound, of twenty of every scene, is one of its scene."""
    scenes = measuring.sizes.scenes
    shown = [draw_state(scene, FIRST_SEED + 900_000 + n) for scene in scenes for n in range(_PICTURES_EACH)]
    features = see(measuring.model, measuring.drawn([(state,) for state in shown]))
    states = measuring.states(measuring.sizes.retrieved_each)
    h = torch.cat([embed_sound(measuring.model, sound_of(state)).cpu() for state in states])
    nearest = (h @ features.T).argmax(dim=1).numpy()
    right = scene_numbers(shown)[nearest] == scene_numbers(states)
    value, chance = mean_value(right.astype(np.float64), measuring.seed), round(1 / len(scenes), 4)
    asked = f"the nearest of {_PICTURES_EACH} pictures of each scene is of the sound's scene, more often than by chance"
    told = "a sound finds a picture of its scene"
    return [Claim("sound-finds-picture", told, asked, value, chance, above(value, chance))]
