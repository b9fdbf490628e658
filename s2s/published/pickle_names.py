"""What a checkpoint would have built, told before anything of it is: the names in its pickles, and how it is packed.

torch's reader of weights runs no code; but among the names that it knows are some that make as much as a number in the
file says: `bytearray` of a terabyte is twenty bytes. No weights need them.
"""

import io
import pickle
import pickletools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MOST_BYTES: Final = 4 << 20
"""Of the pickle, without the weights: those of the published files take a hundredth of it."""
_PICKLES: Final = 5
"""With which a file of PyTorch's older kind begins; the weights stand behind."""
_NEEDED: Final = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|(?:__builtin__|builtins)\.(?:set|complex)"
    r"|torch\.(?!Untyped|Typed)\w+Storage|torch\.Size|torch\.[a-z]\w*"
    r"|torch\._utils\._rebuild_(?:parameter|sparse_tensor|meta_tensor_no_storage|tensor(?:_v[23])?)"
    r"|torch\.nn\.parameter\.Parameter|torch\.serialization\._get_layout"
    # IC-GAN's records: two activations, and numbers of NumPy's.
    r"|torch\.nn\.modules\.activation\.ReLU|numpy\.dtype|numpy\._?core\.multiarray\.scalar"
)


def unneeded_name(path: Path, *, is_zip: bool) -> str:
    """Return the first name in a checkpoint's pickles that no weights need, empty where there is none.

    Raises pickle.UnpicklingError for what is no pickle, is too large, or is a zip that PyTorch has not written.
    """
    for name in _names_of_zip(path) if is_zip else _names_of_file(path):
        if _NEEDED.fullmatch(name) is None:
            return name
    return ""


def _names_of_zip(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise pickle.UnpicklingError("its parts are compressed, which PyTorch never does")
        pickles = [entry for entry in entries if entry.filename.lower().endswith("data.pkl")]
        if len(pickles) != 1:
            raise pickle.UnpicklingError(f"it holds {len(pickles)} times a data.pkl, and not once")
        with archive.open(pickles[0]) as file:
            yield from _names(io.BytesIO(file.read(_MOST_BYTES)))


def _names_of_file(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        begin = io.BytesIO(file.read(_MOST_BYTES))
    for _ in range(_PICKLES):
        yield from _names(begin)


def _names(file: io.BytesIO) -> Iterator[str]:
    """Yield the names of one pickle, up to its end. What cannot be followed here, nor could be read, is refused."""
    try:
        for code, argument, _at in pickletools.genops(file):
            if code.name == "GLOBAL":
                yield ".".join(str(argument).split(" ", 1))
            elif code.name in ("STACK_GLOBAL", "INST"):
                raise pickle.UnpicklingError(f"{code.name}, with which PyTorch writes no weights")
    except (ValueError, IndexError, UnicodeError) as error:
        raise pickle.UnpicklingError(f"no pickle: {error}") from error
