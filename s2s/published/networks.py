"""The published networks: known by their keys, measured by their shapes, renamed to this package's own. Opens no file.

The facts are those of Sound2Scene's, IC-GAN's and SwAV's published files; any width of the same shape is welcome.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import torch
from torch import Tensor, nn

from s2s.card import AudioEncoderSizes, BigGanSizes, SwavSizes
from s2s.models.registry import build
from s2s.published.checkpoint import CheckpointError
from s2s.published.sizes import Shapes, SizeError, audio_encoder_sizes, generator_sizes, swav_sizes

Part = Literal["audio_encoder", "image_encoder", "generator"]
PublishedSizes = AudioEncoderSizes | SwavSizes | BigGanSizes

# Batch norm was published in three spellings, by how the statistics were gathered; only "" needs no change.
_RENAMED: Final = {
    ".bn.running_mean": ".stored_mean",
    ".bn.running_var": ".stored_var",
    ".bn.stored_mean": ".stored_mean",
    ".bn.stored_var": ".stored_var",
}
_COUNTERS: Final = (".bn.num_batches_tracked", ".bn.accumulation_counter")


@dataclass(frozen=True, slots=True)
class PublishedNetwork:
    """One network of a published file, checked: what it is, how large, and its weights under this package's names.

    `remarks` say what was left out or converted.
    """

    part: Part
    title: str
    sizes: PublishedSizes
    state: dict[str, Tensor]
    remarks: tuple[str, ...]

    @property
    def space_dim(self) -> int:
        """How many numbers a point has that this network answers with, or paints."""
        return self.sizes.h_dim if isinstance(self.sizes, BigGanSizes) else self.sizes.embedding_dim

    def build(self) -> nn.Module:
        """Return the network in evaluation mode, around `state` itself: nothing is copied."""
        with torch.device("meta"):
            network = build(self.sizes)
        network.load_state_dict(self.state, strict=True, assign=True)
        return network.eval().requires_grad_(False)


def audio_encoder_name(key: str) -> str:
    """Return the key of `AudioEncoder` for one of `sound2scene.pth`."""
    return key.removeprefix("module.").removeprefix("audnet.")


def swav_name(key: str) -> str | None:
    """Return the key of `SwavResNet50` for one of `swav.pth.tar`, or None for the heads that training alone needs."""
    name = key.removeprefix("module.")
    return None if name.startswith(("projection_head.", "prototypes.")) else name


def icgan_name(key: str) -> str | None:
    """Return the key of our BigGAN networks for one of IC-GAN's `G_ema_*.pth`, `G_*.pth` or `D_*.pth`.

    None for what these files carry and never use: the class embedding and the counters of batch norm.
    """
    name = key.removeprefix("module.")
    if name == "shared.weight" or name.endswith(_COUNTERS):
        return None
    for old, new in _RENAMED.items():
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name


@dataclass(frozen=True, slots=True)
class _Kind:
    part: Part
    title: str
    renamed: Callable[[str], str | None]
    sizes: Callable[[Shapes], PublishedSizes]


_AUDIO_ENCODER: Final = _Kind("audio_encoder", "Sound2Scene's audio encoder", audio_encoder_name, audio_encoder_sizes)
_SWAV: Final = _Kind("image_encoder", "SwAV's image encoder", swav_name, swav_sizes)
_GENERATOR: Final = _Kind("generator", "IC-GAN's generator", icgan_name, generator_sizes)


def recognise(path: Path, tensors: Mapping[str, Tensor]) -> PublishedNetwork:
    """Return the network that the checkpoint at `path` holds, by its keys alone; the file's name says nothing.

    Strict: raises CheckpointError that names the first key that is missing, extra, of another shape or type, or holds
    NaN. Other floats become float32.
    """
    kind = _kind(path, tensors)
    theirs = _their_names(path, tensors, kind)
    try:
        sizes = kind.sizes({ours: tuple(tensors[key].shape) for ours, key in theirs.items()})
    except SizeError as error:
        raise CheckpointError(path, _prefix(theirs) + error.key, error.message) from error
    expected = _expected(path, sizes)
    _compare(path, tensors, theirs, expected)
    state = {ours: _as_expected(path, key, tensors[key], expected[ours].dtype) for ours, key in theirs.items()}
    return PublishedNetwork(kind.part, kind.title, sizes, state, tuple(_remarks(tensors, theirs)))


def _kind(path: Path, tensors: Mapping[str, Tensor]) -> _Kind:
    names = {key.removeprefix("module.") for key in tensors}
    if any(name.startswith("audnet.") for name in names):
        return _AUDIO_ENCODER
    if any(name.startswith("layer4.0.conv3.") for name in names):
        return _SWAV
    if any(name.startswith("linear_feat.") for name in names):
        raise CheckpointError(path, "", "is IC-GAN's discriminator, which no bundle holds; name its G_ema_*.pth")
    if any(name.startswith(("output_layer.", "shared_feat.")) for name in names):
        _refuse_classes(path, {key.removeprefix("module."): tuple(value.shape) for key, value in tensors.items()})
        return _GENERATOR
    first = ", ".join(list(tensors)[:3])
    raise CheckpointError(path, "", f"holds none of the published networks; its first keys are {first}")


def _refuse_classes(path: Path, shapes: Shapes) -> None:
    """Tell IC-GAN's class-conditional files, of the same keys, from those that a feature alone conditions."""
    weights = [shapes.get(key, ()) for key in ("shared_feat.weight", "linear.weight", "shared.weight")]
    gain = shapes.get("blocks.0.0.bn1.gain.weight", ())
    if all(len(shape) == 2 for shape in (*weights, gain)) and gain[1] == weights[0][0] + weights[1][1] + weights[2][1]:
        raise CheckpointError(path, "", "is class-conditional, and a sound has no class; import an icgan_* generator")


def _their_names(path: Path, tensors: Mapping[str, Tensor], kind: _Kind) -> dict[str, str]:
    """Return the file's key of each of ours."""
    theirs: dict[str, str] = {}
    for key in tensors:
        ours = kind.renamed(key)
        if ours is not None and ours in theirs:
            raise CheckpointError(path, key, f"means the same as {theirs[ours]}; expected one of them")
        if ours is not None:
            theirs[ours] = key
    return theirs


def _expected(path: Path, sizes: PublishedSizes) -> dict[str, Tensor]:
    try:
        with torch.device("meta"):
            return dict(build(sizes).state_dict())
    except (ValueError, RuntimeError) as error:
        raise CheckpointError(path, "", f"its shapes do not fit together: {error}") from error


def _compare(
    path: Path, tensors: Mapping[str, Tensor], theirs: Mapping[str, str], expected: Mapping[str, Tensor]
) -> None:
    prefix = _prefix(theirs)
    for ours, value in expected.items():
        shape = list(value.shape)
        if ours not in theirs:
            raise CheckpointError(path, prefix + ours, f"missing; expected {shape}")
        got = list(tensors[theirs[ours]].shape)
        if got != shape:
            raise CheckpointError(path, theirs[ours], f"expected {shape}, got {got}")
    for ours, key in theirs.items():
        if ours not in expected:
            raise CheckpointError(path, key, "not part of the published network")


def _prefix(theirs: Mapping[str, str]) -> str:
    """Return what the file writes before our names, so that a missing key is named as it would stand there."""
    return next((key.removesuffix(ours) for ours, key in theirs.items() if key.endswith(ours)), "")


def _as_expected(path: Path, key: str, value: Tensor, dtype: torch.dtype) -> Tensor:
    if value.dtype != dtype and not (value.is_floating_point() and dtype.is_floating_point):
        raise CheckpointError(path, key, f"expected {_words(dtype)}, got {_words(value.dtype)}")
    converted = value.to(dtype)
    if dtype.is_floating_point and not bool(torch.isfinite(converted).all()):
        raise CheckpointError(path, key, "holds NaN or infinite weights")
    return converted


def _remarks(tensors: Mapping[str, Tensor], theirs: Mapping[str, str]) -> Iterable[str]:
    left_out = sorted(set(tensors) - set(theirs.values()))
    if left_out:
        yield f"left out, as no picture needs it: {_shortened(left_out)}"
    other = {tensors[key].dtype for key in theirs.values()} - {torch.float32, torch.int64}
    if other:
        yield f"converted to float32 from {', '.join(sorted(map(_words, other)))}"


def _shortened(keys: list[str]) -> str:
    return ", ".join(keys) if len(keys) <= 3 else f"{keys[0]}, {keys[1]} … {keys[-1]} ({len(keys)} entries)"


def _words(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
