"""The generator's share of an evening: which kinds of it can learn a place, and what each learns from.

A light generator goes on by the recipe that made it, on many pictures. A memory takes each of the evening's pictures
among its moments, and learns to paint photographs. Of the published kind an evening changes nothing.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file

from s2s.bundle import Bundle
from s2s.card import GENERATOR, STILL, AnyGeneratorSizes, LightSizes, MemorySizes
from s2s.files.atomic_write import atomic_path
from s2s.media.montage import save_png
from s2s.models.image_encoder import ImageEncoder
from s2s.models.memory_generator import MemoryGenerator
from s2s.retrain import light_painter
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.finetune import FinetuneConfig, Taught, painted_from_now
from s2s.retrain.layout import Layout
from s2s.retrain.place_painter import learn_painter, place_still, with_place
from s2s.retrain.place_pictures import PlacePictures, place_pictures
from s2s.training.inputs.images import Pictures

PAINTER: Final = "painter.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Painter:
    """A generator that an evening has taught: its weights' file, the sizes for a card, how many of the place's pictures
    it can paint again, and one that it painted, which a show opens with.
    """

    weights: Path
    sizes: AnyGeneratorSizes
    of_place: int = 0
    still: Path | None = None


def check_generator(model: Bundle, *, forget: bool) -> None:
    """Raise ValueError where the generator of `model` cannot be taught here, or must not be."""
    if isinstance(model.card.generator, MemorySizes):
        if forget:
            raise ValueError(
                "--generator keeps pictures of the place in the model, to paint them again, and --forget is to leave "
                "none behind: take one of the two"
            )
        return
    if not isinstance(model.card.generator, LightSizes):
        raise ValueError(
            f"--generator: {model.path} paints with the architecture {model.card.generator.architecture}, of which "
            "an evening changes nothing; without the option its audio encoder is retrained, and /latent/memory shows "
            "the place's own pictures"
        )
    if not isinstance(model.image_encoder, ImageEncoder):
        raise ValueError(
            f"--generator: {model.path} looks through SwAV, and the light generator's D needs the small encoder"
        )


def wants_many_pictures(model: Bundle) -> bool:
    """Whether the generator of `model` learns from four pictures a clip, and not from the chosen one."""
    return isinstance(model.card.generator, LightSizes)


def pictures_for(
    folder: Path, layout: Layout, model: Bundle, dataset: VenueDataset, seed: int
) -> Pictures | PlacePictures | None:
    """Return what the generator of `model` learns from; `None`, with a warning, where that is too little."""
    if wants_many_pictures(model):
        return light_painter.pictures_for(layout)
    assert model.image_encoder is not None
    pairs = dataset.pairs
    learnt = [pairs.ids[row] for part in (pairs.train, pairs.held_out) for row in part]
    return place_pictures(folder, layout, model.image_encoder, model.card.generator.size_px, learnt, seed)


def teach_painter(
    pictures: Pictures | PlacePictures,
    dataset: VenueDataset,
    model: Bundle,
    layout: Layout,
    config: FinetuneConfig,
    taught: Taught,
) -> Painter:
    """Teach the generator of `model` into OUT/generator; a run that was killed goes on."""
    if isinstance(pictures, Pictures):
        light_painter.finetune_generator(pictures, model, layout, config)
        return Painter(layout.generator / GENERATOR, model.card.generator)
    moments = learn_painter(pictures, model, layout, config)
    world, own = painted_from_now(dataset, model, layout, config, taught.whole)
    generator, sizes = with_place(model, torch.from_numpy(pictures.keys), moments, world, own, config.seed)
    _write(layout.generator / PAINTER, generator)
    save_png(layout.generator / STILL, place_still(generator))
    return Painter(layout.generator / PAINTER, sizes, sizes.of_place, layout.generator / STILL)


def take_painter(bundle: Path, painter: Painter) -> None:
    """Copy the weights of `painter` into a bundle, and its still in the place of the old one's; its card is the
    caller's.
    """
    shutil.copyfile(painter.weights, bundle / GENERATOR)
    (bundle / STILL).unlink(missing_ok=True)
    if painter.still is not None:
        shutil.copyfile(painter.still, bundle / STILL)


def _write(path: Path, generator: MemoryGenerator) -> None:
    state = {
        name: (value.half() if value.dtype == torch.float32 else value).contiguous()
        for name, value in generator.state_dict().items()
    }
    with atomic_path(path) as partial:
        save_file(state, partial)
        partial.chmod(0o644)  # a show may run as somebody else
