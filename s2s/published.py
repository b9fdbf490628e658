"""State dicts of the published checkpoints -> state dicts of this package's networks. Pure renaming, no
files.
"""

from collections.abc import Mapping
from typing import Final

from torch import Tensor

# Batch norm was published in three spellings, by how the statistics were gathered; only "" needs no change.
_RENAMED: Final = {
    ".bn.running_mean": ".stored_mean",
    ".bn.running_var": ".stored_var",
    ".bn.stored_mean": ".stored_mean",
    ".bn.stored_var": ".stored_var",
}
_UNUSED: Final = ("shared.weight", ".bn.num_batches_tracked", ".bn.accumulation_counter")


def audio_encoder_state(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`sound2scene.pth` -> `AudioEncoder(64, 2048)`."""
    return {_without(key, "module.", "audnet."): value for key, value in published.items()}


def icgan_state(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`G_ema_*.pth`, `G_*.pth` or `D_*.pth` of IC-GAN -> `BigGanGenerator`, `BigGanDiscriminator`.

    Leaves out what these files carry and never use: the class embedding and the counters of batch norm.
    """
    named = {_without(key, "module."): value for key, value in published.items()}
    return {_renamed(key): value for key, value in named.items() if not key.endswith(_UNUSED)}


def _renamed(key: str) -> str:
    for old, new in _RENAMED.items():
        if key.endswith(old):
            return key.removesuffix(old) + new
    return key


def _without(key: str, *prefixes: str) -> str:
    for prefix in prefixes:
        key = key.removeprefix(prefix)
    return key
