"""What the default model makes of changed sounds: one noise a row, one embedding a column, every frame heard anew."""

import math

import numpy as np
import pytest
import torch

from s2s import bundle
from s2s.bundle import Bundle
from s2s.card import DEFAULT_BUNDLE
from s2s.media.montage import captioned
from s2s.sampling.embed import embed_sound
from s2s.sampling.figures.sound_strip import Strip, film_frames, loudness_of, paint_strip
from s2s.sampling.figures.sweeps import Step, opposing_sweep, position_at, volume_steps, volume_sweep
from s2s.sampling.generate import paint
from s2s.sampling.manipulate import at_volume
from s2s.sampling.noise import draw_noise
from s2s.spectrogram_spec import SpectrogramSpec

NOISE = (0.1 * np.random.default_rng(0).standard_normal(16_000)).astype(np.float32)
TONE = (0.3 * np.sin(np.arange(16_000) * 0.3)).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> Bundle:
    return bundle.load(DEFAULT_BUNDLE, image_encoder=False)


@pytest.fixture(scope="module")
def strip(model: Bundle) -> Strip:
    return paint_strip(model, volume_steps(NOISE, [-20, 0, 0]), draw_noise(2, model.generator.z_dim, seed=1))


def test_a_column_shares_its_embedding_and_a_row_its_noise(model: Bundle, strip: Strip) -> None:
    assert strip.captions == ("-20 dB", "0 dB", "0 dB")
    assert strip.pictures.shape == (2, 3, 144, 256, 3)
    quiet, loud = embed_sound(model, at_volume(NOISE, -20)), embed_sound(model, NOISE)
    torch.testing.assert_close(strip.embeddings, torch.cat([quiet, loud, loud]))
    noise = draw_noise(2, model.generator.z_dim, seed=1)
    for row in range(2):
        alone = paint(model, noise[row : row + 1], loud)[0]
        assert np.abs(strip.pictures[row, 1].astype(int) - alone).max() <= 1  # another batch, another rounding


def test_equal_sounds_look_alike_and_different_ones_do_not(strip: Strip) -> None:
    levels = strip.pictures.astype(int)
    np.testing.assert_allclose(levels[:, 1], levels[:, 2], atol=1)  # another place in the batch may round another way
    assert np.abs(strip.pictures[0, 0].astype(int) - strip.pictures[0, 1]).max() > 20
    assert np.abs(strip.pictures[0, 1].astype(int) - strip.pictures[1, 1]).max() > 20


def test_a_strip_says_how_far_the_model_hears_each_column_from_the_first(strip: Strip) -> None:
    cosines = strip.cosines
    assert cosines[0] == pytest.approx(1.0, abs=1e-6)
    assert cosines[1] == pytest.approx(cosines[2], abs=1e-6)
    assert cosines[1] < 0.99
    assert [round(loudness.level_dbfs or 0) for loudness in strip.loudness] == [-40, -20, -20]


def test_loudness_says_what_is_clipped_and_what_rises_above_the_floor() -> None:
    spec = SpectrogramSpec(clip_samples=16_000)
    quiet, loud, loudest = (loudness_of(at_volume(NOISE, gain), spec) for gain in (-60, 0, 40))
    assert (quiet.above_floor, quiet.clipped) == (0.0, 0.0)
    assert loud.above_floor > 0.9 > loud.clipped == 0.0
    assert loudest.clipped > 0.8
    assert loudest.level_dbfs == pytest.approx(20.0, abs=0.1)
    silence = loudness_of(np.zeros(10, np.float32), spec)
    assert (silence.level_dbfs, silence.above_floor, silence.clipped) == (None, 0.0, 0.0)


@pytest.mark.parametrize(
    ("floor", "gain_db", "remark"),
    [(1e-7, 0, ""), (1e-7, -60, "below the floor"), (1e-12, -20, ""), (1e-12, -45, "below -60 dB")],
)
def test_what_lies_below_the_floor_is_told_from_what_is_as_soft_as_silence(
    floor: float, gain_db: float, remark: str
) -> None:
    spec = SpectrogramSpec(clip_samples=16_000, floor=floor)
    assert loudness_of(at_volume(NOISE, gain_db), spec).remark == remark


def test_a_sound_that_cannot_be_heard_is_named_by_its_column(model: Bundle) -> None:
    z = draw_noise(1, model.generator.z_dim, seed=0)
    with pytest.raises(ValueError, match="the broken one: the sound holds NaN"):
        paint_strip(model, [Step("fine", NOISE), Step("the broken one", np.full(9, math.nan, np.float32))], z)


def test_every_frame_of_a_film_is_heard_and_painted_at_its_moment(model: Bundle) -> None:
    z = draw_noise(1, model.generator.z_dim, seed=0)
    sweep = opposing_sweep({"noise": NOISE, "tone": TONE})
    frames = list(film_frames(model, sweep, z, num_frames=11, px=100))
    assert len(frames) == 11
    for number in (0, 5, 10):
        position = position_at(number / 10)
        picture = paint(model, z, embed_sound(model, sweep.sound(position)))[0]
        np.testing.assert_array_equal(frames[number], captioned(picture, sweep.caption(position), 100))
    np.testing.assert_array_equal(frames[0], frames[1])  # held, to be looked at
    assert len({frame.tobytes() for frame in frames}) == 9


def test_a_film_of_one_frame_is_the_start(model: Bundle) -> None:
    z = draw_noise(1, model.generator.z_dim, seed=0)
    (frame,) = film_frames(model, volume_sweep("noise", NOISE, -20, 0), z, num_frames=1, px=60)
    assert frame.shape == (40, 60, 3)
