"""What a show is made of: the parts that `installation.assembly` wires, and what the loop expects of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from installation.audio.features import FastPath
from installation.clock import Clock, Pacer
from installation.control.keyboard import Keyboard
from installation.control_status import ControlStatus
from installation.cues.status import CueStatus
from installation.desk import Desk
from installation.generator_pace import GeneratorPace
from installation.hosting import Host
from installation.mailbox import FrameBox
from installation.metering import Meter
from installation.model_follower import ModelFollower
from installation.options import StartOnly
from installation.output.sink import Sink
from installation.output.snapshot import PixelReader
from installation.output.surface import Surface
from installation.outputs.monitors import Monitor
from installation.outputs.store import LayoutStore
from installation.presets.follower import PresetFollower
from installation.render.pipeline import Renderer
from installation.ring import AudioRing
from installation.status import CaptureStatus, InferenceStatus, SinkStatus
from installation.values import Beat, Pixels
from installation.worker_params import ParamsSender


class ControlSurface(Protocol):
    """A control surface: started once, looked after once a turn, gives its state in words."""

    def start(self) -> None: ...

    def poll(self, now: float) -> None: ...

    def status(self) -> ControlStatus: ...

    def close(self) -> None: ...


class BeatClock(Protocol):
    """Who says the beat from outside; None while there is nobody. `behind_s` asks for the beat of so long ago."""

    def beat(self, now: float, behind_s: float = 0.0) -> Beat | None: ...


class Closable(Protocol):
    """Anything that has to be given back."""

    def close(self) -> None: ...


@dataclass(slots=True)
class Parts:
    """What a show is made of. Shared memory and hosts are closed by the show."""

    clock: Clock
    surface: Surface
    renderer: Renderer
    reader: PixelReader
    desk: Desk
    keyboard: Keyboard
    ring: AudioRing
    frames: FrameBox
    params: ParamsSender
    capture: Host[CaptureStatus]
    inference: Host[InferenceStatus]
    controls: dict[str, ControlSurface]
    pacer: Pacer
    meter: Meter
    sinks: Sequence[Sink]
    still: Pixels | None
    presets: PresetFollower
    models: ModelFollower
    cadence_fps: float = 60.0
    """How many pictures a second are wanted on the display."""
    generator_pace: GeneratorPace | None = None
    """Makes the generator give way to the display; None lets it paint as it will, as for a film."""
    fast_path: FastPath = field(default_factory=FastPath)
    beat_clocks: Mapping[str, BeatClock] = field(default_factory=dict)
    """By the choices of `/audio/clock`."""
    cues: Callable[[], CueStatus] = CueStatus
    start_only: StartOnly = field(default_factory=StartOnly)
    go_on: Callable[[float], None] = lambda _now: None
    """Called once a turn has taken all that it draws: a film's workers begin with the next one's."""
    outputs: LayoutStore | None = None
    """Where the picture lies; None where it lies nowhere, as in a film."""
    monitors: Callable[[], Sequence[Monitor]] = tuple
    fatal: tuple[type[Exception], ...] = ()
    """What leaves the loop instead of being noted: a film has no use for a show that goes on without a picture."""

    def sink_status(self) -> dict[str, SinkStatus]:
        """Return how everything goes that takes finished pictures; any thread."""
        return {sink.name: sink.status() for sink in self.sinks}
