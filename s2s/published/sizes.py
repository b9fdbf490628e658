"""How large a published network is, told from the shapes of its weights. Pure.

Several weights tell each size and the majority is believed, so that one misshapen weight is named as the wrong one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from s2s.card import AudioEncoderSizes, BigGanSizes, SwavSizes

Shapes = Mapping[str, tuple[int, ...]]
# Pixels, by the number of doublings from 4×4.
_RESOLUTIONS: Final[dict[int, Literal[64, 128, 256]]] = {4: 64, 5: 128, 6: 256}
_START_PLACES: Final = 16  # of the 4×4 start
_WIDEST: Final = 16  # times `channels`


class SizeError(ValueError):
    """Weights that tell no size: `key` is the one that should have, under our name."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message


def audio_encoder_sizes(shapes: Shapes) -> AudioEncoderSizes:
    """Return f_A's sizes, from our names; raises SizeError where no weight tells them."""
    stem = [key for key in shapes if key.startswith(("conv1.", "bn1.", "layer1.")) and key.endswith(".weight")]
    width = _agreed_size("conv1.weight", [n for key in stem for n in _at(shapes, key, 0)], (64,))
    embedding_dim = _agreed_size("fc.weight", [*_at(shapes, "fc.weight", 0), *_at(shapes, "fc.bias", 0)], (2048,))
    return AudioEncoderSizes(width=width, embedding_dim=embedding_dim)


def swav_sizes(shapes: Shapes) -> SwavSizes:
    """Return f_V's sizes, from our names; raises SizeError where no weight tells them."""
    stem = ["conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer1.0.conv2.weight"]
    return SwavSizes(width=_agreed_size(stem[0], [n for key in stem for n in _at(shapes, key, 0)], (64,)))


def generator_sizes(shapes: Shapes) -> BigGanSizes:
    """Return the generator's sizes, from our names; raises SizeError where no weight tells them."""
    num_blocks = len({key.split(".")[1] for key in shapes if key.startswith("blocks.")})
    if num_blocks not in _RESOLUTIONS:
        raise SizeError("blocks", f"expected 4, 5 or 6 blocks (64, 128 or 256 pixels), got {num_blocks}")
    h_dim = _agreed_size("shared_feat.weight", _at(shapes, "shared_feat.weight", 1), (2048,))
    shared_sizes = [*_at(shapes, "shared_feat.weight", 0), *_at(shapes, "shared_feat.bias", 0)]
    shared_sizes += _at(shapes, "shared_feat.u0", 1)
    shared_dim = _agreed_size("shared_feat.weight", shared_sizes, (512,))
    start = [n // (_WIDEST * _START_PLACES) for key in ("linear.weight", "linear.bias") for n in _at(shapes, key, 0)]
    first = [n // _WIDEST for leaf in ("conv1.weight", "conv1.bias") for n in _at(shapes, f"blocks.0.0.{leaf}", 0)]
    conditions = [n for i in range(num_blocks) for n in _at(shapes, f"blocks.{i}.0.bn1.gain.weight", 1)]
    pieces = [*_at(shapes, "linear.weight", 1), *(n - shared_dim for n in conditions)]
    return BigGanSizes(
        resolution=_RESOLUTIONS[num_blocks],
        channels=_agreed_size("linear.weight", start + first, (96, 64)),
        z_dim=_agreed_size("linear.weight", pieces, (20, 17, 24)) * (num_blocks + 1),
        h_dim=h_dim,
        shared_dim=shared_dim,
    )


def _at(shapes: Shapes, key: str, axis: int) -> list[int]:
    shape = shapes.get(key, ())
    return [shape[axis]] if axis < len(shape) else []


def _agreed_size(key: str, sizes: Sequence[int], published: tuple[int, ...]) -> int:
    """Return what most of `sizes` say; of equals the published one. `key` is blamed where none says anything."""
    votes = Counter(size for size in sizes if size > 0)
    if not votes:
        raise SizeError(key, "missing; the network's size is told by it")
    return max(votes, key=lambda size: (votes[size], size in published))
