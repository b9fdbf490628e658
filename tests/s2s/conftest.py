"""What every test of the library gets without asking."""

import pytest
import torch


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tiny networks compute in float32: oneDNN's bfloat16 convolutions of four channels have crashed."""
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
