"""How each part of the show is doing, as values: the one definition that workers write and everybody else reads.

The report, the overlay, health and the operator page read these fields; as JSON (`installation.plain`) a field's name
is its key. A default is what is known before a part has spoken. Durations are in ms unless a name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from installation.control_status import ControlStatus
from installation.cues.status import CueStatus
from installation.values import Condition, Doing


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The median and the 95th percentile of a duration in ms, None before the first."""

    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """What is heard, what was wanted, why they differ, and what was lost.

    `block_age_s` is the age of the wanted source's newest sound, None before its first; `auto_gain_db` what gain adds
    by itself. `remark` is what is amiss with a source that is heard all the same. `ended` is told by a file alone,
    `features` and `rejected_packets` by sound over OSC. `blocks` of sound have reached the ring since this worker was
    made.
    """

    source: str = ""
    wanted: str = ""
    lost_samples: int = 0
    fallback: bool = False
    reason: str = ""
    remark: str = ""
    scene: str = ""
    auto_gain_db: float = 0.0
    block_age_s: float | None = None
    ended: bool | None = None
    features: Mapping[str, float] | None = None
    rejected_packets: int | None = None
    blocks: int = 0


@dataclass(frozen=True, slots=True)
class LoudspeakerStatus:
    """A sound that is played once: through which device, when its marks are heard (monotonic seconds, by the driver's
    own estimate of its `latency_ms`), how many `gaps` a busy machine left in it, and whether all was handed over.
    """

    device: str = ""
    played_at: tuple[float, ...] = ()
    latency_ms: float = 0.0
    gaps: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class EncoderStatus:
    """How often this worker's encoder has heard, and how long that took; `read` samples of sound it has taken in."""

    updates: int = 0
    ms: Percentiles = Percentiles()
    read: int = 0


@dataclass(frozen=True, slots=True)
class GeneratorStatus:
    """How many pictures this worker has made, how many held NaN, and how long one took.

    `distinct` of them were unlike the one before; `wanted` were painted far from the latent of the last distinct one.
    """

    frames: int = 0
    rejected: int = 0
    ms: Percentiles = Percentiles()
    distinct: int = 0
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class HeardSource:
    """One thing that sounds, as the model calls it: how likely it is there and how near it is, both 0..1."""

    name: str = ""
    presence: float = 0.0
    nearness: float = 0.5


@dataclass(frozen=True, slots=True)
class LikelyName:
    """A name that the model knows and how plainly it is there, 0..1."""

    name: str = ""
    presence: float = 0.0


@dataclass(frozen=True, slots=True)
class HeardStatus:
    """What the model makes of the last ten seconds: up to two things, the likeliest first; none where it names none.

    `certainty` 0..1 is how likely the first is really there, None where the model cannot say. `hour` 0..24 is the time
    of day that the sound speaks of, `hour_firmness` 0..1 how plainly. `doing` is what the show does about it.
    `likeliest` are the first of all names, also of those that are too faint to be painted.
    """

    sources: tuple[HeardSource, ...] = ()
    certainty: float | None = None
    hour: float = 12.0
    hour_firmness: float = 0.0
    doing: Doing = Doing.PAINTING
    likeliest: tuple[LikelyName, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotographStatus:
    """How much of the picture is a photograph of the place, 0..1, and which; `problem` says why none is, where one was
    asked for.
    """

    share: float = 0.0
    name: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SwapStatus:
    """Which model plays and how far another one is: `answered` is the number of the last request that is done with,
    `folder` that of the model that plays, `problem` why the last one that was asked for does not, empty where it does.
    `words` tell of one on its way.
    """

    answered: int = 0
    folder: str = ""
    problem: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class InferenceStatus:
    """The slow path: counters since the worker was made. `slow_ms` goes from the last sample heard to the first picture
    made from it; `image` and `image_problem` tell how far the preset's image is, in words.
    """

    model: str | None = None
    device: str | None = None
    idle: bool = False
    level_db: float | None = None
    encoder: EncoderStatus = EncoderStatus()
    generator: GeneratorStatus = GeneratorStatus()
    slow_ms: Percentiles = Percentiles()
    image: str = ""
    image_problem: str = ""
    heard: HeardStatus = HeardStatus()
    photograph: PhotographStatus = PhotographStatus()
    swap: SwapStatus = SwapStatus()
    paints_by: str = ""
    """How the generator is run, in words."""


@dataclass(frozen=True, slots=True)
class DisplayStatus:
    """How many pictures a second are shown, and the time between two; what each part of a turn takes, and how many
    pictures came late, by what they waited for.
    """

    fps: float = 0.0
    interval_ms: Percentiles = Percentiles()
    parts_ms: Mapping[str, Percentiles] = field(default_factory=lambda: MappingProxyType({}))
    missed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkStatus:
    """What everything tells that takes finished pictures; `problem` says why it has stopped, empty while it goes on."""

    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStatus(SinkStatus):
    """How long the film is, and how many pictures it lacks; `file` is its name, empty where none is being written.

    `left_s`: for how long the disk has room as the film is now, None before that is known. `encoder`: what makes it.
    """

    recorded_s: float = 0.0
    dropped: int = 0
    file: str = ""
    left_s: float | None = None
    encoder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStatus(SinkStatus):
    """How long the session's log is and how large, in MiB; `file` is its folder's name, empty where none is written."""

    recorded_s: float = 0.0
    file: str = ""
    mib: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotStatus(SinkStatus):
    """How many pictures were saved in this run, and the name of the last file."""

    saved: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderStatus(SinkStatus):
    """A picture on its way to another program: how many were `sent`, how many `dropped` because the receiver was slow;
    `words` say how it goes.
    """

    words: str = ""
    sent: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class PainterStatus:
    """Whose picture is on the wall: `world_share` 0..1 of it is the world's own shaders', `photograph_share` 0..1 a
    photograph of the place, the rest the generator's.

    `scenes` are those that the world paints, the one that owns the place first. `words` say all of it.
    """

    world_share: float = 0.0
    photograph_share: float = 0.0
    scenes: tuple[str, ...] = ()
    words: str = "the generator's picture"


@dataclass(frozen=True, slots=True)
class FlashStatus:
    """The flash limiter: whether it is `on` and `holding` the picture back now; the most `general` and `red` flashes
    shown in any one second of the run, and `asked` for; how often it intervened, and for how long in all.
    """

    on: bool = False
    holding: bool = False
    general: float = 0.0
    red: float = 0.0
    asked: float = 0.0
    interventions: int = 0
    limited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SafetyStatus:
    """What is done for the safety of the audience."""

    flashes: FlashStatus = FlashStatus()


@dataclass(frozen=True, slots=True)
class AgesStatus:
    """How old the newest sound and the newest generated picture are, None before the first; for how long it runs."""

    block_s: float | None = None
    frame_s: float | None = None
    uptime_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """The whole show, for the operator page and the overlay. `fast_ms` goes from sound heard to picture shown,
    `control_ms` from a hand on each kind of surface (`osc`, `midi`, `page`, `keyboard`, …) to the first picture
    with it.

    `tempo_bpm` is 0 where there is no beat, `clock` says in words whose beat it is. `model` is the name by which
    `/show/model` knows the one that plays.
    `preset_note` names what the preset asks for and only another start can give; `heard` says in words what is heard
    and what the show does about it.
    """

    condition: Condition = Condition.OK
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reasons_s: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """For how many seconds each of these parts has not been well."""
    preset: str = ""
    preset_refused: str | None = None
    preset_note: str = ""
    model: str = ""
    model_refused: str | None = None
    sound: CaptureStatus = CaptureStatus()
    slow_path: InferenceStatus = InferenceStatus()
    display: DisplayStatus = DisplayStatus()
    painter: PainterStatus = PainterStatus()
    safety: SafetyStatus = SafetyStatus()
    fast_ms: Percentiles = Percentiles()
    control_ms: Mapping[str, Percentiles] = field(default_factory=lambda: MappingProxyType({}))
    tempo_bpm: float = 0.0
    clock: str = ""
    heard: str = ""
    controls: Mapping[str, ControlStatus] = field(default_factory=lambda: MappingProxyType({}))
    outputs: Mapping[str, SinkStatus] = field(default_factory=lambda: MappingProxyType({}))
    ages: AgesStatus = AgesStatus()
    cues: CueStatus = field(default_factory=CueStatus)
    memory_mib: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Resident memory of each process when it was last looked at."""
    recording: SinkStatus | None = None
    """The recording once more: this key is older than `outputs`."""
