"""A classifier of pictures by a corpus's classes, in two sizes: four small convolutions, or Inception-v3.

Sound2Scene measures with an Inception-v3 that was fine-tuned on its corpus. Nothing is ever downloaded.
"""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.image_encoder import at_input_size
from s2s.models.swav import at_imagenet_scale

Architecture = Literal["small", "inception"]

SMALL_PX: Final = 64
INCEPTION_PX: Final = 299
INCEPTION_DIM: Final = 2048
_WIDTHS: Final = (32, 64, 96, 128)
_DROPOUT: Final = 0.5  # before Inception's last layer, as torchvision's
_OTHER_HEADS: Final = ("fc.", "AuxLogits.")


class Judge(nn.Module):
    """A network whose last features [b, d] one linear layer tells `classes` by; d is 128, or Inception's 2048."""

    def __init__(self, classes: Sequence[str], architecture: Architecture = "small") -> None:
        super().__init__()
        self.classes, self.architecture = tuple(classes), architecture
        small = architecture == "small"
        self.body = _small() if small else _inception()
        self.dropout = nn.Dropout(0.0 if small else _DROPOUT)
        self.out = nn.Linear(_WIDTHS[-1] if small else INCEPTION_DIM, len(self.classes))

    def features(self, pictures: Tensor) -> Tensor:
        """Return [b, d], none negative, of pictures [b, 3, h, w] in -1..1; Inception's are Mixed_7c's, pooled."""
        assert pictures.ndim == 4 and pictures.shape[1] == 3, f"pictures must be [b, 3, h, w], got {pictures.shape}"
        pooled: Tensor = self.body(at_input_size(pictures) if self.architecture == "small" else as_input(pictures))
        return pooled

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits [b, classes] of pictures [b, 3, h, w] in -1..1."""
        logits: Tensor = self.out(self.dropout(self.features(pictures)))
        return logits

    def load_body(self, path: Path) -> None:
        """Take over all but the head of a state dict of torchvision's `inception_v3`. Raises ValueError, OSError."""
        if self.architecture != "inception":
            raise ValueError(f"{path}: weights are for the architecture inception, not for {self.architecture}")
        try:
            weights = torch.load(path, map_location="cpu", weights_only=True)
            kept = {name: value for name, value in weights.items() if not name.startswith(_OTHER_HEADS)}
            self.body.load_state_dict(kept)
        except (RuntimeError, AttributeError, TypeError, EOFError, pickle.UnpicklingError) as error:
            said = " ".join(str(error).split())[:200]
            raise ValueError(f"{path} is no state dict of torchvision's inception_v3 ({said})") from error


def as_input(pictures: Tensor) -> Tensor:
    """Return pictures in -1..1 as Inception sees them [b, 3, 299, 299]: ImageNet's scale, resized to the corners.

    As IC-GAN's own measuring code does it; Sound2Scene's was not published.
    """
    scaled = at_imagenet_scale(pictures.float())
    return F.interpolate(scaled, (INCEPTION_PX, INCEPTION_PX), mode="bilinear", align_corners=True)


def _small() -> nn.Module:
    layers: list[nn.Module] = []
    for before, width in zip((3, *_WIDTHS), _WIDTHS, strict=False):
        layers += [nn.Conv2d(before, width, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def _inception() -> nn.Module:
    # Imported here: it takes a second, and only whoever measures as published needs it.
    from torchvision.models import inception_v3

    # Without the second head: it regularises training from nothing, and what is usual is to fine-tune.
    net: nn.Module = inception_v3(weights=None, aux_logits=False, transform_input=False, init_weights=False)
    net.dropout, net.fc = nn.Identity(), nn.Identity()
    return net
