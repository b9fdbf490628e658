"""Between the old f_A and the one that an evening has taught: the mixture of weights that strangers like best.

A network fine-tuned on little learns that by heart and forgets the rest; on the straight line between the weights
before and after, what was learnt and what was known often add up (Wortsman et al. 2022, "Robust fine-tuning of
zero-shot models"). How far to go is decided on the recordings that training stops by.
"""

import json
from collections.abc import Mapping
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from s2s.files.atomic_write import atomic_path, write_text
from s2s.models.audio_encoder import AudioEncoder
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.layout import Layout
from s2s.training.losses.objectives import audio_visual_info_nce, unit_distance
from s2s.training.stages.audio_encoder import AudioEncoderSettings, encode_pairs

SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the way from the old weights to the new ones."""


def interpolate_weights(
    dataset: VenueDataset, old: AudioEncoder, new: AudioEncoder, settings: AudioEncoderSettings, to: Layout
) -> float:
    """Write the best mixture to OUT/audio-encoder/mixed.safetensors and return its share of the new weights."""
    before, after = ({name: value.cpu() for name, value in net.state_dict().items()} for net in (old, new))
    net = AudioEncoder(new.width, new.embedding_dim).to(new.fc.weight.device).eval().requires_grad_(False)
    losses = {}
    for share in SHARES:
        net.load_state_dict(mixed(before, after, share))
        losses[share] = _loss(net, dataset, settings)
    best = min(losses, key=losses.__getitem__)
    weights = {name: value.contiguous() for name, value in mixed(before, after, best).items()}
    with atomic_path(to.mixed) as partial:
        save_file(weights, partial)
        partial.chmod(0o644)  # a show may run as somebody else
    write_text(to.mixed.with_suffix(".json"), json.dumps({"share": best, "loss": losses}, indent=1) + "\n")
    return best


def mixed(before: Mapping[str, Tensor], after: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return the weights `share` of the way from `before` to `after`; counters as they are after."""
    return {
        name: torch.lerp(before[name], value, share) if value.is_floating_point() else value
        for name, value in after.items()
    }


def _loss(net: AudioEncoder, dataset: VenueDataset, settings: AudioEncoderSettings) -> float:
    """Return what the stage validates with, over all recordings to stop by at once."""
    rows = dataset.pairs.held_out
    image = torch.from_numpy(dataset.pairs.features[rows, 0])
    audio = encode_pairs(net, dataset.pairs, rows)
    distance = unit_distance(audio, image).diagonal().mean()
    return float(audio_visual_info_nce(audio, image, settings.temperature) + settings.pull * distance)
