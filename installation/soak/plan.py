"""What is done to the show in a soak and when. Pure: the same seed and length give the same plan."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_CALM_S: Final = 120.0
"""So long nothing breaks, at the start and at the end: what is broken last has to be seen to come back."""
_CALM_SHARE: Final = 1 / 6
_LOUDNESS_DB: Final = (-24.0, 12.0)
LASTS_S: Final = 10.0
"""So long a flood and a broken file last."""


class Kind(StrEnum):
    """What is done. From `KILL` on it is a fault."""

    CONTROL = "control"
    SOUND = "sound"
    PRESET = "preset"
    MODEL = "model"
    PLUG = "plug"
    UNPLUG = "unplug"
    PAGES = "pages"
    KILL = "kill"
    STOP = "stop"
    FLOOD = "flood"
    EDIT = "edit"


FAULTS: Final = frozenset({Kind.KILL, Kind.STOP, Kind.FLOOD, Kind.EDIT})
_OF_WORKERS: Final = (
    (Kind.KILL, "capture"),
    (Kind.STOP, "inference"),
    (Kind.STOP, "capture"),
    (Kind.KILL, "inference"),
)
_OF_INPUT: Final = (
    (Kind.FLOOD, "malformed"),
    (Kind.EDIT, "broken, then mended"),
    (Kind.FLOOD, "values"),
    (Kind.EDIT, "not YAML, then mended"),
)


@dataclass(frozen=True, slots=True)
class Fader:
    """A control that is moved, with the ends between which it is."""

    address: str
    low: float
    high: float


FADERS: Final = (
    Fader("/latent/glide", 0.2, 8.0),
    Fader("/latent/drift", 0.0, 1.0),
    Fader("/latent/blend", 0.0, 0.6),
    Fader("/latent/truncation", 0.6, 1.2),
    Fader("/render/brightness", 0.8, 1.2),
    Fader("/render/hue", -0.2, 0.2),
    Fader("/render/saturation", 0.6, 1.4),
    Fader("/render/feedback", 0.0, 0.7),
    Fader("/render/zoom", 1.0, 1.2),
    Fader("/render/bloom", 0.0, 0.6),
    Fader("/render/grain", 0.0, 0.4),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done `at_s` seconds after the picture has come alive: to `what`, with `value`."""

    at_s: float
    kind: Kind
    what: str
    value: float = 0.0

    @property
    def lasts_s(self) -> float:
        """How long it goes on by itself."""
        return LASTS_S if self.kind in (Kind.FLOOD, Kind.EDIT) else 0.0

    @property
    def words(self) -> str:
        """The deed in words, for the page."""
        number = f" {self.value:g}" if self.kind in (Kind.CONTROL, Kind.SOUND) else ""
        return f"{self.kind} {self.what}{number}"


def plan(
    seed: int, duration_s: float, presets: Sequence[str], models: Sequence[str], fault_every_s: float
) -> list[Deed]:
    """Return the deeds of a soak of `duration_s` seconds, in the order of time.

    A fader moves every 5 s or so, the level of the sound every minute, the preset every 75 s, a stream of sound is
    plugged in and out every 4 minutes, the model changes every 10; one fault comes every `fault_every_s` seconds, each
    kind in turn, but for a calm stretch at either end. Workers are hurt in the first half: one that begins anew every
    few minutes never gets beyond what it takes for the first time, and says nothing of whether it leaks.
    """
    draw = random.Random(seed)
    calm_s = min(_CALM_S, duration_s * _CALM_SHARE)
    turns = iter(range(1_000_000))

    def fader(at_s: float) -> Deed:
        one = draw.choice(FADERS)
        return Deed(at_s, Kind.CONTROL, one.address, round(draw.uniform(one.low, one.high), 3))

    def fault(at_s: float) -> Deed:
        kinds = _OF_WORKERS if at_s < duration_s / 2 else _OF_INPUT
        kind, what = kinds[next(turns) % len(kinds)]
        return Deed(at_s, kind, what)

    def plug(at_s: float) -> Deed:
        return Deed(at_s, Kind.UNPLUG if draw.random() < 0.5 else Kind.PLUG, "sound over OSC")

    makers: list[tuple[float, float, Callable[[float], Deed]]] = [
        (5.0, 0.0, fader),
        (60.0, 0.0, lambda at_s: Deed(at_s, Kind.SOUND, "/audio/gain", round(draw.uniform(*_LOUDNESS_DB), 1))),
        (75.0, 0.0, lambda at_s: Deed(at_s, Kind.PRESET, draw.choice(list(presets)))),
        (240.0, 0.0, plug),
        (300.0, 0.0, lambda at_s: Deed(at_s, Kind.PAGES, "8 browsers come, half of them hang up mid-word")),
        (600.0, calm_s, lambda at_s: Deed(at_s, Kind.MODEL, draw.choice(list(models)))),
        (fault_every_s, calm_s, fault),
    ]
    deeds = [make(at_s) for every_s, margin_s, make in makers for at_s in _moments(draw, every_s, margin_s, duration_s)]
    return sorted(deeds, key=lambda deed: deed.at_s)


def _moments(draw: random.Random, every_s: float, margin_s: float, duration_s: float) -> Iterator[float]:
    """Yield moments `every_s` apart, give or take a third, `margin_s` away from both ends."""
    at_s = margin_s + every_s * draw.uniform(0.3, 0.7)
    while at_s < duration_s - margin_s:
        yield round(at_s, 2)
        at_s += every_s * draw.uniform(2 / 3, 4 / 3)
