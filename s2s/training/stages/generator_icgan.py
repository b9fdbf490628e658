"""Stage 2 as published: IC-GAN (Casanova et al. 2021) with BigGAN's networks, on pictures and frozen f_V's features.

D sees a real picture under the feature of one of its neighbours, and a painting under the feature it was painted for.
Slow on little data, where `augment` and `warm_up` help; both are off as published. No sound, no labels.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from s2s.models.biggan import BigGanGenerator
from s2s.models.biggan_discriminator import BigGanDiscriminator
from s2s.models.image_encoder import PictureEncoder
from s2s.training.augment.diff_augment import augmented, parsed
from s2s.training.engine.device import DeviceContext, backward_and_step, frozen, set_lr
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.moving_average import MovingAverage
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import SampleRng, StepContext
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.instances import InstanceOptions, Instances, instances_of
from s2s.training.inputs.tensors import to_tensor
from s2s.training.losses import objectives as losses
from s2s.training.stages.batch_statistics import with_measured_statistics
from s2s.training.stages.generator_light import WEIGHTS
from s2s.training.stages.generator_validation import distance_to_held_out, sheet_of

RECIPE: Final = "icgan"
_BETAS: Final = (0.0, 0.999)
_ADAM_EPS: Final = 1e-6
_STATISTICS_BATCHES: Final = 20
_FEWEST_CHANNELS: Final = 8  # D's attention asks with an eighth of them


@dataclass(frozen=True, slots=True)
class InstanceGanSettings:
    """How G and D are trained; the defaults are the published ones for 128 pixels, but for the batch.

    That was 64 on each of 32 GPUs, whose batch norms saw their own share alone, as those of ranks do here; `batch` is
    all of it. At 64 pixels: 64 channels, both rates 1e-4, batch 256. `flips` mirrors half of the pictures,
    `flipped_features` takes half of the features of mirrored ones (not at 256 pixels). `augment` names DiffAugment's
    changes: "colour,translation,cutout". `warm_up` is the share of the run that only reconstructs, at `warm_up_rate`.
    """

    resolution: int = 128
    channels: int = 96
    z_dim: int = 120
    shared_dim: int = 512
    k_nn: int = 50
    batch: int = 64
    learning_rate: float = 4e-5
    discriminator_lr: float = 1e-4
    discriminator_steps: int = 1
    average: float = 0.9999
    average_start: int = 20_000  # steps; a shorter run needs both lower
    flips: bool = True
    flipped_features: bool = True
    augment: str = ""
    warm_up: float = 0.0
    warm_up_rate: float = 1e-3  # at a fifth of it, pictures are half as near after as many steps

    def __post_init__(self) -> None:
        parsed(self.augment)
        if min(self.k_nn, self.discriminator_steps, self.batch) < 1 or not 0 <= self.warm_up <= 1:
            raise ValueError(f"expected counts from 1 on and a share of 0..1 for warm_up, got {self}")
        if self.channels < _FEWEST_CHANNELS:
            raise ValueError(f"channels must be {_FEWEST_CHANNELS} or more, got {self.channels}")


class InstanceGanStage(StageBase):
    """One step: `discriminator_steps` of D, each with pictures and paintings of its own, then one of G."""

    def __init__(
        self,
        data: Pictures,
        encoder: PictureEncoder,
        settings: InstanceGanSettings,
        instances: Instances,
        device_context: DeviceContext,
        seed: int = 0,
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.instances, self.device_context = data, settings, instances, device_context
        self.encoder = encoder
        s, h_dim = settings, encoder.embedding_dim
        self.G = device_context.prepare(BigGanGenerator(s.resolution, s.channels, s.z_dim, h_dim, s.shared_dim))
        self.D = device_context.prepare(BigGanDiscriminator(s.resolution, s.channels, h_dim))
        self.average = MovingAverage(self.G, s.average, s.average_start)
        self.paint_optimiser = device_context.adam(self.G.parameters(), s.learning_rate, betas=_BETAS, eps=_ADAM_EPS)
        self.discriminator_optimiser = device_context.adam(
            self.D.parameters(), s.discriminator_lr, betas=_BETAS, eps=_ADAM_EPS
        )
        self._paint, self._discriminate = device_context.compile(self.G), device_context.compile(self.D)
        self._changes = parsed(s.augment)
        super().__init__(
            {"G": self.G, "D": self.D, "optimisers": [self.paint_optimiser, self.discriminator_optimiser]},
            average=self.average,
        )

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step of D and one of G, or in the warm-up one of G alone."""
        sample_rng = ctx.sample_rng(self.settings.batch)
        warming = ctx.progress < self.settings.warm_up
        set_lr(self.paint_optimiser, self.settings.warm_up_rate if warming else self.settings.learning_rate)

        # Every one of these draws a batch of its own; D's steps come before G's, as published.
        if warming:
            metrics = self._reconstruct(sample_rng)
        else:
            d_steps = [self._discriminator_step(sample_rng) for _ in range(self.settings.discriminator_steps)]
            metrics = {**self._paint_step(sample_rng), **d_steps[-1]}
        self.average.update(self.G)
        return metrics

    def _reconstruct(self, sample_rng: SampleRng) -> dict[str, float]:
        # Draw pictures under their own features.
        places, own = self.instances.own(sample_rng)
        real, h = self._pictures(places), own.to(self.device_context.device)
        z = self._noise(sample_rng)
        self._last_batch = {"real": real, "h": h, "z": z}

        # Paint them again, alike in blurred pixels and in f_V's maps.
        with self.device_context.autocast():
            fake = self._paint(z, h)
            pixel = losses.pooled_l1(fake, real)
            with torch.no_grad():
                target_maps = self.encoder.maps(real)
            feature = losses.feature_distance(self.encoder.maps(fake), target_maps)
        backward_and_step(self.paint_optimiser, 2 * pixel + feature)
        return {"pixel": pixel.item(), "feature": feature.item()}

    def _discriminator_step(self, sample_rng: SampleRng) -> dict[str, float]:
        # Draw real pictures under neighbours' features, and what G is to paint.
        places, near = self.instances.real(sample_rng)
        real, h_real = self._pictures(places), near.to(self.device_context.device)
        if self.settings.flips:
            turned = sample_rng.chance(0.5).to(real.device)[:, None, None, None]
            real = torch.where(turned, real.flip(3), real)
        z, h_fake = self._z_and_h(sample_rng)
        self._last_batch = {"real": real, "h_real": h_real, "z": z, "h": h_fake}

        # Discriminator step, on both through the same differentiable augmentation.
        with self.device_context.autocast():
            with torch.no_grad():
                fake = self._paint(z, h_fake).float()
            seen = torch.cat([self._augmented(real, sample_rng), self._augmented(fake, sample_rng)])
            # In one go: spectral norms are estimated once for both, as published.
            on_real, on_fake = self._discriminate(seen, torch.cat([h_real, h_fake])).chunk(2)
            loss = losses.hinge_discriminator([on_real], [on_fake])
        backward_and_step(self.discriminator_optimiser, loss)
        gap = on_real.detach().float().mean() - on_fake.detach().float().mean()
        return {"discriminator": loss.item(), "gap": gap.item()}

    def _paint_step(self, sample_rng: SampleRng) -> dict[str, float]:
        z, h = self._z_and_h(sample_rng)
        self._last_batch |= {"z": z, "h": h}
        with self.device_context.autocast(), frozen(self.D):
            fake = self._paint(z, h).float()
            loss = losses.hinge_generator([self._discriminate(self._augmented(fake, sample_rng), h)])
        backward_and_step(self.paint_optimiser, loss)
        return {"adversarial": loss.item()}

    def _pictures(self, places: NDArray[np.int64]) -> Tensor:
        pictures = self.data.of(self.data.train[places])
        return self.device_context.to_device(to_tensor(pictures, self.settings.resolution))

    def _z_and_h(self, sample_rng: SampleRng) -> tuple[Tensor, Tensor]:
        return self._noise(sample_rng), self.instances.wanted(sample_rng).to(self.device_context.device)

    def _noise(self, sample_rng: SampleRng) -> Tensor:
        return sample_rng.normal(self.G.z_dim).to(self.device_context.device)

    def _augmented(self, pictures: Tensor, sample_rng: SampleRng) -> Tensor:
        return augmented(pictures, self._changes, sample_rng)

    def painter(self) -> BigGanGenerator:
        """Return the averaged G as it is used: in evaluation mode, its batch-norm statistics measured anew."""
        return with_measured_statistics(self.average.net, self._typical())

    def _typical(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield batches (z, h) as one rank sees them, always the same, so that every rank measures the same."""
        draws = torch.Generator().manual_seed(2)
        for _ in range(_STATISTICS_BATCHES):
            yield self._z_and_h(SampleRng.whole_batch(draws, self.settings.batch // self.device_context.rank.count))

    def validate(self) -> dict[str, float]:
        """Return the Fréchet distance between held-out pictures and what is painted for their features, in f_V.

        D never looks through f_V, but a warm-up does, and flatters the number.
        """
        return distance_to_held_out(self.painter(), self.data, self.encoder, self.device_context.device)

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return rows of held-out pictures, and what is painted for them."""
        return sheet_of(self.painter(), self.data, self.encoder, self.instances.features, self.device_context.device)

    def begin_from(self, generator: BigGanGenerator) -> None:
        """Start from a finished generator of these sizes, as `bundle.load_generator` reads it. Raises ValueError.

        D begins at random: no bundle holds one.
        """
        if generator.linear.u0 is None:
            raise ValueError(
                "this generator's spectral norm is folded into its weights, for painting: it cannot be trained on. "
                "Load it with s2s.bundle.load_generator"
            )
        given, ours = ({k: tuple(v.shape) for k, v in net.state_dict().items()} for net in (generator, self.G))
        if wrong := [name for name in ours if given.get(name) != ours[name]] or list(given.keys() - ours.keys()):
            name = wrong[0]
            raise ValueError(f"a generator of other sizes: {name} is {given.get(name)}, expected {ours.get(name)}")
        for net in (self.G, self.average.net):
            net.load_state_dict(generator.state_dict())


def train_instance_gan(
    data: Pictures,
    encoder: PictureEncoder,
    settings: InstanceGanSettings,
    plan: RunPlan,
    start: BigGanGenerator | None = None,
) -> BigGanGenerator:
    """Train G and D; write the averaged G to `generator.safetensors` in the plan's folder and return that network.

    Its spectral norm is not folded: it can be trained on. Raises ValueError.
    """
    assert isinstance(encoder, nn.Module)
    encoder.to(plan.device_context.device).eval().requires_grad_(False)
    options = InstanceOptions(settings.k_nn, settings.flipped_features)
    instances = instances_of(data, encoder, plan.out, options, writes=plan.device_context.is_main)
    stage = InstanceGanStage(data, encoder, settings, instances, plan.device_context, plan.seed)
    if start is not None:
        stage.begin_from(start)
    run_info = {
        "stage": "generator",
        "recipe": RECIPE,
        "pictures": len(data.train),
        "from_generator": start is not None,
    }
    train(stage, plan, {**run_info, **asdict(settings)})
    painter = stage.painter()
    if plan.device_context.is_main:
        save_file({k: v.contiguous() for k, v in painter.state_dict().items()}, plan.out / WEIGHTS)
    return painter
