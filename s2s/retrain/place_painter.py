"""A memory learns a place: the evening's pictures become moments of it, recalled by the sounds that go with them."""

import copy
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import MemorySizes
from s2s.models.memory_generator import ADDRESS_SCALE, STATE_SCALE, MemoryGenerator, packed
from s2s.retrain.finetune import FinetuneConfig
from s2s.retrain.layout import Layout
from s2s.retrain.light_painter import NEVER
from s2s.retrain.place_pictures import PlacePictures
from s2s.sampling.noise import draw_noise
from s2s.training.engine.device import open_device_context
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.stages.memory import addresses_of
from s2s.training.stages.place_moments import PlaceMoments, PlaceSettings, learn_place

WORLD_LOST: Final = 0.05
"""Of the world's sounds so many may recall the place: beside a photograph of rain, rain may be that photograph."""
_CHOICE: Final = 0.5
"""How far apart a place's addresses lie, of the world's: of few pictures the sound chooses, noise among the rest."""


def learn_painter(
    pictures: PlacePictures, model: Bundle, layout: Layout, config: FinetuneConfig, world: Tensor
) -> tuple[MemoryGenerator, MemorySizes]:
    """Return the memory of `model` with `pictures` among its moments, and its sizes; the run lies in OUT/generator.

    `world` [n, h_dim] is where the world's sounds are painted from by now.
    """
    assert isinstance(model.generator, MemoryGenerator) and isinstance(model.card.generator, MemorySizes)
    length = RunLength(config.steps, config.minutes, sheet_every=NEVER)
    with open_device_context(config.device) as device_context:
        plan = RunPlan(layout.generator, length, device_context, config.seed)
        moments = learn_place(pictures.pixels, copy.deepcopy(model.generator), PlaceSettings(), plan)
    known, keys = copy.deepcopy(model.generator).cpu(), torch.from_numpy(pictures.keys)
    return with_place(known, model.card.generator, keys, moments, world, config.seed)


@torch.no_grad()
def with_place(
    known: MemoryGenerator, sizes: MemorySizes, keys: Tensor, moments: PlaceMoments, world: Tensor, seed: int = 0
) -> tuple[MemoryGenerator, MemorySizes]:
    """Return `known`, whose sizes are `sizes`, with moments of a place under unit `keys` [n, h_dim] after its own.

    They are recalled as soon as `WORLD_LOST` of the world's sounds, painted from unit `world` [m, h_dim], allow.
    """
    added = len(keys)
    update = {"entries": sizes.entries + added, "of_place": sizes.of_place + added}
    larger = sizes.model_copy(update=update)
    generator = MemoryGenerator(**larger.model_dump(exclude={"architecture"}))
    state, new = known.state_dict(), generator.state_dict()
    for name, value in state.items():
        if name in ("keys", "addresses", "codes", "states"):
            new[name][: sizes.entries] = value
        else:
            new[name] = value
    generator.load_state_dict(new)
    generator.decoder.load_state_dict(moments.painter.state_dict())
    generator.keys[-added:] = F.normalize(keys.float(), dim=1)
    generator.codes[-added:] = packed(moments.codes)
    addresses = _CHOICE * _addresses(moments.codes.flatten(1), keys, sizes.z_dim, seed)
    generator.addresses[-added:] = (addresses * ADDRESS_SCALE).round().clamp(-127, 127).to(torch.int8)
    if sizes.nearness_width is not None:
        generator.states[-added:] = round(STATE_SCALE / 2)
    generator.place_lead.fill_(0.0)
    generator.place_lead.fill_(-float(torch.quantile(place_margins(generator, world, seed), 1.0 - WORLD_LOST)))
    return generator.eval().requires_grad_(False), larger


@torch.no_grad()
def place_margins(generator: MemoryGenerator, h: Tensor, seed: int = 0) -> Tensor:
    """Return by how much sooner the place is recalled than anything else, a logarithm [n], by unit h [n, h_dim]."""
    z = draw_noise(len(h), generator.z_dim, seed=seed)
    scores = generator.scores(z, h.float())
    return scores[:, -generator.of_place :].amax(dim=1) - scores[:, : -generator.of_place].amax(dim=1)


def _addresses(codes: Tensor, keys: Tensor, z_dim: int, seed: int) -> Tensor:
    """Return addresses [n, z_dim] about N(0, 1); of fewer pictures than tell directions apart, drawn ones."""
    if len(codes) >= 4 * z_dim:
        return addresses_of(codes, keys, z_dim)
    return torch.randn(len(codes), z_dim, generator=torch.Generator().manual_seed(seed))
