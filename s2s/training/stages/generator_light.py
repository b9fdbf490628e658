"""Stage 2: the generator, on pictures and the frozen encoder's features. No sound, no labels.

A conditional VAE and a GAN in one (Zhu et al. 2017, "BicycleGAN"; Sauer et al. 2021, "Projected GANs"), with the
neighbourhoods of IC-GAN. Reconstruction alone comes first: it finds composition and colour within minutes, where the
adversary alone wanders. The posterior keeps z alive, which a generator fed with a rich h otherwise ignores.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s import bundle
from s2s.files.atomic_write import atomic_path
from s2s.models.discriminator import Discriminator, Posterior
from s2s.models.image_encoder import STAGES, ImageEncoder, at_input_size
from s2s.models.light_generator import LightGenerator
from s2s.training.engine import checkpoint
from s2s.training.engine.checkpoint import finished_file
from s2s.training.engine.device import DeviceContext, backward_and_step, frozen, set_lr
from s2s.training.engine.distributed import barrier
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.moving_average import MovingAverage
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import StepContext, shard_of
from s2s.training.inputs.conditions import NUM_NEIGHBOURS, Conditions, nearest
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.tensors import to_tensor
from s2s.training.losses import objectives as losses
from s2s.training.stages.generator_validation import distance_to_held_out, sheet_of

WEIGHTS: Final = "generator.safetensors"


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """How G is trained. `warm_up` is the share of the run that only reconstructs."""

    channels: tuple[int, ...] = (256, 256, 192, 128, 64)
    z_dim: int = 64
    batch: int = 32
    learning_rate: float = 1e-3
    adversarial_rate: float = 3e-4
    discriminator_lr: float = 8e-4
    discriminator_steps: int = 2  # one alone never gets ahead of G, and G then learns nothing from it
    warm_up: float = 0.25
    adversarial: float = 0.3
    reconstruction: float = 1.0
    features: float = 1.0
    divergence: float = 0.0015
    latent: float = 0.2
    average: float = 0.998

    @property
    def resolution(self) -> int:
        """Pixels a side: 4 for one width, doubled by each further one."""
        return int(4 * 2 ** (len(self.channels) - 1))


class GeneratorStage(StageBase):
    """One step: draw pictures and conditions, paint, let the discriminator learn, then the generator."""

    def __init__(
        self,
        data: Pictures,
        encoder: ImageEncoder,
        settings: GeneratorSettings,
        conditions: Conditions,
        device_context: DeviceContext,
        seed: int = 0,
    ) -> None:
        torch.manual_seed(seed)
        if settings.batch % (2 * device_context.rank.count):
            raise ValueError(
                f"batch: expected a multiple of twice the {device_context.rank.count} ranks, got {settings.batch}"
            )
        self.data, self.settings, self.conditions, self.device_context = data, settings, conditions, device_context
        self.encoder = encoder.to(device_context.device)
        h_dim = encoder.embedding_dim
        self.G = device_context.prepare(LightGenerator(settings.resolution, h_dim, settings.z_dim, settings.channels))
        self.D = device_context.prepare(Discriminator(tuple(encoder.width * 2**i for i in range(STAGES)), h_dim))
        self.Q = device_context.prepare(Posterior(h_dim, settings.z_dim))
        self._paint, self._look = device_context.compile(self.G), device_context.compile(self.D.look)
        self._maps = device_context.compile(self.encoder.maps)
        self.average = MovingAverage(self.G, settings.average)
        betas = (0.5, 0.99)
        painting = [*self.G.parameters(), *self.Q.parameters()]
        self.paint_optimiser = device_context.adam(painting, settings.learning_rate, betas=betas)
        self.discriminator_optimiser = device_context.adam(self.D.parameters(), settings.discriminator_lr, betas=betas)
        super().__init__(
            {
                "G": self.G,
                "D": self.D,
                "Q": self.Q,
                "optimisers": [self.paint_optimiser, self.discriminator_optimiser],
            },
            average=self.average,
        )

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step of D (after the warm-up) and one of G and Q."""
        warming = ctx.progress < self.settings.warm_up
        self._set_rates(ctx.progress, warming)

        # Draw pictures, each with the feature of a neighbour as its condition, and noise.
        places, h = self.conditions.draw(self.settings.batch, ctx.torch_rng)
        share = shard_of(ctx.rank, len(places))
        rows = self.data.train[places[share].numpy()]
        real = self.device_context.to_device(to_tensor(self.data.of(rows), self.settings.resolution))
        z = ctx.sample_rng(self.settings.batch).normal(self.settings.z_dim)
        other = h.roll(1, dims=0)[share].to(self.device_context.device)
        h, z = h[share].to(self.device_context.device), z.to(self.device_context.device)
        self._last_batch = {"real": real, "h": h, "z": z}

        # Reconstruction alone finds composition and colour within minutes; the adversary comes after it.
        with self.device_context.autocast():
            return self._reconstruct(real, h, z) if warming else self._compete(real, h, other, z)

    def _reconstruct(self, real: Tensor, h: Tensor, noise: Tensor) -> dict[str, float]:
        z, divergence = self._posterior_draw(real, h, noise)
        fake = self._paint(z, h)
        pixel, feature = self._likeness(fake, self._maps(fake), real, self._frozen_maps(real))
        s = self.settings
        loss = s.reconstruction * 2 * pixel + s.features * feature + s.divergence * divergence
        backward_and_step(self.paint_optimiser, loss)
        self.average.update(self.G)
        return {"pixel": pixel.item(), "feature": feature.item(), "divergence": divergence.item()}

    def _compete(self, real: Tensor, h: Tensor, other: Tensor, noise: Tensor) -> dict[str, float]:
        """Every other picture is painted again with the posterior's noise, the rest with free noise.

        `other` [b, d] are the conditions of other pictures. Taken turn by turn, each rank has as many of either kind.
        """
        s, seen, free = self.settings, slice(0, None, 2), slice(1, None, 2)
        # Paint: half with what the posterior reads off the real pictures, half with free noise.
        z_seen, divergence = self._posterior_draw(real[seen], h[seen], noise[seen])
        z = torch.stack([z_seen, noise[free]], dim=1).flatten(0, 1)
        fake = self._paint(z, h)
        fake_maps, real_maps = self._maps(fake), self._frozen_maps(real)

        # Discriminator steps, all on these paintings.
        shown = fake.detach(), [m.detach() for m in fake_maps]
        for _ in range(s.discriminator_steps):
            d_logged = self._discriminator_step(real, real_maps, *shown, h, other)

        # Generator step: deceive D, let z be read off free paintings, and come near the real ones on the others.
        with frozen(self.D):
            adversarial = losses.hinge_generator(self.D(fake, fake_maps, h))
        with frozen(self.Q):  # else the two hide z where no eye sees it
            recovered, _ = self.Q(at_input_size(fake[free]), h[free])
        latent = (recovered - noise[free]).abs().mean()
        pixel, feature = self._likeness(
            fake[seen], [m[seen] for m in fake_maps], real[seen], [m[seen] for m in real_maps]
        )
        likeness = s.reconstruction * 2 * pixel + s.features * feature + s.divergence * divergence
        backward_and_step(self.paint_optimiser, s.adversarial * adversarial + likeness + s.latent * latent)
        self.average.update(self.G)
        logged = {"pixel": pixel, "feature": feature, "divergence": divergence, "latent": latent}
        return {**{k: v.item() for k, v in logged.items()}, "adversarial": adversarial.item(), **d_logged}

    def _discriminator_step(
        self, real: Tensor, real_maps: list[Tensor], fake: Tensor, fake_maps: list[Tensor], h: Tensor, other: Tensor
    ) -> dict[str, float]:
        on_fake, seen_real = self.D.answers(self._look(fake, fake_maps), h), self._look(real, real_maps)
        on_real = self.D.answers(seen_real, h)
        # A real picture under another's condition is wrong too: without this term h is soon ignored.
        on_mismatch = self.D.answers(seen_real, other)
        loss = losses.hinge_discriminator(on_real, on_fake)
        loss = loss + 0.25 * losses.hinge_discriminator(on_real, on_mismatch)
        backward_and_step(self.discriminator_optimiser, loss)
        gap = torch.stack([r.float().mean() - f.float().mean() for r, f in zip(on_real, on_fake, strict=True)])
        return {"discriminator": loss.item(), "gap": gap.mean().item(), "pixel_gap": gap[-1].item()}

    def _posterior_draw(self, pictures: Tensor, h: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.Q(at_input_size(pictures), h)
        return mean + noise * (0.5 * log_variance).exp(), losses.kl_to_standard_normal(mean, log_variance)

    def _likeness(
        self, fake: Tensor, fake_maps: list[Tensor], real: Tensor, real_maps: list[Tensor]
    ) -> tuple[Tensor, Tensor]:
        return losses.pooled_l1(fake, real), losses.feature_distance(fake_maps, real_maps)

    @torch.no_grad()
    def _frozen_maps(self, pictures: Tensor) -> list[Tensor]:
        return self._maps(pictures)

    def _set_rates(self, progress: float, warming: bool) -> None:
        s = self.settings
        decay = min(1.0, 4 * (1 - progress)) if progress > 0.75 else 1.0
        set_lr(self.paint_optimiser, s.learning_rate if warming else s.adversarial_rate * max(decay, 0.05))
        set_lr(self.discriminator_optimiser, s.discriminator_lr * max(decay, 0.05))

    def validate(self) -> dict[str, float]:
        """Return the Fréchet distance between held-out pictures and what is painted for their features, in f_V.

        f_V's maps are what D looks at, so the number flatters: it is for choosing among the steps of one run.
        """
        return distance_to_held_out(self.average.net, self.data, self.encoder, self.device_context.device)

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return rows of held-out pictures, and what is painted for them."""
        return sheet_of(self.average.net, self.data, self.encoder, self.conditions.features, self.device_context.device)

    def begin_from(self, generator: LightGenerator) -> None:
        """Start from a finished generator of these sizes, or of half the resolution. Raises ValueError."""
        given, ours = ((net.h_dim, net.z_dim) for net in (generator, self.G))
        if given != ours:
            raise ValueError(f"a generator for h and z of {given} numbers cannot go on with {ours}")
        for net in (self.G, self.average.net):
            net.grown_from(generator)

    def grow_from(self, path: Path) -> None:
        """Start from a checkpoint at half the resolution: weights of G, Q and D, and the average. Raises ValueError."""
        state, _ = checkpoint.load(path)
        refusal = f"{path} holds a generator of other widths than {self.settings.channels}"
        for net, key in ((self.G, "G"), (self.average.net, "average")):
            try:
                missing, unexpected = net.load_state_dict(state[key], strict=False)
            except RuntimeError as error:  # the same names in other shapes
                raise ValueError(refusal) from error
            grown = f"blocks.{len(self.settings.channels) - 2}."
            if unexpected or any(not name.startswith(grown) for name in missing):
                raise ValueError(refusal)
        self.D.load_state_dict(state["D"])
        self.Q.load_state_dict(state["Q"])


@dataclass(frozen=True, slots=True)
class Start:
    """What a run begins with instead of random weights: a generator, or a checkpoint at half the resolution."""

    generator: LightGenerator | None = None
    grown_from: Path | None = None


def conditions_of(data: Pictures, encoder: ImageEncoder, out: Path, *, writes: bool = True) -> Conditions:
    """Return the conditions of the training pictures; kept in `out`, because a resumed run would wait minutes.

    The rank that `writes` computes them; the others wait for it.
    """
    kept = out / "conditions.safetensors"
    if writes and not kept.exists():
        features = encode_pictures(encoder, data.of(data.train))
        neighbours = nearest(features, min(NUM_NEIGHBOURS, len(features)))
        out.mkdir(parents=True, exist_ok=True)
        with atomic_path(kept) as partial:
            save_file({"features": features, "neighbours": neighbours}, partial)
    barrier()
    saved = load_file(kept)
    if len(saved["features"]) != len(data.train):
        raise ValueError(f"{kept} belongs to {len(saved['features'])} pictures, not {len(data.train)}: delete it")
    return Conditions(saved["features"], saved["neighbours"])


def train_generator(
    data: Pictures, encoder: ImageEncoder, settings: GeneratorSettings, plan: RunPlan, start: Start | None = None
) -> LightGenerator:
    """Train G; write the averaged weights to `generator.safetensors` in the plan's folder and return that network."""
    conditions = conditions_of(data, encoder, plan.out, writes=plan.device_context.is_main)
    stage = GeneratorStage(data, encoder, settings, conditions, plan.device_context, plan.seed)
    start = start or Start()
    if start.generator is not None:
        stage.begin_from(start.generator)
    if start.grown_from is not None:
        stage.grow_from(start.grown_from)
    run_info = {"grown_from": start.grown_from, "from_generator": start.generator is not None}
    train(
        stage,
        plan,
        {"stage": "generator", "recipe": "light", "pictures": len(data.train), **run_info, **asdict(settings)},
    )
    painter = stage.average.net
    if plan.device_context.is_main:
        save_file({k: v.contiguous() for k, v in painter.state_dict().items()}, plan.out / WEIGHTS)
    return painter


def load_generator(folder: Path, h_dim: int) -> LightGenerator:
    """Return the generator that a finished run left in `folder`. Raises FileNotFoundError."""
    path = finished_file(folder, WEIGHTS, "generator")
    run = checkpoint.read_run_info(folder)
    settings = GeneratorSettings(channels=tuple(run["channels"]), z_dim=run["z_dim"])
    net = LightGenerator(settings.resolution, h_dim, settings.z_dim, settings.channels)
    net.load_state_dict(load_file(path))
    return net.eval().requires_grad_(False)


def bundled_generator(folder: Path) -> LightGenerator:
    """Return the light generator of a bundle, ready to be trained on. Raises BundleError, ValueError."""
    generator = bundle.load(folder, image_encoder=False).generator
    if not isinstance(generator, LightGenerator):
        raise ValueError(f"{folder} holds a generator of another kind: expected a light one")
    return generator.requires_grad_(True)
