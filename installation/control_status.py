"""How each control surface does, for the operator page, health and the report. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlStatus:
    """What every control surface tells; `problem` is empty where it works."""

    problem: str = ""
    refused: int = 0
    last_refusal: str = ""

    @property
    def may_be_absent(self) -> bool:
        """Whether a problem is none of the show's: nobody asked for this surface by name."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class OscStatus(ControlStatus):
    """`rests` counts how often the receiver has paused under a flood, `overtaken` what it left unread then because
    something newer had come; `waiting` messages are held until the time of their bundles.
    """

    port: int = 0
    received: int = 0
    rests: int = 0
    overtaken: int = 0
    waiting: int = 0
    subscribers: int = 0
    connections: int = 0


@dataclass(frozen=True, slots=True)
class OutputState:
    """One output: on which monitor, as the venue's file names it, and how many pixels it has there; 0 where it is not
    shown. `problem` says why it is not, in words.
    """

    name: str = ""
    monitor: str = ""
    width: int = 0
    height: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsStatus(ControlStatus):
    """Where the picture is shown; `selected` is the output that a hand on the keyboard moves a corner of, empty while
    none does, `corner` 0 to 3 from the top left clockwise.
    """

    outputs: tuple[OutputState, ...] = ()
    selected: str = ""
    corner: int | None = None


@dataclass(frozen=True, slots=True)
class MidiBinding:
    """One control of the device and what it moves: `control` is how `/show/forget` knows it, `words` say all of it.

    `whose` is `learnt`, `preset` or `shipped`; only what was learnt can be forgotten.
    """

    control: str = ""
    address: str = ""
    words: str = ""
    whose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MidiStatus(ControlStatus):
    """`open` is the port in use, `feedback` the one that is told what the show does, None while there is none; `ports`
    are all that there are. `learning` is the address for which a control is waited for, empty while none is, `learnt`
    in words what came of it last.
    """

    device: str = ""
    open: str | None = None
    feedback: str | None = None
    ports: tuple[str, ...] = ()
    received: int = 0
    last: str = ""
    learning: str = ""
    learnt: str = ""
    bindings: tuple[MidiBinding, ...] = ()

    @property
    def may_be_absent(self) -> bool:
        return self.device == "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus(ControlStatus):
    """How many others share the beat; 0 also while nobody asks for it."""

    peers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetStatus(ControlStatus):
    """The preset that is `shown`, by its name, and as it was saved how many times ago (`version`); whether a `draft` is
    open, and what was done `last`, or refused, in words. `problem` says why the last saving failed.
    """

    shown: str = ""
    version: int = 0
    draft: bool = False
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStatus(ControlStatus):
    """Whether the venue is `open`, None where there is no schedule, and what happens `next`, in words."""

    open: bool | None = None
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaderStatus(ControlStatus):
    """Which presets the fader `/show/ab` lies between; empty while it lies between none."""

    a: str = ""
    b: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatus(ControlStatus):
    """Where the operator page is, how many pages are connected, and how many wrong tokens it was offered."""

    url: str = ""
    connected: int = 0
    wrong_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OscQueryStatus(ControlStatus):
    """Where OSCQuery is, and how many hold a WebSocket to it."""

    url: str = ""
    clients: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryStatus(ControlStatus):
    """Under which names the show is announced in the network, by type of service, and from which addresses.

    A show is none the worse where nobody can find it by itself.
    """

    announced: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    interfaces: tuple[str, ...] = ()

    @property
    def may_be_absent(self) -> bool:
        return True
