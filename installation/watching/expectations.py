"""What is expected of each worker, from what it says of itself. Pure.

Progress is sound blocks that reach the ring, sound that the encoder has taken in, pictures, and pictures that differ
when the latent has moved: a worker that merely lives gives none of these.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from installation.status import CaptureStatus, InferenceStatus
from installation.watching.progress import Mark

S_contra = TypeVar("S_contra", contravariant=True)

_SOUND_LIMIT_S: Final = 5.0
_HEARING_LIMIT_S: Final = 15.0
_PICTURES_LIMIT_S: Final = 15.0
_SAME_PICTURE_LIMIT_S: Final = 20.0
_QUICK_MS: Final = 500.0
_QUICK_STEP_S: Final = 5.0
_LONGEST_STEP_S: Final = 15.0
"""One hearing and one picture of a big model on a slow machine; beyond it the worker hangs."""


class Expectations(Protocol[S_contra]):
    """What a host may expect of its child."""

    def marks(self, status: S_contra) -> Sequence[Mark]:
        """Return what it has got done, and what it was asked for."""
        ...

    def step_limit_s(self, status: S_contra) -> float:
        """Return how long one step may take."""
        ...

    def kind(self, status: S_contra) -> str:
        """Return what its need of memory depends on."""
        ...


class NothingMore:
    """That it takes its steps, none longer than `step_limit_s`."""

    def __init__(self, step_limit_s: float = 5.0) -> None:
        self._step_limit_s = step_limit_s

    def marks(self, _status: object) -> Sequence[Mark]:
        return ()

    def step_limit_s(self, _status: object) -> float:
        return self._step_limit_s

    def kind(self, _status: object) -> str:
        return ""


class OfCapture:
    """Sound, whatever it is of: where no source is heard, its stand-in is."""

    def marks(self, status: CaptureStatus) -> Sequence[Mark]:
        return (Mark("brought no sound", status.blocks, _SOUND_LIMIT_S),)

    def step_limit_s(self, _status: CaptureStatus) -> float:
        return 5.0

    def kind(self, _status: CaptureStatus) -> str:
        return ""


class OfInference:
    """The slow path. `written` tells how many samples of sound there are: without new ones nothing can be heard."""

    def __init__(self, written: Callable[[], int]) -> None:
        self._written = written

    def marks(self, status: InferenceStatus) -> Sequence[Mark]:
        made = status.generator
        return (
            Mark("heard nothing of the sound there is", status.encoder.read, _HEARING_LIMIT_S, self._written()),
            Mark("made no picture", made.frames + made.rejected, _PICTURES_LIMIT_S),
            Mark("made the same picture of all that it heard", made.distinct, _SAME_PICTURE_LIMIT_S, made.wanted),
        )

    def step_limit_s(self, status: InferenceStatus) -> float:
        """A model that paints in no time and is away for seconds hangs; a big one on a small machine may work."""
        slowest_ms = [status.encoder.ms.p95, status.generator.ms.p95]
        quick = all(ms is not None and ms < _QUICK_MS for ms in slowest_ms)
        return _QUICK_STEP_S if quick else _LONGEST_STEP_S

    def kind(self, status: InferenceStatus) -> str:
        return status.swap.folder
