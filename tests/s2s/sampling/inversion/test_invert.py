"""GAN inversion on a generator of random weights: its own pictures are found again, and no trace is left."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.card import DEFAULT_BUNDLE, BigGanSizes
from s2s.media.images import read_image
from s2s.models.registry import build
from s2s.sampling.embed import embed_image, unit
from s2s.sampling.generate import paint
from s2s.sampling.inversion.loss import Objective, Weights, normality
from s2s.sampling.inversion.search import Inversion, InversionSettings, Inverted
from s2s.sampling.noise import draw_noise
from tests.fakes import tiny_card, write_tiny_bundle

pytestmark = pytest.mark.heavy

QUICK = InversionSettings(screened=8, restarts=2, max_steps=9)
LEVEL_OFF = 1  # of 255: two ways through one network round differently


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A tiny model whose pictures are not grey: a fresh generator is all but silent in its last layer."""
    found = bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("tiny")))
    with torch.no_grad():
        assert isinstance(found.generator, nn.Module)
        for name, weight in found.generator.named_parameters():
            if name.endswith("rgb.weight"):
                weight.mul_(20)
    return found


@pytest.fixture(scope="module")
def own_picture(model: Bundle) -> NDArray[np.uint8]:
    """A picture that the generator painted of a z and an h that nobody knows."""
    h = unit(torch.rand(1, 32, generator=torch.Generator().manual_seed(3)))
    return np.asarray(paint(model, draw_noise(1, 8, seed=77), h)[0])


def finished(inversion: Inversion) -> Inverted:
    while not inversion.done:
        inversion.step()
    return inversion.best


def same(one: Inverted, other: Inverted) -> bool:
    return (
        torch.equal(one.z, other.z)
        and torch.equal(one.h, other.h)
        and one.losses == other.losses
        and np.array_equal(one.picture, other.picture)
        and one.iterations == other.iterations
    )


def test_a_picture_of_the_generators_own_is_found_again(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    settings = InversionSettings(screened=16, restarts=2, max_steps=80)
    found = finished(Inversion(model, own_picture, settings))
    assert found.losses.pixel < 0.2 * found.start.pixel
    assert found.losses.feature < 0.2 * found.start.feature
    off = np.abs(found.picture.astype(int) - own_picture).mean()
    assert off < 0.5 * np.abs(found.start_picture.astype(int) - own_picture).mean()


def test_what_is_found_paints_what_it_says_and_h_lies_where_f_v_could_answer(
    model: Bundle, own_picture: NDArray[np.uint8]
) -> None:
    found = finished(Inversion(model, own_picture, QUICK))
    assert found.z.shape == (1, 8)
    assert found.h.shape == (1, 32)
    assert abs(float(found.h.norm()) - 1.0) < 1e-5
    assert float(found.h.min()) >= 0.0
    assert not found.z.requires_grad
    assert not found.h.requires_grad
    painted = paint(model, found.z, found.h)[0]
    assert np.abs(painted.astype(int) - found.picture).max() <= LEVEL_OFF


def test_the_start_is_what_f_v_alone_gives(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    found = Inversion(model, own_picture, QUICK, seed=5).best
    alone = paint(model, draw_noise(1, 8, seed=5), embed_image(model, own_picture))[0]
    assert found.start.leash == 0.0
    assert found.losses == found.start
    assert np.abs(alone.astype(int) - found.start_picture).max() <= LEVEL_OFF


def test_the_best_never_gets_worse_and_is_the_best_of_all_steps(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    inversion = Inversion(model, own_picture, QUICK)
    totals = [inversion.best.losses.total]
    while not inversion.done:
        totals.append(inversion.step().total)
        assert inversion.best.losses.total == min(totals)
    assert inversion.iterations == QUICK.max_steps
    assert inversion.step() == inversion.best.losses  # done: nothing more happens
    assert inversion.iterations == QUICK.max_steps


def test_losses_add_up_as_weighted(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    weights = Weights(pixel=2.0, feature=0.5, prior=0.3, leash=0.7)
    losses = finished(Inversion(model, own_picture, replace(QUICK, weights=weights))).losses
    expected = 2.0 * losses.pixel + 0.5 * losses.feature + 0.3 * losses.prior + 0.7 * losses.leash
    assert losses.total == pytest.approx(expected, rel=1e-5)


def test_one_seed_finds_one_thing_and_another_seed_another(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    one, again, other = (finished(Inversion(model, own_picture, QUICK, seed=seed)) for seed in (1, 1, 2))
    assert same(one, again)
    assert not torch.equal(one.z, other.z)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad, torch.enable_grad])
def test_it_does_not_matter_in_which_mode_the_caller_is(
    model: Bundle, own_picture: NDArray[np.uint8], mode: Any
) -> None:
    expected = finished(Inversion(model, own_picture, QUICK))
    with mode():
        assert same(finished(Inversion(model, own_picture, QUICK)), expected)


def test_the_model_is_left_as_it_was_even_one_that_asks_for_gradients(
    tmp_path: Path, own_picture: NDArray[np.uint8]
) -> None:
    model = bundle.load(write_tiny_bundle(tmp_path / "tiny"))
    networks: list[nn.Module] = []
    for network in (model.generator, model.image_encoder):
        assert isinstance(network, nn.Module)
        networks.append(network)
    before = [weight.clone() for network in networks for weight in network.state_dict().values()]
    networks[0].requires_grad_(True)
    finished(Inversion(model, own_picture, QUICK))
    after = [weight for network in networks for weight in network.state_dict().values()]
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    assert all(weight.grad is None for network in networks for weight in network.parameters())


def test_it_ends_early_where_nothing_is_gained(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    idle = replace(QUICK, max_steps=500, patience=5, learning_rate=1e-9)
    assert finished(Inversion(model, own_picture, idle)).iterations <= 5


def test_the_default_model_recalls_moments_nearer_to_a_presets_image_than_f_v_alone() -> None:
    image = Path(__file__).parents[4] / "presets" / "dawn.png"
    settings = InversionSettings(screened=64, restarts=1, max_steps=25)
    found = finished(Inversion(bundle.load(DEFAULT_BUNDLE), read_image(image, side_px=256), settings))
    # Nearer, not near: between moments of its own a memory has no other pictures.
    assert found.losses.total < 0.9 * found.start.total
    assert found.losses.feature < 0.9 * found.start.feature and found.losses.pixel < 0.95 * found.start.pixel


@pytest.mark.parametrize("shape", [(1, 1, 3), (90, 200, 3), (32, 32, 3)])
def test_any_size_of_image_is_squashed_to_the_generators(model: Bundle, shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = finished(Inversion(model, pixels, replace(QUICK, max_steps=2)))
    assert found.picture.shape == (32, 32, 3)
    assert found.losses.total <= found.start.total


def test_the_published_generator_can_be_searched_as_well(tmp_path: Path) -> None:
    sizes = BigGanSizes(resolution=64, channels=4, z_dim=40, h_dim=32, shared_dim=8)
    card = tiny_card().model_copy(update={"generator": sizes})
    assert card.image_encoder is not None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        networks = build(card.audio_encoder), build(sizes), build(card.image_encoder)
    bundle.save(tmp_path, card, audio_encoder=networks[0], generator=networks[1], image_encoder=networks[2])
    model = bundle.load(tmp_path)
    pixels = paint(model, draw_noise(1, 40, seed=9), unit(torch.rand(1, 32)))[0]
    found = finished(Inversion(model, pixels, replace(QUICK, max_steps=30)))
    assert found.losses.total < 0.7 * found.start.total


class Sick(nn.Module):
    """Paints NaN from the `after`th picture on, or of every z that `hates` says."""

    def __init__(self, well: Any, hates: Any) -> None:
        super().__init__()
        self.well, self.hates = well, hates
        self.width, self.height, self.z_dim, self.h_dim = well.width, well.height, well.z_dim, well.h_dim

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        pictures: Tensor = self.well(z, h)
        return torch.where(self.hates(z)[:, None, None, None], torch.nan, pictures)


def test_restarts_that_diverge_are_dropped(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    sick = replace(model, generator=Sick(model.generator, lambda z: z[:, 0] > 0.5))
    found = finished(Inversion(sick, own_picture, replace(QUICK, screened=16, restarts=8), seed=2))
    assert found.losses.total < found.start.total
    assert bool(torch.isfinite(found.z).all())
    assert float(found.z[0, 0]) <= 0.5


def test_where_all_diverge_it_says_so_and_keeps_what_it_had(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    calls: list[int] = []

    def after_a_while(z: Tensor) -> Tensor:
        calls.append(len(z))
        return torch.full((len(z),), len(calls) > 6, dtype=torch.bool)

    inversion = Inversion(replace(model, generator=Sick(model.generator, after_a_while)), own_picture, QUICK)
    with pytest.raises(RuntimeError, match="learning_rate"):
        finished(inversion)
    assert bool(torch.isfinite(inversion.best.z).all())


def test_a_generator_that_paints_nothing_but_nan_is_refused_at_once(
    model: Bundle, own_picture: NDArray[np.uint8]
) -> None:
    sick = replace(model, generator=Sick(model.generator, lambda z: torch.full((len(z),), True)))
    with pytest.raises(RuntimeError, match="NaN"):
        Inversion(sick, own_picture, QUICK)


def test_a_model_that_cannot_see_is_refused(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    with pytest.raises(BundleError, match="image encoder"):
        Inversion(replace(model, image_encoder=None), own_picture)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"screened": 0}, "screened"),
        ({"restarts": 0}, "restarts"),
        ({"restarts": 9, "screened": 8}, "at most 8"),
        ({"max_steps": 0}, "max_steps"),
        ({"patience": 0}, "patience"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": 0.0}, "learning_rate"),
    ],
)
def test_settings_out_of_range_are_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        InversionSettings(**settings)


def test_an_image_has_no_distance_from_itself(model: Bundle, own_picture: NDArray[np.uint8]) -> None:
    assert model.image_encoder is not None
    image = torch.from_numpy(own_picture).permute(2, 0, 1)[None] / 127.5 - 1.0
    h, z = embed_image(model, own_picture), draw_noise(1, 8, seed=0)
    losses = Objective(model.image_encoder, image, h, Weights())(image, z, h).of(0)
    assert losses.pixel == losses.leash == 0.0
    assert losses.feature < 1e-10
    assert Objective(model.image_encoder, -image, h, Weights())(image, z, h).of(0).pixel > 0.0


def test_the_prior_is_twice_the_divergence_from_a_normal_distribution() -> None:
    generator = torch.Generator().manual_seed(0)
    z = 1.7 * torch.randn(3, 64, generator=generator) + 0.4
    for row, penalty in zip(z, normality(z), strict=True):
        drawn = torch.distributions.Normal(row.mean(), row.std(correction=0))
        divergence = torch.distributions.kl_divergence(drawn, torch.distributions.Normal(0.0, 1.0))
        assert float(penalty) == pytest.approx(2 * float(divergence), rel=1e-4)
    standard = (z - z.mean(1, keepdim=True)) / z.std(1, correction=0, keepdim=True)
    assert float(normality(standard).abs().max()) < 1e-5
