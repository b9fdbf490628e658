"""What a source of sound is, and how its name on the command line and in presets is read.

Pure: no device, file or socket is opened here. Every source is read by the capture process alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from installation.exit_codes import ExitCode
from installation.parameters import nearest
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Samples
from s2s.files.quote import quoted

DEFAULT_PCM_PORT: Final = 9001
"""One above the control port, so that both may listen on one machine."""

SOURCE_FORMS: Final = "mic, mic:NAME, mic:NAME:left, mic:NAME:right, osc, osc:PORT, file:PATH or demo"

MakeSound = Callable[[int], Samples]
"""Returns the next so many mono samples at 16 kHz."""

_CATCH_UP_S: Final = 1.0


class SourceError(Exception):
    """A source cannot be opened or has stopped; one line: what was wanted, what there is, what to do."""

    exit_code: Final = ExitCode.SOURCE


class Source(Protocol):
    """Gives sound as it arrives. Opened by its constructor; every method belongs to the capture loop."""

    label: str
    lost_samples: int

    @property
    def remark(self) -> str:
        """What a technician should know of a source that is heard all the same; empty where all is well."""
        ...

    def read(self, now: float) -> AudioBlock | None:
        """Return all mono 16 kHz samples since the last call, None when none arrived.

        Raises SourceError when the source is gone for good and must be opened again.
        """
        ...

    def close(self) -> None:
        """Let go of the device, file or socket; may block for as long as a driver hangs."""
        ...


class Channel(StrEnum):
    """Which channel of a microphone or line input is heard."""

    MEAN = "mean"
    LEFT = "left"
    RIGHT = "right"


class SourceKind(StrEnum):
    """Where sound comes from."""

    MICROPHONE = "mic"
    OSC = "osc"
    FILE = "file"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as asked for. `name` is a device's name (empty: the default one) or a file's path."""

    kind: SourceKind
    name: str = ""
    port: int = DEFAULT_PCM_PORT
    channel: Channel = Channel.MEAN

    def __str__(self) -> str:
        if self.kind is SourceKind.OSC:
            return f"osc:{self.port}"
        named = f"{self.kind}:{self.name}" if self.name or self.channel is not Channel.MEAN else str(self.kind)
        return named if self.channel is Channel.MEAN else f"{named}:{self.channel}"


def parse_source(text: str) -> SourceSpec:
    """Read `mic`, `mic:NAME`, `osc`, `osc:PORT`, `file:PATH` or `demo`. Raises SourceError that names these.

    `mic:NAME:left` and `mic:NAME:right` hear one channel (`mic::left`: of the default device). A path is a path to its
    end, whatever colons are in it.
    """
    word, colon, rest = text.strip().partition(":")
    if word not in list(SourceKind):
        raise SourceError(
            f"the source {quoted(text)} is none of {SOURCE_FORMS}{nearest(word, [kind.value for kind in SourceKind])}"
        )
    kind = SourceKind(word)
    if kind is SourceKind.OSC:
        return SourceSpec(kind, port=_parse_port(text, rest) if colon else DEFAULT_PCM_PORT)
    if kind is SourceKind.DEMO and colon:
        raise SourceError(f"the source 'demo' takes nothing after it, got {quoted(text)}")
    if kind is SourceKind.FILE and not rest:
        raise SourceError(f"the source {quoted(text)} names no file: write file:PATH")
    name, colon, end = rest.rpartition(":")
    if kind is SourceKind.MICROPHONE and colon and end in (Channel.LEFT, Channel.RIGHT):
        return SourceSpec(kind, name=name, channel=Channel(end))
    return SourceSpec(kind, name=rest)


def _parse_port(text: str, port: str) -> int:
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65_535):
        raise SourceError(f"the source {quoted(text)} needs a UDP port from 1 to 65535 after 'osc:'")
    return int(port)


class SampleClock:
    """Turns monotonic time into whole samples due, without drift; of a long pause only the last second is made up."""

    def __init__(self) -> None:
        self._origin: float | None = None
        self._given = 0

    def due(self, now: float) -> int:
        """Return how many samples real time has brought since the last call; 0 on the first."""
        if self._origin is None:
            self._origin = now
        due = int((now - self._origin) * SAMPLE_RATE_HZ) - self._given
        skipped = max(due - round(_CATCH_UP_S * SAMPLE_RATE_HZ), 0)
        self._origin += skipped / SAMPLE_RATE_HZ
        due = max(due - skipped, 0)
        self._given += due
        return due


class PacedSource:
    """Sound made on demand, given out at the pace of real time: the built-in performance, and silence."""

    lost_samples = 0
    remark = ""

    def __init__(self, label: str, make: MakeSound) -> None:
        self.label = label
        self._make = make
        self._sample_clock = SampleClock()

    def read(self, now: float) -> AudioBlock | None:
        count = self._sample_clock.due(now)
        return AudioBlock(self._make(count), now) if count else None

    def close(self) -> None:
        """Nothing is held."""
