"""Which input device is meant: names compared as a person would, without opening anything. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from installation.audio.source import SourceError


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """An input device as PortAudio offers it; `index` is valid only until PortAudio looks again."""

    index: int
    name: str
    channels: int
    rate_hz: int
    is_default: bool = False

    def __str__(self) -> str:
        default = ", default" if self.is_default else ""
        return f"{self.name}  ({self.channels} channels, {self.rate_hz} Hz{default})"


def find_device(devices: Sequence[DeviceInfo], name: str) -> DeviceInfo:
    """Return the device called `name`, else the first whose name contains it; empty: the default one.

    Capitals do not matter. Raises SourceError that lists what there is.
    """
    if not devices:
        raise SourceError(
            f"no microphone{_called(name)}: this machine offers no input device; connect one, or take --source demo"
        )
    if not name:
        return next((device for device in devices if device.is_default), devices[0])
    names = {device.index: device.name.casefold() for device in devices}
    for device in devices:
        if names[device.index] == name.casefold():
            return device
    for device in devices:
        if name.casefold() in names[device.index]:
            return device
    offered = ", ".join(repr(device.name) for device in devices)
    raise SourceError(f"no microphone{_called(name)}: there is {offered}; a part of a name is enough")


def _called(name: str) -> str:
    return f" called {name!r}" if name else ""
