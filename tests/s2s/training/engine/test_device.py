"""What a stage runs on: devices, number formats, and networks that others only look through."""

import pytest
import torch
from torch import nn

from s2s.training.engine.device import DeviceContext, backward_and_step, frozen, open_device_context, set_lr

META = torch.device("meta")


def test_tensors_are_placed_on_whatever_device_there_is() -> None:
    x = torch.ones(2)
    assert DeviceContext().to_device(x) is x
    assert DeviceContext(META).to_device(x).device == META


def test_a_device_that_is_not_there_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    for device in ("cuda", "cuda:1"):
        with (
            pytest.raises(ValueError, match=f"--device {device}: 0 CUDA devices are there"),
            open_device_context(device),
        ):
            pass
    with pytest.raises(ValueError, match="--device gpu: expected cpu, cuda"), open_device_context("gpu"):
        pass


def test_one_rank_needs_no_others() -> None:
    with open_device_context("cpu", precision="float32") as device_context:
        assert (device_context.is_main, device_context.rank.count, str(device_context.device)) == (True, 1, "cpu")


@pytest.mark.parametrize(
    ("avx512_bf16", "amx", "expected"),
    [(False, False, torch.float32), (True, False, torch.bfloat16), (False, True, torch.bfloat16)],
)
def test_a_processor_computes_in_bfloat16_where_that_is_faster(
    monkeypatch: pytest.MonkeyPatch, avx512_bf16: bool, amx: bool, expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512_bf16)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert DeviceContext().format == expected
    assert DeviceContext(precision="float32").format == torch.float32
    assert DeviceContext(precision="bfloat16").format == torch.bfloat16
    assert DeviceContext(torch.device("cuda")).format == torch.bfloat16
    assert DeviceContext(META).format == torch.float32


def test_forward_passes_are_in_the_format_and_weights_stay_in_single_precision() -> None:
    device_context = DeviceContext(precision="bfloat16")
    net = device_context.prepare(nn.Linear(3, 2))
    with device_context.autocast():
        y = net(torch.ones(1, 3))
    assert (y.dtype, net.weight.dtype) == (torch.bfloat16, torch.float32)
    with DeviceContext(precision="float32").autocast():
        assert net(torch.ones(1, 3)).dtype == torch.float32


def test_a_step_goes_down_the_slope_at_the_rate_that_was_set() -> None:
    weight = nn.Parameter(torch.tensor([1.0]))
    optimiser = DeviceContext().adam([weight], 0.5)
    set_lr(optimiser, 0.125)
    backward_and_step(optimiser, weight.square().sum())
    assert float(weight.detach()) == pytest.approx(1.0 - 0.125)


def test_slopes_pass_through_a_frozen_network_and_leave_nothing_there() -> None:
    net, x = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    with frozen(net):
        net(x).sum().backward()
    assert x.grad is not None
    assert net.weight.grad is None
    assert net.weight.requires_grad


def test_an_uncompiled_network_is_the_network() -> None:
    net = nn.Linear(1, 1)
    assert DeviceContext().compile(net) is net
