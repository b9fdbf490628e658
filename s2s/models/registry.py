"""From the sizes on a bundle's card to networks, and to the form in which they paint fastest."""

from typing import cast

from torch import nn

from s2s.card import (
    AnyGeneratorSizes,
    AudioEncoderSizes,
    BigGanSizes,
    ImageEncoderSizes,
    LightSizes,
    MemorySizes,
    SwavSizes,
)

Sizes = AudioEncoderSizes | ImageEncoderSizes | SwavSizes | AnyGeneratorSizes


def build(sizes: Sizes) -> nn.Module:
    """Construct the network that `sizes` describe, with fresh weights, on torch's current device.

    The fields of `sizes` but `architecture` are the constructor's arguments. Raises ValueError where they do
    not fit together. Architectures are imported when they are asked for: a show needs one generator of them.
    """
    arguments = sizes.model_dump(exclude={"architecture"})
    match sizes:
        case AudioEncoderSizes():
            from s2s.models.audio_encoder import AudioEncoder

            return AudioEncoder(**arguments)
        case ImageEncoderSizes():
            from s2s.models.image_encoder import ImageEncoder

            return ImageEncoder(**arguments)
        case SwavSizes():
            from s2s.models.swav import SwavResNet50

            return SwavResNet50(**arguments)
        case BigGanSizes():
            from s2s.models.biggan import BigGanGenerator

            return BigGanGenerator(**arguments)
        case LightSizes():
            from s2s.models.light_generator import LightGenerator

            return LightGenerator(**arguments)
        case MemorySizes():
            from s2s.models.memory_generator import MemoryGenerator

            return MemoryGenerator(**arguments)


def prepare_for_inference(sizes: Sizes, network: nn.Module) -> None:
    """Bring `network`, built for `sizes` and in evaluation mode, into its fastest form; its outputs stay the same.

    Its weights are fixed from then on. An architecture that has no such form is left as it is.
    """
    if isinstance(sizes, BigGanSizes):
        from s2s.models import biggan, biggan_inference

        biggan_inference.prepare_for_inference(cast(biggan.BigGanGenerator, network))
