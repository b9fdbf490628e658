"""What a checkpoint would have built, told before anything of it is: the names in its pickles, and how it is packed.

torch's reader of weights runs no code; but among the names that it knows are some that make as much as a number in the
file says: `bytearray` of a terabyte is twenty bytes. No weights need them. Nor do they hold pairs of pairs of the same
pair, of which forty, in as many bytes, are a key that takes for ever to be looked up.
"""

import io
import pickle
import pickletools
import re
import zipfile
from collections.abc import Iterator
from encodings import normalize_encoding
from encodings.aliases import aliases
from pathlib import Path
from typing import Any, Final

_MOST_BYTES: Final = 4 << 20
"""Of the pickle, without the weights: those of the published files take a hundredth of it."""
_MOST_REPEATED: Final = 5_000_000
"""Values: a second's work."""
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

_CODECS: Final = frozenset(
    {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
)
_SWELLING: Final = _CODECS | {name for name, codec in aliases.items() if codec in _CODECS}
"""Encodings that may be put around one another, each time twice as much; numbers of NumPy's are written in latin1."""
_LONGEST_CODEC: Final = 40


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
    growth = _Growth()
    try:
        for code, argument, _at in pickletools.genops(file):
            growth.follow(code, argument)
            if code.name == "GLOBAL":
                yield ".".join(str(argument).split(" ", 1))
            elif isinstance(argument, str) and normalize_encoding(argument[:_LONGEST_CODEC]).lower() in _SWELLING:
                yield f"what is encoded by {argument}"
            elif code.name in ("STACK_GLOBAL", "INST"):
                raise pickle.UnpicklingError(f"{code.name}, with which PyTorch writes no weights")
    except (ValueError, LookupError) as error:
        raise pickle.UnpicklingError(f"no pickle: {error}") from error


class _Growth:
    """How many values a pickle makes of itself by naming again what it has made: all else is as large as the file."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._marks: list[int] = []
        self._kept: dict[int, int] = {}
        self._repeated = 0

    def follow(self, code: pickletools.OpcodeInfo, argument: Any) -> None:
        """Do with sizes what an instruction does with values. Raises pickle.UnpicklingError for what never ends."""
        if code.name in ("BINPUT", "LONG_BINPUT", "PUT", "MEMOIZE"):
            self._kept[len(self._kept) if argument is None else argument] = self._sizes[-1]
        elif code.name in ("BINGET", "LONG_BINGET", "GET"):
            self._sizes.append(self._kept[argument])
            self._repeated += self._kept[argument]
            if self._repeated > _MOST_REPEATED:
                raise pickle.UnpicklingError("it repeats itself without end")
        elif code.name == "MARK":
            self._marks.append(len(self._sizes))
        else:
            self._sizes += [1 + sum(self._taken(code))] * len(code.stack_after)

    def _taken(self, code: pickletools.OpcodeInfo) -> list[int]:
        """Take from the stack what an instruction takes: a number of values, all behind the last mark, or both."""
        count, behind = len(code.stack_before), len(self._sizes)
        if pickletools.markobject in code.stack_before:
            count, behind = code.stack_before.index(pickletools.markobject), self._marks.pop()
        if count > behind:
            raise LookupError(f"{code.name} takes more than there is")
        taken, self._sizes = self._sizes[behind - count :], self._sizes[: behind - count]
        return taken
