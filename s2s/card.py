"""A model bundle's card, `model.yaml`: what a model is, what it was made from, and how large its networks
are.

Reads without torch, so that any process can name the model it shows.
"""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

import pydantic
import yaml
from pydantic import BaseModel, ConfigDict, Field

from s2s.files.atomic_write import write_text
from s2s.files.document import DocumentError, read_yaml
from s2s.files.quote import LONGEST_QUOTE, one_line, quoted
from s2s.spectrogram_spec import SpectrogramSpec

CARD: Final = "model.yaml"
AUDIO_ENCODER: Final = "audio_encoder.safetensors"
GENERATOR: Final = "generator.safetensors"
STILL: Final = "still.png"
IMAGE_ENCODER: Final = "image_encoder.safetensors"
SOURCE_HEADS: Final = "source_heads.safetensors"
DEFAULT_BUNDLE: Final = Path(__file__).parent / "pretrained"
MOST_FRAMES: Final = 512
"""Of a place, beside the weights."""
_LARGEST_PICTURE_PX: Final = 4096
_PUBLISHED_SQUASH_PX: Final = (256, 256)

Channels = Annotated[int, Field(gt=0, le=2_048)]
"""Of a layer, at the network's narrowest or at one of its levels; the published generator has 16 × 96 at most."""
Numbers = Annotated[int, Field(gt=0, le=16_384)]
"""Of a vector; the published embedding has 2048."""
Pixels = Annotated[int, Field(gt=0, le=1_024)]


class BundleError(Exception):
    """A model bundle that cannot be used: `path` is the folder or file, `key` what in it is wrong, or
    empty.
    """

    def __init__(self, path: Path, key: str, message: str) -> None:
        super().__init__(f"{path}: {key}: {message}" if key else f"{path}: {message}")
        self.path = path
        self.key = key
        self.message = message


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AudioEncoderSizes(_Part):
    """f_A; the published sizes are width 64 and 2048."""

    architecture: Literal["resnet18"] = "resnet18"
    width: Channels
    embedding_dim: Numbers


class ImageEncoderSizes(_Part):
    """f_V of our own training; its features are 8 × width."""

    architecture: Literal["resnet18"] = "resnet18"
    width: Channels

    @property
    def embedding_dim(self) -> int:
        """How many numbers a feature has."""
        return 8 * self.width


class SwavSizes(_Part):
    """f_V as published, SwAV's ResNet-50; its features are 32 × width. The published width is 64."""

    architecture: Literal["resnet50"] = "resnet50"
    width: Channels

    @property
    def embedding_dim(self) -> int:
        """How many numbers a feature has."""
        return 32 * self.width


class SquareSizes(_Part):
    """A generator of pictures as wide as they are high, `resolution` pixels a side."""

    architecture: str
    resolution: Pixels

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of its pictures."""
        return self.resolution, self.resolution


class WideSizes(_Part):
    """A generator of pictures of any shape, `width` × `height` pixels."""

    architecture: str
    width: int = Field(gt=0, le=_LARGEST_PICTURE_PX)
    height: int = Field(gt=0, le=_LARGEST_PICTURE_PX)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of its pictures."""
        return self.width, self.height


class BigGanSizes(SquareSizes):
    """The IC-GAN generator; the published one at 128 pixels has 96 channels and z of 120."""

    architecture: Literal["biggan"] = "biggan"
    resolution: Literal[64, 128, 256]
    channels: Channels
    z_dim: Numbers
    h_dim: Numbers
    shared_dim: Numbers


class LightSizes(SquareSizes):
    """The light generator; one width each for 4, 8 … `resolution` pixels."""

    architecture: Literal["light"] = "light"
    channels: Annotated[tuple[Channels, ...], Field(max_length=16)]
    z_dim: Numbers
    h_dim: Numbers


class MemorySizes(WideSizes):
    """The generator that recalls and mixes kept moments; `channels` and `blocks` are its decoder's.

    With `nearness_width` it holds their states too and can be told the hour and how near the thing is, with `warmth`
    also how warm the colours are. Each moment is kept at so many `levels` of nearness. With `pairs` it holds so many
    moments of two things besides, and can paint a second thing into the first one's place. The last `of_place` of its
    moments are a venue's own, of one level each.
    """

    architecture: Literal["memory"] = "memory"
    entries: int = Field(gt=0, le=1_000_000)
    z_dim: Numbers
    h_dim: Numbers
    code_dim: Channels
    channels: Annotated[tuple[Channels, ...], Field(max_length=16)]
    blocks: Annotated[tuple[Annotated[int, Field(ge=0, le=64)], ...], Field(max_length=16)]
    h_power: float = Field(gt=0, le=1_000)
    z_width: float = Field(gt=0, le=1_000)
    nearness_width: float | None = Field(default=None, gt=0, le=1_000)
    warmth: bool = False
    levels: int = Field(default=1, ge=1, le=64)
    pairs: int = Field(default=0, ge=0, le=1_000_000)
    of_place: int = Field(default=0, ge=0, le=1_000_000)


class SourceHeadsSizes(_Part):
    """Heads over f_A's feature map that name what sounds; `names` are the things, in the order of their numbers.

    With `second_windows`, in columns of that map, a second thing is weighed by what parts of the sound say alone and by
    which thing is the likeliest; with `weighs_second`, as bundles of before have it, by the latter and a few numbers of
    the whole. `whole` is how much of what the whole sound is like, z_A, is in what is seen of a thing that sounds by
    itself. `of_place` are the sounds of a venue that they are sure of, whatever their name. With `by_level` nearness
    follows from how loud a named thing is. `namer` are the channels of a network that hears names alone. `marked` heads
    and the memory's keys share a mark for each thing.
    """

    architecture: Literal["source-heads"] = "source-heads"
    names: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=80)], ...], Field(min_length=2, max_length=1_000)
    ]
    map_dim: Numbers
    h_dim: Numbers
    hidden: Channels = 256
    weighs_second: bool = False
    second_windows: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Field(max_length=8)] = ()
    whole: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    of_place: int = Field(default=0, ge=0, le=100_000)
    by_level: bool = False
    namer: Annotated[tuple[Channels, ...], Field(max_length=5)] = ()
    marked: bool = False


class PlaceFrames(_Part):
    """How many frames of a place lie beside the weights, in `memory/`, and how long f_V's vectors of them are."""

    frames: Annotated[int, Field(ge=1, le=MOST_FRAMES)]
    embedding_dim: Numbers


AnyGeneratorSizes = BigGanSizes | LightSizes | MemorySizes
"""Every architecture of a generator; a new one is a class above, a member here and a case of `models.registry`."""
GeneratorSizes = Annotated[AnyGeneratorSizes, Field(discriminator="architecture")]
PictureEncoderSizes = Annotated[ImageEncoderSizes | SwavSizes, Field(discriminator="architecture")]
_GENERATORS: Final = {str(part.model_fields["architecture"].default): part for part in get_args(AnyGeneratorSizes)}
_ARCHITECTURES: Final = (*_GENERATORS, "resnet18", "resnet50")


class ModelCard(_Part):
    """All that `model.yaml` says. `metrics` are measured numbers and what they were measured on, by name.

    `squash` is width and height of what f_V was trained to look at, where that is not the published square.
    """

    name: str = Field(min_length=1, max_length=200)
    version: str = Field(min_length=1, max_length=200)
    licence: str = Field(min_length=1, max_length=2_000)
    provenance: str
    data: str
    spectrogram: SpectrogramSpec
    audio_encoder: AudioEncoderSizes
    generator: GeneratorSizes
    image_encoder: PictureEncoderSizes | None = None
    source_heads: SourceHeadsSizes | None = None
    memory: PlaceFrames | None = None
    squash: tuple[Pixels, Pixels] | None = None
    metrics: dict[str, float | str] = Field(default_factory=dict)

    @property
    def squash_px(self) -> tuple[int, int]:
        """Width and height to which every photograph is brought before f_V sees it, whatever its aspect."""
        return self.squash or _PUBLISHED_SQUASH_PX

    @pydantic.model_validator(mode="after")
    def _one_space(self) -> "ModelCard":
        """The encoders answer in the space that the generator paints."""
        dims = {
            "generator.h_dim": self.generator.h_dim,
            "audio_encoder.embedding_dim": self.audio_encoder.embedding_dim,
        }
        if self.image_encoder is not None:
            features = f"{self.image_encoder.embedding_dim // self.image_encoder.width} × image_encoder.width"
            dims[features] = self.image_encoder.embedding_dim
        if self.source_heads is not None:
            dims["source_heads.h_dim"] = self.source_heads.h_dim
        if self.memory is not None:
            dims["memory.embedding_dim"] = self.memory.embedding_dim
        if self.source_heads is not None and self.source_heads.namer and self.spectrogram.normalisation != "fixed":
            raise ValueError("source_heads.namer hears levels: it needs a spectrogram whose normalisation is fixed")
        if len(set(dims.values())) > 1:
            raise ValueError("must be equal: " + ", ".join(f"{name} is {dim}" for name, dim in dims.items()))
        return self


def read_card(bundle: Path) -> ModelCard:
    """Read and check the card of the bundle in folder `bundle`; raises BundleError that names file and
    key.
    """
    if not bundle.is_dir():
        raise BundleError(bundle, "", "no such model folder; expected one that holds " + CARD)
    path = bundle / CARD
    try:
        fields = read_yaml(path)
    except DocumentError as error:
        raise BundleError(path, error.key, error.message) from error
    if not isinstance(fields, dict):
        raise BundleError(path, "", f"expected keys and values, got {type(fields).__name__}")
    return _checked(path, fields)


def write_card(bundle: Path, card: ModelCard) -> None:
    """Write `card` into the folder `bundle`, so that `read_card` gives it back."""
    fields = card.model_dump(mode="json", exclude_none=True)
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    write_text(bundle / CARD, text)


def _checked(path: Path, fields: dict[str, Any]) -> ModelCard:
    try:
        return ModelCard.model_validate(fields)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        # The chosen member of a union appears in the location, and is no key of the file.
        parts = [str(part) for part in first["loc"] if part not in _ARCHITECTURES]
        raise BundleError(path, one_line(".".join(parts)), _in_words(first, fields, parts)) from error


def _in_words(error: Mapping[str, Any], fields: dict[str, Any], parts: list[str]) -> str:
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        known = _known_keys(fields, parts[:-1])
        near = difflib.get_close_matches(parts[-1][:LONGEST_QUOTE], known, 1, cutoff=0.4)
        return f"unknown key; did you mean {near[0]}?" if near else "unknown key; known: " + ", ".join(known)
    if error["type"] == "missing":
        return "missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message}, got {quoted(error['input'])}" if isinstance(error["input"], str | int | float) else message


def _known_keys(fields: dict[str, Any], parents: list[str]) -> list[str]:
    if not parents:
        return list(ModelCard.model_fields)
    if parents[0] == "spectrogram":
        return list(SpectrogramSpec.__dataclass_fields__)
    if parents[0] == "generator":
        return list(_GENERATORS[fields["generator"]["architecture"]].model_fields)
    parts: dict[str, type[_Part]] = {"audio_encoder": AudioEncoderSizes, "source_heads": SourceHeadsSizes}
    return list(parts.get(parents[0], ImageEncoderSizes).model_fields)
