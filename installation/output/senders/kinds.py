"""Which kinds of receivers there are, what each wants of the machine, and whether it is there."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.output.senders import srt
from installation.output.senders.camera import Camera
from installation.output.senders.ndi import Ndi
from installation.output.senders.spout import Spout
from installation.output.senders.stream import Stream
from installation.output.senders.syphon import Syphon
from installation.output.senders.target import Target
from installation.output.senders.transport import Transport
from installation.output.senders.v4l2 import V4l2

_SYSTEMS: Final = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}
_LOOP_BACKS: Final = Path("/sys/devices/virtual/video4linux")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `make` gives its transport; `missing` says in one line what to install, nothing where it could run."""

    make: Callable[[Target], Transport]
    missing: Callable[[], str]
    may_come: bool = False
    """Whether what is missing can come while the show runs, so that trying again is worth it."""


def _package(module: str, extra: str, systems: tuple[str, ...], elsewhere: str) -> Callable[[], str]:
    """Return what says whether `module` is there, on one of `systems`; `elsewhere` names what to take on others."""

    def missing() -> str:
        if sys.platform not in systems:
            where = " and ".join(_SYSTEMS[system] for system in systems)
            return f"is for {where}; here {elsewhere}"
        if importlib.util.find_spec(module) is None:
            return f"wants the package {module}: .venv/bin/pip install '.[{extra}]'"
        return ""

    return missing


def _no_loop_back() -> str:
    if not sys.platform.startswith("linux"):
        return "is for Linux; here camera, or ndi:NAME"
    if not any(_LOOP_BACKS.glob("video*")):
        return "wants the kernel module: sudo apt install v4l2loopback-dkms && sudo modprobe v4l2loopback video_nr=9"
    return ""


def _no_srt() -> str:
    return "" if srt.is_there() else srt.INSTALL


def _nothing() -> str:
    return ""


_EVERYWHERE: Final = tuple(_SYSTEMS)
KINDS: Final[dict[str, Kind]] = {
    "ndi": Kind(lambda target: Ndi(target.address), _package("cyndilib", "ndi", _EVERYWHERE, "")),
    "spout": Kind(
        lambda target: Spout(target.address),
        _package("SpoutGL", "spout", ("win32",), "ndi:NAME or, on Linux, v4l2:/dev/videoN"),
    ),
    "syphon": Kind(
        lambda target: Syphon(target.address),
        _package("syphon", "syphon", ("darwin",), "ndi:NAME or, on Linux, v4l2:/dev/videoN"),
    ),
    "camera": Kind(
        lambda target: Camera(target.address),
        _package("pyvirtualcam", "camera", ("win32", "darwin"), "v4l2:/dev/videoN"),
    ),
    "v4l2": Kind(lambda target: V4l2(target.address), _no_loop_back, may_come=sys.platform.startswith("linux")),
    "srt": Kind(Stream, _no_srt),
    "rtmp": Kind(Stream, _nothing),
    "rtmps": Kind(Stream, _nothing),
    "udp": Kind(Stream, _nothing),
}


def readiness() -> dict[str, str]:
    """Return for every kind "ready", or in one line what it wants."""
    return {name: kind.missing() or "ready" for name, kind in KINDS.items()}
