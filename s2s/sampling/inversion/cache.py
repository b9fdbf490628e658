"""Inversions on disk: a file of one, and a cache of all, because what takes half a minute is asked for again.

Safetensors with what they were made from in their metadata; no pickle. Called from any thread and any process: files
are written aside and moved.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as as_bytes
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import GENERATOR, IMAGE_ENCODER
from s2s.files.atomic_write import atomic_path
from s2s.files.user import cache_folder
from s2s.sampling.inversion.loss import Losses
from s2s.sampling.inversion.search import Inversion, InversionSettings, Inverted

log = logging.getLogger(__name__)

SHIPPED: Final = "inversions"
"""The folder of a bundle with those that come with it: a search takes minutes of a core, on each machine anew."""
_METHOD: Final = 1
"""Of the search: count up when it finds something else for the same settings, so that old entries are passed over."""
_NUMBERS: Final = ("losses", "start", "iterations")
_UNIT: Final = 1e-3  # how far from length 1 an h may be


def default_folder() -> Path:
    """Return where inversions are kept."""
    return cache_folder("inversions")


def cache_key(model: Bundle, pixels: NDArray[np.uint8], settings: InversionSettings, seed: int) -> str:
    """Return what names an inversion: a digest of the weights of G and f_V, the image, the settings and the seed.

    Reads the weights' files, half a second for the published ones; a copied or renamed model keeps its entries. f_V
    itself need not be loaded.
    """
    digest = hashlib.sha256(json.dumps([_METHOD, asdict(settings), seed, list(pixels.shape)]).encode())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    for path in (model.path / GENERATOR, model.path / IMAGE_ENCODER):
        if not path.exists():
            continue
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:32]


def recall(key: str, folder: Path | None = None) -> Inverted | None:
    """Return the inversion kept under `key`; None where there is none, or one that cannot be used."""
    path = _entry(key, folder)
    if not path.exists():
        return None
    try:
        inverted, about = load_inverted(path)
    except ValueError as error:
        log.warning("%s; it will be made again", error)
        return None
    return inverted if about.get("key") == key else None


def keep(key: str, inverted: Inverted, folder: Path | None = None) -> None:
    """Keep an inversion under `key`. A disk that does not take it is worth a warning, not the work done."""
    try:
        save_inverted(_entry(key, folder), inverted, {"key": key})
    except OSError as error:
        log.warning("the inversion is not kept for next time: %s", error)


def cached(
    model: Bundle,
    pixels: NDArray[np.uint8],
    settings: InversionSettings | None = None,
    *,
    seed: int = 0,
    folder: Path | None = None,
    watch: Callable[[Inversion, Losses], None] | None = None,
) -> Inverted:
    """Return the inversion of RGB `pixels` [height, width, 3]: the one kept in `folder` or shipped in the bundle's
    `inversions/`, else a new one, then kept.

    `watch` is called after every step of a new one. Raises as `Inversion` does.
    """
    settings = settings or InversionSettings()
    key = cache_key(model, pixels, settings, seed)
    for known in (folder, model.path / SHIPPED):
        if (kept := recall(key, known)) is not None:
            return kept
    inversion = Inversion(model, pixels, settings, seed)
    while not inversion.done:
        losses = inversion.step()
        if watch is not None:
            watch(inversion, losses)
    keep(key, inversion.best, folder)
    return inversion.best


def save_inverted(path: Path, inverted: Inverted, about: Mapping[str, str]) -> None:
    """Write an inversion and strings `about` it as safetensors, whole or not at all; folders are made. Raises OSError.

    Tensors `z` [1, z_dim], `h` [1, h_dim], `picture` and `start_picture` [height, width, 3] uint8.
    """
    tensors = {
        "z": inverted.z.contiguous(),
        "h": inverted.h.contiguous(),
        "picture": torch.from_numpy(inverted.picture),
        # A copy: where nothing better was found both are one array, which safetensors does not write twice.
        "start_picture": torch.tensor(inverted.start_picture),
    }
    numbers = {"losses": asdict(inverted.losses), "start": asdict(inverted.start), "iterations": inverted.iterations}
    metadata = {name: json.dumps(value) for name, value in numbers.items()} | dict(about)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path, shared=True) as partial:
        partial.write_bytes(as_bytes(tensors, metadata))


def load_inverted(path: Path) -> tuple[Inverted, dict[str, str]]:
    """Read what `save_inverted` wrote, and what was said about it. Raises ValueError that names the file."""
    try:
        with safe_open(path, framework="pt") as file:
            about = dict(file.metadata() or {})
            inverted = _inverted(file.get_tensor, {name: json.loads(about.pop(name)) for name in _NUMBERS})
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: is no inversion, or a damaged one: {' '.join(str(error).split())}") from error
    return inverted, about


def _inverted(tensor: Callable[[str], Tensor], numbers: Mapping[str, Any]) -> Inverted:
    z, h = tensor("z"), tensor("h")
    if not (z.ndim == h.ndim == 2 and len(z) == len(h) == 1 and bool(torch.isfinite(z).all())):
        raise ValueError(f"expected finite z [1, z_dim] and h [1, h_dim], got {list(z.shape)} and {list(h.shape)}")
    if not abs(float(h.norm()) - 1.0) < _UNIT:  # refuses NaN as well
        raise ValueError(f"expected h of length 1, got {float(h.norm()):.3g}")
    losses, start = Losses(**numbers["losses"]), Losses(**numbers["start"])
    pictures = tensor("picture").numpy(), tensor("start_picture").numpy()
    return Inverted(z, h, losses, pictures[0], start, pictures[1], int(numbers["iterations"]))


def _entry(key: str, folder: Path | None) -> Path:
    return (default_folder() if folder is None else folder) / f"{key}.safetensors"
