"""Which frames of a clip show what sounds: `{id: [frame, …]}`, best first, at ten frames a second.

Reads the published `top1_boxes_top10_moments.json` (a list whose second element is that table) as it is, and writes
and compares our own. Pure but for the files.
"""

import itertools
import json
import logging
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from s2s.data.clip_ids import other_spelling
from s2s.files.atomic_write import write_text

_log = logging.getLogger(__name__)

BestMoments = Mapping[str, Sequence[int]]
"""Frame numbers from 0, best first, of every clip by id."""

_PUBLISHED_PART: Final = 1  # element 0 is presumably the boxes; nothing here needs them
_NAMED: Final = 3
_SURE_NUMBERS: Final = 2000
"""Among so many draws of a hundred frames the first is missing once in a billion."""
_ROUNDING_FRAMES: Final = 5
"""Half a second: how much shorter than its ten seconds a clip may be cut and decoded without being another clip."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """The moments that are good, and the entries that are not with the reason: left out, never guessed at."""

    moments: dict[str, tuple[int, ...]]
    bad: dict[str, str] = field(default_factory=dict)


def read_annotation(path: Path | str, *, first_frame: int = 0) -> Annotation:
    """Read an annotation, the published one or our own.

    `first_frame` is the number that the file gives to a clip's first frame; what is returned counts from 0. Our own
    count from 0. Of the published file it is not known; wrong by one is wrong by a tenth of a second, and a file
    that seems to count otherwise is warned of. Entries that are no list of different frame numbers are left out and
    named in `bad`. Raises ValueError for a file that is something else, OSError for one that cannot be read.
    """
    file = Path(path)
    table = _table(file, _json(file))
    numbers: dict[str, tuple[int, ...]] = {}
    bad: dict[str, str] = {}
    for clip, entry in table.items():
        reason = _fault(entry, first_frame)
        if reason:
            bad[clip] = reason
        else:
            numbers[clip] = tuple(entry)
    if table and not numbers:
        clip, reason = next(iter(bad.items()))
        raise ValueError(f"{file}: none of {len(bad)} entries is a list of frame numbers; {clip!r} {reason}")
    _tell_bad(file, bad)
    _doubt_first_frame(file, numbers, first_frame)
    return Annotation({clip: tuple(n - first_frame for n in entry) for clip, entry in numbers.items()}, bad)


def write_annotation(path: Path | str, moments: BestMoments) -> None:
    """Write `{id: [frame, …]}`, one clip a line, counted from 0; what was there is replaced in one step.

    Raises ValueError for an entry that is no list of different frame numbers.
    """
    file = Path(path)
    # NumPy's numbers are welcome.
    table = {clip: [operator.index(frame) for frame in frames] for clip, frames in moments.items()}
    for clip, numbers in table.items():
        reason = _fault(numbers, 0)
        if reason:
            raise ValueError(f"{clip!r} {reason}")
    lines = (f"{json.dumps(clip)}: {json.dumps(numbers)}" for clip, numbers in table.items())
    write_text(file, "{\n" + ",\n".join(lines) + "\n}\n", shared=True)


def fit(moments: BestMoments, num_frames: Mapping[str, int]) -> Annotation:
    """Return the moments of the clips in `num_frames`, under the ids they have there, none beyond the last frame.

    Clips of VGGSound are found in either spelling. Up to half a second beyond the end, a number becomes that of the
    last frame: ten seconds decode to 98 to 101 frames. An entry that reaches further belongs to another clip, or to
    another frame rate, and is bad.
    """
    fitted: dict[str, tuple[int, ...]] = {}
    bad: dict[str, str] = {}
    for clip, count in num_frames.items():
        frames = moments.get(clip) or moments.get(other_spelling(clip) or clip)
        if not frames:
            continue
        if count < 1 or max(frames) >= count + _ROUNDING_FRAMES:
            bad[clip] = f"has frame {max(frames)} of a clip of {count}"
        else:
            fitted[clip] = tuple(dict.fromkeys(min(frame, count - 1) for frame in frames))
    return Annotation(fitted, bad)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotations agree on the clips that both have, and how far they would by chance.

    `top1` is the share of clips whose best frames lie within `within_frames` of each other; `overlap` the mean share
    of frames in common, of the shorter list. By chance: each clip's moments beside the next clip's, None for a single
    clip.
    """

    num_clips: int
    num_first_only: int
    num_second_only: int
    within_frames: int
    top1: float
    overlap: float
    top1_by_chance: float | None
    overlap_by_chance: float | None


def agreement(first: BestMoments, second: BestMoments, *, within_frames: int = 5) -> Agreement:
    """Compare two annotations that count frames alike. Raises ValueError where they have no clip in common."""
    shared = sorted(set(first) & set(second))
    if not shared:
        raise ValueError(f"the annotations have no clip in common: {_some(first)} in one, {_some(second)} in the other")
    ours, theirs = [first[clip] for clip in shared], [second[clip] for clip in shared]
    others = theirs[1:] + theirs[:1]
    alone = len(shared) == 1

    def near(a: Sequence[int], b: Sequence[int]) -> float:
        return float(abs(a[0] - b[0]) <= within_frames)

    return Agreement(
        num_clips=len(shared),
        num_first_only=len(first) - len(shared),
        num_second_only=len(second) - len(shared),
        within_frames=within_frames,
        top1=_mean(near, ours, theirs),
        overlap=_mean(_in_common, ours, theirs),
        top1_by_chance=None if alone else _mean(near, ours, others),
        overlap_by_chance=None if alone else _mean(_in_common, ours, others),
    )


def _in_common(a: Sequence[int], b: Sequence[int]) -> float:
    return len(set(a) & set(b)) / min(len(a), len(b))


def _mean(
    measure: Callable[[Sequence[int], Sequence[int]], float], a: list[Sequence[int]], b: list[Sequence[int]]
) -> float:
    return sum(map(measure, a, b)) / len(a)


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"), object_pairs_hook=_without_repetition)
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is no text in UTF-8; expected JSON") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file} cannot be read as JSON: {error}") from error


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for rank, name in enumerate(names) if name in names[:rank])!r} is there twice")
    return table


def _table(file: Path, content: Any) -> dict[str, Any]:
    if isinstance(content, list) and len(content) > _PUBLISHED_PART:
        content = content[_PUBLISHED_PART]
    if not isinstance(content, dict):
        raise ValueError(
            f"{file} holds no moments; expected {{id: [frame, …]}}, or a list with that as its second part"
        )
    return content


def _fault(entry: Any, first_frame: int) -> str | None:
    """Return what is wrong with the frames of one clip."""
    if not isinstance(entry, list) or not entry:
        return "has no list of frame numbers"
    if not all(type(number) is int for number in entry):  # True is an int, and no frame
        return f"has {next(number for number in entry if type(number) is not int)!r} for a frame number"
    if min(entry) < first_frame:
        return f"has frame {min(entry)} where the first is {first_frame}"
    if len(set(entry)) < len(entry):
        return "has a frame twice"
    return None


def _tell_bad(file: Path, bad: Mapping[str, str]) -> None:
    for clip, reason in itertools.islice(bad.items(), _NAMED):
        _log.warning("%s: left out: %r %s", file, clip, reason)
    if len(bad) > _NAMED:
        _log.warning("%s: left out %d more entries", file, len(bad) - _NAMED)


def _doubt_first_frame(file: Path, numbers: Mapping[str, Sequence[int]], first_frame: int) -> None:
    smallest = min(map(min, numbers.values()), default=first_frame)
    if smallest > first_frame and sum(map(len, numbers.values())) >= _SURE_NUMBERS:
        _log.warning("%s has no frame %d at all; it seems to count from %d", file, first_frame, smallest)


def _some(moments: BestMoments) -> str:
    return repr(next(iter(moments))) if moments else "none"
