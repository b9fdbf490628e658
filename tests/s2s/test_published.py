"""Every spelling of the published checkpoints becomes ours."""

import pytest
import torch
from torch import Tensor

from s2s.models.biggan import BigGanGenerator
from s2s.published import audio_encoder_state, icgan_state


@pytest.fixture(scope="module")
def ours() -> dict[str, Tensor]:
    return BigGanGenerator(64, channels=8, h_dim=16, shared_dim=8).state_dict()


@pytest.mark.parametrize("mean_spelling", ["stored_mean", "bn.running_mean", "bn.stored_mean"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_generator_is_read_in_every_spelling(ours: dict[str, Tensor], mean_spelling: str, prefix: str) -> None:
    var_spelling = mean_spelling.replace("mean", "var")
    published = {
        prefix + key.replace("stored_mean", mean_spelling).replace("stored_var", var_spelling): value
        for key, value in ours.items()
    }
    published[prefix + "shared.weight"] = torch.zeros(1000, 128)
    published[prefix + "output_layer.0.bn.num_batches_tracked"] = torch.zeros(())
    assert icgan_state(published).keys() == ours.keys()


@pytest.mark.parametrize("prefix", ["", "module."])
def test_the_audio_encoders_prefix_is_dropped(prefix: str) -> None:
    published = {prefix + "audnet.fc.bias": torch.zeros(1)}
    assert list(audio_encoder_state(published)) == ["fc.bias"]
