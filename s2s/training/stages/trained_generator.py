"""A finished run's generator, whichever recipe trained it: its sizes for a bundle's card, and the network."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from s2s.card import BigGanSizes, LightSizes
from s2s.models.biggan import BigGanGenerator
from s2s.models.light_generator import LightGenerator
from s2s.models.registry import build
from s2s.training.engine.checkpoint import RUN, finished_file, read_run_info
from s2s.training.stages.generator_icgan import RECIPE
from s2s.training.stages.generator_light import WEIGHTS, GeneratorSettings

TrainedGenerator = BigGanGenerator | LightGenerator


def sizes_of_run(folder: Path, h_dim: int) -> BigGanSizes | LightSizes:
    """Return the sizes of the generator that the run in `folder` trains on features of `h_dim` numbers.

    Raises FileNotFoundError where there is no run.
    """
    finished_file(folder, RUN, "generator")
    run = read_run_info(folder)
    if run.get("recipe") != RECIPE:
        channels = tuple(run["channels"])
        resolution = GeneratorSettings(channels).resolution
        return LightSizes(resolution=resolution, channels=channels, z_dim=run["z_dim"], h_dim=h_dim)
    sizes = {name: run[name] for name in ("resolution", "channels", "z_dim", "shared_dim")}
    full = BigGanSizes(**sizes, h_dim=h_dim)
    # z is cut in equal pieces; of 120 numbers 256 pixels use 119, and that is what a card says.
    with torch.device("meta"):
        used = BigGanGenerator(**full.model_dump(exclude={"architecture"})).z_dim
    return full.model_copy(update={"z_dim": used})


def load_trained_generator(folder: Path, h_dim: int) -> TrainedGenerator:
    """Return the generator that a finished run left in `folder`, in evaluation mode. Raises FileNotFoundError.

    A BigGAN's spectral norm is not folded: it can be trained on, and painted with the slower.
    """
    sizes, path = sizes_of_run(folder, h_dim), folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: the run in {folder} is not finished")
    generator = build(sizes)
    assert isinstance(generator, BigGanGenerator | LightGenerator)
    generator.load_state_dict(load_file(path))
    return generator.eval().requires_grad_(False)
