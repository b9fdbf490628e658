"""What does not change in an evening: `session.json` in its folder, written once, read and checked. Pure but for files.

A log of another format is refused; other versions of the product or of its parts are a remark: what they draw may
differ by a few levels.
"""

import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from installation.exit_codes import ExitCode
from installation.plain import PlainValueError, from_plain, to_plain
from s2s.files.atomic_write import write_text
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.ordinary import read_ordinary
from s2s.files.quote import one_line, quoted, why

FORMAT: Final = 1
FILE: Final = "session.json"
_BOUNDS: Final = Bounds(bytes=1_048_576, levels=24, values=20_000)
_DRAWN_BY: Final = ("torch", "numpy", "moderngl", "pillow")
_LARGEST_PX: Final = 8_192
_FASTEST_FPS: Final = 1_000.0


class SessionError(ValueError):
    """A session's log that cannot be found, read or drawn; one line."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Header:
    """`size` is width and height of what was shown, in pixels, at `fps`; `preset` the document of the first one.

    `model` is a folder, `source` what `--source` takes, each with a fingerprint; `driver` is OpenGL's. `began` is the
    local time, ISO 8601. `sound` says whether the sound itself lies beside it, `flashes` whether they were limited.
    """

    format: int = FORMAT
    product: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    driver: str = ""
    began: str = ""
    seed: int = 0
    size: tuple[int, int] = (1280, 720)
    fps: float = 30.0
    model: str = ""
    model_sha256: str = ""
    preset_name: str = ""
    preset: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    source_sha256: str = ""
    sound: bool = False
    flashes: bool = True


def versions() -> dict[str, str]:
    """Return the versions of what has a part in the pictures."""
    found = {"python": platform.python_version()}
    for name in _DRAWN_BY:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def write_header(folder: Path, header: Header) -> None:
    """Write it whole or not at all. Raises OSError."""
    write_text(folder / FILE, json.dumps(to_plain(header), ensure_ascii=False, indent=2) + "\n")


def read_header(folder: Path) -> Header:
    """Return the header of the session in `folder`. Raises SessionError."""
    path = folder / FILE
    try:
        document = parse_json(read_ordinary(path, _BOUNDS.bytes + 1), _BOUNDS)
        if not isinstance(document, dict):
            raise SessionError(f"{one_line(path, 200)}: expected a JSON object, got {quoted(document)}")
        if document.get("format") != FORMAT:
            raise SessionError(
                f"{one_line(path, 200)}: this version reads session logs of format {FORMAT}, "
                f"got {quoted(document.get('format'))}"
            )
        header = from_plain(Header, document)
    except OSError as error:
        raise SessionError(f"the session log cannot be read: {why(error)}") from None
    except (DocumentError, PlainValueError) as error:
        raise SessionError(f"{one_line(path, 200)}: {error}") from None
    _check(header, one_line(path, 200))
    return header


def _check(header: Header, name: str) -> None:
    if not all(1 <= side <= _LARGEST_PX for side in header.size):
        raise SessionError(f"{name}: size: expected two numbers of 1..{_LARGEST_PX}, got {quoted(header.size)}")
    if not 0.0 < header.fps <= _FASTEST_FPS:
        raise SessionError(f"{name}: fps: expected a number above 0 and up to {_FASTEST_FPS:g}, got {header.fps}")
    if not abs(header.seed) < 2**63:
        raise SessionError(f"{name}: seed: expected a whole number of 64 bits, got {quoted(header.seed)}")


def differences(logged: Header, here: Header) -> list[str]:
    """Return in words what has a part in the pictures and is another here than it was there."""
    names = {f.name for f in fields(Header)} & {"product", "driver"}
    found = [f"{name} {getattr(logged, name)!r:.80} there, {getattr(here, name)!r:.80} here"
             for name in sorted(names) if getattr(logged, name) != getattr(here, name)]  # fmt: skip
    for name, version in here.versions.items():
        if (was := logged.versions.get(name, "none")) != version:
            found.append(f"{name} {one_line(was)} there, {version} here")
    return found
