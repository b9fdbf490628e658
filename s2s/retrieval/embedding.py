"""Files to points of the model's space, one by one or by the thousand. Torch runs in the calling thread.

Many files are read by a few threads ahead of the networks, which take them in batches; what cannot be read is handed
back with its reason instead of stopping the rest.
"""

import itertools
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from s2s.bundle import Bundle, BundleError
from s2s.files.folders import PICTURES
from s2s.media.audio import AudioFileError, read_audio, sounds_in
from s2s.media.images import ImageFileError, images_in, read_image
from s2s.models.image_encoder import PictureEncoder
from s2s.sampling.audible import silence_words
from s2s.sampling.embed import as_tensor, embed_image, embed_sound, unit
from s2s.spectrogram import fit_clip, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec

MediaKind = Literal["images", "sounds"]

T = TypeVar("T")
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM")
_READERS: Final = 4  # decoding leaves Python's lock; more would hold more large photographs at once
_AHEAD: Final = 64


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that has no embedding, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A file and its unit embedding, float32 [h_dim]."""

    path: Path
    h: NDArray[np.float32]


def kind_of(file: Path) -> MediaKind:
    """Tell an image from a sound or film, by the ending or else by what the file holds."""
    if file.suffix.lower() in PICTURES:
        return "images"
    try:
        with Image.open(file, formats=_FORMATS):
            return "images"
    except (OSError, Image.DecompressionBombError):
        return "sounds"


def files_in(folder: Path, kind: MediaKind) -> list[Path]:
    """Return the files of one kind in `folder` and below, sorted; films are sounds.

    Raises ImageFileError or AudioFileError where there is none.
    """
    return images_in(folder) if kind == "images" else sounds_in(folder)


def read_clip(file: Path, spec: SpectrogramSpec) -> NDArray[np.float32]:
    """Return the part of a file's sound that the model hears, mono [n]: the first clip, or all of a shorter sound.

    A film of two hours is left after ten seconds. Raises AudioFileError.
    """
    return read_audio(file, spec.sample_rate_hz, max_samples=spec.clip_samples)


def read_audible(file: Path, spec: SpectrogramSpec) -> NDArray[np.float32]:
    """Return what `read_clip` does. Raises AudioFileError for sound in which nothing is heard, too.

    Silence lies somewhere in the space as well, among whatever is softest: there it would be found as wind.
    """
    sound = read_clip(file, spec)
    if silence := silence_words(sound, spec.sample_rate_hz):
        raise AudioFileError(file, silence)
    return sound


def embed_file(model: Bundle, file: Path, kind: MediaKind | None = None) -> Tensor:
    """Return the unit embedding [1, h_dim] of one file; without `kind`, as `kind_of` tells.

    Raises AudioFileError, also where nothing is heard, ImageFileError, BundleError for an image where the model cannot
    see, and ValueError for a file that the encoder leaves unanswered.
    """
    if (kind or kind_of(file)) == "images":
        return embed_image(model, read_image(file, model.card.squash_px))
    return embed_sound(model, read_audible(file, model.spec))


def embed_files(model: Bundle, files: Sequence[Path], kind: MediaKind) -> Iterator[Embedded | Skipped]:
    """Yield the embedding of every file, as `embed_file` gives it, or why it has none. Raises BundleError."""
    if kind == "sounds":
        return _embed_all(
            files, lambda file: read_audible(file, model.spec), lambda sounds: _heard(model, sounds), batch=8
        )
    sight(model)
    size_px = model.card.squash_px
    return _embed_all(files, lambda file: read_image(file, size_px), lambda pixels: _seen(model, pixels), batch=32)


def sight(model: Bundle) -> PictureEncoder:
    """Return the model's image encoder. Raises BundleError where it has none."""
    if model.image_encoder is None:
        raise BundleError(model.path, "image_encoder", "this bundle cannot place images: it holds no image encoder")
    return model.image_encoder


def _embed_all(
    files: Iterable[Path], read: Callable[[Path], T], encode: Callable[[Sequence[T]], Tensor], *, batch: int
) -> Iterator[Embedded | Skipped]:
    for some in _batches(_read_ahead(files, read), batch):
        yield from (content for _, content in some if isinstance(content, Skipped))
        whole = [(file, content) for file, content in some if not isinstance(content, Skipped)]
        if whole:
            yield from _embedded([file for file, _ in whole], encode([content for _, content in whole]))


@torch.inference_mode()
def _heard(model: Bundle, sounds: Sequence[NDArray[np.float32]]) -> Tensor:
    clips = torch.stack([fit_clip(sound, model.spec) for sound in sounds])
    features: Tensor = model.audio_encoder(spectrogram(clips, model.spec).to(model.device))
    return features


@torch.inference_mode()
def _seen(model: Bundle, pixels: Sequence[NDArray[np.uint8]]) -> Tensor:
    return sight(model).encode(torch.cat([as_tensor(picture) for picture in pixels]).to(model.device))


def _embedded(files: Sequence[Path], features: Tensor) -> Iterator[Embedded | Skipped]:
    """Bring features [b, h_dim] to unit length, but for those without a direction."""
    lengths = torch.linalg.vector_norm(features.double(), dim=1)
    answered = torch.isfinite(lengths) & (lengths > 0)
    vectors = iter(unit(features[answered]).cpu().numpy())
    for file, is_answered in zip(files, answered.tolist(), strict=True):
        yield Embedded(file, next(vectors)) if is_answered else Skipped(file, "the encoder answers with nothing")


def _read_ahead(files: Iterable[Path], read: Callable[[Path], T]) -> Iterator[tuple[Path, T | Skipped]]:
    """Yield every file, in order, with what it holds or why that cannot be told."""
    waiting: deque[Future[tuple[Path, T | Skipped]]] = deque()
    # Readers silence warnings for themselves, but Python's filters belong to the whole process: silenced around all the
    # threads, whatever order they put the filters back in is right.
    with warnings.catch_warnings(), ThreadPoolExecutor(_READERS) as pool:
        warnings.simplefilter("ignore")
        for file in files:
            waiting.append(pool.submit(_attempt, read, file))
            if len(waiting) >= _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _attempt(read: Callable[[Path], T], file: Path) -> tuple[Path, T | Skipped]:
    try:
        return file, read(file)
    except (AudioFileError, ImageFileError) as error:
        return file, Skipped(file, error.reason)


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(itertools.islice(items, size)):
        yield batch
