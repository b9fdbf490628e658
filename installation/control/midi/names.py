"""Names of MIDI ports as their systems give them: which are real, which belong together, what devices are called. Pure.

ALSA says `LPD8:LPD8 MIDI 1 24:0`, JACK's bridge `a2j:LPD8 [24] (capture): LPD8 MIDI 1`, others `LPD8`; where a device
is plugged in changes numbers, never its name.
"""

import re
from collections.abc import Sequence
from typing import Final

OWN: Final = "Sound to Scene"
_LOOPS: Final = (
    "midi through",
    "through port",
    "iac driver",
    "iac bus",
    "loopmidi",
    "loopbe",
    "virmidi",
    "virtual raw",
)
"""Parts of the names of ports on which nobody sits: what goes into them comes out of them."""
_BRIDGES: Final = ("a2j", "Midi-Bridge", "system", "PipeWire")
"""Clients of JACK whose ports are other programs' and devices'."""
_PLACE: Final = re.compile(r"\s*(?:\[\d+\]|\b\d+:\d+$|\((?:capture|playback)(?:_\d+)?\))")
_SIDES: Final = (("capture", "playback"), ("output", "input"), ("out", "in"), ("tx", "rx"))
_LONGEST_LETTERS: Final = 80


def is_loop(name: str) -> bool:
    """Return whether a port is a loop-back, or one of this program's own."""
    lowered = name.casefold()
    return name.startswith(OWN) or any(loop in lowered for loop in _LOOPS)


def choose_port(names: Sequence[str], requested: str, current: str | None = None) -> str | None:
    """Return the port to listen to: the first that contains `requested`, ignoring case; for `auto` the first real one.

    A port in use stays in use while it is there and fits, whatever else is plugged in.
    """
    fitting = [name for name in names if _fits(name, requested)]
    if current in fitting:
        return current
    return fitting[0] if fitting else None


def choose_feedback(names: Sequence[str], heard: str | None) -> str | None:
    """Return the port, of those that can be sent to, of the device whose port `heard` is listened to; None without one.

    It is of the same name, or named for the other direction, or the only one of its client.
    """
    if heard is None or is_loop(heard):
        return None
    real = [name for name in names if not is_loop(name)]
    client = _client(heard)
    of_client = [name for name in real if client and _client(name) == client]
    found = [
        *(name for name in real if name == heard),
        *(name for name in real if _turned(name) == _turned(heard)),
        *(name for name in real if device_name(name) == device_name(heard)),
        *(of_client if len(of_client) == 1 else []),
    ]
    return found[0] if found else None


def device_name(port: str) -> str:
    """Return what the device of a port is called, wherever it is plugged in: `LPD8 MIDI 1`."""
    client, colon, rest = port.partition(":")
    bare = _PLACE.sub("", rest if colon and client in _BRIDGES else port).strip()
    client, _, rest = (part.strip() for part in bare.partition(":"))
    name = rest if rest.startswith(client) else f"{client} {rest}".strip()
    return name[:_LONGEST_LETTERS] or port[:_LONGEST_LETTERS]


def file_stem(device: str) -> str:
    """Return the name of the file in which a device's map is kept, without its ending."""
    return re.sub(r"[^\w +#&()-]", "_", device).strip(" .") or "controller"


def _fits(name: str, requested: str) -> bool:
    return not is_loop(name) if requested == "auto" else requested.casefold() in name.casefold()


def _client(name: str) -> str:
    client, colon, _ = name.partition(":")
    return client if colon and client not in _BRIDGES else ""


def _turned(name: str) -> str:
    """Return the name as it would be if every port were an input."""
    for ours, theirs in _SIDES:
        name = re.sub(rf"(?<![a-z]){ours}(?![a-z])", theirs, name.casefold())
    return name
