"""Inference as published, and the best of many: checked on networks whose answers can be worked out by hand."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.card import DEFAULT_BUNDLE
from s2s.sampling.embed import embed_image, embed_sound
from s2s.sampling.generate import Painted, Sampling, as_pixels, generate, paint, sample
from s2s.sampling.noise import draw_noise
from s2s.spectrogram import spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import tiny_card
from tests.s2s.media.test_audio import tone

PX = 4
H_DIM, Z_DIM = 32, 8


class Flat(nn.Module):
    """Paints one even colour: the first three numbers of the noise, far beyond -1..1 where they are."""

    width, height, z_dim, h_dim = PX, PX, Z_DIM, H_DIM

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Tensor, Tensor]] = []

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        self.calls.append((z, h))
        return z[:, :3, None, None].expand(-1, 3, PX, PX)


class Hue:
    """Sees the colour of a picture as its direction, moved into the part of the space that has no negative numbers."""

    embedding_dim = 3

    def encode(self, pictures: Tensor) -> Tensor:
        return pictures.mean(dim=(2, 3)) + 1.001

    def maps(self, pictures: Tensor) -> list[Tensor]:
        raise NotImplementedError


class Listener(nn.Module):
    """Hears everything as one direction, twice as long as a unit; keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(1, 1)
        self.heard: list[Tensor] = []

    def forward(self, heard: Tensor) -> Tensor:
        self.heard.append(heard)
        return 2.0 * torch.eye(H_DIM)[:1]


def flat_model(*, sees: bool = True) -> tuple[Bundle, Flat, Listener]:
    generator, listener = Flat(), Listener()
    card = tiny_card().model_copy(update={"spectrogram": SpectrogramSpec()})  # as published
    return Bundle(Path("flat"), card, listener, generator, Hue() if sees else None), generator, listener  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def model() -> Bundle:
    """The default model: a random one paints grey, of which any two are alike."""
    return bundle.load(DEFAULT_BUNDLE)


@pytest.fixture(scope="module")
def h(model: Bundle) -> Tensor:
    return embed_sound(model, tone(16_000).astype(np.float32))


def test_pictures_are_clamped_and_nothing_is_stretched() -> None:
    values = torch.tensor([-7.0, -1.0, -0.5, 0.0, 0.5, 1.0, 7.0])
    pixels = as_pixels(values.view(-1, 1, 1, 1).expand(-1, 3, 2, 2))
    assert pixels.shape == (7, 2, 2, 3) and pixels.dtype == np.uint8
    assert pixels[:, 0, 0, 0].tolist() == [0, 0, 64, 128, 191, 255, 255]
    dim = as_pixels(0.1 * torch.rand(1, 3, 8, 8))
    assert int(dim.max()) - int(dim.min()) <= 13  # a flat picture stays flat


def test_a_sound_is_tiled_clipped_and_z_scored_and_its_embedding_has_unit_length() -> None:
    model, generator, listener = flat_model()
    short = 3.0 * tone(16_000, 0.5)
    generate(model, short.astype(np.float32), Sampling(2))
    tiled = np.resize(short.clip(-1, 1), 160_000).astype(np.float32)
    torch.testing.assert_close(listener.heard[0], spectrogram(torch.from_numpy(tiled)[None], SpectrogramSpec()))
    z, h = generator.calls[0]
    assert torch.equal(h, torch.eye(H_DIM)[:1].expand(2, -1))
    assert torch.equal(z, draw_noise(2, Z_DIM, seed=0))


def test_by_default_noise_is_neither_truncated_nor_chosen() -> None:
    model, generator, _ = flat_model()
    sample(model, torch.eye(H_DIM)[:1], Sampling(200, seed=3))
    drawn = torch.cat([z for z, _ in generator.calls])
    assert torch.equal(drawn, draw_noise(200, Z_DIM, seed=3))
    assert float(drawn.abs().max()) > 3


def test_a_seed_paints_the_same_pictures_however_many_are_asked_for(model: Bundle, h: Tensor) -> None:
    many = sample(model, h, Sampling(11, seed=4)).pictures
    again = sample(model, h, Sampling(11, seed=4)).pictures
    few = sample(model, h, Sampling(3, seed=4)).pictures
    np.testing.assert_array_equal(many, again)
    # A batch of another size may be summed in another order: at most a rounding of one level.
    assert np.abs(many[:3].astype(int) - few).max() <= 1
    assert np.abs(many.astype(int) - sample(model, h, Sampling(11, seed=5)).pictures).max() > 50


def test_one_embedding_serves_all_noise_or_each_has_its_own(model: Bundle, h: Tensor) -> None:
    z = draw_noise(3, model.generator.z_dim, seed=0)
    np.testing.assert_array_equal(paint(model, z, h), paint(model, z, h.expand(3, -1)))
    for shape in ((2, H_DIM), (H_DIM,), (4, H_DIM)):
        with pytest.raises(ValueError, match="expected z"):
            paint(model, z, torch.ones(shape))


def colour_distances(seed: int, number: int, h: Tensor) -> list[float]:
    """How far the colour of every candidate lies from `h` in the eyes of `Hue`, worked out anew."""
    seen = draw_noise(number, Z_DIM, seed=seed)[:, :3] + 1.001
    seen = seen / seen.norm(dim=1, keepdim=True)
    return [float((one - h[0]).norm()) for one in seen]


def test_the_best_of_many_is_the_nearest_of_its_own_candidates() -> None:
    model, _, _ = flat_model()
    h = torch.tensor([[1.0, 0.0, 0.0]])
    painted = sample(model, h, Sampling(3, seed=7, best_of=20))
    expected = np.array(colour_distances(7, 60, h)).reshape(3, 20)
    assert painted.distances == pytest.approx(expected.min(axis=1), abs=1e-5)
    kept = draw_noise(60, Z_DIM, seed=7).view(3, 20, Z_DIM)[torch.arange(3), torch.from_numpy(expected.argmin(axis=1))]
    np.testing.assert_array_equal(painted.pictures[:, 0, 0], as_pixels(kept[:, :3, None, None])[:, 0, 0])


def test_distances_fall_as_more_are_painted_and_never_rise() -> None:
    model, _, _ = flat_model()
    h = torch.tensor([[1.0, 0.0, 0.0]])
    nearest = [sample(model, h, Sampling(1, seed=2, best_of=n)).distances[0] for n in (2, 4, 16, 64, 256)]
    assert nearest == sorted(nearest, reverse=True)
    assert nearest[-1] < nearest[0] / 2


def test_a_whole_model_chooses_too(model: Bundle, h: Tensor) -> None:
    chosen = sample(model, h, Sampling(2, best_of=4))
    assert chosen.pictures.shape == (2, model.generator.height, model.generator.width, 3)
    assert min(chosen.distances) == pytest.approx(sample(model, h, Sampling(1, best_of=8)).distances[0], abs=1e-5)
    seen = [torch.linalg.vector_norm(embed_image(model, picture) - h) for picture in chosen.pictures]
    assert chosen.distances == pytest.approx([float(distance) for distance in seen], abs=0.02)  # bytes are rounded


def test_pictures_that_nobody_chose_have_no_distances(model: Bundle, h: Tensor) -> None:
    assert sample(model, h, Sampling(2)).distances == Painted(np.empty(0, np.uint8)).distances == ()


def test_choosing_needs_an_image_encoder() -> None:
    model, _, _ = flat_model(sees=False)
    h = torch.eye(H_DIM)[:1]
    assert sample(model, h, Sampling(1)).pictures.shape == (1, PX, PX, 3)
    with pytest.raises(BundleError, match="needs an image encoder"):
        sample(model, h, Sampling(1, best_of=2))


@pytest.mark.parametrize("name", ["count", "best_of"])
def test_nothing_cannot_be_painted(name: str) -> None:
    nothing: dict[str, Any] = {name: 0}
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        Sampling(**nothing)


@pytest.mark.parametrize("num_samples", [1, 80, 159])
def test_a_tick_shorter_than_ten_milliseconds_is_repeated_to_a_clip(model: Bundle, num_samples: int) -> None:
    tick = np.random.default_rng(0).uniform(-1, 1, num_samples).astype(np.float32)
    whole = np.resize(tick, model.spec.clip_samples)
    assert torch.equal(embed_sound(model, tick), embed_sound(model, whole))


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (np.empty(0, np.float32), "empty"),
        (np.full(100, math.nan, np.float32), "NaN"),
        (np.array([0.0, math.inf], np.float32), "infinite"),
        (np.zeros((2, 100), np.float32), "average the channels"),
    ],
)
def test_sound_that_cannot_be_heard_is_refused(model: Bundle, sound: np.ndarray, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        embed_sound(model, sound)
