"""Moments of clips whose correspondence is known, because it was planted."""

import numpy as np

from s2s.training.inputs.moments import CLIP_STEPS, Moments

KINDS, PLACES, BANDS, MOMENTS = 6, 4, 16, 10


def toy_moments(num_clips: int, held_out: int, seed: int) -> tuple[Moments, np.ndarray, np.ndarray]:
    """Clips of one of six things: while it is there its channel lights up in four places and its band sounds.

    Returns them with the truth: presence [clips, moments] and the first place [clips, 2].
    """
    rng = np.random.default_rng(seed)
    maps = rng.uniform(0.0, 0.2, (num_clips, MOMENTS, KINDS, PLACES, PLACES))
    bands = rng.normal(-19.0, 0.5, (num_clips, BANDS, CLIP_STEPS * 10))
    steps = np.tile(np.arange(5, CLIP_STEPS, CLIP_STEPS // MOMENTS), (num_clips, 1))
    present = np.zeros((num_clips, MOMENTS), bool)
    places = rng.integers(0, PLACES - 1, (num_clips, 2))
    for clip in range(num_clips):
        kind, start = rng.integers(KINDS), rng.integers(0, MOMENTS - 3)
        present[clip, start : start + 4] = True
        top, left = places[clip]
        maps[clip, start : start + 4, kind, top : top + 2, left : left + 2] += 1.5
        bands[clip, 2 * kind + 2, 100 * start : 100 * (start + 4)] = -9.0
    return (
        Moments(
            train=np.arange(num_clips - held_out),
            held_out=np.arange(num_clips - held_out, num_clips),
            encoder="toy",
            stages=(4,),
            shapes=((KINDS, PLACES, PLACES),),
            maps=maps.reshape(num_clips, MOMENTS, -1).astype(np.float16),
            bands=bands.astype(np.float16),
            steps=steps.astype(np.int16),
        ),
        present,
        places,
    )
