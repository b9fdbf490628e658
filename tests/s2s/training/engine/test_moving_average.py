"""The average of a network's weights, and the batch-norm statistics that are measured for it."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from s2s.models.biggan import BatchNorm, BigGanGenerator, ConditionalBatchNorm
from s2s.training.engine.moving_average import MovingAverage
from s2s.training.stages.batch_statistics import with_measured_statistics
from tests.rounding import rounding


def generator() -> BigGanGenerator:
    torch.manual_seed(0)
    return BigGanGenerator(64, channels=4, z_dim=10, h_dim=8, shared_dim=8)


def batches(count: int, size: int = 6) -> list[tuple[Tensor, Tensor]]:
    draws = torch.Generator().manual_seed(0)
    return [
        (torch.randn(size, 10, generator=draws), nn.functional.normalize(torch.rand(size, 8, generator=draws), dim=1))
        for _ in range(count)
    ]


def test_the_moving_average_soon_forgets_the_random_start() -> None:
    net = nn.Linear(1, 1, bias=False)
    average = MovingAverage(net, 0.99)
    nn.init.constant_(net.weight, 5.0)
    for _ in range(200):
        average.update(net)
    assert float(average.net.weight) == pytest.approx(5.0, abs=0.05)


def test_with_a_start_the_average_is_a_copy_until_then() -> None:
    net = nn.Linear(1, 1, bias=False)
    average = MovingAverage(net, 0.75, start=2)
    seen = []
    for value in (1.0, 2.0, 4.0, 8.0):
        nn.init.constant_(net.weight, value)
        average.update(net)
        seen.append(float(average.net.weight))
    assert seen == [1.0, 2.0, 2.5, 3.875]


def test_running_statistics_are_averaged_and_counts_copied() -> None:
    net = nn.BatchNorm1d(1)
    average = MovingAverage(net, 0.75, start=0)
    assert net.running_mean is not None and net.num_batches_tracked is not None
    net.running_mean.fill_(4.0)
    net.num_batches_tracked.fill_(7)
    average.update(net)
    assert average.net.state_dict()["running_mean"].item() == 1.0
    assert average.net.state_dict()["num_batches_tracked"].item() == 7


def test_an_average_is_neither_trained_nor_in_training() -> None:
    average = MovingAverage(generator(), 0.9)
    assert not average.net.training
    assert not any(weight.requires_grad for weight in average.net.parameters())


def test_with_the_statistics_of_one_batch_a_generator_paints_it_as_in_training() -> None:
    # Over and over the same, so that the spectral norms settle on the way.
    measured = with_measured_statistics(generator(), batches(1) * 30)
    z, h = batches(1)[0]
    with torch.no_grad():
        painted = measured(z, h)
        assert_close(painted, measured.train()(z, h), atol=1e-4, rtol=1e-3)


def test_the_statistics_are_those_of_all_batches_together() -> None:
    net, seen = generator(), []
    measured = with_measured_statistics(net, batches(3))
    norm = measured.blocks[0][0].bn1  # type: ignore[index]
    hook = net.blocks[0][0].bn1.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))  # type: ignore[index]
    with torch.no_grad():
        for z, h in batches(3):
            net(z, h)
    hook.remove()
    x = torch.cat(seen).double()
    assert_close(norm.stored_mean.double(), x.mean((0, 2, 3)), **rounding())
    assert_close(norm.stored_var.double(), x.var((0, 2, 3), correction=0), **rounding())


def test_measuring_leaves_the_network_as_it_was() -> None:
    net = generator().eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    measured = with_measured_statistics(net, batches(2))
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not net.training
    assert not measured.training
    norms = [module for module in measured.modules() if isinstance(module, BatchNorm | ConditionalBatchNorm)]
    assert len(norms) == 9
    assert not any(torch.equal(norm.stored_var, torch.ones_like(norm.stored_var)) for norm in norms)
