"""Presets into which `--calibrate --apply` writes a delay: one value of the preset changes and no other, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from installation.calibration.preset_edit import write_parameter
from installation.presets.preset import PresetError
from installation.presets.reading import read_preset
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.family_venue import PRESETS

_ADDRESS: Final = "/audio/delay"
_DELAY_MS: Final = 85.0
_HEAD: Final = b"name: Mine  # of my own\ndescription: A test.\n"
_LAYOUTS: Final = (
    b"parameters:\n    # far\n    /audio/gain: 3\n",
    b"parameters:\n  /audio/delay: 12.5  # PA\n",
    b"parameters: {/audio/gain: 3}\n",
    b"source: mic\n",
    b"parameters: {}\n",
)


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    path = folder / "mine.yaml"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        try:
            before = read_preset(path)
            write_parameter(path, _ADDRESS, _DELAY_MS)
        except PresetError:
            if path.read_bytes() != content:
                raise BrokenPromiseError("a preset that was refused has changed") from None
            raise
        finally:
            left = [file.name for file in folder.iterdir() if file != path]
            if left:
                raise BrokenPromiseError(f"left {left}")
        after = read_preset(path)
        if after != replace(before, parameters={**before.parameters, _ADDRESS: _DELAY_MS}):
            raise BrokenPromiseError("more than the delay has changed")

    yield read


CALIBRATION: Final = Family(
    "calibration",
    lambda _folder: [_HEAD + layout for layout in _LAYOUTS],
    PRESETS.cases,
    _opened,
    refusals=(PresetError,),
    words=(b"parameters:", b"/audio/delay: 3\n", b"/audio/delay", b"{", b"}", b"# ", b"\n  ", b"'", b"|\n  ", b"\r\n"),
    share=50,
)
