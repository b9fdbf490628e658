"""Model bundles: a folder of `model.yaml` and safetensors that holds a whole model and runs no code.

Loading happens in whichever process owns torch; reading the card alone is `s2s.card`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from s2s.card import (
    AUDIO_ENCODER,
    CARD,
    GENERATOR,
    IMAGE_ENCODER,
    SOURCE_HEADS,
    AnyGeneratorSizes,
    BundleError,
    MemorySizes,
    ModelCard,
    read_card,
    write_card,
)
from s2s.files.atomic_write import atomic_path
from s2s.mel_bands import mel_filters
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.generator import Generator
from s2s.models.image_encoder import PictureEncoder
from s2s.models.outline import outline
from s2s.models.registry import Sizes, prepare_for_inference
from s2s.models.source_heads import SourceHeads
from s2s.place_memory import PlaceMemory, read_place_memory
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.weight_headers import HALF, WHOLE, Entry, compare_header, read_header

__all__ = ["Bundle", "BundleError", "ModelCard", "load", "load_generator", "load_image_encoder", "read_card", "save"]

_DTYPES: Final = {
    torch.float32: WHOLE,
    torch.float16: HALF,
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int8: "I8",
    torch.uint8: "U8",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A model ready to hear and to paint: evaluation mode, no gradients, spectral norm folded into the
    weights.

    `image_encoder` is None where the bundle has none, or where it was not asked for; `source_heads` where it names no
    sources; `memory` where it holds no frames of a place.
    """

    path: Path
    card: ModelCard
    audio_encoder: AudioEncoder
    generator: Generator
    image_encoder: PictureEncoder | None = None
    source_heads: SourceHeads | None = None
    memory: PlaceMemory | None = None

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.audio_encoder.fc.weight.device

    @property
    def knows_states(self) -> bool:
        """Whether the generator can be told how near the thing is and what hour it is (`MemoryGenerator`)."""
        sizes = self.card.generator
        return isinstance(sizes, MemorySizes) and sizes.nearness_width is not None

    @property
    def paints_two(self) -> bool:
        """Whether the generator can paint a second thing into the first one's place (`MemoryGenerator`)."""
        sizes = self.card.generator
        return isinstance(sizes, MemorySizes) and sizes.pairs > 0

    @property
    def spec(self) -> SpectrogramSpec:
        """What the audio encoder hears."""
        return self.card.spectrogram


def load(path: Path | str, *, device: torch.device | str = "cpu", image_encoder: bool = True) -> Bundle:
    """Load the bundle in folder `path`; without f_V, and sooner, where `image_encoder` is false.

    Card, file headers, every key, shape and type are checked before anything is allocated, and every weight
    for NaN before it is used. Raises BundleError that names the file and the key.
    """
    folder = Path(path)
    card = read_card(folder)
    audio_encoder = _checked_network(folder / AUDIO_ENCODER, card.audio_encoder)
    generator = _checked_network(folder / GENERATOR, card.generator)
    f_V = None if card.image_encoder is None else _checked_network(folder / IMAGE_ENCODER, card.image_encoder)
    heads = None if card.source_heads is None else _checked_network(folder / SOURCE_HEADS, card.source_heads)
    memory = None if card.memory is None else read_place_memory(folder, card.memory)
    _fill(audio_encoder, folder / AUDIO_ENCODER, device)
    if heads is not None:
        _fill(heads, folder / SOURCE_HEADS, device)
    _fill(generator, folder / GENERATOR, device)
    prepare_for_inference(card.generator, generator)
    if f_V is not None and image_encoder:
        _fill(f_V, folder / IMAGE_ENCODER, device)
    seen = cast(PictureEncoder, f_V) if f_V is not None and image_encoder else None
    named = cast(SourceHeads | None, heads)
    if named is not None and named.namer is not None:
        _check_bands(folder, card.spectrogram)
    return Bundle(folder, card, cast(AudioEncoder, audio_encoder), cast(Generator, generator), seen, named, memory)


def load_image_encoder(path: Path | str, *, device: torch.device | str = "cpu") -> PictureEncoder:
    """Load f_V of the bundle in folder `path`, as `load` does the rest; raises BundleError where it has
    none.
    """
    folder = Path(path)
    card = read_card(folder)
    if card.image_encoder is None:
        raise BundleError(folder, "image_encoder", "this bundle holds no image encoder")
    network = _checked_network(folder / IMAGE_ENCODER, card.image_encoder)
    _fill(network, folder / IMAGE_ENCODER, device)
    return cast(PictureEncoder, network)


def load_generator(path: Path | str, *, device: torch.device | str = "cpu") -> Generator:
    """Load G of the bundle in folder `path` as it was saved, its spectral norm not folded: to be trained on.

    Raises BundleError, as `load` does.
    """
    folder = Path(path)
    generator = _checked_network(folder / GENERATOR, read_card(folder).generator)
    _fill(generator, folder / GENERATOR, device)
    return cast(Generator, generator)


def save(
    path: Path | str,
    card: ModelCard,
    *,
    audio_encoder: nn.Module,
    generator: nn.Module,
    image_encoder: nn.Module | None = None,
    source_heads: nn.Module | None = None,
    half: bool = False,
) -> None:
    """Write a bundle into folder `path`, made if need be; what was there is replaced.

    `half` stores what G, f_V and f_A's heads compute with in half precision, which `load` widens; f_A stays whole. The
    frames of a place are no weights: a card that tells of some is written without them.
    Raises BundleError, before anything is written, for networks that are not what `card` says or hold NaN.
    """
    folder = Path(path)
    parts: list[tuple[str, Sizes | None, nn.Module | None]] = [
        (AUDIO_ENCODER, card.audio_encoder, audio_encoder),
        (GENERATOR, card.generator, generator),
        (IMAGE_ENCODER, card.image_encoder, image_encoder),
        (SOURCE_HEADS, card.source_heads, source_heads),
    ]
    states = {}
    for name, sizes, network in parts:
        if (sizes is None) != (network is None):
            raise BundleError(folder / name, "", "the card and the networks given do not agree on this part")
        if sizes is not None and network is not None:
            state = _state_to_save(folder / name, sizes, network)
            states[name] = _halved(folder / name, state) if half and name != AUDIO_ENCODER else state
    folder.mkdir(parents=True, exist_ok=True)
    for name, state in states.items():
        _replace(folder / name, state)
    write_card(folder, card.model_copy(update={"memory": None}))


def _state_to_save(path: Path, sizes: Sizes, network: nn.Module) -> dict[str, Tensor]:
    state = {key: value.detach().cpu().contiguous() for key, value in network.state_dict().items()}
    compare_header(path, _entries(state), _entries(_on_meta(path, sizes).state_dict()))
    for key, value in state.items():
        _check_finite(path, key, value)
    return state


def _halved(path: Path, state: dict[str, Tensor]) -> dict[str, Tensor]:
    halved = {key: value.half() if value.dtype == torch.float32 else value for key, value in state.items()}
    for key, value in halved.items():
        _check_finite(path, key, value)  # 65 504 is the largest that there is
    return halved


def _replace(path: Path, state: dict[str, Tensor]) -> None:
    """Write a file of weights; a disk that fills up leaves the old one whole."""
    try:
        with atomic_path(path) as partial:
            save_file(state, partial)
            partial.chmod(0o644)  # safetensors keeps its files to their owner; a show may run as somebody else
    except SafetensorError as error:  # a full disk, as safetensors tells it
        raise BundleError(path, "", f"cannot be written: {' '.join(str(error).split())}") from error


def _entries(state: Mapping[str, Tensor]) -> dict[str, Entry]:
    return {key: Entry(tuple(value.shape), _DTYPES[value.dtype]) for key, value in state.items()}


def _on_meta(path: Path, sizes: Sizes) -> nn.Module:
    """Build a network without memory for its weights."""
    try:
        network = outline(sizes)
    except ValueError as error:
        raise BundleError(path, "", f"the card's sizes do not fit together: {error}") from error
    if isinstance(sizes, AnyGeneratorSizes):
        _check_generator(path, sizes, cast(Generator, network))
    return network


def _check_generator(path: Path, sizes: AnyGeneratorSizes, generator: Generator) -> None:
    said_px, is_px = sizes.size_px, (generator.width, generator.height)
    dims = {name: (getattr(sizes, name), getattr(generator, name)) for name in ("z_dim", "h_dim")}
    for name, (said, is_) in {"width": (said_px[0], is_px[0]), "height": (said_px[1], is_px[1]), **dims}.items():
        if said != is_:
            raise BundleError(path, name, f"the card says {said}, this architecture makes it {is_}")


def _checked_network(path: Path, sizes: Sizes) -> nn.Module:
    """Build the network that the card names, without memory, and compare the file's header with it."""
    header = read_header(path)
    network = _on_meta(path, sizes)
    compare_header(path, header, _entries(network.state_dict()))
    return network


def _check_bands(folder: Path, spec: SpectrogramSpec) -> None:
    try:
        mel_filters(spec, torch.device("cpu"))
    except ValueError as error:
        raise BundleError(folder / CARD, "spectrogram", f"source_heads.namer cannot hear it: {error}") from error


def _fill(network: nn.Module, path: Path, device: torch.device | str) -> None:
    """Give a network that was built without memory the weights of its file, ready for inference."""
    state = {}
    with safe_open(path, framework="pt", device=str(device)) as file:
        for key in file.keys():  # noqa: SIM118 - it is no mapping
            value = file.get_tensor(key)
            _check_finite(path, key, value)
            state[key] = value.float() if value.dtype == torch.float16 else value
    network.load_state_dict(state, strict=True, assign=True)
    left = [name for name, value in [*network.named_parameters(), *network.named_buffers()] if value.is_meta]
    assert not left, f"not part of the state dict, so never loaded: {left}"
    network.eval().requires_grad_(False)


def _check_finite(path: Path, key: str, value: Tensor) -> None:
    if value.is_floating_point() and not bool(torch.isfinite(value).all()):
        raise BundleError(path, key, "holds NaN or infinite weights")
