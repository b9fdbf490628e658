"""A critic of texture for the autoencoder: tells patches of pictures from patches of paintings.

Differences of pixels are smallest where a blade of grass is painted as the mean of all places it could have; whoever
looks sees mist. A critic that sees a few dozen pixels at a time asks for grass, wherever its blades are (Isola et al.
2017, section 3.2.2: PatchGAN). Late, short and gentle: shapes are there already, and it shall not move them.
"""

from itertools import pairwise
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from s2s.training.engine.device import DeviceContext, backward_and_step, frozen, set_lr
from s2s.training.losses import objectives as losses

_CHANNELS: Final = (3, 32, 64, 128)
_SLOPE: Final = 0.2
_BETAS: Final = (0.0, 0.99)


class PatchNet(nn.Module):
    """Score every place by the 38 pixels around it; spectral norms keep it from running ahead of the painter."""

    def __init__(self) -> None:
        super().__init__()
        self.downs = nn.ModuleList(
            spectral_norm(nn.Conv2d(narrow, wide, 4, stride=2, padding=1)) for narrow, wide in pairwise(_CHANNELS)
        )
        self.judgement = spectral_norm(nn.Conv2d(_CHANNELS[-1], 1, 3, padding=1))

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits [b, 1, height / 8, width / 8] of pictures [b, 3, height, width] in -1..1."""
        x = pictures
        for down in self.downs:
            x = F.leaky_relu(down(x), _SLOPE)
        logits: Tensor = self.judgement(x)
        return logits


def balance(loss: Tensor, wish: Tensor, last: Tensor) -> Tensor:
    """Return the weight with which `wish` pulls at the `last` layer's weights as hard as `loss` does.

    The critic's slopes grow a hundredfold while it learns (Esser et al. 2021, equation 7).
    """
    (of_loss,), (of_wish,) = (torch.autograd.grad(one, last, retain_graph=True) for one in (loss, wish))
    weight: Tensor = of_loss.norm() / of_wish.norm().clamp_min(1e-6)
    return weight.detach()


class TextureCritic:
    """The network and how it learns; `wish` is what it asks of the painter."""

    def __init__(self, device_context: DeviceContext) -> None:
        self.device_context, self.net = device_context, device_context.prepare(PatchNet())
        self.optimiser = device_context.adam(self.net.parameters(), 0.0, betas=_BETAS)

    def wish(self, painted: Tensor) -> Tensor:
        """Return the loss of paintings [b, 3, h, w] that are taken for paintings."""
        with frozen(self.net), self.device_context.autocast():
            return losses.hinge_generator([self.net(painted)])

    def step(self, pictures: Tensor, painted: Tensor, rate: float) -> float:
        """Learn from pictures and the paintings of them, at a learning rate; return the loss before."""
        set_lr(self.optimiser, rate)
        with self.device_context.autocast():
            loss = losses.hinge_discriminator([self.net(pictures)], [self.net(painted.detach())])
        backward_and_step(self.optimiser, loss)
        return loss.item()

    def state_dict(self) -> dict[str, Any]:
        """Return the network and the optimiser."""
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
