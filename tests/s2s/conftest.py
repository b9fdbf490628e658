"""What every test of the library gets without asking."""

import pytest
import torch


@pytest.fixture(autouse=True)
def _auto_is_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `precision: auto` be float32 on every make of CPU: a test that wants bfloat16 asks for it.

    Else the same test trains in other formats here and there; and oneDNN's bfloat16 convolutions of four channels
    have crashed.
    """
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
