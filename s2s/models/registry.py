"""From the sizes on a bundle's card to networks, and to the form in which they paint fastest."""

from pkgutil import resolve_name
from typing import Final, cast

from torch import nn

from s2s.card import (
    AnyGeneratorSizes,
    AudioEncoderSizes,
    BigGanSizes,
    ImageEncoderSizes,
    LightSizes,
    MemorySizes,
    SourceHeadsSizes,
    SwavSizes,
)

Sizes = AudioEncoderSizes | ImageEncoderSizes | SwavSizes | SourceHeadsSizes | AnyGeneratorSizes


_NETWORKS: Final[dict[type[Sizes], str]] = {
    AudioEncoderSizes: "s2s.models.audio_encoder:AudioEncoder",
    SourceHeadsSizes: "s2s.models.source_heads:SourceHeads",
    ImageEncoderSizes: "s2s.models.image_encoder:ImageEncoder",
    SwavSizes: "s2s.models.swav:SwavResNet50",
    BigGanSizes: "s2s.models.biggan:BigGanGenerator",
    LightSizes: "s2s.models.light_generator:LightGenerator",
    MemorySizes: "s2s.models.memory_generator:MemoryGenerator",
}
"""By name, for they are imported when they are asked for: a show needs one generator of them."""


def build(sizes: Sizes) -> nn.Module:
    """Construct the network that `sizes` describe, with fresh weights, on torch's current device.

    The fields of `sizes` but `architecture` are the constructor's arguments. Raises ValueError where they do
    not fit together.
    """
    network: nn.Module = resolve_name(_NETWORKS[type(sizes)])(**sizes.model_dump(exclude={"architecture"}))
    return network


def prepare_for_inference(sizes: Sizes, network: nn.Module) -> None:
    """Bring `network`, built for `sizes` and in evaluation mode, into its fastest form; its outputs stay the same.

    Its weights are fixed from then on. An architecture that has no such form is left as it is.
    """
    if isinstance(sizes, BigGanSizes):
        from s2s.models import biggan, biggan_inference

        biggan_inference.prepare_for_inference(cast(biggan.BigGanGenerator, network))
