"""A memory learns a place: the evening's pictures become moments of it, recalled by the sounds that go with them."""

import copy
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import MemorySizes
from s2s.models.memory_generator import ADDRESS_SCALE, MemoryGenerator, packed
from s2s.retrain.finetune import FinetuneConfig
from s2s.retrain.layout import Layout
from s2s.retrain.light_painter import NEVER
from s2s.retrain.place_pictures import PlacePictures
from s2s.sampling.generate import as_pixels
from s2s.sampling.noise import draw_noise
from s2s.training.engine.device import open_device_context
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.stages.key_marks import marked_as_all
from s2s.training.stages.memory import addresses_of
from s2s.training.stages.place_moments import PlaceMoments, PlaceSettings, learn_place

MOST_OF_WORLD: Final = 0.15
"""Of the world's sounds no more may recall the place: where it rains on the terrace, rain may be that photograph."""
_BY_MOMENT: Final = ("keys", "addresses", "codes", "states")
_CHOICE: Final = 0.15
"""How far apart a place's addresses lie, of the world's: of few pictures the sound chooses, noise among the rest."""


def learn_painter(pictures: PlacePictures, model: Bundle, layout: Layout, config: FinetuneConfig) -> PlaceMoments:
    """Return codes of `pictures` and what paints them, from the memory of `model`; the run lies in OUT/generator."""
    assert isinstance(model.generator, MemoryGenerator)
    length = RunLength(config.steps, config.minutes, sheet_every=NEVER)
    with open_device_context(config.device) as device_context:
        plan = RunPlan(layout.generator, length, device_context, config.seed)
        return learn_place(pictures.pixels, copy.deepcopy(model.generator), PlaceSettings(), plan)


@torch.no_grad()
def with_place(
    model: Bundle, keys: Tensor, moments: PlaceMoments, world: Tensor, own: Tensor, seed: int = 0
) -> tuple[MemoryGenerator, MemorySizes]:
    """Return the memory of `model` with moments of a place under unit `keys` [n, h_dim] after its own, and its sizes.

    How soon they are recalled is decided by sounds that none of it was learnt from: the evening's, painted from unit
    `own` [k, h_dim], and the world's, from `world` [m, h_dim].
    """
    sizes, added = model.card.generator, len(keys)
    assert isinstance(sizes, MemorySizes) and isinstance(model.generator, MemoryGenerator)
    larger = sizes.model_copy(update={"entries": sizes.entries + added, "of_place": sizes.of_place + added})
    generator = MemoryGenerator(**larger.model_dump(exclude={"architecture"}))
    state = generator.state_dict()
    for name, value in model.generator.state_dict().items():
        known = state[name][: len(value)] if name in _BY_MOMENT else state[name]
        known.copy_(value)
    generator.decoder.load_state_dict(moments.painter.state_dict())
    unit, heads = F.normalize(keys.float(), dim=1), model.source_heads
    generator.keys[-added:] = marked_as_all(unit, heads.marks.to(unit)) if heads and heads.marked else unit
    generator.codes[-added:] = packed(moments.codes)
    addresses = _CHOICE * _addresses(moments.codes.flatten(1), keys, sizes.z_dim, seed)
    generator.addresses[-added:] = (addresses * ADDRESS_SCALE).round().clamp(-127, 127).to(torch.int8)
    generator.place_lead.fill_(0.0)
    generator.place_lead.fill_(
        -best_threshold(place_margins(generator, own, seed), place_margins(generator, world, seed), MOST_OF_WORLD)
    )
    return generator.eval().requires_grad_(False), larger


@torch.no_grad()
def place_margins(generator: MemoryGenerator, h: Tensor, seed: int = 0) -> Tensor:
    """Return by how much sooner the place is recalled than anything else, a logarithm [n], by unit h [n, h_dim]."""
    z = draw_noise(len(h), generator.z_dim, seed=seed)
    scores = generator.scores(z, h.float())
    return scores[:, -generator.of_place :].amax(dim=1) - scores[:, : -generator.of_place].amax(dim=1)


@torch.inference_mode()
def place_still(generator: MemoryGenerator) -> NDArray[np.uint8]:
    """Return a picture [height, width, 3] of the place: its moment that is most like the others."""
    keys = generator.keys[-generator.of_place :]
    row = len(generator.codes) - generator.of_place + int((keys @ keys.mean(dim=0)).argmax())
    picture: NDArray[np.uint8] = as_pixels(generator.paint(torch.ones(1, 1), torch.tensor([[row]])))[0]
    return picture


def best_threshold(own: Tensor, other: Tensor, most_of_other: float) -> float:
    """Return above which value most of `own` [n] lie and fewest of `other` [m]: where the difference of both shares is
    largest (Youden 1950), but never so low that more than `most_of_other` of those do.
    """
    values = torch.cat([own, other]).double().sort().values
    between = torch.cat([values[:1] - 1.0, (values[1:] + values[:-1]) / 2.0, values[-1:] + 1.0])
    shares = [(part.double()[None] > between[:, None]).double().mean(dim=1) for part in (own, other)]
    gain = torch.where(shares[1] <= most_of_other, shares[0] - shares[1], -1.0)
    return float(between[int(gain.argmax())])


def _addresses(codes: Tensor, keys: Tensor, z_dim: int, seed: int) -> Tensor:
    """Return addresses [n, z_dim] about N(0, 1); of fewer pictures than tell directions apart, drawn ones."""
    if len(codes) >= 4 * z_dim:
        return addresses_of(codes, keys, z_dim)
    return torch.randn(len(codes), z_dim, generator=torch.Generator().manual_seed(seed))
