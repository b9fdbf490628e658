"""What a picture is painted of, as bytes: it travels with the picture, so that a log can have it painted again. Pure.

A header of whole words, the folder of the model as UTF-8, then float32 vectors: z, h, and, where there are any, the
second thing's h and the held states. No torch: the show's process reads the folder.
"""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.exit_codes import ExitCode
from installation.values import Latent

_HEADER: Final = struct.Struct("<HHHBBf")  # bytes of the folder, z, h, has a second thing, has held states, its weight
_WORD_BYTES: Final = 4
_STATES: Final = 3  # what `MemoryGenerator` may be told of a scene: each a value and how firmly it is held
_STATES_BEFORE: Final = 2  # logs of before warmth was one
_NOT_HELD: Final = (0.5, 0.0)

Held = NDArray[np.float32]
"""What a hand holds of the scene, `[1, 3, 2]`, as `MemoryGenerator` takes it."""


class WishError(ValueError):
    """Bytes that are no wish; one line."""

    exit_code: Final = ExitCode.USAGE


def pack_wish(folder: str, latent: Latent, held: Held | None) -> bytes:
    """Return what the model in `folder` was asked for; a multiple of four bytes, empty where the name is too long."""
    name = folder.encode("utf-8", "surrogateescape")
    name += b"\0" * (-len(name) % _WORD_BYTES)
    if len(name) > 0xFFFF:
        return b""
    beside = latent.beside
    header = _HEADER.pack(
        len(name), len(latent.z), len(latent.h), beside is not None, held is not None, latent.beside_weight
    )
    vectors = [latent.z, latent.h, *([] if beside is None else [beside]), *([] if held is None else [held.ravel()])]
    return header + name + np.concatenate(vectors).astype("<f4").tobytes()


def unpack_wish(packed: bytes) -> tuple[str, Latent, Held | None]:
    """Return the model's folder and what it was asked for. Raises WishError."""
    try:
        name_bytes, z_dim, h_dim, has_beside, has_held, weight = _HEADER.unpack_from(packed)
        numbers = np.frombuffer(packed, "<f4", offset=_HEADER.size + name_bytes).astype(np.float32)
    except (struct.error, ValueError) as error:
        raise WishError(f"what a picture is painted of cannot be read: {error}") from None
    lengths = [z_dim, h_dim, h_dim * bool(has_beside)]
    known = (2 * _STATES, 2 * _STATES_BEFORE) if has_held else (0,)
    if len(numbers) - sum(lengths) not in known or not np.isfinite(numbers).all() or not 0.0 <= weight <= 1.0:
        raise WishError("what a picture is painted of does not have the numbers that it says")
    z, h, beside, held = np.split(numbers, np.cumsum(lengths))
    if len(held) == 2 * _STATES_BEFORE:
        held = np.concatenate([held, np.array(_NOT_HELD, np.float32)])
    latent = Latent(z, h, beside, weight) if has_beside else Latent(z, h)
    return folder_of_wish(packed), latent, held.reshape(1, _STATES, 2) if has_held else None


def folder_of_wish(packed: bytes) -> str:
    """Return the model's folder that a packed wish names; empty where it names none."""
    length = int.from_bytes(packed[:2], "little")
    return packed[_HEADER.size : _HEADER.size + length].rstrip(b"\0").decode("utf-8", "surrogateescape")
