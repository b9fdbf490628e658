"""Stage 2: the generator, on pictures and the frozen encoder's features. No sound, no labels.

A conditional VAE and a GAN in one (Zhu et al. 2017, "BicycleGAN"; Sauer et al. 2021, "Projected GANs"), with the
neighbourhoods of IC-GAN. Reconstruction alone comes first: it finds composition and colour within minutes, where the
adversary alone wanders. The posterior keeps z alive, which a generator fed with a rich h otherwise ignores.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from s2s import losses
from s2s.models.discriminator import Discriminator, Posterior
from s2s.models.image_encoder import STAGES, ImageEncoder, at_input_size
from s2s.models.light_generator import LightGenerator
from s2s.training.conditions import NUM_NEIGHBOURS, Conditions, nearest
from s2s.training.data import WorldData, to_pictures, to_tensor
from s2s.training.descent import channels_last, descend, set_rate
from s2s.training.ema import MovingAverage
from s2s.training.image_encoder import encode_pictures
from s2s.training.loop import RunLength, train

WEIGHTS: Final = "generator.safetensors"
HELD_OUT: Final = 64  # the last takes: never trained on, shown in the sheets


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """How G is trained. `warm_up` is the share of the run that only reconstructs."""

    channels: tuple[int, ...] = (256, 256, 192, 128, 64)
    z_dim: int = 64
    batch: int = 32
    learning_rate: float = 1e-3
    adversarial_rate: float = 3e-4
    judge_rate: float = 8e-4
    judge_steps: int = 2  # one alone never gets ahead of G, and G then learns nothing from it
    warm_up: float = 0.25
    adversarial: float = 0.3
    reconstruction: float = 1.0
    features: float = 1.0
    divergence: float = 0.0015
    latent: float = 0.2
    average: float = 0.998
    seed: int = 0

    @property
    def resolution(self) -> int:
        """Pixels a side: 4 for one width, doubled by each further one."""
        return int(4 * 2 ** (len(self.channels) - 1))


class GeneratorTrainer:
    """One step: draw pictures and conditions, paint, let the discriminator learn, then the generator."""

    def __init__(
        self, data: WorldData, encoder: ImageEncoder, settings: GeneratorSettings, conditions: Conditions
    ) -> None:
        torch.manual_seed(settings.seed)
        self.data, self.encoder, self.settings, self.conditions = data, encoder, settings, conditions
        h_dim = encoder.embedding_dim
        self.G = LightGenerator(settings.resolution, h_dim, settings.z_dim, settings.channels)
        self.D = Discriminator(tuple(encoder.width * 2**i for i in range(STAGES)), h_dim)
        self.Q = Posterior(h_dim, settings.z_dim)
        for net in (self.G, self.D, self.Q):
            channels_last(net)
        self.average = MovingAverage(self.G, settings.average)
        self.paint_optimiser = _adam([*self.G.parameters(), *self.Q.parameters()], settings.learning_rate)
        self.judge_optimiser = _adam(self.D.parameters(), settings.judge_rate)
        self.draws = torch.Generator().manual_seed(settings.seed)

    def step(self, progress: float) -> dict[str, float]:
        """Take one step of D (after the warm-up) and one of G and Q."""
        warming = progress < self.settings.warm_up
        self._set_rates(progress, warming)
        index, h = self.conditions.draw(self.settings.batch, self.draws)
        order = torch.argsort(index)  # the pictures lie on disk in this order
        index, h = index[order], h[order]
        shuffle = torch.randperm(len(index), generator=self.draws)
        real = to_tensor(self.data.pictures[index.numpy()], self.settings.resolution)[shuffle]
        h = h[shuffle]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            if warming:
                return self._reconstruct(real, h)
            return self._compete(real, h)

    def _reconstruct(self, real: Tensor, h: Tensor) -> dict[str, float]:
        z, divergence = self._posterior_draw(real, h)
        fake = self.G(z, h)
        pixel, feature = self._likeness(fake, self.encoder.maps(fake), real, self._frozen_maps(real))
        s = self.settings
        loss = s.reconstruction * 2 * pixel + s.features * feature + s.divergence * divergence
        descend(self.paint_optimiser, loss)
        self.average.update(self.G)
        return {"pixel": pixel.item(), "feature": feature.item(), "divergence": divergence.item()}

    def _compete(self, real: Tensor, h: Tensor) -> dict[str, float]:
        s, half = self.settings, len(real) // 2
        z_seen, divergence = self._posterior_draw(real[:half], h[:half])
        z_free = torch.randn(len(real) - half, s.z_dim, generator=self.draws)
        fake = self.G(torch.cat([z_seen, z_free]), h)
        fake_maps, real_maps = self.encoder.maps(fake), self._frozen_maps(real)
        seen = fake.detach(), [m.detach() for m in fake_maps]
        for _ in range(s.judge_steps):
            judged = self._judge_step(real, real_maps, *seen, h)
        with _frozen(self.D):
            adversarial = losses.hinge_generator(self.D(fake, fake_maps, h))
        with _frozen(self.Q):  # else the two hide z where no eye sees it
            recovered, _ = self.Q(at_input_size(fake[half:]), h[half:])
        latent = (recovered - z_free).abs().mean()
        pixel, feature = self._likeness(
            fake[:half], [m[:half] for m in fake_maps], real[:half], [m[:half] for m in real_maps]
        )
        likeness = s.reconstruction * 2 * pixel + s.features * feature + s.divergence * divergence
        descend(self.paint_optimiser, s.adversarial * adversarial + likeness + s.latent * latent)
        self.average.update(self.G)
        logged = {"pixel": pixel, "feature": feature, "divergence": divergence, "latent": latent}
        return {**{k: v.item() for k, v in logged.items()}, "adversarial": adversarial.item(), **judged}

    def _judge_step(
        self, real: Tensor, real_maps: list[Tensor], fake: Tensor, fake_maps: list[Tensor], h: Tensor
    ) -> dict[str, float]:
        on_real, on_fake = self.D(real, real_maps, h), self.D(fake, fake_maps, h)
        # A real picture under another's condition is wrong too: without this term h is soon ignored.
        on_mismatch = self.D(real, real_maps, h.roll(1, dims=0))
        loss = losses.hinge_discriminator(on_real, on_fake)
        loss = loss + 0.25 * losses.hinge_discriminator(on_real, on_mismatch)
        descend(self.judge_optimiser, loss)
        gap = torch.stack([r.float().mean() - f.float().mean() for r, f in zip(on_real, on_fake, strict=True)])
        return {"judge": loss.item(), "gap": gap.mean().item(), "pixel_gap": gap[-1].item()}

    def _posterior_draw(self, pictures: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.Q(at_input_size(pictures), h)
        noise = torch.randn(mean.shape, generator=self.draws)
        return mean + noise * (0.5 * log_variance).exp(), losses.kl_to_standard_normal(mean, log_variance)

    def _likeness(
        self, fake: Tensor, fake_maps: list[Tensor], real: Tensor, real_maps: list[Tensor]
    ) -> tuple[Tensor, Tensor]:
        return losses.pooled_l1(fake, real), losses.feature_distance(fake_maps, real_maps)

    @torch.no_grad()
    def _frozen_maps(self, pictures: Tensor) -> list[Tensor]:
        return self.encoder.maps(pictures)

    def _set_rates(self, progress: float, warming: bool) -> None:
        s = self.settings
        decay = min(1.0, 4 * (1 - progress)) if progress > 0.75 else 1.0
        set_rate(self.paint_optimiser, s.learning_rate if warming else s.adversarial_rate * max(decay, 0.05))
        set_rate(self.judge_optimiser, s.judge_rate * max(decay, 0.05))

    @torch.no_grad()
    def sheet(self) -> NDArray[np.uint8] | None:
        """Return rows of held-out pictures: the picture, four draws of z for its own h, four for a wide h."""
        n = min(16, len(self.data.pictures))
        pictures = self.data.pictures[-n:]
        own = encode_pictures(self.encoder, pictures)
        draws = torch.Generator().manual_seed(1)
        near = (own @ self.conditions.features.T).topk(min(48, len(self.conditions.features)), dim=1).indices
        wide = torch.nn.functional.normalize(self.conditions.features[near].mean(dim=1), dim=1)
        columns = [to_tensor(pictures, self.settings.resolution)]
        for h in (own, wide):
            z = torch.randn(4, self.settings.z_dim, generator=draws)
            columns += [self.average.net(one.expand(n, -1), h) for one in z]
        return np.concatenate([np.concatenate(list(to_pictures(c)), axis=0) for c in columns], axis=1)

    def state_dict(self) -> dict[str, Any]:
        """Return networks, average, optimisers and the state of the draws."""
        nets = {"G": self.G, "D": self.D, "Q": self.Q, "average": self.average.net}
        state: dict[str, Any] = {name: net.state_dict() for name, net in nets.items()}
        state["optimisers"] = [self.paint_optimiser.state_dict(), self.judge_optimiser.state_dict()]
        return {**state, "num_updates": self.average.num_updates, "draws": self.draws.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        for name, net in (("G", self.G), ("D", self.D), ("Q", self.Q), ("average", self.average.net)):
            net.load_state_dict(state[name])
        self.paint_optimiser.load_state_dict(state["optimisers"][0])
        self.judge_optimiser.load_state_dict(state["optimisers"][1])
        self.average.num_updates = state["num_updates"]
        self.draws.set_state(state["draws"])

    def grow_from(self, checkpoint: Path) -> None:
        """Start from a finished run at half the resolution: weights of G, Q and D, and the average."""
        state = torch.load(checkpoint, weights_only=True)["trainer"]
        for net, key in ((self.G, "G"), (self.average.net, "average")):
            missing, unexpected = net.load_state_dict(state[key], strict=False)
            grown = f"blocks.{len(self.settings.channels) - 2}."
            if unexpected or any(not name.startswith(grown) for name in missing):
                raise ValueError(f"{checkpoint} holds a generator of other widths than {self.settings.channels}")
        self.D.load_state_dict(state["D"])
        self.Q.load_state_dict(state["Q"])


def conditions_of(data: WorldData, encoder: ImageEncoder, out: Path) -> Conditions:
    """Return the conditions of the training pictures; kept in `out`, because a resumed run would wait minutes."""
    kept = out / "conditions.safetensors"
    if kept.exists():
        saved = load_file(kept)
        return Conditions(saved["features"], saved["neighbours"])
    features = encode_pictures(encoder, data.pictures[: max(len(data.pictures) - HELD_OUT, 1)])
    conditions = Conditions(features, nearest(features, min(NUM_NEIGHBOURS, len(features))))
    out.mkdir(parents=True, exist_ok=True)
    save_file({"features": conditions.features, "neighbours": conditions.neighbours}, kept)
    return conditions


def _adam(weights: Any, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(weights, lr=rate, betas=(0.5, 0.99))


@contextmanager
def _frozen(net: nn.Module) -> Iterator[None]:
    """Let gradients pass through `net` without collecting in it."""
    net.requires_grad_(False)
    try:
        yield
    finally:
        net.requires_grad_(True)


def train_generator(
    data: WorldData,
    encoder: ImageEncoder,
    out: Path,
    settings: GeneratorSettings,
    length: RunLength,
    *,
    grow_from: Path | None = None,
) -> LightGenerator:
    """Train G; write the averaged weights to `generator.safetensors` in `out` and return that network."""
    trainer = GeneratorTrainer(data, encoder, settings, conditions_of(data, encoder, out))
    if grow_from is not None:
        trainer.grow_from(grow_from)
    train(trainer, out, length, {"stage": "generator", "grow_from": grow_from, **asdict(settings)})
    save_file({k: v.contiguous() for k, v in trainer.average.net.state_dict().items()}, out / WEIGHTS)
    return trainer.average.net


def load_generator(folder: Path, h_dim: int) -> LightGenerator:
    """Return the generator that a finished run left in `folder`. Raises FileNotFoundError."""
    path = folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: train it with `python -m s2s train generator DATA {folder}`")
    run = json.loads((folder / "run.json").read_text())
    settings = GeneratorSettings(channels=tuple(run["channels"]), z_dim=run["z_dim"])
    net = LightGenerator(settings.resolution, h_dim, settings.z_dim, settings.channels)
    net.load_state_dict(load_file(path))
    return net.eval().requires_grad_(False)
