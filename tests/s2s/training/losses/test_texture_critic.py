"""The critic learns what texture is, and what it asks of paintings leads there."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.training.engine.device import DeviceContext
from s2s.training.losses.texture_critic import TextureCritic, balance


def grass(seed: int) -> Tensor:
    """Fine noise, no two alike."""
    return torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def mist(seed: int) -> Tensor:
    """The same without what is fine."""
    return F.interpolate(F.avg_pool2d(grass(seed), 8), scale_factor=8, mode="bilinear")


@pytest.fixture(scope="module")
def critic() -> TextureCritic:
    torch.manual_seed(0)
    critic = TextureCritic(DeviceContext(precision="float32"))
    for seed in range(25):
        critic.step(grass(seed), mist(seed), 3e-3)
    return critic


def test_it_learns_to_tell_grass_from_mist_that_it_never_saw(critic: TextureCritic) -> None:
    assert float(critic.wish(grass(1000))) < float(critic.wish(mist(1000))) - 0.5


def test_what_it_asks_leads_from_mist_to_something_finer(critic: TextureCritic) -> None:
    painted = mist(1001).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic.wish(painted), painted)
    before = painted.detach()
    after = before - slope / slope.abs().max()

    def unrest(x: Tensor) -> float:
        return float((x[..., 1:] - x[..., :-1]).abs().mean())

    assert unrest(after) > unrest(before)
    assert float(critic.wish(after)) < float(critic.wish(before))


def test_it_pulls_as_hard_as_asked_however_steep_its_slopes() -> None:
    last = torch.tensor([1.0, 2.0], requires_grad=True)
    loss, wish = last.square().sum(), 100.0 * last.sum()
    pull = balance(loss, wish, last)
    (of_loss,), (of_wish,) = (torch.autograd.grad(one, last) for one in (loss, pull * wish))
    torch.testing.assert_close(of_loss.norm(), of_wish.norm())


def test_asking_teaches_it_nothing(critic: TextureCritic) -> None:
    critic.optimiser.zero_grad(set_to_none=True)
    critic.wish(mist(1002).requires_grad_(True)).backward()
    assert all(weight.grad is None for weight in critic.net.parameters())
