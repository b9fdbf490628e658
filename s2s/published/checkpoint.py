"""Checkpoints as PyTorch writes them (`.pth`, `.pth.tar`): pickles, read so that nothing in them ever runs.

Only `s2s.published.importing` reads such files; the program's own are safetensors. Everything stays on the CPU.
"""

import pickle
import re
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from s2s.files.quote import one_line
from s2s.published.pickle_names import unneeded_name

_ZIP: Final = b"PK\x03\x04"
_WANTS: Final = "wants to build {}, which no weights need: refused, and nothing of it was run"
_LONGEST_MESSAGE: Final = 300
_LONGEST_PATH: Final = 300
_SCALARS: Final = {"f8": "d", "f4": "f", "i8": "q", "i4": "i"}
_RAISED_BY_DAMAGE: Final = (
    pickle.UnpicklingError,
    EOFError,
    OSError,
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    OverflowError,
    MemoryError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
)
"""What torch's reader and its unpickler raise on a stream that is cut or makes no sense."""


class CheckpointError(ValueError):
    """A published file that cannot be used: `path` is the file, `key` what in it is wrong, or empty."""

    def __init__(self, path: Path, key: str, message: str) -> None:
        self.path = path
        self.key = key
        self.message = one_line(message, _LONGEST_MESSAGE)  # keys of the file, which a stranger has named, stand in it
        where = one_line(path, _LONGEST_PATH)
        super().__init__(f"{where}: {one_line(key)}: {self.message}" if key else f"{where}: {self.message}")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Return a checkpoint's tensors by key, as they are in the file.

    Raises CheckpointError for a file that is missing, damaged, wants to run code or holds anything but tensors.
    """
    loaded = _load(path)
    if not isinstance(loaded, dict) or not loaded:
        raise CheckpointError(path, "", f"expected tensors by key, got {type(loaded).__name__}")
    for key, value in loaded.items():
        _check_tensor(path, str(key), value)
    return {str(key): value.detach() for key, value in loaded.items()}


def read_values(path: Path) -> dict[str, Any]:
    """Return what a checkpoint of settings and results holds, IC-GAN's `state_dict_*.pth`.

    These carry a pickled configuration: activations in it come back as empty objects, NumPy's numbers as Python's.
    Raises CheckpointError as `read_tensors` does; nothing else is ever built.
    """
    with torch.serialization.safe_globals(_STAND_INS):
        loaded = _load(path)
    if not isinstance(loaded, dict):
        raise CheckpointError(path, "", f"expected values by name, got {type(loaded).__name__}")
    return loaded


class _Unread:
    """Stands for an activation of the configuration, so that the real class is not even built."""

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


class _ScalarType:
    """Stands for `numpy.dtype`: the real one believes a file about sizes and pointers."""

    def __init__(self, code: str, *_: object) -> None:
        self.code = code
        self.order = "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = ">" if state[1] == ">" else "<"


def _scalar(kind: _ScalarType, data: bytes) -> float:
    """Stand for NumPy's reconstruction of a number."""
    if kind.code not in _SCALARS:
        raise pickle.UnpicklingError(f"a number of type {kind.code}")
    number: float = struct.unpack(kind.order + _SCALARS[kind.code], data)[0]
    return number


# The names that IC-GAN's files hold besides what torch allows: two pickled ReLUs, and the FID as NumPy's number,
# under NumPy's old and new address.
_STAND_INS: Final[list[Any]] = [
    (_Unread, "torch.nn.modules.activation.ReLU"),
    (_ScalarType, "numpy.dtype"),
    (_scalar, "numpy.core.multiarray.scalar"),
    (_scalar, "numpy._core.multiarray.scalar"),
]


def _load(path: Path) -> Any:
    """Read a pickle by torch's unpickler for weights, which looks names up in a short list and imports nothing."""
    if not path.is_file():
        raise CheckpointError(path, "", "no such file")
    try:
        if _is_packed(path):
            raise CheckpointError(path, "", "is a packed archive: unpack it and name the folder")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about protocols, letters, sparse tensors; our own errors say it better
            if name := unneeded_name(path, is_zip=_is_zip(path)):
                raise CheckpointError(path, "", _WANTS.format(one_line(name)))
            return torch.load(path, map_location="cpu", weights_only=True)
    except CheckpointError:
        raise
    except _RAISED_BY_DAMAGE as error:
        raise CheckpointError(path, "", _reason(error)) from error


def _is_packed(path: Path) -> bool:
    """Tell a tar or zip of whole files, as downloads come, from PyTorch's own zip, which holds a `data.pkl`."""
    if _is_zip(path):
        with zipfile.ZipFile(path) as archive:
            return not any(name.endswith("data.pkl") for name in archive.namelist())
    if not tarfile.is_tarfile(path):
        return False
    with tarfile.open(path) as archive:
        return archive.next() is not None


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP


def _reason(error: Exception) -> str:
    if name := re.search(r"GLOBAL ([\w.]+)", str(error)):
        return _WANTS.format(one_line(name[1]))
    said = re.search(r"WeightsUnpickler error:\s*(.+)|^(?!Weights only load failed)(.+)", str(error))
    words = next((part for part in said.groups() if part), "") if said else ""
    told = one_line(words.split(". ")[0].strip()) or type(error).__name__
    return f"is damaged or no checkpoint of PyTorch ({told})"


def _check_tensor(path: Path, key: str, value: object) -> None:
    if not isinstance(value, Tensor):
        raise CheckpointError(path, key, f"expected a tensor, got {type(value).__name__}")
    if value.layout != torch.strided or value.is_quantized or value.device.type != "cpu":
        raise CheckpointError(path, key, f"expected a plain tensor, got {value.layout} on {value.device.type}")
    # A few bytes can claim to be gigabytes by counting themselves again and again.
    if value.numel() * value.element_size() > value.untyped_storage().nbytes():
        raise CheckpointError(path, key, f"claims to be {list(value.shape)}, more than the file holds")
