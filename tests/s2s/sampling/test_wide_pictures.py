"""A generator whose pictures are no squares, through all of the library that paints, looks and lays out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydantic
import pytest
import torch

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.card import BigGanSizes, LightSizes, WideSizes, read_card
from s2s.media.images import read_image
from s2s.media.montage import captioned, captioned_sheet, save_png
from s2s.media.video_reader import read_frames
from s2s.media.video_writer import write_film
from s2s.sampling.embed import as_seen, unit
from s2s.sampling.figures.latent_strip import blended, latent_frames, paint_latents
from s2s.sampling.generate import Sampling, paint, sample
from s2s.sampling.inversion.search import Inversion, InversionSettings
from s2s.sampling.noise import draw_noise
from tests.fakes import tiny_card, wide_bundle, write_tiny_bundle

WIDE = np.full((18, 32, 3), 200, np.uint8)


@pytest.fixture
def model(tmp_path: Path) -> Bundle:
    return wide_bundle(tmp_path / "wide")


def some_h(count: int = 1, seed: int = 0) -> torch.Tensor:
    return unit(torch.rand(count, 32, generator=torch.Generator().manual_seed(seed)))


def test_square_bundles_of_before_say_their_size_too(tmp_path: Path) -> None:
    card = read_card(write_tiny_bundle(tmp_path / "tiny", resolution=32))
    assert card.generator.size_px == (32, 32)
    assert card.squash_px == (256, 256)
    generator = bundle.load(tmp_path / "tiny").generator
    assert (generator.width, generator.height) == (32, 32)
    biggan = BigGanSizes(resolution=128, channels=96, z_dim=120, h_dim=32, shared_dim=8)
    assert biggan.size_px == (128, 128)
    assert "squash" not in (tmp_path / "tiny" / "model.yaml").read_text()
    assert list(LightSizes.model_fields)[:2] == ["architecture", "resolution"]


def test_a_wide_card_has_a_width_and_a_height_of_a_sensible_size() -> None:
    assert WideSizes(architecture="wide", width=256, height=144).size_px == (256, 144)
    for width in (0, -1, 10**9):
        with pytest.raises(pydantic.ValidationError, match="width"):
            WideSizes(architecture="wide", width=width, height=144)


def test_a_card_may_say_what_its_image_encoder_looks_at(tmp_path: Path) -> None:
    card = tiny_card().model_copy(update={"squash": (256, 144)})
    assert card.squash_px == (256, 144)
    save_png(tmp_path / "image.png", np.zeros((30, 30, 3), np.uint8))
    assert read_image(tmp_path / "image.png", card.squash_px).shape == (144, 256, 3)
    assert read_image(tmp_path / "image.png", 64).shape == (64, 64, 3)


def test_a_generator_that_is_not_of_the_cards_size_is_refused(tmp_path: Path) -> None:
    card = tiny_card()
    nothing = torch.nn.Identity()
    wrong = card.model_copy(update={"generator": card.generator.model_copy(update={"resolution": 64})})
    with pytest.raises(BundleError):
        bundle.save(tmp_path / "wrong", wrong, audio_encoder=nothing, generator=nothing)


def test_pictures_are_painted_and_chosen_as_wide_as_they_are(model: Bundle) -> None:
    pictures = paint(model, draw_noise(3, 8, seed=0), some_h())
    assert pictures.shape == (3, 18, 32, 3)
    best = sample(model, some_h(), Sampling(count=2, best_of=3))
    assert best.pictures.shape == (2, 18, 32, 3) and len(best.distances) == 2


def test_the_image_encoder_sees_pictures_in_the_shape_that_it_knows(model: Bundle) -> None:
    pictures = torch.rand(2, 3, 18, 32)
    assert as_seen(model, pictures).shape == (2, 3, 256, 256)
    wide = replace(model, card=model.card.model_copy(update={"squash": (256, 144)}))
    assert as_seen(wide, pictures) is pictures
    square = torch.rand(2, 3, 32, 32)
    assert as_seen(model, square) is square


@pytest.mark.parametrize("squash", [None, (32, 18)])
def test_an_image_is_found_again_in_a_wide_generator(tmp_path: Path, squash: tuple[int, int] | None) -> None:
    model = wide_bundle(tmp_path / "wide", squash=squash)
    own = paint(model, draw_noise(1, 8, seed=5), some_h(seed=3))[0]
    search = Inversion(model, own, InversionSettings(screened=4, restarts=2, max_steps=20))
    while not search.done:
        search.step()
    assert search.best.picture.shape == (18, 32, 3)
    assert search.best.losses.total < search.best.start.total


def test_a_sheet_of_wide_pictures_leaves_no_room_above_them() -> None:
    assert captioned_sheet([[WIDE, WIDE], [WIDE]], cell_px=64).shape == (6 + 2 * 42, 6 + 2 * 70, 3)
    beside_a_square = captioned_sheet([[WIDE, np.zeros((8, 8, 3), np.uint8)]], cell_px=64)
    assert beside_a_square.shape == (6 + 70, 6 + 2 * 70, 3)


def test_a_film_of_wide_pictures_is_wide_and_even(model: Bundle, tmp_path: Path) -> None:
    latent = blended(some_h(seed=1), some_h(seed=2))
    frames = list(latent_frames(model, draw_noise(1, 8, seed=0), latent, (0.0, 1.0), 4, px=100))
    assert {frame.shape for frame in frames} == {(66, 100, 3)}
    assert captioned(WIDE, "rain", 480).shape == (270 + 48, 480, 3)
    write_film(tmp_path / "film.mp4", frames, 25.0)
    assert len(read_frames(tmp_path / "film.mp4", 32, rate_hz=25.0)) == 4
    assert paint_latents(model, draw_noise(1, 8, seed=0), latent, (0.0, 1.0)).pictures.shape == (2, 18, 32, 3)
