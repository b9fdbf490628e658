"""Moments kept at several levels of nearness: louder is the same place with a nearer thing, and nothing jumps."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.testing import assert_close

from s2s.models.memory_generator import ADDRESS_SCALE, NEIGHBOURS, STATE_SCALE, MemoryGenerator, packed

MOMENTS, LEVELS, OF_PLACE, H_DIM, Z_DIM = 32, 3, 14, 24, 4
OF_LEVELS = MOMENTS * LEVELS  # the places of their codes; those of a venue's moments come after


def filled(of_place: int = 0) -> MemoryGenerator:
    """Two scenes of sixteen moments at three levels each; the second half of a scene's never comes quite near."""
    torch.manual_seed(0)
    sizes = {"code_dim": 4, "channels": (16, 12, 8, 4), "blocks": (1, 1, 1)}
    net = MemoryGenerator(
        64, 32, MOMENTS + of_place, H_DIM, Z_DIM, nearness_width=0.05, warmth=True, levels=LEVELS, of_place=of_place,
        **sizes,  # type: ignore[arg-type]
    )  # fmt: skip
    scenes = F.normalize(torch.rand(2, H_DIM), dim=1).repeat_interleave(MOMENTS // 2, 0)
    net.keys[:MOMENTS] = F.normalize(scenes + 0.02 * torch.randn(MOMENTS, H_DIM), dim=1)
    net.keys[MOMENTS:] = F.normalize(-scenes[:1] + 0.02 * torch.randn(of_place, H_DIM), dim=1)
    net.addresses.copy_((torch.randn(len(net.keys), Z_DIM) * ADDRESS_SCALE).round().clamp(-127, 127).to(torch.int8))
    net.codes.copy_(packed(torch.rand(len(net.codes), 4, 2, 4) * 2 - 1))
    reach = torch.where(torch.arange(MOMENTS) % 16 < 8, 1.0, 0.5)[:, None]
    nearness = torch.tensor([[0.0, 0.4, 1.0]]) * reach
    net.states[:MOMENTS] = (torch.cat([nearness, torch.rand(MOMENTS, 2)], dim=1) * STATE_SCALE).round().to(torch.uint8)
    return net.eval().requires_grad_(False)


def noise(count: int, seed: int = 1) -> Tensor:
    return torch.randn(count, Z_DIM, generator=torch.Generator().manual_seed(seed))


def near(*nearness: float) -> Tensor:
    """What a hand holds: nearness alone."""
    held = torch.zeros(len(nearness), 3, 2)
    held[:, 0, 0], held[:, 0, 1] = torch.tensor(nearness), 1.0
    return held


def spread(net: MemoryGenerator, z: Tensor, h: Tensor, held: Tensor) -> Tensor:
    """How much of each code is in the mixture, [b, places]."""
    weights, places = net.recall(z, h, held)
    return torch.zeros(len(h), len(net.codes)).scatter_add_(1, places, weights)


@pytest.fixture
def memory() -> MemoryGenerator:
    return filled()


def test_a_moment_is_recalled_at_its_nearest_level_and_half_way_between_two_at_both(memory: MemoryGenerator) -> None:
    h = memory.keys[:1].expand(3, -1)
    share = spread(memory, noise(1).expand(3, -1), h, near(0.0, 0.2, 0.9)).reshape(3, MOMENTS, LEVELS)
    reaching = share[:, :8].sum(dim=1) / share[:, :8].sum(dim=(1, 2))[:, None]
    assert_close(reaching, torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]), atol=0.02, rtol=0)


def test_a_sound_that_grows_louder_keeps_its_moments(memory: MemoryGenerator) -> None:
    steps = 9
    z, h = noise(1).expand(steps, -1), memory.keys[:1].expand(steps, -1)
    share = spread(memory, z, h, near(*torch.linspace(0, 0.5, steps).tolist()))
    of_moments = share.reshape(steps, MOMENTS, LEVELS).sum(dim=2)
    assert_close(of_moments, of_moments[:1].expand_as(of_moments), atol=1e-4, rtol=0)
    assert float(of_moments[0].max()) > 0.05


def test_what_never_comes_so_near_is_not_recalled_for_what_does(memory: MemoryGenerator) -> None:
    many = 32
    h = memory.keys[:1].expand(many, -1)
    far = []
    for nearness in (0.3, 0.95):
        share = spread(memory, noise(many), h, near(*[nearness] * many)).reshape(many, MOMENTS, LEVELS)
        far.append(float(share[:, 8:16].sum(dim=(1, 2)).mean()))
    assert far[0] > 0.1 and far[1] < 0.001


def test_coming_nearer_has_no_jump(memory: MemoryGenerator) -> None:
    """Halve the steps, and the largest change of the mixture halves as well: nowhere does it jump."""

    def largest(steps: int) -> float:
        held = near(*torch.linspace(0, 1, steps + 1).tolist())
        mixture = spread(memory, noise(1).expand(steps + 1, -1), memory.keys[:1].expand(steps + 1, -1), held)
        return float((mixture[1:] - mixture[:-1]).abs().sum(dim=1).max())

    assert largest(4000) < 0.7 * largest(2000) < 0.5 * largest(1000) + 1e-6


def test_weights_are_shares_of_codes_that_are_kept(memory: MemoryGenerator) -> None:
    weights, places = memory.recall(noise(8), memory.keys[:8])
    assert weights.shape == places.shape == (8, 2 * NEIGHBOURS)
    assert_close(weights.sum(dim=1), torch.ones(8))
    assert float(weights.min()) >= 0.0 and int(places.min()) >= 0 and int(places.max()) < OF_LEVELS
    assert memory(noise(2), memory.keys[:2]).shape == (2, 3, 32, 64)


def test_a_picture_that_was_recalled_can_be_found_by_its_slope(memory: MemoryGenerator) -> None:
    z, h = noise(1).requires_grad_(), memory.keys[:1].clone().requires_grad_()
    memory(z, h).square().mean().backward()
    assert z.grad is not None and float(z.grad.abs().sum()) > 0
    assert h.grad is not None and float(h.grad.abs().sum()) > 0


def test_a_venues_moments_have_one_code_each_and_no_loudness_tells_against_them() -> None:
    net = filled(OF_PLACE)
    assert len(net.codes) == OF_LEVELS + OF_PLACE
    h = net.keys[-1:].expand(2, -1)
    share = spread(net, noise(1).expand(2, -1), h, near(0.0, 1.0))
    assert float(share[:, OF_LEVELS:].sum(dim=1).min()) > 0.99
    assert_close(share[0], share[1])
    own = spread(net, net.addresses[-3:].float() / ADDRESS_SCALE, net.keys[-3:], near(0.5, 0.5, 0.5))
    assert own.argmax(dim=1).tolist() == [OF_LEVELS + OF_PLACE - 3 + row for row in range(3)]


def test_levels_of_a_nearness_that_nobody_knows_are_refused() -> None:
    with pytest.raises(ValueError, match="need a nearness_width"):
        MemoryGenerator(64, 32, MOMENTS, levels=2)
