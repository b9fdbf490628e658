"""What a family of hostile input is, and the oracle over every family: a case is read, or refused in one line, at once.

A family says what is valid (`seeds`), how cases look that are almost valid (`cases`), and what reads them (`opened`).
Nothing else may happen: another exception, a message of many lines, seconds of computing, a warning.
"""

import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hypothesis.strategies import SearchStrategy

LONGEST_MESSAGE: Final = 700
"""Letters: what a terminal shows in a few rows, with a file's name and what was expected."""
LIMIT_S: Final = 10.0
"""Of this thread's computing for one case: most take less than a millisecond, none that is well a second."""

Reader = Callable[[bytes], None]


class BrokenPromiseError(Exception):
    """What a family's own reader finds wrong, where nothing was raised."""


@dataclass(frozen=True, slots=True)
class Family:
    """`opened` gives, for a folder of its own, what reads one case, and may raise the `refusals`. `share` is how many
    of the cases in CI are of this family, `words` what a mutation may put in.
    """

    name: str
    seeds: Callable[[Path], list[bytes]]
    cases: Callable[[Sequence[bytes]], SearchStrategy[bytes]]
    opened: Callable[[Path], AbstractContextManager[Reader]]
    refusals: tuple[type[Exception], ...] = ()
    words: tuple[bytes, ...] = ()
    share: int = 500
    growth_mib: float = 64.0
    """How much larger a process may have become after thousands of cases."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that was not read as promised: `what` in one line, `told` with the place in the code."""

    case: bytes
    what: str
    told: str = ""


def judge(read: Reader, refusals: tuple[type[Exception], ...], case: bytes) -> Finding | None:
    """Return what is wrong with how `case` is read, None where nothing is."""
    began_s = time.thread_time()
    try:
        with warnings.catch_warnings(action="error"):
            read(case)
    except refusals as refusal:
        if wrong := wrong_message(str(refusal)):
            return Finding(case, f"{type(refusal).__name__}: {wrong}", repr(str(refusal))[:400])
    except Exception as error:
        return Finding(case, f"{type(error).__name__} in {_place(error)}", traceback.format_exc(limit=-6))
    took_s = time.thread_time() - began_s
    return Finding(case, f"took {took_s:.0f} s to read") if took_s > LIMIT_S else None


def wrong_message(message: str) -> str:
    """Return what is wrong with the words of a refusal, empty where nothing is."""
    if not message:
        return "a refusal says why"
    if not message.isprintable():
        return "a refusal is one line that can be printed"
    return f"a refusal has at most {LONGEST_MESSAGE} letters" if len(message) > LONGEST_MESSAGE else ""


def _place(error: BaseException) -> str:
    """Return the last place of this project on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/installation/" in frame.filename or "/s2s/" in frame.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.name}"
