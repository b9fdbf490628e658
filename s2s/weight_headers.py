"""What a safetensors file holds, told from its header alone: nothing of a wrong file is ever allocated.

No torch here; a bundle's weights are read in `s2s.bundle`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from safetensors import SafetensorError, safe_open

from s2s.card import BundleError

WHOLE: Final = "F32"
HALF: Final = "F16"


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor: its shape, and its type as safetensors writes it ("F32")."""

    shape: tuple[int, ...]
    dtype: str


def read_header(path: Path) -> dict[str, Entry]:
    """Return every entry of a safetensors file; raises BundleError for one missing, truncated or of another
    kind.
    """
    if not path.is_file():
        raise BundleError(path, "", "no such file")
    try:
        with safe_open(path, framework="numpy") as file:
            slices = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118 - it is no mapping
            return {key: Entry(tuple(part.get_shape()), part.get_dtype()) for key, part in slices.items()}
    except (SafetensorError, OSError) as error:
        reason = " ".join(str(error).split())
        raise BundleError(path, "", f"is truncated or no safetensors file ({reason})") from error


def compare_header(path: Path, found: Mapping[str, Entry], expected: Mapping[str, Entry]) -> None:
    """Raise BundleError for the first entry of `path` that is not as the card's architecture has it.

    Numbers of half precision stand for those of whole: a bundle that is carried about may be half as large.
    """
    for key, entry in expected.items():
        if key not in found:
            raise BundleError(path, key, f"missing; expected {entry.dtype} {list(entry.shape)}")
        got = found[key]
        is_halved = got.dtype == HALF and entry.dtype == WHOLE
        if got.shape != entry.shape or not (got.dtype == entry.dtype or is_halved):
            message = f"expected {entry.dtype} {list(entry.shape)}, got {got.dtype} {list(got.shape)}"
            raise BundleError(path, key, message)
    for key in found:
        if key not in expected:
            raise BundleError(path, key, "not part of the architecture that the card names")
